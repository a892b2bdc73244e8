package reference_test

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/spconform/spconform/spec/fixture"
	"github.com/spconform/spconform/spec/message"
)

func predicate(attribute, operator string, value any) json.RawMessage {
	raw, _ := json.Marshal([]message.PredicateItem{{Expression1: &message.Predicate{
		AttributeName: attribute, Operator: operator, AttributeValue: value}}})
	return raw
}

func subscribeItem(reference, event string, filterType string, filter json.RawMessage) message.SubscribeItem {
	return message.SubscribeItem{ReferenceID: reference, Timestamp: now(), Criteria: message.SubscribeCriteria{
		RegEventType: event, FilterType: filterType, Filter: filter, NotifyRecordType: "Group"}}
}

// subscribe sends a subscription and awaits its answer.
func (b *bench) subscribe(t testing.TB, p *party, items ...any) (message.Header, message.SubscribeResponse) {
	t.Helper()
	answer := b.send(t, b.request(p, "/registry/subscribe", "subscribe", len(items),
		map[string]any{"transaction_id": rand.Text(), "subscribe_request": items}))
	require.Equal(t, http.StatusAccepted, answer.status, "%s", answer.body)
	callback := p.receiver.next(t)
	requireHolds(t, b.document.ValidateRequest("on-subscribe", callback.contentType, callback.body))
	var said message.SubscribeResponse
	header := b.answered(t, callback.body, p, &said)
	require.Equal(t, "on-subscribe", header.Action)
	require.Equal(t, answer.ack(t).CorrelationID, said.CorrelationID)
	return header, said
}

func (b *bench) unsubscribe(t testing.TB, p *party, codes ...string) message.UnsubscribeResponse {
	t.Helper()
	answer := b.send(t, b.request(p, "/registry/unsubscribe", "unsubscribe", 1,
		message.UnsubscribeRequest{TransactionID: rand.Text(), Timestamp: now(), SubscriptionCodes: codes}))
	require.Equal(t, http.StatusAccepted, answer.status, "%s", answer.body)
	callback := p.receiver.next(t)
	requireHolds(t, b.document.ValidateRequest("on-unsubscribe", callback.contentType, callback.body))
	var said message.UnsubscribeResponse
	header := b.answered(t, callback.body, p, &said)
	require.Equal(t, "on-unsubscribe", header.Action)
	return said
}

// notified awaits a notification and returns its event.
func (b *bench) notified(t testing.TB, p *party) message.NotifyEvent {
	t.Helper()
	callback := p.receiver.next(t)
	require.Equal(t, "/callbacks/registry/notify", callback.path)
	requireHolds(t, b.document.ValidateRequest("notify", callback.contentType, callback.body))
	var told message.NotifyRequest
	header := b.answered(t, callback.body, p, &told)
	require.Equal(t, "notify", header.Action)
	require.Equal(t, message.StatusSuccess, header.Status)
	require.Equal(t, 1, header.TotalCount)
	require.Len(t, told.Items, 1)
	return told.Items[0]
}

func registered(number int, members ...int) fixture.Event {
	record := group(number, members...)
	return fixture.Event{Interface: "social", RegEventType: "REGISTER", RegRecordType: "Group", Data: record.Data}
}

