package spec_test

import (
	"encoding/json"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Good messages, one an operation. Cases break one thing in them.
const (
	requestHeader = `"header":{"version":"1.0.0","message_id":"m-1","message_ts":"2026-01-02T03:04:05Z","action":"ACTION",` +
		`"sender_id":"spmis.example.org","sender_uri":"https://spmis.example.org/callback","receiver_id":"social.example.org",` +
		`"total_count":1,"is_msg_encrypted":false,"meta":{}}`
	answerHeader = `"header":{"version":"1.0.0","message_id":"m-2","message_ts":"2026-01-02T03:04:06+01:00","action":"ACTION",` +
		`"status":"succ","status_reason_message":"done","total_count":1,"completed_count":1,"sender_id":"social.example.org",` +
		`"receiver_id":"spmis.example.org","is_msg_encrypted":false,"meta":{}}`
	signature = `"signature":"Signature: namespace=\"spdci\"",`

	searchMessage = `{"transaction_id":"t-1","search_request":[{"reference_id":"r-1","timestamp":"2026-01-02T03:04:05Z","locale":"eng",` +
		`"search_criteria":{"version":"1.0.0","reg_type":"ns:org:RegistryType:Social","reg_event_type":"REGISTER",` +
		`"reg_record_type":"SRPerson","query_type":"idtype-value","response_entity":"Group","query":{"type":"UIN","value":"1"},` +
		`"sort":[{"attribute_name":"birth_date","sort_order":"asc"}],"pagination":{"page_size":10,"page_number":1},` +
		`"consent":{"ts":"2026-01-02T03:04:05Z","purpose":{"text":"a","code":"b","ref_uri":"https://example.org/c"}},` +
		`"authorize":{"ts":"2026-01-02T03:04:05Z","purpose":{"text":"a","code":"b","ref_uri":"https://example.org/c"}}}}]}`
	searchAnswer = `{"transaction_id":"t-1","correlation_id":"c-1","search_response":[{"reference_id":"r-1",` +
		`"timestamp":"2026-01-02T03:04:06Z","status":"succ","status_reason_message":"done","locale":"en",` +
		`"data":{"version":"1.0.0","reg_type":"ns:org:RegistryType:Social","reg_record_type":"SRPerson","reg_records":[{"sex":"female"}]},` +
		`"pagination":{"page_size":10,"page_number":1,"total_count":1}}]}`
	subscription = `"reg_type":"ns:org:RegistryType:Social","reg_event_type":"REGISTER","frequency":{"start_time":"2026-01-02T03:04:05Z",` +
		`"end_time":"2026-02-02T03:04:05Z","frequency":"0 0 0 5,15 * ? *"},"filter_type":"idtype-value","filter":{"type":"UIN","value":"1"},` +
		`"notify_record_type":"Group"`
	subscribeMessage = `{"transaction_id":"t-1","subscribe_request":[{"reference_id":"r-1","timestamp":"2026-01-02T03:04:05Z","locale":"eng",` +
		`"subscribe_criteria":{"version":"1.0.0",` + subscription + `,"authorize":{"ts":"2026-01-02T03:04:05Z"}}}]}`
	subscribeAnswer = `{"transaction_id":"t-1","correlation_id":"c-1","subscribe_response":[{"reference_id":"r-1",` +
		`"timestamp":"2026-01-02T03:04:06Z","status":"succ","status_reason_message":"done","locale":"eng","subscriptions":[{"version":"1.0.0",` +
		`"code":"s-1","status":"subscribe","timestamp":"2026-01-02T03:04:06Z","locale":"eng",` + subscription + `}],` +
		`"pagination":{"page_size":10,"page_number":1,"total_count":1}}]}`
	notifyMessage = `{"transaction_id":"t-1","notify_event":[{"reference_id":"r-1","timestamp":"2026-01-02T03:04:05Z","locale":"eng",` +
		`"data":{"version":"1.0.0","reg_type":"ns:org:RegistryType:Social","reg_event_type":"REGISTER","reg_record_type":"Group",` +
		`"reg_records":{"group_size":4}}}]}`
	unsubscribeMessage = `{"transaction_id":"t-1","timestamp":"2026-01-02T03:04:05Z","subscription_codes":["s-1"]}`
	unsubscribeAnswer  = `{"transaction_id":"t-1","correlation_id":"c-1","timestamp":"2026-01-02T03:04:06Z","status":"succ",` +
		`"status_reason_message":"done","subscription_status":[{"code":"s-1","status":"unsubscribe"}]}`
	statusMessage = `{"transaction_id":"t-1","txnstatus_request":{"reference_id":"r-1","txn_type":"search",` +
		`"attribute_type":"reference_id_list","attribute_value":["r-1"],"locale":"eng"}}`
	statusAnswer = `{"transaction_id":"t-1","correlation_id":"c-1","txnstatus_response":{"txn_type":"search","txn_status":` + searchAnswer + `}}`

	ack         = `{"message":{"ack_status":"ACK","timestamp":"2026-01-02T03:04:06Z","correlation_id":"c-1"}}`
	errAck      = `{"message":{"ack_status":"ERR","timestamp":"2026-01-02T03:04:06Z","correlation_id":"c-1","error":{"code":"err.signature.invalid","message":"no"}}}`
	httpError   = `{"errors":[{"code":"err.request.unauthorized","message":"no"}]}`
	tokenAnswer = `{"access_token":"a","token_type":"bearer","expires_in":"3600"}`
	tokenForm   = "grant_type=client_credentials&client_id=a&client_secret=b&scope=registry.search"
	keySet      = `{"keys":[{"kty":"OKP","kid":"key-1","use":"sig","alg":"EdDSA","crv":"Ed25519","x":"RdDZ"}]}`
	places      = `{"@context":{"@context":"http://spdci.org/","xsd":"http://www.w3.org/2001/XMLSchema#","schema":"http://schema.org/"},` +
		`"@type":"LocationHierarchy","last_updated":"2026-01-02T03:04:06Z","locations":[{"@type":"Place","identifier":[` +
		`{"@type":"PropertyValue","name":"a","identifier":"b"}],"name":"c","additional_type":"d","contained_in_place":null}]}`
)

const jsonType = "application/json"

func envelope(header, action, message string) string {
	return "{" + signature + strings.Replace(header, "ACTION", action, 1) + `,"message":` + message + "}"
}

// requests are good request bodies by operation.
var requests = map[string]string{
	"search":          envelope(requestHeader, "search", searchMessage),
	"on-search":       envelope(answerHeader, "on-search", searchAnswer),
	"subscribe":       envelope(requestHeader, "subscribe", subscribeMessage),
	"on-subscribe":    envelope(requestHeader, "on-subscribe", subscribeAnswer),
	"notify":          envelope(answerHeader, "notify", notifyMessage),
	"unsubscribe":     envelope(requestHeader, "unsubscribe", unsubscribeMessage),
	"on-unsubscribe":  envelope(answerHeader, "on-unsubscribe", unsubscribeAnswer),
	"txn-status":      envelope(requestHeader, "txn-status", statusMessage),
	"txn-on-status":   envelope(answerHeader, "txn-on-status", statusAnswer),
	"sync-search":     envelope(requestHeader, "search", searchMessage),
	"sync-txn-status": envelope(requestHeader, "txn-status", statusMessage),
}

// answers are good 200 bodies by operation; the rest acknowledge.
var answers = map[string]string{
	"sync-search":     envelope(answerHeader, "on-search", searchAnswer),
	"sync-txn-status": envelope(answerHeader, "txn-on-status", statusAnswer),
	"token":           tokenAnswer,
	"jwks":            keySet,
	"locations":       places,
}

type absent struct{}

// edit sets, or with absent{} removes, the value at a JSON Pointer.
func edit(t testing.TB, body, pointer string, value any) string {
	t.Helper()
	var tree any
	require.NoError(t, json.Unmarshal([]byte(body), &tree))
	tokens := strings.Split(strings.TrimPrefix(pointer, "/"), "/")
	at := tree
	for _, token := range tokens[:len(tokens)-1] {
		at = child(t, at, token)
	}
	last := tokens[len(tokens)-1]
	switch node := at.(type) {
	case map[string]any:
		node[last] = value
		if value == (absent{}) {
			delete(node, last)
		}
	case []any:
		i, err := strconv.Atoi(last)
		require.NoError(t, err)
		node[i] = value
	default:
		require.Fail(t, "no such place", pointer)
	}
	edited, err := json.Marshal(tree)
	require.NoError(t, err)
	return string(edited)
}

func child(t testing.TB, node any, token string) any {
	t.Helper()
	switch node := node.(type) {
	case map[string]any:
		require.Contains(t, node, token)
		return node[token]
	case []any:
		i, err := strconv.Atoi(token)
		require.NoError(t, err)
		return node[i]
	}
	require.Fail(t, "no such place", token)
	return nil
}
