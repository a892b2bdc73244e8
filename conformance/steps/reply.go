package steps

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/spconform/spconform/conformance/exchange"
	"github.com/spconform/spconform/spec"
	"github.com/spconform/spconform/spec/message"
)

// Answer is an enveloped message from the target: the body of a synchronous answer or of a callback.
type Answer struct {
	Exchange  *exchange.Exchange
	Operation string
	Envelope  message.Envelope
	Header    map[string]any
	Message   map[string]any
}

// Reply is all that came back for one draft.
type Reply struct {
	Draft *Draft
	// Exchange is the request with its HTTP answer.
	Exchange *exchange.Exchange
	Ack      *message.AckMessage
	// Answer is the enveloped answer, or nil where none came or none could be read.
	Answer *Answer
	// Errors are the errors of an HTTP answer of 4xx or 5xx.
	Errors []message.Error
	// Callbacks are all callbacks that came for it so far.
	Callbacks []*exchange.Exchange
}

// exchanges lists the reply's exchanges for a failure.
func (r *Reply) exchanges() []*exchange.Exchange {
	list := []*exchange.Exchange{r.Exchange}
	if r.Answer != nil && r.Answer.Exchange != r.Exchange {
		list = append(list, r.Answer.Exchange)
	}
	return list
}

// payload is the side of an exchange that the target wrote.
func payload(e *exchange.Exchange) *exchange.Message {
	if e.Inbound {
		return &e.Request
	}
	return &e.Response
}

// reading is what the target wrote in an exchange, read once for all who ask.
type reading struct {
	// whole is the body as spec.DecodeStrict reads it; unread says why it does not.
	whole  any
	unread error
	// answer is nil where the body is no enveloped message.
	answer *Answer
}

func readingOf(e *exchange.Exchange) *reading {
	made, _ := e.Reading(func() any { return read(payload(e).Body, e.Opened) }).(*reading)
	return made
}

func read(body []byte, opened *exchange.Opened) *reading {
	made := &reading{}
	made.whole, made.unread = spec.DecodeStrict(body, spec.DefaultLimits)
	envelope, err := message.ParseEnvelope(body)
	if err != nil {
		return made
	}
	answer := &Answer{Envelope: envelope}
	parts := plainParts(made.whole)
	if answer.Header, _ = parts["header"].(map[string]any); answer.Header == nil && decode(envelope.Header, &answer.Header) != nil {
		return made
	}
	made.answer = answer
	if opened != nil {
		_ = decode(opened.Message, &answer.Message)
		return made
	}
	if answer.Message, _ = parts["message"].(map[string]any); answer.Message == nil {
		_ = decode(envelope.Message, &answer.Message)
	}
	return made
}

// plainParts are the parts of an envelope that are named as the standard names them; nil where one may be
// meant by another name, which encoding/json takes for the same in another case.
func plainParts(whole any) map[string]any {
	parts, _ := whole.(map[string]any)
	for name := range parts {
		for _, known := range []string{"header", "message"} {
			if name != known && strings.EqualFold(name, known) {
				return nil
			}
		}
	}
	return parts
}

// readAnswer is the enveloped message of an exchange; nil where it is none. Its header and message are
// shared by all who read the exchange.
func readAnswer(e *exchange.Exchange, operation string) *Answer {
	read := readingOf(e).answer
	if read == nil {
		return nil
	}
	return &Answer{Exchange: e, Operation: operation, Envelope: read.Envelope, Header: read.Header, Message: read.Message}
}

func decode(raw []byte, into any) error {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	return decoder.Decode(into)
}

