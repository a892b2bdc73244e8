package spec_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/spconform/spconform/spec"
)

func TestGoodRequests(t *testing.T) {
	for op, body := range requests {
		t.Run(op, func(t *testing.T) {
			assert.Empty(t, social(t).ValidateRequest(op, jsonType+"; charset=utf-8", []byte(body)))
		})
	}
	t.Run("token", func(t *testing.T) {
		assert.Empty(t, social(t).ValidateRequest("token", "application/x-www-form-urlencoded", []byte(tokenForm)))
	})
	t.Run("every operation has a case", func(t *testing.T) {
		for _, op := range social(t).Operations() {
			if op.Action != "" {
				assert.Contains(t, requests, op.IDs[0])
			}
		}
	})
}

func TestGoodVariants(t *testing.T) {
	predicate := []any{map[string]any{"seq_num": 1, "expression1": exp("birth_date", "lt", "2000-01-01"), "condition": "not", "expression2": exp("sex", "in", []any{"male"})}}
	rejected := edit(t, edit(t, requests["on-search"], "/message", absent{}), "/header/status", "rjct")
	for _, c := range []struct {
		name, op, body string
	}{
		{"without signature", "search", edit(t, requests["search"], "/signature", absent{})},
		{"with members of one's own", "search", edit(t, requests["search"], "/header/x_trace", "a")},
		{"predicate", "search", withQuery(t, "predicate", predicate)},
		{"expression", "search", withQuery(t, "expression", map[string]any{"type": "t", "value": map[string]any{"expression": map[string]any{}}})},
		{"integer value", "search", withQuery(t, "idtype-value", map[string]any{"type": "UIN", "value": 1980})},
		{"encrypted", "search", encrypted(t, requests["search"])},
		{"encrypted, with protected", "search", edit(t, encrypted(t, requests["search"]), "/message/protected", "e30")},
		{"rejected without a message", "on-search", edit(t, rejected, "/header/status_reason_code", "rjct.version.invalid")},
		{"no record found", "on-search", edit(t, requests["on-search"], "/message/search_response/0/data/reg_records", []any{})},
		{"answer with the callback's header", "on-subscribe", envelope(answerHeader, "on-subscribe", subscribeAnswer)},
		{"answer with the request's header", "on-unsubscribe", envelope(requestHeader, "on-unsubscribe", unsubscribeAnswer)},
		{"notified records as a list", "notify", edit(t, requests["notify"], "/message/notify_event/0/data/reg_records", []any{map[string]any{}})},
		{"namespaced event", "notify", edit(t, requests["notify"], "/message/notify_event/0/data/reg_event_type", "spdci:common:RegistryEventType:NewHouseHoldMember")},
		{"status of a subscribe", "txn-on-status", edit(t, edit(t, requests["txn-on-status"], "/message/txnstatus_response/txn_type", "on-subscribe"),
			"/message/txnstatus_response/txn_status", json.RawMessage(subscribeAnswer))},
		{"status of an unsubscribe", "txn-on-status", edit(t, edit(t, requests["txn-on-status"], "/message/txnstatus_response/txn_type", "unsubscribe"),
			"/message/txnstatus_response/txn_status", json.RawMessage(unsubscribeAnswer))},
		{"receipt", "txn-on-status", edit(t, edit(t, requests["txn-on-status"], "/message/txnstatus_response/txn_type", "receipt"),
			"/message/txnstatus_response/txn_status", json.RawMessage(`{"transaction_id":"t-1","receipt_information":{"beneficiaries":[{}]}}`))},
		{"status by transaction", "txn-status", edit(t, edit(t, requests["txn-status"], "/message/txnstatus_request/attribute_type", "transaction_id"),
			"/message/txnstatus_request/attribute_value", "t-1")},
	} {
		t.Run(c.name, func(t *testing.T) { assert.Empty(t, social(t).ValidateRequest(c.op, jsonType, []byte(c.body))) })
	}
}

func exp(name, operator string, value any) map[string]any {
	return map[string]any{"attribute_name": name, "operator": operator, "attribute_value": value}
}

const criteria = "/message/search_request/0/search_criteria"

