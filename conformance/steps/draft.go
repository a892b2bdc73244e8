package steps

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/spconform/spconform/conformance/identity"
	"github.com/spconform/spconform/spec"
	"github.com/spconform/spconform/spec/message"
)

// Draft is a message in the making. Header and Message are plain JSON trees, so that a scenario can
// make them wrong in any way; everything that is not changed is right.
type Draft struct {
	// Kind is what is asked: search, subscribe, unsubscribe, txn-status or update.
	Kind      string
	Operation spec.Operation
	From      *identity.Identity
	Header    map[string]any
	Message   map[string]any
	Questions []*Question

	// changes to the header that wait until sending has filled it in.
	headerEdits []func(map[string]any)
	sign        func(*Draft, *sealed) error
	// encrypt is how the message is encrypted before it is signed; nil where it goes in plain.
	encrypt func(*sealed) error
	// plain is the message that was encrypted.
	plain       json.RawMessage
	credential  func() string
	reshape     func([]byte) []byte
	contentType string
	method      string
	path        string
	senderURI   string
	// patient drafts do not have their callback awaited by sending.
	patient bool
	// rival is the key of another client, for messages that it signs.
	rival message.Key
	// former is the key that its sender had before its present one.
	former message.Key
	// flood marks a body that a server may refuse to read to its end.
	flood bool
	// renamed is the transaction_id that the message was given after it was signed; "" for its own.
	renamed string
	// repeated marks bytes that were sent before: their answer may be the stored one.
	repeated bool

	// token is the bearer token with which it was last sent, "" where there is none or the scenario chose another.
	token string
	// body is what was last sent, for sending it again byte for byte.
	body       []byte
	httpHeader http.Header
}

// sealed is a message on its way to being signed.
type sealed struct {
	header, message json.RawMessage
	envelope        map[string]json.RawMessage
}

func (w *World) newDraft(kind string) *Draft {
	return &Draft{Kind: kind, From: w.env.Identities[identity.Client], rival: w.env.Identities[identity.Other].Key, Header: map[string]any{}, Message: map[string]any{},
		contentType: "application/json", method: http.MethodPost}
}

// items is the list of request items of the message, or nil where its kind has none.
func (d *Draft) items() []any {
	name, ok := itemLists[d.Kind]
	if !ok {
		return nil
	}
	items, _ := d.Message[name].([]any)
	return items
}

// itemLists names the member that holds the items of a request, by its kind.
var itemLists = map[string]string{"search": "search_request", "subscribe": "subscribe_request", "update": "notify_event",
	kindAssess: "assess_request", "disburse": "disbursements", "payment-search": "search_criteria", "address-link": "link_request",
	"address-update": "update_request", "address-unlink": "unlink_request", "address-resolve": "resolve_request"}

// complete fills in the header as a well-behaved participant would, then applies what the scenario
// changes about it.
func (w *World) complete(d *Draft) {
	d.Header = map[string]any{
		"version": message.Version, "message_id": w.nextID("m"), "message_ts": now(), "action": d.Operation.Action,
		"sender_id": d.From.Participant.ID, "total_count": max(1, len(d.items())), "is_msg_encrypted": d.encrypt != nil,
	}
	if w.env.TargetID != "" {
		d.Header["receiver_id"] = w.env.TargetID
	}
	if d.Operation.Mode == spec.Async {
		if answer, ok := w.env.Interface.Operation(d.Operation.Answer); ok {
			d.senderURI = w.callbackBase(d.From.Name) + answer.Path
		}
		if d.senderURI != "" {
			d.Header["sender_uri"] = d.senderURI
		}
	}
	for _, edit := range d.headerEdits {
		edit(d.Header)
	}
	if uri, ok := d.Header["sender_uri"].(string); ok {
		d.senderURI = uri
	}
}

// transactionID is the transaction_id under which the message was sent, "" where it has none.
func (d *Draft) transactionID() string {
	return cmp.Or(d.renamed, text(d.Message, "transaction_id"))
}

// seal makes the body: header and message in wire form, signed.
func (w *World) seal(d *Draft) error {
	header, err := wire(d.Header)
	if err != nil {
		return err
	}
	body, err := wire(d.Message)
	if err != nil {
		return err
	}
	s := &sealed{header: header, message: body, envelope: map[string]json.RawMessage{}}
	if d.Message == nil {
		s.message = nil
	}
	d.plain = nil
	if d.encrypt != nil {
		d.plain = s.message
		if w.env.Speaker != nil {
			s.message = w.env.Speaker.AskContent(s.message)
		}
		if err := d.encrypt(s); err != nil {
			return err
		}
	}
	sign := d.sign
	if sign == nil {
		sign = signProperly
	}
	if err := sign(d, s); err != nil {
		return err
	}
	s.envelope["header"] = s.header
	if s.message != nil {
		s.envelope["message"] = s.message
	}
	if d.Header == nil {
		delete(s.envelope, "header")
	}
	d.body, err = wire(s.envelope)
	if err == nil && d.reshape != nil {
		d.body = d.reshape(d.body)
	}
	return err
}

// wire writes JSON without escaping <, > and &, as other implementations do.
func wire(value any) (json.RawMessage, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return nil, fmt.Errorf("the suite made a message that is not JSON: %w", err)
	}
	return bytes.TrimSuffix(out.Bytes(), []byte("\n")), nil
}

func now() string { return time.Now().UTC().Format("2006-01-02T15:04:05.000Z") }
