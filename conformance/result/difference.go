package result

// Difference is a requirement of which two reports say different things. Before and After are empty
// where the report has no such requirement.
type Difference struct {
	Interface   string  `json:"interface"`
	Requirement string  `json:"requirement"`
	Before      Verdict `json:"before"`
	After       Verdict `json:"after"`
}

// Differences lists the requirements on which two reports differ, in the order of the first, then what
// only the second has.
func Differences(before, after Report) []Difference {
	type key struct{ tested, id string }
	verdicts := func(of Report) (order []key, by map[key]Verdict) {
		by = map[key]Verdict{}
		for _, tested := range of.Interfaces {
			for _, row := range tested.Requirements {
				at := key{tested.Interface, row.ID}
				order, by[at] = append(order, at), row.Verdict
			}
		}
		return order, by
	}
	first, was := verdicts(before)
	second, is := verdicts(after)
	var differing []Difference
	for _, at := range first {
		if was[at] != is[at] {
			differing = append(differing, Difference{at.tested, at.id, was[at], is[at]})
		}
	}
	for _, at := range second {
		if _, both := was[at]; !both {
			differing = append(differing, Difference{at.tested, at.id, "", is[at]})
		}
	}
	return differing
}
