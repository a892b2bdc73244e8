package lint_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/spconform/spconform/spec/lint"
)

// FuzzDocuments holds the linter to an answer for any bytes, with places that are there.
func FuzzDocuments(f *testing.F) {
	for _, source := range sources(f, "testdata/*.yaml") {
		f.Add(source.Data)
	}
	for name, text := range hostile {
		if len(text) < 1_000 && name != "aliases of aliases" { // large ones only slow the fuzzer down
			f.Add([]byte(text))
		}
	}
	words := dictionary(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 64<<10 {
			t.Skip("larger than fuzzing needs")
		}
		lines := 1 + strings.Count(string(data), "\n") + strings.Count(string(data), "\r")
		for _, finding := range lint.Documents([]lint.Source{{Name: "a.yaml", Data: data}}, nil, words) {
			if finding.Line < 1 || finding.Line > lines+1 {
				t.Fatalf("line %d of %d: %s", finding.Line, lines, finding.Rule)
			}
		}
	})
}

// hostile are documents that cost a careless reader much.
var hostile = map[string]string{
	"aliases of aliases": "a: &a [1,1,1,1,1,1,1,1,1,1]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d,*d]\nf: &f [*e,*e,*e,*e,*e,*e,*e,*e,*e,*e]\ng: [*f,*f,*f,*f,*f,*f,*f,*f,*f,*f]\n",
	"alias of itself":    "a: &a [*a]\n",
	"deep":               strings.Repeat("[", 5_000),
	"deep in JSON":       `{"a":` + strings.Repeat(`{"a":`, 1_000) + "1" + strings.Repeat("}", 1_001),
	"large":              "a: [" + strings.Repeat("1,", 420_000) + "1]",
	"reference circle":   "openapi: 3.1.0\ninfo: {title: t, version: '1'}\npaths: {}\ncomponents: {schemas: {A: {$ref: '#/components/schemas/B'}, B: {$ref: '#/components/schemas/A'}}}\n",
	"schema of itself":   "openapi: 3.1.0\ninfo: {title: t, version: '1'}\npaths: {}\ncomponents: {schemas: {A: {oneOf: [{$ref: '#/components/schemas/A'}, {type: string}], example: a}}}\n",
	"wide alternatives":  "openapi: 3.1.0\ninfo: {title: t, version: '1'}\npaths: {}\ncomponents: {schemas: {A: {oneOf: [" + strings.Repeat("{allOf: [{oneOf: [{type: object, properties: {a: {type: string}}}, {type: object}, {type: object}]}, {oneOf: [{type: object}, {type: object}]}]},", 60) + "{type: object}]}}}\n",
	"null bytes":         "a: \x00\n",
	"huge number":        "openapi: 3.1.0\ninfo: {title: t, version: '1'}\npaths: {}\ncomponents: {schemas: {A: {type: number, example: 1e999999999, maximum: 1e99999999}}}\n",
}

func TestHostileDocumentsEndSoon(t *testing.T) {
	for name, text := range hostile {
		t.Run(name, func(t *testing.T) {
			started := time.Now()
			lint.Documents([]lint.Source{{Name: "a.yaml", Data: []byte(text)}}, nil, nil)
			assert.Less(t, time.Since(started), time.Minute)
		})
	}
}
