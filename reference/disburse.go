package reference

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/cockroachdb/apd/v3"

	"github.com/spconform/spconform/reference/store"
	"github.com/spconform/spconform/spec"
	"github.com/spconform/spconform/spec/message"
)

// scheduleTolerance is how far behind the clock a scheduled_timestamp still means now.
const scheduleTolerance = time.Minute

// disburse answers disburse and sync-disburse: each item is paid, put down for its time or rejected on its
// own, and what is paid, the answer and the memory of the reference_id are written together.
func (s *Server) disburse(_ context.Context, in *Incoming) (work, error) {
	list, _ := in.list()
	items := make([]message.Disbursement, len(list))
	var addresses []string
	for index, raw := range list {
		if err := json.Unmarshal(raw, &items[index]); err != nil {
			in.rejectItem(index, misfit(kindDisburse, err))
		}
		addresses = append(addresses, items[index].PayerFA, items[index].PayeeFA)
	}
	return func(ctx context.Context, tx store.Tx) (reply, error) {
		linked, err := s.linkedTo(ctx, tx, items)
		if err != nil {
			return reply{}, err
		}
		accounts, err := tx.LockAccounts(ctx, in.Header.SenderID, append(slices.Clone(addresses), slices.Collect(maps.Values(linked))...)...)
		if err != nil {
			return reply{}, err
		}
		followLinks(accounts, linked)
		answers := make([]message.DisbursementStatus, len(items))
		rows := make([]store.TransactionItem, len(items))
		statuses := make([]string, len(items))
		for index, item := range items {
			answer, err := s.disburseItem(ctx, tx, in, index, item, accounts)
			if err != nil {
				return reply{}, err
			}
			answers[index], statuses[index] = answer, answer.Status
			if rows[index], err = in.transaction(kindDisburse, item.ReferenceID, answer.Status, index, answer); err != nil {
				return reply{}, err
			}
		}
		said := ended(statuses, itemsAnswer(kindDisburse, in.transactionID(), in.CorrelationID, answers))
		return said, tx.PutTransactionItems(ctx, rows...)
	}, nil
}

// linkedTo are the addresses to which the mapper that is served beside has linked payees, by the payee in lower case.
func (s *Server) linkedTo(ctx context.Context, tx store.Tx, items []message.Disbursement) (map[string]string, error) {
	linked := map[string]string{}
	if !s.maps() {
		return linked, nil
	}
	for _, item := range items {
		link, known, err := tx.LinkOf(ctx, item.PayeeFA)
		if err != nil {
			return nil, err
		}
		if known && link.Active {
			linked[strings.ToLower(item.PayeeFA)] = link.Address
		}
	}
	return linked, nil
}

// maps says whether a mapper is served here.
func (s *Server) maps() bool {
	return slices.ContainsFunc(s.interfaces, func(one spec.Interface) bool {
		_, resolves := one.Operation(kindResolve)
		return resolves
	})
}

// followLinks gives ids the accounts that they are linked to. What is an account itself is never paid elsewhere:
// otherwise whoever links an account's address as an id would get its money.
func followLinks(accounts map[string]store.Account, linked map[string]string) {
	found := map[string]store.Account{}
	for id, address := range linked {
		account, known := accounts[strings.ToLower(address)]
		if _, itself := accounts[id]; known && !itself {
			found[id] = account
		}
	}
	maps.Copy(accounts, found)
}

func (s *Server) disburseItem(ctx context.Context, tx store.Tx, in *Incoming, index int, item message.Disbursement, accounts map[string]store.Account) (message.DisbursementStatus, error) {
	ordered, rejection := s.orderOf(in, index, item, accounts)
	if rejection == nil {
		var err error
		if rejection, err = s.carryOut(ctx, tx, &ordered); err != nil {
			return message.DisbursementStatus{}, err
		}
	}
	answer := message.DisbursementStatus{ReferenceID: item.ReferenceID, Timestamp: s.timestamp(), Status: ordered.Status,
		Locale: knownLocale(item.Locale)}
	if rejection != nil {
		answer.Status, answer.StatusReasonCode, answer.StatusReasonMessage = message.StatusRejected, rejection.Code, rejection.Detail
		return answer, nil
	}
	answer.Amount, answer.PayerFA, answer.PayeeFA, answer.CurrencyCode = item.Amount, item.PayerFA, item.PayeeFA, ordered.Currency
	return answer, nil
}

