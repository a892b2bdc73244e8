package dialect_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/spconform/spconform/conformance/dialect"
	"github.com/spconform/spconform/conformance/exchange"
	"github.com/spconform/spconform/spec"
)

const base = "https://registry.example.org/sr"

// search is a search message with the criteria.
func search(criteria string) string {
	return `{"signature":"","header":{"action":"search","sender_uri":"https://spmis.example.org/cb?run=1"},"message":{"transaction_id":"t-1",` +
		`"search_request":[{"reference_id":"r-1","search_criteria":` + criteria + `},{"reference_id":"r-2","search_criteria":{"query_type":"predicate"}}]}}`
}

func subscribe(criteria string) string {
	return `{"signature":"","header":{"action":"subscribe"},"message":{"subscribe_request":[{"subscribe_criteria":` + criteria + `}]}}`
}

func told(action, status, body string) string {
	return `{"signature":"","header":{"action":"` + action + `","status":"` + status + `"},"message":` + body + `}`
}

const typed, nested = `"query":{"type":"UIN","value":"é 1"}`, `"query":{"type":"idtype-value","value":{"id_type":"UIN","id_value":"é 1"}}`

func expression(query string) string {
	return `{"query_type":"expression","query":{"type":"custom","value":{"expression":{"collection":"Person","query":` + query + `}}}}`
}

// TestWhatIsAsked: a request leaves as the product takes it. Where spoken is empty it leaves as it is.
func TestWhatIsAsked(t *testing.T) {
	for _, row := range []struct{ name, dialect, strict, spoken string }{
		{"idtype-value", "idtype-value-nested", search(`{"query_type":"idtype-value",` + typed + `}`), search(`{"query_type":"idtype-value",` + nested + `}`)},
		{"idtype-value in a subscription", "idtype-value-nested", subscribe(`{"filter_type":"idtype-value",` + strings.Replace(typed, "query", "filter", 1) + `}`),
			subscribe(`{"filter_type":"idtype-value",` + strings.Replace(nested, "query", "filter", 1) + `}`)},
		{"another query type", "idtype-value-nested", search(`{"query_type":"predicate",` + typed + `}`), ""},
		{"an idtype-value query that is wrong", "idtype-value-nested", search(`{"query_type":"idtype-value","query":{"type":"UIN"}}`), ""},
		{"an idtype-value query with more", "idtype-value-nested", search(`{"query_type":"idtype-value","query":{"type":"UIN","value":"1","more":1}}`), ""},
		{"reg_type", "reg-type-short", search(`{"reg_type":"ns:org:RegistryType:Social"}`), search(`{"reg_type":"SR"}`)},
		{"reg_type of a civil registry", "reg-type-short", search(`{"reg_type":"ns:org:RegistryType:Civil"}`), search(`{"reg_type":"CRVS"}`)},
		{"reg_type in a subscription", "reg-type-short", subscribe(`{"reg_type":"ns:org:RegistryType:DR"}`), subscribe(`{"reg_type":"DR"}`)},
		{"a reg_type that is none", "reg-type-short", search(`{"reg_type":"ns:org:RegistryType:Moon"}`), ""},
		{"reg_record_type", "reg-record-type-absent", search(`{"reg_record_type":"Group","reg_type":"ns:org:RegistryType:Social"}`), search(`{"reg_type":"ns:org:RegistryType:Social"}`)},
		{"reg_record_type beside no reg_type", "reg-record-type-absent", search(`{"reg_record_type":"Person","version":"1.0.0"}`), search(`{"version":"1.0.0"}`)},
		{"a reg_record_type that is none", "reg-record-type-absent", search(`{"reg_record_type":"StarChart","reg_type":"ns:org:RegistryType:Social"}`), ""},
		{"reg_record_type that may be named", "reg-record-type-required", search(`{"reg_record_type":"Group"}`), ""},

		{"eq as a range", "expression-range", search(expression(`{"sex":{"$eq":"1"}}`)), search(expression(`{"term":{"sex":"1"}}`))},
		{"in as a range", "expression-range", search(expression(`{"sex":{"$in":["1","2"]}}`)), search(expression(`{"terms":{"sex":["1","2"]}}`))},
		{"gte as a range", "expression-range", search(expression(`{"age":{"$gte":5.50}}`)), search(expression(`{"range":{"age":{"gte":5.50}}}`))},
		{"and as a range", "expression-range", search(expression(`{"$and":[{"a":{"$lt":1}},{"$or":[{"b":{"$eq":2}},{"$not":{"c":{"$gt":3}}}]}]}`)),
			search(expression(`{"bool":{"must":[{"range":{"a":{"lt":1}}},{"bool":{"should":[{"term":{"b":2}},{"bool":{"must_not":[{"range":{"c":{"gt":3}}}]}}]}}]}}`))},
		{"two comparisons of one attribute as a range", "expression-range", search(expression(`{"a":{"$gte":1,"$lt":2}}`)),
			search(expression(`{"bool":{"must":[{"range":{"a":{"gte":1}}},{"range":{"a":{"lt":2}}}]}}`))},
		{"two members as a sequence", "expression-sequence", search(expression(`{"a":{"$eq":1},"b":{"$gte":2}}`)),
			search(expression(`{"seq":1,"and":[{"attribute":"a","operator":"=","value":1},{"attribute":"b","operator":">=","value":2}]}`))},
		{"lt as a sequence", "expression-sequence", search(expression(`{"age":{"$lt":5}}`)), search(expression(`{"seq":1,"and":[{"attribute":"age","operator":"<","value":5}]}`))},
		{"or as a sequence", "expression-sequence", search(expression(`{"$or":[{"a":{"$eq":1}},{"b":{"$gte":2}}]}`)),
			search(expression(`{"seq":1,"or":[{"attribute":"a","operator":"=","value":1},{"attribute":"b","operator":">=","value":2}]}`))},
		{"an operator that is none", "expression-sequence", search(expression(`{"a":{"$near":1}}`)), search(expression(`{"seq":1,"and":[{"attribute":"a","operator":"$near","value":1}]}`))},
		{"an expression that is none", "expression-range", search(expression(`[]`)), ""},
		{"an empty expression", "expression-range", search(expression(`{}`)), ""},
	} {
		t.Run(row.dialect+": "+row.name, func(t *testing.T) {
			asked, by := speaking(t, row.dialect).Ask(exchange.Outgoing{URL: base + "/x", Body: []byte(row.strict)})
			assert.Equal(t, base+"/x", asked.URL)
			if row.spoken == "" {
				assert.Equal(t, row.strict, string(asked.Body), "it leaves byte for byte")
				assert.Empty(t, by)
				return
			}
			assert.JSONEq(t, row.spoken, string(asked.Body))
			assert.Equal(t, []string{row.dialect}, by)
		})
	}
}

