package reference_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/spconform/spconform/reference"
	"github.com/spconform/spconform/spec"
	"github.com/spconform/spconform/spec/fixture"
	"github.com/spconform/spconform/spec/message"
)

// payBench is a bench that serves one payment interface with a programme, its beneficiaries and their links.
func payBench(t *testing.T, id string) *bench {
	t.Helper()
	described, err := spec.FindInterface(id)
	require.NoError(t, err)
	b := newBench(t, reference.WithInterfaces(described))
	b.document, err = spec.LoadDocument(id)
	require.NoError(t, err)
	account := func(fa, owner, currency, balance string, linked bool) fixture.Record {
		return fixture.Record{Interface: "disburse", RegRecordType: "Account", Data: json.RawMessage(fmt.Sprintf(
			`{"fa":%q,"owner":%q,"currency_code":%q,"balance":%q,"linked":%t}`, fa, owner, currency, balance, linked))}
	}
	if id == "mapper" {
		b.load(t, fixture.Record{Interface: "mapper", RegRecordType: "Link", Data: json.RawMessage(
			`{"id":"uin:1@id","fa":"account:1@bank","account_provider_info":{"name":"Bank","code":"bank"},"status":"active"}`)})
		return b
	}
	b.load(t, account("account:programme@treasury", b.alice.ID, "USD", "100.00", true),
		account("account:other@treasury", b.bob.ID, "USD", "100.00", true),
		account("account:1@bank", "", "USD", "0.00", true), account("account:2@bank", "", "EUR", "0.00", true),
		account("account:3@bank", "", "USD", "0.00", false))
	return b
}

// paid sends a message of a payment interface and gives the items of the answer, or the error's code.
func (b *bench) paid(t *testing.T, p *party, id, path, action string, count int, payload any) ([]message.DisbursementStatus, string) {
	t.Helper()
	request := b.request(p, path, action, count, payload)
	request.header["receiver_id"] = id + ".example.org"
	answer := b.send(t, request)
	if answer.status != http.StatusOK {
		return nil, answer.errorCode(t)
	}
	return itemsIn(t, answer.body), ""
}

func itemsIn(t *testing.T, body []byte) []message.DisbursementStatus {
	t.Helper()
	envelope, err := message.ParseEnvelope(body)
	require.NoError(t, err)
	var said map[string]json.RawMessage
	require.NoError(t, json.Unmarshal(envelope.Message, &said))
	for _, list := range []string{"disbursements_status", "link_response", "update_response", "unlink_response", "resolve_response"} {
		if raw, there := said[list]; there {
			var items []message.DisbursementStatus
			require.NoError(t, json.Unmarshal(raw, &items))
			return items
		}
	}
	require.FailNow(t, "an answer without items")
	return nil
}

func pay(reference string, change func(*message.Disbursement)) message.Disbursement {
	order := message.Disbursement{ReferenceID: reference, PayerFA: "account:programme@treasury", PayeeFA: "account:1@bank", Amount: "10.00"}
	if change != nil {
		change(&order)
	}
	return order
}

func TestDisbursementsAreItemised(t *testing.T) {
	b := payBench(t, "disburse")
	orders := []struct {
		name   string
		change func(*message.Disbursement)
		want   string
	}{
		{"right", nil, "succ"},
		{"unknown payee", func(d *message.Disbursement) { d.PayeeFA = "account:9@bank" }, "rjct.payee_fa.invalid"},
		{"unlinked payee", func(d *message.Disbursement) { d.PayeeFA = "account:3@bank" }, "rjct.payee_fa.invalid"},
		{"payee in another currency", func(d *message.Disbursement) { d.PayeeFA = "account:2@bank" }, "rjct.currency_code.invalid"},
		{"payee is the payer", func(d *message.Disbursement) { d.PayeeFA = "account:PROGRAMME@treasury" }, "rjct.payee_fa.invalid"},
		{"no address", func(d *message.Disbursement) { d.PayeeFA = "here" }, "rjct.payee_fa.invalid"},
		{"another's account", func(d *message.Disbursement) { d.PayerFA = "account:other@treasury" }, "rjct.payer_fa.invalid"},
		{"a beneficiary's account", func(d *message.Disbursement) { d.PayerFA = "account:1@bank" }, "rjct.payer_fa.invalid"},
		{"nothing", func(d *message.Disbursement) { d.Amount = "0.0" }, "rjct.amount.invalid"},
		{"too fine", func(d *message.Disbursement) { d.Amount = "0.001" }, "rjct.amount.invalid"},
		{"another currency", func(d *message.Disbursement) { d.CurrencyCode = "EUR" }, "rjct.currency_code.invalid"},
		{"yesterday", func(d *message.Disbursement) {
			d.ScheduledTimestamp = time.Now().Add(-24 * time.Hour).Format(time.RFC3339)
		}, "rjct.schedule_ts.invalid"},
		{"too much", func(d *message.Disbursement) { d.Amount = "90.01" }, "rjct.payer_fa.invalid"},
		{"all that is left", func(d *message.Disbursement) { d.Amount = "90.00" }, "succ"},
		{"one cent more", func(d *message.Disbursement) { d.Amount = "0.01" }, "rjct.payer_fa.invalid"},
	}
	var items []message.Disbursement
	for _, order := range orders {
		items = append(items, pay(order.name, order.change))
	}
	told, code := b.paid(t, b.alice, "disburse", "/disburse/sync/disburse", "disburse", len(items),
		message.DisburseRequest{TransactionID: "t", Items: items})
	require.Empty(t, code)
	require.Len(t, told, len(orders))
	for at, order := range orders {
		got := string(told[at].StatusReasonCode)
		if told[at].Status == message.StatusSuccess {
			got = told[at].Status
		}
		require.Equal(t, order.name, told[at].ReferenceID)
		require.Equal(t, order.want, got, order.name)
	}
}

