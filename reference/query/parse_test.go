package query_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/spconform/spconform/datadictionary"
	"github.com/spconform/spconform/reference/query"
	"github.com/spconform/spconform/spec"
	"github.com/spconform/spconform/spec/message"
)

func dictionary(t testing.TB) *datadictionary.Dictionary {
	t.Helper()
	d, err := datadictionary.Load()
	require.NoError(t, err)
	return d
}

func social(t testing.TB) spec.Interface {
	t.Helper()
	iface, err := spec.FindInterface("social")
	require.NoError(t, err)
	return iface
}

// criteria reads search_criteria as a message carries them.
func criteria(t testing.TB, text string) message.SearchCriteria {
	t.Helper()
	var read message.SearchCriteria
	require.NoError(t, json.Unmarshal([]byte(text), &read))
	return read
}

// whole is a record that each condition of the tables below is tried on.
const whole = `{
	"group_identifier": [{"identifier_type": "UIN", "identifier_value": "G-1"}, {"identifier_type": "HHN", "identifier_value": 77}],
	"group_type": "H", "poverty_score": "4.10", "group_size": 4, "place_address": true,
	"registration_date": "2024-05-01T10:00:00+02:00",
	"spdci:member_list": [
		{"demographic_info": {"@type": "Person", "name": {"surname": "Okoro"}, "birth_date": "1980-01-31"}, "is_disabled": "0"},
		{"demographic_info": {"name": {"surname": "Abebe"}, "birth_date": "2015-06-01T00:00:00Z"}, "is_disabled": true}],
	"place": {"address": "1 Main Road"}
}`

func decoded(t testing.TB, text string) any {
	t.Helper()
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	var value any
	require.NoError(t, decoder.Decode(&value))
	return value
}

func expression(condition string) string {
	return `{"reg_record_type":"Group","query_type":"expression","query":{"type":"ns:org:QueryType:NoSql","value":{"expression":{"collection":"Group","query":` + condition + `}}}}`
}

func predicate(items string) string {
	return `{"reg_record_type":"Group","query_type":"predicate","query":` + items + `}`
}

func side(name, operator, value string) string {
	return fmt.Sprintf(`{"attribute_name":%q,"operator":%q,"attribute_value":%s}`, name, operator, value)
}

var (
	yes  = side("group_size", "eq", "4")
	no   = side("group_size", "gt", "4")
	also = side("poverty_score", "le", `"4.1"`)
)