// TestWhatIsTold: what a product says is read in the strict form. Where strict is empty it is not touched,
// so that what is wrong of it is found.
func TestWhatIsTold(t *testing.T) {
	item := func(regType string) string {
		return `{"search_response":[{"data":{"reg_type":"` + regType + `"}},{"data":{"reg_type":"ns:org:RegistryType:FR"}}]}`
	}
	for _, row := range []struct{ name, dialect, spoken, strict string }{
		{"an answer to a search", "action-search", told("search", "succ", `{"a":1.10}`), told("on-search", "succ", `{"a":1.10}`)},
		{"the strict action", "action-search", told("on-search", "succ", `{}`), ""},
		{"another action", "action-search", told("subscribe", "succ", `{}`), ""},
		{"a status", "status-error", told("on-search", "error", `{}`), told("on-search", "rjct", `{}`)},
		{"another status", "status-error", told("on-search", "err", `{}`), ""},
		{"a status of an item", "status-error", told("on-search", "succ", `{"search_response":[{"status":"error"}]}`), ""},
		{"an error body", "error-single", `{"error":{"code":"err.request.bad","message":"no"}}`, `{"errors":[{"code":"err.request.bad","message":"no"}]}`},
		{"an error without a code", "error-single", `{"error":{"message":"no"}}`, ""},
		{"an error with more", "error-single", `{"error":{"code":"a","message":"b","trace":"c"}}`, ""},
		{"an error that is a text", "error-single", `{"error":"no"}`, ""},
		{"an error beside something", "error-single", `{"error":{"code":"a","message":"b"},"message":{}}`, ""},
		{"reg_type", "reg-type-short", told("on-search", "succ", item("SR")), told("on-search", "succ", item("ns:org:RegistryType:Social"))},
		{"reg_type of another registry", "reg-type-short", told("on-search", "succ", item("CRVS")), told("on-search", "succ", item("ns:org:RegistryType:Civil"))},
		{"reg_type in a third spelling", "reg-type-short", told("on-search", "succ", item("sr")), ""},
		{"an idtype-value query that is echoed", "idtype-value-nested", told("on-search", "succ", `{"query":{"type":"idtype-value","value":{"id_type":"a","id_value":"b"}}}`), ""},
		{"a body with a member named twice", "action-search", `{"signature":"","header":{"action":"search","action":"search"},"message":{}}`, ""},
		{"a body that is no JSON", "error-single", `{"error":`, ""},
		{"text", "error-single", `no`, ""},
		{"an acknowledgement", "ack-202", `{"message":{"ack_status":"ACK"}}`, ""},
	} {
		t.Run(row.dialect+": "+row.name, func(t *testing.T) {
			heard, by := speaking(t, row.dialect).Hear(exchange.Message{Status: 200, Body: []byte(row.spoken), Size: int64(len(row.spoken))})
			assert.EqualValues(t, len(heard.Body), heard.Size)
			assert.Equal(t, 200, heard.Status)
			if row.strict == "" {
				assert.Equal(t, row.spoken, string(heard.Body))
				assert.Empty(t, by)
				return
			}
			assert.JSONEq(t, row.strict, string(heard.Body))
			assert.Equal(t, []string{row.dialect}, by)
		})
	}
}

