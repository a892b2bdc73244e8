package reference

import (
	"context"
	"encoding/json"

	"github.com/spconform/spconform/reference/store"
	"github.com/spconform/spconform/spec/message"
)

// searchDisbursements answers search and sync-search of disburse: the sender's own disbursements from or to
// an address, each under its own reference_id, and under its own each criterion that is rejected.
func (s *Server) searchDisbursements(ctx context.Context, in *Incoming) (work, error) {
	list, _ := in.list()
	answers := []message.DisbursementStatus{}
	var statuses []string
	var rows []store.TransactionItem
	for index, raw := range list {
		found, rejection, err := s.disbursementsBy(ctx, in, index, raw)
		if err != nil {
			return nil, err
		}
		var criteria message.DisbursementCriteria
		_ = json.Unmarshal(raw, &criteria)
		status := message.StatusSuccess
		if rejection != nil {
			status = message.StatusRejected
			found = []message.DisbursementStatus{{ReferenceID: criteria.ReferenceID, Timestamp: s.timestamp(), Status: status,
				StatusReasonCode: rejection.Code, StatusReasonMessage: rejection.Detail}}
		}
		statuses, answers = append(statuses, status), append(answers, found...)
		row, err := in.transaction(kindPaymentSearch, criteria.ReferenceID, status, index, found)
		if err != nil {
			return nil, err
		}
		rows = append(rows, row)
	}
	said := ended(statuses, itemsAnswer(kindPaymentSearch, in.transactionID(), in.CorrelationID, answers))
	return func(ctx context.Context, tx store.Tx) (reply, error) {
		return said, tx.PutTransactionItems(ctx, rows...)
	}, nil
}

func (s *Server) disbursementsBy(ctx context.Context, in *Incoming, index int, raw json.RawMessage) ([]message.DisbursementStatus, *Rejection, error) {
	var criteria message.DisbursementCriteria
	wrong := json.Unmarshal(raw, &criteria)
	rejection := in.items[index]
	if rejection == nil && wrong != nil {
		rejection = misfit(kindPaymentSearch, wrong)
	}
	asked := store.DisbursementQuery{Sender: in.Header.SenderID}
	switch criteria.AttributeType {
	case message.ByPayer:
		asked.Payer = criteria.AttributeValue
		if rejection != nil && rejection.Code == message.RejectSearchPayee {
			rejection = reject(message.RejectSearchPayer, rejection.Detail)
		}
	case message.ByPayee:
		asked.Payee = criteria.AttributeValue
	}
	if rejection != nil {
		return nil, rejection, nil
	}
	found, err := s.store.FindDisbursements(ctx, asked)
	if err != nil {
		return nil, nil, err
	}
	if len(found) > s.limits.Records {
		return nil, reject(message.RejectSearchTooMany, "too many disbursements match: ask by the payee"), nil
	}
	told := []message.DisbursementStatus{}
	for _, made := range found {
		status := s.statusOfDisbursement(made)
		// The published answer to a search has neither amount nor parties.
		status.Amount, status.PayerFA, status.PayeeFA, status.CurrencyCode = "", "", "", ""
		told = append(told, status)
	}
	return told, nil, nil
}
