package reference

import (
	"bytes"
	"encoding/json"
	"net/http"
	"time"

	"github.com/spconform/spconform/spec"
	"github.com/spconform/spconform/spec/fixture"
	"github.com/spconform/spconform/spec/message"
)

// Incoming is one request as far as the checks have read it. Each check fills what it establishes; a
// later one relies on it.
type Incoming struct {
	Interface spec.Interface
	Operation spec.Operation
	// ReceiverID is the id that this server has on the interface.
	ReceiverID string
	// CorrelationID is made for the request; acknowledgement and answer carry it.
	CorrelationID string
	HTTP          *http.Request
	// Body is the request's body, at most Limits.Body bytes.
	Body []byte
	// Subject is the participant that the bearer token was issued to.
	Subject string
	// Envelope holds the message as it was received until the check of its encryption, and as it was
	// encrypted from then on; Encrypted says whether it was.
	Envelope  message.Envelope
	Encrypted bool
	Header    message.Header
	Sender    fixture.Participant
	// Keys finds the keys of senders, in the sets that they publish where these are read.
	Keys message.KeyFinder

	loose    map[string]json.RawMessage
	members  map[string]json.RawMessage
	items    map[int]*Rejection
	once     bool
	received time.Time
	accesses []access
}

// looseHeader are the header members whose wrong JSON type is a reason to reject (status_reason_code)
// and not a malformed message.
var looseHeader = []string{"version", "message_ts", "action", "total_count"}

// readHeader decodes the header. Members of looseHeader that do not fit stay zero in Header; their wire
// form is kept for the check that judges them.
func (in *Incoming) readHeader() error {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(in.Envelope.Header, &members); err != nil {
		return refuse(message.ErrRequestBad, "header is not a JSON object")
	}
	in.loose = map[string]json.RawMessage{}
	for _, name := range looseHeader {
		if raw, ok := members[name]; ok {
			in.loose[name] = bytes.TrimSpace(raw)
			delete(members, name)
		}
	}
	rest, err := json.Marshal(members)
	if err != nil {
		return err
	}
	header, err := message.Envelope{Header: rest}.ReadHeader()
	if err != nil {
		return refuse(message.ErrRequestBad, err.Error())
	}
	header.Version, header.Action = in.text("version"), in.text("action")
	header.MessageTS = in.text("message_ts")
	if count, ok := in.count(); ok {
		header.TotalCount = count
	}
	in.Header = header
	return nil
}

// text is a loose header member that is a JSON string, else "".
func (in *Incoming) text(member string) string {
	var text string
	if json.Unmarshal(in.loose[member], &text) != nil {
		return ""
	}
	return text
}

// count is total_count where it is a JSON integer; 2.0 is one, as JSON Schema has it.
func (in *Incoming) count() (int, bool) {
	var number json.Number
	raw := in.loose["total_count"]
	if len(raw) == 0 || raw[0] == '"' || json.Unmarshal(raw, &number) != nil || number == "" {
		return 0, false
	}
	const most = 1 << 31
	value, err := number.Float64()
	if err != nil || value != float64(int(value)) || value > most || value < -most {
		return 0, false
	}
	return int(value), true
}

// transactionID is the message's transaction_id where it is a JSON string.
func (in *Incoming) transactionID() string {
	var text string
	_ = json.Unmarshal(in.members["transaction_id"], &text)
	return text
}

// rejectItem records why the item at index is rejected; the first reason stays.
func (in *Incoming) rejectItem(index int, rejection *Rejection) {
	if in.items == nil {
		in.items = map[int]*Rejection{}
	}
	if in.items[index] == nil {
		in.items[index] = rejection
	}
}
