package steps

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spconform/spconform/conformance/population"
	"github.com/spconform/spconform/spec/message"
)

var batchSteps = []definition{
	{`^a batch of (\d+) searches by identifier$`, "one message with so many items, each for another record as far as there are so many",
		withNumber(givenBatch)},
	{`^a batch of 3 searches of which the second finds nobody$`, "one message with three items", inWorld(givenBatchWithGap)},
	{`^a batch of searches by each query type$`, "one message with an item of query_type idtype-value, expression and predicate", inWorld(givenBatchOfQueryTypes)},
	{`^a batch of searches for each record type$`, "one message with an item for each record type of the interface", inWorld(givenBatchOfRecordTypes)},
	{`^a batch of 3 searches of which item ([123]) names an unknown attribute$`, "the other two are right",
		withNumber(givenBatchWithFlaw)},
	{`^item (\d+) takes the reference_id of item (\d+)$`, "two items with one reference_id", func(ctx context.Context, to, from int) error {
		return takesReference(worldOf(ctx), to, from)
	}},
	{`^every item is answered once$`, "one item in the answer for each in the request, with its own records, and none besides", inWorld(eachOnce)},
	{`^item (\d+) is refused with (.+)$`, "that item is rejected with one of these codes, or the whole message is", func(ctx context.Context, item int, codes string) error {
		return itemRefused(worldOf(ctx), item, codes)
	}},
	{`^an item is refused with (.+)$`, "one of the items is rejected with one of these codes, or the whole message is", withText(someItemRefused)},
	{`^the other items are answered$`, "every item that was right is answered with its records", inWorld(othersAnswered)},
}

func givenBatch(_ context.Context, w *World, count int) error {
	questions, taken := make([]*Question, 0, count), map[string]bool{}
	for attempt := 0; len(questions) < count; attempt++ {
		question := w.oneRecord(w.record, fmt.Sprint("batch", attempt))
		// Large batches repeat records: the population need not hold so many.
		if value := question.Where.Identifier[1]; !taken[value] || attempt > 4*count {
			taken[value] = true
			questions = append(questions, question)
		}
	}
	w.drafts = []*Draft{w.searchFor(questions...)}
	return nil
}

func givenBatchWithGap(ctx context.Context, w *World) error {
	idType, idValue := w.env.Population.Absent(w.salt("gap"))
	return w.batchBut(ctx, 2, func() (*Question, error) {
		return w.ask(w.record, message.QueryIDTypeValue, population.Where{Identifier: &[2]string{idType, idValue}}, "identifier"), nil
	})
}

func givenBatchWithFlaw(ctx context.Context, w *World, number int) error {
	return w.batchBut(ctx, number, func() (*Question, error) { return w.flawed(message.QueryExpression, "names an unknown attribute") })
}

// batchBut is a batch of three of which one item is another.
func (w *World) batchBut(ctx context.Context, number int, other func() (*Question, error)) error {
	if err := givenBatch(ctx, w, 3); err != nil {
		return err
	}
	questions := w.drafts[0].Questions
	var err error
	questions[number-1], err = other()
	w.drafts = []*Draft{w.searchFor(questions...)}
	return err
}

func givenBatchOfQueryTypes(ctx context.Context, w *World) error {
	questions := []*Question{w.oneRecord(w.record, "batch")}
	for _, queryType := range []string{message.QueryExpression, message.QueryPredicate} {
		where, err := w.env.Population.AskPair(w.env.Interface.ID, w.record.Name, population.And, w.salt(queryType))
		if err != nil {
			return err
		}
		questions = append(questions, w.ask(w.record, queryType, where, queryType))
	}
	w.drafts = []*Draft{w.searchFor(questions...)}
	return nil
}

func givenBatchOfRecordTypes(_ context.Context, w *World) error {
	var questions []*Question
	for _, record := range w.env.Interface.Records {
		questions = append(questions, w.oneRecord(record, "batch "+record.Name))
	}
	w.drafts = []*Draft{w.searchFor(questions...)}
	return nil
}

func takesReference(w *World, to, from int) error {
	return w.each(func(d *Draft) error {
		given, err := d.item(fmt.Sprint("item ", from))
		if err != nil {
			return err
		}
		return d.set(fmt.Sprintf("item %d.reference_id", to), given["reference_id"])
	})
}

// eachOnce also counts, since a second answer to an item can come under another reference_id.
func eachOnce(_ context.Context, w *World) error {
	return w.eachReply(func(reply *Reply) *Fail {
		if departure := w.matches(reply); departure != nil {
			return departure
		}
		if got, want := len(reply.Answer.responseItems()), len(reply.Draft.Questions); got != want {
			return failf(fmt.Sprintf("%d items, one for each search", want), nil, "%d items", got)
		}
		return nil
	})
}

// itemRefused finds the answer to an item by the item's reference_id.
func itemRefused(w *World, number int, list string) error {
	return w.eachReply(func(reply *Reply) *Fail {
		sent, err := reply.Draft.item(fmt.Sprint("item ", number))
		if err != nil {
			return fail("an item of that number", "none in the scenario's message")
		}
		reference, _ := sent["reference_id"].(string)
		if reply.Answer == nil || len(reply.Answer.responseItems()) == 0 {
			return w.refusedWith(reply, "", codesIn(list))
		}
		if len(reply.Answer.itemsFor(reference)) != 1 {
			return failf(fmt.Sprintf("one answer to item %d", number), nil, "%d; %s", len(reply.Answer.itemsFor(reference)), reply.describe())
		}
		return w.refusedWith(reply, reference, codesIn(list))
	})
}

func someItemRefused(_ context.Context, w *World, list string) error {
	codes := codesIn(list)
	return w.eachReply(func(reply *Reply) *Fail {
		if _, refused := reply.refusal(""); refused {
			return w.refusedWith(reply, "", codes)
		}
		if reply.Answer == nil {
			return fail("an item refused with "+strings.Join(codes, " or "), reply.describe())
		}
		var given []string
		for _, item := range reply.Answer.responseItems() {
			if text(item, "status") != message.StatusRejected {
				continue
			}
			code := text(item, "status_reason_code")
			if slices.Contains(codes, code) || !saysWhy([]string{code}) {
				return nil
			}
			given = append(given, code)
		}
		return failf("an item refused with "+strings.Join(codes, " or "), nil, "%d items refused %s; %s",
			len(given), oneLine(strings.Join(given, ", ")), reply.describe())
	})
}

// othersAnswered looks at the items that the scenario left as they were.
func othersAnswered(_ context.Context, w *World) error {
	return w.eachReply(func(reply *Reply) *Fail {
		if reply.Answer == nil {
			return w.answered(reply)
		}
		right := 0
		for _, question := range reply.Draft.Questions {
			if w.matchesItem(reply, question) == nil {
				right++
			}
		}
		if want := len(reply.Draft.Questions) - 1; right < want {
			return failf(fmt.Sprintf("%d items answered with their records", want), nil, "%d", right)
		}
		return nil
	})
}
