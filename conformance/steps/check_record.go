package steps

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spconform/spconform/conformance/identity"
	"github.com/spconform/spconform/conformance/population"
	"github.com/spconform/spconform/conformance/sharing"
	"github.com/spconform/spconform/datadictionary"
	"github.com/spconform/spconform/spec"
)

var withRecords = []Kind{KindAnswer, KindCallback, KindNotify}

var recordChecks = []Check{
	{"REG-REC-001", "has records by the data dictionary", withRecords, func(_ context.Context, s *Sent) *Fail {
		return s.eachRecord(func(record spec.RecordType, data map[string]any) *Fail {
			for _, violation := range s.env.Dictionary.Validate(record.Object, data) {
				if !violation.Advisory && !s.withheld(violation) {
					return &Fail{Expected: "a " + record.Name + " by the data dictionary",
						Actual: oneLine(violation.String()), Attribute: violation.Path}
				}
			}
			return nil
		})
	}},
	{"REG-REC-002", "has records as the registry was given them", withRecords, func(_ context.Context, s *Sent) *Fail {
		return s.eachRecord(s.unaltered)
	}},
	{"REG-SEARCH-018", "names the record type that was asked", answers, func(_ context.Context, s *Sent) *Fail {
		if s.Answer == nil || s.Reply.Draft.Kind != "search" {
			return nil
		}
		for _, question := range s.Reply.Draft.Questions {
			for _, item := range s.Answer.itemsFor(question.ReferenceID) {
				given := text(item, "data.reg_record_type")
				if given == "" {
					continue
				}
				if told, ok := s.env.Interface.Record(given); !ok || told.Name != question.Record.Name {
					return failf("data.reg_record_type "+question.Record.Name, nil, "%q", oneLine(given))
				}
			}
		}
		return nil
	}},
	{"REG-SEARCH-019", "shows no records with a refusal", answers, func(_ context.Context, s *Sent) *Fail {
		for _, item := range s.Answer.responseItems() {
			if text(item, "status") == "rjct" && len(records(item)) > 0 {
				return fail("no reg_records in a rejected item", "records in a rejected item")
			}
		}
		return nil
	}},
}

// eachRecord looks at every record of the answer with the record type that it is of.
func (s *Sent) eachRecord(look func(spec.RecordType, map[string]any) *Fail) *Fail {
	for _, item := range s.Answer.responseItems() {
		record := s.recordType(item)
		for _, data := range records(item) {
			if departure := look(record, data); departure != nil {
				return departure
			}
		}
	}
	return nil
}

// withheld says whether a violation is that an attribute of the record itself is not told, and the party that
// is answered has an agreement that does not name it: what a record must hold is not what everybody is shown.
func (s *Sent) withheld(violation datadictionary.Violation) bool {
	if violation.Rule != datadictionary.RuleRequired || s.Reply == nil || s.Reply.Draft.From == nil || s.Reply.Draft.From.Name != identity.Agency {
		return false
	}
	agreed, _ := sharing.Attributes(s.env.Interface)
	return !strings.Contains(violation.Path, ".") && !slices.Contains(agreed, violation.Path)
}

func (s *Sent) recordType(item map[string]any) spec.RecordType {
	if s.Reply != nil {
		for _, question := range s.Reply.Draft.Questions {
			if question.ReferenceID == text(item, "reference_id") {
				return question.Record
			}
		}
	}
	if told, ok := s.env.Interface.Record(text(item, "data.reg_record_type")); ok {
		return told
	}
	return s.record
}

// unaltered compares a record that the registry was given with what it says of it. A record that the
// scenario changed may be told in each content that it had.
func (s *Sent) unaltered(record spec.RecordType, data map[string]any) *Fail {
	var departure *Fail
	for _, given := range s.given(record, data) {
		if departure = altered(record, given, data, s.withheldFrom); departure == nil {
			return nil
		}
	}
	return departure
}

// altered says where a record is not as it was given. What is withheld from the party that asked may be missing.
func altered(record spec.RecordType, given population.Record, data map[string]any, withheld func(path string) bool) *Fail {
	for _, difference := range population.Compare(given, data) {
		if difference.Kind == population.Missing && withheld(difference.Path) {
			continue
		}
		// A registry may know more of a record, and by more identifiers; not more members or addresses.
		added := difference.Kind == population.Extra
		if added && (!strings.HasSuffix(difference.Path, "]") || strings.Contains(difference.Path, "identifier[")) {
			continue
		}
		seen := "it is " + difference.Kind
		if added {
			seen = "it has an element that the registry was not given"
		}
		return &Fail{Expected: fmt.Sprintf("%s.%s as the registry was given it", record.Name, difference.Path),
			Actual: seen, Attribute: record.Object + "." + difference.Path}
	}
	return nil
}

// given finds what the registry was given under one of the record's identifiers, the last content first.
func (s *Sent) given(record spec.RecordType, data map[string]any) []population.Record {
	var found []population.Record
	for _, id := range population.IdentifierOf(data, record.Identifier) {
		for _, own := range slices.Concat([]population.Record{s.fresh}, s.versions, s.contents, []population.Record{s.before}) {
			if own.IDValue != "" && own.RecordType == record.Name && own.IDType == id.Type && own.IDValue == id.Value {
				found = append(found, own)
			}
		}
		if held, ok := s.env.Population.Find(s.env.Interface.ID, record.Name, id.Type, id.Value); ok {
			found = append(found, held)
		}
	}
	return found
}
