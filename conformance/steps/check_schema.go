package steps

import (
	"context"
	"fmt"
	"strings"

	"github.com/spconform/spconform/spec"
)

var schemaChecks = []Check{
	{"REG-ENV-001", "follows the published schema", []Kind{KindAnswer}, responseSchema},
	{"REG-ACK-001", "is an acknowledgement by the published schema", []Kind{KindAck}, responseSchema},
	{"REG-CB-005", "is a callback by the published schema", []Kind{KindCallback}, requestSchema},
	{"REG-NTF-005", "is a notification by the published schema", []Kind{KindNotify}, requestSchema},
}

func responseSchema(_ context.Context, s *Sent) *Fail {
	answer := s.Exchange.Response
	if departure := violated(s.env.Document.JudgeResponse(s.Operation, answer.Status, s.body(mediaType(answer.Header.Get("Content-Type"))))); departure != nil {
		return departure
	}
	if readable := s.readable(); readable != nil {
		return violated(s.env.Document.ValidateResponse(s.Operation, answer.Status, "application/json", readable))
	}
	return nil
}

// body is what the target sent, as far as it was read before.
func (s *Sent) body(contentType string) spec.Body {
	read := readingOf(s.Exchange)
	return spec.Body{ContentType: contentType, Raw: payload(s.Exchange).Body,
		Read: func() (any, error) { return read.whole, read.unread }}
}

// readable is an encrypted answer as it would be in plain; nil where it is none, or cannot be read.
func (s *Sent) readable() []byte {
	if s.Answer == nil || s.Exchange.Opened == nil || s.Exchange.Opened.Message == nil {
		return nil
	}
	plain, err := s.Answer.Envelope.Readable(s.Exchange.Opened.Message)
	if err != nil {
		return nil
	}
	return plain
}

func requestSchema(_ context.Context, s *Sent) *Fail {
	if departure := violated(s.env.Document.JudgeRequest(s.Operation, s.body("application/json"))); departure != nil {
		return departure
	}
	if readable := s.readable(); readable != nil {
		return violated(s.env.Document.ValidateRequest(s.Operation, "application/json", readable))
	}
	return nil
}

// mediaType lets a wrong content type be judged by its own requirement: the body is judged as JSON.
func mediaType(given string) string {
	if strings.HasPrefix(given, "application/json") {
		return given
	}
	return "application/json"
}

func violated(violations []spec.Violation) *Fail {
	var first *spec.Violation
	count := 0
	for i := range violations {
		if violations[i].Advisory {
			continue
		}
		if first == nil {
			first = &violations[i]
		}
		count++
	}
	if first == nil {
		return nil
	}
	more := ""
	if count > 1 {
		more = fmt.Sprintf(" (and %d more)", count-1)
	}
	return &Fail{Expected: "a message by the published schema", Actual: oneLine(first.String()) + more, Attribute: first.Pointer}
}
