package spec_test

import (
	"bytes"
	"encoding/json"
	"mime/multipart"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/spconform/spconform/spec"
)

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
