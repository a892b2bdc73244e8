package reference_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/spconform/spconform/spec/message"
)

const syncSearch = "/registry/sync/search"

func TestSyncSearchByIdentifier(t *testing.T) {
	b := newBench(t)
	b.load(t, group(1, 11, 12), group(2))
	ask := searchOf(searchItem("r-1", idQuery("G-1")), searchItem("r-2", idQuery("G-9")))
	answer := b.send(t, b.request(b.alice, syncSearch, "search", 2, ask))
	require.Equal(t, http.StatusOK, answer.status, "%s", answer.body)
	var found message.SearchResponse
	header := b.answered(t, answer.body, b.alice, &found)
	require.Equal(t, "on-search", header.Action)
	require.Equal(t, message.StatusSuccess, header.Status)
	require.Equal(t, 2, header.TotalCount)
	require.Equal(t, 2, *header.CompletedCount)
	require.Equal(t, ask.TransactionID, found.TransactionID)
	require.NotEmpty(t, found.CorrelationID)
	require.Len(t, found.Items, 2)
	require.Equal(t, "r-1", found.Items[0].ReferenceID)
	require.Len(t, found.Items[0].Data.RegRecords, 1)
	require.JSONEq(t, string(group(1, 11, 12).Data), string(found.Items[0].Data.RegRecords[0]))
	require.Equal(t, "r-2", found.Items[1].ReferenceID)
	require.Equal(t, message.StatusSuccess, found.Items[1].Status)
	require.NotNil(t, found.Items[1].Data.RegRecords)
	require.Empty(t, found.Items[1].Data.RegRecords)
}