func TestSubscribeNotifyUnsubscribe(t *testing.T) {
	b := newBench(t)
	b.load(t, group(1))
	poor := predicate("poverty_score", "ge", 50)
	header, said := b.subscribe(t, b.alice, subscribeItem("s-1", "REGISTER", "predicate", poor))
	require.Equal(t, message.StatusSuccess, header.Status)
	require.Len(t, said.Items[0].Subscriptions, 1)
	made := said.Items[0].Subscriptions[0]
	require.Equal(t, "subscribe", made.Status)
	require.NotEmpty(t, made.Code)
	require.Equal(t, "REGISTER", made.RegEventType)

	b.event(t, registered(40)) // outside the filter
	b.event(t, registered(60))
	b.event(t, registered(70))
	for sequence, want := range []int{60, 70} {
		event := b.notified(t, b.alice)
		require.Equal(t, fmt.Sprintf("%s-%d", made.Code, sequence+1), event.ReferenceID)
		require.Equal(t, "REGISTER", event.Data.RegEventType)
		require.Equal(t, "Group", event.Data.RegRecordType)
		require.JSONEq(t, string(group(want).Data), string(event.Data.RegRecords))
	}
	_, found := b.search(t, b.alice, searchItem("r-1", idQuery("G-60")))
	require.Len(t, found.Items[0].Data.RegRecords, 1, "the event's record is held")
	b.bob.receiver.none(t)

	t.Run("txn-status knows the subscription", func(t *testing.T) {
		answer := b.send(t, b.request(b.alice, syncStatus, "txn-status", 1, statusAsk("subscribe", "correlation_id", said.CorrelationID)))
		var status message.TxnStatusResponse
		require.Equal(t, message.StatusSuccess, b.answered(t, answer.body, b.alice, &status).Status)
		require.Contains(t, string(status.Response.TxnStatus), made.Code)
	})
	t.Run("again", func(t *testing.T) {
		_, again := b.subscribe(t, b.alice, subscribeItem("s-1", "ns:org:RegistryEventType:REGISTER", "predicate", poor))
		require.Equal(t, message.RejectAlreadySubscribed, again.Items[0].StatusReasonCode)
		_, bobs := b.subscribe(t, b.bob, subscribeItem("s-1", "REGISTER", "predicate", poor))
		require.Equal(t, message.StatusSuccess, bobs.Items[0].Status)
		require.Equal(t, message.StatusSuccess, b.unsubscribe(t, b.bob, bobs.Items[0].Subscriptions[0].Code).Status)
	})
	t.Run("unsubscribe", func(t *testing.T) {
		require.Equal(t, message.RejectRequester, b.unsubscribe(t, b.bob, made.Code).StatusReasonCode)
		require.Equal(t, message.RejectSubscriptionCode, b.unsubscribe(t, b.alice, "nothing").StatusReasonCode)
		require.Equal(t, message.RejectSubscriptionCode, b.unsubscribe(t, b.alice).StatusReasonCode)
		require.Equal(t, message.RejectSubscriptionCode, b.unsubscribe(t, b.alice, made.Code, "nothing").StatusReasonCode)
		b.event(t, registered(80))
		b.notified(t, b.alice) // none of the above ended it
		ended := b.unsubscribe(t, b.alice, made.Code)
		require.Equal(t, message.StatusSuccess, ended.Status)
		require.Equal(t, []message.SubscriptionStatus{{Code: made.Code, Status: "unsubscribe"}}, ended.SubscriptionStatus)
		require.Equal(t, message.RejectAlreadyUnsubscribed, b.unsubscribe(t, b.alice, made.Code).StatusReasonCode)
		b.event(t, registered(90))
		_, made := b.subscribe(t, b.alice, subscribeItem("s-2", "REGISTER", "predicate", poor))
		require.Equal(t, message.StatusSuccess, made.Items[0].Status, "an ended subscription may be made anew")
	})
	b.alice.receiver.none(t)
}

