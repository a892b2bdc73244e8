package reference_test

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
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

// mend is a published defect that is mended, what the examples are answered with from then on, and the row of
// errata.yaml that says why. An outcome that differs by example is in its final.
type mend struct {
	name             string
	change           func(sample)
	outcome, erratum string
}

// published are the examples of one interface: how each is refused as it stands, and the mends in the order in which a
// sender would meet the refusals.
type published struct {
	folder, files string
	count         int
	// verbatim is how an example is refused as it stands, where not for its unknown parties.
	verbatim map[string]string
	mends    []mend
	// final is what comes of an example after the last of the mends that all share.
	final map[string]mend
	// answered is called with what succeeds.
	answered func(*testing.T, got)
}

// mendsOfAll are the defects that the examples of every registry have.
var mendsOfAll = []mend{
	{"addressed and signed", func(sample) {}, string(message.RejectTotalCount), "ERR-100"},
	{"total_count a number", func(s sample) { s.header()["total_count"] = 1 }, "400 err.request.bad", "ERR-104"},
	{"no empty meta", func(s sample) { delete(s.header(), "meta") }, string(message.RejectReferenceID), "ERR-101"},
	{"a reference_id", func(s sample) { s.item()["reference_id"] = "r-1" }, string(message.RejectSearchCriteria), "ERR-104"},
}

// withoutEmptyConsent is the last mend that all share; the examples differ in what else is wrong with them.
func withoutEmptyConsent(s sample) {
	criteria := sample(s.item()).criteria()
	delete(criteria, "consent")
	delete(criteria, "authorize")
	delete(s.item(), "locale")
}

// tryAll sends each published example request as it stands, then mends one published defect after the other. Each
// refusal has the code that fits and a row of errata.yaml that says why.
func (b *bench) tryAll(t *testing.T, examples published) {
	t.Helper()
	rows, err := spec.LoadErrata()
	require.NoError(t, err)
	known := map[string]bool{"": true}
	for _, row := range rows {
		known[row.ID] = true
	}
	files, err := filepath.Glob(filepath.Join(examples.folder, examples.files))
	require.NoError(t, err)
	require.Len(t, files, examples.count)
	for _, file := range files {
		name := filepath.Base(file)
		t.Run(name, func(t *testing.T) {
			raw, err := os.ReadFile(file)
			require.NoError(t, err)
			as := b.request(b.alice, syncSearch, "search", 1, nil)
			verbatim := cmp.Or(examples.verbatim[name], "403 err.sender_id.invalid")
			require.Equal(t, verbatim, b.outcome(t, b.sendBytes(t, as, raw)), "as published")

			var example sample
			require.NoError(t, json.Unmarshal(raw, &example))
			if _, list := example["message"].(map[string]any)["search_request"].([]any); !list {
				// The older form has no list of requests at all (ERR-130).
				require.Equal(t, "400 err.request.bad", b.outcome(t, b.send(t, b.request(b.alice, syncSearch, "search", 1, example["message"]))))
				return
			}
			for _, step := range slices.Concat(mendsOfAll, examples.mends) {
				step.change(example)
				request := b.request(b.alice, syncSearch, "search", 1, example["message"])
				for _, ours := range []string{"sender_id", "receiver_id", "message_id", "message_ts"} {
					example.header()[ours] = request.header[ours]
				}
				request.header = example.header()
				if step.outcome == "" {
					step.outcome, step.erratum = examples.final[name].outcome, examples.final[name].erratum
				}
				answer := b.send(t, request)
				require.Equal(t, step.outcome, b.outcome(t, answer), step.name)
				require.True(t, known[step.erratum], "%s is no erratum", step.erratum)
				if step.outcome == message.StatusSuccess && examples.answered != nil {
					examples.answered(t, answer)
				}
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

func TestPublishedExamples(t *testing.T) {
	folder := filepath.Join(upstream(t), "dci-samples", "social")
	b := newBench(t)
	b.load(t, group(1))
	b.tryAll(t, published{folder: folder, files: "*req.json", count: 6,
		// Two of the bodies name a member twice.
		verbatim: map[string]string{"processflow3areq.json": "400 err.request.bad", "processflow4req.json": "400 err.request.bad"},
		mends:    []mend{{name: "no empty consent and authorize", change: withoutEmptyConsent}},
		final: map[string]mend{
			"processflow1-1req.json": {outcome: message.StatusSuccess},
			"processflow1-2req.json": {outcome: string(message.RejectSearchCriteria), erratum: "ERR-109"},
			"processflow1-3req.json": {outcome: string(message.RejectSearchCriteria), erratum: "ERR-109"},
			"processflow2req.json":   {outcome: string(message.RejectSort), erratum: "ERR-108"},
			"processflow3areq.json":  {outcome: string(message.RejectFilter), erratum: "ERR-106"},
			"processflow4req.json":   {outcome: string(message.RejectFilter), erratum: "ERR-106"},
		}})
}

func TestPublishedCivilExamples(t *testing.T) {
	folder := filepath.Join(upstream(t), "dci-samples", "crvs")
	crvs, err := spec.FindInterface("crvs")
	require.NoError(t, err)
	// The bench speaks to a receiver of this id.
	b := newBench(t, reference.WithInterfaces(crvs), reference.WithID("social.example.org"))
	b.load(t, fixture.Record{Interface: "crvs", RegRecordType: "Person", Data: json.RawMessage(
		`{"identifier":[{"identifier_type":"UIN","identifier_value":"847951632"}],"sex":"female"}`)})
	b.tryAll(t, published{folder: folder, files: "*req*.json", count: 7,
		mends: []mend{
			{"no empty consent, authorize and locale", withoutEmptyConsent, string(message.RejectSort), "ERR-108"},
			{"sorted by an attribute", func(s sample) {
				sample(s.item()).criteria()["sort"] = []any{map[string]any{"attribute_name": "birth_date", "sort_order": "asc"}}
			}, message.StatusSuccess, ""},
		},
		answered: func(t *testing.T, answer got) {
			var found message.SearchResponse
			b.answered(t, answer.body, b.alice, &found)
			require.Len(t, found.Items[0].Data.RegRecords, 1, "the person who is asked for")
		}})
}