func withQuery(t testing.TB, queryType string, query any) string {
	return edit(t, edit(t, requests["search"], criteria+"/query_type", queryType), criteria+"/query", query)
}

func encrypted(t testing.TB, body string) string {
	return edit(t, edit(t, body, "/header/is_msg_encrypted", true), "/message", map[string]any{
		"header":     map[string]any{"alg": "RSA-OAEP-256", "enc": "A256GCM", "kid": "k"},
		"ciphertext": "a", "encrypted_key": "b", "tag": "c", "iv": "d",
	})
}

// TestBadRequests breaks one thing in a good message; it is told alone, at its place.
func TestBadRequests(t *testing.T) {
	const item = "/message/search_request/0"
	const found = "/message/search_response/0"
	long := strings.Repeat("x", 1000)
	for _, c := range []struct {
		name, op, pointer string
		value             any
		want              string // pointer and keyword; empty pointer: as edited
	}{
		{"no header", "search", "/header", absent{}, "/ required"},
		{"no message", "search", "/message", absent{}, "/ required"},
		{"message is null", "search", "/message", nil, "type"},
		{"signature is an object", "search", "/signature", map[string]any{}, "type"},
		{"no message_id", "search", "/header/message_id", absent{}, "/header required"},
		{"no message_ts", "search", "/header/message_ts", absent{}, "/header required"},
		{"no sender_id", "search", "/header/sender_id", absent{}, "/header required"},
		{"no total_count", "search", "/header/total_count", absent{}, "/header required"},
		{"action of another operation", "search", "/header/action", "subscribe", "const"},
		{"action of the answer", "sync-search", "/header/action", "on-search", "const"},
		{"a day that does not exist", "search", "/header/message_ts", "2026-02-30T03:04:05Z", "format"},
		{"a time without its offset", "search", "/header/message_ts", "2026-01-02T03:04:05", "format"},
		{"a count as text", "search", "/header/total_count", "1", "type"},
		{"half a count", "search", "/header/total_count", 1.5, "type"},
		{"empty sender_uri", "search", "/header/sender_uri", "", "format"},
		{"sender_uri without a scheme", "search", "/header/sender_uri", "/callback", "format"},
		{"flag as text", "search", "/header/is_msg_encrypted", "false", "type"},
		{"meta as text", "search", "/header/meta", "", "type"},
		{"says encrypted and is not", "search", "/header/is_msg_encrypted", true, "/message required"},
		{"no transaction_id", "search", "/message/transaction_id", absent{}, "/message required"},
		{"transaction_id too long", "search", "/message/transaction_id", long[:100], "maxLength"},
		{"no search_request", "search", "/message/search_request", absent{}, "/message required"},
		{"one item without a list", "search", "/message/search_request", map[string]any{}, "type"},
		{"no reference_id", "search", item + "/reference_id", absent{}, item + " required"},
		{"no timestamp", "search", item + "/timestamp", absent{}, item + " required"},
		{"no search_criteria", "search", item + "/search_criteria", absent{}, item + " required"},
		{"locale with a country", "search", item + "/locale", "EN/GB", "pattern"},
		{"no query_type", "search", criteria + "/query_type", absent{}, criteria + " required"},
		{"unknown query_type", "search", criteria + "/query_type", "sql", "enum"},
		{"no query", "search", criteria + "/query", absent{}, criteria + " required"},
		{"query as text", "search", criteria + "/query", "UIN", "type"},
		{"unknown entity", "search", criteria + "/response_entity", "member", "enum"},
		{"unknown sort_order", "search", criteria + "/sort/0/sort_order", "up", "enum"},
		{"no page_size", "search", criteria + "/pagination/page_size", absent{}, criteria + "/pagination required"},
		{"half a page", "search", criteria + "/pagination/page_number", 1.5, "type"},
		{"consent as text", "search", criteria + "/consent", "", "type"},
		{"a purpose that leads nowhere", "search", criteria + "/authorize/purpose/ref_uri", "not a uri", "format"},

		{"no status", "on-search", "/header/status", absent{}, "/header required"},
		{"unknown status", "on-search", "/header/status", "done", "enum"},
		{"unknown header reason", "on-search", "/header/status_reason_code", "rjct.unknown", "enum"},
		{"empty header reason", "on-search", "/header/status_reason_code", "", "enum"},
		{"header reason message too long", "on-search", "/header/status_reason_message", long, "maxLength"},
		{"completed_count as text", "on-search", "/header/completed_count", "", "type"},
		{"success without a message", "on-search", "/message", absent{}, "/ required"},
		{"action of the request", "on-search", "/header/action", "search", "const"},
		{"no correlation_id", "on-search", "/message/correlation_id", absent{}, "/message required"},
		{"correlation_id too long", "on-search", "/message/correlation_id", long[:100], "maxLength"},
		{"no item reference_id", "on-search", found + "/reference_id", absent{}, found + " required"},
		{"no item timestamp", "on-search", found + "/timestamp", nil, "type"},
		{"no item status", "on-search", found + "/status", absent{}, found + " required"},
		{"no records", "on-search", found + "/data/reg_records", absent{}, found + "/data required"},
		{"one record without a list", "on-search", found + "/data/reg_records", map[string]any{}, "type"},
		{"a record as text", "on-search", found + "/data/reg_records/0", "x", "type"},
		{"no total", "on-search", found + "/pagination/total_count", absent{}, found + "/pagination required"},
		{"page zero", "on-search", found + "/pagination/page_number", 0, "minimum"},
		{"fewer than none", "on-search", found + "/pagination/total_count", -1, "minimum"},

		{"no reg_event_type", "subscribe", "/message/subscribe_request/0/subscribe_criteria/reg_event_type", absent{}, "/message/subscribe_request/0/subscribe_criteria required"},
		{"no filter", "subscribe", "/message/subscribe_request/0/subscribe_criteria/filter", absent{}, "/message/subscribe_request/0/subscribe_criteria required"},
		{"no notify_record_type", "subscribe", "/message/subscribe_request/0/subscribe_criteria/notify_record_type", absent{}, "/message/subscribe_request/0/subscribe_criteria required"},
		{"frequency without an end", "subscribe", "/message/subscribe_request/0/subscribe_criteria/frequency/end_time", absent{}, "/message/subscribe_request/0/subscribe_criteria/frequency required"},
		{"no subscription code", "on-subscribe", "/message/subscribe_response/0/subscriptions/0/code", absent{}, "/message/subscribe_response/0/subscriptions/0 required"},
		{"unknown subscription status", "on-subscribe", "/message/subscribe_response/0/subscriptions/0/status", "active", "enum"},
		{"reason of another operation", "on-subscribe", "/message/subscribe_response/0/status_reason_code", "rjct.sort.invalid", "enum"},
		{"neither header", "on-subscribe", "/header/sender_id", absent{}, "/header required"},
		{"no subscription_codes", "unsubscribe", "/message/subscription_codes", absent{}, "/message required"},
		{"code too long", "unsubscribe", "/message/subscription_codes/0", long[:100], "maxLength"},
		{"no status of the whole", "on-unsubscribe", "/message/status", absent{}, "/message required"},
		{"status without its code", "on-unsubscribe", "/message/subscription_status/0/code", absent{}, "/message/subscription_status/0 required"},
		{"notification without a status", "notify", "/header/status", absent{}, "/header required"},
		{"no data", "notify", "/message/notify_event/0/data", absent{}, "/message/notify_event/0 required"},
		{"no record type", "notify", "/message/notify_event/0/data/reg_record_type", absent{}, "/message/notify_event/0/data required"},
		{"unknown event", "notify", "/message/notify_event/0/data/reg_event_type", "DELETE", "enum"},
		{"unknown namespaced event", "notify", "/message/notify_event/0/data/reg_event_type", "a:DELETE", "pattern"},

		{"misspelt txn_type", "txn-status", "/message/txnstatus_request/txn_type", "subscibe", "enum"},
		{"no attribute_type", "txn-status", "/message/txnstatus_request/attribute_type", absent{}, "/message/txnstatus_request required"},
		{"unknown attribute_type", "txn-status", "/message/txnstatus_request/attribute_type", "message_id", "enum"},
		{"attribute_value as a number", "txn-status", "/message/txnstatus_request/attribute_value", 1, "type"},
		{"number in the list", "txn-status", "/message/txnstatus_request/attribute_value/0", 1, "type"},
		{"no txn_status", "txn-on-status", "/message/txnstatus_response/txn_status", absent{}, "/message/txnstatus_response required"},
		{"txn_status of another type", "txn-on-status", "/message/txnstatus_response/txn_status/search_response", absent{}, "/message/txnstatus_response/txn_status required"},
	} {
		t.Run(c.op+" "+c.name, func(t *testing.T) {
			want := c.want
			if !strings.Contains(want, " ") {
				want = c.pointer + " " + want
			}
			told := social(t).ValidateRequest(c.op, jsonType, []byte(edit(t, requests[c.op], c.pointer, c.value)))
			assert.Equal(t, []string{want}, binding(told), "%v", told)
		})
	}
}