func TestConditions(t *testing.T) {
	d, iface, record := dictionary(t), social(t), decoded(t, whole)
	for _, test := range []struct {
		name, criteria string
		want           bool
	}{
		{"identifier", `{"reg_record_type":"Group","query_type":"idtype-value","query":{"type":"UIN","value":"G-1"}}`, true},
		{"identifier by integer", `{"reg_record_type":"Group","query_type":"ns:org:QueryType:idtype-value","query":{"type":"HHN","value":77}}`, true},
		{"identifier of other type", `{"reg_record_type":"Group","query_type":"idtype-value","query":{"type":"BRN","value":"G-1"}}`, false},
		{"identifier of no record", `{"reg_record_type":"Group","query_type":"idtype-value","query":{"type":"UIN","value":"G-10"}}`, false},

		{"decimal equal by value", expression(`{"poverty_score":{"$eq":4.1}}`), true},
		{"decimal exact", expression(`{"poverty_score":4.1000000000000000000000001}`), false},
		{"decimal below", expression(`{"poverty_score":{"$lt":"4.11"}}`), true},
		{"decimal not below itself", expression(`{"poverty_score":{"$lt":4.10}}`), false},
		{"lte", expression(`{"group_size":{"$lte":4}}`), true},
		{"le", expression(`{"group_size":{"$le":3}}`), false},
		{"gte", expression(`{"group_size":{"$gte":4}}`), true},
		{"ge", expression(`{"group_size":{"$ge":5}}`), false},
		{"gt", expression(`{"group_size":{"$gt":3}}`), true},
		{"in", expression(`{"group_size":{"$in":[1,4]}}`), true},
		{"in without it", expression(`{"group_size":{"$in":[1,5]}}`), false},
		{"between", expression(`{"group_size":{"$gt":3,"$lt":5}}`), true},
		{"between missed on one end", expression(`{"group_size":{"$gt":3,"$lt":4}}`), false},
		{"code", expression(`{"group_type":"H"}`), true},
		{"code in other case", expression(`{"group_type":"h"}`), false},
		{"instant in another offset", expression(`{"registration_date":"2024-05-01T08:00:00Z"}`), true},
		{"instant after midnight", expression(`{"registration_date":{"$gt":"2024-05-01"}}`), true},
		{"full-date is midnight", expression(`{"member_list.demographic_info.birth_date":"1980-01-31T00:00:00Z"}`), true},
		{"any element", expression(`{"member_list.demographic_info.name.surname":{"$eq":"Abebe"}}`), true},
		{"no element", expression(`{"member_list.demographic_info.name.surname":{"$eq":"Abebe "}}`), false},
		{"boolean", expression(`{"place_address":true}`), true},
		{"boolean written as text", expression(`{"member_list.is_disabled":false}`), true},
		{"older spelling in the query", expression(`{"household_size":{"$lt":5}}`), true},
		{"older spelling in the record", expression(`{"geographical_location.address_line":"1 Main Road"}`), true},
		{"absent attribute", expression(`{"poverty_score_type":"PMT"}`), false},

		{"several attributes are and", expression(`{"group_size":4,"group_type":"X"}`), false},
		{"and", expression(`{"$and":[{"group_size":4},{"group_type":"H"}]}`), true},
		{"and with a miss", expression(`{"$and":[{"group_size":4},{"group_type":"X"}]}`), false},
		{"and of an object", expression(`{"$and":{"group_size":4,"group_type":"X"}}`), false},
		{"or", expression(`{"$or":[{"group_size":5},{"group_type":"H"}]}`), true},
		{"or without a hit", expression(`{"$or":[{"group_size":5},{"group_type":"X"}]}`), false},
		{"or of an object", expression(`{"$or":{"group_size":5,"group_type":"H"}}`), true},
		{"an or's object is and", expression(`{"$or":[{"group_size":4,"group_type":"X"}]}`), false},
		{"not", expression(`{"$not":{"group_size":4}}`), false},
		{"not of a miss", expression(`{"$not":[{"group_size":5}]}`), true},
		{"not of an absent attribute", expression(`{"$not":{"poverty_score_type":"PMT"}}`), true},
		{"nested", expression(`{"$or":[{"$and":[{"group_size":4},{"$not":{"group_type":"X"}}]},{"group_size":9}]}`), true},

		{"predicate", predicate(`[{"seq_num":1,"expression1":` + yes + `}]`), true},
		{"predicate missed", predicate(`[{"seq_num":1,"expression1":` + no + `}]`), false},
		{"predicate and", predicate(`[{"expression1":` + yes + `,"condition":"and","expression2":` + also + `}]`), true},
		{"predicate and, second missed", predicate(`[{"expression1":` + yes + `,"condition":"and","expression2":` + no + `}]`), false},
		{"predicate or", predicate(`[{"expression1":` + no + `,"condition":"or","expression2":` + yes + `}]`), true},
		{"predicate not", predicate(`[{"expression1":` + yes + `,"condition":"not","expression2":` + no + `}]`), true},
		{"predicate not, second holds", predicate(`[{"expression1":` + yes + `,"condition":"not","expression2":` + also + `}]`), false},
		{"predicate not, first missed", predicate(`[{"expression1":` + no + `,"condition":"not","expression2":` + no + `}]`), false},
		{"items are and", predicate(`[{"seq_num":2,"expression1":` + yes + `},{"seq_num":1,"expression1":` + no + `}]`), false},
		{"predicate in", predicate(`[{"expression1":` + side("group_size", "in", "[3,4]") + `}]`), true},
		{"identifier type as attribute", predicate(`[{"seq_num":"","expression1":` + side("UIN", "eq", `"G-1"`) + `,"condition":"","expression2":""}]`), true},
		{"identifier type as attribute, other type", predicate(`[{"expression1":` + side("BRN", "eq", `"G-1"`) + `}]`), false},
		{"predicates as expression", `{"response_entity":"Group","query_type":"expression","query":[{"expression1":` + yes + `}]}`, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			q, err := query.Parse(d, iface, criteria(t, test.criteria))
			require.NoError(t, err)
			require.Equal(t, "Group", q.Record.Name)
			require.Equal(t, test.want, query.Matches(q.Where, record))
		})
	}
}

