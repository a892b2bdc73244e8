package mocks

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/go-jose/go-jose/v4"

	"github.com/spconform/spconform/reference"
	"github.com/spconform/spconform/spec/message"
)

// ClassDialect is the class of vendors that are right in another form; they are no defects.
const ClassDialect = "dialect"

// Dialect is a vendor that says the right things in another form than the strict one. Its code shares
// nothing with that of the suite's translation.
type Dialect struct {
	// ID is that of the suite's description of the dialect; Sentence says what the vendor does.
	ID, Sentence string
	// Interfaces are those on which it is tried; the social registry where there are none.
	Interfaces []string
	// Published says that the standard allows it: in the strict form everything holds.
	Published bool
	// Falls are requirements that fall in the strict form; Remains are those that do not hold under the
	// dialect either. What else falls holds under the dialect.
	Falls, Remains []string
	// Alter changes the vendor.
	Alter func(*Vendor)
}

// Dialects lists the vendors that speak dialects, by id.
func Dialects() []Dialect {
	all := slices.Concat(dialects, signatureDialects)
	slices.SortFunc(all, func(a, b Dialect) int { return strings.Compare(a.ID, b.ID) })
	return all
}

// Vendor is the vendor as one that can be started, and wrong in the ways of the defects besides.
func (d Dialect) Vendor(and ...Defect) Defect {
	return Defect{ID: d.ID, Sentence: d.Sentence, Class: ClassDialect, Alter: func(v *Vendor) {
		d.Alter(v)
		for _, defect := range and {
			defect.Alter(v)
		}
	}}
}

// asSent is the key of a request's body as it was sent, in the request's context.
type asSent struct{}

// Takes rewrites the requests that the vendor takes into the strict form before it reads them, an encrypted
// one after it was decrypted. A signature is judged over what was sent.
func (v *Vendor) Takes(rewrite func(header, body map[string]any)) {
	v.TakesAt(func(_ string, header, body map[string]any) { rewrite(header, body) })
}

// TakesAt is Takes of a rewrite that depends on the path to which the request came.
func (v *Vendor) TakesAt(rewriteAt func(path string, header, body map[string]any)) {
	at := func(path string) func(header, body map[string]any) {
		return func(header, body map[string]any) { rewriteAt(path, header, body) }
	}
	v.HTTP(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			const most = 16 << 20
			raw, _ := io.ReadAll(io.LimitReader(r.Body, most))
			read := inStrictForm(raw, at(r.URL.Path))
			request := r.WithContext(context.WithValue(r.Context(), asSent{}, raw))
			request.Body, request.ContentLength = io.NopCloser(bytes.NewReader(read)), int64(len(read))
			next.ServeHTTP(w, request)
		})
	})
	v.Check("signature", func(ctx context.Context, in *reference.Incoming, next func(context.Context, *reference.Incoming) error) error {
		raw, _ := in.HTTP.Context().Value(asSent{}).([]byte)
		sent, err := message.ParseEnvelope(raw)
		if err != nil {
			return next(ctx, in)
		}
		as := *in
		as.Envelope = sent
		return next(ctx, &as)
	})
	v.Reads(func(in *reference.Incoming, _ received) (json.RawMessage, bool) {
		own := vendorKey()
		read, err := message.Decrypt(in.Envelope.Message, func(keyID string) (jose.JSONWebKey, bool) { return own, own.KeyID == keyID })
		if err != nil {
			return nil, false
		}
		header, err := tree(in.Envelope.Header)
		if err != nil {
			return nil, false
		}
		body, err := tree(read.Message)
		if err != nil || body == nil {
			return nil, false
		}
		rewriteAt(in.HTTP.URL.Path, header, body)
		made, err := json.Marshal(body)
		return made, err == nil
	})
}

// inStrictForm is a body with its header and message changed; one that is no message stays as it is.
func inStrictForm(raw []byte, rewrite func(header, body map[string]any)) []byte {
	envelope, err := message.ParseEnvelope(raw)
	if err != nil {
		return raw
	}
	header, err := tree(envelope.Header)
	if err != nil {
		return raw
	}
	body, err := tree(envelope.Message)
	if err != nil || body == nil {
		return raw
	}
	before, _ := json.Marshal([]any{header, body})
	rewrite(header, body)
	after, _ := json.Marshal([]any{header, body})
	if bytes.Equal(before, after) {
		return raw
	}
	made, err := json.Marshal(map[string]any{"signature": envelope.Signature, "header": header, "message": body})
	if err != nil {
		return raw
	}
	return made
}

// criteriaOf are the criteria of a search or subscribe message.
func criteriaOf(body map[string]any) []map[string]any {
	var all []map[string]any
	for list, member := range map[string]string{"search_request": "search_criteria", "subscribe_request": "subscribe_criteria"} {
		items, _ := body[list].([]any)
		for _, item := range items {
			object, _ := item.(map[string]any)
			if criteria, ok := object[member].(map[string]any); ok {
				all = append(all, criteria)
			}
		}
	}
	return all
}
