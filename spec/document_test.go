package spec_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"mime/multipart"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/spconform/spconform/spec"
)

var loadSocial = sync.OnceValues(func() (*spec.Document, error) { return spec.LoadDocument("social") })

func social(t testing.TB) *spec.Document {
	t.Helper()
	d, err := loadSocial()
	require.NoError(t, err)
	return d
}

func TestDocumentsLoad(t *testing.T) {
	files, err := filepath.Glob("openapi/*.yaml")
	require.NoError(t, err)
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".yaml")
		if name == "common" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			d, err := spec.LoadDocument(name)
			require.NoError(t, err)
			bundled, err := openapi3.NewLoader().LoadFromData(d.JSON())
			require.NoError(t, err)
			require.NoError(t, bundled.Validate(context.Background()))
			assert.NotContains(t, string(d.JSON()), "common.yaml", "the bundle is complete in itself")
		})
	}
}

func TestDocumentFilesLoadElsewhere(t *testing.T) {
	loader := openapi3.NewLoader()
	loader.IsExternalRefsAllowed = true
	loader.ReadFromURIFunc = func(_ *openapi3.Loader, at *url.URL) ([]byte, error) {
		return os.ReadFile(filepath.Join("openapi", filepath.Base(at.Path)))
	}
	doc, err := loader.LoadFromFile("social.yaml")
	require.NoError(t, err)
	require.NoError(t, doc.Validate(context.Background()))
	require.NotNil(t, doc.Paths.Value("/registry/search").Post, "path items of common.yaml are found by any OpenAPI tool")
}

func TestUnknownDocument(t *testing.T) {
	_, err := spec.LoadDocument("nothing")
	var typed *spec.DocumentError
	require.ErrorAs(t, err, &typed)
	assert.Equal(t, "document.unknown", typed.Code)
}

func TestDocumentDescribesTheInterface(t *testing.T) {
	d := social(t)
	described, err := spec.FindInterface("social")
	require.NoError(t, err)
	for _, operation := range described.Operations {
		documented, ok := d.Operation(operation.ID)
		if assert.True(t, ok, "%s is in no document", operation.ID) {
			assert.Equal(t, operation.Path, documented.Path)
			assert.Equal(t, operation.Action, documented.Action)
		}
	}
	for _, documented := range d.Operations() {
		for _, id := range documented.IDs {
			_, ok := described.Operation(id)
			assert.True(t, ok, "%s is not in the interface's description", id)
		}
		same, ok := d.Operation(documented.OperationID)
		assert.True(t, ok)
		assert.Equal(t, documented, same)
	}
}

func TestEveryOperationHasSchemas(t *testing.T) {
	for path, item := range social(t).OpenAPI().Paths.Map() {
		for method, op := range item.Operations() {
			if method == "POST" {
				require.NotNil(t, op.RequestBody, path)
				for mediaType, media := range op.RequestBody.Value.Content {
					assert.NotNil(t, media.Schema, "%s %s", path, mediaType)
				}
			}
			for status, response := range op.Responses.Map() {
				require.NotEmpty(t, response.Value.Content, "%s %s", path, status)
				for mediaType, media := range response.Value.Content {
					assert.NotNil(t, media.Schema, "%s %s %s", path, status, mediaType)
				}
			}
		}
	}
}

func TestRoute(t *testing.T) {
	d := social(t)
	for _, c := range []struct {
		name, method, path, want string
	}{
		{"async search", "POST", "/registry/search", "search"},
		{"method in small letters", "post", "/registry/sync/txn/status", "sync-txn-status"},
		{"keys", "GET", "/.well-known/jwks.json", "jwks"},
		{"wrong method", "GET", "/registry/search", ""},
		{"unknown path", "POST", "/registry/find", ""},
		{"base in front", "POST", "/v1/registry/search", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			op, ok := d.Route(c.method, c.path)
			assert.Equal(t, c.want != "", ok)
			if ok {
				assert.Contains(t, op.IDs, c.want)
			}
		})
	}
}

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

