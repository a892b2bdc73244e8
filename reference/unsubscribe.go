package reference

import (
	"context"
	"encoding/json"

	"github.com/spconform/spconform/reference/store"
	"github.com/spconform/spconform/spec/message"
)

// unsubscribe ends the subscriptions that the message names: all of them, or, where one cannot be
// ended, none, because the published answer has one status for all.
func (s *Server) unsubscribe(_ context.Context, in *Incoming) (work, error) {
	var ask message.UnsubscribeRequest
	if err := json.Unmarshal(in.Envelope.Message, &ask); err != nil && in.items[0] == nil {
		in.rejectItem(0, reject(message.RejectSubscriptionCode, "subscription_codes must be a list of codes"))
	}
	return func(ctx context.Context, tx store.Tx) (reply, error) {
		answer := message.UnsubscribeResponse{TransactionID: in.transactionID(), CorrelationID: in.CorrelationID,
			Timestamp: s.timestamp()}
		rejection := in.items[0]
		if rejection == nil {
			ended, why, err := s.endSubscriptions(ctx, tx, in.Header.SenderID, ask.SubscriptionCodes)
			if err != nil {
				return reply{}, err
			}
			rejection = why
			answer.SubscriptionStatus = ended
		}
		ended := 1
		answer.Status = message.StatusSuccess
		if rejection != nil {
			ended = 0
			answer.Status = message.StatusRejected
			answer.StatusReasonCode, answer.StatusReasonMessage = rejection.Code, rejection.Detail
		}
		row, err := in.transaction(txnUnsubscribe, "", answer.Status, 0, answer)
		if err != nil {
			return reply{}, err
		}
		return succeeded(1, ended, answer), tx.PutTransactionItems(ctx, row)
	}, nil
}

func (s *Server) endSubscriptions(ctx context.Context, tx store.Tx, requester string, codes []string) ([]message.SubscriptionStatus, *Rejection, error) {
	if len(codes) == 0 || len(codes) > s.limits.Batch {
		return nil, reject(message.RejectSubscriptionCode, "name the codes of the subscriptions to end"), nil
	}
	for _, code := range codes {
		held, known, err := tx.Subscription(ctx, code)
		switch {
		case err != nil:
			return nil, nil, err
		case !known:
			return nil, reject(message.RejectSubscriptionCode, "a code names no subscription"), nil
		case held.Subscriber != requester:
			return nil, reject(message.RejectRequester, "a code names another party's subscription"), nil
		case held.Status != message.SubscriptionActive:
			return nil, reject(message.RejectAlreadyUnsubscribed, "a code names a subscription that was ended before"), nil
		}
	}
	ended := make([]message.SubscriptionStatus, len(codes))
	for i, code := range codes {
		if _, err := tx.EndSubscription(ctx, code); err != nil {
			return nil, nil, err
		}
		ended[i] = message.SubscriptionStatus{Code: code, Status: message.SubscriptionEnded}
	}
	return ended, nil, nil
}
