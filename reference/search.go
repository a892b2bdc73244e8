package reference

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"

	"github.com/spconform/spconform/reference/query"
	"github.com/spconform/spconform/reference/store"
	"github.com/spconform/spconform/spec/message"
)

// search answers search and sync-search: one answer an item, in the request's order. The searches run
// before the transaction, so that a slow one holds up no writer.
func (s *Server) search(ctx context.Context, in *Incoming) (work, error) {
	list, _ := in.list()
	answer := message.SearchResponse{TransactionID: in.transactionID(), CorrelationID: in.CorrelationID,
		Items: make([]message.SearchResponseItem, len(list))}
	found := 0
	for index, raw := range list {
		item, err := s.searchItem(ctx, in, index, raw)
		if err != nil {
			return nil, err
		}
		if item.Status == message.StatusSuccess {
			found++
		}
		answer.Items[index] = item
	}
	return func(ctx context.Context, tx store.Tx) (reply, error) {
		rows := make([]store.TransactionItem, len(answer.Items))
		for index, item := range answer.Items {
			row, err := in.transaction(txnSearch, item.ReferenceID, item.Status, index, item)
			if err != nil {
				return reply{}, err
			}
			rows[index] = row
		}
		if err := in.logAccesses(ctx, tx); err != nil {
			return reply{}, err
		}
		return succeeded(len(list), found, answer), tx.PutTransactionItems(ctx, rows...)
	}, nil
}

func (s *Server) searchItem(ctx context.Context, in *Incoming, index int, raw json.RawMessage) (message.SearchResponseItem, error) {
	var item message.SearchItem
	wrong := json.Unmarshal(raw, &item)
	answer := message.SearchResponseItem{ReferenceID: item.ReferenceID, Timestamp: s.timestamp(),
		Status: message.StatusRejected, Locale: knownLocale(item.Locale)}
	rejection := in.items[index]
	if rejection == nil && wrong != nil {
		rejection = misfit("search", wrong)
	}
	if rejection == nil {
		var err error
		if rejection, err = s.find(ctx, in, item.Criteria, &answer); err != nil {
			return answer, err
		}
	}
	if rejection != nil {
		answer.StatusReasonCode, answer.StatusReasonMessage = rejection.Code, rejection.Detail
	}
	return answer, nil
}

// find runs the criteria and fills the answer with what they match.
func (s *Server) find(ctx context.Context, in *Incoming, criteria message.SearchCriteria, answer *message.SearchResponseItem) (*Rejection, error) {
	parsed, err := query.Parse(s.dictionary, in.Interface, criteria)
	var refused *query.Error
	if errors.As(err, &refused) {
		return reject(refused.Code, refused.Error()), nil
	}
	if err != nil {
		return nil, err
	}
	under, rejection, err := s.agreedSearch(ctx, in, criteria, &parsed)
	if rejection != nil || err != nil {
		return rejection, err
	}
	asked := parsed.Page
	if asked == nil {
		parsed.Page = &query.Page{Size: s.limits.Records, Number: 1}
	}
	found, err := s.store.Search(ctx, parsed)
	if err != nil {
		return nil, err
	}
	if asked == nil && found.Total > s.limits.Records {
		return reject(message.RejectTooManyRecords,
			fmt.Sprintf("more than %d records match: narrow the query or ask for pages", s.limits.Records)), nil
	}
	if under != nil {
		if err := s.show(ctx, in, under, parsed, found.Records); err != nil {
			return nil, err
		}
	}
	answer.Status = message.StatusSuccess
	answer.Data = &message.SearchData{Version: message.Version, RegType: orElse(criteria.RegType, in.Interface.RegType),
		RegRecordType: orElse(criteria.RegRecordType, parsed.Record.Name), RegRecords: found.Records}
	if answer.Data.RegRecords == nil {
		answer.Data.RegRecords = []json.RawMessage{}
	}
	if asked != nil {
		answer.Pagination = &message.Pagination{PageSize: asked.Size, PageNumber: asked.Number, TotalCount: &found.Total}
	}
	return nil, nil
}

var locale = regexp.MustCompile(`^[a-z]{2,3}$`)

// knownLocale is a locale that may be echoed, else "".
func knownLocale(text string) string {
	if locale.MatchString(text) {
		return text
	}
	return ""
}
