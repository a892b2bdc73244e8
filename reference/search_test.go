package reference_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/spconform/spconform/reference"
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

// search sends a synchronous search and returns its items.
func (b *bench) search(t testing.TB, p *party, items ...message.SearchItem) (message.Header, message.SearchResponse) {
	t.Helper()
	answer := b.send(t, b.request(p, syncSearch, "search", len(items), searchOf(items...)))
	require.Equal(t, http.StatusOK, answer.status, "%s", answer.body)
	var found message.SearchResponse
	return b.answered(t, answer.body, p, &found), found
}

func TestSearchItemRejections(t *testing.T) {
	b := newBench(t)
	b.load(t, group(1))
	good := func() map[string]any {
		return map[string]any{"reference_id": "r-2", "timestamp": now(), "search_criteria": map[string]any{
			"reg_record_type": "Group", "query_type": "idtype-value", "query": map[string]any{"type": "UIN", "value": "G-1"}}}
	}
	criteria := func(member string, value any) func(map[string]any) {
		return func(item map[string]any) { item["search_criteria"].(map[string]any)[member] = value }
	}
	cases := []struct {
		name   string
		change func(map[string]any)
		code   message.ReasonCode
	}{
		{"no reference_id", func(i map[string]any) { delete(i, "reference_id") }, message.RejectReferenceID},
		{"empty reference_id", func(i map[string]any) { i["reference_id"] = "" }, message.RejectReferenceID},
		{"reference_id of another type", func(i map[string]any) { i["reference_id"] = 7 }, message.RejectReferenceID},
		{"reference_id of 100 characters", func(i map[string]any) { i["reference_id"] = strings.Repeat("x", 100) }, message.RejectReferenceID},
		{"reference_id again", func(i map[string]any) { i["reference_id"] = "r-1" }, message.RejectReferenceDuplicate},
		{"no timestamp", func(i map[string]any) { delete(i, "timestamp") }, message.RejectTimestamp},
		{"timestamp that is no time", func(i map[string]any) { i["timestamp"] = "noon" }, message.RejectTimestamp},
		{"a day that does not exist", func(i map[string]any) { i["timestamp"] = "2025-02-30T00:00:00Z" }, message.RejectTimestamp},
		{"no criteria", func(i map[string]any) { delete(i, "search_criteria") }, message.RejectSearchCriteria},
		{"criteria of another type", func(i map[string]any) { i["search_criteria"] = "all" }, message.RejectSearchCriteria},
		{"no query_type", func(i map[string]any) { delete(i["search_criteria"].(map[string]any), "query_type") }, message.RejectSearchCriteria},
		{"an unknown query_type", criteria("query_type", "graphql"), message.RejectSearchCriteria},
		{"no query", func(i map[string]any) { delete(i["search_criteria"].(map[string]any), "query") }, message.RejectSearchCriteria},
		{"an empty query", criteria("query", map[string]any{}), message.RejectSearchCriteria},
		{"an unknown record type", criteria("reg_record_type", "Spaceship"), message.RejectSearchCriteria},
		{"another registry", criteria("reg_type", "ns:org:RegistryType:Civil"), message.RejectSearchCriteria},
		{"sort by an unknown attribute", criteria("sort", []any{map[string]any{"attribute_name": "luck", "sort_order": "asc"}}), message.RejectSort},
		{"sort sideways", criteria("sort", []any{map[string]any{"attribute_name": "poverty_score", "sort_order": "sideways"}}), message.RejectSort},
		{"a sort of another type", criteria("sort", "poverty_score"), message.RejectSort},
		{"page_size 0", criteria("pagination", map[string]any{"page_size": 0}), message.RejectPagination},
		{"page_size over the limit", criteria("pagination", map[string]any{"page_size": 100000}), message.RejectPagination},
		{"a broken page_size", criteria("pagination", map[string]any{"page_size": 2.5}), message.RejectPagination},
		{"page_size as text", criteria("pagination", map[string]any{"page_size": "10"}), message.RejectPagination},
		{"page_number 0", criteria("pagination", map[string]any{"page_size": 2, "page_number": 0}), message.RejectPagination},
		{"an unknown attribute", func(i map[string]any) {
			criteria("query_type", "predicate")(i)
			criteria("query", []any{map[string]any{"seq_num": 1, "expression1": map[string]any{
				"attribute_name": "shoe_size", "operator": "eq", "attribute_value": 42}}})(i)
		}, message.RejectFilter},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			bad := good()
			c.change(bad)
			request := b.request(b.alice, syncSearch, "search", 3, map[string]any{"transaction_id": "t-1",
				"search_request": []any{searchItem("r-1", idQuery("G-1")), bad, searchItem("r-3", idQuery("G-1"))}})
			answer := b.send(t, request)
			require.Equal(t, http.StatusOK, answer.status, "%s", answer.body)
			var found message.SearchResponse
			header := b.answered(t, answer.body, b.alice, &found)
			require.Equal(t, message.StatusSuccess, header.Status)
			require.Equal(t, 3, *header.CompletedCount)
			require.Len(t, found.Items, 3)
			require.Equal(t, message.StatusRejected, found.Items[1].Status)
			require.Equal(t, c.code, found.Items[1].StatusReasonCode, found.Items[1].StatusReasonMessage)
			require.Nil(t, found.Items[1].Data)
			for _, index := range []int{0, 2} {
				require.Equal(t, message.StatusSuccess, found.Items[index].Status)
				require.Len(t, found.Items[index].Data.RegRecords, 1)
			}
			require.Equal(t, "r-3", found.Items[2].ReferenceID)
		})
	}
}

