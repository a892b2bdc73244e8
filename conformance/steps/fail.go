package steps

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spconform/spconform/conformance/exchange"
	"github.com/spconform/spconform/conformance/result"
)

// Fail is a departure of the target from what a step expects. Expected and Actual are one line each
// and hold no record value.
type Fail struct {
	Expected, Actual string
	// Attribute is the dictionary path involved, where one is.
	Attribute string
	// Exchanges are those that show it.
	Exchanges []*exchange.Exchange
	// Party is, in a process, who broke it; nil elsewhere.
	Party *result.Party
}

func (f *Fail) Error() string { return "expected " + f.Expected + ", seen " + f.Actual }

func fail(expected, actual string, shown ...*exchange.Exchange) *Fail {
	return &Fail{Expected: expected, Actual: actual, Exchanges: shown}
}

func failf(expected string, shown []*exchange.Exchange, format string, args ...any) *Fail {
	return &Fail{Expected: expected, Actual: fmt.Sprintf(format, args...), Exchanges: shown}
}

// Skip says that a scenario could not be run because no way into the product was given.
type Skip struct{ Reason string }

func (s *Skip) Error() string { return s.Reason }

// ErrUnreachable is a failure to run: the target has never answered.
var ErrUnreachable = errors.New("the target did not answer")

// oneLine keeps a target's words short and on one line; rendering escapes them.
func oneLine(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	const most = 120
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return text
}