// readHTTP takes what the HTTP answer to a draft says.
func readHTTP(draft *Draft, e *exchange.Exchange) *Reply {
	reply := &Reply{Draft: draft, Exchange: e}
	if e.Fault != "" {
		return reply
	}
	if draft.Operation.Mode == spec.Sync {
		reply.Answer = readAnswer(e, draft.Operation.ID)
	}
	failed := e.Response.Status >= http.StatusBadRequest
	if !failed && reply.Answer != nil && !reply.Answer.acknowledges() {
		return reply
	}
	var body struct {
		Errors  []message.Error     `json:"errors"`
		Message *message.AckMessage `json:"message"`
	}
	_ = json.Unmarshal(e.Response.Body, &body)
	if failed {
		reply.Errors = body.Errors
	}
	if body.Message != nil && body.Message.AckStatus != "" {
		reply.Ack = body.Message
	}
	return reply
}

// told is the message of the answer to a question or to what was posted. The published document gives some of these
// answers no envelope (ERR-116); list is the member that such an answer has.
func (r *Reply) told(list string) map[string]any {
	if r.Answer != nil {
		return r.Answer.Message
	}
	if r.Exchange.Fault != "" || r.Exchange.Response.Status >= http.StatusMultipleChoices {
		return nil
	}
	whole, _ := readingOf(r.Exchange).whole.(map[string]any)
	if _, ok := whole[list].([]any); !ok {
		return nil
	}
	return whole
}

// acknowledges says whether the message may be an acknowledgement as well, its member in whatever case.
func (a *Answer) acknowledges() bool {
	for name := range a.Message {
		if strings.EqualFold(name, "ack_status") {
			return true
		}
	}
	return false
}

// responseLists name the member that holds the items of an answer; txn-status has its answer nested.
var responseLists = []string{"search_response", "assess_response", "subscribe_response", "notify_event",
	"disbursements_status", "link_response", "update_response", "unlink_response", "resolve_response"}

// responseList is the one that the answer has, or "".
func (a *Answer) responseList() string {
	if a == nil {
		return ""
	}
	for _, name := range responseLists {
		if _, ok := a.Message[name].([]any); ok {
			return name
		}
	}
	return ""
}

// responseItems are the answer's items by its published list.
func (a *Answer) responseItems() []map[string]any {
	name := a.responseList()
	if name == "" {
		return nil
	}
	return objects(a.Message[name].([]any))
}

func objects(list []any) []map[string]any {
	var out []map[string]any
	for _, element := range list {
		if object, ok := element.(map[string]any); ok {
			out = append(out, object)
		}
	}
	return out
}

// item finds the answer's items with a reference_id.
func (a *Answer) itemsFor(referenceID string) []map[string]any {
	return slices.DeleteFunc(a.responseItems(), func(item map[string]any) bool { return item["reference_id"] != referenceID })
}

// records are the reg_records of an answer's item.
func records(item map[string]any) []map[string]any {
	data, _ := item["data"].(map[string]any)
	switch list := data["reg_records"].(type) {
	case []any:
		return objects(list)
	case map[string]any:
		return []map[string]any{list}
	}
	return nil
}

// text is a member as text, "" where it is absent or no text.
func text(object map[string]any, path string) string {
	name, rest, deeper := strings.Cut(path, ".")
	if deeper {
		inner, _ := object[name].(map[string]any)
		return text(inner, rest)
	}
	value, _ := object[name].(string)
	return value
}

// Refusal is a refusal in one of its legal forms.
type Refusal struct {
	// Codes are the codes given; Form says where: an HTTP error, an ack, the header or an item.
	Codes []string
	Form  string
}

// refusal reads how the target refused, for one item or as a whole; ok is false where it did not.
// reference is the item's reference_id, or "" where the whole message is meant.
func (r *Reply) refusal(reference string) (Refusal, bool) {
	status := r.Exchange.Response.Status
	if status >= http.StatusBadRequest {
		codes := make([]string, 0, len(r.Errors)+1)
		for _, e := range r.Errors {
			codes = append(codes, string(e.Code))
		}
		if r.Ack != nil && r.Ack.Error != nil {
			codes = append(codes, string(r.Ack.Error.Code))
		}
		if rejected, ok := r.rejection(reference); ok {
			codes = append(codes, rejected.Codes...)
		}
		return Refusal{codes, fmt.Sprintf("HTTP %d", status)}, status < http.StatusInternalServerError
	}
	if r.Ack != nil && r.Ack.AckStatus != message.ACK && !r.takenIn() {
		refusal := Refusal{Form: "ack_status " + r.Ack.AckStatus}
		if r.Ack.Error != nil {
			refusal.Codes = []string{string(r.Ack.Error.Code)}
		}
		return refusal, true
	}
	return r.rejection(reference)
}

