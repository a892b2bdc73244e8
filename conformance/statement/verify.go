package statement

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spconform/spconform/conformance/manifest"
	"github.com/spconform/spconform/conformance/maturity"
	"github.com/spconform/spconform/conformance/result"
)

// Outcome of one check of a verification.
type Outcome string

// The outcomes. NotChecked says why in its detail; it neither holds nor refuses.
const (
	Holds      Outcome = "holds"
	Refused    Outcome = "refused"
	NotChecked Outcome = "not checked"
)

// Check is one line of a verification. Name is stable.
type Check struct {
	Name    string  `json:"check"`
	Outcome Outcome `json:"outcome"`
	Detail  string  `json:"detail"`
}

// The names of the checks that are made here, in their order.
const (
	CheckSignature  = "signature"
	CheckSigner     = "signer"
	CheckDates      = "dates"
	CheckBinding    = "binding"
	CheckLevel      = "level"
	CheckReport     = "report.json"
	CheckTranscript = "exchanges.har"
	CheckStatement  = "statement"
)

// Evidence is what a statement is checked against. Report is nil where only the statement is there;
// Hashes are those of the files that are there.
type Evidence struct {
	Report *result.Report
	Hashes map[string]string
}

// Verify checks a statement without a network: the signature, who signed, the dates, the level from
// the verdicts, and that files and report are those that were signed.
func Verify(ctx context.Context, raw []byte, trusted []Key, evidence Evidence, now time.Time) []Check {
	signed, err := Open(ctx, raw, trusted)
	if err != nil {
		return []Check{{CheckSignature, Refused, err.Error()}}
	}
	run := signed.Predicate.Run
	checks := []Check{
		{CheckSignature, Holds, "Ed25519, by the key " + signed.Signer.ID()},
		signed.signer(),
		dates(run, now),
		signed.binding(),
		levels(run),
	}
	for _, name := range []string{FileReport, FileTranscript} {
		checks = append(checks, signed.file(name, evidence.Hashes))
	}
	return append(checks, signed.remade(evidence))
}

// Verified says whether nothing is refused.
func Verified(checks []Check) bool {
	return !slices.ContainsFunc(checks, func(c Check) bool { return c.Outcome == Refused })
}

func (s Signed) signer() Check {
	if s.Trusted {
		return Check{CheckSigner, Holds, "the key that was named"}
	}
	return Check{CheckSigner, NotChecked, "anybody can have signed this: name with --key the key that it must be signed by"}
}

// dates: a statement is issued when its run ends, and expires ValidDays later or with the evidence that it
// rests on.
func dates(run Run, now time.Time) Check {
	const day = time.DateOnly
	until, with := run.expiry()
	switch {
	case !run.ExpiresAt.Equal(until), run.IssuedAt.Before(run.StartedAt):
		return Check{CheckDates, Refused, fmt.Sprintf("a statement runs from the end of its run for %d days, or until evidence that it rests on expires, and this one says otherwise", ValidDays)}
	case run.IssuedAt.After(now.Add(5 * time.Minute)):
		return Check{CheckDates, Refused, "it is issued in the future, on " + run.IssuedAt.Format(day)}
	case !now.Before(run.ExpiresAt):
		return Check{CheckDates, Refused, "it expired on " + run.ExpiresAt.Format(day) + withEvidence(with) + ": run the suite again"}
	}
	return Check{CheckDates, Holds, "issued " + run.IssuedAt.Format(day) + ", expires " + run.ExpiresAt.Format(day) + withEvidence(with)}
}

// withEvidence says with whose evidence a statement expires.
func withEvidence(of string) string {
	if of == "" {
		return ""
	}
	return " with the evidence for " + of
}

// binding says how firmly the statement is tied to a product.
func (s Signed) binding() Check {
	detail := map[string]string{
		BoundToImage:       "bound to the bytes of an image",
		BoundToCertificate: "bound to an address and the certificate that its server showed",
		BoundToAddress:     "bound to an address only: nothing shows that the same product answers there",
	}
	for _, weakest := range []string{BoundToAddress, BoundToCertificate, BoundToImage} {
		if slices.ContainsFunc(s.Subjects, func(subject Subject) bool { return subject.Bound == weakest }) {
			return Check{CheckBinding, Holds, detail[weakest]}
		}
	}
	return Check{CheckBinding, Refused, "the statement does not say to what it is bound"}
}