func TestResponses(t *testing.T) {
	d := social(t)
	for _, op := range d.Operations() {
		id := op.IDs[0]
		good, ok := answers[id]
		if !ok {
			good = ack
		}
		t.Run(id, func(t *testing.T) { assert.Empty(t, d.ValidateResponse(id, 200, jsonType, []byte(good))) })
	}
	for _, c := range []struct {
		name, op    string
		status      int
		contentType string
		body        string
		want        []string
	}{
		{"ack as 202", "search", 202, jsonType, ack, nil},
		{"nack", "search", 200, jsonType, edit(t, ack, "/message/ack_status", "NACK"), nil},
		{"err as 200", "search", 200, jsonType, errAck, nil},
		{"err as 400", "search", 400, jsonType, errAck, nil},
		{"http error as 401", "search", 401, jsonType, httpError, nil},
		{"http error as 503", "sync-search", 503, jsonType, httpError, nil},
		{"rejected envelope as 400", "sync-search", 400, jsonType, edit(t, edit(t, answers["sync-search"], "/message", absent{}), "/header/status", "rjct"), nil},
		{"oauth error", "token", 401, jsonType, `{"error":"invalid_client"}`, nil},
		{"seconds as a number", "token", 200, jsonType, edit(t, tokenAnswer, "/expires_in", 3600), nil},

		{"nothing acknowledged", "search", 200, jsonType, `{}`, []string{"/ required"}},
		{"no ack_status", "search", 200, jsonType, edit(t, ack, "/message/ack_status", absent{}), []string{"/message required"}},
		{"no ack timestamp", "search", 200, jsonType, edit(t, ack, "/message/timestamp", absent{}), []string{"/message required"}},
		{"no ack correlation_id", "search", 200, jsonType, edit(t, ack, "/message/correlation_id", absent{}), []string{"/message required"}},
		{"unknown ack_status", "search", 200, jsonType, edit(t, ack, "/message/ack_status", "OK"), []string{"/message/ack_status enum"}},
		{"err without error", "search", 200, jsonType, edit(t, errAck, "/message/error", absent{}), []string{"/message required"}},
		{"unknown error code", "search", 200, jsonType, edit(t, errAck, "/message/error/code", "err.unknown"), []string{"/message/error/code enum"}},
		{"ack as 400", "search", 400, jsonType, ack, []string{"/message/ack_status enum"}},
		{"acknowledgement of a sync search", "sync-search", 200, jsonType, ack, []string{"/ required", "/message required"}},
		{"errors as an object", "search", 401, jsonType, `{"errors":{}}`, []string{"/errors type"}},
		{"no errors", "search", 500, jsonType, `{}`, []string{"/ required"}},
		{"empty errors", "search", 500, jsonType, `{"errors":[]}`, []string{"/errors minItems"}},
		{"error without a code", "search", 500, jsonType, `{"errors":[{"message":"x"}]}`, []string{"/errors/0 required"}},
		{"html", "search", 200, "text/html", "<html>", []string{"/ content-type"}},
		{"text", "search", 200, "text/plain", ack, []string{"/ content-type"}},
		{"no content type", "search", 200, "", ack, []string{"/ content-type"}},
		{"empty body", "search", 200, jsonType, "", []string{"/ json.syntax"}},
		{"cut off", "search", 200, jsonType, ack[:20], []string{"/ json.syntax"}},
		{"twice", "search", 200, jsonType, ack + ack, []string{"/ json.trailing"}},
		{"redirect", "search", 302, jsonType, ack, []string{"/ status"}},
		{"keys elsewhere", "jwks", 204, jsonType, "", []string{"/ status"}},
		{"private key", "jwks", 200, jsonType, edit(t, keySet, "/keys/0/d", "x"), []string{"/keys/0/d not"}},
		{"no kid", "jwks", 200, jsonType, edit(t, keySet, "/keys/0/kid", absent{}), []string{"/keys/0 required"}},
		{"unknown use", "jwks", 200, jsonType, edit(t, keySet, "/keys/0/use", "all"), []string{"/keys/0/use enum"}},
		{"no token", "token", 200, jsonType, edit(t, tokenAnswer, "/access_token", absent{}), []string{"/ required"}},
		{"another token type", "token", 200, jsonType, edit(t, tokenAnswer, "/token_type", "mac"), []string{"/token_type pattern"}},
		{"place without a name", "locations", 200, jsonType, edit(t, places, "/locations/0/name", absent{}), []string{"/locations/0 required"}},
		{"no operation", "find", 200, jsonType, ack, []string{"/ operation"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			told := d.ValidateResponse(c.op, c.status, c.contentType, []byte(c.body))
			assert.Equal(t, c.want, binding(told), "%v", told)
		})
	}
}

func TestAdviceIsNotAViolation(t *testing.T) {
	for _, c := range []struct {
		name, op, pointer string
		value             any
		want              string
	}{
		{"empty transaction_id", "search", "/message/transaction_id", "", "/message/transaction_id minLength"},
		{"query that does not fit", "search", criteria + "/query_type", "predicate", criteria + "/query type"},
		{"reason on success", "on-search", "/message/search_response/0/status_reason_code", "rjct.sort.invalid", "/message/search_response/0/status_reason_code not"},
		{"rejected without a reason", "on-search", "/message/search_response/0/status", "rjct", "/message/search_response/0 required"},
	} {
		t.Run(c.name, func(t *testing.T) {
			told := social(t).ValidateRequest(c.op, jsonType, []byte(edit(t, requests[c.op], c.pointer, c.value)))
			require.Len(t, told, 1)
			assert.True(t, told[0].Advisory)
			assert.Equal(t, c.want, told[0].Pointer+" "+told[0].Keyword)
			assert.Contains(t, told[0].String(), "(advisory)")
		})
	}
	t.Run("beside a violation", func(t *testing.T) {
		body := edit(t, edit(t, requests["search"], "/message/transaction_id", ""), "/header/action", "x")
		told := social(t).ValidateRequest("search", jsonType, []byte(body))
		assert.Len(t, told, 2)
		assert.Equal(t, []string{"/header/action const"}, binding(told))
	})
}

