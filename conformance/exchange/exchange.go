// Package exchange carries every HTTP exchange of a run, in both directions, under bounds that a
// hostile target cannot move: time, body size, redirects. Whatever passes is recorded here once, and
// redacted before anybody else sees it.
package exchange

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/samber/lo"
	"github.com/samber/lo/parallel"

	"github.com/spconform/spconform/conformance/result"
)

// MaxBody is the number of bytes of an answer or a callback that the runner reads. A search answer of
// a thousand records is well below it; a longer body is a flood.
const MaxBody = 8 << 20

// MaxRun is the number of bytes of all bodies that a run keeps; a target that sends more is cut off, so
// that it cannot use up the runner's memory.
const MaxRun = 512 << 20

// Fault is why an exchange has no usable answer. Its value is stable.
type Fault string

// The ways in which an exchange fails.
const (
	FaultRefused  Fault = "refused"
	FaultTimeout  Fault = "timeout"
	FaultReset    Fault = "reset"
	FaultTLS      Fault = "tls"
	FaultTooLarge Fault = "too large"
	FaultAddress  Fault = "address"
)

// Message is one side of an exchange as it was on the wire.
type Message struct {
	Method, URL string
	Status      int
	Header      http.Header
	Body        []byte
	Size        int64
}

// Exchange is one HTTP exchange. Inbound exchanges are callbacks: the target is the client.
type Exchange struct {
	ID        string
	Scenario  string
	Operation string
	Inbound   bool
	// Interface is set where what the target sent was held to that interface's checks; Answers is, for
	// a callback, the id of the request that it answers.
	Interface, Answers string
	StartedAt          time.Time
	Duration           time.Duration
	Request            Message
	Response           Message
	Fault              Fault
	Detail             string
	// Plain is the message that an encrypted request of the runner holds; nil where it went in plain.
	Plain []byte
	// Opened is what the target encrypted to a participant of the run; nil where it sent nothing encrypted.
	Opened *Opened
	// Dialect names the dialects under which the exchange was made, "" for the strict form; Altered are
	// those of them that changed something. Request and Response are then in the strict form.
	Dialect string
	Altered []string
	// asked and told are what was on the wire under a dialect.
	asked, told *Message
	// answered is when the receiver began to answer a request of the target; nil before, and where the
	// sender had given up by then.
	answered atomic.Pointer[time.Time]

	lock    sync.Mutex
	reading any
}

// Reading is what read makes of the exchange, made once: many checks ask for it, and what was recorded
// does not change.
func (e *Exchange) Reading(read func() any) any {
	e.lock.Lock()
	defer e.lock.Unlock()
	if e.reading == nil {
		e.reading = read()
	}
	return e.reading
}

// Forget gives the memory of the reading back: it is several times as large as what was read.
func (e *Exchange) Forget() {
	e.lock.Lock()
	defer e.lock.Unlock()
	e.reading = nil
}

// Opened is an encrypted message of the target, read.
type Opened struct {
	// Message is what was encrypted; nil where it cannot be read.
	Message []byte
	// Recipient is the sender_id of the participant to whose key it was encrypted, or "".
	Recipient string
	// Under is a digest of the content key and initialisation vector under which it was encrypted.
	Under string
}

func (o *Opened) content() []byte {
	if o == nil {
		return nil
	}
	return o.Message
}

// Mentions says whether a text is in what was sent, or in what it holds encrypted.
func (e *Exchange) Mentions(text string) bool {
	return bytes.Contains(e.Request.Body, []byte(text)) || bytes.Contains(e.Opened.content(), []byte(text))
}

// Opener reads what the target encrypted in a body; nil where nothing is.
type Opener func(body []byte) *Opened

// Recorder keeps the exchanges of a run in the order in which they began.
type Recorder struct {
	mu        sync.Mutex
	exchanges []*Exchange
	notes     map[string][]string
	secrets   []string
	shown     map[string]string
	kept      atomic.Int64
	open      Opener
	masking   *Masking
}

// NewRecorder makes an empty recorder.
func NewRecorder() *Recorder {
	return &Recorder{notes: map[string][]string{}, shown: map[string]string{}}
}

// Secret names a text that must not be in anything that is written.
func (r *Recorder) Secret(text string) {
	if text == "" {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.secrets = append(r.secrets, text)
}

// Opens sets how encrypted messages of the target are read. It is called before the first exchange.
func (r *Recorder) Opens(open Opener) { r.open = open }

func (r *Recorder) opened(body []byte) *Opened {
	if r.open == nil {
		return nil
	}
	return r.open(body)
}

// Begin gives an exchange its id and a place in the record.
func (r *Recorder) Begin(exchange *Exchange) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.exchanges = append(r.exchanges, exchange)
	exchange.ID = exchangeID(len(r.exchanges))
}

// Note adds an observation to an exchange; it is shown beside it.
func (r *Recorder) Note(id, text string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.notes[id] = append(r.notes[id], text)
}

// showed notes the certificate that a host showed; the first stands, since a run has one target.
func (r *Recorder) showed(host string, certificate []byte) {
	sum := sha256.Sum256(certificate)
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, known := r.shown[host]; !known {
		r.shown[host] = hex.EncodeToString(sum[:])
	}
}

