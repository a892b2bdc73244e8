package store_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/spconform/spconform/reference/query"
	"github.com/spconform/spconform/reference/store"
	"github.com/spconform/spconform/spec/message"
)

func group(key, score string) store.Record {
	return record("Group", key, fmt.Sprintf(`{"group_identifier":[{"identifier_type":"UIN","identifier_value":%q}],"poverty_score":%s}`, key, score))
}

func TestSearchByIdentifier(t *testing.T) {
	onEach(t, func(t *testing.T, s store.Store) {
		put(t, s,
			record("Person", "1", `{"identifier":[{"identifier_type":"UIN","identifier_value":"100"},{"identifier_type":"BRN","identifier_value":"200"}]}`),
			record("Person", "2", `{"identifier":[{"identifier_type":"UIN","identifier_value":"1000"}]}`),
			record("Person", "3", `{"spdci:identifier":{"spdci:identifier_type":"NID","spdci:identifier_value":7}}`),
			record("Group", "1", `{"identifier":[{"identifier_type":"UIN","identifier_value":"100"}]}`),
		)
		for _, test := range []struct {
			name, kind string
			value      string
			want       int
		}{
			{"held", "UIN", `"100"`, 1},
			{"integer", "UIN", `100`, 1},
			{"second identifier", "BRN", `"200"`, 1},
			{"prefixed and number in the record", "NID", `"7"`, 1},
			{"other type", "BRN", `"100"`, 0},
			{"other case", "uin", `"100"`, 0},
			{"beginning only", "UIN", `"10"`, 0},
			{"wildcard", "UIN", `"1%"`, 0},
			{"injection", "UIN", `"100' OR '1'='1"`, 0},
			{"nul", "UIN", `"100\u0000"`, 0},
		} {
			t.Run(test.name, func(t *testing.T) {
				found := search(t, s, parse(t, message.SearchCriteria{RegRecordType: "Person", QueryType: "idtype-value",
					Query: json.RawMessage(fmt.Sprintf(`{"type":%q,"value":%s}`, test.kind, test.value))}))
				require.Equal(t, test.want, found.Total)
				require.Len(t, found.Records, test.want)
			})
		}
	})
}

func groups(t testing.TB, condition string) message.SearchCriteria {
	t.Helper()
	return message.SearchCriteria{RegRecordType: "Group", QueryType: "expression",
		Query: json.RawMessage(`{"value":{"expression":{"query":` + condition + `}}}`)}
}

func TestRecordsAreReplacedByKey(t *testing.T) {
	onEach(t, func(t *testing.T, s store.Store) {
		put(t, s, group("1", "1"), group("2", "2"), group("3", "3"))
		put(t, s, group("1", "7"), group("1", "8"))

		require.Zero(t, search(t, s, parse(t, groups(t, `{"poverty_score":{"$in":[1,7]}}`))).Total, "what it held before is found")
		all := search(t, s, parse(t, groups(t, `{"poverty_score":{"$gt":0}}`)))
		require.Equal(t, 3, all.Total)
		require.Contains(t, string(all.Records[0]), `"poverty_score":8`, "a replaced record keeps its place")

		held, ok, err := s.Record(t.Context(), "social", "Group", "1")
		require.NoError(t, err)
		require.True(t, ok)
		require.Equal(t, group("1", "8"), held)
		_, ok, err = s.Record(t.Context(), "crvs", "Group", "1")
		require.NoError(t, err)
		require.False(t, ok)

		held, ok, err = s.FindByIdentifier(t.Context(), "social", "Group", "group_identifier", "UIN", "2")
		require.NoError(t, err)
		require.True(t, ok)
		require.Equal(t, group("2", "2"), held)
		for _, wrong := range [][4]string{
			{"Person", "group_identifier", "UIN", "2"}, {"Group", "identifier", "UIN", "2"},
			{"Group", "group_identifier", "BRN", "2"}, {"Group", "group_identifier", "UIN", "4"},
		} {
			_, ok, err = s.FindByIdentifier(t.Context(), "social", wrong[0], wrong[1], wrong[2], wrong[3])
			require.NoError(t, err)
			require.False(t, ok, wrong)
		}

		require.NoError(t, s.Renew(t.Context(), "crvs"))
		require.Equal(t, 3, search(t, s, parse(t, groups(t, `{"poverty_score":{"$gt":0}}`))).Total)
		require.NoError(t, s.Renew(t.Context(), "social"))
		require.Zero(t, search(t, s, parse(t, groups(t, `{"poverty_score":{"$gt":0}}`))).Total)
		put(t, s, group("9", "9"))
		require.Equal(t, 1, search(t, s, parse(t, groups(t, `{"poverty_score":{"$gt":0}}`))).Total)
	})
}

