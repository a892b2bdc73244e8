package jsontext_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/gowebpki/jcs"
	"github.com/stretchr/testify/require"

	"github.com/spconform/spconform/spec/jsontext"
)

const maxDepth = 64

var seeds = []string{
	`{"a":[1,"b\\\"",{"c":null}],"B":-0,"aa":1.5,"":{}}`, `{"b":1,"a":{"d":true,"c":[false]},"A":0}`, `{"a":1,"a":2}`, `{"b":1,"c":2,"b":3}`,
	`"\ud800\udc00"`, `"\ud800"`, `[[[[]]]]`, `1e5`, `-1.0E+400`, `{"\u0061":"\\"}`, ` { "x" : [ 1 , 2 ] } `, `{"é":1,"e":2}`, `[1,]`, `{"a":1,}`, `{,}`, `[`,
	`01`, `-`, `1.`, `1e`, `tru`, `nulll`, "\"\x01\"", "\"\xff\"", `"\x"`, `"\u12"`, `{"a" 1}`, `{} {}`, `123456789012345678`, `999999999999999`, ``, `"`, `"\`,
	strings.Repeat("[", 70) + strings.Repeat("]", 70),
}

// FuzzRead holds what is read in one pass to what general readers make of the same text: nothing that they
// refuse is read, and nothing otherwise than they read it. What is wrong by its grammar is so for them too.
func FuzzRead(f *testing.F) {
	for _, seed := range seeds {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		before := bytes.Clone(text)
		value, fault, _ := jsontext.Decode(text, maxDepth)
		switch fault {
		case "":
			decoder := json.NewDecoder(bytes.NewReader(text))
			decoder.UseNumber()
			var want any
			require.NoError(t, decoder.Decode(&want))
			require.Equal(t, want, value)
		case jsontext.FaultSyntax, jsontext.FaultTrailing:
			require.False(t, json.Valid(text))
		}
		if members, ok := jsontext.Members(text, maxDepth); ok {
			require.Empty(t, fault)
			var want map[string]json.RawMessage
			require.NoError(t, json.Unmarshal(text, &want))
			require.Len(t, members, len(want))
			for name, raw := range want {
				require.Equal(t, string(raw), string(members[name]))
			}
		}
		if canonical, ok := jsontext.Canonical(text, maxDepth); ok && len(text) > 0 && bytes.ContainsAny(text[:1], "{[") {
			want, err := jcs.Transform(text)
			require.NoError(t, err)
			require.Equal(t, string(want), string(canonical))
		}
		require.Equal(t, before, text)
	})
}

func TestCanonical(t *testing.T) {
	for _, c := range []struct {
		name, text, want string
	}{
		{"members in order", `{"a":1,"b":"x"}`, `{"a":1,"b":"x"}`},
		{"members out of order", ` {"b":[1, {"d":null,"c":true}], "a":{"z":false,"y":-7}, "A":"é"} `, `{"A":"é","a":{"y":-7,"z":false},"b":[1,{"c":true,"d":null}]}`},
		{"one name the beginning of another", `{"ab":1,"a":2}`, `{"a":2,"ab":1}`},
		{"empty", `{"b":{},"a":[]}`, `{"a":[],"b":{}}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, ok := jsontext.Canonical([]byte(c.text), maxDepth)
			require.True(t, ok)
			require.Equal(t, c.want, string(got))
		})
	}
	for _, c := range []struct{ name, text string }{
		{"an escape", `{"a":"\n"}`}, {"an escape in a name", `{"\u0061":1}`}, {"a fraction", `[1.0]`}, {"an exponent", `[1e2]`},
		{"minus nothing", `[-0]`}, {"more digits than a double holds", `[9007199254740993]`}, {"a name beyond ASCII", `{"é":1}`},
		{"a name twice", `{"a":1,"a":2}`}, {"a name twice, not in a row", `{"b":1,"c":2,"b":3}`}, {"no JSON", `{"a":}`}, {"two values", `{}{}`},
	} {
		t.Run("left to a general implementation: "+c.name, func(t *testing.T) {
			_, ok := jsontext.Canonical([]byte(c.text), maxDepth)
			require.False(t, ok)
		})
	}
}
