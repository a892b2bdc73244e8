package reference

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/spconform/spconform/reference/query"
	"github.com/spconform/spconform/reference/store"
	"github.com/spconform/spconform/spec"
	"github.com/spconform/spconform/spec/message"
)

// criteria is the criteria object of a lookup; its query is {attribute: {operator: value}}.
type criteria struct {
	QueryType string          `json:"query_type"`
	Query     json.RawMessage `json:"query"`
}

// lookup answers an operation that asks about one record: yes or no, or one attribute of it and nothing
// else (spec.Lookup). A query that cannot be followed is refused: the answer has no reason code for it.
func (s *Server) lookup(ctx context.Context, in *Incoming) (work, error) {
	asked := in.Operation.Lookup
	var of criteria
	if err := json.Unmarshal(in.members[asked.Criteria], &of); err != nil {
		return nil, refuse(message.ErrRequestBad, asked.Criteria+" does not have the published form")
	}
	record, _ := in.Interface.Record("")
	where, err := query.ParseCriteria(s.dictionary, in.Interface, record, asked, of.Query)
	var refused *query.Error
	if errors.As(err, &refused) {
		return nil, refuse(message.ErrRequestBad, refused.Error())
	}
	if err != nil {
		return nil, err
	}
	found, err := s.store.Search(ctx, query.Query{Interface: in.Interface.ID, Record: record, Where: where,
		Page: &query.Page{Size: s.limits.Records, Number: 1}})
	if err != nil {
		return nil, err
	}
	item := in.item("", message.StatusSuccess)
	if asked.Status != "" {
		item[asked.Status] = yesOrNo(found.Total > 0)
	} else {
		item["data"] = map[string]any{"version": message.Version, "reg_records": shown(asked, found.Records)}
	}
	said := succeeded(1, 1, in.saying(asked.Answer, item))
	return func(context.Context, store.Tx) (reply, error) { return said, nil }, nil
}

func yesOrNo(is bool) string {
	if is {
		return "yes"
	}
	return "no"
}

// shown is of each record the one attribute that the lookup shows.
func shown(asked *spec.Lookup, records []json.RawMessage) []any {
	list := []any{}
	for _, record := range records {
		var members map[string]json.RawMessage
		_ = json.Unmarshal(record, &members)
		value := json.RawMessage("[]")
		for name, held := range members {
			if lastSegment(name) == asked.Shows {
				value = held
			}
		}
		if asked.Bare {
			list = append(list, value)
			continue
		}
		list = append(list, map[string]any{asked.Shows: value})
	}
	return list
}

// item is an item of an answer to an operation of the interface's own; suffix tells items apart.
func (in *Incoming) item(suffix, status string) map[string]any {
	var reference string
	_ = json.Unmarshal(in.members["reference_id"], &reference)
	return map[string]any{"reference_id": orElse(reference, in.CorrelationID) + suffix,
		"timestamp": in.timestamp(), "status": status}
}

// saying is the message of an answer with items under the operation's own name.
func (in *Incoming) saying(list string, items ...map[string]any) map[string]any {
	if items == nil {
		items = []map[string]any{}
	}
	return map[string]any{"transaction_id": in.transactionID(), "correlation_id": in.CorrelationID, list: items}
}
