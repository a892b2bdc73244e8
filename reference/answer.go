package reference

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"net/http"

	"github.com/go-jose/go-jose/v4"

	"github.com/spconform/spconform/reference/store"
	"github.com/spconform/spconform/spec"
	"github.com/spconform/spconform/spec/message"
)

// Kind is why a signed message leaves.
type Kind string

// The kinds of signed message that leave: in the HTTP answer, as the callback of an asynchronous
// request, and to a subscriber on an event.
const (
	KindAnswer   Kind = "answer"
	KindCallback Kind = "callback"
	KindNotify   Kind = "notify"
)

// Outgoing is a message that is about to be put into its wire form and signed.
type Outgoing struct {
	Kind Kind
	// Operation is the one that the message calls or, for an answer, the one that it answers.
	Operation spec.Operation
	Interface spec.Interface
	// Request is what caused the message; nil where a notification was not caused by one.
	Request *Incoming
	Header  message.Header
	// EncryptTo is the receiver's key to which the message is encrypted after it was put into wire form;
	// nil where it goes in plain.
	EncryptTo *jose.JSONWebKey
	// Message is a payload of package message; nil where there is none.
	Message any
}

// Codec puts an outgoing message into the wire form that is then signed.
type Codec interface {
	Encode(ctx context.Context, out Outgoing) (header, body json.RawMessage, err error)
}

type plainCodec struct{}

func (plainCodec) Encode(_ context.Context, out Outgoing) (header, body json.RawMessage, err error) {
	if header, err = json.Marshal(out.Header); err != nil {
		return nil, nil, err
	}
	if out.Message == nil {
		return header, nil, nil
	}
	body, err = json.Marshal(out.Message)
	return header, body, err
}

// reply is what an operation says: the header's status and counts, and the message.
type reply struct {
	status           string
	code             message.ReasonCode
	detail           string
	total, completed int
	message          any
	// repeated marks a byte-identical repeat of a message that was taken in before.
	repeated bool
}

// work is the part of an operation that writes; it runs in one transaction with the reply's delivery.
type work func(ctx context.Context, tx store.Tx) (reply, error)

// succeeded is the reply to a message of total requests of which succeeded many did.
func succeeded(total, succeeded int, body any) reply {
	r := reply{status: message.StatusSuccess, total: total, completed: total, message: body}
	if succeeded == 0 {
		r.status, r.code = message.StatusRejected, message.RejectTooManyErrors
		r.detail = "every request of the message was rejected"
	}
	return r
}

// rejected is the reply that rejects the whole message, its message part as empty as its form allows.
func rejected(in *Incoming, why *Rejection) reply {
	r := reply{status: message.StatusRejected, code: why.Code, detail: why.Detail, total: in.Header.TotalCount}
	transaction := in.transactionID()
	if own := in.Operation.Lookup; own != nil {
		r.message = in.saying(own.Answer)
		return r
	}
	if own := in.Operation.Intake; own != nil {
		r.message = in.saying(own.Answer)
		return r
	}
	if in.Interface.Pattern == patternPayment {
		r.message = rejectedPayment(in)
		return r
	}
	switch in.Operation.Action {
	case "search":
		r.message = message.SearchResponse{TransactionID: transaction, CorrelationID: in.CorrelationID,
			Items: []message.SearchResponseItem{}}
	case "subscribe":
		r.message = message.SubscribeResponse{TransactionID: transaction, CorrelationID: in.CorrelationID,
			Items: []message.SubscribeResponseItem{}}
	case "unsubscribe":
		r.message = message.UnsubscribeResponse{TransactionID: transaction, CorrelationID: in.CorrelationID,
			Timestamp: in.timestamp(), Status: message.StatusRejected}
	case kindAssess:
		r.message = message.AssessResponse{TransactionID: transaction, CorrelationID: in.CorrelationID, Items: []message.Assessment{}}
	case "txn-status":
		r.message = emptyStatus(in)
	}
	return r
}

// once runs work and then deliver in one transaction, so that a message's effect, its answer and the
// memory of having seen it are written together or not at all.
func (s *Server) once(ctx context.Context, in *Incoming, do work, deliver func(context.Context, store.Tx, reply) error) error {
	return s.store.WithTx(ctx, func(tx store.Tx) error {
		said, err := s.unlessSeen(ctx, tx, in, do)
		if err != nil {
			return err
		}
		return deliver(ctx, tx, said)
	})
}

