package lint

import (
	"fmt"
	"slices"
	"strings"
)

var callbackUncorrelated = Rule{
	ID: "callback-uncorrelated", Severity: Error,
	Finds: "a callback whose message cannot be correlated with its request",
	Why:   "The receiver cannot say which of its requests is answered when several are under way.",
	Mend:  "Give the callback's message the member, and require it.",
	check: func(s *set, report reporter) {
		all := s.operations()
		for _, o := range all {
			at := slices.IndexFunc(all, func(c operation) bool { return c.doc == o.doc && c.path == callbackPath(o) })
			if at < 0 {
				continue
			}
			checkCallback(within(s.request(o)), within(s.answer(o)), within(s.request(all[at])), all[at], report)
		}
	},
}

// callbackPath is where the published patterns put the callback of a path: /txn/on-status for /txn/status.
func callbackPath(o operation) string {
	cut := strings.LastIndex(o.path, "/")
	return o.path[:cut+1] + "on-" + o.path[cut+1:]
}

func checkCallback(request, acknowledgement, callback []field, at operation, report reporter) {
	top := func(name string) func(field) bool { return func(f field) bool { return f.path == "message."+name } }
	named := func(name string) func(field) bool { return func(f field) bool { return f.name == name } }
	body := at.node.get("requestBody")
	if body == nil || len(callback) == 0 {
		return
	}
	if !hasField(callback, top("transaction_id")) && !hasField(callback, top("correlation_id")) {
		report(body, fmt.Sprintf("the message of %s has neither transaction_id nor correlation_id", at.path), "")
		return
	}
	for _, name := range []string{"correlation_id", "transaction_id"} {
		given := hasField(request, top(name)) || hasField(acknowledgement, top(name))
		if given && !hasField(callback, top(name)) {
			report(body, fmt.Sprintf("the message of %s has no %s, which its request or the acknowledgement has", at.path, name), "")
		}
	}
	if hasField(request, named("reference_id")) && !hasField(callback, named("reference_id")) {
		report(body, fmt.Sprintf("the message of %s has no reference_id, which the items of its request have", at.path), "")
	}
}
