package reference

import (
	"context"
	"encoding/json"

	"github.com/spconform/spconform/reference/store"
	"github.com/spconform/spconform/spec/message"
)

// paymentStatus answers txn-status and sync-txn-status of the payment interfaces from the sender's own
// transactions; a disbursement that was pending is told as it is now.
func (s *Server) paymentStatus(ctx context.Context, in *Incoming) (work, error) {
	var ask message.TxnStatusRequest
	if err := json.Unmarshal(in.Envelope.Message, &ask); err != nil {
		return nil, refuse(message.ErrRequestBad, "txnstatus_request does not have the published form")
	}
	asked, refusal := readAsk(in, ask.Request)
	if refusal != nil {
		return nil, refusal
	}
	kind := statusKind(in, ask.Request.TxnType)
	asked.TxnType = kind
	rows, err := s.store.FindTransactionItems(ctx, asked)
	if err != nil {
		return nil, err
	}
	if ask.Request.AttributeType == byReferences {
		rows = takenIn(rows)
	}
	if kind == kindDisburse {
		if err := s.asItIs(ctx, rows); err != nil {
			return nil, err
		}
	}
	said := succeeded(1, 1, nil)
	if len(rows) == 0 {
		// No reason code is published for this.
		said.status, said.detail = message.StatusRejected, "no transaction of the sender is known by this attribute_value"
	}
	said.message, err = statusMessage(in, ask.Request.TxnType, kind, rows)
	return func(context.Context, store.Tx) (reply, error) { return said, nil }, err
}

// statusKind is the kind under which a transaction of the txn_type is kept.
func statusKind(in *Incoming, txnType string) string {
	if txnType == txnSearch {
		return kindPaymentSearch
	}
	if answerList[txnType] == "" {
		return map[bool]string{true: kindDisburse, false: kindLink}[in.Interface.ID == kindDisburse]
	}
	return txnType
}

// takenIn keeps one item of each reference_id: the one that was not rejected, where there is one, else the last.
func takenIn(rows []store.TransactionItem) []store.TransactionItem {
	at := map[string]int{}
	var kept []store.TransactionItem
	for _, row := range rows {
		index, seen := at[row.ReferenceID]
		switch {
		case !seen:
			at[row.ReferenceID] = len(kept)
			kept = append(kept, row)
		case kept[index].Status == message.StatusRejected:
			kept[index] = row
		}
	}
	return kept
}

// asItIs brings the answers of items that were pending up to date.
func (s *Server) asItIs(ctx context.Context, rows []store.TransactionItem) error {
	for index, row := range rows {
		if row.Status != message.StatusPending {
			continue
		}
		made, err := s.store.FindDisbursements(ctx, store.DisbursementQuery{Sender: row.Sender, CorrelationID: row.CorrelationID,
			ReferenceIDs: []string{row.ReferenceID}})
		if err != nil || len(made) == 0 {
			return err
		}
		if rows[index].Answer, err = json.Marshal(s.statusOfDisbursement(made[0])); err != nil {
			return err
		}
	}
	return nil
}

func statusMessage(in *Incoming, txnType, kind string, rows []store.TransactionItem) (message.TxnStatusResponse, error) {
	items := []json.RawMessage{}
	transaction, correlation := "", ""
	for _, row := range rows {
		transaction, correlation = row.TransactionID, row.CorrelationID
		if kind != kindPaymentSearch {
			items = append(items, row.Answer)
			continue
		}
		var found []json.RawMessage
		if err := json.Unmarshal(row.Answer, &found); err != nil {
			return message.TxnStatusResponse{}, err
		}
		items = append(items, found...)
	}
	status, err := json.Marshal(itemsAnswer(kind, transaction, correlation, items))
	return message.TxnStatusResponse{TransactionID: in.transactionID(), CorrelationID: in.CorrelationID,
		Response: message.TxnStatusSay{TxnType: "on-" + txnType, TxnStatus: status}}, err
}

// emptyPaymentStatus is the message of a txn-status that is rejected before it is looked into.
func emptyPaymentStatus(in *Incoming) message.TxnStatusResponse {
	var ask message.TxnStatusRequest
	_ = json.Unmarshal(in.Envelope.Message, &ask)
	kind := statusKind(in, ask.Request.TxnType)
	txnType := kind
	if kind == kindPaymentSearch {
		txnType = txnSearch
	}
	said, _ := statusMessage(in, txnType, kind, nil)
	return said
}
