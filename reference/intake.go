package reference

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"
	"strings"

	"github.com/spconform/spconform/reference/store"
	"github.com/spconform/spconform/spec/message"
)

// intake takes in the records that an SP-MIS posts by an operation of the interface's own (PRS.IBR.02,
// PRS.IBR.03) and tells subscribers. Each record is taken or rejected by itself.
func (s *Server) intake(_ context.Context, in *Incoming) (work, error) {
	takes := in.Operation.Intake
	record, _ := in.Interface.Record("")
	posted, ok := listAt(in.Envelope.Message, takes.List)
	if !ok {
		return nil, refuse(message.ErrRequestBad, takes.List+" is not a list")
	}
	return func(ctx context.Context, tx store.Tx) (reply, error) {
		items, taken := []map[string]any{}, 0
		for index, data := range posted {
			item := in.item("/"+strconv.Itoa(index+1), message.StatusSuccess)
			err := s.takeIn(ctx, tx, in, record.Name, data)
			var content *contentError
			switch {
			case errors.As(err, &content):
				item["status"], item["status_reason_message"] = message.StatusRejected, content.detail
			case err != nil:
				return reply{}, err
			default:
				taken++
			}
			items = append(items, item)
		}
		said := succeeded(len(posted), taken, in.saying(takes.Answer, items...))
		if len(posted) == 0 {
			said.status, said.code, said.detail = message.StatusSuccess, "", ""
		}
		return said, nil
	}, nil
}

func (s *Server) takeIn(ctx context.Context, tx store.Tx, in *Incoming, recordType string, data json.RawMessage) error {
	record, _ := in.Interface.Record(recordType)
	identifiers, err := identifiersOf(record, data)
	if err != nil {
		return err
	}
	if len(identifiers) == 0 {
		return &contentError{"a record needs its " + record.Identifier}
	}
	made, err := s.apply(ctx, tx, in.Interface, recordType, data)
	if err != nil {
		return err
	}
	return s.tell(ctx, tx, in, in.Interface, eventsOf(in.Interface, made), made)
}

// listAt is the list at a dotted path of a message.
func listAt(raw json.RawMessage, path string) ([]json.RawMessage, bool) {
	for segment := range strings.SplitSeq(path, ".") {
		var members map[string]json.RawMessage
		if json.Unmarshal(raw, &members) != nil {
			return nil, false
		}
		raw = members[segment]
	}
	var list []json.RawMessage
	return list, json.Unmarshal(raw, &list) == nil && list != nil
}
