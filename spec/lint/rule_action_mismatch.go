package lint

import (
	"fmt"
	"slices"
	"strings"
)

var actionMismatch = Rule{
	ID: "action-mismatch", Severity: Error,
	Finds: "a message whose action is not that of its path",
	Why:   "A receiver that routes by action does another thing than one that routes by path.",
	Mend:  "Write the action of the path.",
	check: func(s *set, report reporter) {
		known := s.actions()
		for _, o := range s.operations() {
			verb := verbOf(o.segments())
			if !known[verb] && !strings.HasPrefix(verb, "txn-") {
				continue // a path of its own kind, such as one for a special search
			}
			checkAction(s.request(o), verb, []string{verb}, o, report)
			checkAction(s.answer(o), verb, []string{answerTo(verb), "on-" + verb}, o, report)
		}
	},
}

// actions are the actions that the messages of any document have.
func (s *set) actions() map[string]bool {
	all := map[string]bool{}
	for _, p := range s.places {
		if p.kind == kindSchema && p.property == "action" {
			for _, action := range actionsOf(p.node) {
				all[action] = true
			}
		}
	}
	return all
}

// actionsOf lists the actions that the schema of header.action allows, none for all.
func actionsOf(n *node) []string {
	if constant := n.get("const"); constant.isString() {
		return []string{constant.text}
	}
	return n.get("enum").strings()
}

// verbOf is the action that a path calls for: its last part, with txn before status.
func verbOf(segments []string) string {
	last := segments[len(segments)-1]
	if len(segments) > 1 && segments[len(segments)-2] == "txn" {
		return "txn-" + last
	}
	return last
}

// answerTo is the action that answers another: on-search, txn-on-status.
func answerTo(verb string) string {
	if rest, ok := strings.CutPrefix(verb, "txn-"); ok {
		return "txn-on-" + rest
	}
	return "on-" + verb
}

func checkAction(fields []field, verb string, legal []string, o operation, report reporter) {
	for _, field := range fields {
		if field.path != "header.action" {
			continue
		}
		actions := actionsOf(field.node)
		if len(actions) == 0 || slices.ContainsFunc(actions, func(action string) bool {
			return slices.Contains(legal, action) || slices.Contains(legal, "txn-"+action)
		}) {
			continue
		}
		report(field.node, fmt.Sprintf("the action is %s at %s", strings.Join(actions, ", "), o.path), fmt.Sprintf("Write %s.", legal[0]))
	}
}
