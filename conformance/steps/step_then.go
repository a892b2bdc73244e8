package steps

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/samber/lo"

	"github.com/spconform/spconform/conformance/exchange"
	"github.com/spconform/spconform/conformance/population"
	"github.com/spconform/spconform/spec"
	"github.com/spconform/spconform/spec/message"
)

var thenSteps = []definition{
	{`^it is answered$`, "the message is taken in and answered with status succ", inWorld(isAnswered)},
	{`^it is acknowledged$`, "HTTP 2xx with ack_status ACK, or NACK where no callback belongs to the operation", inWorld(isAcknowledged)},
	{`^the answer holds exactly the matching records$`,
		"each item is answered with the records that meet its condition: none missing, none besides", inWorld(holdsExactly)},
	{`^the answer holds no record$`, "the item succeeded and reg_records is empty", inWorld(holdsExactly)},
	{`^the records are as the registry was given them$`, "every attribute of every record is there and unaltered", inWorld(areUnaltered)},
	{`^it is refused with (.+)$`, "it is refused, in any of the legal forms, with one of these codes", withText(isRefusedWith)},
	{`^it is refused$`, "it is refused in any of the legal forms, whatever the code", inWorld(isRefused)},
	{`^no record is found, or it is refused with (.+)$`, "the item is answered without records, or refused with one of these codes", withText(noneOrRefused)},
	{`^no record is shown$`, "nothing that came back holds records", inWorld(showsNone)},
	{`^every answer (.+)$`, "a check that everything which a target sends is held to", withText(isHeld)},
	{`^the answer carries the transaction_id that was sent$`, "message.transaction_id of the answer, letter by letter", inWorld(carriesTransaction)},
	{`^both answers hold the same records$`, "two ways of asking have one answer", inWorld(sameRecords)},
	{`^it is answered as before or refused with (.+)$`, "a repeat has no second effect", withText(sameOrRefused)},
	{`^the registry still answers a correct search$`, "what was sent before has not hurt the registry", inWorld(answersControl)},
	{`^a callback arrives$`, "the answer came to the callback address in time", inWorld(callbackArrives)},
	{`^the callback comes to the very address that was named$`, "path and query string as they were written", inWorld(callbackVerbatim)},
	{`^the callback comes to the client's registered address at the published path$`, "CallbackBase and the published path of the answer", inWorld(callbackRegistered)},
	{`^no callback arrives elsewhere$`, "nothing came to an address that was not the sender's", inWorld(nothingElsewhere)},
	{`^the callback is repeated until it is taken$`, "after a failure it is sent again with the same content", inWorld(callbackRepeated)},
	{`^the callback is not repeated$`, "after it was taken it is not sent again", inWorld(callbackOnce)},
	{`^the keys can verify signatures$`, "at least one ed25519 key with kty, kid, use and alg", inWorld(keysVerify)},
	{`^the keys are the same when read again$`, "keys are not made anew for each reader", inWorld(keysSame)},
	{`^the locations are by the published schema$`, "the document's own schema", inWorld(locationsValid)},
	{`^a bearer token is given$`, "access_token and token_type Bearer, by the published schema", inWorld(tokenGiven)},
	{`^no token is given$`, "a 4xx answer without an access_token", inWorld(noToken)},
}

func (w *World) eachReply(judge func(*Reply) *Fail) error {
	if len(w.replies) == 0 {
		return errors.New("the scenario looks at an answer before it has sent anything")
	}
	for _, reply := range w.replies {
		if departure := judge(reply); departure != nil {
			if departure.Exchanges == nil {
				departure.Exchanges = reply.exchanges()
			}
			return departure
		}
	}
	return nil
}

func (w *World) answered(reply *Reply) *Fail {
	if reply.Answer == nil {
		expected := "an answer with status succ"
		if reply.Draft.Operation.Mode == spec.Async {
			expected = fmt.Sprintf("a callback within %s", w.env.Waits.Callback)
		}
		return fail(expected, reply.describe())
	}
	if _, refused := reply.refusal(""); refused || text(reply.Answer.Header, "status") != message.StatusSuccess && !reply.findsOpen() {
		return fail("an answer with status succ", reply.describe())
	}
	return nil
}

