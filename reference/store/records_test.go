package store_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

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
