package dialect

import (
	"bytes"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/samber/lo"

	"github.com/spconform/spconform/conformance/exchange"
	"github.com/spconform/spconform/spec"
	"github.com/spconform/spconform/spec/message"
)

// Speaker translates between the strict form and the dialects that a product speaks, all at once. It is
// safe for concurrent use. It implements exchange.Translator.
type Speaker struct {
	dialects []Dialect
	keys     Keys
	// base is the interface's base URL; exact are paths that the manifest names itself and that are not moved.
	base  string
	exact []string
	// published are the paths of the interface's operations as published, by their ids.
	published map[string]string

	mu   sync.Mutex
	uris map[string]bool
}

// NewSpeaker makes a speaker of dialects for the interface at base. exact are paths that no dialect moves.
func NewSpeaker(dialects []Dialect, keys Keys, base string, exact ...string) *Speaker {
	return &Speaker{dialects: dialects, keys: keys, base: base, exact: exact, uris: map[string]bool{}}
}

// To is the speaker for an interface with these operations.
func (s *Speaker) To(operations []spec.Operation) *Speaker {
	s.published = lo.SliceToMap(operations, func(o spec.Operation) (string, string) { return o.ID, o.Path })
	return s
}

// Name names the dialects.
func (s *Speaker) Name() string {
	return strings.Join(lo.Map(s.dialects, func(d Dialect, _ int) string { return d.ID }), " ")
}

// Ask is a request as the product takes it, and the ids of the dialects that changed it.
func (s *Speaker) Ask(out exchange.Outgoing) (exchange.Outgoing, []string) {
	touched, to := map[string]bool{}, s.published[out.Operation]
	for _, d := range s.dialects {
		if moved, ok := d.Paths.moved(out.URL, s.base, s.exact); ok {
			out.URL, touched[d.ID] = moved, true
		}
	}
	if out.Plain != nil {
		// What is encrypted was changed before, by AskContent.
		s.rewritten("message", out.Plain, asked, to, touched)
	}
	envelope, err := message.ParseEnvelope(out.Body)
	if err != nil || ambiguous(out.Body) {
		return out, lo.Keys(touched)
	}
	s.remember(envelope)
	header := s.rewritten("header", envelope.Header, asked, to, touched)
	body := s.rewritten("message", envelope.Message, asked, to, touched)
	same := bytes.Equal(header, envelope.Header) && bytes.Equal(body, envelope.Message)
	form, by := s.signature()
	if !same {
		out.Body = replaced(replaced(out.Body, envelope.Header, header), envelope.Message, body)
	}
	if same && form == nil || envelope.Signature == "" {
		return out, lo.Keys(touched)
	}
	if form == nil {
		form = &Signature{}
	}
	if by != "" {
		touched[by] = true
	}
	out.Header = out.Header.Clone()
	out.Body = s.signed(*form, out, envelope, header, body)
	return out, lo.Keys(touched)
}

// signed is the body with the signature in the dialect's form, which may go into the HTTP header instead.
func (s *Speaker) signed(form Signature, out exchange.Outgoing, strict message.Envelope, header, body json.RawMessage) []byte {
	spoken := strict.Signature
	if meant, ok := s.keys.intended(strict); ok {
		made, err := form.spoken(meant, header, body)
		if err != nil {
			return out.Body
		}
		spoken = made
	}
	member, kept := form.put(spoken, out.Header)
	var members map[string]json.RawMessage
	if json.Unmarshal(out.Body, &members) != nil {
		return out.Body
	}
	if kept {
		return replaced(out.Body, members["signature"], text(member))
	}
	return without(out.Body, "signature", members["signature"])
}

// Hear is what a message of the product says in the strict form, and the ids of the dialects that
// changed it. A body that two readers could read differently stays as it is, to be found so.
func (s *Speaker) Hear(said exchange.Message) (exchange.Message, []string) {
	touched := map[string]bool{}
	if said.URL != "" {
		said.URL = s.called(said.URL, touched)
	}
	if len(said.Body) == 0 || ambiguous(said.Body) {
		return said, lo.Keys(touched)
	}
	for _, d := range s.dialects {
		for _, rule := range d.Rewrite {
			if !slices.Contains(rule.At, "") {
				continue
			}
			if tree, err := parse(said.Body); err == nil {
				if changed, ok := rule.apply(tree, false); ok {
					said.Body, touched[d.ID] = text(changed), true
				}
			}
		}
	}
	var members map[string]json.RawMessage
	if json.Unmarshal(said.Body, &members) == nil {
		for _, part := range []string{"header", "message"} {
			if raw, there := members[part]; there {
				said.Body = replaced(said.Body, raw, s.rewritten(part, raw, told, "", touched))
			}
		}
	}
	said.Size = int64(len(said.Body))
	return said, lo.Keys(touched)
}

// AskContent is a message in the dialects' form before it is encrypted.
func (s *Speaker) AskContent(strict json.RawMessage) json.RawMessage {
	return s.rewritten("message", strict, asked, "", map[string]bool{})
}

// HearContent is a message that the product encrypted, in the strict form, and the ids of the dialects
// that changed it.
func (s *Speaker) HearContent(said []byte) ([]byte, []string) {
	touched := map[string]bool{}
	if ambiguous(said) {
		return said, nil
	}
	return s.rewritten("message", said, told, "", touched), lo.Keys(touched)
}

