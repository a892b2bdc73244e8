package exchange_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/spconform/spconform/conformance/exchange"
	"github.com/spconform/spconform/conformance/result"
)

// written is what is kept of one exchange.
func written(masking *exchange.Masking, request, response string) result.Exchange {
	recorder := exchange.NewRecorder()
	recorder.Masks(masking)
	recorder.Begin(&exchange.Exchange{Request: exchange.Message{Body: []byte(request), Size: int64(len(request))},
		Response: exchange.Message{Status: 200, Body: []byte(response), Size: int64(len(response))}})
	return recorder.Results()[0]
}

func own() *exchange.Masking {
	made := &exchange.Masking{}
	made.Know(map[string]any{"identifier": []any{map[string]any{"identifier_type": "UIN", "identifier_value": "111"}},
		"name": map[string]any{"surname": "Reñovar"}, "birth_date": "1990-01-31T00:00:00Z", "sex": "female"})
	return made
}

const answer = `{"header":{"status":"succ"},"message":{"transaction_id":"t-1","search_response":[{"reference_id":"r-1","data":{"reg_records":[%s]}}]}}`

func TestValuesThatAreNotOfTheRunAreMasked(t *testing.T) {
	const known = `{"identifier":[{"identifier_type":"UIN","identifier_value":"111"}],"@type":"Whoever",`
	for _, c := range []struct{ name, record, want string }{
		{"a record of the run", known + `"name":{"surname":"Reñovar"}}`, known + `"name":{"surname":"Reñovar"}}`},
		{"in another spelling", known + `"birth_date":"1990-01-31T05:30:00+05:30","sex":"ns:sex:female"}`,
			known + `"birth_date":"1990-01-31T05:30:00+05:30","sex":"ns:sex:female"}`},
		{"with a value that the run did not make", known + `"email":"someone@real.example","income":1200,"alive":true}`,
			known + `"email":"(masked string of 20)","income":"(masked number of 4)","alive":true}`},
		{"somebody else's record", `{"identifier":[{"identifier_type":"UIN","identifier_value":"999"}],"name":{"surname":"Reñovar"},"alive":true,"none":null}`,
			`{"identifier":[{"identifier_type":"(masked string of 3)","identifier_value":"(masked string of 3)"}],"name":{"surname":"(masked string of 7)"},"alive":"(masked boolean)","none":null}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			kept := written(own(), "", strings.Replace(answer, "%s", c.record, 1))
			assert.Equal(t, strings.Replace(answer, "%s", c.want, 1), kept.Response.Body)
			assert.Equal(t, strings.Contains(c.want, exchange.Masked), len(kept.Notes) > 0, "what cannot be judged again is marked")
		})
	}
}

func TestARecordThatBreaksOffIsMaskedToItsEnd(t *testing.T) {
	whole := strings.Replace(answer, "%s", `{"identifier":[{"identifier_value":"999"}],"name":{"surname":"Somebody","given_name":"Real"}}`, 1)
	begin := strings.Index(whole, "999")
	for cut := begin; cut < len(whole); cut++ {
		kept := written(own(), "", whole[:cut]).Response.Body
		for _, value := range []string{"999", "Somebody", "Real", "Someb"} {
			require.NotContains(t, kept, value, "cut after %d bytes", cut)
		}
	}
}

func TestWhatTheRunSentStays(t *testing.T) {
	update := `{"message":{"notify_event":[{"data":{"reg_records":{"identifier":[{"identifier_value":"222"}],"sex":"male"}}}]}}`
	kept := written(own(), update, strings.Replace(answer, "%s", `{"identifier":[{"identifier_value":"222"}],"sex":"male"}`, 1))
	assert.Equal(t, update, kept.Request.Body)
	assert.NotContains(t, kept.Response.Body, exchange.Masked)
}

func TestOfDeclaredRecordsNothingIsWritten(t *testing.T) {
	const asked = `{"signature":"s","header":{"action":"search","total_count":1},"message":{"transaction_id":"t-1","search_request":[{"reference_id":"r-1",` +
		`"search_criteria":{"reg_record_type":"Person","query_type":"idtype-value","query":{"type":"UIN","value":"777-REAL"}}}]}}`
	const refused = `{"errors":[{"code":"err.request.bad","message":"777-REAL is not known"}]}`
	everything := &exchange.Masking{Everything: true}
	kept := written(everything, asked, refused)
	assert.Equal(t, strings.Replace(strings.Replace(asked, `"UIN"`, `"(masked string of 3)"`, 1), `"777-REAL"`, `"(masked string of 8)"`, 1), kept.Request.Body)
	assert.Equal(t, `{"errors":[{"code":"err.request.bad","message":"(masked string of 21)"}]}`, kept.Response.Body)
	kept = written(everything, "", "<html>777-REAL</html>")
	assert.NotContains(t, kept.Response.Body, "777", "what cannot be read may hold anything")
}