func TestSubscribeRejections(t *testing.T) {
	b := newBench(t)
	b.load(t, group(1))
	cases := []struct {
		name   string
		change func(*message.SubscribeItem)
		code   message.ReasonCode
	}{
		{"no reference_id", func(i *message.SubscribeItem) { i.ReferenceID = "" }, message.RejectReferenceID},
		{"reference_id again", func(i *message.SubscribeItem) { i.ReferenceID = "s-1" }, message.RejectReferenceDuplicate},
		{"timestamp", func(i *message.SubscribeItem) { i.Timestamp = "noon" }, message.RejectTimestamp},
		{"an unknown event", func(i *message.SubscribeItem) { i.Criteria.RegEventType = "PARTY" }, message.RejectNotifyTypes},
		{"no event", func(i *message.SubscribeItem) { i.Criteria.RegEventType = "" }, message.RejectNotifyTypes},
		{"an unknown record type", func(i *message.SubscribeItem) { i.Criteria.NotifyRecordType = "Spaceship" }, message.RejectNotifyDetails},
		{"no record type", func(i *message.SubscribeItem) { i.Criteria.NotifyRecordType = "" }, message.RejectNotifyDetails},
		{"an unknown attribute", func(i *message.SubscribeItem) { i.Criteria.Filter = predicate("shoe_size", "eq", 42) }, message.RejectNotifyDetails},
		{"an empty filter", func(i *message.SubscribeItem) { i.Criteria.Filter = json.RawMessage(`[]`) }, message.RejectNotifyDetails},
		{"another registry", func(i *message.SubscribeItem) { i.Criteria.RegType = "ns:org:RegistryType:Civil" }, message.RejectNotifyDetails},
		{"nobody", func(i *message.SubscribeItem) {
			i.Criteria.FilterType, i.Criteria.Filter = "idtype-value", idQuery("G-404")
		}, message.RejectPersonID},
		{"nobody, by the filter's form", func(i *message.SubscribeItem) {
			i.Criteria.FilterType, i.Criteria.Filter = "", idQuery("G-404")
		}, message.RejectPersonID},
		{"a period that ends before it starts", func(i *message.SubscribeItem) {
			i.Criteria.Frequency = &message.Frequency{StartTime: "2030-01-01T00:00:00Z", EndTime: "2020-01-01T00:00:00Z", Frequency: "0 0 * * * *"}
		}, message.RejectNotifyDetails},
	}
	items := []any{subscribeItem("s-1", "REGISTER", "idtype-value", idQuery("G-1"))}
	for i, c := range cases {
		item := subscribeItem(fmt.Sprint("c-", i), "REGISTER", "predicate", predicate("poverty_score", "eq", i))
		c.change(&item)
		items = append(items, item)
	}
	header, said := b.subscribe(t, b.alice, items...)
	require.Equal(t, message.StatusSuccess, header.Status)
	require.Len(t, said.Items, len(items))
	require.Equal(t, message.StatusSuccess, said.Items[0].Status)
	for i, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			require.Equal(t, c.code, said.Items[i+1].StatusReasonCode, said.Items[i+1].StatusReasonMessage)
			require.Equal(t, message.StatusRejected, said.Items[i+1].Status)
			require.Empty(t, said.Items[i+1].Subscriptions)
		})
	}
}

func TestFrequencyBoundsNotifications(t *testing.T) {
	b := newBench(t)
	period := func(from, to time.Duration) *message.Frequency {
		return &message.Frequency{StartTime: time.Now().Add(from).UTC().Format(time.RFC3339),
			EndTime: time.Now().Add(to).UTC().Format(time.RFC3339), Frequency: "0 0 * * * *"}
	}
	past, current, future := subscribeItem("s-1", "REGISTER", "predicate", predicate("poverty_score", "ge", 1)),
		subscribeItem("s-2", "REGISTER", "predicate", predicate("poverty_score", "ge", 2)),
		subscribeItem("s-3", "REGISTER", "predicate", predicate("poverty_score", "ge", 3))
	past.Criteria.Frequency = period(-2*time.Hour, -time.Hour)
	current.Criteria.Frequency = period(-time.Hour, time.Hour)
	future.Criteria.Frequency = period(time.Hour, 2*time.Hour)
	_, said := b.subscribe(t, b.alice, past, current, future)
	b.event(t, registered(60))
	require.Equal(t, said.Items[1].Subscriptions[0].Code+"-1", b.notified(t, b.alice).ReferenceID)
	b.unsubscribe(t, b.alice, said.Items[1].Subscriptions[0].Code) // whatever was to come came before this answer
	b.alice.receiver.none(t)
}

// post sends an update, a notify to the registry.
func (b *bench) post(t testing.TB, p *party, recordType string, records any) got {
	t.Helper()
	return b.send(t, b.notifyRequest(p, map[string]any{"transaction_id": rand.Text(),
		"notify_event": []any{map[string]any{"reference_id": "n-1", "timestamp": now(),
			"data": map[string]any{"reg_record_type": recordType, "reg_records": records}}}}))
}

// notifyRequest has the callback header that notify is published with.
func (b *bench) notifyRequest(p *party, payload any) *sent {
	request := b.request(p, "/registry/notify", "notify", 1, payload)
	request.header["status"] = "succ"
	delete(request.header, "sender_uri")
	return request
}