func TestPages(t *testing.T) {
	onEach(t, func(t *testing.T, s store.Store) {
		var records []store.Record
		for i := range 1203 {
			records = append(records, group(fmt.Sprint(i), fmt.Sprint(i)))
		}
		put(t, s, records...)
		for _, test := range []struct {
			name                string
			page                *message.Pagination
			want, first, total  int
			condition, ordering string
		}{
			{"first", &message.Pagination{PageSize: 10, PageNumber: 1}, 10, 0, 1203, `{"poverty_score":{"$ge":0}}`, "asc"},
			{"second", &message.Pagination{PageSize: 10, PageNumber: 2}, 10, 10, 1203, `{"poverty_score":{"$ge":0}}`, "asc"},
			{"descending", &message.Pagination{PageSize: 10, PageNumber: 2}, 10, 1192, 1203, `{"poverty_score":{"$ge":0}}`, "desc"},
			{"last", &message.Pagination{PageSize: 1000, PageNumber: 2}, 203, 1000, 1203, `{"poverty_score":{"$ge":0}}`, "asc"},
			{"beyond", &message.Pagination{PageSize: 1000, PageNumber: 3}, 0, 0, 1203, `{"poverty_score":{"$ge":0}}`, "asc"},
			{"far beyond", &message.Pagination{PageSize: 1000, PageNumber: 2147483647}, 0, 0, 1203, `{"poverty_score":{"$ge":0}}`, "asc"},
			{"exactly full", &message.Pagination{PageSize: 3, PageNumber: 1}, 3, 1200, 3, `{"poverty_score":{"$ge":1200}}`, "asc"},
			{"nothing", &message.Pagination{PageSize: 3, PageNumber: 1}, 0, 0, 0, `{"poverty_score":{"$lt":0}}`, "asc"},
			{"none asked", nil, 1000, 0, 1203, `{"poverty_score":{"$ge":0}}`, "asc"},
		} {
			t.Run(test.name, func(t *testing.T) {
				criteria := groups(t, test.condition)
				criteria.Pagination = test.page
				criteria.Sort = []message.SortItem{{AttributeName: "poverty_score", SortOrder: test.ordering}}
				found := search(t, s, parse(t, criteria))
				require.Len(t, found.Records, test.want)
				require.Equal(t, test.total, found.Total)
				if test.want > 0 {
					require.JSONEq(t, string(group(fmt.Sprint(test.first), fmt.Sprint(test.first)).Data), string(found.Records[0]))
				}
			})
		}
	})
}

// Names and values from outside stay values: nothing of them becomes SQL, whatever they hold.
func TestHostileRecords(t *testing.T) {
	long := string(bytes.Repeat([]byte("x"), 100_000))
	onEach(t, func(t *testing.T, s store.Store) {
		put(t, s, group("1", "1"))
		for _, data := range []string{
			`{"a'); DROP TABLE records; --":1,"group_identifier":[{"identifier_type":"'","identifier_value":"\";"}]}`,
			`{"\u0000":"\u0000","group_type":"\u0000"}`, `{"":{"":[""]}}`, `{"?":"?","$1":"$1"}`,
			`{"` + long + `":"` + long + `","group_type":"` + long + `"}`,
			`{"group_identifier":[{"identifier_type":"` + long + `","identifier_value":"` + long + `"}]}`,
			`{"poverty_score":1e999999999,"group_size":` + string(bytes.Repeat([]byte("9"), 5000)) + `}`,
			`{"group_type":"\ud800"}`, `[]`, `"text"`, `null`, `7`, "{\"group_type\":\"\xff\"}",
		} {
			digest := sha256.Sum256([]byte(data))
			put(t, s, record("Group", string(digest[:]), data))
		}
		found := search(t, s, parse(t, groups(t, `{"group_type":"`+long+`"}`)))
		require.Equal(t, 1, found.Total)
		found = search(t, s, parse(t, groups(t, `{"group_type":{"$in":["\u0000","'; DROP TABLE records; --"]}}`)))
		require.Equal(t, 1, found.Total)
		require.Equal(t, 1, search(t, s, parse(t, groups(t, `{"poverty_score":1}`))).Total)

		for code, broken := range map[string]store.Record{
			"store.record.invalid": record("Group", "3", `{`),
			"store.name.long":      record("Group", long, `{}`),
		} {
			err := s.PutRecords(t.Context(), []store.Record{group("2", "2"), broken})
			var refused *store.Error
			require.ErrorAs(t, err, &refused)
			require.Equal(t, code, refused.Code)
		}
		require.Equal(t, 1, search(t, s, parse(t, groups(t, `{"poverty_score":{"$gt":0}}`))).Total, "half of a load stayed")
	})
}

// A path as a filter names it is looked up as a value too, should it reach the store unparsed.
func TestHostileQuery(t *testing.T) {
	group, _ := social(t).Record("Group")
	onEach(t, func(t *testing.T, s store.Store) {
		put(t, s, record("Group", "1", `{"group_type":"H"}`))
		hostile := `group_type' OR '1'='1`
		for _, node := range []query.Node{
			query.Compare{Path: hostile, Kind: query.Text, Op: query.Eq, Values: []any{"H"}},
			query.Compare{Path: "group_type", Kind: query.Text, Op: query.Eq, Values: []any{hostile}},
			query.Compare{Path: "group_type", Kind: query.Kind(hostile), Op: query.Eq, Values: []any{"H"}},
			query.HasIdentifier{Attribute: hostile, Type: hostile, Value: hostile},
			query.And{}, query.Or{},
		} {
			found, err := s.Search(t.Context(), query.Query{Interface: "social", Record: group, Where: node,
				Sort: []query.Sort{{Path: hostile, Kind: query.Text}}})
			require.NoError(t, err)
			require.Zero(t, found.Total)
		}
		_, err := s.Search(t.Context(), query.Query{Interface: "social", Record: group,
			Where: query.Compare{Path: "group_type", Kind: query.Text, Op: query.Op(hostile), Values: []any{"H"}}})
		require.Error(t, err)
		require.NotContains(t, err.Error(), hostile)
	})
}
