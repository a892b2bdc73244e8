package steps

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/samber/lo"

	"github.com/spconform/spconform/conformance/identity"
	"github.com/spconform/spconform/conformance/population"
	"github.com/spconform/spconform/conformance/sharing"
	"github.com/spconform/spconform/spec"
	"github.com/spconform/spconform/spec/message"
)

// givenMixed asks for all who are like a person who has consented in an agreed attribute, or like one who has
// not: the answer is those who have consented.
func givenMixed(_ context.Context, w *World) error {
	if _, err := w.person(sharing.Consented); err != nil {
		return err
	}
	agreed, _ := sharing.Attributes(w.env.Interface)
	at := slices.IndexFunc(w.record.Query, func(asked spec.QueryAttribute) bool {
		own, _, _ := strings.Cut(asked.Attribute, ".")
		return slices.Contains(agreed, own)
	})
	if at < 0 {
		return &Skip{"no agreed attribute can be asked for"}
	}
	for _, condition := range w.mixing(w.record.Query[at]) {
		question := w.ask(w.record, message.QueryExpression, population.Where{Is: &condition}, w.record.Name+"."+condition.Attribute)
		consented := lo.Filter(question.Expected, w.hasConsented)
		if len(consented) > 0 && len(consented) < len(question.Expected) {
			question.Expected = consented
			w.drafts = []*Draft{w.fromAgency(w.searchFor(question), sharing.Enrolment, true)}
			return nil
		}
	}
	return errors.New("the population has no condition that persons with and without consent meet")
}

// mixing are conditions by which persons with and without consent are asked for: what one of each holds, and
// what lies on one side of it.
func (w *World) mixing(asked spec.QueryAttribute) []population.Condition {
	with := sharing.Everybody(w.env.Population, w.env.Interface, sharing.Consented)
	without := sharing.Everybody(w.env.Population, w.env.Interface, sharing.Undecided)
	var all []population.Condition
	for _, operator := range []string{"in", "le", "ge", "lt", "gt"} {
		if !slices.Contains(asked.Operators, operator) {
			continue
		}
		for at := range min(len(with), len(without)) {
			one, other := scalarAt(with[at].Data, asked.Attribute), scalarAt(without[at].Data, asked.Attribute)
			if one == nil || other == nil {
				continue
			}
			if operator == "in" {
				all = append(all, population.Condition{Attribute: asked.Attribute, Operator: operator, Value: []any{one, other}})
				continue
			}
			all = append(all, population.Condition{Attribute: asked.Attribute, Operator: operator, Value: one},
				population.Condition{Attribute: asked.Attribute, Operator: operator, Value: other})
		}
	}
	return all
}

// scalarAt is the first value at a dotted path of a record; nil where there is none.
func scalarAt(data map[string]any, path string) any {
	var held any = data
	for name := range strings.SplitSeq(path, ".") {
		if list, ok := held.([]any); ok && len(list) > 0 {
			held = list[0]
		}
		members, _ := held.(map[string]any)
		held = members[name]
	}
	if list, ok := held.([]any); ok && len(list) > 0 {
		held = list[0]
	}
	return held
}

func (w *World) hasConsented(one population.Record, _ int) bool {
	return slices.ContainsFunc(sharing.Everybody(w.env.Population, w.env.Interface, sharing.Consented), func(person population.Record) bool {
		return person.IDType == one.IDType && person.IDValue == one.IDValue
	})
}

func givenMixedBatch(_ context.Context, w *World) error {
	var people []population.Record
	for _, of := range []sharing.Case{sharing.Declined, sharing.Consented, sharing.Undecided} {
		person, err := w.person(of)
		if err != nil {
			return err
		}
		people = append(people, person)
	}
	draft := w.askAbout(people...)
	for _, question := range draft.Questions {
		question.Expected = lo.Filter(question.Expected, w.hasConsented)
	}
	w.drafts = []*Draft{w.fromAgency(draft, sharing.Enrolment, true)}
	return nil
}

func holdAgreed(_ context.Context, w *World) error {
	agreed, _ := sharing.Attributes(w.env.Interface)
	return w.eachReply(func(reply *Reply) *Fail {
		if departure := w.matches(reply); departure != nil {
			return departure
		}
		sent := &Sent{World: w, Kind: KindAnswer, Exchange: reply.Exchange, Reply: reply, Answer: reply.Answer}
		return sent.eachRecord(func(record spec.RecordType, data map[string]any) *Fail {
			for _, name := range sortedKeys(data) {
				attribute, err := w.env.Dictionary.Attribute(record.Object, name)
				if err == nil && !slices.Contains(agreed, attribute.Path) && !empty(data[name]) {
					return &Fail{Expected: "only the attributes that the agreement names: " + strings.Join(agreed, ", "),
						Actual: attribute.Path + " besides", Attribute: record.Object + "." + attribute.Path}
				}
				if err != nil && !strings.HasPrefix(name, "@") {
					return fail("only the attributes that the agreement names: "+strings.Join(agreed, ", "), "a member besides that is no attribute")
				}
			}
			return sent.unaltered(record, data)
		})
	})
}

// empty values tell nothing.
func empty(held any) bool {
	switch held := held.(type) {
	case nil:
		return true
	case string:
		return held == ""
	case []any:
		return len(held) == 0
	case map[string]any:
		return len(held) == 0
	}
	return false
}

func onlyConsented(_ context.Context, w *World) error {
	return w.eachReply(func(reply *Reply) *Fail {
		if departure := w.matches(reply); departure != nil {
			return departure
		}
		for _, question := range reply.Draft.Questions {
			for _, item := range reply.Answer.itemsFor(question.ReferenceID) {
				pagination, _ := item["pagination"].(map[string]any)
				told, has := pagination["total_count"]
				if total, whole := whole64(told); has && (!whole || total != int64(len(question.Expected))) {
					return failf(fmt.Sprintf("pagination.total_count %d, of those who have consented", len(question.Expected)), nil, "another count")
				}
			}
		}
		return nil
	})
}

func batchConsented(_ context.Context, w *World) error {
	return w.eachReply(func(reply *Reply) *Fail {
		if reply.Answer == nil {
			return w.answered(reply)
		}
		for _, question := range reply.Draft.Questions {
			if len(question.Expected) > 0 {
				if departure := w.matchesItem(reply, question); departure != nil {
					return departure
				}
				continue
			}
			for _, item := range reply.Answer.itemsFor(question.ReferenceID) {
				if len(records(item)) > 0 {
					return fail("no record of one who has not consented", "a record")
				}
			}
		}
		return nil
	})
}

// withheldFrom says whether an attribute is missing from a record because the party who asked may not have it.
func (s *Sent) withheldFrom(path string) bool {
	if s.Reply == nil || s.Reply.Draft.From == nil || s.Reply.Draft.From.Name != identity.Agency {
		return false
	}
	agreed, _ := sharing.Attributes(s.env.Interface)
	own, _, _ := strings.Cut(path, ".")
	own, _, _ = strings.Cut(own, "[")
	return !slices.Contains(agreed, own)
}