func (s *Server) unlessSeen(ctx context.Context, tx store.Tx, in *Incoming, do work) (reply, error) {
	if in.once {
		digest := sha256.Sum256(in.Body)
		first, same, err := tx.RememberMessage(ctx, store.Message{Sender: in.Header.SenderID,
			ID: in.Header.MessageID, Digest: digest[:], ReceivedAt: in.received})
		if err != nil {
			return reply{}, err
		}
		if !first {
			said := rejected(in, reject(message.RejectMessageDuplicate, "header.message_id was used before: give each message its own"))
			said.repeated = same
			return said, nil
		}
	}
	return do(ctx, tx)
}

// answer serves a synchronous operation: the answer is the HTTP answer.
func (s *Server) answer(w http.ResponseWriter, in *Incoming) error {
	ctx := in.HTTP.Context()
	do, err := s.prepare(ctx, in)
	if err != nil {
		return err
	}
	var said reply
	keep := func(_ context.Context, _ store.Tx, r reply) error { said = r; return nil }
	if err := s.once(ctx, in, do, keep); err != nil {
		return err
	}
	header, body, err := s.encode(ctx, s.outgoing(KindAnswer, in, in.Operation, in.Operation.AnswerAction, said))
	if err != nil {
		return err
	}
	envelope, err := message.Seal(s.signerOn(in.Interface.ID), header, body)
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, envelope)
	return nil
}

// acknowledge serves an asynchronous operation: its effect and its callback are durable before the
// acknowledgement is written.
func (s *Server) acknowledge(w http.ResponseWriter, in *Incoming) error {
	ctx := in.HTTP.Context()
	do, err := s.prepare(ctx, in)
	if err != nil {
		return err
	}
	if err := s.once(ctx, in, do, func(ctx context.Context, tx store.Tx, said reply) error {
		return s.callBack(ctx, tx, in, said)
	}); err != nil {
		return err
	}
	writeJSON(w, http.StatusAccepted, message.Ack{Message: message.AckMessage{AckStatus: message.ACK,
		Timestamp: s.timestamp(), CorrelationID: in.CorrelationID}})
	s.wakeOutbox()
	return nil
}

// callBack puts the answer of an asynchronous message into the outbox. An operation that no other
// answers can say no only in the acknowledgement.
func (s *Server) callBack(ctx context.Context, tx store.Tx, in *Incoming, said reply) error {
	answer, answered := in.Interface.Operation(in.Operation.Answer)
	if !answered {
		if said.status == message.StatusRejected && !said.repeated {
			return &Refusal{Code: message.ErrRequestBad, Detail: said.detail, Ack: message.NACK}
		}
		return nil
	}
	to := in.Header.SenderURI
	if to == "" {
		to = join(in.Sender.CallbackBase, answer.Path)
	}
	return s.post(ctx, tx, parcel{participant: in.Header.SenderID, url: to},
		s.outgoing(KindCallback, in, answer, answer.Action, said))
}

// outgoing is the answer to in: sender and receiver swapped, a message_id of its own.
func (s *Server) outgoing(kind Kind, in *Incoming, operation spec.Operation, action string, said reply) Outgoing {
	return Outgoing{Kind: kind, Operation: operation, Interface: in.Interface, Request: in, Message: said.message, EncryptTo: s.receiverKey(in),
		Header: message.Header{
			Version: message.Version, MessageID: newID(), MessageTS: s.timestamp(), Action: action,
			Status: said.status, StatusReasonCode: string(said.code), StatusReasonMessage: said.detail,
			SenderID: in.ReceiverID, ReceiverID: in.Header.SenderID,
			TotalCount: said.total, CompletedCount: &said.completed,
		}}
}

func (s *Server) signerOn(interfaceID string) message.Signer {
	key := s.ring.present()
	private, _ := key.Key.(ed25519.PrivateKey)
	own := message.Key{SenderID: s.idOn(interfaceID), KeyID: key.KeyID, Private: private, Now: s.now}
	if s.signer != nil {
		return s.signer(own)
	}
	return own
}

// newID is a fresh id of 26 characters.
func newID() string { return rand.Text() }