func isAnswered(_ context.Context, w *World) error { return w.eachReply(w.answered) }

func isAcknowledged(_ context.Context, w *World) error {
	return w.eachReply(func(reply *Reply) *Fail {
		if reply.takenIn() {
			return nil
		}
		return fail("HTTP 2xx with ack_status ACK", reply.describe())
	})
}

// matches compares each item of an answer with what the population says.
func (w *World) matches(reply *Reply) *Fail {
	if reply.Answer == nil {
		return w.answered(reply)
	}
	for _, question := range reply.Draft.Questions {
		if departure := w.matchesItem(reply, question); departure != nil {
			return departure
		}
	}
	return nil
}

func (w *World) matchesItem(reply *Reply, question *Question) *Fail {
	items := reply.Answer.itemsFor(question.ReferenceID)
	about := " (" + question.About + ")"
	if len(items) != 1 {
		return failf("one item with the reference_id of the search"+about, nil, "%d such items; %s", len(items), reply.describe())
	}
	if status := text(items[0], "status"); status != message.StatusSuccess {
		return failf("item status succ"+about, nil, "item status %q %s", oneLine(status), oneLine(text(items[0], "status_reason_code")))
	}
	return w.compare(question, records(items[0]), question.Expected)
}

// compare holds the records that came to those that were expected, as sets of identities.
func (w *World) compare(question *Question, got []map[string]any, expected []population.Record) *Fail {
	about := " (" + question.About + ")"
	missing := map[string]bool{}
	for _, record := range expected {
		missing[record.IDType+" "+record.IDValue] = true
	}
	unexpected := 0
	for _, data := range got {
		found := false
		for _, id := range population.IdentifierOf(data, question.Record.Identifier) {
			key := id.Type + " " + id.Value
			if missing[key] {
				delete(missing, key)
				found = true
				break
			}
		}
		if !found {
			unexpected++
		}
	}
	if len(missing) == 0 && unexpected == 0 {
		return nil
	}
	return &Fail{Expected: fmt.Sprintf("exactly the %d records that match%s", len(expected), about),
		Actual:    fmt.Sprintf("%d records: %d that match are missing, %d do not match or come twice", len(got), len(missing), unexpected),
		Attribute: attributeOf(question)}
}

func attributeOf(question *Question) string {
	if question.Where.Is != nil {
		return question.Record.Object + "." + question.Where.Is.Attribute
	}
	if question.Where.Identifier != nil {
		return question.Record.Object + "." + question.Record.Identifier
	}
	return ""
}

func holdsExactly(_ context.Context, w *World) error { return w.eachReply(w.matches) }

func areUnaltered(ctx context.Context, w *World) error {
	return w.eachReply(func(reply *Reply) *Fail {
		sent := &Sent{World: w, Kind: KindAnswer, Exchange: reply.Exchange, Reply: reply, Answer: reply.Answer}
		if reply.Answer == nil {
			return w.answered(reply)
		}
		return sent.eachRecord(sent.unaltered)
	})
}

var codePattern = regexp.MustCompile(`"([^"]+)"`)

func codesIn(list string) []string {
	var codes []string
	for _, match := range codePattern.FindAllStringSubmatch(list, -1) {
		codes = append(codes, match[1])
	}
	return codes
}

// saysWhy tells whether a refusal names a published code. One that names none has refused all the same: that
// it does not say why, or in words of its own, is judged by the requirements on codes and on error bodies.
func saysWhy(codes []string) bool {
	return slices.ContainsFunc(codes, func(code string) bool {
		return slices.Contains(message.ErrorCodes, message.ErrorCode(code)) || slices.Contains(allReasons, message.ReasonCode(code))
	})
}

