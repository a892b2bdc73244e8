package reference

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/spconform/spconform/reference/store"
	"github.com/spconform/spconform/spec/message"
)

// parcel says where an outgoing message goes. Parcels of one order leave one after the other; the
// empty order is an order of its own.
type parcel struct{ participant, url, order string }

// letter is what the outbox keeps of a message: what is signed, and by whom. It is signed anew at each
// try, over the same bytes, because a signature made when it was written may expire before a late try.
type letter struct {
	Interface string          `json:"interface"`
	Header    json.RawMessage `json:"header"`
	Message   json.RawMessage `json:"message,omitempty"`
}

// post encodes an outgoing message and writes it to the outbox.
func (s *Server) post(ctx context.Context, tx store.Tx, to parcel, out Outgoing) error {
	header, body, err := s.encode(ctx, out)
	if err != nil {
		return err
	}
	kept, err := json.Marshal(letter{Interface: out.Interface.ID, Header: header, Message: body})
	if err != nil {
		return fmt.Errorf("an outgoing %s is not JSON: %w", out.Operation.ID, err)
	}
	now := s.now()
	return tx.Enqueue(ctx, store.Delivery{Destination: to.participant, URL: to.url, ContentType: "application/json",
		Body: kept, OrderingKey: to.order, CreatedAt: now, NextAt: now})
}

func defaultTransport() http.RoundTripper {
	return &http.Transport{
		DialContext:           (&net.Dialer{Timeout: 5 * time.Second}).DialContext,
		TLSHandshakeTimeout:   5 * time.Second,
		ResponseHeaderTimeout: 10 * time.Second,
		MaxIdleConnsPerHost:   8,
		IdleConnTimeout:       30 * time.Second,
		// A callback address is reached as it was registered, whatever the environment says.
		Proxy: nil,
	}
}

func (s *Server) startOutbox() {
	s.outbox = &http.Client{Transport: s.transport, Timeout: s.delivery.Timeout,
		// A redirect would lead out of the registered callback addresses.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	ctx, stop := context.WithCancel(context.Background())
	s.stop = stop
	s.workers.Go(func() { s.runOutbox(ctx) })
	if s.paysLater() {
		s.workers.Go(func() { s.runSchedule(ctx) })
	}
}

func (s *Server) wakeOutbox() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// runOutbox hands what is due to at most Workers tries at a time.
func (s *Server) runOutbox(ctx context.Context) {
	free := make(chan struct{}, s.delivery.Workers)
	clean := time.NewTicker(time.Hour)
	defer clean.Stop()
	for {
		for s.sendDue(ctx, free) {
		}
		select {
		case <-ctx.Done():
			return
		case <-s.wake:
		case <-time.After(s.untilDue(ctx)):
		case <-clean.C:
			s.forget(ctx)
		}
	}
}

// untilDue is how long the outbox may rest: until the next try is due, at most Poll, since another
// process on the same store may add to it.
func (s *Server) untilDue(ctx context.Context) time.Duration {
	next, pending, err := s.store.NextDue(ctx)
	if err != nil || !pending {
		return s.delivery.Poll
	}
	return max(time.Millisecond, min(s.delivery.Poll, next.Sub(s.now())))
}

// forget drops the memory of messages so old that message_ts alone would reject a repeat.
func (s *Server) forget(ctx context.Context) {
	if err := s.store.ForgetMessages(ctx, s.now().Add(-s.limits.Past-s.limits.Future)); err != nil && ctx.Err() == nil {
		s.log.Error("old messages could not be forgotten", "error", err)
	}
}

// sendDue starts the tries that are due and says whether more may be.
func (s *Server) sendDue(ctx context.Context, free chan struct{}) bool {
	select {
	case free <- struct{}{}:
	case <-ctx.Done():
		return false
	}
	due, err := s.store.ClaimDeliveries(ctx, s.now(), 1, 2*s.delivery.Timeout)
	if err != nil || len(due) == 0 {
		<-free
		if err != nil && ctx.Err() == nil {
			s.log.Error("the outbox could not be read", "error", err)
		}
		return false
	}
	s.workers.Go(func() {
		defer func() { <-free; s.wakeOutbox() }()
		s.try(ctx, due[0])
	})
	return true
}

// try sends one delivery and records how it went.
func (s *Server) try(ctx context.Context, delivery store.Delivery) {
	failure := s.send(ctx, delivery)
	// What went well or wrong is recorded even when the server is closing.
	ctx = context.WithoutCancel(ctx)
	var err error
	switch {
	case failure == nil:
		err = s.store.CompleteDelivery(ctx, delivery)
	case delivery.Attempts >= s.delivery.Attempts:
		s.log.Warn("a delivery was given up", "participant", delivery.Destination, "cause", failure)
		err = s.store.BuryDelivery(ctx, delivery, failure.Error())
	default:
		err = s.store.RetryDelivery(ctx, delivery, s.now().Add(s.backoff(delivery.Attempts-1)), failure.Error())
	}
	if err != nil {
		s.log.Error("a delivery's outcome could not be recorded", "error", err)
	}
}

// errDelivery says in words that hold no address and no answer why a try failed.
var (
	errUnreachable = errors.New("the receiver could not be reached in time")
	errAnswered    = errors.New("the receiver did not answer with a 2xx status")
)

func (s *Server) send(ctx context.Context, delivery store.Delivery) error {
	var kept letter
	if err := json.Unmarshal(delivery.Body, &kept); err != nil {
		return errors.New("the outbox entry is not readable")
	}
	envelope, err := message.Seal(s.signerOn(kept.Interface), kept.Header, kept.Message)
	if err != nil {
		return errors.New("the message could not be signed")
	}
	body, err := json.Marshal(envelope)
	if err != nil {
		return errors.New("the message could not be written")
	}
	ctx, cancel := context.WithTimeout(ctx, s.delivery.Timeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, delivery.URL, bytes.NewReader(body))
	if err != nil {
		return errUnreachable
	}
	request.Header.Set("Content-Type", delivery.ContentType)
	response, err := s.outbox.Do(request)
	if err != nil {
		return errUnreachable
	}
	defer response.Body.Close()
	const most = 64 << 10
	_, _ = io.Copy(io.Discard, io.LimitReader(response.Body, most))
	if response.StatusCode/100 != 2 {
		return errAnswered
	}
	return nil
}

// backoff is the wait after a try that failed: doubled each time, bounded, and half of it random so that
// many deliveries to one receiver do not come back together.
func (s *Server) backoff(attempts int) time.Duration {
	wait := s.delivery.MaxWait
	if attempts < 32 {
		wait = min(wait, s.delivery.FirstWait<<attempts)
	}
	return wait/2 + rand.N(wait/2+1)
}

func join(base, path string) string { return strings.TrimSuffix(base, "/") + path }
