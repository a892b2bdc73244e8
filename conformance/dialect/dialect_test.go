package dialect_test

import (
	"bytes"
	"errors"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/samber/lo"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/spconform/spconform/conformance/dialect"
	"github.com/spconform/spconform/conformance/exchange"
	"github.com/spconform/spconform/spec"
)

// TestKnownAreDocumented: docs/dialects.md has a row for each shipped dialect, and says which the text allows.
func TestKnownAreDocumented(t *testing.T) {
	all, err := dialect.Known()
	require.NoError(t, err)
	text, err := os.ReadFile("../../docs/dialects.md")
	require.NoError(t, err)
	documented := map[string]bool{}
	id := regexp.MustCompile("`([a-z0-9-]+)`")
	for _, line := range strings.Split(string(text), "\n") {
		cells := strings.Split(line, " | ")
		if len(cells) != 3 || !strings.HasPrefix(line, "| `") {
			continue
		}
		for _, found := range id.FindAllStringSubmatch(cells[0], -1) {
			documented[found[1]] = strings.HasPrefix(cells[2], "allowed")
		}
	}
	assert.Equal(t, lo.SliceToMap(all, func(d dialect.Dialect) (string, bool) { return d.ID, d.Published }), documented)
	for _, one := range all {
		assert.Len(t, one.Digest, 64)
		again, err := dialect.Parse(one.ID, []byte(one.Text))
		require.NoError(t, err)
		assert.Equal(t, one, again)
	}
}

// TestEachRegistryIsNamed: what a dialect spells otherwise it does so for each registry, in its own words.
func TestEachRegistryIsNamed(t *testing.T) {
	all, err := spec.LoadInterfaces()
	require.NoError(t, err)
	for _, one := range all {
		if one.RegType == "" || len(one.Records) == 0 {
			continue
		}
		for _, record := range one.Records {
			asked, by := speaking(t, "reg-type-short", "reg-record-type-absent").Ask(exchange.Outgoing{Body: []byte(
				search(`{"reg_type":"` + one.RegType + `","reg_record_type":"` + record.Name + `"}`))})
			assert.Len(t, by, 2, "%s %s", one.ID, record.Name)
			assert.NotContains(t, string(asked.Body), "reg_record_type")
			assert.NotContains(t, string(asked.Body), one.RegType)
		}
	}
}

func TestParse(t *testing.T) {
	for name, row := range map[string]struct{ text, says string }{
		"whole":                 {"id: own\ntitle: Ours\nrewrite:\n  - {at: [header.status], strict: rjct, spoken: no}\n", ""},
		"no title":              {"id: own\n", "title"},
		"an id with blanks":     {"id: our own\ntitle: Ours\n", "/id"},
		"a member that is none": {"id: own\ntitle: Ours\nsignatures: {}\n", "signatures"},
		"a form that is none":   {"id: own\ntitle: Ours\nsignature: {form: xml}\n", "/signature/form"},
		"strict without spoken": {"id: own\ntitle: Ours\nrewrite: [{at: [header.status], strict: rjct}]\n", "/rewrite/0"},
		"a place that is none":  {"id: own\ntitle: Ours\nrewrite: [{at: ['header/status'], add: x}]\n", "/rewrite/0/at/0"},
		"a path up":             {"id: own\ntitle: Ours\npaths: {prefix: 'api'}\n", "/paths/prefix"},
		"no YAML":               {"id: [", "is not YAML"},
		"a list":                {"- id: own\n", "JSON Schema"},
		"nothing":               {"", "JSON Schema"},
		"too long":              {"id: own\ntitle: Ours\n#" + strings.Repeat("x", 64<<10), "64 KiB"},
	} {
		t.Run(name, func(t *testing.T) {
			read, err := dialect.Parse("own.yaml", []byte(row.text))
			if row.says == "" {
				require.NoError(t, err)
				assert.Equal(t, row.text, read.Text)
				return
			}
			var wrong *dialect.Error
			require.True(t, errors.As(err, &wrong), "%v", err)
			assert.ErrorContains(t, err, row.says)
			assert.NotContains(t, err.Error(), "\n")
		})
	}
}

func TestFind(t *testing.T) {
	_, err := dialect.Find("paths-prefixd")
	assert.ErrorContains(t, err, `"paths-prefixd": is not shipped`)
	for name, file := range map[string]bool{"own.yaml": true, "own.yml": true, "dialects/own": true, `dialects\own`: true, "paths-mixed": false} {
		assert.Equal(t, file, dialect.IsFile(name), name)
	}
	assert.True(t, bytes.Contains(dialect.Schema(), []byte(`"$schema"`)))
}

// FuzzSpeaker: whatever a product sends, hearing it ends, makes no body of what was none, and a body that
// was heard holds nothing more to translate.
func FuzzSpeaker(f *testing.F) {
	for _, body := range []string{search(`{}`), told("search", "error", `{"search_response":[{"data":{"reg_type":"SR"}}]}`),
		`{"error":{"code":"a","message":"b"}}`, `{"header":{},"header":{}}`, `[]`, ``, `{"message":[],"header":1,"signature":2}`} {
		f.Add([]byte(body))
	}
	all, err := dialect.Known()
	require.NoError(f, err)
	ids := lo.Map(all, func(d dialect.Dialect, _ int) string { return d.ID })
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, id := range ids {
			speaker := speaking(t, id)
			heard, by := speaker.Hear(exchange.Message{Body: slices.Clone(body)})
			if len(by) == 0 {
				require.Equal(t, body, heard.Body)
			} else if utf8.Valid(body) {
				again, by := speaker.Hear(heard)
				require.Empty(t, by)
				require.Equal(t, heard.Body, again.Body)
			}
			_, _ = speaker.Ask(exchange.Outgoing{URL: base, Header: http.Header{}, Body: slices.Clone(body)})
			_ = speaker.Verify(exchange.Message{Header: http.Header{}, Body: body}, sender, registered, present)
		}
	})
}