func TestRefusals(t *testing.T) {
	d, iface := dictionary(t), social(t)
	const (
		criteriaCode = message.RejectSearchCriteria
		filterCode   = message.RejectFilter
	)
	person := func(rest string) string {
		return `{"query_type":"idtype-value","query":{"type":"UIN","value":"1"},` + rest + `}`
	}
	for _, test := range []struct {
		name, criteria string
		want           message.ReasonCode
	}{
		{"no query type", `{"query":{"type":"UIN","value":"1"}}`, criteriaCode},
		{"graphql", `{"query_type":"graphql","query":{"type":"graphql","value":{"expression":"{a}"}}}`, criteriaCode},
		{"no query", `{"query_type":"idtype-value"}`, criteriaCode},
		{"null query", `{"query_type":"idtype-value","query":null}`, criteriaCode},
		{"other registry", person(`"reg_type":"ns:org:RegistryType:Civil"`), criteriaCode},
		{"unknown record type", person(`"reg_record_type":"Vehicle"`), criteriaCode},
		{"unknown response entity", person(`"response_entity":"Vehicle"`), criteriaCode},
		{"identifier without type", `{"query_type":"idtype-value","query":{"value":"1"}}`, criteriaCode},
		{"identifier of empty type", `{"query_type":"idtype-value","query":{"type":"","value":"1"}}`, criteriaCode},
		{"identifier without value", `{"query_type":"idtype-value","query":{"type":"UIN"}}`, criteriaCode},
		{"identifier of empty value", `{"query_type":"idtype-value","query":{"type":"UIN","value":""}}`, criteriaCode},
		{"identifier of object value", `{"query_type":"idtype-value","query":{"type":"UIN","value":{}}}`, criteriaCode},
		{"identifier of fraction", `{"query_type":"idtype-value","query":{"type":"UIN","value":1.5}}`, criteriaCode},
		{"identifier list", `{"query_type":"idtype-value","query":[{"type":"UIN","value":"1"}]}`, criteriaCode},
		{"identifier and more", `{"query_type":"idtype-value","query":{"type":"UIN","value":"1","sex":"f"}}`, criteriaCode},

		{"unknown attribute", expression(`{"shoe_size":4}`), filterCode},
		{"unknown part of a path", expression(`{"member_list.shoe_size":4}`), filterCode},
		{"object attribute", expression(`{"group_head_info":4}`), filterCode},
		{"attribute of another record", expression(`{"birth_date":"1980-01-31"}`), filterCode},
		{"unknown operator", expression(`{"group_size":{"$regex":"4"}}`), filterCode},
		{"operator without sign", expression(`{"group_size":{"eq":4}}`), filterCode},
		{"unknown connective", expression(`{"$nor":[{"group_size":4}]}`), filterCode},
		{"empty query", expression(`{}`), filterCode},
		{"empty and", expression(`{"$and":[]}`), filterCode},
		{"empty or", expression(`{"$or":[]}`), filterCode},
		{"empty not", expression(`{"$not":{}}`), filterCode},
		{"empty object in and", expression(`{"$and":[{"group_size":4},{}]}`), filterCode},
		{"array in and", expression(`{"$and":[[{"group_size":4}]]}`), filterCode},
		{"empty comparison", expression(`{"group_size":{}}`), filterCode},
		{"null comparison", expression(`{"group_size":null}`), filterCode},
		{"array comparison", expression(`{"group_size":[4]}`), filterCode},
		{"text for a number", expression(`{"group_size":"four"}`), filterCode},
		{"boolean for a number", expression(`{"group_size":true}`), filterCode},
		{"number for a text", expression(`{"group_type":4}`), filterCode},
		{"text for a time", expression(`{"registration_date":"yesterday"}`), filterCode},
		{"day that does not exist", expression(`{"registration_date":"1980-02-31"}`), filterCode},
		{"number for a time", expression(`{"registration_date":1980}`), filterCode},
		{"text for a boolean", expression(`{"place_address":"true"}`), filterCode},
		{"order of texts", expression(`{"group_type":{"$gt":"A"}}`), filterCode},
		{"empty in", expression(`{"group_size":{"$in":[]}}`), filterCode},
		{"in without array", expression(`{"group_size":{"$in":4}}`), filterCode},
		{"in of mixed types", expression(`{"group_size":{"$in":[4,"four"]}}`), filterCode},
		{"endless number", expression(`{"group_size":` + strings.Repeat("9", 200) + `}`), filterCode},
		{"huge exponent", expression(`{"group_size":1e99999}`), filterCode},
		{"member named twice", expression(`{"group_size":4,"group_size":5}`), filterCode},
		{"other collection", `{"reg_record_type":"Group","query_type":"expression","query":{"value":{"expression":{"collection":"Member","query":{"group_size":4}}}}}`, filterCode},
		{"expression without value", `{"query_type":"expression","query":{"type":"x"}}`, filterCode},
		{"expression beside the query", `{"query_type":"expression","query":{"value":{"expression":{"query":{"sex":"f"},"filter":{}}}}}`, filterCode},
		{"too deep", expression(strings.Repeat(`{"$and":[`, 30) + `{"group_size":4}` + strings.Repeat(`]}`, 30)), filterCode},
		{"too many conditions", expression(`{"$or":[` + strings.TrimSuffix(strings.Repeat(`{"group_size":4},`, 500), ",") + `]}`), filterCode},
		{"too many values", expression(`{"group_size":{"$in":[` + strings.TrimSuffix(strings.Repeat(`4,`, 2000), ",") + `]}}`), filterCode},

		{"no predicates", predicate(`[]`), filterCode},
		{"predicate object", predicate(`{}`), filterCode},
		{"no first side", predicate(`[{"seq_num":1}]`), filterCode},
		{"empty first side", predicate(`[{"expression1":""}]`), filterCode},
		{"condition without second side", predicate(`[{"expression1":` + yes + `,"condition":"and"}]`), filterCode},
		{"second side without condition", predicate(`[{"expression1":` + yes + `,"expression2":` + yes + `}]`), filterCode},
		{"second side with empty condition", predicate(`[{"expression1":` + yes + `,"condition":"","expression2":` + yes + `}]`), filterCode},
		{"unknown condition", predicate(`[{"expression1":` + yes + `,"condition":"xor","expression2":` + yes + `}]`), filterCode},
		{"condition that is no text", predicate(`[{"expression1":` + yes + `,"condition":{},"expression2":` + yes + `}]`), filterCode},
		{"third side", predicate(`[{"expression1":` + yes + `,"condition":"and","expression2":` + yes + `,"expression3":` + yes + `}]`), filterCode},
		{"unknown operator of a predicate", predicate(`[{"expression1":` + side("group_size", "$eq", "4") + `}]`), filterCode},
		{"predicate without value", predicate(`[{"expression1":{"attribute_name":"group_size","operator":"eq"}}]`), filterCode},
		{"predicate without name", predicate(`[{"expression1":{"operator":"eq","attribute_value":4}}]`), filterCode},
		{"predicate with more", predicate(`[{"expression1":{"attribute_name":"group_size","operator":"eq","attribute_value":4,"or":1}}]`), filterCode},
		{"seq_num of text", predicate(`[{"seq_num":"first","expression1":` + yes + `}]`), filterCode},
		{"order of identifiers", predicate(`[{"expression1":` + side("UIN", "gt", `"1"`) + `}]`), filterCode},

		{"sort by unknown attribute", person(`"sort":[{"attribute_name":"shoe_size"}]`), message.RejectSort},
		{"sort by identifier type", person(`"sort":[{"attribute_name":"UIN"}]`), message.RejectSort},
		{"sort by repeated attribute", person(`"sort":[{"attribute_name":"email"}]`), message.RejectSort},
		{"sort by part of a repeated attribute", person(`"sort":[{"attribute_name":"identifier.identifier_value"}]`), message.RejectSort},
		{"sort by object", person(`"sort":[{"attribute_name":"name"}]`), message.RejectSort},
		{"sort by nothing", person(`"sort":[{}]`), message.RejectSort},
		{"sort in no order", person(`"sort":[{"attribute_name":"birth_date","sort_order":"up"}]`), message.RejectSort},
		{"empty page", person(`"pagination":{"page_size":0}`), message.RejectPagination},
		{"page without size", person(`"pagination":{"page_number":1}`), message.RejectPagination},
		{"negative page", person(`"pagination":{"page_size":-1}`), message.RejectPagination},
		{"page too large", person(`"pagination":{"page_size":1001}`), message.RejectPagination},
		{"page number 0", person(`"pagination":{"page_size":10,"page_number":0}`), message.RejectPagination},
		{"page number below 0", person(`"pagination":{"page_size":10,"page_number":-1}`), message.RejectPagination},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := query.Parse(d, iface, criteria(t, test.criteria))
			var refused *query.Error
			require.True(t, errors.As(err, &refused), "it is not refused")
			require.Equal(t, test.want, refused.Code, refused.Error())
			require.NotContains(t, refused.Error(), "\n")
		})
	}
}

