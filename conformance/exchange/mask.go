package exchange

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

// Masked begins what stands where a record value was that is not written: its type and length. An exchange
// that holds it cannot be judged again.
const Masked = "(masked "

// Masking says which record values are kept out of what is written. Nothing of a run's own population is;
// everything else that is told of a person may be real.
type Masking struct {
	// Everything is for records that a vendor declared: no value of a record or query is written.
	Everything bool
	// known are the values of the run's own records, as known forms.
	known map[string]bool
}

// Know adds a value of a record that the run made.
func (m *Masking) Know(held any) {
	if m.known == nil {
		m.known = map[string]bool{}
	}
	switch held := held.(type) {
	case string:
		m.known[held] = true
		if moment := asMoment(held); moment != "" {
			m.known[moment] = true
		}
	case json.Number:
		m.known[asNumber(held.String())] = true
	case map[string]any:
		for _, inner := range held {
			m.Know(inner)
		}
	case []any:
		for _, inner := range held {
			m.Know(inner)
		}
	}
}

// knows says whether the text of a value is of the run's own records, in any of the forms in which a product
// may write it: a moment in another zone, a number with other zeros, a code under a prefix.
func (m *Masking) knows(text string, number bool) bool {
	if number {
		return m.known[asNumber(text)]
	}
	if text == "" || m.known[text] || m.known[text[strings.LastIndex(text, ":")+1:]] {
		return true
	}
	moment := asMoment(text)
	return moment != "" && m.known[moment]
}

func asNumber(text string) string {
	value, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return "number " + text
	}
	return "number " + strconv.FormatFloat(value, 'g', -1, 64)
}

// asMoment is the instant of a day or a date-time; "" for any other text.
func asMoment(text string) string {
	if len(text) < len(time.DateOnly) || text[4] != '-' {
		return ""
	}
	for _, form := range []string{time.RFC3339, time.DateOnly} {
		if at, err := time.Parse(form, text); err == nil {
			return at.UTC().Format(time.RFC3339Nano)
		}
	}
	return ""
}

// protocol are members of a message that tell nothing of a person. All others are masked where everything is.
var protocol = []string{
	"transaction_id", "correlation_id", "reference_id", "timestamp", "ts", "status", "status_reason_code", "ack_status", "code",
	"version", "reg_type", "reg_event_type", "reg_record_type", "notify_record_type", "query_type", "filter_type", "txn_type",
	"page_size", "page_number", "total_count", "operator", "attribute_name", "attribute_type", "condition", "sort_order", "locale",
	"seq_num", "collection", "reference_id_list", "subscription_codes", "subscription_status", "alg", "enc", "kid",
}

// personal are members outside of messages that may tell of a person.
var personal = []string{"status_reason_message", "identifier_value"}

// place is where in a body something stands: the first and the last of the names that lead to it, "" for none.
type place struct{ root, name string }

func (p place) member(name string) place { return place{cmp.Or(p.root, name), name} }

// scalar is a value of a body: where it stands, and what it is. Element numbers the record of which it is a part,
// from 1; 0 is outside of records.
type scalar struct {
	place
	start, end int
	value      json.Token
	element    int
}

// recordList is the member that holds records, in answers and notifications.
const recordList = "reg_records"

// reader lists the scalars of a body as far as it is JSON; those outside of records only where everything is asked for.
type reader struct {
	in         *jsontext.Decoder
	everything bool
	found      []scalar
	elements   int
}

func (r *reader) value(at place, element int) error {
	switch r.in.PeekKind() {
	case '{':
		return r.object(at, element)
	case '[':
		return r.list(at, element)
	}
	raw, err := r.in.ReadValue()
	if err != nil || element == 0 && !r.everything {
		return err
	}
	end := int(r.in.InputOffset())
	r.found = append(r.found, scalar{at, end - len(raw), end, tokenOf(raw), element})
	return nil
}

