package reference

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"github.com/spconform/spconform/reference/query"
	"github.com/spconform/spconform/reference/store"
	"github.com/spconform/spconform/spec"
	"github.com/spconform/spconform/spec/message"
)

// subscribe answers subscribe: one answer an item, each with the subscription that it made.
func (s *Server) subscribe(_ context.Context, in *Incoming) (work, error) {
	list, _ := in.list()
	return func(ctx context.Context, tx store.Tx) (reply, error) {
		answer := message.SubscribeResponse{TransactionID: in.transactionID(), CorrelationID: in.CorrelationID,
			Items: make([]message.SubscribeResponseItem, len(list))}
		rows := make([]store.TransactionItem, len(list))
		made := 0
		for index, raw := range list {
			item, err := s.subscribeItem(ctx, tx, in, index, raw)
			if err != nil {
				return reply{}, err
			}
			if item.Status == message.StatusSuccess {
				made++
			}
			answer.Items[index] = item
			if rows[index], err = in.transaction(txnSubscribe, item.ReferenceID, item.Status, index, item); err != nil {
				return reply{}, err
			}
		}
		return succeeded(len(list), made, answer), tx.PutTransactionItems(ctx, rows...)
	}, nil
}

func (s *Server) subscribeItem(ctx context.Context, tx store.Tx, in *Incoming, index int, raw json.RawMessage) (message.SubscribeResponseItem, error) {
	var item message.SubscribeItem
	wrong := json.Unmarshal(raw, &item)
	answer := message.SubscribeResponseItem{ReferenceID: item.ReferenceID, Timestamp: s.timestamp(),
		Status: message.StatusRejected, Locale: knownLocale(item.Locale)}
	rejection := in.items[index]
	if rejection == nil && wrong != nil {
		rejection = misfit("subscribe", wrong)
	}
	if rejection == nil {
		var made store.Subscription
		var err error
		if made, rejection, err = s.addSubscription(ctx, tx, in, item.Criteria); err != nil {
			return answer, err
		}
		if rejection == nil {
			answer.Status = message.StatusSuccess
			answer.Subscriptions = []message.Subscription{told(made, item.Criteria)}
		}
	}
	if rejection != nil {
		answer.StatusReasonCode, answer.StatusReasonMessage = rejection.Code, rejection.Detail
	}
	return answer, nil
}

// addSubscription judges the criteria and keeps the subscription that they ask for.
func (s *Server) addSubscription(ctx context.Context, tx store.Tx, in *Incoming, criteria message.SubscribeCriteria) (store.Subscription, *Rejection, error) {
	var none store.Subscription
	event, known := in.Interface.Event(criteria.RegEventType)
	if !known {
		return none, reject(message.RejectNotifyTypes, "reg_event_type is not an event of this registry"), nil
	}
	record, known := in.Interface.Record(criteria.NotifyRecordType)
	if !known || criteria.NotifyRecordType == "" {
		return none, reject(message.RejectNotifyDetails, "notify_record_type is not a record type of this registry"), nil
	}
	if criteria.RegType != "" && lastSegment(criteria.RegType) != lastSegment(in.Interface.RegType) {
		return none, reject(message.RejectNotifyDetails, "reg_type is not this registry"), nil
	}
	frequency, err := json.Marshal(criteria.Frequency)
	if err != nil {
		return none, nil, err
	}
	starts, ends, rejection := period(criteria.Frequency)
	if rejection != nil {
		return none, rejection, nil
	}
	filterType := orElse(criteria.FilterType, guessFilterType(criteria.Filter))
	rejection, err = s.judgeFilter(ctx, tx, in.Interface, record, filterType, criteria.Filter)
	if rejection == nil && err == nil {
		rejection, err = s.agreedSubscription(in, criteria, record, filterType)
	}
	if rejection != nil || err != nil {
		return none, rejection, err
	}
	made := store.Subscription{Code: newID(), Subscriber: in.Header.SenderID, Interface: in.Interface.ID,
		EventType: event.Name, RecordType: record.Name, FilterType: filterType, Filter: criteria.Filter,
		Frequency: frequency, StartsAt: starts, EndsAt: ends, Encrypted: in.Encrypted,
		Status: message.SubscriptionActive, CreatedAt: s.now()}
	added, err := tx.AddSubscription(ctx, made)
	if err == nil && !added {
		return none, reject(message.RejectAlreadySubscribed, "a live subscription asks for the same: unsubscribe it first"), nil
	}
	return made, nil, err
}

// judgeFilter rejects a filter that cannot be read, and one by identifier that names nobody.
func (s *Server) judgeFilter(ctx context.Context, tx store.Tx, described spec.Interface, record spec.RecordType, filterType string, filter json.RawMessage) (*Rejection, error) {
	condition, err := query.ParseFilter(s.dictionary, described, record, filterType, filter)
	var refused *query.Error
	if errors.As(err, &refused) {
		return reject(message.RejectNotifyDetails, refused.Error()), nil
	}
	if err != nil || filterType != message.QueryIDTypeValue {
		return nil, err
	}
	found, err := tx.Search(ctx, query.Query{Interface: described.ID, Record: record, Where: condition,
		Page: &query.Page{Size: 1, Number: 1}})
	if err == nil && found.Total == 0 {
		return reject(message.RejectPersonID, "filter names nobody whom this registry holds"), nil
	}
	return nil, err
}

// guessFilterType is the filter's type where filter_type, which is optional, is absent: its form tells.
func guessFilterType(filter json.RawMessage) string {
	if bytes.HasPrefix(bytes.TrimSpace(filter), []byte("[")) {
		return message.QueryPredicate
	}
	var form struct {
		Value json.RawMessage `json:"value"`
	}
	_ = json.Unmarshal(filter, &form)
	if bytes.HasPrefix(bytes.TrimSpace(form.Value), []byte("{")) {
		return message.QueryExpression
	}
	return message.QueryIDTypeValue
}

// period is when a subscription's notifications are sent; the zero times bound nothing.
func period(frequency *message.Frequency) (starts, ends time.Time, rejection *Rejection) {
	if frequency == nil {
		return starts, ends, nil
	}
	starts, wrongStart := time.Parse(time.RFC3339, frequency.StartTime)
	ends, wrongEnd := time.Parse(time.RFC3339, frequency.EndTime)
	if wrongStart != nil || wrongEnd != nil || !ends.After(starts) {
		return starts, ends, reject(message.RejectNotifyDetails, "frequency must start before it ends, both RFC 3339 date-times")
	}
	return starts, ends, nil
}

// told is a subscription as on-subscribe tells it.
func told(made store.Subscription, criteria message.SubscribeCriteria) message.Subscription {
	return message.Subscription{Version: message.Version, Code: made.Code, Status: made.Status,
		Timestamp: made.CreatedAt.UTC().Format(time.RFC3339Nano), RegType: criteria.RegType,
		RegEventType: criteria.RegEventType, Frequency: criteria.Frequency, FilterType: criteria.FilterType,
		Filter: criteria.Filter, NotifyRecordType: criteria.NotifyRecordType}
}

func lastSegment(name string) string { return name[strings.LastIndex(name, ":")+1:] }
