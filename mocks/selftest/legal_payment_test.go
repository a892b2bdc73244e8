package selftest_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/spconform/spconform/conformance"
	"github.com/spconform/spconform/conformance/result"
	"github.com/spconform/spconform/mocks"
	"github.com/spconform/spconform/reference"
	"github.com/spconform/spconform/spec"
)

// asks says whether what leaves answers a message with the action.
func asks(out reference.Outgoing, action string) bool {
	return out.Request != nil && out.Request.Operation.Action == action
}

// legalPayments are the ways in which a payment system or a mapper may do what the standard leaves open otherwise
// than the reference.
var legalPayments = map[string]func(*mocks.Vendor){
	"pending first, in the header too": func(v *mocks.Vendor) {
		v.Sending(func(out reference.Outgoing, header, body map[string]any) {
			list, _ := body["disbursements_status"].([]any)
			for _, element := range list {
				if item := element.(map[string]any); asks(out, "disburse") && item["status"] == "succ" {
					item["status"], header["status"] = "pdng", "pdng"
				}
			}
		})
	},
	"received first": func(v *mocks.Vendor) {
		v.EachItem(func(out reference.Outgoing, item map[string]any) {
			if item["status"] == "succ" && (asks(out, "disburse") || asks(out, "link") || asks(out, "update") || asks(out, "unlink")) {
				item["status"] = "rcvd"
			}
		})
	},
	"a search that finds nothing rejected": func(v *mocks.Vendor) {
		v.Sending(func(out reference.Outgoing, header, body map[string]any) {
			if list, searched := body["disbursements_status"].([]any); searched && len(list) == 0 && asks(out, "search") {
				header["status"] = "rjct"
				body["disbursements_status"] = []any{map[string]any{"reference_id": firstReference(out), "status": "rjct",
					"timestamp": time.Now().UTC().Format(time.RFC3339), "status_reason_code": "rjct.srch_payee_fa.invalid"}}
			}
		})
	},
	"addresses in capitals, other decimals": func(v *mocks.Vendor) {
		v.EachItem(func(_ reference.Outgoing, item map[string]any) {
			for _, member := range []string{"id", "fa", "payer_fa", "payee_fa"} {
				if held, ok := item[member].(string); ok {
					item[member] = strings.ToUpper(held)
				}
			}
			if amount, ok := item["amount"].(string); ok && strings.HasSuffix(amount, "0") && len(amount)-strings.Index(amount, ".") == 3 {
				item["amount"] = strings.TrimSuffix(amount, "0")
			}
		})
	},
	"codes of the id for every question": resolving(map[string]string{"succ.fa.active": "succ.id.active", "succ.fa.inactive": "succ.id.inactive",
		"succ.fa.not_found": "succ.id.not_found", "succ.fa.not_linked_to_id": "succ.id.not_found"}),
	"no code where all is well": resolving(map[string]string{"succ.fa.active": "", "succ.id.active": ""}),
	"what is not found rejected": resolving(map[string]string{"succ.fa.not_found": "rjct.fa.invalid", "succ.id.not_found": "rjct.id.invalid",
		"succ.fa.not_linked_to_id": "rjct.fa.invalid"}),
	"malformed items refused with the whole message":    refusesMalformed,
	"tokens of two seconds, asked for with a timestamp": shortTokens,
	"one token at a time":                               func(v *mocks.Vendor) { v.HTTP(oneToken) },
	"no counts": func(v *mocks.Vendor) {
		v.Sending(func(_ reference.Outgoing, header, _ map[string]any) {
			delete(header, "total_count")
			delete(header, "completed_count")
		})
	},
	"a status looked for under the message's own transaction": statusByTransaction,
	"language codes of three letters": func(v *mocks.Vendor) {
		v.Before(func(w http.ResponseWriter, _ *http.Request, body []byte) bool {
			return twoLetters.Match(body) && refusesAs(w, http.StatusBadRequest, "err.request.bad")
		})
	},
	"what was unlinked told as inactive": unlinkedInactive,
	"a time told as any wrong timestamp": func(v *mocks.Vendor) {
		v.Sending(func(_ reference.Outgoing, _, body map[string]any) {
			list, _ := body["disbursements_status"].([]any)
			for _, element := range list {
				if item := element.(map[string]any); item["status_reason_code"] == "rjct.schedule_ts.invalid" {
					item["status_reason_code"] = "rjct.timestamp.invalid"
				}
			}
		})
	},
	"no word on another method": func(v *mocks.Vendor) {
		v.Before(func(w http.ResponseWriter, r *http.Request, _ []byte) bool {
			if r.Method == http.MethodPost || strings.HasSuffix(r.URL.Path, "/jwks.json") {
				return false
			}
			return refusesAs(w, http.StatusNotFound, "err.request.not_found")
		})
	},
}