func tokenOf(raw jsontext.Value) json.Token {
	switch raw.Kind() {
	case 'n':
		return nil
	case '0':
		return json.Number(raw)
	case '"':
		text, _ := jsontext.AppendUnquote(nil, raw)
		return string(text)
	default:
		return raw.Kind() == 't'
	}
}

func (r *reader) object(at place, element int) error {
	if _, err := r.in.ReadToken(); err != nil {
		return err
	}
	for r.in.PeekKind() != '}' {
		key, err := r.in.ReadToken()
		if err != nil {
			return err
		}
		name, inner := key.String(), element
		if name == recordList && element == 0 {
			r.elements++
			inner = r.elements
		}
		if err := r.value(at.member(name), inner); err != nil {
			return err
		}
	}
	_, err := r.in.ReadToken()
	return err
}

func (r *reader) list(at place, element int) error {
	if _, err := r.in.ReadToken(); err != nil {
		return err
	}
	for r.in.PeekKind() != ']' {
		if at.name == recordList {
			r.elements++
			element = r.elements
		}
		if err := r.value(at, element); err != nil {
			return err
		}
	}
	_, err := r.in.ReadToken()
	return err
}

// mask is a body without the record values that are not to be written, and how many those were. Within says
// that the body is a message's content and not the envelope; theirs that the target wrote it.
func (m *Masking) mask(body []byte, within, theirs bool) ([]byte, int) {
	if m == nil || len(body) == 0 || (!m.Everything && (!theirs || !bytes.Contains(body, []byte(recordList)))) {
		return body, 0
	}
	r := &reader{everything: m.Everything, found: make([]scalar, 0, bytes.Count(body, []byte{','})+1), in: jsontext.NewDecoder(bytes.NewBuffer(body),
		jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))}
	var top place
	if within {
		top = top.member("message")
	}
	err := r.value(top, 0)
	if err == nil {
		_, err = r.in.ReadToken()
	}
	foreign := m.foreign(r.found)
	var out bytes.Buffer
	at, count := 0, 0
	for _, s := range r.found {
		if !m.hides(s, foreign) {
			continue
		}
		out.Write(body[at:s.start])
		out.WriteString(instead(s.value))
		at = s.end
		count++
	}
	if err != io.EOF && (m.Everything || r.elements > 0) {
		// What cannot be read may hold anything.
		end := max(at, min(int(r.in.InputOffset()), len(body)))
		out.Write(body[at:end])
		fmt.Fprintf(&out, "%srest, %d bytes)", Masked, len(body)-end)
		return out.Bytes(), count + 1
	}
	out.Write(body[at:])
	return out.Bytes(), count
}

// foreign are the records of which no identifier is of the run's own population. A record without any is
// judged value by value.
func (m *Masking) foreign(found []scalar) map[int]bool {
	foreign := map[int]bool{}
	for _, s := range found {
		text, ok := s.value.(string)
		if s.element == 0 || !ok || s.name != "identifier_value" {
			continue
		}
		before, seen := foreign[s.element]
		foreign[s.element] = (!seen || before) && !m.known[text]
	}
	return foreign
}

func (m *Masking) hides(s scalar, foreign map[int]bool) bool {
	if s.value == nil || strings.HasPrefix(s.name, "@") {
		return false
	}
	if m.Everything {
		other := slices.Contains(personal, s.name) || (s.name == "message" && s.root == "errors")
		return s.element > 0 || (s.root == "message" && !slices.Contains(protocol, s.name)) || other
	}
	if s.element == 0 {
		return false
	}
	if foreign[s.element] {
		return true
	}
	switch value := s.value.(type) {
	case string:
		return !m.knows(value, false)
	case json.Number:
		return !m.knows(value.String(), true)
	}
	return false
}

// instead is what stands where a value was.
func instead(value json.Token) string {
	switch value := value.(type) {
	case string:
		return fmt.Sprintf(`"%sstring of %d)"`, Masked, utf8.RuneCountInString(value))
	case json.Number:
		return fmt.Sprintf(`"%snumber of %d)"`, Masked, len(value.String()))
	}
	return `"` + Masked + `boolean)"`
}
