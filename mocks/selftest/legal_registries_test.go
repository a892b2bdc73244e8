package selftest_test

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/spconform/spconform/conformance"
	"github.com/spconform/spconform/conformance/result"
	"github.com/spconform/spconform/mocks"
	"github.com/spconform/spconform/reference"
	"github.com/spconform/spconform/reference/query"
	"github.com/spconform/spconform/reference/store"
	"github.com/spconform/spconform/spec"
	"github.com/spconform/spconform/spec/message"
)

// nackToUpdates says of an update by its published word that it is valid and that nothing follows.
func nackToUpdates(v *mocks.Vendor) {
	v.Bodies(func(_ *http.Request, _ []byte, status int, body []byte) (int, []byte) {
		return status, []byte(strings.Replace(string(body), `"ack_status":"`+message.ACK+`"`, `"ack_status":"`+message.NACK+`"`, 1))
	}, "/registry/notify")
}

// endsInOneWord leaves the codes, which are optional, out of what it tells of an unsubscribe.
func endsInOneWord(v *mocks.Vendor) {
	v.Sending(func(_ reference.Outgoing, _, body map[string]any) {
		delete(body, "subscription_status")
		response, _ := body["txnstatus_response"].(map[string]any)
		if status, ok := response["txn_status"].(map[string]any); ok {
			delete(status, "subscription_status")
		}
	})
}

// givesPagesOfTwenty gives no larger page, and says so.
func givesPagesOfTwenty(v *mocks.Vendor) {
	v.Misreads(func(_ *reference.Incoming, body map[string]any) {
		list, _ := body["search_request"].([]any)
		for _, element := range list {
			item, _ := element.(map[string]any)
			criteria, _ := item["search_criteria"].(map[string]any)
			page, _ := criteria["pagination"].(map[string]any)
			if size, ok := page["page_size"].(json.Number); ok && len(size) > 1 && size > "20" || len(size) > 2 {
				page["page_size"] = json.Number("20")
			}
		}
	})
}

// findsByAnyIdentifier finds a beneficiary by each identifier of the person too.
func findsByAnyIdentifier(v *mocks.Vendor) {
	v.Searches(func(ctx context.Context, q query.Query, next func(context.Context, query.Query) (store.Found, error)) (store.Found, error) {
		if asked, ok := q.Where.(query.HasIdentifier); ok {
			of := asked
			of.Attribute = "member.demographic_info.identifier"
			q.Where = query.Or{asked, of}
		}
		return next(ctx, q)
	})
}

// findsNobodyByNothing takes an identifier without a type or value for one that nobody has.
func findsNobodyByNothing(v *mocks.Vendor) {
	v.Answers(func(out reference.Outgoing, items []map[string]any) []map[string]any {
		for _, item := range items {
			if item["status"] != message.StatusRejected || !lacksIdentifier(out.Request) {
				continue
			}
			delete(item, "status_reason_code")
			delete(item, "status_reason_message")
			item["status"] = message.StatusSuccess
			item["data"] = map[string]any{"reg_record_type": "Person", "reg_records": []any{}}
		}
		return items
	})
	v.Sending(func(out reference.Outgoing, header, body map[string]any) {
		if body["search_response"] != nil && lacksIdentifier(out.Request) {
			header["status"] = message.StatusSuccess
			delete(header, "status_reason_code")
		}
	})
}

func lacksIdentifier(in *reference.Incoming) bool {
	if in == nil {
		return false
	}
	var body struct {
		Items []struct {
			Criteria struct {
				QueryType string `json:"query_type"`
				Query     struct {
					Type  string
					Value any
				}
			} `json:"search_criteria"`
		} `json:"search_request"`
	}
	_ = json.Unmarshal(in.Envelope.Message, &body)
	if len(body.Items) != 1 || body.Items[0].Criteria.QueryType != message.QueryIDTypeValue {
		return false
	}
	value, plain := body.Items[0].Criteria.Query.Value.(string)
	return body.Items[0].Criteria.Query.Type == "" || !plain || value == ""
}

// answersBare gives the answers that are published without an envelope without one.
func answersBare(v *mocks.Vendor) {
	v.Bodies(func(_ *http.Request, _ []byte, status int, body []byte) (int, []byte) {
		var whole struct{ Message json.RawMessage }
		if status != http.StatusOK || json.Unmarshal(body, &whole) != nil || len(whole.Message) == 0 {
			return status, body
		}
		return status, whole.Message
	}, "/sync/enrolled", "/sync/enrollment/updates")
}