// carryOut takes a disbursement in, once for its reference_id, and pays it if it is due.
func (s *Server) carryOut(ctx context.Context, tx store.Tx, ordered *store.Disbursement) (*Rejection, error) {
	id, added, err := tx.AddDisbursement(ctx, *ordered)
	switch {
	case err != nil:
		return nil, err
	case !added:
		return reject(message.RejectReferenceDuplicate, "reference_id was taken in before: the disbursement is not made twice"), nil
	case ordered.Status == message.StatusPending:
		return nil, nil
	}
	ordered.ID = id
	return s.pay(ctx, tx, ordered)
}

// pay moves the money, or ends the disbursement as rejected where there is none.
func (s *Server) pay(ctx context.Context, tx store.Tx, ordered *store.Disbursement) (*Rejection, error) {
	paid, err := tx.Pay(ctx, *ordered)
	if err != nil || paid {
		return nil, err
	}
	// No reason code is published for this.
	rejection := reject(message.RejectPayer, "the payer's account does not hold the amount")
	return rejection, s.endRejected(ctx, tx, ordered, rejection)
}

func (s *Server) endRejected(ctx context.Context, tx store.Tx, ordered *store.Disbursement, why *Rejection) error {
	ordered.Status, ordered.Reason, ordered.Detail, ordered.EndedAt = message.StatusRejected, string(why.Code), why.Detail, s.now()
	return tx.EndDisbursement(ctx, *ordered)
}

// orderOf makes the disbursement of an item, or says why it cannot be.
func (s *Server) orderOf(in *Incoming, index int, item message.Disbursement, accounts map[string]store.Account) (store.Disbursement, *Rejection) {
	ordered := store.Disbursement{Interface: in.Interface.ID, Sender: in.Header.SenderID, ReferenceID: item.ReferenceID,
		TransactionID: in.transactionID(), CorrelationID: in.CorrelationID, Position: index, Payer: item.PayerFA, Payee: item.PayeeFA,
		Status: message.StatusSuccess, ReceivedAt: in.received, EndedAt: s.now()}
	if rejection := in.items[index]; rejection != nil {
		return ordered, rejection
	}
	payer, payee := accounts[strings.ToLower(item.PayerFA)], accounts[strings.ToLower(item.PayeeFA)]
	if rejection := between(payer, payee, in.Header.SenderID); rejection != nil {
		return ordered, rejection
	}
	ordered.Payee = payee.Address
	amount, _, err := apd.NewFromString(item.Amount)
	if err != nil || amount.Sign() <= 0 {
		return ordered, reject(message.RejectAmount, "amount must be decimal text with one or two decimals, above nothing")
	}
	ordered.Amount, ordered.Currency = amount, orElse(item.CurrencyCode, payer.Currency)
	if ordered.Currency != payer.Currency || ordered.Currency != payee.Currency {
		return ordered, reject(message.RejectCurrency, "currency_code must be that of the payer's and the payee's accounts")
	}
	if item.ScheduledTimestamp == "" {
		return ordered, nil
	}
	due, err := time.Parse(time.RFC3339, item.ScheduledTimestamp)
	switch now := s.now(); {
	case err != nil || due.Before(now.Add(-scheduleTolerance)):
		return ordered, reject(message.RejectSchedule, "scheduled_timestamp must be an RFC 3339 date-time to come")
	case due.After(now):
		ordered.Status, ordered.DueAt, ordered.EndedAt, ordered.ReplyURL = message.StatusPending, due, time.Time{}, in.replyURL()
	}
	return ordered, nil
}

// between says why nothing can be paid from the one account to the other by the sender.
func between(payer, payee store.Account, sender string) *Rejection {
	switch {
	case !payer.Linked || payer.Owner != sender:
		return reject(message.RejectPayer, "payer_fa must be an account that the sender may pay from")
	case !payee.Linked || strings.EqualFold(payer.Address, payee.Address):
		return reject(message.RejectPayee, "payee_fa must be the address of another account: resolve it first")
	}
	return nil
}

// replyURL is where the answer to an asynchronous message goes, "" for a synchronous one.
func (in *Incoming) replyURL() string {
	answer, answered := in.Interface.Operation(in.Operation.Answer)
	switch {
	case !answered:
		return ""
	case in.Header.SenderURI != "":
		return in.Header.SenderURI
	}
	return join(in.Sender.CallbackBase, answer.Path)
}