// refusedWith judges a refusal of the whole message or of its one item.
func (w *World) refusedWith(reply *Reply, reference string, codes []string) *Fail {
	expected := "a refusal"
	if len(codes) > 0 {
		expected += " with " + strings.Join(codes, " or ")
	}
	refusal, refused := reply.refusal(reference)
	if !refused {
		return fail(expected, reply.describe())
	}
	for _, tag := range w.Tags {
		w.env.record(tag, fmt.Sprintf("refused with %s as %s", oneLine(strings.Join(refusal.Codes, ", ")), refusal.Form))
	}
	if len(codes) == 0 || !saysWhy(refusal.Codes) || lo.Some(refusal.Codes, codes) {
		return nil
	}
	return failf(expected, nil, "a refusal (%s)%s", refusal.Form, cmp.Or(codesText(refusal.Codes), " without a code"))
}

func isRefusedWith(_ context.Context, w *World, list string) error {
	return w.eachReply(func(reply *Reply) *Fail { return w.refusedWith(reply, "", codesIn(list)) })
}

func isRefused(_ context.Context, w *World) error {
	return w.eachReply(func(reply *Reply) *Fail { return w.refusedWith(reply, "", nil) })
}

func noneOrRefused(_ context.Context, w *World, list string) error {
	return w.eachReply(func(reply *Reply) *Fail {
		if _, refused := reply.refusal(""); refused {
			return w.refusedWith(reply, "", codesIn(list))
		}
		if departure := w.answered(reply); departure != nil {
			return departure
		}
		for _, question := range reply.Draft.Questions {
			if departure := w.holdsNone(reply, question); departure != nil {
				return departure
			}
		}
		return nil
	})
}

func (w *World) holdsNone(reply *Reply, question *Question) *Fail {
	items := reply.Answer.itemsFor(question.ReferenceID)
	if len(items) != 1 {
		return failf("one item with the reference_id of the search ("+question.About+")", nil, "%d such items; %s", len(items), reply.describe())
	}
	if got := len(records(items[0])); got > 0 {
		return failf("no record, or a refusal ("+question.About+")", nil, "%d records", got)
	}
	return nil
}

func showsNone(_ context.Context, w *World) error {
	return w.eachReply(func(reply *Reply) *Fail {
		for _, e := range append([]*exchange.Exchange{reply.Exchange}, reply.Callbacks...) {
			if answer := readAnswer(e, ""); answer != nil {
				for _, item := range answer.responseItems() {
					if len(records(item)) > 0 {
						return fail("no record", "an answer with records")
					}
				}
			}
		}
		return nil
	})
}

func isHeld(_ context.Context, w *World, phrase string) error {
	departure, known := w.held(phrase)
	if !known {
		return fmt.Errorf("no check is called %q", phrase)
	}
	if departure != nil {
		return departure
	}
	return nil
}

func carriesTransaction(_ context.Context, w *World) error {
	return w.eachReply(func(reply *Reply) *Fail {
		if reply.Answer == nil {
			return w.answered(reply)
		}
		if text(reply.Answer.Message, "transaction_id") != text(reply.Draft.Message, "transaction_id") {
			return fail("message.transaction_id of the request", "another transaction_id, or none")
		}
		return nil
	})
}

func sameRecords(_ context.Context, w *World) error {
	if len(w.earlier) == 0 {
		return errors.New("the scenario compares two answers and has one")
	}
	if departure := w.matches(w.earlier[0]); departure != nil {
		departure.Exchanges = w.earlier[0].exchanges()
		return departure
	}
	return w.eachReply(w.matches)
}

func sameOrRefused(_ context.Context, w *World, list string) error {
	return w.eachReply(func(reply *Reply) *Fail {
		if _, refused := reply.refusal(""); refused {
			return w.refusedWith(reply, "", codesIn(list))
		}
		first := w.earlier[len(w.earlier)-1]
		if reply.Answer == nil && reply.Draft.Operation.Mode == spec.Async && reply.Ack != nil && reply.Ack.AckStatus == message.ACK {
			return nil
		}
		if reply.Answer == nil || first.Answer == nil {
			return w.answered(reply)
		}
		if text(reply.Answer.Message, "correlation_id") != text(first.Answer.Message, "correlation_id") {
			return fail("the same answer as before, or a refusal with "+list, "another answer, as to a new message")
		}
		return nil
	})
}
