package store_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/cockroachdb/apd/v3"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/spconform/spconform/reference/query"
	"github.com/spconform/spconform/reference/store"
)

// Values that are near one another, alike in another form, or hard to store.
var (
	texts    = []string{"", "a", "A", "a ", "ä", "1", "1.0", "true", "%", "a_", "' OR 1=1 --", "a\x00", "a\x00b", "\u00e4", "2024-01-01", bigText + "x", bigText + "y"}
	decimals = []string{"0", "-0", "0.0", "4.1", "4.10", "4.09", "4.1000000000000000000001", "-4.1", "-4.11", "41", "410", "1e3", "1000", "-1e-30", "1e-30", "99999999999999999999", "100000000000000000000"}
	times    = []string{"1980-01-31", "1980-01-31T00:00:00Z", "1980-01-31T02:00:00+02:00", "1980-01-30T23:59:59.999999Z", "0001-01-01", "9999-12-31T23:59:59Z", "1969-12-31T23:59:59Z", "1970-01-01"}
	paths    = []string{"one", "two", "deep.one", "deep.two"}
	idTypes  = []string{"UIN", "BRN", "U"}
	idValues = []string{"1", "11", "IN1", "", "N1"}
)

var bigText = string(bytes.Repeat([]byte("long "), 2000))

func drawScalar(t *rapid.T) any {
	switch rapid.IntRange(0, 4).Draw(t, "scalar") {
	case 0:
		return rapid.SampledFrom(texts).Draw(t, "text")
	case 1:
		return rapid.SampledFrom(times).Draw(t, "time")
	case 2:
		return rapid.SampledFrom(decimals).Draw(t, "decimal text")
	case 3:
		return json.Number(rapid.SampledFrom(decimals).Draw(t, "decimal"))
	}
	return rapid.Bool().Draw(t, "boolean")
}

func drawRecord(t *rapid.T) map[string]any {
	record := map[string]any{}
	deep := map[string]any{}
	for _, name := range []string{"one", "two"} {
		for where, object := range map[string]map[string]any{"record": record, "deep": deep} {
			switch rapid.IntRange(0, 3).Draw(t, where+name) {
			case 1:
				object[name] = drawScalar(t)
			case 2:
				object["spdci:"+name] = []any{drawScalar(t), drawScalar(t)}
			case 3:
				object[name] = nil
			}
		}
	}
	record["deep"] = []any{deep, map[string]any{"one": drawScalar(t)}}
	for range rapid.IntRange(0, 2).Draw(t, "identifiers") {
		held, _ := record["identifier"].([]any)
		record["identifier"] = append(held, map[string]any{
			"identifier_type":  rapid.SampledFrom(idTypes).Draw(t, "identifier_type"),
			"identifier_value": rapid.SampledFrom(idValues).Draw(t, "identifier_value"),
		})
	}
	return record
}

func drawValue(t *rapid.T, kind query.Kind) any {
	switch kind {
	case query.Number:
		number, _ := query.ParseNumber(rapid.SampledFrom(decimals).Draw(t, "value"))
		return number
	case query.Time:
		at, _ := query.ParseTime(rapid.SampledFrom(times).Draw(t, "value"))
		return at
	case query.Boolean:
		return rapid.Bool().Draw(t, "value")
	}
	return rapid.SampledFrom(texts).Draw(t, "value")
}

func drawNode(t *rapid.T, depth int) query.Node {
	shape := rapid.IntRange(0, 5).Draw(t, "node")
	if depth == 0 {
		shape %= 3
	}
	switch shape {
	case 0:
		return query.HasIdentifier{Attribute: "identifier", Type: rapid.SampledFrom(idTypes).Draw(t, "type"), Value: rapid.SampledFrom(idValues).Draw(t, "value")}
	case 3:
		return query.And{drawNode(t, depth-1), drawNode(t, depth-1)}
	case 4:
		return query.Or{drawNode(t, depth-1), drawNode(t, depth-1)}
	case 5:
		return query.Not{Of: drawNode(t, depth-1)}
	}
	comparison := query.Compare{
		Path: rapid.SampledFrom(paths).Draw(t, "path"),
		Kind: rapid.SampledFrom([]query.Kind{query.Text, query.Number, query.Time, query.Boolean}).Draw(t, "kind"),
		Op:   rapid.SampledFrom([]query.Op{query.Eq, query.Lt, query.Le, query.Gt, query.Ge, query.In}).Draw(t, "op"),
	}
	if (comparison.Kind == query.Text || comparison.Kind == query.Boolean) && comparison.Op != query.In {
		comparison.Op = query.Eq
	}
	if rapid.Bool().Draw(t, "spelt otherwise") {
		comparison.Spellings = []string{comparison.Path, rapid.SampledFrom(paths).Draw(t, "spelling")}
	}
	comparison.Values = []any{drawValue(t, comparison.Kind)}
	if comparison.Op == query.In {
		comparison.Values = append(comparison.Values, drawValue(t, comparison.Kind))
	}
	return comparison
}