// A reason must not tell what a query held.
func TestRefusalNamesNoValue(t *testing.T) {
	for _, text := range []string{
		expression(`{"group_size":"Sesame"}`),
		expression(`{"Sesame":{"$eq":"Sesame"}}`),
		expression(`{"$Sesame":1}`),
		expression(`{"group_type":{"$Sesame":1}}`),
		predicate(`[{"expression1":` + side("Sesame", "eq", `"Sesame"`) + `}]`),
		predicate(`[{"Sesame":1}]`),
		`{"query_type":"Sesame","query":{}}`,
		`{"reg_type":"Sesame","query_type":"idtype-value","query":{}}`,
		`{"reg_record_type":"Sesame","query_type":"idtype-value","query":{}}`,
	} {
		_, err := query.Parse(dictionary(t), social(t), criteria(t, text))
		require.Error(t, err)
		require.NotContains(t, err.Error(), "Sesame")
	}
}

func TestRecordTypeIsChosen(t *testing.T) {
	const rest = `"query_type":"idtype-value","query":{"type":"UIN","value":"1"}}`
	for _, test := range []struct{ name, criteria, want, attribute string }{
		{"first by default", `{` + rest, "Person", "identifier"},
		{"by reg_record_type", `{"reg_record_type":"Member",` + rest, "Member", "member_identifier"},
		{"by alias", `{"reg_record_type":"spdci-extensions-dci:Member",` + rest, "Member", "member_identifier"},
		{"by response_entity", `{"response_entity":"Group",` + rest, "Group", "group_identifier"},
		{"by response_entity in lower case", `{"response_entity":"member",` + rest, "Member", "member_identifier"},
		{"reg_record_type before response_entity", `{"reg_record_type":"Person","response_entity":"Group",` + rest, "Person", "identifier"},
		{"registry by its last segment", `{"reg_type":"Social",` + rest, "Person", "identifier"},
	} {
		t.Run(test.name, func(t *testing.T) {
			q, err := query.Parse(dictionary(t), social(t), criteria(t, test.criteria))
			require.NoError(t, err)
			require.Equal(t, test.want, q.Record.Name)
			require.Equal(t, query.HasIdentifier{Attribute: test.attribute, Type: "UIN", Value: "1"}, q.Where)
		})
	}
	q, err := query.Parse(dictionary(t), social(t), criteria(t,
		`{"query_type":"expression","query":{"value":{"expression":{"collection":"HouseHold","query":{"group_size":1}}}}}`))
	require.NoError(t, err)
	require.Equal(t, "Group", q.Record.Name)
}

