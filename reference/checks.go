package reference

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"slices"
	"time"

	"github.com/spconform/spconform/spec"
	"github.com/spconform/spconform/spec/message"
)

// Check is one named check of a request. Run returns nil, a *Refusal (the message is not taken in) or a
// *Rejection (it is answered with header.status rjct); any other error is a failure of the server.
type Check struct {
	Name string
	Run  func(ctx context.Context, in *Incoming) error
}

// requestChecks are the checks of every message in their order. What could make the server call
// somewhere comes before the first Rejection, since a Rejection is answered by a callback.
func (s *Server) requestChecks() []Check {
	return []Check{
		{"token", s.checkToken},
		{"content_type", checkContentType},
		{"body", s.checkBody},
		{"envelope", checkEnvelope},
		{"participant", s.checkParticipant},
		{"token_sender", checkTokenSender},
		{"receiver", checkReceiver},
		{"signature", s.checkSignature},
		{"role", checkRole},
		{"encryption", s.checkEncryption},
		{"sender_uri", checkSenderURI},
		{"version", checkVersion},
		{"action", checkAction},
		{"message_id", checkMessageID},
		{"message_ts", s.checkMessageTS},
		{"total_count", s.checkTotalCount},
		{"items", checkItems},
		{"schema", s.checkSchema},
		{"agreement", s.checkAgreement},
	}
}

func (s *Server) check(ctx context.Context, in *Incoming) error {
	for _, check := range s.checks {
		if err := check.Run(ctx, in); err != nil {
			return err
		}
	}
	return nil
}

func checkContentType(_ context.Context, in *Incoming) error {
	media, _, err := mime.ParseMediaType(in.HTTP.Header.Get("Content-Type"))
	if err != nil || media != "application/json" {
		return refuseWith(http.StatusUnsupportedMediaType, message.ErrRequestBad, "send the message as application/json")
	}
	return nil
}

func (s *Server) checkBody(_ context.Context, in *Incoming) error {
	body, err := io.ReadAll(in.HTTP.Body)
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return refuseWith(http.StatusRequestEntityTooLarge, message.ErrRequestBad,
			fmt.Sprintf("send a message of at most %d bytes", s.limits.Body))
	case err != nil:
		return refuse(message.ErrRequestBad, "the body could not be read to its end")
	}
	in.Body = body
	return nil
}

func checkEnvelope(_ context.Context, in *Incoming) error {
	// Two readers that disagree on a repeated member would judge different messages.
	if _, err := spec.DecodeStrict(in.Body, spec.DefaultLimits); err != nil {
		return refuse(message.ErrRequestBad, err.Error())
	}
	envelope, err := message.ParseEnvelope(in.Body)
	if err != nil {
		return refuse(message.ErrRequestBad, err.Error())
	}
	in.Envelope = envelope
	_ = json.Unmarshal(envelope.Message, &in.members)
	return in.readHeader()
}

func (s *Server) checkParticipant(_ context.Context, in *Incoming) error {
	// The published header of notify does not require sender_id: there the token names the sender.
	if in.Header.SenderID == "" && in.Operation.Action == actionNotify {
		in.Header.SenderID = in.Subject
	}
	sender, known := s.roster.find(in.Header.SenderID)
	if !known {
		return refuse(message.ErrSenderID, "header.sender_id is no participant of this registry")
	}
	in.Sender = sender
	return nil
}

func checkTokenSender(_ context.Context, in *Incoming) error {
	if in.Subject != in.Header.SenderID {
		return refuse(message.ErrSenderID, "the bearer token was issued to another participant than header.sender_id")
	}
	return nil
}

func checkReceiver(_ context.Context, in *Incoming) error {
	if in.Header.ReceiverID != "" && in.Header.ReceiverID != in.ReceiverID {
		return refuse(message.ErrReceiverID, "header.receiver_id is not this registry")
	}
	return nil
}

func (s *Server) checkSignature(_ context.Context, in *Incoming) error {
	err := message.Verify(in.Envelope, in.Header.SenderID, in.Keys, s.now())
	switch {
	case err == nil:
		return nil
	case message.FaultOf(err) == message.FaultMissing:
		return refuse(message.ErrSignatureMissing, "sign the message: signature is absent or empty")
	}
	return refuse(message.ErrSignatureInvalid, err.Error())
}