var twoLetters = regexp.MustCompile(`"locale":\s*"[a-z]{2}"`)

// refusesAs writes an HTTP error, and says that the request was answered.
func refusesAs(w http.ResponseWriter, status int, code string) bool {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(`{"errors":[{"code":"` + code + `","message":"not so"}]}`))
	return true
}

// statusByTransaction looks for what a status is asked of among the messages with the transaction_id of the question.
func statusByTransaction(v *mocks.Vendor) {
	var known sync.Map
	v.Before(func(w http.ResponseWriter, r *http.Request, body []byte) bool {
		var sent struct {
			Message struct {
				TransactionID string `json:"transaction_id"`
			}
		}
		if json.Unmarshal(body, &sent) != nil || sent.Message.TransactionID == "" {
			return false
		}
		if !strings.HasSuffix(r.URL.Path, "/txn/status") {
			known.Store(sent.Message.TransactionID, true)
			return false
		}
		_, there := known.Load(sent.Message.TransactionID)
		return !there && refusesAs(w, http.StatusNotFound, "err.request.not_found")
	})
}

// unlinkedInactive keeps the entries that are unlinked, and tells them as inactive.
func unlinkedInactive(v *mocks.Vendor) {
	var unlinked sync.Map
	v.EachItem(func(out reference.Outgoing, item map[string]any) {
		id, _ := item["id"].(string)
		if _, there := unlinked.Load(strings.ToLower(id)); there && item["status_reason_code"] == "succ.id.not_found" {
			item["status_reason_code"] = "succ.id.inactive"
		}
		if asks(out, "unlink") && item["status"] == "succ" {
			unlinked.Store(strings.ToLower(id), true)
		}
	})
}

// firstReference is the reference_id of a search's first criterion.
func firstReference(out reference.Outgoing) string {
	var asked struct {
		Criteria []struct {
			ReferenceID string `json:"reference_id"`
		} `json:"search_criteria"`
	}
	if json.Unmarshal(out.Request.Envelope.Message, &asked) != nil || len(asked.Criteria) == 0 {
		return ""
	}
	return asked.Criteria[0].ReferenceID
}

// resolving answers questions with other codes, in the messages and in what a status tells.
func resolving(codes map[string]string) func(*mocks.Vendor) {
	return func(v *mocks.Vendor) {
		v.Sending(func(_ reference.Outgoing, header, body map[string]any) {
			whole := body
			if told, ok := body["txnstatus_response"].(map[string]any); ok {
				whole, _ = told["txn_status"].(map[string]any)
			}
			list, _ := whole["resolve_response"].([]any)
			for _, element := range list {
				item := element.(map[string]any)
				code, _ := item["status_reason_code"].(string)
				other, known := codes[code]
				switch {
				case !known:
				case other == "":
					delete(item, "status_reason_code")
				default:
					item["status_reason_code"], item["status"] = other, other[:4]
				}
			}
			if len(list) == 1 && len(body) == len(whole) {
				header["status"] = list[0].(map[string]any)["status"]
			}
		})
	}
}

// refusesMalformed is a gateway that holds messages to their schema before anybody looks at an item.
func refusesMalformed(v *mocks.Vendor) {
	v.Bodies(func(_ *http.Request, asked []byte, status int, body []byte) (int, []byte) {
		var sent struct{ Message map[string][]map[string]any }
		var loose struct{ Message map[string]json.RawMessage }
		if json.Unmarshal(asked, &loose) != nil {
			return status, body
		}
		sent.Message = map[string][]map[string]any{}
		for name, raw := range loose.Message {
			var items []map[string]any
			if json.Unmarshal(raw, &items) == nil {
				sent.Message[name] = items
			}
		}
		refused := []byte(`{"errors":[{"code":"err.request.bad","message":"not by the schema"}]}`)
		for name, required := range map[string][]string{"disbursements": {"payer_fa", "payee_fa", "amount"}, "link_request": {"id", "fa"}} {
			seen := map[any]bool{}
			for _, item := range sent.Message[name] {
				for _, member := range required {
					if _, there := item[member]; !there {
						return http.StatusBadRequest, refused
					}
				}
				if len(sent.Message[name]) == 2 && seen[item["reference_id"]] && bytes.Contains(body, []byte("rjct")) && !bytes.Contains(body, []byte("succ")) {
					return http.StatusBadRequest, refused
				}
				seen[item["reference_id"]] = true
			}
		}
		return status, body
	})
}