// SQL finds exactly the records that meet the condition, in the order of insertion.
func TestSearchAgreesWithMatches(t *testing.T) {
	person, _ := social(t).Record("Person")
	onEach(t, func(t *testing.T, s store.Store) {
		rapid.Check(t, func(rt *rapid.T) {
			records := make([]store.Record, rapid.IntRange(1, 8).Draw(rt, "records"))
			for i := range records {
				raw, err := json.Marshal(drawRecord(rt))
				require.NoError(t, err)
				records[i] = record("Person", fmt.Sprint(i), string(raw))
			}
			require.NoError(rt, s.Renew(t.Context(), "social"))
			require.NoError(rt, s.PutRecords(t.Context(), withStrangers(records)))
			for range 4 {
				node := drawNode(rt, 3)
				var want []string
				for _, record := range records {
					if query.Matches(node, decode(rt, record.Data)) {
						want = append(want, string(record.Data))
					}
				}
				found, err := s.Search(t.Context(), query.Query{Interface: "social", Record: person, Where: node})
				require.NoError(rt, err)
				require.Equal(rt, want, asText(found.Records))
				require.Equal(rt, len(want), found.Total)
			}
		})
	})
}

// withStrangers adds each record again as one of another type and of another interface, which no search
// of the first may find.
func withStrangers(records []store.Record) []store.Record {
	all := slices.Clone(records)
	for _, record := range records {
		otherType, otherInterface := record, record
		otherType.RecordType = "Group"
		otherInterface.Interface = "crvs"
		all = append(all, otherType, otherInterface)
	}
	return all
}

func decode(t require.TestingT, raw []byte) any {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	var value any
	require.NoError(t, decoder.Decode(&value))
	return value
}

func asText(records []json.RawMessage) []string {
	var all []string
	for _, record := range records {
		all = append(all, string(record))
	}
	return all
}

// A sort orders numbers by value and times by instant, the records without the attribute come last, and
// those that are equal keep the order of insertion.
func TestSortAgreesWithValues(t *testing.T) {
	person, _ := social(t).Record("Person")
	type sample struct {
		kind   query.Kind
		values []string
	}
	onEach(t, func(t *testing.T, s store.Store) {
		rapid.Check(t, func(rt *rapid.T) {
			by := rapid.SampledFrom([]sample{{query.Number, decimals}, {query.Time, times}}).Draw(rt, "by")
			descending := rapid.Bool().Draw(rt, "descending")
			type row struct {
				value any
				data  string
			}
			var rows []row
			var records []store.Record
			for i := range rapid.IntRange(0, 12).Draw(rt, "records") {
				data := fmt.Sprintf(`{"n":%d}`, i)
				var value any
				if rapid.IntRange(0, 4).Draw(rt, "has it") > 0 {
					text := rapid.SampledFrom(by.values).Draw(rt, "value")
					data = fmt.Sprintf(`{"n":%d,"one":%q}`, i, text)
					value = readAs(by.kind, text)
				}
				rows = append(rows, row{value, data})
				records = append(records, record("Person", fmt.Sprint(i), data))
			}
			require.NoError(rt, s.Renew(t.Context(), "social"))
			require.NoError(rt, s.PutRecords(t.Context(), records))
			slices.SortStableFunc(rows, func(a, b row) int {
				if a.value == nil || b.value == nil {
					return boolOrder(a.value == nil, b.value == nil)
				}
				if descending {
					a, b = b, a
				}
				return compare(a.value, b.value)
			})
			var want []string
			for _, row := range rows {
				want = append(want, row.data)
			}
			size := rapid.IntRange(1, 5).Draw(rt, "page size")
			var got []string
			for page := 1; ; page++ {
				found, err := s.Search(t.Context(), query.Query{Interface: "social", Record: person,
					Sort: []query.Sort{{Path: "one", Kind: by.kind, Descending: descending}}, Page: &query.Page{Size: size, Number: page}})
				require.NoError(rt, err)
				require.Equal(rt, len(want), found.Total)
				if len(found.Records) == 0 {
					break
				}
				got = append(got, asText(found.Records)...)
			}
			require.Equal(rt, want, got)
		})
	})
}

func readAs(kind query.Kind, text string) any {
	if kind == query.Number {
		number, _ := query.ParseNumber(text)
		return number
	}
	at, _ := query.ParseTime(text)
	return at
}

func compare(a, b any) int {
	if number, ok := a.(*apd.Decimal); ok {
		return number.Cmp(b.(*apd.Decimal))
	}
	return a.(time.Time).Compare(b.(time.Time))
}

func boolOrder(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}