func TestABatchOfOnlyBadItemsIsRejected(t *testing.T) {
	b := newBench(t)
	items := make([]message.SearchItem, 60)
	for i := range items {
		items[i] = searchItem(fmt.Sprint("r-", i), idQuery("G-1"))
		items[i].Timestamp = "noon"
	}
	header, found := b.search(t, b.alice, items...)
	require.Equal(t, message.StatusRejected, header.Status)
	require.Equal(t, string(message.RejectTooManyErrors), header.StatusReasonCode)
	require.Len(t, found.Items, 60)
	for _, item := range found.Items {
		require.Equal(t, message.RejectTimestamp, item.StatusReasonCode)
	}
}

func TestSortAndPages(t *testing.T) {
	b := newBench(t)
	for i := range 7 {
		b.load(t, group(i+1))
	}
	page := func(number int) (message.SearchResponseItem, []string) {
		item := message.SearchItem{ReferenceID: "r-1", Timestamp: now(), Criteria: message.SearchCriteria{RegRecordType: "Group",
			QueryType:  message.QueryPredicate,
			Query:      json.RawMessage(`[{"seq_num":1,"expression1":{"attribute_name":"poverty_score","operator":"gt","attribute_value":2}}]`),
			Sort:       []message.SortItem{{AttributeName: "poverty_score", SortOrder: "desc"}},
			Pagination: &message.Pagination{PageSize: 2, PageNumber: number}}}
		_, found := b.search(t, b.alice, item)
		var ids []string
		for _, raw := range found.Items[0].Data.RegRecords {
			var record struct {
				Identifier []struct {
					Value string `json:"identifier_value"`
				} `json:"group_identifier"`
			}
			require.NoError(t, json.Unmarshal(raw, &record))
			ids = append(ids, record.Identifier[0].Value)
		}
		return found.Items[0], ids
	}
	for number, want := range [][]string{1: {"G-7", "G-6"}, 2: {"G-5", "G-4"}, 3: {"G-3"}, 4: nil} {
		if number == 0 {
			continue
		}
		item, ids := page(number)
		require.Equal(t, want, ids)
		require.NotNil(t, item.Data.RegRecords)
		require.Equal(t, message.Pagination{PageSize: 2, PageNumber: number, TotalCount: item.Pagination.TotalCount}, *item.Pagination)
		require.Equal(t, 5, *item.Pagination.TotalCount)
	}
}

func TestTooManyRecords(t *testing.T) {
	b := newBench(t, reference.WithLimits(reference.Limits{Records: 3}))
	for i := range 4 {
		b.load(t, group(i+1))
	}
	item := func(below int) message.SearchItem {
		return message.SearchItem{ReferenceID: fmt.Sprint("below-", below), Timestamp: now(), Criteria: message.SearchCriteria{RegRecordType: "Group",
			QueryType: message.QueryExpression,
			Query:     json.RawMessage(fmt.Sprintf(`{"type":"ns:org:QueryType:expression","value":{"expression":{"collection":"Group","query":{"poverty_score":{"$lt":%d}}}}}`, below))}}
	}
	_, found := b.search(t, b.alice, item(4), item(5))
	require.Len(t, found.Items[0].Data.RegRecords, 3)
	require.Equal(t, message.RejectTooManyRecords, found.Items[1].StatusReasonCode)
	require.Nil(t, found.Items[1].Data)
	paged := item(5)
	paged.Criteria.Pagination = &message.Pagination{PageSize: 4, PageNumber: 1}
	_, found = b.search(t, b.alice, paged)
	require.Len(t, found.Items[0].Data.RegRecords, 4, "who asks for pages is answered in pages")
}

func TestAsyncSearchIsAnsweredByCallback(t *testing.T) {
	b := newBench(t)
	b.load(t, group(1))
	ask := oneSearch()
	answer := b.send(t, b.request(b.alice, "/registry/search", "search", 1, ask))
	require.Equal(t, http.StatusAccepted, answer.status)
	ack := answer.ack(t)
	require.Equal(t, message.ACK, ack.AckStatus)

	callback := b.alice.receiver.next(t)
	require.Equal(t, "/callbacks/here", callback.path)
	require.Equal(t, "application/json", callback.contentType)
	requireHolds(t, b.document.ValidateRequest("on-search", callback.contentType, callback.body))
	var found message.SearchResponse
	header := b.answered(t, callback.body, b.alice, &found)
	require.Equal(t, "on-search", header.Action)
	require.Equal(t, ack.CorrelationID, found.CorrelationID)
	require.Equal(t, ask.TransactionID, found.TransactionID)
	require.Len(t, found.Items[0].Data.RegRecords, 1)

	t.Run("to the registered base where sender_uri is absent", func(t *testing.T) {
		request := b.request(b.alice, "/registry/search", "search", 1, oneSearch())
		delete(request.header, "sender_uri")
		require.Equal(t, http.StatusAccepted, b.send(t, request).status)
		require.Equal(t, "/callbacks/registry/on-search", b.alice.receiver.next(t).path)
	})
	t.Run("a repeat is answered as one", func(t *testing.T) {
		request := b.request(b.alice, "/registry/search", "search", 1, oneSearch())
		raw := request.bytes(t)
		require.Equal(t, http.StatusAccepted, b.sendBytes(t, request, raw).status)
		require.Equal(t, message.StatusSuccess, b.alice.receiver.next(t).header.Status)
		require.Equal(t, http.StatusAccepted, b.sendBytes(t, request, raw).status)
		require.Equal(t, string(message.RejectMessageDuplicate), b.alice.receiver.next(t).header.StatusReasonCode)
	})
}
