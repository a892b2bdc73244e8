package mocks

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/spconform/spconform/reference"
	"github.com/spconform/spconform/reference/query"
	"github.com/spconform/spconform/reference/store"
	"github.com/spconform/spconform/spec/message"
)

// altering is a codec that lets changes be made to header and message before they are signed.
type altering []func(reference.Outgoing, map[string]any, map[string]any)

// Encode implements reference.Codec.
func (a altering) Encode(_ context.Context, out reference.Outgoing) (json.RawMessage, json.RawMessage, error) {
	header, err := tree(out.Header)
	if err != nil {
		return nil, nil, err
	}
	body, err := tree(out.Message)
	if err != nil {
		return nil, nil, err
	}
	for _, change := range a {
		change(out, header, body)
	}
	rawHeader, err := json.Marshal(header)
	if err != nil || body == nil {
		return rawHeader, nil, err
	}
	rawBody, err := json.Marshal(body)
	return rawHeader, rawBody, err
}

// tree is a value as plain JSON; nil stays nil.
func tree(value any) (map[string]any, error) {
	raw, err := json.Marshal(value)
	if err != nil {
		return nil, err
	}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	var members map[string]any
	err = decoder.Decode(&members)
	return members, err
}

// Sending changes what leaves before it is signed: header and message as plain JSON.
func (v *Vendor) Sending(change func(out reference.Outgoing, header, body map[string]any)) {
	v.encode = append(v.encode, change)
}

// listed changes the items that answers hold in a member of one of the names.
func (v *Vendor) listed(names []string, change func(out reference.Outgoing, header map[string]any, items []map[string]any) []map[string]any) {
	v.Sending(func(out reference.Outgoing, header, body map[string]any) {
		for _, name := range names {
			list, ok := body[name].([]any)
			if !ok {
				continue
			}
			var items []map[string]any
			for _, item := range list {
				items = append(items, item.(map[string]any))
			}
			changed := []any{}
			for _, item := range change(out, header, items) {
				changed = append(changed, item)
			}
			body[name] = changed
		}
	})
}

// Answers changes the items of every answer to a search, synchronous or not.
func (v *Vendor) Answers(change func(out reference.Outgoing, items []map[string]any) []map[string]any) {
	v.listed([]string{"search_response"}, func(out reference.Outgoing, _ map[string]any, items []map[string]any) []map[string]any {
		return change(out, items)
	})
}

// Records changes the records of every answer, whatever its kind.
func (v *Vendor) Records(change func(record map[string]any)) {
	each := func(item any) {
		object, _ := item.(map[string]any)
		data, _ := object["data"].(map[string]any)
		switch records := data["reg_records"].(type) {
		case []any:
			for _, record := range records {
				change(record.(map[string]any))
			}
		case map[string]any:
			change(records)
		}
	}
	v.Sending(func(_ reference.Outgoing, _, body map[string]any) {
		for _, list := range []string{"search_response", "notify_event"} {
			items, _ := body[list].([]any)
			for _, item := range items {
				each(item)
			}
		}
	})
}

// Searches changes how a query is answered; next is the right way.
func (v *Vendor) Searches(change func(ctx context.Context, q query.Query, next func(context.Context, query.Query) (store.Found, error)) (store.Found, error)) {
	v.store = append(v.store, func(s store.Store) store.Store { return &searching{s, change} })
}

type searching struct {
	store.Store
	change func(context.Context, query.Query, func(context.Context, query.Query) (store.Found, error)) (store.Found, error)
}

// Search implements store.Store.
func (s *searching) Search(ctx context.Context, q query.Query) (store.Found, error) {
	return s.change(ctx, q, s.Store.Search)
}

// Signing wraps the signer.
func (v *Vendor) Signing(wrap func(message.Signer) message.Signer) { v.signer = append(v.signer, wrap) }

// signerFunc is a signer made of a function.
type signerFunc func(header, body json.RawMessage) (string, error)

// Sign implements message.Signer.
func (f signerFunc) Sign(header, body json.RawMessage) (string, error) { return f(header, body) }