// worksLater has received what was posted, and says so.
func worksLater(v *mocks.Vendor) {
	v.Sending(func(_ reference.Outgoing, _, body map[string]any) {
		list, _ := body["enrolled_response"].([]any)
		for _, element := range list {
			item, _ := element.(map[string]any)
			if _, asked := item["enrolled_status"]; !asked && item["status"] == message.StatusSuccess {
				item["status"] = message.StatusReceived
			}
		}
	})
}

// tellsTheCode answers a subscription that the party has with its code.
func tellsTheCode(v *mocks.Vendor) {
	var mu sync.Mutex
	codes := map[string]any{}
	v.Sending(func(out reference.Outgoing, header, body map[string]any) {
		list, _ := body["subscribe_response"].([]any)
		if len(list) != 1 || out.Request == nil {
			return
		}
		var asked struct {
			Items []struct {
				Criteria struct{ Filter json.RawMessage } `json:"subscribe_criteria"`
			} `json:"subscribe_request"`
		}
		_ = json.Unmarshal(out.Request.Envelope.Message, &asked)
		item, _ := list[0].(map[string]any)
		mu.Lock()
		defer mu.Unlock()
		by := out.Request.Header.SenderID + string(asked.Items[0].Criteria.Filter)
		if item["subscriptions"] != nil {
			codes[by] = item["subscriptions"]
		}
		if item["status_reason_code"] == string(message.RejectAlreadySubscribed) {
			delete(item, "status_reason_code")
			delete(item, "status_reason_message")
			delete(header, "status_reason_code")
			item["status"], header["status"], item["subscriptions"] = message.StatusSuccess, message.StatusSuccess, codes[by]
		}
	})
}

// speaksItsContext writes records under a prefix that only their own context defines.
func speaksItsContext(v *mocks.Vendor) {
	v.Records(func(record map[string]any) {
		prefix(record)
		record["@context"] = map[string]any{"agri": "https://schema.spdci.org/extensions/fr/v1/data/"}
	})
}

func prefix(held any) {
	switch held := held.(type) {
	case []any:
		for _, one := range held {
			prefix(one)
		}
	case map[string]any:
		for name, one := range held {
			prefix(one)
			delete(held, name)
			held["agri:"+strings.TrimPrefix(name, "agri:")] = one
		}
	}
}

// oneAsAnObject gives a single record as the object of the release edition.
func oneAsAnObject(v *mocks.Vendor) {
	itemsOf(func(item map[string]any) {
		data, _ := item["data"].(map[string]any)
		if records, _ := data["reg_records"].([]any); len(records) == 1 {
			data["reg_records"] = records[0]
		}
	})(v)
}

