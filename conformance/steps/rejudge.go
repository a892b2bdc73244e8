package steps

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/samber/lo"

	"github.com/spconform/spconform/conformance/exchange"
	"github.com/spconform/spconform/conformance/identity"
	"github.com/spconform/spconform/conformance/result"
	"github.com/spconform/spconform/spec/message"
)

// recomputable are the checks that need nothing but the two sides of an exchange as they were recorded,
// the target's published keys and the data dictionary. What a check needs of the scenario besides (the
// record that it changed, whom it asked for) is in no transcript.
var recomputable = lo.Keyify([]string{
	"REG-HTTP-001", "REG-HTTP-005", "REG-HTTP-006", "REG-HTTP-010", "REG-CB-003", "REG-NTF-006", "SEC-PRIV-002",
	"REG-ENV-001", "REG-ACK-001", "REG-CB-005", "REG-NTF-005", "REG-ACK-003", "REG-ACK-004", "REG-ACK-005",
	"REG-HDR-002", "REG-HDR-003", "REG-HDR-004", "REG-HDR-005", "REG-HDR-007", "REG-HDR-008", "REG-HDR-009",
	"SEC-SIG-001", "SEC-SIG-002", "SEC-SIG-003", "SEC-SIG-004", "REG-NTF-010",
	"REG-SEARCH-003", "REG-SEARCH-004", "REG-SEARCH-015", "REG-SEARCH-016", "REG-SEARCH-017", "REG-SEARCH-019", "REG-SEARCH-026", "REG-CB-004",
	"SEC-ENC-003", "SEC-ENC-004", "SEC-ENC-005", "SEC-ENC-006",
	"REG-REC-001", "SR-REC-001", "SR-REC-002", "SR-REC-004",
})

// Rejudged is what the checks say of recorded exchanges.
type Rejudged struct {
	// Seen and Noted list, by requirement, the exchanges that depart from it now, and those that the
	// run noted. Both are of the exchanges that could be judged again.
	Seen, Noted map[string][]string
	// Judged counts the exchanges judged again, Left those of which too little was recorded.
	Judged, Left int
}

// Rejudge makes the checks again on the recorded exchanges of this interface. It sends nothing: Client
// and Receiver are not needed.
func (e *Env) Rejudge(ctx context.Context, recorded []result.Exchange) Rejudged {
	e.Recorder, e.Client = exchange.NewRecorder(), nil
	e.begin()
	e.keysRead = true
	t := transcript{env: e, first: map[string]string{}, addresses: map[string]string{}, wire: map[string]result.Exchange{}}
	recorded = t.inStrictForm(recorded)
	inOrder := slices.SortedStableFunc(slices.Values(recorded), func(a, b result.Exchange) int {
		return cmp.Or(cmp.Compare(len(a.ID), len(b.ID)), cmp.Compare(a.ID, b.ID))
	})
	t.learn(inOrder)
	outcome := Rejudged{Seen: map[string][]string{}, Noted: map[string][]string{}}
	for _, one := range inOrder {
		if one.Interface != e.Interface.ID {
			continue
		}
		sent := t.sent(one)
		if sent == nil {
			outcome.Left++
			continue
		}
		outcome.Judged++
		for _, check := range allChecks {
			if _, ok := recomputable[check.Requirement]; !ok || !slices.Contains(check.Kinds, sent.Kind) {
				continue
			}
			if check.Judge(ctx, sent) != nil {
				outcome.Seen[check.Requirement] = append(outcome.Seen[check.Requirement], one.ID)
			}
			if slices.ContainsFunc(one.Notes, func(note string) bool { return strings.HasPrefix(note, check.Requirement+": ") }) {
				outcome.Noted[check.Requirement] = append(outcome.Noted[check.Requirement], one.ID)
			}
		}
	}
	return outcome
}

// transcript turns recorded exchanges back into what the checks take.
type transcript struct {
	env  *Env
	byID map[string]result.Exchange
	// first is by body the exchange in which it was first sent.
	first map[string]string
	// addresses is by operation where most of its messages went.
	addresses map[string]string
	// wire is by id an exchange under a dialect as it was on the wire.
	wire map[string]result.Exchange
}

// inStrictForm translates what was recorded under a dialect; what was not recorded whole stays so.
func (t *transcript) inStrictForm(recorded []result.Exchange) []result.Exchange {
	if t.env.Speaker != nil {
		recorded = lo.Map(recorded, func(one result.Exchange, _ int) result.Exchange {
			t.wire[one.ID] = one
			for _, side := range []*result.HTTPMessage{&one.Request, &one.Response} {
				if whole(*side) {
					strict, _ := t.env.Speaker.Hear(exchange.Message{Body: []byte(side.Body)})
					side.Body, side.Size = string(strict.Body), int64(len(strict.Body))
				}
			}
			return one
		})
	}
	t.byID = lo.KeyBy(recorded, func(r result.Exchange) string { return r.ID })
	return recorded
}

func (t *transcript) exchangeOf(recorded result.Exchange) *exchange.Exchange {
	made := exchangeOf(recorded)
	if wire, ok := t.wire[recorded.ID]; ok {
		made.OnWire(messageOf(wire.Request), messageOf(wire.Response))
	}
	return made
}

// learn reads the target's keys, its id and its addresses out of the exchanges.
func (t *transcript) learn(recorded []result.Exchange) {
	sentTo := map[string][]string{}
	receivers := []string{}
	for _, one := range recorded {
		if one.Direction != directionRequest || !strings.HasPrefix(one.Request.URL, t.env.Base) {
			continue
		}
		if one.Operation == "jwks" && one.Response.Status == http.StatusOK {
			t.env.takeKeys([]byte(one.Response.Body))
		}
		if t.first[one.Request.Body] == "" {
			t.first[one.Request.Body] = one.ID
		}
		if one.Interface == t.env.Interface.ID {
			sentTo[one.Operation] = append(sentTo[one.Operation], one.Request.URL)
			receivers = append(receivers, text(t.draft(one).Header, "receiver_id"))
		}
	}
	t.addresses = lo.MapValues(sentTo, func(all []string, _ string) string { return mostFrequent(all) })
	t.env.TargetID = mostFrequent(receivers)
}

