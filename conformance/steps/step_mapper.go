package steps

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spconform/spconform/conformance/population"
	"github.com/spconform/spconform/spec/message"
)

// addressKind begins the kinds of drafts of the mapper, beside those of the registries that are called alike.
const addressKind = "address-"

var mapperSteps = []definition{
	{`^a person who has (an address|no address|an account that was closed)$`, "a person of this scenario alone, and a spare address that is linked to nobody",
		withText(givenPerson)},
	{`^a link of that person to the spare address$`, "a link message", inWorld(givenLink)},
	{`^a link of that person to its own address$`, "a link that is there already", inWorld(givenSameLink)},
	{`^an update of that person to the spare address$`, "an update message", inWorld(givenAddressUpdate)},
	{`^an unlink of that person$`, "an unlink message with the id alone", inWorld(givenUnlink)},
	{`^an unlink of that person from (its own|the spare) address$`, "an unlink message with id and address", withText(givenUnlinkFrom)},
	{`^a question for that person$`, "a resolve message with the id, scope yes_no", inWorld(asksForPerson)},
	{`^a question for that person's address$`, "a resolve message with the address, scope yes_no", inWorld(asksForAddress)},
	{`^a question for the spare address$`, "a resolve message with an address that is linked to nobody", inWorld(asksForSpare)},
	{`^a question whether that person has (its own|the spare) address$`, "a resolve message with id and address", withText(asksForBoth)},
	{`^a batch of links of which the second is of a person who has another address$`, "three persons, of whom the first and the third have no address",
		inWorld(givenLinksWithFlaw)},
	{`^it is asked in other letters$`, "the id, or the address, in upper case", inWorld(inOtherLetters)},
	{`^it is told to be (active|inactive|unknown|another's)$`, "the item's status, and the code where it gives one, say so in a published way: active is succ, with succ.id.active or succ.fa.active where there is a code; inactive is succ with succ.id.inactive or succ.fa.inactive; unknown and another's are succ with a code of not_found or not_linked_to_id, or rjct", withText(isToldToBe)},
	{`^that person's id leads to (its own address|the spare address)$`, "a question for both together is answered as active", withText(leadsTo)},
	{`^that person's id leads nowhere$`, "a question for it is answered as unknown or inactive", inWorld(leadsNowhere)},
	{`^that person's id no longer leads to its own address$`, "a question for both together is answered as another's or inactive",
		inWorld(noLongerLeads)},
	{`^the other persons are linked$`, "their ids lead to their addresses", inWorld(othersLinked)},
	{`^the answer tells no more than yes or no$`, "neither the account provider nor an address that was not asked with", inWorld(tellsYesOrNo)},
	{`^the answer tells the address and who keeps it$`, "fa, and account_provider_info with name and code", inWorld(tellsDetails)},
}

func givenPerson(_ context.Context, w *World, has string) error {
	all := w.env.Population.Payments()
	switch has {
	case "an address":
		w.pay.person = take(w.env, "linked", all.Linked)
	case "no address":
		w.pay.person = w.unlinkedPerson(all.Unheld)
		w.pay.spare = w.pay.person.FA
		return nil
	default:
		w.pay.person = take(w.env, "inactive", all.Inactive)
	}
	// An address to which nobody is linked, and to which no other scenario links anybody.
	w.pay.spare = "account:" + w.nextID("spare") + "@" + w.pay.person.Provider.Code
	return nil
}

// unlinkedPerson is a person whom no mapper has met: one of the population under an id and with an address
// of this run's own, since an earlier run of the same seed may have linked whoever is in the population.
func (w *World) unlinkedPerson(among []population.Link) population.Link {
	w.env.mu.Lock()
	at := w.env.taken["unheld"]
	w.env.taken["unheld"]++
	w.env.mu.Unlock()
	person := among[at%len(among)]
	person.ID, person.FA = "uin:"+w.nextID("person")+"@national-id", "account:"+w.nextID("spare")+"@national-bank"
	return person
}

