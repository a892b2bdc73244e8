package reference

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/go-jose/go-jose/v4"

	"github.com/spconform/spconform/reference/query"
	"github.com/spconform/spconform/reference/store"
	"github.com/spconform/spconform/spec"
	"github.com/spconform/spconform/spec/message"
)

// update takes in the notify that an SP-MIS posts to the registry (PRS.SR.02): its records are written
// and subscribers are told. It takes all of a message's records or none.
func (s *Server) update(_ context.Context, in *Incoming) (work, error) {
	var ask message.NotifyRequest
	if err := json.Unmarshal(in.Envelope.Message, &ask); err != nil {
		return nil, refuse(message.ErrRequestBad, "notify_event does not have the published form")
	}
	return func(ctx context.Context, tx store.Tx) (reply, error) {
		for index, event := range ask.Items {
			for _, data := range oneOrMore(event.Data.RegRecords) {
				made, err := s.apply(ctx, tx, in.Interface, event.Data.RegRecordType, data)
				var content *contentError
				if errors.As(err, &content) {
					return reply{}, &Refusal{Code: message.ErrRequestBad, Ack: message.NACK,
						Detail: fmt.Sprintf("notify_event %d: %s", index, content.detail)}
				}
				if err != nil {
					return reply{}, err
				}
				if err := s.tell(ctx, tx, in, in.Interface, eventsOf(in.Interface, made), made); err != nil {
					return reply{}, err
				}
			}
		}
		return succeeded(len(ask.Items), len(ask.Items), nil), nil
	}, nil
}

// oneOrMore reads reg_records, which the editions publish as one object and as a list of objects.
func oneOrMore(raw json.RawMessage) []json.RawMessage {
	var list []json.RawMessage
	if bytes.HasPrefix(bytes.TrimSpace(raw), []byte("[")) && json.Unmarshal(raw, &list) == nil {
		return list
	}
	return []json.RawMessage{raw}
}

// tell writes a notification for every live subscription of the events whose filter the record meets.
func (s *Server) tell(ctx context.Context, tx store.Tx, in *Incoming, described spec.Interface, events []spec.EventType, made change) error {
	if len(events) == 0 {
		return nil
	}
	decoded, err := spec.DecodeStrict(made.data, spec.DefaultLimits)
	if err != nil {
		return err
	}
	notify, _ := described.Operation(opNotify)
	for _, event := range events {
		live, err := tx.FindSubscriptions(ctx, store.SubscriptionQuery{Interface: described.ID, EventType: event.Name,
			RecordType: made.record.Name, Status: message.SubscriptionActive})
		if err != nil {
			return err
		}
		for _, subscription := range live {
			if !s.concerns(described, made.record, subscription, decoded) {
				continue
			}
			if err := s.notifyOne(ctx, tx, in, described, notify, subscription, made); err != nil {
				return err
			}
		}
	}
	return nil
}

// concerns says whether a subscription is to be told of a record now.
func (s *Server) concerns(described spec.Interface, record spec.RecordType, subscription store.Subscription, decoded any) bool {
	now := s.now()
	if !subscription.StartsAt.IsZero() && (now.Before(subscription.StartsAt) || now.After(subscription.EndsAt)) {
		return false
	}
	condition, err := query.ParseFilter(s.dictionary, described, record, subscription.FilterType, subscription.Filter)
	if err != nil {
		s.log.Error("a stored filter could not be read", "subscription", subscription.Code)
		return false
	}
	return query.Matches(condition, decoded)
}

// notifyOne posts one event to one subscriber. Its reference_id counts the subscription's events up from
// 1, so that a subscriber can tell a repeat from a gap.
func (s *Server) notifyOne(ctx context.Context, tx store.Tx, in *Incoming, described spec.Interface, operation spec.Operation, subscription store.Subscription, made change) error {
	subscriber, known := s.roster.find(subscription.Subscriber)
	if !known || subscriber.CallbackBase == "" {
		s.log.Warn("a subscriber has no callback address", "participant", subscription.Subscriber)
		return nil
	}
	data, may, err := s.tellable(ctx, tx, described, subscriber, made)
	if err != nil || !may {
		return err
	}
	sequence, err := tx.NextSequence(ctx, subscription.Code)
	if err != nil {
		return err
	}
	told := message.NotifyRequest{TransactionID: newID(), Items: []message.NotifyEvent{{
		ReferenceID: fmt.Sprintf("%s-%d", subscription.Code, sequence), Timestamp: s.timestamp(),
		Data: message.NotifyData{Version: message.Version, RegType: described.RegType,
			RegEventType: subscription.EventType, RegRecordType: made.record.Name, RegRecords: data},
	}}}
	done := 1
	var encryptTo *jose.JSONWebKey
	if subscription.Encrypted {
		encryptTo = s.keyOf(subscriber.ID)
	}
	to := parcel{participant: subscriber.ID, url: join(subscriber.CallbackBase, operation.Path), order: subscription.Code}
	return s.post(ctx, tx, to, Outgoing{Kind: KindNotify, Operation: operation, Interface: described, Request: in,
		EncryptTo: encryptTo, Message: told, Header: message.Header{
			Version: message.Version, MessageID: newID(), MessageTS: s.timestamp(), Action: operation.Action,
			Status: message.StatusSuccess, SenderID: s.idOn(described.ID), ReceiverID: subscriber.ID,
			TotalCount: 1, CompletedCount: &done,
		}})
}
