package conformance_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/spconform/spconform/conformance"
	"github.com/spconform/spconform/conformance/result"
)

// quick waits keep tests of targets that never answer short.
func quick() conformance.Waits {
	waits := conformance.DefaultWaits
	waits.Callback, waits.Notify, waits.Quiet = 100*time.Millisecond, 100*time.Millisecond, 10*time.Millisecond
	waits.Connect, waits.Response, waits.Run = 5*time.Second, 5*time.Second, 2*time.Minute
	return waits
}

// telling are requirements of every kind that keep the tests short: what a server does to them it does
// to the others.
var telling = []string{"REG-SEARCH-001", "REG-SEARCH-002", "REG-SEARCH-003", "REG-HTTP-001", "REG-CB-001", "REG-ENV-001",
	"SEC-SIG-001", "SEC-SIG-005", "SEC-SIG-006", "SEC-AUTH-001", "REG-PAGE-001", "REG-SUB-001"}

func test(t *testing.T, base string) result.Report {
	t.Helper()
	return testWithin(t, base, quick())
}

// testWithin tests a target that is to be waited for only so long.
func testWithin(t *testing.T, base string, waits conformance.Waits) result.Report {
	t.Helper()
	report, err := conformance.Run(context.Background(), conformance.Options{Seed: 11, Version: "test", Concurrency: 32,
		Selection: conformance.Selection{Requirements: telling},
		Target:    conformance.Target{Kind: "url", Waits: waits, Interfaces: map[string]conformance.Access{"social": {Base: base}}}})
	require.NoError(t, err)
	return report
}

func serve(t *testing.T, handler http.HandlerFunc) string {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return server.URL
}

func sayJSON(w http.ResponseWriter, status int, body string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body)
}

// envelopeWith answers every search with one item, whatever was asked.
func envelopeWith(reference func(asked string) string, records string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var asked struct {
			Header  map[string]any
			Message struct {
				TransactionID string `json:"transaction_id"`
				Items         []struct {
					ReferenceID string `json:"reference_id"`
				} `json:"search_request"`
			}
		}
		_ = json.NewDecoder(r.Body).Decode(&asked)
		id := ""
		if len(asked.Message.Items) > 0 {
			id = asked.Message.Items[0].ReferenceID
		}
		now := time.Now().UTC().Format(time.RFC3339)
		sayJSON(w, http.StatusOK, fmt.Sprintf(`{"signature":"","header":{"version":"1.0.0","message_id":%q,"message_ts":%q,"action":"on-search",
			"status":"succ","total_count":1,"sender_id":"social.example.org","receiver_id":%q},
			"message":{"transaction_id":%q,"correlation_id":"c-1","search_response":[{"reference_id":%q,"timestamp":%q,"status":"succ",
			"data":{"reg_type":"ns:org:RegistryType:Social","reg_record_type":"Person","reg_records":%s}}]}}`,
			fmt.Sprint("m-", time.Now().UnixNano()), now, asked.Header["sender_id"], asked.Message.TransactionID, reference(id), now, records))
	}
}

func verdictOf(t *testing.T, report result.Report, id string) result.Requirement {
	t.Helper()
	for _, requirement := range report.Interfaces[0].Requirements {
		if requirement.ID == id {
			return requirement
		}
	}
	t.Fatalf("the report has no requirement %s", id)
	return result.Requirement{}
}

func TestWrongServersAreNotConformant(t *testing.T) {
	person := `[{"@type":"SRPerson","identifier":[{"identifier_type":"UIN","identifier_value":"1"}],"name":{"surname":"Canned"}}]`
	cases := []struct {
		name    string
		handler http.HandlerFunc
		// because is a requirement that must be unmet, and a word of its reason.
		because, reason string
	}{
		{"401 to everything", func(w http.ResponseWriter, _ *http.Request) {
			sayJSON(w, http.StatusUnauthorized, `{"errors":[{"code":"err.request.unauthorized","message":"no"}]}`)
		}, "REG-SEARCH-001", "HTTP 401"},
		{"404 to everything", func(w http.ResponseWriter, _ *http.Request) { http.NotFound(w, nil) }, "REG-SEARCH-001", "HTTP 404"},
		{"ACK to everything", func(w http.ResponseWriter, _ *http.Request) {
			sayJSON(w, http.StatusOK, `{"message":{"ack_status":"ACK","timestamp":"2026-01-01T00:00:00Z","correlation_id":"c"}}`)
		}, "REG-SEARCH-001", "no callback"},
		{"an empty answer with an invented reference_id", envelopeWith(func(string) string { return "invented" }, "[]"),
			"REG-SEARCH-003", "reference_id"},
		{"one canned person", envelopeWith(func(asked string) string { return asked }, person), "REG-SEARCH-001", "do not match"},
		{"HTML to everything", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			_, _ = io.WriteString(w, "<html><script>alert(1)</script></html>")
		}, "REG-HTTP-001", "text/html"},
		{"a redirect to elsewhere", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://elsewhere.example.org/", http.StatusFound)
		}, "REG-SEARCH-001", "HTTP 302"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			report := test(t, serve(t, c.handler))
			require.Nil(t, report.Error)
			require.False(t, report.Holds())
			require.False(t, report.Errored(), "a wrong target is not a failure of the suite: %s", errored(report))
			requirement := verdictOf(t, report, c.because)
			require.Equal(t, result.Unmet, requirement.Verdict)
			require.NotEmpty(t, requirement.Failures)
			require.NotEmpty(t, requirement.Failures[0].Exchanges)
			require.Contains(t, fmt.Sprint(requirement.Reason, requirement.Failures), c.reason)
			for _, negative := range report.Interfaces[0].Requirements {
				require.NotEqual(t, result.Met, verdictIf(negative, "SEC-SIG-0"), "%s must not be met by a server that knows nothing", negative.ID)
			}
		})
	}
}