// checkRole lets only an updater write to the registry, or change where a person's money goes.
func checkRole(_ context.Context, in *Incoming) error {
	writes := in.Operation.ID == opUpdate || in.Operation.Intake != nil || in.changesLinks()
	if writes && !slices.Contains(in.Sender.Roles, "updater") {
		return refuse(message.ErrRequestForbidden, "the sender is not registered as one that may update records")
	}
	return nil
}

func checkSenderURI(_ context.Context, in *Incoming) error {
	if in.Header.SenderURI == "" {
		if in.Operation.Answer != "" && in.Sender.CallbackBase == "" {
			return refuse(message.ErrSenderURI, "name a sender_uri: no callback address is registered for the sender")
		}
		return nil
	}
	if !within(in.Header.SenderURI, in.Sender.CallbackPrefixes) {
		return refuse(message.ErrSenderURI, "header.sender_uri is outside the callback addresses registered for the sender")
	}
	return nil
}

func checkVersion(_ context.Context, in *Incoming) error {
	if _, given := in.loose["version"]; given && in.Header.Version != message.Version {
		return reject(message.RejectVersion, "header.version must be "+message.Version)
	}
	return nil
}

func checkAction(_ context.Context, in *Incoming) error {
	if in.Header.Action == in.Operation.Action {
		return nil
	}
	detail := "header.action must be " + in.Operation.Action + " at this path"
	known := slices.ContainsFunc(in.Interface.Operations, func(o spec.Operation) bool {
		return in.Header.Action != "" && o.Action == in.Header.Action
	})
	if known || in.Header.Action == "" {
		return reject(message.RejectAction, detail)
	}
	return reject(message.RejectActionUnsupported, detail)
}

// checkMessageID asks that the message have an effect once; the store decides when the effect is written.
func checkMessageID(_ context.Context, in *Incoming) error {
	const most = 999
	if in.Header.MessageID == "" || len(in.Header.MessageID) > most {
		return refuse(message.ErrRequestBad, fmt.Sprintf("header.message_id must have 1 to %d bytes", most))
	}
	in.once = true
	return nil
}

func (s *Server) checkMessageTS(_ context.Context, in *Incoming) error {
	sent, err := time.Parse(time.RFC3339, in.Header.MessageTS)
	now := s.now()
	switch {
	case err != nil:
		return reject(message.RejectMessageTS, "header.message_ts must be an RFC 3339 date-time")
	case sent.After(now.Add(s.limits.Future)):
		return reject(message.RejectMessageTS, "header.message_ts lies in the future")
	case sent.Before(now.Add(-s.limits.Past)):
		return reject(message.RejectMessageTS, "header.message_ts is too old")
	}
	return nil
}

func (s *Server) checkTotalCount(_ context.Context, in *Incoming) error {
	if _, given := in.loose["total_count"]; !given && in.Operation.Action == actionNotify {
		return nil
	}
	count, ok := in.count()
	if !ok || count < 1 {
		return reject(message.RejectTotalCount, "header.total_count must be a JSON integer of at least 1")
	}
	list, batch := in.list()
	if count > s.limits.Batch || len(list) > s.limits.Batch {
		return reject(message.RejectTotalCountLimit, fmt.Sprintf("send at most %d requests in a message", s.limits.Batch))
	}
	if in.Operation.Intake != nil {
		// Whether the message counts as one request or as one for each record is left open.
		return nil
	}
	if batch && count != len(list) || !batch && count != 1 {
		return reject(message.RejectTotalCount, "header.total_count must be the number of requests in the message")
	}
	return nil
}

// actionNotify is the action of what is posted to a registry; its published header is that of an answer,
// without which sender_id and total_count may be.
const actionNotify = "notify"

// lists names the member of a message that holds its batch, by kind.
var lists = map[string]string{
	"search": "search_request", "subscribe": "subscribe_request", "notify": "notify_event",
	kindDisburse: "disbursements", kindPaymentSearch: "search_criteria",
	kindAssess: "assess_request",
	kindLink:   "link_request", kindUpdate: "update_request", kindUnlink: "unlink_request", kindResolve: "resolve_request",
}

// list is the batch of the message, and whether the operation has one that is a JSON array.
func (in *Incoming) list() ([]json.RawMessage, bool) {
	name, batch := lists[in.kind()]
	raw := bytes.TrimSpace(in.members[name])
	if !batch || len(raw) == 0 || raw[0] != '[' {
		return nil, false
	}
	var list []json.RawMessage
	return list, json.Unmarshal(raw, &list) == nil
}