func (w *World) addressDraft(kind string, items ...map[string]any) *Draft {
	draft := w.newDraft(addressKind + kind)
	var list []any
	for _, item := range items {
		item["reference_id"], item["timestamp"] = w.nextID("r"), now()
		list = append(list, item)
	}
	draft.Message = map[string]any{"transaction_id": w.nextID("t"), kind + "_request": list}
	return draft
}

func (w *World) linkItem(person population.Link, address string) map[string]any {
	item := map[string]any{"id": person.ID, "fa": address, "name": person.Name}
	if person.PhoneNumber != "" {
		item["phone_number"] = person.PhoneNumber
	}
	return item
}

func givenLink(_ context.Context, w *World) error {
	w.drafts = []*Draft{w.addressDraft("link", w.linkItem(w.pay.person, w.pay.spare))}
	return nil
}

func givenSameLink(_ context.Context, w *World) error {
	w.drafts = []*Draft{w.addressDraft("link", w.linkItem(w.pay.person, w.pay.person.FA))}
	return nil
}

func givenAddressUpdate(_ context.Context, w *World) error {
	w.drafts = []*Draft{w.addressDraft("update", w.linkItem(w.pay.person, w.pay.spare))}
	return nil
}

func givenUnlink(_ context.Context, w *World) error {
	w.drafts = []*Draft{w.addressDraft("unlink", map[string]any{"id": w.pay.person.ID})}
	return nil
}

// addressCalled is the address that a feature file speaks of.
func (w *World) addressCalled(which string) string {
	if strings.HasPrefix(which, "its own") {
		return w.pay.person.FA
	}
	return w.pay.spare
}

func givenUnlinkFrom(_ context.Context, w *World, which string) error {
	w.drafts = []*Draft{w.addressDraft("unlink", map[string]any{"id": w.pay.person.ID, "fa": w.addressCalled(which)})}
	return nil
}

// resolveDraft asks for an id, an address or both, with scope yes_no.
func (w *World) resolveDraft(id, address string) *Draft {
	item := map[string]any{"scope": message.ScopeYesNo}
	for member, given := range map[string]string{"id": id, "fa": address} {
		if given != "" {
			item[member] = given
		}
	}
	return w.addressDraft("resolve", item)
}

func asksForPerson(_ context.Context, w *World) error {
	w.drafts = []*Draft{w.resolveDraft(w.pay.person.ID, "")}
	return nil
}

func asksForAddress(_ context.Context, w *World) error {
	w.drafts = []*Draft{w.resolveDraft("", w.pay.person.FA)}
	return nil
}

func asksForSpare(_ context.Context, w *World) error {
	w.drafts = []*Draft{w.resolveDraft("", w.pay.spare)}
	return nil
}

func asksForBoth(_ context.Context, w *World, which string) error {
	w.drafts = []*Draft{w.resolveDraft(w.pay.person.ID, w.addressCalled(which))}
	return nil
}

func givenLinksWithFlaw(ctx context.Context, w *World) error {
	var items []map[string]any
	for _, has := range []string{"no address", "an address", "no address"} {
		if err := givenPerson(ctx, w, has); err != nil {
			return err
		}
		items = append(items, w.linkItem(w.pay.person, w.pay.spare))
	}
	w.drafts = []*Draft{w.addressDraft("link", items...)}
	return nil
}

func inOtherLetters(_ context.Context, w *World) error {
	item, err := w.drafts[0].item("item")
	if err != nil {
		return err
	}
	for _, member := range []string{"id", "fa"} {
		if given := text(item, member); given != "" {
			item[member] = strings.ToUpper(given)
		}
	}
	return nil
}

