package reference

import (
	"encoding/json"
	"errors"
	"net/http"

	"github.com/spconform/spconform/spec"
	"github.com/spconform/spconform/spec/message"
)

// Refusal says that a message is not taken in at all. It leaves as an HTTP error with a published
// code, or, for an asynchronous operation and status 400, as an acknowledgement that carries the error.
type Refusal struct {
	// Status is the HTTP status; zero is the code's own.
	Status int
	Code   message.ErrorCode
	// Detail says what is wrong and how to mend it; never a value of the message.
	Detail string
	// Ack is NACK for well-formed content that is refused; empty is ERR.
	Ack string
}

func (e *Refusal) Error() string { return string(e.Code) + ": " + e.Detail }

// Rejection says that a message, or one item of it, is taken in and answered with status rjct.
type Rejection struct {
	Code   message.ReasonCode
	Detail string
}

func (e *Rejection) Error() string { return string(e.Code) + ": " + e.Detail }

// statuses is the HTTP status of each published error code.
var statuses = map[message.ErrorCode]int{
	message.ErrRequestBad:          http.StatusBadRequest,
	message.ErrRequestUnauthorized: http.StatusUnauthorized,
	message.ErrRequestForbidden:    http.StatusForbidden,
	message.ErrRequestNotFound:     http.StatusNotFound,
	message.ErrRequestTimeout:      http.StatusRequestTimeout,
	message.ErrVersionNotSupported: http.StatusBadRequest,
	message.ErrTooManyRequests:     http.StatusTooManyRequests,
	message.ErrSenderID:            http.StatusForbidden,
	message.ErrSenderURI:           http.StatusBadRequest,
	message.ErrReceiverID:          http.StatusBadRequest,
	message.ErrSignatureMissing:    http.StatusUnauthorized,
	message.ErrSignatureInvalid:    http.StatusUnauthorized,
	message.ErrEncryptionInvalid:   http.StatusBadRequest,
	message.ErrServiceUnavailable:  http.StatusInternalServerError,
}

func refuse(code message.ErrorCode, detail string) *Refusal {
	return &Refusal{Code: code, Detail: detail}
}

func refuseWith(status int, code message.ErrorCode, detail string) *Refusal {
	return &Refusal{Status: status, Code: code, Detail: detail}
}

func reject(code message.ReasonCode, detail string) *Rejection {
	return &Rejection{Code: code, Detail: detail}
}

// asRefusal is err as a Refusal; anything that is not one is our own failure, whose text stays here.
func (s *Server) asRefusal(err error) Refusal {
	var refusal *Refusal
	if !errors.As(err, &refusal) {
		s.log.Error("a request could not be served", "error", err)
		refusal = refuse(message.ErrServiceUnavailable, "the registry could not serve the request; send it again later")
	}
	if refusal.Status == 0 {
		refusal.Status = statuses[refusal.Code]
	}
	if refusal.Status == 0 {
		refusal.Status = http.StatusInternalServerError
	}
	return *refusal
}

// writeError is the one place where an error becomes an HTTP answer.
func (s *Server) writeError(w http.ResponseWriter, in *Incoming, err error) {
	refusal := s.asRefusal(err)
	s.log.Info("refused", "operation", in.Operation.ID, "status", refusal.Status, "code", refusal.Code)
	failure := message.Error{Code: refusal.Code, Message: refusal.Detail}
	if refusal.Status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", `Bearer realm="registry"`)
	}
	if in.Operation.Mode != spec.Async || refusal.Status != http.StatusBadRequest {
		writeJSON(w, refusal.Status, message.HTTPError{Errors: []message.Error{failure}})
		return
	}
	ack := message.AckMessage{AckStatus: refusal.Ack, Error: &failure,
		Timestamp: s.timestamp(), CorrelationID: in.CorrelationID}
	if ack.AckStatus == "" {
		ack.AckStatus = message.ERR
	}
	writeJSON(w, refusal.Status, message.Ack{Message: ack})
}

func writeJSON(w http.ResponseWriter, status int, body any) {
	raw, err := json.Marshal(body)
	if err != nil {
		status, raw = http.StatusInternalServerError, []byte(`{"errors":[{"code":"err.service.unavailable"}]}`)
	}
	writeRaw(w, status, raw)
}

func writeRaw(w http.ResponseWriter, status int, body []byte) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(body)
}
