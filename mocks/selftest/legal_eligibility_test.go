package selftest_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/samber/lo"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/spconform/spconform/conformance"
	"github.com/spconform/spconform/conformance/result"
	"github.com/spconform/spconform/mocks"
	"github.com/spconform/spconform/reference"
	"github.com/spconform/spconform/spec"
	"github.com/spconform/spconform/spec/scheme"
)

// saysWhy gives a decision the reason of the first criterion that is not met, as the form lets it.
func saysWhy(v *mocks.Vendor) {
	v.Assessments(func(_ reference.Outgoing, _ map[string]any, items []map[string]any) []map[string]any {
		for _, item := range items {
			criteria, _ := item["criteria"].([]any)
			for _, element := range criteria {
				told, _ := element.(map[string]any)
				if told["finding"] == string(scheme.NotMet) && item["decision"] == string(scheme.NotEligible) {
					item["reason"] = told["reason"]
					break
				}
			}
		}
		return items
	})
}

// repeatsTheQuestion says again what it was asked, the day of a death among it, where the decision alone is not all that is wanted.
func repeatsTheQuestion(v *mocks.Vendor) {
	v.Assessments(func(out reference.Outgoing, _ map[string]any, items []map[string]any) []map[string]any {
		var body struct {
			Items []map[string]any `json:"assess_request"`
		}
		if out.Request != nil && json.Unmarshal(out.Request.Envelope.Message, &body) == nil && len(body.Items) == len(items) {
			for at, item := range items {
				if item["criteria"] != nil {
					item["x_asked"] = body.Items[at]["assess_criteria"]
				}
			}
		}
		return items
	})
}

// notesWhomARefusalMeets is a log in which everybody has an entry of another purpose, and one that tells of a refusal: of
// searches for many.
func notesWhomARefusalMeets(v *mocks.Vendor) {
	v.Bodies(func(_ *http.Request, _ []byte, status int, body []byte) (int, []byte) {
		var log struct {
			Entries []map[string]any `json:"entries"`
		}
		if status != http.StatusOK || json.Unmarshal(body, &log) != nil {
			return status, body
		}
		entry := func(purpose, outcome string) map[string]any {
			return map[string]any{"timestamp": time.Now().Add(-time.Second).Format(time.RFC3339), "party": "agency.example.org", "purpose": purpose,
				"operation": "search", "outcome": outcome}
		}
		log.Entries = append(log.Entries, entry("eligibility", "refused"), entry("enrolment", "shown"))
		told, err := json.Marshal(log)
		if err != nil {
			return status, body
		}
		return status, told
	}, "/access-log")
}

// writesItsZone writes moments of civil registration five hours west of UTC: midnight there is of the day before.
func writesItsZone(v *mocks.Vendor) {
	west := time.FixedZone("", -5*60*60)
	v.Records(func(record map[string]any) {
		for _, name := range []string{"birth_date", "death_date"} {
			written, _ := record[name].(string)
			if at, err := time.Parse(time.RFC3339, written); err == nil {
				record[name] = at.In(west).Format(time.RFC3339)
			}
		}
	})
}

// tellsTheLatestFirst begins an access log with its last entry, and writes moments in small letters.
func tellsTheLatestFirst(v *mocks.Vendor) {
	v.Bodies(func(_ *http.Request, _ []byte, status int, body []byte) (int, []byte) {
		var log struct {
			Entries []map[string]any `json:"entries"`
		}
		if status != http.StatusOK || json.Unmarshal(body, &log) != nil {
			return status, body
		}
		slices.Reverse(log.Entries)
		for _, entry := range log.Entries {
			entry["timestamp"] = strings.ToLower(entry["timestamp"].(string))
		}
		told, err := json.Marshal(log)
		if err != nil {
			return status, body
		}
		return http.StatusCreated, told
	}, "/access-log")
}

// refusesInWords refuses who is no auditor by an acknowledgement that says so.
func refusesInWords(v *mocks.Vendor) {
	v.Bodies(func(_ *http.Request, _ []byte, status int, body []byte) (int, []byte) {
		if status != http.StatusForbidden {
			return status, body
		}
		return http.StatusOK, []byte(`{"message":{"ack_status":"ERR","timestamp":"2026-01-01T00:00:00Z","correlation_id":"","error":{"code":"err.request.forbidden","message":"for auditors"}}}`)
	}, "/access-log")
}