func TestUpdate(t *testing.T) {
	b := newBench(t)
	b.load(t, group(60, 1))
	_, said := b.subscribe(t, b.alice,
		subscribeItem("s-1", "REGISTER", "idtype-value", idQuery("G-60")),
		subscribeItem("s-2", "NewHouseHoldMember", "idtype-value", idQuery("G-60")))
	require.Equal(t, message.StatusSuccess, said.Items[1].Status)

	t.Run("of an attribute", func(t *testing.T) {
		answer := b.post(t, b.updater, "Group", json.RawMessage(
			`{"group_identifier":[{"identifier_type":"UIN","identifier_value":"G-60"}],"poverty_score":61}`))
		require.Equal(t, http.StatusAccepted, answer.status, "%s", answer.body)
		require.Equal(t, message.ACK, answer.ack(t).AckStatus)
		event := b.notified(t, b.alice)
		require.Equal(t, "REGISTER", event.Data.RegEventType)
		var record struct {
			Score   json.Number       `json:"poverty_score"`
			Members []json.RawMessage `json:"member_list"`
		}
		require.NoError(t, json.Unmarshal(event.Data.RegRecords, &record))
		require.Equal(t, "61", record.Score.String())
		require.Len(t, record.Members, 1, "what the update does not name stays")
		_, found := b.search(t, b.alice, searchItem("r-1", idQuery("G-60")))
		require.JSONEq(t, string(event.Data.RegRecords), string(found.Items[0].Data.RegRecords[0]))
	})
	t.Run("that changes nothing is not told", func(t *testing.T) {
		require.Equal(t, http.StatusAccepted, b.post(t, b.updater, "Group", json.RawMessage(
			`{"group_identifier":[{"identifier_type":"UIN","identifier_value":"G-60"}],"poverty_score":61}`)).status)
		b.alice.receiver.none(t)
	})
	t.Run("of a member, as a list", func(t *testing.T) {
		require.Equal(t, http.StatusAccepted, b.post(t, b.updater, "Group", []json.RawMessage{group(60, 1, 2).Data}).status)
		var events []string
		for range 2 {
			events = append(events, b.notified(t, b.alice).Data.RegEventType)
		}
		require.ElementsMatch(t, []string{"REGISTER", "NewHouseHoldMember"}, events)
	})
	t.Run("by a party that may not", func(t *testing.T) {
		answer := b.post(t, b.alice, "Group", group(60).Data)
		require.Equal(t, http.StatusForbidden, answer.status)
		require.Equal(t, "err.request.forbidden", answer.errorCode(t))
	})
	for name, c := range map[string]struct {
		recordType string
		records    any
	}{
		"of an unknown record type": {"Spaceship", group(60).Data},
		"with a broken record":      {"Group", json.RawMessage(`{"group_identifier":[{"identifier_type":"UIN","identifier_value":"G-60"}],"poverty_score":"high"}`)},
		"with half a list broken":   {"Group", []json.RawMessage{group(99).Data, json.RawMessage(`{"poverty_score":"high"}`)}},
	} {
		t.Run(name, func(t *testing.T) {
			answer := b.post(t, b.updater, c.recordType, c.records)
			require.Equal(t, http.StatusBadRequest, answer.status, "%s", answer.body)
			require.Equal(t, "NACK err.request.bad", answer.errorCode(t))
			require.NotContains(t, string(answer.body), "high")
		})
	}
	_, found := b.search(t, b.alice, searchItem("r-1", idQuery("G-99")))
	require.Empty(t, found.Items[0].Data.RegRecords, "an update is taken whole or not at all")
	t.Run("repeated", func(t *testing.T) {
		request := b.notifyRequest(b.updater, message.NotifyRequest{TransactionID: "t", Items: []message.NotifyEvent{{
			ReferenceID: "n", Timestamp: now(), Data: message.NotifyData{RegRecordType: "Group", RegRecords: group(60, 1, 2, 3).Data}}}})
		raw := request.bytes(t)
		require.Equal(t, http.StatusAccepted, b.sendBytes(t, request, raw).status)
		b.notified(t, b.alice)
		b.notified(t, b.alice)
		require.Equal(t, http.StatusAccepted, b.sendBytes(t, request, raw).status, "the same answer")
		other := b.notifyRequest(b.updater, request.message)
		other.header["meta"] = map[string]string{"try": "2"}
		other.header["message_id"] = request.header["message_id"]
		require.Equal(t, http.StatusBadRequest, b.send(t, other).status, "the same id with another body")
	})
	b.alice.receiver.none(t)
}
