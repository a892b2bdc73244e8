package steps

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/spconform/spconform/conformance/population"
)

// assessmentTwins are the requirements of eligibility that the registries' checks stand for there: the
// envelope is the same. What has no twin is not owed.
var assessmentTwins = map[string]string{
	"REG-HTTP-001": "ELG-ENV-001", "REG-ENV-001": "ELG-ENV-001", "REG-CB-005": "ELG-ENV-001", "REG-ACK-001": "ELG-ENV-001",
	"REG-HTTP-005": "ELG-HTTP-001", "REG-HTTP-006": "ELG-HTTP-001",
	"REG-HDR-006": "ELG-HDR-001", "REG-HDR-004": "ELG-HDR-001", "REG-HDR-002": "ELG-HDR-001", "REG-HDR-008": "ELG-HDR-001",
	"SEC-SIG-001": "ELG-SIG-001", "SEC-SIG-002": "ELG-SIG-001", "SEC-SIG-004": "ELG-SIG-001",
	"REG-SEARCH-004": "ELG-TXN-001", "REG-CB-004": "ELG-TXN-001", "REG-ACK-002": "ELG-TXN-001",
	"REG-CB-002": "ELG-CB-002",
}

// personal are attributes whose values are of one person: an answer that holds one tells more than a decision.
var personal = []struct{ iface, record, path string }{
	{"crvs", "Person", "name.surname"}, {"crvs", "Person", "name.given_name"}, {"crvs", "Person", "birth_date"},
	{"crvs", "Person", "address.address_line_1"}, {"crvs", "Person", "phone_number"}, {"crvs", "Person", "death_date"},
}

// shortest is the length from which a text is no accident within another.
const shortest = 5

var assessChecks = []Check{
	{"ELG-MIN-002", "holds nothing of a record", answers, func(_ context.Context, s *Sent) *Fail {
		if s.Answer == nil || s.env.Interface.Pattern != patternAssessment {
			return nil
		}
		told := map[string]string{}
		for _, item := range s.Answer.responseItems() {
			raw, _ := json.Marshal(item)
			told[text(item, "reference_id")] += string(raw)
		}
		for _, item := range objects(s.Reply.Draft.items()) {
			// What the question says of the person, such as a day, may be said again.
			asked, _ := json.Marshal(item)
			for _, value := range s.valuesOf(text(item, "assess_criteria.person.identifier_type"), text(item, "assess_criteria.person.identifier_value")) {
				if strings.Contains(told[text(item, "reference_id")], value) && !strings.Contains(string(asked), value) {
					return fail("decisions and reasons", "a value of the person's record")
				}
			}
		}
		return nil
	}},
}

// valuesOf are the texts that would give a person's record away; dates by their day.
func (s *Sent) valuesOf(idType, idValue string) []string {
	var values []string
	for _, one := range personal {
		record, known := s.env.Population.Find(one.iface, one.record, idType, idValue)
		if !known {
			continue
		}
		for _, held := range population.ValuesAt(record, one.path) {
			written, _ := held.(string)
			if strings.HasSuffix(one.path, "_date") {
				written, _, _ = strings.Cut(written, "T")
			}
			quoted, _ := json.Marshal(written)
			values = append(values, strings.Trim(string(quoted), `"`))
		}
	}
	return slices.DeleteFunc(values, func(value string) bool { return len(value) < shortest })
}
