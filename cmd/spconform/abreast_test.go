package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/spconform/spconform/features"
)

// span is from when to when something went on.
type span struct{ from, to time.Time }

func (s span) overlaps(other span) bool { return s.from.Before(other.to) && other.from.Before(s.to) }

// spansOf are, by interface and tag, when the scenarios of a run went on; under "" those that only read.
func spansOf(t *testing.T, out string) map[string]map[string]span {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(out, "exchanges.har"))
	require.NoError(t, err)
	var har struct {
		Log struct {
			Entries []struct {
				StartedDateTime time.Time
				Time            float64
				Request         struct{ URL string }
				Scenario        string `json:"_scenario"`
				Direction       string `json:"_direction"`
			}
		}
	}
	require.NoError(t, json.Unmarshal(raw, &har))
	tags := map[string]string{}
	all, err := features.Load("registry", "eligibility")
	require.NoError(t, err)
	for _, scenario := range all {
		for _, tag := range scenario.Tags {
			if tag == "@changes" || tag == "@last" || tag == "@alone" {
				tags[scenario.ID] = tag
			}
		}
	}
	spans := map[string]map[string]span{}
	for _, entry := range har.Log.Entries {
		if entry.Direction != "request" || !strings.Contains(entry.Scenario, ".feature: ") {
			continue
		}
		at := strings.Split(entry.Request.URL, "/")[3]
		if spans[at] == nil {
			spans[at] = map[string]span{}
		}
		seen, known := spans[at][tags[entry.Scenario]]
		if !known || entry.StartedDateTime.Before(seen.from) {
			seen.from = entry.StartedDateTime
		}
		if end := entry.StartedDateTime.Add(time.Duration(entry.Time * float64(time.Millisecond))); end.After(seen.to) {
			seen.to = end
		}
		spans[at][tags[entry.Scenario]] = seen
	}
	return spans
}

// TestInterfacesAreTestedBesideEachOther: what only reads goes on beside what changes another registry, and nothing
// is changed beside what it could spoil.
func TestInterfacesAreTestedBesideEachOther(t *testing.T) {
	out := t.TempDir()
	code, _, stderr := spconform(t, "run", "--quiet", "--seed", "5", "--out", out, "--interfaces", "social,dr,ess,eligibility",
		"--requirement", "REG-SEARCH-001,REG-SEARCH-002,REG-SORT-001,REG-SUB-001,REG-NTF-001,REG-NTF-002,SEC-ROT-001,ELG-SRC-001,ELG-SRC-002,ELG-DEC-001")
	require.Equal(t, exitHolds, code, stderr)
	spans := spansOf(t, out)
	require.Len(t, spans, 4)
	asking := spans["eligibility"]
	for _, registry := range []string{"social", "dr"} {
		own := spans[registry]
		require.Len(t, own, 3, "%s: reading, changing, alone", registry)
		assert.False(t, own[""].from.Before(asking["@last"].to), "%s is tested when what asks it has been", registry)
		for name, other := range spans {
			for tag, went := range other {
				if name != registry || tag != "@alone" {
					assert.False(t, own["@alone"].overlaps(went), "%s takes a new key while %s is tested (%s)", registry, name, tag)
				}
			}
		}
	}
	assert.True(t, spans["ess"][""].from.Before(asking["@last"].to), "what does not ask each other is tested at the same time")
	assert.True(t, spans["social"][""].overlaps(spans["dr"][""]), "what only reads goes on beside each other")
	assert.False(t, spans["social"]["@changes"].overlaps(spans["dr"]["@changes"]), "one registry at a time notifies")
}