// binding gives place and keyword of what is not advice, each once.
func binding(told []spec.Violation) []string {
	var places []string
	for _, v := range told {
		if !v.Advisory {
			pointer := v.Pointer
			if pointer == "" {
				pointer = "/"
			}
			places = append(places, pointer+" "+v.Keyword)
		}
	}
	return slices.Compact(places)
}

func TestEncryptedIsJudgedAsEncrypted(t *testing.T) {
	for _, member := range []string{"header", "encrypted_key", "tag", "iv"} {
		body := edit(t, encrypted(t, requests["search"]), "/message/"+member, absent{})
		told := social(t).ValidateRequest("search", jsonType, []byte(body))
		assert.Equal(t, []string{"/message required: " + member + " is required"}, lines(told))
	}
	body := edit(t, encrypted(t, requests["search"]), "/header/is_msg_encrypted", false)
	assert.Equal(t, []string{"/header/is_msg_encrypted const"}, binding(social(t).ValidateRequest("search", jsonType, []byte(body))))
}

func TestTxnTypeNamesTheStatus(t *testing.T) {
	const at = "/message/txnstatus_response"
	for txnType, member := range map[string]string{
		"search": "search_response", "on-search": "search_response", "subscribe": "subscribe_response",
		"on-subscribe": "subscribe_response", "unsubscribe": "status", "on-unsubscribe": "status", "receipt": "receipt_information",
	} {
		t.Run(txnType, func(t *testing.T) {
			body := edit(t, edit(t, requests["txn-on-status"], at+"/txn_type", txnType), at+"/txn_status", map[string]any{})
			assert.Contains(t, lines(social(t).ValidateRequest("txn-on-status", jsonType, []byte(body))),
				at+"/txn_status required: "+member+" is required")
		})
	}
}