// shortTokens are forgotten after two seconds, and are given to those who say what time it is.
func shortTokens(v *mocks.Vendor) {
	var lock sync.Mutex
	given := map[string]time.Time{}
	v.Before(func(w http.ResponseWriter, r *http.Request, _ []byte) bool {
		status, code := 0, ""
		_, bearer, _ := strings.Cut(r.Header.Get("Authorization"), " ")
		lock.Lock()
		until, known := given[bearer]
		lock.Unlock()
		switch asksToken := strings.HasSuffix(r.URL.Path, "/oauth2/client/token"); {
		case asksToken && r.Method == http.MethodPost && r.Header.Get("Timestamp") == "":
			status, code = http.StatusBadRequest, "err.request.bad"
		case known && time.Now().After(until):
			status, code = http.StatusUnauthorized, "err.request.unauthorized"
		default:
			return false
		}
		return refusesAs(w, status, code)
	})
	v.Bodies(func(_ *http.Request, _ []byte, status int, body []byte) (int, []byte) {
		var token map[string]any
		if status != http.StatusOK || json.Unmarshal(body, &token) != nil {
			return status, body
		}
		token["expires_in"] = "2"
		text, _ := token["access_token"].(string)
		lock.Lock()
		given[text] = time.Now().Add(2 * time.Second)
		lock.Unlock()
		changed, _ := json.Marshal(token)
		return status, changed
	}, "/oauth2/client/token")
}

// paymentVendors are whole vendors, each made of ways that go together.
var paymentVendors = map[string][]string{
	"takes its time":   {"pending first, in the header too", "addresses in capitals, other decimals", "codes of the id for every question", "what was unlinked told as inactive", "a time told as any wrong timestamp"},
	"takes more time":  {"received first", "no code where all is well", "no counts", "no word on another method", "a status looked for under the message's own transaction"},
	"stricter":         {"what is not found rejected", "a search that finds nothing rejected", "malformed items refused with the whole message", "language codes of three letters"},
	"asks who you are": {"tokens of two seconds, asked for with a timestamp", "one token at a time"},
}

// TestLegalPaymentsAreNotBlamed keeps the suite from taking its own habits for the standard, where money is moved.
func TestLegalPaymentsAreNotBlamed(t *testing.T) {
	if testing.Short() {
		t.Skip("four runs of the suite on payments")
	}
	var interfaces []spec.Interface
	for _, id := range []string{"disburse", "mapper"} {
		found, err := spec.FindInterface(id)
		require.NoError(t, err)
		interfaces = append(interfaces, found)
	}
	for name, ways := range paymentVendors {
		t.Run(name, func(t *testing.T) {
			alter := func(v *mocks.Vendor) {
				for _, way := range ways {
					require.Contains(t, legalPayments, way)
					legalPayments[way](v)
				}
			}
			report := legalRun(t, alter, interfaces, conformance.Options{Seed: 5, Selection: conformance.Selection{Interfaces: []string{"disburse", "mapper"}}})
			for _, one := range report.Interfaces {
				for _, requirement := range one.Requirements {
					if !slices.Contains([]result.Verdict{result.Met, result.NotApplicable}, requirement.Verdict) && !requirement.Experimental {
						assert.Fail(t, "blamed", "%s %s: %s", one.Interface, requirement.ID, requirement.Reason)
					}
				}
			}
		})
	}
}

// needsLead takes no payment that is to be made sooner than in five seconds.
func needsLead(v *mocks.Vendor) {
	v.Misreads(func(_ *reference.Incoming, body map[string]any) {
		list, _ := body["disbursements"].([]any)
		for _, element := range list {
			item, _ := element.(map[string]any)
			at, _ := item["scheduled_timestamp"].(string)
			if due, err := time.Parse(time.RFC3339, at); err == nil && time.Until(due) < 5*time.Second {
				item["scheduled_timestamp"] = "2001-01-01T00:00:00Z"
			}
		}
	})
}

// TestAPaymentClockMayNeedALead: where the manifest says how long, what it does is judged; else it is not known.
func TestAPaymentClockMayNeedALead(t *testing.T) {
	disburse, err := spec.FindInterface("disburse")
	require.NoError(t, err)
	for name, row := range map[string]struct {
		schedule time.Duration
		verdict  result.Verdict
		reason   string
	}{
		"not said": {conformance.DefaultWaits.Schedule, result.Skipped, "timeouts.schedule"},
		"said":     {5 * time.Second, result.Met, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			options := conformance.Options{Seed: 5, Selection: conformance.Selection{Interfaces: []string{"disburse"}, Requirements: []string{"PAY-SCHED-001", "PAY-SCHED-002"}}}
			report := legalRun(t, needsLead, []spec.Interface{disburse}, options, func(target *conformance.Target) {
				target.Waits.Schedule = row.schedule
			})
			for _, requirement := range report.Interfaces[0].Requirements {
				want := row.verdict
				if requirement.ID == "PAY-SCHED-002" {
					want = result.Met
				}
				assert.Equal(t, want, requirement.Verdict, "%s: %s", requirement.ID, requirement.Reason)
				if want == row.verdict {
					assert.Contains(t, requirement.Reason, row.reason)
				}
			}
		})
	}
}