func mostFrequent(all []string) string {
	counts := lo.CountValues(all)
	best := ""
	for _, one := range slices.Sorted(slices.Values(lo.Keys(counts))) {
		if counts[one] > counts[best] {
			best = one
		}
	}
	return best
}

const directionRequest = "request"

// sent is what the target sent in a recorded exchange, or nil where too little of it was recorded.
func (t *transcript) sent(recorded result.Exchange) *Sent {
	e := t.exchangeOf(recorded)
	made := &Sent{World: &World{env: t.env, ID: recorded.Scenario}, Exchange: e}
	made.record, _ = t.env.Interface.Record("")
	if e.Opened = Opener(t.env.Identities)(payload(e).Body); unread(recorded, e) {
		return nil
	}
	if e.Opened != nil && t.env.Speaker != nil {
		e.Opened.Message, _ = t.env.Speaker.HearContent(e.Opened.Message)
	}
	if recorded.Direction == directionRequest {
		if unknownPlain(recorded) || !whole(recorded.Request) || !whole(recorded.Response) || recorded.Error != "" {
			return nil
		}
		made.Reply = t.reply(recorded)
		made.Answer, made.Operation = made.Reply.Answer, made.Reply.Draft.Operation.ID
		made.Kind = kindOf(made.Reply)
		return made
	}
	if !whole(recorded.Request) {
		return nil
	}
	if recorded.Answers == "" {
		made.Kind, made.Operation, made.Answer = KindNotify, "notify", readAnswer(e, "notify")
		return made
	}
	asked, ok := t.byID[recorded.Answers]
	if !ok || unknownPlain(asked) || !whole(asked.Request) || !whole(asked.Response) {
		return nil
	}
	made.Reply = t.reply(asked)
	made.Kind, made.Operation = KindCallback, made.Reply.Draft.Operation.Answer
	made.Answer = readAnswer(e, made.Operation)
	made.Reply.Answer = made.Answer
	return made
}

func (t *transcript) reply(recorded result.Exchange) *Reply {
	draft := t.draft(recorded)
	draft.repeated = t.first[recorded.Request.Body] != recorded.ID
	return readHTTP(draft, t.exchangeOf(recorded))
}

// draft is the message that was sent, as far as the checks look at it.
func (t *transcript) draft(recorded result.Exchange) *Draft {
	draft := &Draft{method: recorded.Request.Method, body: []byte(recorded.Request.Body), From: t.env.Identities[identity.Client]}
	draft.Operation, _ = t.env.Interface.Operation(recorded.Operation)
	if usual := t.addresses[recorded.Operation]; usual != recorded.Request.URL {
		draft.path = recorded.Request.URL
	}
	draft.Kind = draft.Operation.Kind
	envelope, err := message.ParseEnvelope(draft.body)
	if err != nil {
		return draft
	}
	_ = decode(envelope.Header, &draft.Header)
	content := envelope.Message
	if message.SaysEncrypted(content) {
		content, draft.plain = []byte(recorded.Plain), []byte(recorded.Plain)
	}
	_ = decode(content, &draft.Message)
	for _, who := range t.env.Identities {
		if who.Participant.ID == text(draft.Header, "sender_id") {
			draft.From = who
		}
	}
	for _, item := range objects(draft.items()) {
		if record, ok := t.env.Interface.Record(text(item, "search_criteria.reg_record_type")); ok {
			draft.Questions = append(draft.Questions, &Question{ReferenceID: text(item, "reference_id"), Record: record})
		}
	}
	return draft
}

// unknownPlain says whether an encrypted request was recorded without what it held: it can be read by the
// target alone.
func unknownPlain(recorded result.Exchange) bool {
	envelope, err := message.ParseEnvelope([]byte(recorded.Request.Body))
	return err == nil && recorded.Direction == directionRequest && message.SaysEncrypted(envelope.Message) && recorded.Plain == ""
}

// unread says whether the run read an encrypted message that cannot be read again: the participants' keys
// were not those of the seed.
func unread(recorded result.Exchange, e *exchange.Exchange) bool {
	return e.Opened != nil && e.Opened.Message == nil && recorded.Opened != ""
}

// whole says whether a side of an exchange was recorded as it was on the wire.
func whole(side result.HTTPMessage) bool {
	return !side.Truncated && !strings.Contains(side.Body, exchange.Redacted) && !strings.Contains(side.Body, exchange.Masked) && int64(len(side.Body)) == side.Size
}

func exchangeOf(recorded result.Exchange) *exchange.Exchange {
	return &exchange.Exchange{ID: recorded.ID, Scenario: recorded.Scenario, Operation: recorded.Operation,
		Inbound: recorded.Direction != directionRequest, StartedAt: recorded.StartedAt,
		Duration: time.Duration(recorded.DurationMS * float64(time.Millisecond)),
		Request:  messageOf(recorded.Request), Response: messageOf(recorded.Response)}
}

func messageOf(side result.HTTPMessage) exchange.Message {
	made := exchange.Message{Method: side.Method, URL: side.URL, Status: side.Status, Header: http.Header{},
		Body: []byte(side.Body), Size: side.Size}
	for _, header := range side.Headers {
		made.Header.Add(header.Name, header.Value)
	}
	return made
}