// Verify judges the signature of a message as the product sent it.
func (s *Speaker) Verify(said exchange.Message, senderID string, keys message.KeyFinder, now time.Time) error {
	envelope, err := message.ParseEnvelope(said.Body)
	if err != nil {
		return &message.SignatureError{Fault: message.FaultMalformed, Detail: "the body is no message"}
	}
	form, _ := s.signature()
	if form == nil {
		return message.Verify(envelope, senderID, keys, now)
	}
	header := said.Header
	if header == nil {
		header = http.Header{}
	}
	return form.verify(envelope, header, senderID, keys, now)
}

// signature is the one form of signature of all dialects: what each says of it, the later before the
// earlier, and the ids of the dialects.
func (s *Speaker) signature() (*Signature, string) {
	var whole *Signature
	var by []string
	for _, d := range s.dialects {
		if d.Signature == nil {
			continue
		}
		if whole == nil {
			whole = &Signature{}
		}
		by = append(by, d.ID)
		whole.Form = lo.CoalesceOrEmpty(d.Signature.Form, whole.Form)
		whole.Canonical = lo.CoalesceOrEmpty(d.Signature.Canonical, whole.Canonical)
		whole.Namespace = lo.CoalesceOrEmpty(d.Signature.Namespace, whole.Namespace)
		whole.Digest = lo.CoalesceOrEmpty(d.Signature.Digest, whole.Digest)
		whole.Nulls = append(whole.Nulls, d.Signature.Nulls...)
	}
	return whole, strings.Join(by, " ")
}

// The ways in which a message goes.
const (
	asked = true
	told  = false
)

// rewritten is a part of a message, header or message, in the other spelling; the same bytes where
// nothing is to be changed. to is the published path to which it is sent, where that is known.
func (s *Speaker) rewritten(part string, raw json.RawMessage, asked bool, to string, touched map[string]bool) json.RawMessage {
	if len(raw) == 0 {
		return raw
	}
	held, err := parse(raw)
	if err != nil {
		return raw
	}
	var tree any = map[string]any{part: held}
	altered := false
	// What is left out depends on what is around it, which the rules after it may spell otherwise.
	for _, leavesOut := range []bool{true, false} {
		for _, d := range s.dialects {
			changed := false
			for _, rule := range d.Rewrite {
				if rule.Drop != leavesOut || len(rule.SentTo) > 0 && !slices.Contains(rule.SentTo, to) {
					continue
				}
				inner := rule
				inner.At = lo.Filter(rule.At, func(place string, _ int) bool { return strings.HasPrefix(place, part+".") })
				if _, ok := inner.apply(tree, asked); ok {
					changed = true
				}
			}
			if asked && !leavesOut && d.Expression != nil && d.Expression.apply(tree) {
				changed = true
			}
			if changed {
				altered, touched[d.ID] = true, true
			}
		}
	}
	if !altered {
		return raw
	}
	return text(tree.(map[string]any)[part])
}

// moved is an address below base with the prefix before its path.
func (p *Paths) moved(address, base string, exact []string) (string, bool) {
	path, ours := strings.CutPrefix(address, base)
	if p == nil || !ours || slices.Contains(exact, path) {
		return address, false
	}
	moved := p.Of(path)
	return base + moved, moved != path
}

// Of is where a published path lies.
func (p *Paths) Of(path string) string {
	if len(p.Below) > 0 && !slices.ContainsFunc(p.Below, func(below string) bool { return strings.HasPrefix(path, below) }) {
		return path
	}
	return p.Prefix + path
}

// remember keeps the sender_uri that was asked for, by which a suffix is told from a path.
func (s *Speaker) remember(envelope message.Envelope) {
	if header, err := envelope.ReadHeader(); err == nil && header.SenderURI != "" {
		s.mu.Lock()
		s.uris[header.SenderURI] = true
		s.mu.Unlock()
	}
}

// called is the address at which the product called, without what its dialect adds to it.
func (s *Speaker) called(address string, touched map[string]bool) string {
	for _, d := range s.dialects {
		path, query, _ := strings.Cut(address, "?")
		if short, ok := strings.CutSuffix(path, d.SenderURISuffix); ok && d.SenderURISuffix != "" {
			if query != "" {
				short += "?" + query
			}
			s.mu.Lock()
			asked := s.uris[short]
			s.mu.Unlock()
			if asked {
				address, touched[d.ID] = short, true
			}
		}
		if d.Paths != nil && d.Paths.Callbacks {
			if before, after, ok := strings.Cut(address, d.Paths.Prefix+"/"); ok {
				address, touched[d.ID] = before+"/"+after, true
			}
		}
	}
	return address
}

// ambiguous says whether a body could be read in two ways, such as for a member that is named twice.
func ambiguous(body []byte) bool {
	_, err := spec.DecodeStrict(body, spec.DefaultLimits)
	return err != nil
}

// replaced puts new bytes where the old ones are first; the rest of the body stays byte for byte.
func replaced(body []byte, old, made json.RawMessage) []byte {
	if len(old) == 0 || bytes.Equal(old, made) {
		return body
	}
	return bytes.Replace(body, old, made, 1)
}

// without takes a member out of an object.
func without(body []byte, member string, value json.RawMessage) []byte {
	var members map[string]json.RawMessage
	if json.Unmarshal(body, &members) != nil {
		return body
	}
	plainly := append(append(text(member), ':'), value...)
	for _, old := range [][]byte{append(bytes.Clone(plainly), ','), append([]byte{','}, plainly...)} {
		if bytes.Contains(body, old) {
			return bytes.Replace(body, old, nil, 1)
		}
	}
	delete(members, member)
	return text(members)
}
