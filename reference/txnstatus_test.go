package reference_test

import (
	"crypto/rand"
	"encoding/json"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/spconform/spconform/spec/message"
)

const syncStatus = "/registry/sync/txn/status"

func statusAsk(txnType, attribute string, value any) message.TxnStatusRequest {
	raw, _ := json.Marshal(value)
	return message.TxnStatusRequest{TransactionID: rand.Text(), Request: message.TxnStatusAsk{
		ReferenceID: rand.Text(), TxnType: txnType, AttributeType: attribute, AttributeValue: raw}}
}

func TestTxnStatus(t *testing.T) {
	b := newBench(t)
	b.load(t, group(1))
	bad := searchItem("r-2", idQuery("G-1"))
	bad.Timestamp = "noon"
	ask := searchOf(searchItem("r-1", idQuery("G-1")), bad, searchItem("r-3", idQuery("G-9")))
	ack := b.send(t, b.request(b.alice, "/registry/search", "search", 3, ask)).ack(t)
	var sent message.SearchResponse
	b.answered(t, b.alice.receiver.next(t).body, b.alice, &sent)

	cases := []struct {
		name, attribute string
		value           any
		items           []string
	}{
		{"by transaction_id", "transaction_id", ask.TransactionID, []string{"r-1", "r-2", "r-3"}},
		{"by correlation_id", "correlation_id", ack.CorrelationID, []string{"r-1", "r-2", "r-3"}},
		{"by reference_id_list", "reference_id_list", []string{"r-3", "r-2"}, []string{"r-2", "r-3"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			answer := b.send(t, b.request(b.alice, syncStatus, "txn-status", 1, statusAsk("search", c.attribute, c.value)))
			require.Equal(t, http.StatusOK, answer.status, "%s", answer.body)
			var said message.TxnStatusResponse
			header := b.answered(t, answer.body, b.alice, &said)
			require.Equal(t, "txn-on-status", header.Action)
			require.Equal(t, message.StatusSuccess, header.Status)
			require.Equal(t, "search", said.Response.TxnType)
			var status message.SearchResponse
			require.NoError(t, json.Unmarshal(said.Response.TxnStatus, &status))
			require.Equal(t, ask.TransactionID, status.TransactionID)
			require.Equal(t, ack.CorrelationID, status.CorrelationID)
			var ids []string
			for _, item := range status.Items {
				ids = append(ids, item.ReferenceID)
				require.Contains(t, sent.Items, item)
			}
			require.Equal(t, c.items, ids)
		})
	}
	unknown := map[string]struct {
		as  *party
		ask message.TxnStatusRequest
	}{
		"another party's transaction": {b.bob, statusAsk("search", "transaction_id", ask.TransactionID)},
		"another party's correlation": {b.bob, statusAsk("search", "correlation_id", ack.CorrelationID)},
		"another party's references":  {b.bob, statusAsk("search", "reference_id_list", []string{"r-1"})},
		"an unknown transaction":      {b.alice, statusAsk("search", "transaction_id", "nothing")},
		"another txn_type":            {b.alice, statusAsk("subscribe", "transaction_id", ask.TransactionID)},
		"a receipt":                   {b.alice, statusAsk("receipt", "transaction_id", ask.TransactionID)},
	}
	for name, c := range unknown {
		t.Run(name, func(t *testing.T) {
			answer := b.send(t, b.request(c.as, syncStatus, "txn-status", 1, c.ask))
			require.Equal(t, http.StatusOK, answer.status, "%s", answer.body)
			header := b.answered(t, answer.body, c.as, nil)
			require.Equal(t, message.StatusRejected, header.Status)
			require.NotEmpty(t, header.StatusReasonMessage)
			require.NotContains(t, string(answer.body), "G-1")
		})
	}
	for name, broken := range map[string]message.TxnStatusRequest{
		"an unknown attribute_type":      statusAsk("search", "shoe_size", "42"),
		"a text for reference_id_list":   statusAsk("search", "reference_id_list", "r-1"),
		"a list for transaction_id":      statusAsk("search", "transaction_id", []string{ask.TransactionID}),
		"an empty list":                  statusAsk("search", "reference_id_list", []string{}),
		"an empty text":                  statusAsk("search", "correlation_id", ""),
		"an unknown txn_type":            statusAsk("dance", "transaction_id", ask.TransactionID),
		"an attribute_value of a number": statusAsk("search", "transaction_id", 5),
	} {
		t.Run(name, func(t *testing.T) {
			answer := b.send(t, b.request(b.alice, syncStatus, "txn-status", 1, broken))
			require.Equal(t, http.StatusBadRequest, answer.status, "%s", answer.body)
			require.Equal(t, "err.request.bad", answer.errorCode(t))
		})
	}
	t.Run("async", func(t *testing.T) {
		answer := b.send(t, b.request(b.alice, "/registry/txn/status", "txn-status", 1, statusAsk("search", "transaction_id", ask.TransactionID)))
		require.Equal(t, http.StatusAccepted, answer.status, "%s", answer.body)
		callback := b.alice.receiver.next(t)
		requireHolds(t, b.document.ValidateRequest("txn-on-status", callback.contentType, callback.body))
		var said message.TxnStatusResponse
		header := b.answered(t, callback.body, b.alice, &said)
		require.Equal(t, "txn-on-status", header.Action)
		require.Equal(t, answer.ack(t).CorrelationID, said.CorrelationID)
	})
	t.Run("a rejected header", func(t *testing.T) {
		request := b.request(b.alice, syncStatus, "txn-status", 2, statusAsk("search", "transaction_id", ask.TransactionID))
		header := b.answered(t, b.send(t, request).body, b.alice, nil)
		require.Equal(t, string(message.RejectTotalCount), header.StatusReasonCode)
	})
}
