package reports_test

import (
	"time"

	"github.com/spconform/spconform/conformance/result"
)

func pointer[T any](value T) *T { return &value }

var started = time.Date(2026, 3, 1, 9, 30, 0, 0, time.UTC)

// hostile is text that a target may send to take over a terminal or a page.
const hostile = "\x1b[2J\x1b]0;owned\a<script>alert('x')</script>|`\u202egnp\u009b31m\r\nsecond line"

// digest is the SHA-256 of nothing.
const digest = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

// sample is a report of a run with every verdict and a target that answers with hostile text.
func sample() result.Report {
	search := exchange("ex-1", "sync-search", 401, `{"errors":[{"code":"err.request.unauthorized","message":"`+"\x1b[31m"+`<b>no</b>"}]}`)
	callback := exchange("ex-2", "on-search", 200, "ok")
	callback.Direction = "callback"
	reset := exchange("ex-3", "jwks", 0, "")
	reset.Error = "reset"
	requirement := func(id, area string, verdict result.Verdict) result.Requirement {
		return result.Requirement{
			ID: id, Statement: "A registry MUST answer " + id + ".", Keyword: "MUST", Verdict: verdict,
			Area: area, Operation: "sync-search", Dimension: "technical", Band: 2, Basis: "published",
			Source: "registry_core_api#/paths", Scenarios: []result.Scenario{
				{ID: "search/" + id, Name: "Asked for " + id, Status: result.Passed, DurationMS: 12},
			},
		}
	}
	unmet := requirement("REG-SEARCH-004", "Search", result.Unmet)
	unmet.Critical = true
	unmet.Scenarios[0].Status, unmet.Scenarios[0].Reason = result.Failed, "status 401"
	unmet.Failures = []result.Failure{{
		Scenario: unmet.Scenarios[0].ID, Step: "Then the record is answered", Expected: "status 200",
		Actual: "status 401 " + hostile, Attribute: "identifier[0].identifier_value",
		Exchanges: []string{"ex-1", "ex-3"}, Curl: "curl -H @token.txt -d @body.json 'http://target.example.org/registry/sync/search?a=1&b=2'",
		Mend: "Accept the token that the token operation issued.",
	}}
	broken := requirement("REG-JWKS-001", "Security", result.Error)
	broken.Scenarios[0].Status, broken.Scenarios[0].Reason = result.Errored, "the recorder failed"
	skipped := requirement("REG-NOTIFY-001", "Notify", result.Skipped)
	skipped.Reason = "the manifest names no event hook"
	skipped.Scenarios[0].Status, skipped.Scenarios[0].Reason = result.Skip, skipped.Reason
	dialect := requirement("REG-SIG-002", "Security", result.Dialect)
	dialect.Reason = "holds under signature-jws; in the strict form: it is no signature"
	dialect.Failures = []result.Failure{{Scenario: dialect.Scenarios[0].ID, Expected: "a signature string", Actual: "a JWS"}}
	dialect.Spoken = &result.Spoken{Dialects: []string{"signature-jws"}, Scenarios: dialect.Scenarios}
	house := requirement("REG-CB-006", "Notify", result.Dialect)
	house.Basis, house.Spoken = "house", &result.Spoken{Dialects: []string{"own-" + hostile, "signature-jws"}, Scenarios: []result.Scenario{}}
	house.Scenarios[0].Status, house.Scenarios[0].Reason = result.Failed, "called at "+hostile
	defect := requirement("REG-SORT-001", "Search", result.SpecDefect)
	defect.Reason = "ERR-007"
	justified := requirement("REG-PAGE-002", "Search", result.Justified)
	justified.Statement, justified.Keyword = "A registry SHOULD page.", "SHOULD"
	untested := requirement("REG-TXN-009", "Transactions", result.Untested)
	untested.Scenarios = nil
	absent := requirement("REG-SUB-001", "Notify", result.NotApplicable)
	absent.Capability = "subscribe"
	absentToo := requirement("REG-SUB-002", "Notify", result.NotApplicable)
	absentToo.Capability = "subscribe"
	trial := requirement("LEG-LOG-001", "Search", result.Unmet)
	trial.Experimental, trial.Dimension = true, "legal"
	trial.Failures = []result.Failure{{Scenario: trial.Scenarios[0].ID, Expected: "an entry", Actual: "none"}}
	met := requirement("REG-SEARCH-001", "Search", result.Met)
	met.Recorded = []string{"ack status 202"}
	return result.Report{
		SchemaVersion: result.SchemaVersion,
		Suite:         result.Suite{Name: "spconform", Version: "0.1.0", CatalogueHash: "aa", SpecHash: "bb", FeaturesHash: "cc"},
		Seed:          42,
		Target: result.Target{
			Kind: "url", Product: "Registry " + hostile, Version: "2",
			Bases: map[string]string{"social": "http://target.example.org"}, Population: "hook",
			Dialects: []result.DialectUsed{
				{Name: "signature-jws", Title: "The signature is a JWS", Digest: digest}, {Name: "own-" + hostile, Title: "Ours " + hostile, Digest: digest},
			},
		},
		Selection: result.Selection{Interfaces: []string{"social"}},
		StartedAt: started, FinishedAt: started.Add(3 * time.Second),
		Interfaces: []result.Interface{{
			Interface: "social", Title: "Social registry", Conformant: pointer(false), Level: pointer(1),
			Provisional: true,
			Dimensions: []result.DimensionLevel{
				{Dimension: "legal"}, {Dimension: "technical", Level: pointer(1), Provisional: true},
			},
			Claimed: []string{"oauth2"}, Absent: []string{"subscribe"},
			Requirements: []result.Requirement{met, unmet, defect, justified, broken, dialect, house, skipped, absent, untested, absentToo, trial},
			NextLevel:    []string{"REG-SEARCH-004", "REG-JWKS-001"},
			Headline:     "social registry 1° · L– T1° · tested 1/9 MUST · seed 42",
		}},
		Exchanges:  []result.Exchange{search, reset},
		Transcript: []result.Exchange{search, callback, reset},
	}
}

func exchange(id, operation string, status int, body string) result.Exchange {
	return result.Exchange{
		ID: id, Scenario: "search/REG-SEARCH-004", Operation: operation, Direction: "request",
		StartedAt: started.Add(time.Second), DurationMS: 1.5,
		Request: result.HTTPMessage{
			Method: "POST", URL: "http://target.example.org/registry/sync/search?a=1",
			Headers: []result.Header{{Name: "Content-Type", Value: "application/json"}, {Name: "Authorization", Value: "[redacted]"}},
			Body:    `{"header":{"version":"1.0.0"},"message":{}}`, Size: 43,
		},
		Response: result.HTTPMessage{
			Status: status, Headers: []result.Header{{Name: "Content-Type", Value: "application/json"}}, Body: body, Size: int64(len(body)),
		},
		Notes: []string{"REG-SEARCH-004: status 401"},
	}
}
