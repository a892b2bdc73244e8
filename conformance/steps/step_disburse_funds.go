package steps

import (
	"context"

	"github.com/cockroachdb/apd/v3"

	"github.com/spconform/spconform/conformance/population"
)

// fundsSteps find out what an account holds.
var fundsSteps = []definition{
	{`^the disbursements that the funds suffice for are paid$`, "some succeed, some are rejected, and those that succeed come to no more than the account holds",
		inWorld(sufficientPaid)},
	{`^nothing is paid$`, "the programme account still holds all that it held", inWorld(nothingPaid)},
	{`^the programme has spent what was paid, to the cent$`,
		"what is left can be spent to the last cent, and one cent more cannot", inWorld(spentWhatWasPaid)},
}

// sufficientPaid lets the system choose in which order it spends what there is.
func sufficientPaid(_ context.Context, w *World) error {
	return w.eachReply(func(reply *Reply) *Fail {
		if reply.Answer == nil {
			return w.answered(reply)
		}
		succeeded, rejected := reply.Answer.outcomes()
		if succeeded == 0 || rejected == 0 {
			return failf("some paid and some rejected", nil, "%d paid, %d rejected", succeeded, rejected)
		}
		for _, ordered := range w.pay.orders {
			said := reply.Answer.itemsFor(ordered.reference)
			ordered.paid = len(said) == 1 && isSuccess(said[0])
		}
		return nil
	})
}

func nothingPaid(ctx context.Context, w *World) error {
	for _, ordered := range w.pay.orders {
		ordered.paid = false
	}
	return spentWhatWasPaid(ctx, w)
}

// spentWhatWasPaid finds out what the account holds by spending it: all that should be left goes through,
// and then one cent more does not. Less is left where something was paid twice or rounded up, more where
// something that was told as paid was not.
func spentWhatWasPaid(ctx context.Context, w *World) error {
	left, _, err := apd.NewFromString(population.PayerBalance)
	if err != nil {
		return err
	}
	exactly := apd.BaseContext.WithPrecision(34)
	for _, ordered := range w.pay.orders {
		if ordered.paid {
			if _, err := exactly.Sub(left, left, ordered.amount); err != nil {
				return err
			}
		}
	}
	for _, probe := range []struct {
		amount *apd.Decimal
		passes bool
		means  string
	}{
		{left, true, "less: something was paid twice, or an amount was changed"},
		{apd.New(1, -2), false, "more: something that was told as paid was not, or an account may be overdrawn"},
	} {
		if probe.amount.Sign() <= 0 {
			continue
		}
		w.pay.payee = take(w.env, "payees", w.env.Population.Payments().Payees)
		reply, err := w.sendAside(ctx, w.disburseDraft(w.orderItem(w.nextID("r"), probe.amount.Text('f'))))
		if err != nil {
			return err
		}
		item, departure := onlyItem(reply)
		if departure != nil {
			return departure
		}
		if isSuccess(item) != probe.passes {
			return fail("exactly what is left after the payments that were made", probe.means, reply.exchanges()...)
		}
	}
	return nil
}
