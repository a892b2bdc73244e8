package steps

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/spconform/spconform/conformance/exchange"
	"github.com/spconform/spconform/conformance/identity"
	"github.com/spconform/spconform/conformance/population"
)

// ourTransaction is how a transaction_id of this suite looks, of this run or of an earlier one that used
// the same address.
var ourTransaction = regexp.MustCompile(`^t-[0-9a-z]+-s[0-9a-f]{8}-\d+$`)

// unmatched tells what came to the scenario's own address and names no message of this suite: its ids were
// left out, are no texts or were invented. Only an answer can have come there, so it is held to be one.
func (w *World) unmatched(reply *Reply) func(*exchange.Exchange) bool {
	ours := text(reply.Draft.Message, "transaction_id")
	return func(e *exchange.Exchange) bool {
		answer := readAnswer(e, reply.Draft.Operation.Answer)
		switch {
		case !sentSomething(e), w.claimed(e, reply):
			return false
		case answer == nil:
			return true
		}
		given := text(answer.Message, "transaction_id")
		return text(answer.Header, "action") != "notify" && (given == ours || !ourTransaction.MatchString(given)) &&
			!w.answersAnother(text(answer.Message, "correlation_id"), reply)
	}
}

// sentSomething leaves out a look at the address: a counterpart may see whether it is there.
func sentSomething(e *exchange.Exchange) bool {
	return len(e.Request.Body) > 0 || !slices.Contains([]string{http.MethodGet, http.MethodHead, http.MethodOptions}, e.Request.Method)
}

// tellsNobody are the notifications among what has come that cannot be matched with a record: they cannot
// be read, or name nobody. Where no notification of a record came, they say more than silence.
func (w *World) tellsNobody(all []*exchange.Exchange) []*exchange.Exchange {
	operation, ok := w.env.Interface.Operation("notify")
	if !ok {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(all), func(e *exchange.Exchange) bool {
		answer := readAnswer(e, operation.ID)
		if answer == nil {
			return !sentSomething(e) || !strings.HasSuffix(e.Request.URL, operation.Path)
		}
		if w.env.Brought.elsewhere(e, w.env.Interface.ID) {
			return true
		}
		named := text(answer.Header, "action")
		if named != operation.Action && (named != "" || !strings.HasSuffix(e.Request.URL, operation.Path)) {
			return true
		}
		events, _ := answer.Message["notify_event"].([]any)
		return slices.ContainsFunc(objects(events), func(event map[string]any) bool {
			return slices.ContainsFunc(records(event), w.namesSomebody)
		})
	})
}

// namesSomebody says whether a record that is told has an identifier of any record type of the interface.
func (w *World) namesSomebody(record map[string]any) bool {
	for _, kind := range w.env.Interface.Records {
		if len(population.IdentifierOf(record, kind.Identifier)) > 0 {
			return true
		}
	}
	return false
}

// judgeUntold holds notifications that no scenario can match with its record to the checks, each once.
func (w *World) judgeUntold(ctx context.Context, all []*exchange.Exchange) {
	for _, e := range w.tellsNobody(all) {
		if w.env.firstSeen("untold "+e.ID, e.ID) != "" {
			continue
		}
		e.Scenario, e.Operation = w.ID, "notify"
		w.judge(ctx, &Sent{World: w, Kind: KindNotify, Exchange: e, Answer: readAnswer(e, "notify"), Operation: "notify"})
	}
}

// untold is the failure of a notification that did not come to a participant.
func (w *World) untold(expected string, who identity.Name) *Fail {
	strange := w.tellsNobody(w.env.shared[who].All())
	if len(strange) == 0 {
		return w.toldOtherwise(expected, who)
	}
	last := strange[len(strange)-1]
	return failf(expected, []*exchange.Exchange{last}, "%s", "a notification that cannot be matched with a record: "+w.whyUnmatched(last))
}

// toldOtherwise says what became of the scenario's record where a participant was not told of it: tries
// that nobody took, or that somebody else was told.
func (w *World) toldOtherwise(expected string, who identity.Name) *Fail {
	for _, name := range slices.Sorted(maps.Keys(w.env.shared)) {
		tries := slices.DeleteFunc(w.env.shared[name].All(), func(e *exchange.Exchange) bool {
			answer := readAnswer(e, "notify")
			return answer == nil || text(answer.Header, "action") != "notify" || !e.Mentions(w.fresh.IDValue)
		})
		taken := slices.ContainsFunc(tries, (*exchange.Exchange).Taken)
		switch {
		case len(tries) == 0 || name == who && taken:
		case name == who:
			return failf(expected, tries, "%s, and no more", counted(len(tries), "try that was not taken", "tries that were not taken"))
		case taken:
			return fail(expected, "another subscriber was told of it, and this one not", tries...)
		default:
			return failf(expected, tries, "%s on another subscriber who takes none, and this one was not told", counted(len(tries), "try", "tries"))
		}
	}
	return fail(expected, "no notification of it")
}

// counted is a number with the word for it.
func counted(number int, one, more string) string {
	if number == 1 {
		return "1 " + one
	}
	return fmt.Sprint(number, " ", more)
}

// whyUnmatched is what the published schema says of a notification.
func (w *World) whyUnmatched(e *exchange.Exchange) string {
	if departure := violated(w.env.Document.ValidateRequest("notify", "application/json", e.Request.Body)); departure != nil {
		return departure.Actual
	}
	return fmt.Sprintf("%d bytes that name nobody", len(e.Request.Body))
}
