package scheme

import (
	"slices"

	"github.com/cockroachdb/apd/v3"
)

// Outcome is a decision on a person.
type Outcome string

// The decisions.
const (
	Eligible     Outcome = "eligible"
	NotEligible  Outcome = "not_eligible"
	Undetermined Outcome = "undetermined"
)

// Finding is what came of one criterion.
type Finding string

// The findings.
const (
	Met     Finding = "met"
	NotMet  Finding = "not_met"
	Unknown Finding = "undetermined"
)

// The reason codes that no scheme has to say: why a criterion, or with PersonUnknown the whole decision, is
// undetermined.
const (
	SourceUnavailable = "elg.source.unavailable"
	RecordNotFound    = "elg.record.not_found"
	AttributeMissing  = "elg.attribute.missing"
	PersonUnknown     = "elg.person.unknown"
)

// Result is what came of one criterion, why, and which interface's records of which type answered it.
type Result struct {
	Criterion string
	Finding   Finding
	Reason    string
	Interface string
	Record    string
}

// Decision is the answer for one person. Reason is PersonUnknown or empty. Criteria has a result for each
// criterion, in the scheme's order.
type Decision struct {
	Outcome  Outcome
	Reason   string
	Criteria []Result
}

// Decide decides on the person of the facts as of a day. One criterion that is not met is enough for not
// eligible, whatever else is unknown; else one that is undetermined is enough for undetermined. Somebody of
// whom all sources answer that they hold nothing is undetermined too: that is no verdict on a person.
func Decide(s Scheme, facts *Facts, asOf Day) Decision {
	decided := Decision{Outcome: Eligible}
	for _, criterion := range s.Criteria {
		result := criterion.decide(facts, asOf)
		decided.Criteria = append(decided.Criteria, result)
		switch result.Finding {
		case NotMet:
			decided.Outcome = NotEligible
		case Unknown:
			if decided.Outcome == Eligible {
				decided.Outcome = Undetermined
			}
		}
	}
	if known, silent := facts.known(s.Sources()); !known && !silent {
		decided.Outcome, decided.Reason = Undetermined, PersonUnknown
	}
	return decided
}

func (c Criterion) decide(facts *Facts, asOf Day) Result {
	result := Result{Criterion: c.ID, Interface: c.Source.Interface, Record: c.Source.Record}
	records, answered := facts.answers[c.Source]
	switch {
	case !answered:
		result.Finding, result.Reason = Unknown, SourceUnavailable
		return result
	case len(records) == 0:
		result.Finding = c.NoRecord
	default:
		result.Finding = c.find(records, asOf)
	}
	switch result.Finding {
	case Met:
		result.Reason = c.Reasons.Met
	case NotMet:
		result.Reason = c.Reasons.NotMet
	case Unknown:
		result.Reason = AttributeMissing
		if len(records) == 0 {
			result.Reason = RecordNotFound
		}
	}
	return result
}

// find looks at the records, of which there is at least one.
func (c Criterion) find(records []any, asOf Day) Finding {
	var parts []any
	for _, record := range records {
		parts = append(parts, at(record, c.each)...)
	}
	parts = slices.DeleteFunc(parts, func(part any) bool {
		return slices.ContainsFunc(c.Where, func(condition Condition) bool {
			return condition.holds(condition.values(part, asOf), asOf) != Met
		})
	})
	if c.Aggregate == aggregateCount {
		return c.holds([]value{numberOf(int64(len(parts)))}, asOf)
	}
	var values []value
	for _, part := range parts {
		values = append(values, c.values(part, asOf)...)
	}
	if c.Aggregate != "" {
		values = aggregate(c.Aggregate, values)
	}
	return c.holds(values, asOf)
}

// values are those at the attribute, read as the dictionary types it; what cannot be read is left out.
func (c Condition) values(part any, asOf Day) []value {
	var values []value
	for _, held := range at(part, c.path) {
		if read, ok := readValue(c.kind, held); ok {
			if c.Measure == measureAge {
				read = numberOf(int64(asOf.Age(read.day)))
			}
			values = append(values, read)
		}
	}
	return values
}

// holds is Met where the operator is true of any value, for a denial of all. Nothing to compare is
// Unknown, but for a date: what nobody wrote down has not happened.
func (c Condition) holds(values []value, asOf Day) Finding {
	happened := slices.ContainsFunc(values, func(held value) bool { return held.day.Compare(asOf) <= 0 })
	switch {
	case c.Operator == operatorHappened:
		return finding(happened)
	case c.Operator == operatorNotHappened:
		return finding(!happened)
	case len(values) == 0:
		return Unknown
	case c.Operator == "ne" || c.Operator == "not_in":
		return finding(!slices.ContainsFunc(values, c.equal))
	}
	return finding(slices.ContainsFunc(values, c.compare))
}

func finding(holds bool) Finding {
	if holds {
		return Met
	}
	return NotMet
}

func (c Condition) equal(held value) bool {
	return slices.ContainsFunc(c.bounds, func(bound value) bool { return held.against(bound) == 0 })
}

func (c Condition) compare(held value) bool {
	against := held.against(c.bounds[0])
	switch c.Operator {
	case "lt":
		return against < 0
	case "le":
		return against <= 0
	case "gt":
		return against > 0
	case "ge":
		return against >= 0
	}
	return c.equal(held)
}

// aggregate is the sum, the least or the greatest of numbers; nothing where there are none. Sums are exact.
func aggregate(how string, values []value) []value {
	if len(values) == 0 {
		return nil
	}
	made := values[0]
	for _, held := range values[1:] {
		switch {
		case how == aggregateSum:
			sum := new(apd.Decimal)
			if _, err := exact.Add(sum, made.number, held.number); err != nil {
				return nil
			}
			made.number = sum
		case how == aggregateMin && held.against(made) < 0, how == aggregateMax && held.against(made) > 0:
			made = held
		}
	}
	return []value{made}
}