// legalRegistries are legal vendors of the registries, each with the requirements of which it was, or may be, wrongly blamed.
var legalRegistries = map[string]struct {
	iface        string
	ways         []func(*mocks.Vendor)
	requirements []string
}{
	"an update is acknowledged by NACK": {"crvs", []func(*mocks.Vendor){nackToUpdates},
		[]string{"REG-ACK-005", "REG-UPD-001", "REG-UPD-002", "REG-UPD-003", "REG-UPD-004", "REG-UPD-005", "LEG-RECT-001"}},
	"an unsubscribe ends in one word": {"ibr", []func(*mocks.Vendor){endsInOneWord},
		[]string{"REG-UNS-001", "REG-UNS-002", "REG-UNS-004", "REG-UNS-005", "REG-UNS-006", "REG-NTF-008", "REG-TXN-014"}},
	"smaller pages that say so": {"dr", []func(*mocks.Vendor){givesPagesOfTwenty},
		[]string{"REG-PAGE-001", "REG-PAGE-010", "REG-SORT-001", "REG-SORT-002", "REG-SORT-003", "REG-QPR-018", "REG-QEX-018"}},
	"a person is found by any identifier": {"ibr", []func(*mocks.Vendor){findsByAnyIdentifier},
		[]string{"REG-SEARCH-001", "REG-SEARCH-006"}},
	"nobody has an identifier that is none": {"crvs", []func(*mocks.Vendor){findsNobodyByNothing},
		[]string{"REG-SEARCH-014"}},
	"a batch is pending until its last part": {"fr", []func(*mocks.Vendor){inPendingParts},
		[]string{"REG-BATCH-001", "REG-BATCH-002", "REG-BATCH-003", "REG-HDR-002", "REG-HDR-007", "REG-HDR-008", "REG-SEARCH-003", "SEC-SIG-001"}},
	"whom nobody knows yet can be subscribed to": {"dr", []func(*mocks.Vendor){byDefect("nobody-subscribed-to")},
		[]string{"REG-SUB-005", "REG-SUB-008", "REG-SUB-009"}},
	"answers are bare where they are published so": {"ibr", []func(*mocks.Vendor){answersBare},
		[]string{"IBR-ENR-001", "IBR-ENR-002", "IBR-ENR-003", "IBR-ENR-004", "IBR-UPD-001", "IBR-UPD-002", "IBR-UPD-003", "REG-ENV-001", "SEC-SIG-001", "REG-HDR-002"}},
	"enrolments are received and worked on later": {"ibr", []func(*mocks.Vendor){worksLater},
		[]string{"IBR-UPD-001", "IBR-UPD-002", "IBR-UPD-003", "IBR-UPD-004"}},
	"a second subscription is the first": {"dr", []func(*mocks.Vendor){tellsTheCode},
		[]string{"REG-SUB-007", "REG-SUB-009", "REG-NTF-007"}},
	"records have a context of their own": {"fr", []func(*mocks.Vendor){speaksItsContext},
		[]string{"REG-REC-002", "REG-REC-003", "REG-REC-004", "REG-SEARCH-001", "REG-UPD-002"}},
	"one record is an object": {"crvs", []func(*mocks.Vendor){oneAsAnObject},
		[]string{"REG-ENV-001", "REG-CB-005", "REG-SEARCH-001", "REG-SEARCH-007"}},
	"a status is looked for under the message's own transaction": {"social", []func(*mocks.Vendor){statusByTransaction},
		[]string{"REG-TXN-001", "REG-TXN-002", "REG-TXN-003", "REG-TXN-004", "REG-TXN-005", "REG-TXN-006", "REG-TXN-007", "REG-TXN-008",
			"REG-TXN-009", "REG-TXN-010", "REG-TXN-011", "REG-TXN-012", "REG-TXN-013", "REG-TXN-014", "REG-CB-002", "REG-CB-009"}},
	"pages come without pagination": {"social", []func(*mocks.Vendor){byDefect("pagination-left-out")},
		[]string{"REG-PAGE-001", "REG-PAGE-002", "REG-PAGE-003", "REG-PAGE-004", "REG-PAGE-005", "REG-PAGE-006", "REG-PAGE-007", "REG-PAGE-008",
			"REG-PAGE-009", "REG-PAGE-010", "REG-PAGE-011", "REG-SORT-001", "REG-SORT-002", "REG-SEARCH-001", "REG-QEX-001", "REG-ENV-001"}},
	"a registry has one reg_type and looks at none": {"fr", []func(*mocks.Vendor){byDefect("registry-type-ignored")},
		[]string{"REG-SEARCH-001", "REG-SEARCH-004"}},
}

// byDefect is a way that breaks nothing but an experimental requirement.
func byDefect(id string) func(*mocks.Vendor) {
	return func(v *mocks.Vendor) {
		if defect, err := mocks.Find(id); err == nil {
			defect.Alter(v)
		}
	}
}

// TestLegalRegistriesAreNotBlamed holds what an implementation of the registries by other hands has shown.
func TestLegalRegistriesAreNotBlamed(t *testing.T) {
	if testing.Short() {
		t.Skip("runs of the suite")
	}
	for name, vendor := range legalRegistries {
		t.Run(name, func(t *testing.T) {
			one, err := spec.FindInterface(vendor.iface)
			require.NoError(t, err)
			alter := func(v *mocks.Vendor) {
				for _, way := range vendor.ways {
					way(v)
				}
			}
			report := legalRun(t, alter, []spec.Interface{one}, conformance.Options{Seed: 7, Selection: conformance.Selection{Requirements: vendor.requirements}})
			met := 0
			for _, requirement := range report.Interfaces[0].Requirements {
				assert.Equal(t, result.Met, requirement.Verdict, "%s: %s", requirement.ID, requirement.Reason)
				met++
			}
			assert.Equal(t, len(vendor.requirements), met, "each requirement belongs to the interface")
		})
	}
}
