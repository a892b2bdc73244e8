package steps

import (
	"context"
	"fmt"
	"slices"

	"github.com/spconform/spconform/conformance/population"
)

var vitalSteps = []definition{
	{`^the client has subscribed to "([A-Za-z]+)" events of that record$`, "the subscription is made and confirmed by on-subscribe", withText(hasSubscribedTo)},
	{`^a "([A-Za-z]+)" of that person is registered$`, "the event happens in the registry", withText(eventHappens)},
	{`^a search by (expression|predicate) by the "([^"]+)" of a record$`, "equal to what a record holds there; the population says who else holds it", withTexts(givenByHeld)},
	{`^a search by (expression|predicate) by the last "([^"]+)" of a record that has several$`,
		"equal to a value behind the first: a condition holds where any of them meets it", withTexts(givenByLast)},
	{`^a search by (expression|predicate) by the first "([^"]+)" of a record that has several$`,
		"equal to the first of several values: a condition holds where any of them meets it", withTexts(givenByFirst)},
}

// hasSubscribedTo asks for one event type; what happens before and after is of others.
func hasSubscribedTo(ctx context.Context, w *World, event string) error {
	if _, known := w.env.Interface.Event(event); !known {
		return fmt.Errorf("%s has no event type %q", w.env.Interface.ID, event)
	}
	if err := givenSubscription(ctx, w); err != nil {
		return err
	}
	if err := w.drafts[0].set("criteria.reg_event_type", event); err != nil {
		return err
	}
	return w.subscribe(ctx, "the client")
}

func eventHappens(ctx context.Context, w *World, name string) error {
	event, known := w.env.Interface.Event(name)
	if !known {
		return fmt.Errorf("%s has no event type %q", w.env.Interface.ID, name)
	}
	w.fresh = population.Happen(w.fresh, event.Attribute, w.salt(name))
	w.versions = append(w.versions, w.fresh)
	return w.trigger(ctx, event, w.fresh)
}

func givenByHeld(_ context.Context, w *World, queryType, path string) error {
	holding := w.env.Population.Holding(w.env.Interface.ID, w.record.Name, path)
	return w.byValue(queryType, path, holding, 0)
}

func givenByLast(_ context.Context, w *World, queryType, path string) error {
	return w.byValue(queryType, path, w.severalAt(path), 1)
}

func givenByFirst(_ context.Context, w *World, queryType, path string) error {
	return w.byValue(queryType, path, w.severalAt(path), 0)
}

// severalAt are the records that have several values there.
func (w *World) severalAt(path string) []population.Record {
	return slices.DeleteFunc(w.env.Population.Holding(w.env.Interface.ID, w.record.Name, path), func(r population.Record) bool {
		return len(population.ValuesAt(r, path)) < 2
	})
}

func (w *World) byValue(queryType, path string, among []population.Record, at int) error {
	for range among {
		values := population.ValuesAt(among[0], path)
		where := population.Where{Is: &population.Condition{Attribute: path, Operator: "eq", Value: values[at]}}
		question := w.ask(w.record, queryType, where, w.record.Name+"."+path+" eq")
		if len(question.Expected) > 0 && len(question.Expected) <= wide {
			w.drafts = []*Draft{w.searchFor(question)}
			return nil
		}
		among = among[1:]
	}
	return fmt.Errorf("no %s can be asked for by %s", w.record.Name, path)
}