// Certificate is the SHA-256, in hexadecimal, of the certificate that the server of a URL showed, or "".
func (r *Recorder) Certificate(address string) string {
	parsed, err := url.Parse(address)
	if err != nil || parsed.Scheme != "https" {
		return ""
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.shown[parsed.Host]
}

// Repeated tells which texts the runner has sent in more than one request of some operations: a message that was
// sent twice may be answered twice.
func (r *Recorder) Repeated() func(text string, of func(operation string) bool) bool {
	r.mu.Lock()
	sent := slices.DeleteFunc(slices.Clone(r.exchanges), func(e *Exchange) bool { return e.Inbound })
	r.mu.Unlock()
	return func(text string, of func(operation string) bool) bool {
		count := 0
		for _, exchange := range sent {
			if !of(exchange.Operation) {
				continue
			}
			if bytes.Contains(exchange.Request.Body, []byte(text)) || bytes.Contains(exchange.Plain, []byte(text)) {
				count++
			}
		}
		return count > 1
	}
}

// room says whether another body can be kept; small ones always can.
func (r *Recorder) room(size int) bool {
	return r.kept.Add(int64(size)) <= MaxRun || size <= result.BodyLimit
}

// excerpt is the beginning of a body, in memory of its own.
func excerpt(body []byte) []byte { return bytes.Clone(body[:min(len(body), result.BodyLimit)]) }

// Masks sets which record values are kept out of Results; without it none is.
func (r *Recorder) Masks(m *Masking) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.masking = m
}

// Knows adds the values of a record that the run made and that no request carries.
func (r *Recorder) Knows(record map[string]any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.masking != nil {
		r.masking.Know(record)
	}
}

// sentRecords makes the records that the runner sent known: what it updates is answered later.
func (r *Recorder) sentRecords() {
	if r.masking == nil || r.masking.Everything {
		return
	}
	for _, exchange := range r.exchanges {
		for _, body := range [][]byte{exchange.Request.Body, exchange.Plain} {
			if exchange.Inbound || !bytes.Contains(body, []byte("identifier_value")) {
				continue
			}
			decoder := json.NewDecoder(bytes.NewReader(body))
			decoder.UseNumber()
			var sent any
			if decoder.Decode(&sent) == nil {
				r.masking.Know(sent)
			}
		}
	}
}

// Altered lists, by scenario, the dialects that changed an exchange which was made under the named ones.
func (r *Recorder) Altered(dialect string) map[string][]string {
	r.mu.Lock()
	defer r.mu.Unlock()
	by := map[string][]string{}
	for _, exchange := range r.exchanges {
		if exchange.Dialect == dialect && len(exchange.Altered) > 0 {
			by[exchange.Scenario] = append(by[exchange.Scenario], exchange.Altered...)
		}
	}
	return by
}

// Results is the whole record in its redacted form.
func (r *Recorder) Results() []result.Exchange {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.sentRecords()
	redact := newRedactor(r.secrets)
	const atOnce = 64
	return slices.Concat(parallel.Map(lo.Chunk(r.exchanges, atOnce), func(some []*Exchange, _ int) []result.Exchange {
		return lo.Map(some, func(exchange *Exchange, _ int) result.Exchange { return r.result(redact, exchange) })
	})...)
}

func (r *Recorder) result(redact redactor, exchange *Exchange) result.Exchange {
	direction := "request"
	if exchange.Inbound {
		direction = "callback"
	}
	text := string(exchange.Fault)
	if exchange.Detail != "" {
		text += ": " + exchange.Detail
	}
	masked := r.masked(exchange)
	notes := r.notes[exchange.ID]
	if masked.count > 0 {
		notes = append(slices.Clip(notes), fmt.Sprintf("masked: %d record values that are not of the run's own population, so that this exchange cannot be judged again", masked.count))
	}
	return result.Exchange{
		ID: exchange.ID, Scenario: exchange.Scenario, Operation: exchange.Operation, Direction: direction,
		Interface: exchange.Interface, Answers: exchange.Answers,
		StartedAt: exchange.StartedAt, DurationMS: float64(exchange.Duration.Microseconds()) / 1000,
		Request: redact.message(masked.request), Response: redact.message(masked.response), Dialect: exchange.Dialect,
		Error: redact.text(text), Notes: notes, Plain: redact.kept(masked.plain), Opened: redact.kept(masked.opened),
	}
}

// maskedExchange is what of an exchange may be written.
type maskedExchange struct {
	request, response Message
	plain, opened     []byte
	count             int
}

func (r *Recorder) masked(exchange *Exchange) maskedExchange {
	made := maskedExchange{}
	made.request, made.response = exchange.Wire()
	hide := func(body []byte, within, theirs bool) []byte {
		less, count := r.masking.mask(body, within, theirs)
		made.count += count
		return less
	}
	made.plain = hide(exchange.Plain, true, false)
	made.opened = hide(exchange.Opened.content(), true, true)
	if made.count > 0 && r.masking != nil {
		// The keys of a run follow from its seed: what was masked could be read out of its ciphertext.
		everything := *r.masking
		everything.Everything = true
		made.request.Body, _ = everything.mask(made.request.Body, false, false)
		made.response.Body, _ = everything.mask(made.response.Body, false, false)
		return made
	}
	made.request.Body = hide(made.request.Body, false, exchange.Inbound)
	made.response.Body = hide(made.response.Body, false, !exchange.Inbound)
	if made.count > 0 && exchange.Dialect != "" {
		// A dialect's signature may hold the message once more.
		made.request.Body = embeddedPayload.ReplaceAll(made.request.Body, []byte(`"signature":"masked"`))
		made.response.Body = embeddedPayload.ReplaceAll(made.response.Body, []byte(`"signature":"masked"`))
	}
	return made
}

// embeddedPayload is a signature that is a JWS with its payload in it.
var embeddedPayload = regexp.MustCompile(`"signature"\s*:\s*"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*"`)