func lines(told []spec.Violation) []string {
	var all []string
	for _, v := range told {
		all = append(all, v.String())
	}
	return all
}

// TestEveryMemberIsTyped replaces each member of each good message by a value of a type that it cannot have.
func TestEveryMemberIsTyped(t *testing.T) {
	open := []string{"/value", "/reg_records/0/sex", "/reg_records/group_size"} // attribute values and record contents
	for op, body := range requests {
		var tree any
		require.NoError(t, json.Unmarshal([]byte(body), &tree))
		for _, pointer := range pointers(tree, "") {
			if slices.ContainsFunc(open, func(end string) bool { return strings.HasSuffix(pointer, end) }) {
				continue
			}
			told := social(t).ValidateRequest(op, jsonType, []byte(edit(t, body, pointer, nil)))
			assert.NotEmpty(t, binding(told), "%s: %s may be null", op, pointer)
		}
	}
}

func pointers(node any, at string) []string {
	var all []string
	switch node := node.(type) {
	case map[string]any:
		for name, member := range node {
			all = append(append(all, at+"/"+name), pointers(member, at+"/"+name)...)
		}
	case []any:
		for i, item := range node {
			here := fmt.Sprintf("%s/%d", at, i)
			all = append(append(all, here), pointers(item, here)...)
		}
	}
	return all
}