func TestForms(t *testing.T) {
	d := social(t)
	const form = "application/x-www-form-urlencoded"
	assert.Equal(t, []string{"/grant_type const"}, binding(d.ValidateRequest("token", form, []byte("grant_type=password&client_id=a&client_secret=b"))))
	assert.Equal(t, []string{"/ required"}, binding(d.ValidateRequest("token", form, []byte("grant_type=client_credentials&client_id=a"))))
	assert.Equal(t, []string{"/ body"}, binding(d.ValidateRequest("token", form, []byte(tokenForm+"&client_id=c"))))
	assert.Equal(t, []string{"/ content-type"}, binding(d.ValidateRequest("token", jsonType, []byte(tokenForm))))
	assert.Equal(t, []string{"/ body"}, binding(d.ValidateRequest("jwks", jsonType, []byte("{}"))))

	upload := func(action string) (string, []byte) {
		var body bytes.Buffer
		w := multipart.NewWriter(&body)
		require.NoError(t, w.WriteField("action", action))
		file, err := w.CreateFormFile("fileName", "search.json")
		require.NoError(t, err)
		_, err = file.Write([]byte(requests["search"]))
		require.NoError(t, err)
		require.NoError(t, w.Close())
		return w.FormDataContentType(), body.Bytes()
	}
	contentType, body := upload("search")
	assert.Empty(t, d.ValidateRequest("search", contentType, body))
	contentType, body = upload("subscribe")
	assert.Equal(t, []string{"/action const"}, binding(d.ValidateRequest("search", contentType, body)))
}

// TestNoValueIsTold breaks every member with a marked value; no violation may repeat it.
func TestNoValueIsTold(t *testing.T) {
	const secret = "Zx-secret-9"
	for op, body := range requests {
		var tree any
		require.NoError(t, json.Unmarshal([]byte(body), &tree))
		for _, pointer := range pointers(tree, "") {
			for _, value := range []any{secret, map[string]any{"a": secret}, []any{secret}, strings.Repeat(secret, 200)} {
				for _, line := range lines(social(t).ValidateRequest(op, jsonType, []byte(edit(t, body, pointer, value)))) {
					require.NotContains(t, line, secret)
					require.NotContains(t, line, "\n")
				}
			}
		}
	}
}

func TestViolationsAreBounded(t *testing.T) {
	items := make([]any, 500)
	for i := range items {
		items[i] = map[string]any{}
	}
	told := social(t).ValidateRequest("search", jsonType, []byte(edit(t, requests["search"], "/message/search_request", items)))
	assert.Len(t, told, 20)
	assert.True(t, slices.IsSortedFunc(told, func(a, b spec.Violation) int { return strings.Compare(a.String(), b.String()) }))
}

func TestHash(t *testing.T) {
	assert.Regexp(t, "^[0-9a-f]{64}$", spec.Hash())
	assert.Equal(t, spec.Hash(), spec.Hash())
}

func BenchmarkValidateResponse(b *testing.B) {
	records := make([]any, 40)
	for i := range records {
		records[i] = map[string]any{"@type": "SRPerson", "sex": "female", "birth_date": "1985-05-20T00:00:00Z", "name": map[string]any{"surname": "Example"}}
	}
	body := []byte(edit(b, answers["sync-search"], "/message/search_response/0/data/reg_records", records))
	d := social(b)
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		if told := d.ValidateResponse("sync-search", 200, jsonType, body); len(told) > 0 {
			b.Fatal(told)
		}
	}
}

func FuzzValidateResponse(f *testing.F) {
	for _, seed := range []string{ack, errAck, httpError, answers["sync-search"], keySet, `{"message":{"ack_status":1e400}}`, "\xff", `{"a":1,"a":2}`, `"\ud800"`} {
		f.Add("sync-search", 200, jsonType, []byte(seed))
		f.Add("search", 400, jsonType, []byte(seed))
	}
	d := social(f)
	f.Fuzz(func(t *testing.T, op string, status int, contentType string, body []byte) {
		told := d.ValidateResponse(op, status, contentType, body)
		if len(told) > 20 {
			t.Fatalf("%d violations", len(told))
		}
		if len(told) == 0 && !json.Valid(body) {
			t.Fatal("accepted what is not JSON")
		}
	})
}