// countsWithAFraction writes the number of records as a number with a fraction of nothing.
func countsWithAFraction(v *mocks.Vendor) {
	itemsOf(func(item map[string]any) {
		if told, ok := item["pagination"].(map[string]any); ok {
			told["total_count"] = json.Number(fmt.Sprint(told["total_count"], ".0"))
		}
	})(v)
}

// tellsInOtherForms has its registries answer as the documents allow too: one record as an object, nobody as no data, counts
// with a fraction of nothing, created.
func tellsInOtherForms(v *mocks.Vendor) {
	oneAsAnObject(v)
	itemsOf(func(item map[string]any) {
		data, _ := item["data"].(map[string]any)
		if records, list := data["reg_records"].([]any); list && len(records) == 0 {
			delete(item, "data")
		}
	})(v)
	v.Sending(func(_ reference.Outgoing, header, _ map[string]any) {
		for _, name := range []string{"total_count", "completed_count"} {
			if count, told := header[name]; told {
				header[name] = json.Number(fmt.Sprint(count, ".0"))
			}
		}
		delete(header, "sender_id")
	})
	v.Bodies(func(_ *http.Request, _ []byte, status int, body []byte) (int, []byte) {
		if status == http.StatusOK {
			status = http.StatusCreated
		}
		return status, body
	}, "/sync/search")
}

var asked = []string{"eligibility", "social", "crvs", "ibr", "dr", "fr"}

// legalServices are legal vendors of eligibility and of what registries owe to persons, each with the requirements of which
// it was wrongly blamed.
var legalServices = map[string]struct {
	ifaces       []string
	way          func(*mocks.Vendor)
	requirements []string
}{
	"a decision says why": {asked, saysWhy,
		[]string{"PROC-ELG-001", "PROC-ELG-003", "PROC-ELG-004", "PROC-ELG-005", "ELG-DEC-001", "ELG-UNK-003", "ELG-MIN-001"}},
	"an answer repeats its question": {asked, repeatsTheQuestion,
		[]string{"ELG-MIN-001", "ELG-MIN-002", "ELG-DEC-001"}},
	"searches for many are noted of each whom they meet": {[]string{"ess"}, notesWhomARefusalMeets,
		[]string{"LEG-LOG-001", "LEG-LOG-002"}},
	"civil registration writes moments in its own zone": {asked, writesItsZone,
		[]string{"ELG-DEC-001", "ELG-DEC-002", "ELG-DEC-003", "ELG-DEC-005", "ELG-REF-001", "ELG-REF-002", "ELG-SRC-005", "PROC-ELG-001", "PROC-ELG-002", "PROC-ELG-003"}},
	"the registries tell in other forms": {asked, tellsInOtherForms,
		[]string{"ELG-DEC-001", "ELG-DEC-002", "ELG-DEC-005", "ELG-UNK-003", "PROC-ELG-001"}},
	"the access log begins with its last entry": {[]string{"ess"}, tellsTheLatestFirst,
		[]string{"LEG-LOG-001", "LEG-LOG-002", "LEG-LOG-003", "ORG-LOG-001"}},
	"the access log is refused by an acknowledgement": {[]string{"ess"}, refusesInWords,
		[]string{"LEG-LOG-001", "LEG-LOG-003"}},
	"records are counted with a fraction of nothing": {[]string{"ess"}, countsWithAFraction,
		[]string{"LEG-CONSENT-007", "LEG-MIN-001", "REG-PAGE-002"}},
}

// TestLegalServicesAreNotBlamed holds what an implementation of eligibility and employment by other hands has shown.
func TestLegalServicesAreNotBlamed(t *testing.T) {
	if testing.Short() {
		t.Skip("runs of the suite")
	}
	for name, vendor := range legalServices {
		t.Run(name, func(t *testing.T) {
			interfaces := lo.Map(vendor.ifaces, func(id string, _ int) spec.Interface {
				one, err := spec.FindInterface(id)
				require.NoError(t, err)
				return one
			})
			report := legalRun(t, vendor.way, interfaces, conformance.Options{Seed: 7, Selection: conformance.Selection{Requirements: vendor.requirements}})
			met := map[string]bool{}
			for _, tested := range report.Interfaces {
				for _, requirement := range tested.Requirements {
					assert.Equal(t, result.Met, requirement.Verdict, "%s: %s", requirement.ID, requirement.Reason)
					met[requirement.ID] = true
				}
			}
			assert.ElementsMatch(t, vendor.requirements, lo.Keys(met), "each requirement is tested")
		})
	}
}
