package mocks

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/spconform/spconform/reference"
	"github.com/spconform/spconform/reference/query"
	"github.com/spconform/spconform/reference/store"
	"github.com/spconform/spconform/spec/fixture"
)

// state replaces single operations of the store; nil leaves one as it is. next is the right one.
type state struct {
	search           func(ctx context.Context, q query.Query, next func(context.Context, query.Query) (store.Found, error)) (store.Found, error)
	putItems         func(items []store.TransactionItem) []store.TransactionItem
	findItems        func(ctx context.Context, q store.TransactionQuery, next func(context.Context, store.TransactionQuery) ([]store.TransactionItem, error)) ([]store.TransactionItem, error)
	addSubscription  func(ctx context.Context, s store.Subscription, next func(context.Context, store.Subscription) (bool, error)) (bool, error)
	subscription     func(held store.Subscription, known bool) (store.Subscription, bool)
	endSubscription  func(code string) bool
	putConsent       func(ctx context.Context, p store.Person, d fixture.Consent, next putConsent) error
	logAccess        func(ctx context.Context, p store.Person, e fixture.Access, next logAccess) error
	findSubscription func(ctx context.Context, q store.SubscriptionQuery, next func(context.Context, store.SubscriptionQuery) ([]store.Subscription, error)) ([]store.Subscription, error)
}

type (
	putConsent = func(context.Context, store.Person, fixture.Consent) error
	logAccess  = func(context.Context, store.Person, fixture.Access) error
)

// PutConsent implements store.Sharing.
func (t stateTx) PutConsent(ctx context.Context, p store.Person, d fixture.Consent) error {
	if t.change.putConsent == nil {
		return t.Tx.PutConsent(ctx, p, d)
	}
	return t.change.putConsent(ctx, p, d, t.Tx.PutConsent)
}

// LogAccess implements store.Sharing.
func (t stateTx) LogAccess(ctx context.Context, p store.Person, e fixture.Access) error {
	if t.change.logAccess == nil {
		return t.Tx.LogAccess(ctx, p, e)
	}
	return t.change.logAccess(ctx, p, e, t.Tx.LogAccess)
}

// State replaces operations of the store, also within its transactions.
func (v *Vendor) State(change state) {
	v.store = append(v.store, func(s store.Store) store.Store { return &stateful{stateTx{s, change}, s} })
}

type stateful struct {
	stateTx
	right store.Store
}

// WithTx implements store.Store.
func (s *stateful) WithTx(ctx context.Context, work func(store.Tx) error) error {
	return s.right.WithTx(ctx, func(tx store.Tx) error { return work(stateTx{tx, s.change}) })
}

// Close implements store.Store.
func (s *stateful) Close() error { return s.right.Close() }

type stateTx struct {
	store.Tx
	change state
}

// Search implements store.Records.
func (t stateTx) Search(ctx context.Context, q query.Query) (store.Found, error) {
	if t.change.search == nil {
		return t.Tx.Search(ctx, q)
	}
	return t.change.search(ctx, q, t.Tx.Search)
}

// PutTransactionItems implements store.Transactions.
func (t stateTx) PutTransactionItems(ctx context.Context, items ...store.TransactionItem) error {
	if t.change.putItems != nil {
		items = t.change.putItems(items)
	}
	return t.Tx.PutTransactionItems(ctx, items...)
}

// FindTransactionItems implements store.Transactions.
func (t stateTx) FindTransactionItems(ctx context.Context, q store.TransactionQuery) ([]store.TransactionItem, error) {
	if t.change.findItems == nil {
		return t.Tx.FindTransactionItems(ctx, q)
	}
	return t.change.findItems(ctx, q, t.Tx.FindTransactionItems)
}

// AddSubscription implements store.Subscriptions.
func (t stateTx) AddSubscription(ctx context.Context, s store.Subscription) (bool, error) {
	if t.change.addSubscription == nil {
		return t.Tx.AddSubscription(ctx, s)
	}
	return t.change.addSubscription(ctx, s, t.Tx.AddSubscription)
}

// Subscription implements store.Subscriptions.
func (t stateTx) Subscription(ctx context.Context, code string) (store.Subscription, bool, error) {
	held, known, err := t.Tx.Subscription(ctx, code)
	if t.change.subscription != nil && err == nil {
		held, known = t.change.subscription(held, known)
	}
	return held, known, err
}

// EndSubscription implements store.Subscriptions.
func (t stateTx) EndSubscription(ctx context.Context, code string) (bool, error) {
	if t.change.endSubscription != nil && !t.change.endSubscription(code) {
		return true, nil
	}
	return t.Tx.EndSubscription(ctx, code)
}

// FindSubscriptions implements store.Subscriptions.
func (t stateTx) FindSubscriptions(ctx context.Context, q store.SubscriptionQuery) ([]store.Subscription, error) {
	if t.change.findSubscription == nil {
		return t.Tx.FindSubscriptions(ctx, q)
	}
	return t.change.findSubscription(ctx, q, t.Tx.FindSubscriptions)
}

