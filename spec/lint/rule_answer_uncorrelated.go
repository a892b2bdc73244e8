package lint

import "fmt"

var answerUncorrelated = Rule{
	ID: "answer-uncorrelated", Severity: Error,
	Finds: "an answer that requires an id of the request which the request does not have",
	Why:   "The server has to invent the id, and the client cannot match it.",
	Mend:  "Add the id to the request, or do not require it of the answer.",
	check: func(s *set, report reporter) {
		for _, o := range s.operations() {
			request, answer := within(s.request(o)), within(s.answer(o))
			if len(request) == 0 {
				continue
			}
			for _, name := range []string{"transaction_id", "reference_id"} {
				same := func(f field) bool { return f.name == name }
				owed := func(f field) bool { return f.name == name && f.required }
				if hasField(answer, owed) && !hasField(request, same) {
					report(o.node, fmt.Sprintf("the answer of %s requires %s, and the request has none", o.path, name), "")
				}
			}
		}
	},
}
