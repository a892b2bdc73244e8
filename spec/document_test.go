package spec_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/spconform/spconform/spec"
)

func TestLoad(t *testing.T) {
	d, err := spec.LoadDocument("social")
	require.NoError(t, err)
	for _, o := range d.Operations() {
		t.Logf("%+v", o)
	}
	t.Log(d.ValidateRequest("search", "application/json", []byte(`{"header":{"message_id":"1","message_ts":"2026-01-02T03:04:05Z","action":"search","sender_id":"a","total_count":1},"message":{"transaction_id":"t","search_request":[{"reference_id":"r","timestamp":"2026-01-02T03:04:05Z","search_criteria":{"query_type":"predicate","query":{"type":"UIN","value":"1"}}}]}}`)))
}