// resolutions are the ways in which a mapper may tell what became of a question: the status with the code, "" where
// there is none. The published list has codes of the id and of the address side by side, and nothing says which of
// them answers a question for both (docs/wire.md, Addresses).
var resolutions = map[string][]message.ReasonCode{
	"active":    {message.ResolvedIDActive, message.ResolvedFAActive, ""},
	"inactive":  {message.ResolvedIDInactive, message.ResolvedFAInactive},
	"unknown":   {message.ResolvedIDNotFound, message.ResolvedFANotFound, message.ResolvedFANotLinked, message.RejectID, message.RejectFA},
	"another's": {message.ResolvedFANotLinked, message.ResolvedFANotFound, message.ResolvedIDNotFound, message.RejectFA, message.RejectID},
}

// toldToBe judges what an item says of the id or the address that was asked for; any of several will do.
func toldToBe(reply *Reply, whats ...string) *Fail {
	item, departure := onlyItem(reply)
	if departure != nil {
		return departure
	}
	status, code := text(item, "status"), text(item, "status_reason_code")
	if code == "" && isSuccess(item) || code != "" && strings.HasPrefix(code, status+".") {
		for _, what := range whats {
			if slices.Contains(resolutions[what], message.ReasonCode(code)) {
				return nil
			}
		}
	}
	return failf("item status and code that say "+strings.Join(whats, " or "), reply.exchanges(), "item status %q with %q", oneLine(status), oneLine(code))
}

func isToldToBe(_ context.Context, w *World, what string) error {
	return w.eachReply(func(reply *Reply) *Fail { return toldToBe(reply, what) })
}

// resolves asks aside whether the target knows what it should.
func (w *World) resolves(ctx context.Context, id, address string, what ...string) error {
	reply, err := w.sendAside(ctx, w.resolveDraft(id, address))
	if err != nil {
		return err
	}
	if departure := toldToBe(reply, what...); departure != nil {
		return departure
	}
	return nil
}

func leadsTo(ctx context.Context, w *World, which string) error {
	return w.resolves(ctx, w.pay.person.ID, w.addressCalled(which), "active")
}

func noLongerLeads(ctx context.Context, w *World) error {
	return w.resolves(ctx, w.pay.person.ID, w.pay.person.FA, "another's", "inactive")
}

// leadsNowhere takes an entry that was removed and is remembered as inactive for one that is gone: nobody is paid there.
func leadsNowhere(ctx context.Context, w *World) error {
	return w.resolves(ctx, w.pay.person.ID, "", "unknown", "inactive")
}

func othersLinked(ctx context.Context, w *World) error {
	for index, element := range objects(w.drafts[0].items()) {
		if index == 1 {
			continue
		}
		if err := w.resolves(ctx, text(element, "id"), text(element, "fa"), "active"); err != nil {
			return err
		}
	}
	return nil
}

func tellsYesOrNo(_ context.Context, w *World) error {
	return w.eachReply(func(reply *Reply) *Fail {
		item, departure := onlyItem(reply)
		if departure != nil {
			return departure
		}
		asked := objects(reply.Draft.items())[0]
		for _, member := range []string{"fa", "id", "account_provider_info", "name", "phone_number"} {
			told, there := item[member]
			said, _ := told.(string)
			if there && (said == "" || !strings.EqualFold(said, text(asked, member))) {
				return fail("the code alone, and what was asked with", "the member "+member)
			}
		}
		return nil
	})
}

func tellsDetails(_ context.Context, w *World) error {
	return w.eachReply(func(reply *Reply) *Fail {
		item, departure := onlyItem(reply)
		if departure != nil {
			return departure
		}
		provider, _ := item["account_provider_info"].(map[string]any)
		switch {
		case !strings.EqualFold(text(item, "fa"), w.pay.person.FA):
			return fail("fa with the person's address", "none or another")
		case text(provider, "name") == "" || text(provider, "code") != w.pay.person.Provider.Code:
			return fail(fmt.Sprintf("account_provider_info with name and code (%d characters)", len(w.pay.person.Provider.Code)), "none or another")
		}
		return nil
	})
}