// levels scores the verdicts again.
func levels(run Run) Check {
	seed, err := strconv.ParseUint(run.Seed, 10, 64)
	if err != nil {
		return Check{CheckLevel, Refused, "the seed is no number"}
	}
	for _, told := range run.Interfaces {
		scored := told.rows()
		maturity.Fill(&scored, maturity.Run{Seed: seed, DeclaredRecords: run.Target.Population == manifest.PopulationDeclared})
		if scored.Level == nil || scored.Conformant == nil {
			return Check{CheckLevel, Refused, told.Interface + ": a verdict withholds the level, and the statement has one"}
		}
		again := outcomeOf(scored)
		if !reflect.DeepEqual(normal(again), normal(told)) {
			return Check{CheckLevel, Refused, fmt.Sprintf("%s: the verdicts do not give what the statement says at %s", told.Interface, firstDifference(normal(told), normal(again), ""))}
		}
	}
	return Check{CheckLevel, Holds, "follows from the verdicts"}
}

// rows are the verdicts as the scorer takes them.
func (i Interface) rows() result.Interface {
	made := result.Interface{Interface: i.Interface, Title: i.Title, Claimed: i.Claimed, Absent: i.Absent}
	for _, v := range i.Verdicts {
		made.Requirements = append(made.Requirements, result.Requirement{ID: v.ID, Keyword: v.Keyword, Dimension: v.Dimension, Band: v.Band,
			Capability: v.Capability, Basis: v.Basis, Critical: v.Critical, Experimental: v.Experimental, Verdict: v.Verdict, Evidence: v.Evidence})
	}
	return made
}

func (s Signed) file(name string, hashes map[string]string) Check {
	at := slices.IndexFunc(s.Predicate.Configuration, func(d Descriptor) bool { return d.Name == name })
	hash, there := hashes[name]
	switch {
	case at < 0:
		return Check{name, Refused, "the statement is not bound to this file"}
	case !there:
		return Check{name, NotChecked, "the file is not there: give the results folder"}
	case s.Predicate.Configuration[at].Digest["sha256"] != hash:
		return Check{name, Refused, "the file is not the one that was signed"}
	}
	return Check{name, Holds, "is the file that was signed"}
}

// remade makes the statement again from the report and compares it whole.
func (s Signed) remade(evidence Evidence) Check {
	if evidence.Report == nil {
		return Check{CheckStatement, NotChecked, "report.json is not there: give the results folder"}
	}
	hashes := map[string]string{}
	for _, one := range s.Predicate.Configuration {
		if one.Name == FileReport || one.Name == FileTranscript {
			hashes[one.Name] = one.Digest["sha256"]
		}
	}
	again, err := Make(*evidence.Report, hashes, s.Signer)
	if err != nil {
		return Check{CheckStatement, Refused, "the report has no statement: " + err.Error()}
	}
	if !bytes.Equal(again, s.Payload) {
		return Check{CheckStatement, Refused, "report.json does not give what the statement says at " + firstDifference(decoded(s.Payload), decoded(again), "")}
	}
	return Check{CheckStatement, Holds, "says what report.json says"}
}

func decoded(raw []byte) any {
	var value any
	_ = json.Unmarshal(raw, &value)
	return value
}

func normal(value any) any {
	raw, _ := json.Marshal(value)
	return prune(decoded(raw))
}

// prune takes away empty lists, so that absent and empty are one.
func prune(value any) any {
	object, ok := value.(map[string]any)
	if !ok {
		return value
	}
	for name, member := range object {
		if list, isList := member.([]any); member == nil || isList && len(list) == 0 {
			delete(object, name)
			continue
		}
		object[name] = prune(member)
	}
	return object
}

// firstDifference is the JSON pointer of the first place in which two trees differ; it holds no value.
func firstDifference(a, b any, at string) string {
	switch left := a.(type) {
	case map[string]any:
		right, ok := b.(map[string]any)
		if !ok {
			return at
		}
		for _, name := range namesOf(left, right) {
			if !reflect.DeepEqual(left[name], right[name]) {
				return firstDifference(left[name], right[name], at+"/"+escape(name))
			}
		}
	case []any:
		right, ok := b.([]any)
		if !ok || len(left) != len(right) {
			return at
		}
		for i := range left {
			if !reflect.DeepEqual(left[i], right[i]) {
				return firstDifference(left[i], right[i], at+"/"+strconv.Itoa(i))
			}
		}
	}
	return at
}

func namesOf(a, b map[string]any) []string {
	all := maps.Clone(a)
	maps.Copy(all, b)
	return slices.Sorted(maps.Keys(all))
}

var escape = strings.NewReplacer("~", "~0", "/", "~1").Replace