// WithoutCheck leaves out checks of a request by name. It panics for a name that is no check, so that a
// defect cannot become void in silence.
func (v *Vendor) WithoutCheck(names ...string) {
	v.checks = append(v.checks, func(checks []reference.Check) []reference.Check {
		for _, name := range names {
			if !slices.ContainsFunc(checks, func(c reference.Check) bool { return c.Name == name }) {
				panic("mocks: there is no check called " + name)
			}
		}
		return slices.DeleteFunc(slices.Clone(checks), func(c reference.Check) bool { return slices.Contains(names, c.Name) })
	})
}

// Check changes what one check says; next is the right check.
func (v *Vendor) Check(name string, change func(ctx context.Context, in *reference.Incoming, next func(context.Context, *reference.Incoming) error) error) {
	v.checks = append(v.checks, func(checks []reference.Check) []reference.Check {
		index := slices.IndexFunc(checks, func(c reference.Check) bool { return c.Name == name })
		if index < 0 {
			panic("mocks: there is no check called " + name)
		}
		changed := slices.Clone(checks)
		right := checks[index].Run
		changed[index].Run = func(ctx context.Context, in *reference.Incoming) error { return change(ctx, in, right) }
		return changed
	})
}

// Forgives lets what a check says pass when accept agrees with its error.
func (v *Vendor) Forgives(name string, accept func(in *reference.Incoming, err error) bool) {
	v.Check(name, func(ctx context.Context, in *reference.Incoming, next func(context.Context, *reference.Incoming) error) error {
		err := next(ctx, in)
		if err != nil && accept(in, err) {
			return nil
		}
		return err
	})
}

// Calls changes how callbacks and notifications go out; next sends them properly.
func (v *Vendor) Calls(change func(request *http.Request, next send) (*http.Response, error)) {
	v.outgoing(func(request *http.Request) bool { return !asks(request) }, change)
}

// Asks changes what the vendor asks of others and what it is answered: their key sets, their records.
func (v *Vendor) Asks(change func(request *http.Request, next send) (*http.Response, error)) {
	v.outgoing(asks, change)
}

func (v *Vendor) outgoing(meant func(*http.Request) bool, change func(request *http.Request, next send) (*http.Response, error)) {
	v.transport = append(v.transport, func(next http.RoundTripper) http.RoundTripper {
		return roundTripper(func(request *http.Request) (*http.Response, error) {
			if !meant(request) {
				return next.RoundTrip(request)
			}
			return change(request, next.RoundTrip)
		})
	})
}

// asks tells a question of the vendor's own from a callback or notification.
func asks(request *http.Request) bool {
	return request.Method == http.MethodGet || strings.Contains(request.URL.Path, "/sync/")
}

type roundTripper func(*http.Request) (*http.Response, error)

// RoundTrip implements http.RoundTripper.
func (f roundTripper) RoundTrip(request *http.Request) (*http.Response, error) { return f(request) }

// HTTP wraps the whole handler.
func (v *Vendor) HTTP(wrap func(next http.Handler) http.Handler) { v.http = append(v.http, wrap) }

// Bodies changes the HTTP answers to requests whose path ends with one of the suffixes (none is all):
// status and body after they were signed.
func (v *Vendor) Bodies(change func(request *http.Request, asked []byte, status int, body []byte) (int, []byte), suffixes ...string) {
	v.HTTP(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			asked, _ := io.ReadAll(r.Body)
			r.Body = io.NopCloser(bytes.NewReader(asked))
			kept := httptest.NewRecorder()
			next.ServeHTTP(kept, r)
			status, body := kept.Code, kept.Body.Bytes()
			if len(suffixes) == 0 || slices.ContainsFunc(suffixes, func(s string) bool { return strings.HasSuffix(r.URL.Path, s) }) {
				status, body = change(r, asked, status, body)
			}
			for name, values := range kept.Header() {
				if name != "Content-Length" {
					w.Header()[name] = values
				}
			}
			w.WriteHeader(status)
			_, _ = w.Write(body)
		})
	})
}

// Option adds an option of the reference server, such as other limits.
func (v *Vendor) Option(option reference.Option) { v.options = append(v.options, option) }

// everyThird is true at every third call: what is wrong only sometimes, by a counter and not by chance.
func everyThird() func() bool {
	var count atomic.Int64
	return func() bool { return count.Add(1)%3 == 0 }
}

// accepted answers a request as a receiver would that took it.
func accepted(request *http.Request) *http.Response {
	return &http.Response{StatusCode: http.StatusOK, Status: "200 OK", Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{}, Body: http.NoBody, Request: request}
}
