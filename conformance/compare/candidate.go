// Package compare sets products side by side for a decision: who is eligible under a country
// programme's rules, in what the candidates differ, and whether one of them is better whatever the
// programme cares most about. Pure functions over reports.
package compare

import (
	"fmt"

	"github.com/samber/lo"

	"github.com/spconform/spconform/conformance/result"
	"github.com/spconform/spconform/conformance/statement"
)

// Candidate is one product's report with what a verifier said of its statement; Checks is empty where
// there is none.
type Candidate struct {
	Name   string
	Report result.Report
	Checks []statement.Check
	// Signer is the id of the key that signed, and Trusted says that it was named.
	Signer  string
	Trusted bool
}

// Allow are the faults of candidates that the one who compares puts up with.
type Allow struct{ Unsigned, Expired, Unlike bool }

// admit refuses candidates whose results cannot be held against each other.
func admit(candidates []Candidate, allow Allow) error {
	for _, one := range candidates {
		if err := one.admit(allow); err != nil {
			return err
		}
		first := candidates[0].Report
		if suite := one.Report.Suite; suite != first.Suite && !allow.Unlike {
			return &Error{CodeUnlike, fmt.Sprintf("%s and %s were judged by different suites or catalogues: run both with the same spconform, or allow unlike", candidates[0].Name, one.Name)}
		}
		if profile := lo.FromPtr(one.Report.Profile); profile != lo.FromPtr(first.Profile) && !allow.Unlike {
			return &Error{CodeUnlike, fmt.Sprintf("%s and %s were judged under different country profiles: run both with the same --profile, or allow unlike", candidates[0].Name, one.Name)}
		}
	}
	return nil
}

func (c Candidate) admit(allow Allow) error {
	if err := statement.Withheld(c.Report); err != nil {
		return &Error{CodeWithheld, fmt.Sprintf("%s cannot be compared: %v", c.Name, err)}
	}
	if len(c.Checks) == 0 {
		if allow.Unsigned {
			return nil
		}
		return &Error{CodeUnsigned, c.Name + " is not signed: ask for a statement (run --key), or allow unsigned"}
	}
	for _, check := range c.Checks {
		switch {
		case check.Outcome != statement.Refused:
		case check.Name == statement.CheckDates && allow.Expired:
		case check.Name == statement.CheckDates:
			return &Error{CodeExpired, fmt.Sprintf("%s: %s, or allow expired", c.Name, check.Detail)}
		default:
			return &Error{CodeAltered, fmt.Sprintf("%s is not what was signed (%s): %s", c.Name, check.Name, check.Detail)}
		}
	}
	return nil
}

// tested is the candidate's result for an interface.
func (c Candidate) tested(id string) (result.Interface, bool) {
	for _, one := range c.Report.Interfaces {
		if one.Interface == id {
			return one, true
		}
	}
	return result.Interface{}, false
}