// TestUntouched: a message in which nothing is a dialect's goes both ways byte for byte, but for its signature.
func TestUntouched(t *testing.T) {
	all, err := dialect.Known()
	require.NoError(t, err)
	header := `{ "action": "link", "sender_id":"x",  "big": 12345678901234567890, "small": 1.10 }`
	body := `{"link_request":[ {"id":"<é>& \u00e9"} ]}`
	whole := `{"header":` + header + `, "message":` + body + `}`
	for _, one := range all {
		t.Run(one.ID, func(t *testing.T) {
			speaker := speaking(t, one.ID)
			asked, by := speaker.Ask(exchange.Outgoing{URL: "https://elsewhere.example.org/x", Header: http.Header{}, Body: []byte(whole)})
			assert.Equal(t, whole, string(asked.Body))
			assert.Equal(t, "https://elsewhere.example.org/x", asked.URL)
			assert.Empty(t, by)
			heard, by := speaker.Hear(exchange.Message{URL: "https://spmis.example.org/cb", Body: []byte(whole)})
			assert.Equal(t, whole, string(heard.Body))
			assert.Equal(t, "https://spmis.example.org/cb", heard.URL)
			assert.Empty(t, by)
			content, by := speaker.HearContent([]byte(body))
			assert.Equal(t, body, string(content))
			assert.Empty(t, by)
		})
	}
}

func TestPaths(t *testing.T) {
	for _, row := range []struct{ name, dialect, strict, spoken string }{
		{"prefixed", "paths-prefixed", base + "/registry/search", base + "/api/v1/registry/search"},
		{"prefixed keys", "paths-prefixed", base + "/.well-known/jwks.json", base + "/api/v1/.well-known/jwks.json"},
		{"mixed", "paths-mixed", base + "/registry/search?a=1", base + "/api/v1/registry/search?a=1"},
		{"mixed keys", "paths-mixed", base + "/.well-known/jwks.json", base + "/.well-known/jwks.json"},
		{"another server", "paths-prefixed", "https://elsewhere.example.org/registry/search", "https://elsewhere.example.org/registry/search"},
		{"named in the manifest", "paths-prefixed", base + "/own/search", base + "/own/search"},
	} {
		t.Run(row.name, func(t *testing.T) {
			known, err := dialect.Find(row.dialect)
			require.NoError(t, err)
			speaker := dialect.NewSpeaker([]dialect.Dialect{known}, runner, base, "/own/search")
			asked, by := speaker.Ask(exchange.Outgoing{URL: row.strict})
			assert.Equal(t, row.spoken, asked.URL)
			assert.Equal(t, row.strict != row.spoken, len(by) == 1)
		})
	}
}

// TestSentTo: a rewrite of some operations' messages leaves those of the others, wherever an operation lies.
func TestSentTo(t *testing.T) {
	disburse, err := spec.FindInterface("disburse")
	require.NoError(t, err)
	mapper, err := spec.FindInterface("mapper")
	require.NoError(t, err)
	social, err := spec.FindInterface("social")
	require.NoError(t, err)
	for _, row := range []struct {
		name           string
		of             spec.Interface
		operation      string
		strict, spoken string
	}{
		{"a disbursement at once", disburse, "sync-disburse", "disburse", "search"},
		{"a disbursement", disburse, "disburse", "disburse", "disburse"},
		{"a status", disburse, "txn-status", "txn-status", "on-disburse"},
		{"a status at once", disburse, "sync-txn-status", "txn-status", "search"},
		{"the mapper's status", mapper, "txn-status", "txn-status", "txn-status"},
		{"an unlink at once", mapper, "sync-unlink", "unlink", "link"},
		{"an unlink", mapper, "unlink", "unlink", "unlink"},
		{"a registry's status", social, "txn-status", "txn-status", "txn-status"},
		{"an action of nobody's", mapper, "sync-unlink", "fetch", "fetch"},
		{"an operation of nobody's", mapper, "sync-fetch", "unlink", "unlink"},
	} {
		t.Run(row.name, func(t *testing.T) {
			message := func(action string) string { return `{"header":{"action":"` + action + `"},"message":{}}` }
			asked, by := speaking(t, "action-as-published").To(row.of.Operations).Ask(
				exchange.Outgoing{Operation: row.operation, URL: base + "/own", Body: []byte(message(row.strict))})
			assert.Equal(t, message(row.spoken), string(asked.Body))
			assert.Equal(t, row.strict != row.spoken, len(by) == 1)
			heard, _ := speaking(t, "action-as-published").Hear(exchange.Message{Body: []byte(message(row.spoken))})
			assert.Equal(t, message(row.spoken), string(heard.Body), "what is told is met as it is")
		})
	}
}

