package steps

import (
	"net/http"
	"regexp"
	"strings"

	"github.com/samber/lo"

	"github.com/spconform/spconform/conformance/exchange"
)

// slugForm is how the slug of a scenario looks, in the addresses that it names and in the ids of its messages.
var slugForm = regexp.MustCompile(`\bs[0-9a-f]{8}\b`)

// mine notes that a scenario goes through the interface.
func (e *Env) mine(slug string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.slugs[slug] = true
}

// anothers says whether what came is known to answer messages to another interface of the run: its address or
// its transaction_id names a scenario of that.
func (e *Env) anothers(came *exchange.Exchange) bool {
	named := came.Request.URL
	if answer := readAnswer(came, ""); answer != nil {
		named += " " + text(answer.Message, "transaction_id")
	}
	slugs := slugForm.FindAllString(named, -1)
	e.mu.Lock()
	defer e.mu.Unlock()
	return len(slugs) > 0 && !lo.SomeBy(slugs, func(slug string) bool { return e.slugs[slug] })
}

// Loose looks at the receiver after the run: what came to no address at all, and callbacks that came
// again after they had been taken, notifications that came after all.
func (e *Env) Loose() []Observation {
	loose := e.broken()
	note := func(requirement string, came *exchange.Exchange, departure *Fail) {
		scenario := came.Scenario
		if scenario == "" {
			scenario = "after the run"
		}
		loose = append(loose, Observation{Requirement: requirement, Scenario: scenario, Exchange: came.ID, Fail: departure})
	}
	for _, stray := range e.Receiver.Stray() {
		if stray.Dialect == e.dialect() && stray.Request.Method == http.MethodPost && !e.anothers(stray) {
			note(e.owed("REG-CB-002"), stray, fail("callbacks only to addresses of the one who asked", "a callback to an address that nobody named", stray))
			note("SEC-URI-001", stray, fail("calls only to registered addresses", "a call to an address that nobody registered", stray))
		}
	}
	repeated := e.Recorder.Repeated()
	for _, alike := range e.alike() {
		first, tried := map[string]*exchange.Exchange{}, tries{}
		for _, came := range alike {
			answer := readAnswer(came, "")
			content, again := asJSON(answer.Message), tried.again(came, answer.Message)
			if first[content] == nil {
				first[content] = came
			} else if !again && !repeated(text(answer.Message, "transaction_id"), e.answeredBy(came)) {
				note("REG-CB-009", came, fail("no second callback after the first was taken", "the same callback again", first[content], came))
			}
		}
	}
	return loose
}

// answeredBy tells the operations that are answered by what came; all where it is not known what it is.
func (e *Env) answeredBy(came *exchange.Exchange) func(operation string) bool {
	return func(operation string) bool {
		asked, known := e.Interface.Operation(operation)
		return came.Operation == "" || !known || asked.Answer == came.Operation
	}
}

// alike are the callbacks that were taken and may be the same again, in the order in which they came: those
// of which another has the same action and ids. What differs in these need not be compared in full.
func (e *Env) alike() [][]*exchange.Exchange {
	var order []string
	by := map[string][]*exchange.Exchange{}
	for _, came := range e.Receiver.Inbound() {
		answer := readAnswer(came, "")
		if answer == nil || came.Dialect != e.dialect() || !came.Taken() || text(answer.Header, "action") == "notify" || e.anothers(came) {
			continue
		}
		key := strings.Join([]string{text(answer.Header, "action"), text(answer.Message, "transaction_id"), text(answer.Message, "correlation_id")}, "\x00")
		if by[key] == nil {
			order = append(order, key)
		}
		by[key] = append(by[key], came)
	}
	return lo.FilterMap(order, func(key string, _ int) ([]*exchange.Exchange, bool) { return by[key], len(by[key]) > 1 })
}
