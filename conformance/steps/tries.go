package steps

import (
	"slices"

	"github.com/spconform/spconform/conformance/exchange"
)

// tries tells a second message from a second try, by content. Until the receiver has answered with 2xx a
// sender cannot know that a message was taken: it may try again, and a slow receiver then has it twice.
type tries map[string][]*exchange.Exchange

// again says whether an exchange tries once more what the receiver had not taken yet. Headers are not
// compared: a sender may date and sign each try anew.
func (t tries) again(came *exchange.Exchange, content map[string]any) bool {
	key := asJSON(content)
	earlier := t[key]
	t[key] = append(earlier, came)
	return slices.ContainsFunc(earlier, (*exchange.Exchange).Taken) &&
		!slices.ContainsFunc(earlier, func(one *exchange.Exchange) bool { return one.TakenBefore(came) })
}
