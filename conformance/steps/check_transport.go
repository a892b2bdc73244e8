package steps

import (
	"context"
	"maps"
	"mime"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/spconform/spconform/spec"
	"github.com/spconform/spconform/spec/message"
)

var everything = []Kind{KindAnswer, KindCallback, KindNotify, KindAck, KindError}
var enveloped = []Kind{KindAnswer, KindCallback, KindNotify}
var overHTTP = []Kind{KindAnswer, KindAck, KindError}

var transportChecks = []Check{
	{"REG-HTTP-001", "is sent as JSON", overHTTP, func(_ context.Context, s *Sent) *Fail {
		if !s.Reply.Draft.published() {
			return nil
		}
		return jsonType(s.Exchange.Response.Header)
	}},
	{"REG-CB-003", "comes as a POST of JSON", []Kind{KindCallback}, postOfJSON},
	{"REG-NTF-006", "is posted as JSON", []Kind{KindNotify}, postOfJSON},
	{"REG-HTTP-006", "is no failure of the server", overHTTP, func(_ context.Context, s *Sent) *Fail {
		if s.Exchange.Response.Status < http.StatusInternalServerError {
			return nil
		}
		return failf("an answer below HTTP 500, whatever is sent", nil, "HTTP %d", s.Exchange.Response.Status)
	}},
	{"REG-HTTP-005", "carries the published error body", []Kind{KindError}, errorBody},
	{"REG-HTTP-010", "names a published error code", []Kind{KindError}, func(_ context.Context, s *Sent) *Fail {
		if !s.Reply.Draft.published() {
			return nil
		}
		for _, code := range errorCodes(s.Reply) {
			if !slices.Contains(message.ErrorCodes, code) && !slices.Contains(allReasons, message.ReasonCode(code)) {
				return failf("a code of the published list", nil, "the code %q", oneLine(string(code)))
			}
		}
		return nil
	}},
	{"SEC-PRIV-002", "shows nothing of the server's inside", []Kind{KindError}, noInternals},
	{"SEC-PRIV-001", "shows no personal data in an error text", everything, noPersonalData},
}

// published says whether the draft goes where the document names an operation, in a size that any
// server reads. What is outside of that may be answered by what stands before the registry, in its form.
func (d *Draft) published() bool { return d.path == "" && d.method == http.MethodPost && !d.flood }

// internals are what frameworks and databases write into the answer when an error leaves unhandled.
var internals = regexp.MustCompile(`goroutine \d+ \[|Traceback \(most recent|\bat [\w$.]+\([\w$]+\.(java|kt|cs|js|ts):\d+\)|` +
	`File "[^"]+\.py", line|\.go:\d+|SQLSTATE|\bORA-\d{5}|syntax error at or near|SELECT .+ FROM |` +
	`(java|javax|org)\.[\w.]+Exception|node_modules/|NullPointerException|panic: `)

func noInternals(_ context.Context, s *Sent) *Fail {
	if internals.Match(s.Exchange.Response.Body) {
		return fail("an error without traces of the server's inside", "a stack trace, a file or a database statement")
	}
	return nil
}

var allReasons = slices.Concat(message.ReasonCodes["header"], message.ReasonCodes["search"], message.ReasonCodes["subscribe"], message.ReasonCodes["unsubscribe"],
	slices.Concat(slices.Collect(maps.Values(message.PaymentReasonCodes))...))

func postOfJSON(_ context.Context, s *Sent) *Fail {
	if s.Exchange.Request.Method != http.MethodPost {
		return failf("a POST", nil, "a %s", oneLine(s.Exchange.Request.Method))
	}
	return jsonType(s.Exchange.Request.Header)
}

// mediaOf is the media type of a Content-Type without its parameters, in small letters.
func mediaOf(header http.Header) string {
	media, _, _ := mime.ParseMediaType(header.Get("Content-Type"))
	return media
}

func jsonType(header http.Header) *Fail {
	given := header.Get("Content-Type")
	if mediaOf(header) == "application/json" {
		return nil
	}
	if given == "" {
		return fail("Content-Type application/json", "no Content-Type")
	}
	return failf("Content-Type application/json", nil, "Content-Type %q", oneLine(given))
}

// errorBody: {errors:[{code,message}]} by HttpErrorResponse, or the ack form on asynchronous operations.
func errorBody(_ context.Context, s *Sent) *Fail {
	if !s.Reply.Draft.published() {
		return nil
	}
	if len(errorCodes(s.Reply)) > 0 {
		return errorForm(s)
	}
	if s.Reply.Draft.Operation.Mode == spec.Sync && s.Answer != nil && text(s.Answer.Header, "status") == message.StatusRejected {
		return nil
	}
	return fail(`a body with errors[].code and errors[].message`, "a body without an error code")
}

// errorForm holds the errors themselves to the published schema; the rest of the body has its own requirements.
func errorForm(s *Sent) *Fail {
	answer := s.Exchange.Response
	all := s.env.Document.ValidateResponse(s.Operation, answer.Status, mediaType(answer.Header.Get("Content-Type")), answer.Body)
	return violated(slices.DeleteFunc(all, func(v spec.Violation) bool {
		return !strings.HasPrefix(v.Pointer, "/errors/") && !strings.HasPrefix(v.Pointer, "/message/error/")
	}))
}

func errorCodes(reply *Reply) []message.ErrorCode {
	var codes []message.ErrorCode
	for _, e := range reply.Errors {
		if e.Code != "" {
			codes = append(codes, e.Code)
		}
	}
	if reply.Ack != nil && reply.Ack.Error != nil && reply.Ack.Error.Code != "" {
		codes = append(codes, reply.Ack.Error.Code)
	}
	return codes
}

// noPersonalData looks for the population's identifiers in texts that are meant for logs and screens.
func noPersonalData(_ context.Context, s *Sent) *Fail {
	texts := s.Reply.errorTexts()
	if s.Answer != nil {
		texts = append(texts, text(s.Answer.Header, "status_reason_message"), text(s.Answer.Message, "status_reason_message"))
		for _, item := range s.Answer.responseItems() {
			texts = append(texts, text(item, "status_reason_message"))
		}
	}
	for _, personal := range s.personal() {
		for _, shown := range texts {
			if strings.Contains(shown, personal) {
				return fail("error texts without personal data", "an identifier of a person in an error text")
			}
		}
	}
	return nil
}

func (r *Reply) errorTexts() []string {
	if r == nil {
		return nil
	}
	var texts []string
	for _, e := range r.Errors {
		texts = append(texts, e.Message)
	}
	if r.Ack != nil && r.Ack.Error != nil {
		texts = append(texts, r.Ack.Error.Message)
	}
	return texts
}

// personal is what this scenario asked about: identifiers long enough not to be met by chance.
func (w *World) personal() []string {
	const telling = 6
	var values []string
	add := func(value string) {
		if len(value) >= telling {
			values = append(values, value)
		}
	}
	add(w.wanted.IDValue)
	add(w.fresh.IDValue)
	for _, draft := range w.drafts {
		for _, question := range draft.Questions {
			if question.Where.Identifier != nil {
				add(question.Where.Identifier[1])
			}
		}
	}
	return values
}