// takenIn says whether an acknowledgement took the message in. Where no callback belongs to the operation, as none
// does to an update, NACK says just that: the message is valid, and nothing follows. One with an error refuses.
func (r *Reply) takenIn() bool {
	if r.Ack == nil || r.Exchange.Response.Status >= http.StatusMultipleChoices {
		return false
	}
	return r.Ack.AckStatus == message.ACK || r.Ack.AckStatus == message.NACK && r.Ack.Error == nil &&
		r.Draft.Operation.Mode == spec.Async && r.Draft.Operation.Answer == ""
}

// rejection reads a refusal from the enveloped answer.
func (r *Reply) rejection(reference string) (Refusal, bool) {
	if r.Answer == nil {
		return Refusal{}, false
	}
	if text(r.Answer.Header, "status") == message.StatusRejected {
		code := text(r.Answer.Header, "status_reason_code")
		switch {
		case r.itemRejected(reference):
		case code != "":
			return Refusal{[]string{code}, "header.status"}, true
		case len(r.Answer.responseItems()) == 0:
			return Refusal{nil, "header.status"}, true
		}
	}
	return r.itemRefusal(reference)
}

func (r *Reply) itemRejected(reference string) bool {
	_, ok := r.itemRefusal(reference)
	return ok
}

// itemRefusal reads the refusal of an item, or of all items where no reference is given.
func (r *Reply) itemRefusal(reference string) (Refusal, bool) {
	items := r.Answer.responseItems()
	if reference != "" {
		items = r.Answer.itemsFor(reference)
	}
	if len(items) == 0 && r.Answer.Message != nil && text(r.Answer.Message, "status") == message.StatusRejected {
		return Refusal{[]string{text(r.Answer.Message, "status_reason_code")}, "message.status"}, true
	}
	refusal := Refusal{Form: "item status"}
	for _, item := range items {
		if text(item, "status") != message.StatusRejected {
			return Refusal{}, false
		}
		refusal.Codes = append(refusal.Codes, text(item, "status_reason_code"))
	}
	return refusal, len(items) > 0
}

// describe says in a few words what came back, for failure texts.
func (r *Reply) describe() string {
	switch {
	case r.Exchange.Fault != "":
		return r.Exchange.Detail
	case r.Exchange.Response.Status >= http.StatusMultipleChoices:
		refused, _ := r.refusal("")
		return fmt.Sprintf("HTTP %d%s", r.Exchange.Response.Status, codesText(refused.Codes))
	}
	if refused, ok := r.refusal(""); ok {
		return "a refusal (" + refused.Form + ")" + cmp.Or(codesText(refused.Codes), " without a code")
	}
	switch {
	case r.Answer != nil:
		return fmt.Sprintf("an answer with status %q and %d items", oneLine(text(r.Answer.Header, "status")), len(r.Answer.responseItems()))
	case len(r.Callbacks) > 0:
		return "a callback that is no message"
	case r.Ack != nil:
		return "ack_status " + oneLine(r.Ack.AckStatus) + " and no callback"
	}
	return fmt.Sprintf("HTTP %d with a body that is no message", r.Exchange.Response.Status)
}

func codesText(codes []string) string {
	codes = slices.DeleteFunc(slices.Clone(codes), func(code string) bool { return code == "" })
	if len(codes) == 0 {
		return ""
	}
	return " with " + oneLine(strings.Join(codes, ", "))
}

func sortedKeys[V any](of map[string]V) []string { return slices.Sorted(maps.Keys(of)) }
