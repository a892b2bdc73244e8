package mocks

import (
	"sync"

	"github.com/spconform/spconform/spec/scheme"
)

// classService are services that decide otherwise than what the registries tell says.
const classService = "eligibility: decisions beside the programme's"

// inScheme alters the rules of one scheme alone.
func inScheme(id string, alter func(*scheme.Criterion)) func(*Vendor) {
	return func(v *Vendor) {
		v.Decides(func(s scheme.Scheme, facts *scheme.Facts, asOf scheme.Day) scheme.Decision {
			if s.ID == id {
				s = altered(s, alter)
			}
			return scheme.Decide(s, facts, asOf)
		})
	}
}

// onTheEve decides on the death as of the day before, and on all else as of the day.
func onTheEve(v *Vendor) {
	v.Decides(func(s scheme.Scheme, facts *scheme.Facts, asOf scheme.Day) scheme.Decision {
		before := scheme.Decide(s, facts, asOf.Add(0, 0, -1))
		return refinding(s, scheme.Decide(s, facts, asOf), func(at int, result *scheme.Result) {
			if s.Criteria[at].ID == "alive" {
				*result = before.Criteria[at]
			}
		})
	})
}

// remembering decides by what the sources told when somebody was asked about for the first time.
func remembering(v *Vendor) {
	var mutex sync.Mutex
	first := map[string]*scheme.Facts{}
	v.Decides(func(s scheme.Scheme, facts *scheme.Facts, asOf scheme.Day) scheme.Decision {
		key := s.ID + "/" + s.Version + "/" + facts.Person.Type + "/" + facts.Person.Value
		mutex.Lock()
		if first[key] == nil {
			first[key] = facts
		}
		held := first[key]
		mutex.Unlock()
		return scheme.Decide(s, held, asOf)
	})
}

var _ = register(
	Defect{ID: "process-service-boundary-of-one-scheme", Class: classService, Breaks: []string{"PROC-ELG-001"},
		Sentence: "takes a child for one through the day of turning eighteen, in the child benefit alone",
		Alter: inScheme("child-benefit", func(c *scheme.Criterion) {
			if c.ID == "minor" {
				c.Operator = "le"
			}
		})},
	Defect{ID: "process-service-score-below", Class: classService, Breaks: []string{"PROC-ELG-001"},
		Sentence: "wants a score below the threshold, where one equal to it is enough",
		Alter: inScheme("household-cash-transfer", func(c *scheme.Criterion) {
			if c.ID == "poverty_score" {
				c.Operator = "lt"
			}
		})},
	Defect{ID: "process-service-dead-on-the-day", Class: classService, Breaks: []string{"PROC-ELG-001", "PROC-ELG-003"},
		Sentence: "takes who dies on the day that is asked for as alive", Alter: onTheEve},
	Defect{ID: "process-service-another-reason", Class: classService, Breaks: []string{"PROC-ELG-002"},
		Sentence: "decides rightly, and gives as the reason of a refusal the one of approval",
		Alter: eachResult(func(result *scheme.Result, _ []scheme.Result) {
			if result.Finding == scheme.NotMet {
				result.Reason = "elg.applicant.alive"
			}
		})},
	Defect{ID: "process-service-remembers", Class: classService, Breaks: []string{"PROC-ELG-003"},
		Sentence: "decides by what the registries told when it was first asked about somebody", Alter: remembering},
	Defect{ID: "process-service-any-disability", Class: classService, Breaks: []string{"PROC-ELG-004"},
		Sentence: "takes a disability that is not approved yet for a recognised one",
		Alter:    ignoring(about("disability"))},
	Defect{ID: "process-service-smallest-farm", Class: classService, Breaks: []string{"PROC-ELG-005"},
		Sentence: "compares the smallest farm of a farmer instead of all together",
		Alter: inScheme("farmer-shock-relief", func(c *scheme.Criterion) {
			if c.ID == "land_size" {
				c.Aggregate = "min"
			}
		})},
)