// verdictIf is the verdict of a requirement of a family that no server can meet without answering.
func verdictIf(requirement result.Requirement, family string) result.Verdict {
	if strings.HasPrefix(requirement.ID, family) && len(requirement.Scenarios) > 0 {
		return requirement.Verdict
	}
	return ""
}

func errored(report result.Report) string {
	for _, requirement := range report.Interfaces[0].Requirements {
		if requirement.Verdict == result.Error {
			return requirement.ID + ": " + requirement.Reason
		}
	}
	return ""
}

func TestATargetThatCannotBeReachedIsNobodysFailure(t *testing.T) {
	down := httptest.NewServer(http.NotFoundHandler())
	down.Close()
	badCertificate := httptest.NewTLSServer(http.NotFoundHandler())
	badCertificate.Config.ErrorLog = nil
	t.Cleanup(badCertificate.Close)
	hanging := serve(t, hang)
	for name, c := range map[string]struct{ base, reason string }{
		"down":                       {down.URL, "does not accept connections"},
		"hangs from the start":       {hanging, "did not answer in time"},
		"a certificate of nobody's":  {badCertificate.URL, "certificate"},
		"a host that does not exist": {"http://registry.invalid", "not known"},
	} {
		t.Run(name, func(t *testing.T) {
			waits := quick()
			waits.Response = 2 * time.Second
			report := testWithin(t, c.base, waits)
			require.NotNil(t, report.Error)
			require.Equal(t, "unreachable", report.Error.Code)
			require.Contains(t, report.Error.Message, c.reason)
			require.True(t, report.Errored())
			require.False(t, report.Holds())
		})
	}
}

// hang takes the whole request and never answers.
func hang(_ http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	<-r.Context().Done()
}

// floodServer writes without end until the runner has had enough.
func floodServer(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	chunk := []byte(strings.Repeat("x", 1<<20))
	for {
		if _, err := w.Write(chunk); err != nil {
			return
		}
	}
}

func TestAHostileTargetIsBounded(t *testing.T) {
	answered := func(then http.HandlerFunc) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			if strings.HasSuffix(r.URL.Path, "jwks.json") {
				sayJSON(w, http.StatusOK, `{"keys":[]}`)
				return
			}
			then(w, r)
		}
	}
	for _, c := range []struct {
		name    string
		handler http.HandlerFunc
		reason  string
	}{
		{"hangs after its first answer", answered(hang), "did not answer in time"},
		{"breaks off in the middle of the body", answered(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "1000")
			_, _ = io.WriteString(w, `{"header":`)
			panic(http.ErrAbortHandler)
		}), "broke off"},
		{"sends without end", answered(floodServer), "longer than"},
	} {
		t.Run(c.name, func(t *testing.T) {
			began := time.Now()
			waits := quick()
			waits.Response = time.Second
			report := testWithin(t, serve(t, c.handler), waits)
			require.Nil(t, report.Error)
			require.False(t, report.Holds())
			require.False(t, report.Errored(), "what a target does after its first answer is its own: %s", errored(report))
			require.Equal(t, result.Unmet, verdictOf(t, report, "REG-SEARCH-001").Verdict)
			require.Contains(t, fmt.Sprint(report.Interfaces), c.reason)
			require.Less(t, time.Since(began), time.Minute)
		})
	}
}

// TestAProductThatHangsIsWaitedForOnAllInterfacesTogether: in full for the first token and the first message of each.
func TestAProductThatHangsIsWaitedForOnAllInterfacesTogether(t *testing.T) {
	base := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "jwks.json") {
			sayJSON(w, http.StatusOK, `{"keys":[]}`)
			return
		}
		hang(w, r)
	})
	waits := quick()
	waits.Response = 2 * time.Second
	all := map[string]conformance.Access{}
	for _, id := range []string{"social", "crvs", "ibr", "dr", "fr", "ess"} {
		all[id] = conformance.Access{Base: base + "/" + id}
	}
	report, err := conformance.Run(context.Background(), conformance.Options{Seed: 11, Version: "test",
		Selection: conformance.Selection{Requirements: telling},
		Target:    conformance.Target{Kind: "url", Waits: waits, Interfaces: all}})
	require.NoError(t, err)
	require.Nil(t, report.Error)
	require.Len(t, report.Interfaces, len(all))
	waited := 0
	for _, one := range report.Transcript {
		if one.DurationMS >= 0.9*float64(waits.Response.Milliseconds()) {
			waited++
		}
	}
	require.LessOrEqual(t, waited, 2*len(all))
	for _, tested := range report.Interfaces {
		for _, requirement := range tested.Requirements {
			require.NotEqual(t, result.Met, requirement.Verdict, "%s %s", tested.Interface, requirement.ID)
		}
	}
}
