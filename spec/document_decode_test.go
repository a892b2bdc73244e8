package spec_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/spconform/spconform/spec"
)

func TestDecodeStrict(t *testing.T) {
	limits := spec.Limits{MaxBytes: 200, MaxDepth: 4}
	for _, c := range []struct {
		name, body, code string
		want             any
	}{
		{"object", `{"a":[1,"b",null,true]}`, "", map[string]any{"a": []any{json.Number("1"), "b", nil, true}}},
		{"space around", " \n{}\t ", "", map[string]any{}},
		{"same name in two objects", `[{"a":1},{"a":2}]`, "", []any{map[string]any{"a": json.Number("1")}, map[string]any{"a": json.Number("2")}}},
		{"value like a name", `{"a":"a","b":["a","a"]}`, "", map[string]any{"a": "a", "b": []any{"a", "a"}}},
		{"escapes", `["\"{\\","\u00e9","\ud83d\ude00"]`, "", []any{`"{\`, "é", "😀"}},
		{"exponent", `[1e3,-2.5E-7]`, "", []any{json.Number("1e3"), json.Number("-2.5E-7")}},
		{"as deep as may be", `[[[[]]]]`, "", []any{[]any{[]any{[]any{}}}}},

		{"too deep", `[[[[[]]]]]`, "json.depth", nil},
		{"too large", `"` + strings.Repeat("a", 200) + `"`, "json.size", nil},
		{"name twice", `{"a":1,"b":{},"a":2}`, "json.duplicate", nil},
		{"name twice, once escaped", `{"a":1,"\u0061":2}`, "json.duplicate", nil},
		{"name twice, deep", `{"a":[{"b":1,"b":1}]}`, "json.duplicate", nil},
		{"not UTF-8", "\"\xff\"", "json.utf8", nil},
		{"high half alone", `"\ud800"`, "json.utf8", nil},
		{"low half alone", `"\udc00x"`, "json.utf8", nil},
		{"halves swapped", `"\ude00\ud83d"`, "json.utf8", nil},
		{"half in a name", `{"\ud800":1}`, "json.utf8", nil},
		{"huge exponent", `1e999999999`, "json.number", nil},
		{"tiny exponent", `1e-999999999`, "json.number", nil},
		{"exponent beyond int", `1e99999999999999999999`, "json.number", nil},
		{"many digits", strings.Repeat("9", 65), "json.number", nil},
		{"empty", ``, "json.syntax", nil},
		{"cut off", `{"a":`, "json.syntax", nil},
		{"comma at the end", `[1,]`, "json.syntax", nil},
		{"two values", `{}{}`, "json.trailing", nil},
		{"text after", `{} x`, "json.trailing", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := spec.DecodeStrict([]byte(c.body), limits)
			if c.code == "" {
				require.NoError(t, err)
				assert.Equal(t, c.want, got)
				return
			}
			var typed *spec.DecodeError
			require.ErrorAs(t, err, &typed)
			assert.Equal(t, c.code, typed.Code)
			assert.NotContains(t, err.Error(), "\n")
		})
	}
}

// FuzzDecodeStrict holds it to the standard decoder: what it takes, that one takes with the same value.
func FuzzDecodeStrict(f *testing.F) {
	for _, seed := range []string{`{"a":[1,"b\\\"",{"c":null}]}`, `{"a":1,"a":2}`, `"\ud800\udc00"`, `[[[[]]]]`, `1e5`, `{"\u0061":"\\"}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		got, err := spec.DecodeStrict(body, spec.DefaultLimits)
		if err != nil {
			var typed *spec.DecodeError
			require.ErrorAs(t, err, &typed)
			if typed.Code == "json.syntax" {
				require.False(t, json.Valid(body))
			}
			return
		}
		standard := json.NewDecoder(bytes.NewReader(body))
		standard.UseNumber()
		var want any
		require.NoError(t, standard.Decode(&want))
		require.Equal(t, want, got)
		again, err := json.Marshal(got)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := spec.DecodeStrict(again, spec.DefaultLimits); err != nil {
			t.Fatalf("refuses what it made: %v", err)
		}
	})
}
