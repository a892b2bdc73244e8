package steps

import (
	"context"
	"errors"
	"strings"

	"github.com/spconform/spconform/conformance/population"
	"github.com/spconform/spconform/spec/message"
)

var benefitSteps = []definition{
	{`^the programme asks the mapper where the applicant's money goes$`, "resolve by the id, scope details; the address must be the one that the mapper was given",
		inWorld(resolvesApplicant)},
	{`^the programme pays the applicant ([0-9.]+)$`, "one disbursement to the address that the mapper told", withText(paysApplicant)},
	{`^the programme pays ([0-9.]+) to the applicant's id$`, "one disbursement whose payee_fa is the id that the mapper knows, and no account", withText(paysID)},
	{`^the benefit is paid from the programme's account$`, "status succ, and the programme's account has spent exactly that", inWorld(benefitPaid)},
	{`^the payment to the applicant's id is rejected$`, "status rjct", inWorld(paymentRejected)},
	{`^the benefit is paid, and reconciles$`, "status succ, found once by the payee's address, and the programme's account has spent exactly that", inWorld(benefitReconciles)},
	{`^the applicant's address is (unlinked|moved to another account)$`, "unlink or update at the mapper", withText(addressChanges)},
	{`^the mapper knows no address of the applicant$`, "resolve by the id tells that there is none, or none that is active", inWorld(mapperKnowsNone)},
}

// resolved is the one item with which the mapper tells of the applicant.
func (w *World) resolved(ctx context.Context, judge func(item map[string]any, reply *Reply) *Fail) error {
	return w.at(ctx, "mapper", func(ctx context.Context, mapper *World) error {
		draft := mapper.resolveDraft(w.process.applicant.Link.ID, "")
		objects(draft.items())[0]["scope"] = message.ScopeDetails
		reply, err := mapper.sendAside(ctx, draft)
		if err != nil {
			return err
		}
		item, departure := onlyItem(reply)
		if departure == nil {
			departure = judge(item, reply)
		}
		if departure != nil {
			return departure
		}
		return nil
	})
}

func resolvesApplicant(ctx context.Context, w *World) error {
	return w.resolved(ctx, func(item map[string]any, reply *Reply) *Fail {
		told := text(item, "fa")
		switch {
		case !isSuccess(item):
			return failf("the address of the applicant", reply.exchanges(), "%s", statusesOf([]map[string]any{item}))
		case !strings.EqualFold(told, w.process.applicant.Link.FA):
			return fail("the address to which the applicant is linked", "another one, or none", reply.exchanges()...)
		}
		w.process.address = told
		return nil
	})
}

func mapperKnowsNone(ctx context.Context, w *World) error {
	return w.resolved(ctx, func(_ map[string]any, reply *Reply) *Fail {
		// What is remembered as inactive may be told with its address: nobody pays there.
		return toldToBe(reply, "unknown", "inactive")
	})
}

// addressChanges keeps what the mapper should say from now on.
func addressChanges(ctx context.Context, w *World, how string) error {
	return w.at(ctx, "mapper", func(ctx context.Context, mapper *World) error {
		link := w.process.applicant.Link
		draft := mapper.addressDraft("unlink", map[string]any{"id": link.ID})
		if how != "unlinked" {
			link.FA = w.process.applicant.Second
			draft = mapper.addressDraft("update", mapper.linkItem(link, link.FA))
		}
		reply, err := mapper.sendAside(ctx, draft)
		if err != nil {
			return err
		}
		item, departure := onlyItem(reply)
		if departure != nil {
			return departure
		}
		if !isSuccess(item) {
			return failf("item status succ", reply.exchanges(), "%s", statusesOf([]map[string]any{item}))
		}
		w.process.applicant.Link = link
		return nil
	})
}

func paysApplicant(ctx context.Context, w *World, amount string) error {
	return w.paysTo(ctx, w.process.address, amount)
}

func paysID(ctx context.Context, w *World, amount string) error {
	return w.paysTo(ctx, w.process.applicant.Link.ID, amount)
}

// paysTo pays the applicant, under an address or an id as payee_fa.
func (w *World) paysTo(ctx context.Context, payee, amount string) error {
	if w.process.address == "" {
		return errors.New("the scenario pays before it has asked for an address")
	}
	return w.at(ctx, "disburse", func(ctx context.Context, system *World) error {
		// An account of its own for each payment: reconciling spends what is left on it.
		system.pay = payments{}
		if err := system.orderOf(amount); err != nil {
			return err
		}
		system.pay.payee = population.Account{FA: payee, Name: w.process.applicant.Link.Name}
		item, err := system.drafts[0].item("item")
		if err != nil {
			return err
		}
		item["payee_fa"], item["payee_name"] = payee, w.process.applicant.Link.Name
		system.env.orders(text(item, "reference_id"), payee)
		return sent(ctx, system, "synchronously")
	})
}

func benefitPaid(ctx context.Context, w *World) error {
	return w.at(ctx, "disburse", func(ctx context.Context, system *World) error {
		if err := everyPaid(ctx, system); err != nil {
			return err
		}
		return spentWhatWasPaid(ctx, system)
	})
}

func paymentRejected(ctx context.Context, w *World) error {
	return w.at(ctx, "disburse", func(_ context.Context, system *World) error {
		return system.eachReply(func(reply *Reply) *Fail {
			item, departure := onlyItem(reply)
			if departure == nil && text(item, "status") != message.StatusRejected {
				departure = failf("status rjct", reply.exchanges(), "%s", statusesOf([]map[string]any{item}))
			}
			return departure
		})
	})
}

func benefitReconciles(ctx context.Context, w *World) error {
	return w.at(ctx, "disburse", func(ctx context.Context, system *World) error {
		if err := everyPaid(ctx, system); err != nil {
			return err
		}
		paid := system.pay.payee
		replies := system.replies
		system.drafts = []*Draft{system.searchDraft("payee_fa", paid.FA)}
		if err := sent(ctx, system, "synchronously"); err != nil {
			return err
		}
		if err := findsThese(ctx, system); err != nil {
			return err
		}
		system.replies = replies
		return spentWhatWasPaid(ctx, system)
	})
}