// Understands changes what the vendor takes a message to say, after its signature was verified.
func (v *Vendor) Understands(change func(in *reference.Incoming, body map[string]any)) {
	v.checks = append(v.checks, func(checks []reference.Check) []reference.Check {
		envelope := slices.IndexFunc(checks, func(c reference.Check) bool { return c.Name == "envelope" })
		signature := slices.IndexFunc(checks, func(c reference.Check) bool { return c.Name == "signature" })
		if envelope < 0 || signature < 0 {
			panic("mocks: the checks envelope and signature are needed to change what a message says")
		}
		read := checks[envelope].Run
		return slices.Insert(slices.Clone(checks), signature+1, reference.Check{Name: "understanding",
			Run: func(ctx context.Context, in *reference.Incoming) error {
				var members map[string]any
				decoder := json.NewDecoder(bytes.NewReader(in.Body))
				decoder.UseNumber()
				if decoder.Decode(&members) != nil {
					return nil
				}
				body, _ := members["message"].(map[string]any)
				change(in, body)
				raw, err := json.Marshal(members)
				if err != nil {
					return err
				}
				in.Body = raw
				return read(ctx, in)
			}})
	})
}

// listed are the items of a message under any of the names.
func listed(body map[string]any, names ...string) []map[string]any {
	var items []map[string]any
	for _, name := range names {
		list, _ := body[name].([]any)
		for _, element := range list {
			if item, ok := element.(map[string]any); ok {
				items = append(items, item)
			}
		}
	}
	return items
}

// within is a member of an object that is an object itself; an empty one where it is not.
func within(object map[string]any, path ...string) map[string]any {
	for _, name := range path {
		object, _ = object[name].(map[string]any)
	}
	if object == nil {
		return map[string]any{}
	}
	return object
}

// send is how a callback or notification goes out.
type send = func(*http.Request) (*http.Response, error)

func isNotification(request *http.Request) bool {
	return strings.HasSuffix(request.URL.Path, "/notify")
}

// callbacks changes how callbacks go out, and leaves notifications as they are.
func callbacks(change func(request *http.Request, next send) (*http.Response, error)) func(*Vendor) {
	return func(v *Vendor) {
		v.Calls(func(request *http.Request, next send) (*http.Response, error) {
			if isNotification(request) {
				return next(request)
			}
			return change(request, next)
		})
	}
}

// notifications changes how notifications go out, and leaves callbacks as they are.
func notifications(change func(request *http.Request, next send) (*http.Response, error)) func(*Vendor) {
	return func(v *Vendor) {
		v.Calls(func(request *http.Request, next send) (*http.Response, error) {
			if !isNotification(request) {
				return next(request)
			}
			return change(request, next)
		})
	}
}

// content is what a request carries; the request can still be sent.
func content(request *http.Request) []byte {
	body, _ := io.ReadAll(request.Body)
	carry(request, body)
	return body
}

// carry gives a request another body.
func carry(request *http.Request, body []byte) {
	request.Body = io.NopCloser(bytes.NewReader(body))
	request.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }
	request.ContentLength = int64(len(body))
}

// another is the same request once more, which outlives the first one's time-out.
func another(request *http.Request) *http.Request {
	body := content(request)
	copied := request.Clone(context.WithoutCancel(request.Context()))
	carry(copied, body)
	return copied
}

// quietly sends a request whose outcome nobody looks at.
func quietly(request *http.Request, next send) {
	if response, err := next(request); err == nil {
		_, _ = io.Copy(io.Discard, response.Body)
		_ = response.Body.Close()
	}
}

// edited is JSON with its members changed; what is no object stays as it is.
func edited(raw []byte, change func(members map[string]any)) []byte {
	var members map[string]any
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	if decoder.Decode(&members) != nil {
		return raw
	}
	change(members)
	changed, err := json.Marshal(members)
	if err != nil {
		return raw
	}
	return changed
}

// parsed is JSON as an object, empty where it is none.
func parsed(raw []byte) map[string]any {
	members := map[string]any{}
	_ = json.Unmarshal(raw, &members)
	return members
}

// acks changes every acknowledgement.
func acks(change func(request *http.Request, asked []byte, ack map[string]any)) func(*Vendor) {
	return func(v *Vendor) {
		v.Bodies(func(request *http.Request, asked []byte, status int, body []byte) (int, []byte) {
			if !bytes.Contains(body, []byte(`"ack_status"`)) {
				return status, body
			}
			return status, edited(body, func(members map[string]any) { change(request, asked, within(members, "message")) })
		})
	}
}

// remembered is a set of texts that several requests share.
type remembered struct {
	mu    sync.Mutex
	texts map[string]bool
}

func (r *remembered) add(text string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.texts == nil {
		r.texts = map[string]bool{}
	}
	r.texts[text] = true
}

func (r *remembered) has(text string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.texts[text]
}

// swap keeps a value and gives back the one before.
type swap[T any] struct {
	mu   sync.Mutex
	last T
}

func (s *swap[T]) put(value T) T {
	s.mu.Lock()
	defer s.mu.Unlock()
	before := s.last
	s.last = value
	return before
}