func TestSortAndPage(t *testing.T) {
	q, err := query.Parse(dictionary(t), social(t), criteria(t, `{"query_type":"idtype-value","query":{"type":"UIN","value":"1"},
		"sort":[{"attribute_name":"birth_date","sort_order":"desc"},{"attribute_name":"spdci:name.surname"}],
		"pagination":{"page_size":10}}`))
	require.NoError(t, err)
	require.Equal(t, &query.Page{Size: 10, Number: 1}, q.Page)
	require.Len(t, q.Sort, 2)
	require.Equal(t, "birth_date", q.Sort[0].Path)
	require.Equal(t, query.Time, q.Sort[0].Kind)
	require.True(t, q.Sort[0].Descending)
	require.Equal(t, "name.surname", q.Sort[1].Path)
	require.False(t, q.Sort[1].Descending)
}

func TestSubscriptionFilter(t *testing.T) {
	iface := social(t)
	group, _ := iface.Record("Group")
	node, err := query.ParseFilter(dictionary(t), iface, group, "idtype-value", json.RawMessage(`{"type":"UIN","value":"G-1"}`))
	require.NoError(t, err)
	require.True(t, query.Matches(node, decoded(t, whole)))
	_, err = query.ParseFilter(dictionary(t), iface, group, "expression", json.RawMessage(`{"value":{"expression":{"query":{}}}}`))
	require.Error(t, err)
}

