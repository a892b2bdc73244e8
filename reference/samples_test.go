package reference_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/spconform/spconform/reference"
	"github.com/spconform/spconform/spec"
	"github.com/spconform/spconform/spec/fixture"
	"github.com/spconform/spconform/spec/message"
)

// upstream is the folder of the published standards; the test is skipped where it is absent.
func upstream(t *testing.T) string {
	t.Helper()
	folder := os.Getenv("SPCONFORM_UPSTREAM")
	if folder == "" {
		folder = "../../shared/upstream"
	}
	if _, err := os.Stat(folder); err != nil {
		t.Skip("the published examples are not here: set SPCONFORM_UPSTREAM to their folder")
	}
	return folder
}

// sample is a published example request, mended step by step.
type sample map[string]any

func (s sample) header() map[string]any { return s["header"].(map[string]any) }

func (s sample) item() map[string]any {
	return s["message"].(map[string]any)["search_request"].([]any)[0].(map[string]any)
}

func (s sample) criteria() map[string]any { return s["search_criteria"].(map[string]any) }

// TestPublishedExamples sends each published example request as it stands, then mends one published
// defect after the other. Each refusal has the code that fits and a row of errata.yaml that says why.
func TestPublishedExamples(t *testing.T) {
	folder := filepath.Join(upstream(t), "dci-samples", "social")
	rows, err := spec.LoadErrata()
	require.NoError(t, err)
	known := map[string]bool{}
	for _, row := range rows {
		known[row.ID] = true
	}
	b := newBench(t)
	b.load(t, group(1))

	// The parties of the examples are nobody's, and two of the bodies name a member twice (ERR-106).
	verbatim := map[string]string{"processflow3areq.json": "400 err.request.bad", "processflow4req.json": "400 err.request.bad"}
	final := map[string]struct{ outcome, erratum string }{
		"processflow1-1req.json": {"succ", ""},
		"processflow1-2req.json": {string(message.RejectSearchCriteria), "ERR-109"},
		"processflow1-3req.json": {string(message.RejectSearchCriteria), "ERR-109"},
		"processflow2req.json":   {string(message.RejectSort), "ERR-108"},
		"processflow3areq.json":  {string(message.RejectFilter), "ERR-106"},
		"processflow4req.json":   {string(message.RejectFilter), "ERR-106"},
	}
	steps := []struct {
		name             string
		mend             func(sample)
		outcome, erratum string
	}{
		{"addressed and signed", func(sample) {}, string(message.RejectTotalCount), "ERR-100"},
		{"total_count a number", func(s sample) { s.header()["total_count"] = 1 }, "400 err.request.bad", "ERR-104"},
		{"no empty meta", func(s sample) { delete(s.header(), "meta") }, string(message.RejectReferenceID), "ERR-101"},
		{"a reference_id", func(s sample) { s.item()["reference_id"] = "r-1" }, string(message.RejectSearchCriteria), "ERR-104"},
		{"no empty consent and authorize", func(s sample) {
			criteria := sample(s.item()).criteria()
			delete(criteria, "consent")
			delete(criteria, "authorize")
		}, "", ""},
	}
	files, err := filepath.Glob(filepath.Join(folder, "*req.json"))
	require.NoError(t, err)
	require.Len(t, files, len(final))
	for _, file := range files {
		name := filepath.Base(file)
		t.Run(name, func(t *testing.T) {
			raw, err := os.ReadFile(file)
			require.NoError(t, err)
			as := b.request(b.alice, syncSearch, "search", 1, nil)
			want := verbatim[name]
			if want == "" {
				want = "403 err.sender_id.invalid"
			}
			require.Equal(t, want, b.outcome(t, b.sendBytes(t, as, raw)), "as published")

			var published sample
			require.NoError(t, json.Unmarshal(raw, &published))
			for _, step := range steps {
				step.mend(published)
				request := b.request(b.alice, syncSearch, "search", 1, published["message"])
				for _, ours := range []string{"sender_id", "receiver_id", "message_id", "message_ts"} {
					published.header()[ours] = request.header[ours]
				}
				request.header = published.header()
				want, erratum := step.outcome, step.erratum
				if want == "" {
					want, erratum = final[name].outcome, final[name].erratum
				}
				require.Equal(t, want, b.outcome(t, b.send(t, request)), step.name)
				require.True(t, erratum == "" || known[erratum], "%s is no erratum", erratum)
			}
		})
	}
}

