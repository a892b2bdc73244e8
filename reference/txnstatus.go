package reference

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/spconform/spconform/reference/store"
	"github.com/spconform/spconform/spec/message"
)

// The published values of txn_type that this registry keeps transactions of, and of attribute_type.
const (
	txnSearch      = "search"
	txnSubscribe   = "subscribe"
	txnUnsubscribe = "unsubscribe"
	txnReceipt     = "receipt"

	byTransaction = "transaction_id"
	byCorrelation = "correlation_id"
	byReferences  = "reference_id_list"
)

// transaction is what the store keeps of one answered item, for a later txn/status.
func (in *Incoming) transaction(txnType, referenceID, status string, position int, answer any) (store.TransactionItem, error) {
	raw, err := json.Marshal(answer)
	return store.TransactionItem{Sender: in.Header.SenderID, TransactionID: in.transactionID(),
		CorrelationID: in.CorrelationID, ReferenceID: referenceID, TxnType: txnType, Status: status,
		Interface: in.Interface.ID, Position: position, Answer: raw, ReceivedAt: in.received}, err
}

// txnStatus answers txn-status and sync-txn-status from the sender's own transactions.
func (s *Server) txnStatus(ctx context.Context, in *Incoming) (work, error) {
	var ask message.TxnStatusRequest
	if err := json.Unmarshal(in.Envelope.Message, &ask); err != nil {
		return nil, refuse(message.ErrRequestBad, "txnstatus_request does not have the published form")
	}
	asked, refusal := readAsk(in, ask.Request)
	if refusal != nil {
		return nil, refusal
	}
	rows, err := s.store.FindTransactionItems(ctx, asked)
	if err != nil {
		return nil, err
	}
	said := succeeded(1, 1, nil)
	if len(rows) == 0 {
		// No reason code is published for this.
		said.status, said.detail = message.StatusRejected, "no transaction of the sender is known by this attribute_value"
	}
	status, err := statusOf(in, ask.Request.TxnType, rows)
	if err != nil {
		return nil, err
	}
	said.message = message.TxnStatusResponse{TransactionID: in.transactionID(), CorrelationID: in.CorrelationID,
		Response: message.TxnStatusSay{TxnType: ask.Request.TxnType, TxnStatus: status}}
	return func(context.Context, store.Tx) (reply, error) { return said, nil }, nil
}

func readAsk(in *Incoming, ask message.TxnStatusAsk) (store.TransactionQuery, *Refusal) {
	asked := store.TransactionQuery{Sender: in.Header.SenderID, Interface: in.Interface.ID, TxnType: ask.TxnType}
	var err error
	switch ask.AttributeType {
	case byTransaction:
		err = json.Unmarshal(ask.AttributeValue, &asked.TransactionID)
	case byCorrelation:
		err = json.Unmarshal(ask.AttributeValue, &asked.CorrelationID)
	case byReferences:
		err = json.Unmarshal(ask.AttributeValue, &asked.ReferenceIDs)
	default:
		return asked, refuse(message.ErrRequestBad, "attribute_type must be transaction_id, correlation_id or reference_id_list")
	}
	if err != nil || asked.TransactionID == "" && asked.CorrelationID == "" && len(asked.ReferenceIDs) == 0 {
		return asked, refuse(message.ErrRequestBad, "attribute_value must fit attribute_type: a list for reference_id_list, else a text")
	}
	return asked, nil
}

// itemsMember names the member of txn_status that holds the items' answers, by txn_type.
var itemsMember = map[string]string{txnSearch: "search_response", txnSubscribe: "subscribe_response"}

// statusOf is txn_status: the answer that the transaction's own callback carries. A txn_type that this
// registry keeps nothing of has its published empty form.
func statusOf(in *Incoming, txnType string, rows []store.TransactionItem) (json.RawMessage, error) {
	if txnType == txnUnsubscribe && len(rows) > 0 {
		return rows[0].Answer, nil
	}
	var transaction, correlation string
	items := []json.RawMessage{}
	for _, row := range rows {
		transaction, correlation = row.TransactionID, row.CorrelationID
		items = append(items, row.Answer)
	}
	status := map[string]any{"transaction_id": transaction, "correlation_id": correlation}
	switch txnType {
	case txnReceipt:
		status["receipt_information"] = map[string]any{}
	case txnUnsubscribe:
		status["status"], status["timestamp"] = message.StatusRejected, in.timestamp()
	default:
		status[itemsMember[txnType]] = items
	}
	return json.Marshal(status)
}

// emptyStatus is the message of a txn-status that is rejected before it is looked into.
func emptyStatus(in *Incoming) message.TxnStatusResponse {
	var ask message.TxnStatusRequest
	_ = json.Unmarshal(in.Envelope.Message, &ask)
	txnType := ask.Request.TxnType
	if !slices.Contains([]string{txnSearch, txnSubscribe, txnUnsubscribe, txnReceipt}, txnType) {
		txnType = txnSearch
	}
	status, _ := statusOf(in, txnType, nil)
	return message.TxnStatusResponse{TransactionID: in.transactionID(), CorrelationID: in.CorrelationID,
		Response: message.TxnStatusSay{TxnType: txnType, TxnStatus: status}}
}

// timestamp is when the message came in, as answers write times.
func (in *Incoming) timestamp() string { return in.received.UTC().Format(time.RFC3339Nano) }