// The published example requests are answered, or refused for what they ask wrongly.
func TestPublishedExamples(t *testing.T) {
	upstream := os.Getenv("SPCONFORM_UPSTREAM")
	if upstream == "" {
		upstream = filepath.Join("..", "..", "..", "shared", "upstream")
	}
	folder := filepath.Join(upstream, "dci-samples", "social")
	if _, err := os.Stat(folder); err != nil {
		t.Skip("the published examples are not here: set SPCONFORM_UPSTREAM to their folder")
	}
	for name, want := range map[string]message.ReasonCode{
		"processflow1-1req.json": "",
		"processflow1-2req.json": "",
		"processflow1-3req.json": message.RejectFilter, // a path that the record type lacks
		"processflow2req.json":   message.RejectSort,   // sorts by an identifier type
		"processflow3areq.json":  message.RejectFilter, // condition twice, expression3
		"processflow4req.json":   message.RejectFilter, // condition twice, expression3
	} {
		t.Run(name, func(t *testing.T) {
			raw, err := os.ReadFile(filepath.Join(folder, name))
			require.NoError(t, err)
			var request struct {
				Message struct {
					Items []struct {
						Criteria struct {
							QueryType      string              `json:"query_type"`
							ResponseEntity string              `json:"response_entity"`
							Query          json.RawMessage     `json:"query"`
							Sort           []message.SortItem  `json:"sort"`
							Pagination     *message.Pagination `json:"pagination"`
						} `json:"search_criteria"`
					} `json:"search_request"`
				} `json:"message"`
			}
			require.NoError(t, json.Unmarshal(raw, &request))
			asked := request.Message.Items[0].Criteria
			_, err = query.Parse(dictionary(t), social(t), message.SearchCriteria{QueryType: asked.QueryType,
				ResponseEntity: asked.ResponseEntity, Query: asked.Query, Sort: asked.Sort, Pagination: asked.Pagination})
			if want == "" {
				require.NoError(t, err)
				return
			}
			var refused *query.Error
			require.True(t, errors.As(err, &refused), "it is not refused")
			require.Equal(t, want, refused.Code)
		})
	}
}

func FuzzParse(f *testing.F) {
	d, iface := dictionary(f), social(f)
	record := decoded(f, whole)
	for _, kind := range []string{"idtype-value", "expression", "predicate"} {
		f.Add(kind, []byte(`{"type":"UIN","value":"1"}`))
		f.Add(kind, []byte(`{"value":{"expression":{"query":{"$or":[{"group_size":{"$in":[1]}}]}}}}`))
		f.Add(kind, []byte(`[{"expression1":`+yes+`,"condition":"not","expression2":`+no+`}]`))
	}
	f.Fuzz(func(t *testing.T, kind string, raw []byte) {
		q, err := query.Parse(d, iface, message.SearchCriteria{RegRecordType: "Group", QueryType: kind, Query: raw})
		if err == nil {
			require.NotNil(t, q.Where)
			query.Matches(q.Where, record)
			return
		}
		var refused *query.Error
		require.True(t, errors.As(err, &refused))
	})
}