// outcome is the status and code of a refusal, or the reason code of the header or first item, or "succ".
func (b *bench) outcome(t testing.TB, answer got) string {
	t.Helper()
	if answer.status != http.StatusOK {
		return fmt.Sprint(answer.status, " ", answer.errorCode(t))
	}
	var found message.SearchResponse
	header := b.answered(t, answer.body, b.alice, &found)
	switch {
	case len(found.Items) == 0:
		return header.StatusReasonCode
	case found.Items[0].StatusReasonCode != "":
		return string(found.Items[0].StatusReasonCode)
	}
	return found.Items[0].Status
}

// TestPublishedCivilExamples does the same with the examples of civil registration, mended in the order in which a
// sender would meet the refusals.
func TestPublishedCivilExamples(t *testing.T) {
	folder := filepath.Join(upstream(t), "dci-samples", "crvs")
	rows, err := spec.LoadErrata()
	require.NoError(t, err)
	known := map[string]bool{}
	for _, row := range rows {
		known[row.ID] = true
	}
	crvs, err := spec.FindInterface("crvs")
	require.NoError(t, err)
	// The bench speaks to a receiver of this id.
	b := newBench(t, reference.WithInterfaces(crvs), reference.WithID("social.example.org"))
	b.load(t, fixture.Record{Interface: "crvs", RegRecordType: "Person", Data: json.RawMessage(
		`{"identifier":[{"identifier_type":"UIN","identifier_value":"847951632"}],"sex":"female"}`)})

	steps := []struct {
		name             string
		mend             func(sample)
		outcome, erratum string
	}{
		{"addressed and signed", func(sample) {}, string(message.RejectTotalCount), "ERR-100"},
		{"total_count a number", func(s sample) { s.header()["total_count"] = 1 }, "400 err.request.bad", "ERR-104"},
		{"no empty meta", func(s sample) { delete(s.header(), "meta") }, string(message.RejectReferenceID), "ERR-101"},
		{"a reference_id", func(s sample) { s.item()["reference_id"] = "r-1" }, string(message.RejectSearchCriteria), "ERR-104"},
		{"no empty consent and authorize", func(s sample) {
			criteria := sample(s.item()).criteria()
			delete(criteria, "consent")
			delete(criteria, "authorize")
			delete(s.item(), "locale")
		}, string(message.RejectSort), "ERR-108"},
		{"sorted by an attribute", func(s sample) {
			sample(s.item()).criteria()["sort"] = []any{map[string]any{"attribute_name": "birth_date", "sort_order": "asc"}}
		}, message.StatusSuccess, ""},
	}
	files, err := filepath.Glob(filepath.Join(folder, "*req*.json"))
	require.NoError(t, err)
	require.Len(t, files, 7)
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			raw, err := os.ReadFile(file)
			require.NoError(t, err)
			as := b.request(b.alice, syncSearch, "search", 1, nil)
			require.Equal(t, "403 err.sender_id.invalid", b.outcome(t, b.sendBytes(t, as, raw)), "as published")
			var published sample
			require.NoError(t, json.Unmarshal(raw, &published))
			if _, list := published["message"].(map[string]any)["search_request"].([]any); !list {
				// The older form has no list of requests at all (ERR-130).
				require.Equal(t, "400 err.request.bad", b.outcome(t, b.send(t, b.request(b.alice, syncSearch, "search", 1, published["message"]))))
				return
			}
			for _, step := range steps {
				step.mend(published)
				request := b.request(b.alice, syncSearch, "search", 1, published["message"])
				for _, ours := range []string{"sender_id", "receiver_id", "message_id", "message_ts"} {
					published.header()[ours] = request.header[ours]
				}
				request.header = published.header()
				answer := b.send(t, request)
				require.Equal(t, step.outcome, b.outcome(t, answer), step.name)
				require.True(t, step.erratum == "" || known[step.erratum], "%s is no erratum", step.erratum)
				if step.outcome == message.StatusSuccess {
					var found message.SearchResponse
					b.answered(t, answer.body, b.alice, &found)
					require.Len(t, found.Items[0].Data.RegRecords, 1, "the person who is asked for")
				}
			}
		})
	}
}