func TestAScheduledDisbursementIsToldOfWhenItEnds(t *testing.T) {
	for _, test := range []struct{ name, payer, want string }{
		{"paid", "account:programme@treasury", "succ"},
		{"without funds by then", "account:programme@treasury", "rjct"},
	} {
		t.Run(test.name, func(t *testing.T) {
			b := payBench(t, "disburse")
			due := time.Now().Add(300 * time.Millisecond)
			request := b.request(b.alice, "/disburse", "disburse", 1, message.DisburseRequest{TransactionID: "t",
				Items: []message.Disbursement{pay("later", func(d *message.Disbursement) { d.ScheduledTimestamp = due.Format(time.RFC3339Nano) })}})
			request.header["receiver_id"] = "disburse.example.org"
			require.Equal(t, http.StatusAccepted, b.send(t, request).status)
			first := b.alice.receiver.next(t)
			require.Equal(t, "pdng", itemsIn(t, first.body)[0].Status)
			require.Equal(t, "pdng", first.header.Status)
			require.Zero(t, *first.header.CompletedCount)
			if test.want == "rjct" {
				told, code := b.paid(t, b.alice, "disburse", "/disburse/sync/disburse", "disburse", 1, message.DisburseRequest{TransactionID: "u",
					Items: []message.Disbursement{pay("now", func(d *message.Disbursement) { d.Amount = "95.00" })}})
				require.Empty(t, code)
				require.Equal(t, "succ", told[0].Status)
			}
			second := b.alice.receiver.next(t)
			require.Equal(t, "on-disburse", second.header.Action)
			require.Equal(t, test.want, itemsIn(t, second.body)[0].Status)
			require.False(t, time.Now().Before(due))
			requireHolds(t, b.document.ValidateRequest("on-disburse", "application/json", second.body))
		})
	}
}

func TestTheMapperAnswers(t *testing.T) {
	b := payBench(t, "mapper")
	for _, test := range []struct {
		name, operation string
		by              *party
		item            message.LinkItem
		want            string
	}{
		{"known", "resolve", b.bob, message.LinkItem{ID: "UIN:1@id"}, "succ succ.id.active"},
		{"known address", "resolve", b.bob, message.LinkItem{FA: "account:1@BANK"}, "succ succ.fa.active"},
		{"the pair", "resolve", b.bob, message.LinkItem{ID: "uin:1@id", FA: "account:1@bank"}, "succ succ.fa.active"},
		{"not the pair", "resolve", b.bob, message.LinkItem{ID: "uin:1@id", FA: "account:2@bank"}, "succ succ.fa.not_linked_to_id"},
		{"unknown", "resolve", b.bob, message.LinkItem{ID: "uin:2@id"}, "succ succ.id.not_found"},
		{"neither", "resolve", b.bob, message.LinkItem{}, "rjct rjct.id.invalid"},
		{"by one who may not", "link", b.bob, message.LinkItem{ID: "uin:2@id", FA: "account:2@bank"}, "err.request.forbidden"},
		{"new", "link", b.updater, message.LinkItem{ID: "uin:2@id", FA: "account:2@bank"}, "succ "},
		{"again", "link", b.updater, message.LinkItem{ID: "uin:2@id", FA: "account:2@bank"}, "succ "},
		{"elsewhere", "link", b.updater, message.LinkItem{ID: "uin:2@id", FA: "account:3@bank"}, "rjct rjct.id.invalid"},
		{"moved", "update", b.updater, message.LinkItem{ID: "uin:2@id", FA: "account:3@bank"}, "succ "},
		{"nobody moved", "update", b.updater, message.LinkItem{ID: "uin:3@id", FA: "account:3@bank"}, "rjct rjct.id.invalid"},
		{"from another", "unlink", b.updater, message.LinkItem{ID: "uin:2@id", FA: "account:2@bank"}, "rjct rjct.fa.invalid"},
		{"gone", "unlink", b.updater, message.LinkItem{ID: "uin:2@id"}, "succ "},
		{"gone before", "unlink", b.updater, message.LinkItem{ID: "uin:2@id"}, "rjct rjct.id.invalid"},
	} {
		t.Run(test.name, func(t *testing.T) {
			test.item.ReferenceID, test.item.Timestamp = "r", now()
			told, got := b.paid(t, test.by, "mapper", "/mapper/sync/"+test.operation, test.operation, 1,
				map[string]any{"transaction_id": "t", test.operation + "_request": []message.LinkItem{test.item}})
			if len(told) == 1 {
				got = told[0].Status + " " + string(told[0].StatusReasonCode)
			}
			require.Equal(t, test.want, got)
		})
	}
}
