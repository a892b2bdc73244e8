package reference

import (
	"context"
	"slices"
	"time"

	"github.com/spconform/spconform/reference/store"
	"github.com/spconform/spconform/spec"
	"github.com/spconform/spconform/spec/message"
)

// paysLater says whether the server has disbursements to make when their time comes.
func (s *Server) paysLater() bool {
	return slices.ContainsFunc(s.interfaces, func(described spec.Interface) bool {
		_, disburses := described.Operation(kindDisburse)
		return disburses
	})
}

// runSchedule makes the disbursements whose time has come. It looks every Poll, since another process on
// the same store may have put one down.
func (s *Server) runSchedule(ctx context.Context) {
	for {
		more, err := s.payDue(ctx)
		if err != nil && ctx.Err() == nil {
			s.log.Error("a scheduled disbursement could not be made", "error", err)
		}
		if more && err == nil {
			continue
		}
		timer := time.NewTimer(s.untilScheduled(ctx))
		select {
		case <-ctx.Done():
			timer.Stop()
			return
		case <-timer.C:
		}
	}
}

// untilScheduled is how long there is nothing to do, at most Poll.
func (s *Server) untilScheduled(ctx context.Context) time.Duration {
	const soonest = time.Millisecond
	next, any, err := s.store.NextScheduled(ctx)
	if err != nil || !any {
		return s.delivery.Poll
	}
	return min(max(next.Sub(s.now()), soonest), s.delivery.Poll)
}

// payDue makes one disbursement whose time has come, and tells of it where it was ordered asynchronously.
func (s *Server) payDue(ctx context.Context) (made bool, err error) {
	err = s.store.WithTx(ctx, func(tx store.Tx) error {
		due, err := tx.DueDisbursements(ctx, s.now(), 1)
		if err != nil || len(due) == 0 {
			return err
		}
		made = true
		return s.payOneDue(ctx, tx, due[0])
	})
	if made && err == nil {
		s.wakeOutbox()
	}
	return made, err
}

func (s *Server) payOneDue(ctx context.Context, tx store.Tx, due store.Disbursement) error {
	accounts, err := tx.LockAccounts(ctx, due.Sender, due.Payer, due.Payee)
	if err != nil {
		return err
	}
	// What was right when it was put down may have changed since.
	payer, payee := accounts[string(store.AddressKey(due.Payer))], accounts[string(store.AddressKey(due.Payee))]
	if why := between(payer, payee, due.Sender); why != nil {
		err = s.endRejected(ctx, tx, &due, why)
	} else if _, err = s.pay(ctx, tx, &due); err == nil && due.Status == message.StatusPending {
		due.Status, due.EndedAt = message.StatusSuccess, s.now()
		err = tx.EndDisbursement(ctx, due)
	}
	if err != nil || due.ReplyURL == "" {
		return err
	}
	return s.tellEnd(ctx, tx, due)
}

// tellEnd posts an on-disburse for one disbursement that was pending.
func (s *Server) tellEnd(ctx context.Context, tx store.Tx, made store.Disbursement) error {
	described, err := s.interfaceOf(made.Interface)
	if err != nil {
		return err
	}
	answer, _ := described.Operation("on-disburse")
	said := ended([]string{made.Status}, itemsAnswer(kindDisburse, made.TransactionID, made.CorrelationID,
		[]message.DisbursementStatus{s.statusOfDisbursement(made)}))
	return s.post(ctx, tx, parcel{participant: made.Sender, url: made.ReplyURL}, Outgoing{Kind: KindCallback, Operation: answer,
		Interface: described, Message: said.message, Header: message.Header{
			Version: message.Version, MessageID: newID(), MessageTS: s.timestamp(), Action: answer.Action,
			Status: said.status, StatusReasonCode: string(said.code), StatusReasonMessage: said.detail,
			SenderID: s.idOn(described.ID), ReceiverID: made.Sender, TotalCount: said.total, CompletedCount: &said.completed,
		}})
}

// statusOfDisbursement is a disbursement as answers tell it, dated now.
func (s *Server) statusOfDisbursement(made store.Disbursement) message.DisbursementStatus {
	status := message.DisbursementStatus{ReferenceID: made.ReferenceID, Timestamp: s.timestamp(), Status: made.Status,
		StatusReasonCode: message.ReasonCode(made.Reason), StatusReasonMessage: made.Detail}
	if made.Status != message.StatusRejected {
		status.Amount, status.PayerFA, status.PayeeFA, status.CurrencyCode = made.Amount.Text('f'), made.Payer, made.Payee, made.Currency
	}
	return status
}
