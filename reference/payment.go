package reference

import (
	"context"
	"encoding/json"

	"github.com/cockroachdb/apd/v3"

	"github.com/spconform/spconform/reference/store"
	"github.com/spconform/spconform/spec"
	"github.com/spconform/spconform/spec/fixture"
	"github.com/spconform/spconform/spec/message"
)

// patternPayment is the pattern of the payment interfaces (spec/interfaces/payment.yaml).
const patternPayment = "payment"

// What the items of the payment interfaces ask for, and the txn_type under which they are kept. A search
// for disbursements has a name of its own beside that of a search for records.
const (
	kindDisburse      = "disburse"
	kindPaymentSearch = "payment-search"
	kindLink          = "link"
	kindUpdate        = "update"
	kindUnlink        = "unlink"
	kindResolve       = "resolve"
)

// kind is what the items of the message are: its action, but for a search for disbursements.
func (in *Incoming) kind() string {
	if in.Interface.Pattern == patternPayment && in.Operation.Action == txnSearch {
		return kindPaymentSearch
	}
	return in.Operation.Action
}

// changesLinks says whether the message changes where a person's money goes.
func (in *Incoming) changesLinks() bool {
	return in.Interface.Pattern == patternPayment && (in.kind() == kindLink || in.kind() == kindUpdate || in.kind() == kindUnlink)
}

// paymentOperation is what serves the message; nil where it is none of a payment interface.
func (s *Server) paymentOperation(in *Incoming) func(context.Context, *Incoming) (work, error) {
	return map[string]func(context.Context, *Incoming) (work, error){
		kindDisburse: s.disburse, kindPaymentSearch: s.searchDisbursements, "txn-status": s.paymentStatus,
		kindLink: s.mapAddresses, kindUpdate: s.mapAddresses, kindUnlink: s.mapAddresses, kindResolve: s.mapAddresses,
	}[in.kind()]
}

// answerList names the member of an answer that holds its items, by kind.
var answerList = map[string]string{
	kindDisburse: "disbursements_status", kindPaymentSearch: "disbursements_status",
	kindLink: "link_response", kindUpdate: "update_response", kindUnlink: "unlink_response", kindResolve: "resolve_response",
}

// itemsAnswer is the message of an answer with items.
func itemsAnswer[T any](kind, transaction, correlation string, items []T) map[string]any {
	return map[string]any{"transaction_id": transaction, "correlation_id": correlation, answerList[kind]: items}
}

// rejectedPayment is the message of an answer that rejects a whole message of a payment interface.
func rejectedPayment(in *Incoming) any {
	if in.Operation.Action == "txn-status" {
		return emptyPaymentStatus(in)
	}
	return itemsAnswer(in.kind(), in.transactionID(), in.CorrelationID, []any{})
}

// ended is the reply over items of which some succeeded, some are pending and the rest was rejected.
func ended(statuses []string, body any) reply {
	counts := map[string]int{}
	for _, status := range statuses {
		counts[status]++
	}
	said := succeeded(len(statuses), counts[message.StatusSuccess]+counts[message.StatusPending], body)
	said.completed = len(statuses) - counts[message.StatusPending]
	if counts[message.StatusPending] > 0 && counts[message.StatusSuccess] == 0 {
		said.status = message.StatusPending
	}
	return said
}

// paymentRecord is a record of a payment interface's population: an Account of disburse or a Link of mapper.
type paymentRecord struct {
	FA           string `json:"fa"`
	Owner        string `json:"owner"`
	Name         string `json:"name"`
	CurrencyCode string `json:"currency_code"`
	Balance      string `json:"balance"`
	Linked       bool   `json:"linked"`

	ID          string                  `json:"id"`
	PhoneNumber string                  `json:"phone_number"`
	Provider    message.AccountProvider `json:"account_provider_info"`
	Status      string                  `json:"status"`
}

// loadPayment puts a record of a payment interface's population into the store.
func (s *Server) loadPayment(ctx context.Context, described spec.Interface, line fixture.Record) error {
	var record paymentRecord
	if err := json.Unmarshal(line.Data, &record); err != nil {
		return &contentError{"a record of a payment interface is a JSON object with fa and, for an Account, balance, for a Link, id"}
	}
	if described.ID == "mapper" {
		return s.store.PutLinks(ctx, store.Link{PersonID: record.ID, Address: record.FA, Name: record.Name, PhoneNumber: record.PhoneNumber,
			ProviderName: record.Provider.Name, ProviderCode: record.Provider.Code, Active: record.Status != "inactive"})
	}
	balance, _, err := apd.NewFromString(orElse(record.Balance, "0"))
	if err != nil {
		return &contentError{"balance is decimal text, such as 12.50"}
	}
	return s.store.PutAccounts(ctx, store.Account{Address: record.FA, Owner: record.Owner, Name: record.Name,
		Currency: record.CurrencyCode, Balance: balance, Linked: record.Linked})
}