// TestWhereItCalls: a suffix is known by the sender_uri that was asked for, so that a call to anywhere else
// stays one to anywhere else.
func TestWhereItCalls(t *testing.T) {
	for _, row := range []struct{ name, called, read string }{
		{"with the suffix", "https://spmis.example.org/cb/callback?run=1", "https://spmis.example.org/cb?run=1"},
		{"as it stands", "https://spmis.example.org/cb?run=1", "https://spmis.example.org/cb?run=1"},
		{"twice", "https://spmis.example.org/cb/callback/callback?run=1", "https://spmis.example.org/cb/callback/callback?run=1"},
		{"elsewhere", "https://spmis.example.org/other/callback", "https://spmis.example.org/other/callback"},
		{"with another query", "https://spmis.example.org/cb/callback?run=2", "https://spmis.example.org/cb/callback?run=2"},
		{"another suffix", "https://spmis.example.org/cb/on-search?run=1", "https://spmis.example.org/cb/on-search?run=1"},
	} {
		t.Run(row.name, func(t *testing.T) {
			speaker := speaking(t, "sender-uri-suffix")
			_, by := speaker.Ask(exchange.Outgoing{URL: base, Body: []byte(search(`{}`))})
			assert.Empty(t, by)
			heard, by := speaker.Hear(exchange.Message{URL: row.called, Body: []byte(`{}`)})
			assert.Equal(t, row.read, heard.URL)
			assert.Equal(t, row.called != row.read, len(by) == 1)
		})
	}
}

// TestTogether: dialects that are declared together are spoken together, in whatever order.
func TestTogether(t *testing.T) {
	strict := search(`{"reg_type":"ns:org:RegistryType:Social","reg_record_type":"Person","query_type":"idtype-value",` + typed + `}`)
	spoken := search(`{"reg_type":"SR","query_type":"idtype-value",` + nested + `}`)
	for _, ids := range [][]string{
		{"reg-type-short", "reg-record-type-absent", "idtype-value-nested", "paths-mixed"},
		{"paths-mixed", "idtype-value-nested", "reg-record-type-absent", "reg-type-short"},
	} {
		speaker := speaking(t, ids...)
		assert.Equal(t, strings.Join(ids, " "), speaker.Name())
		asked, by := speaker.Ask(exchange.Outgoing{URL: base + "/registry/sync/search", Body: []byte(strict)})
		assert.JSONEq(t, spoken, string(asked.Body))
		assert.Equal(t, base+"/api/v1/registry/sync/search", asked.URL)
		assert.ElementsMatch(t, ids, by)
	}
}

// TestEncryptedContent: what is encrypted is translated before and after.
func TestEncryptedContent(t *testing.T) {
	var whole struct{ Message json.RawMessage }
	require.NoError(t, json.Unmarshal([]byte(search(`{"query_type":"idtype-value",`+typed+`}`)), &whole))
	assert.Contains(t, string(speaking(t, "idtype-value-nested").AskContent(whole.Message)), `"id_type":"UIN"`)
	sealed := `{"signature":"","header":{"action":"search"},"message":{"ciphertext":"x"}}`
	asked, by := speaking(t, "idtype-value-nested").Ask(exchange.Outgoing{Body: []byte(sealed), Plain: whole.Message})
	assert.Equal(t, sealed, string(asked.Body))
	assert.Equal(t, []string{"idtype-value-nested"}, by, "an encrypted message counts as changed")
	content, by := speaking(t, "reg-type-short").HearContent([]byte(`{"search_response":[{"data":{"reg_type":"SR"}}]}`))
	assert.JSONEq(t, `{"search_response":[{"data":{"reg_type":"ns:org:RegistryType:Social"}}]}`, string(content))
	assert.Equal(t, []string{"reg-type-short"}, by)
	twice := []byte(`{"a":1,"a":1,"search_response":[{"data":{"reg_type":"SR"}}]}`)
	content, by = speaking(t, "reg-type-short").HearContent(twice)
	assert.Equal(t, string(twice), string(content))
	assert.Empty(t, by)
}
