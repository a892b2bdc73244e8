package exchange

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"
)

// Outgoing is a request to the target.
type Outgoing struct {
	Scenario, Operation string
	Method, URL         string
	Header              http.Header
	Body                []byte
	// Plain is the message that Body holds encrypted; nil where it is not.
	Plain []byte
	// Message says that it is a message of the interface, and not asked by the way, as keys and tokens are.
	Message bool
}

// Client sends requests to the target: no redirect is followed, no proxy of the environment is used,
// an answer ends at MaxBody, and each exchange is bounded in time.
type Client struct {
	http     *http.Client
	recorder *Recorder
	timeout  time.Duration
	speaks   Translator
	heard    *heard
	products *products
}

// Facing is the same client, which has heard nothing yet of the one that it faces: an interface that does not
// answer is told from others of the run that do.
func (c *Client) Facing() *Client {
	facing := *c
	facing.heard = &heard{}
	return &facing
}

// Answered says whether any HTTP answer was given to this client. From then on a hang, a reset or a flood is
// the target's failure and no longer a failure to run.
func (c *Client) Answered() bool {
	c.heard.mu.Lock()
	defer c.heard.mu.Unlock()
	return c.heard.answered
}

// Speaking is the same client, whose messages are translated at the wire.
func (c *Client) Speaking(translator Translator) *Client {
	speaking := *c
	speaking.speaks = translator
	return &speaking
}

// NewClient makes a client. The time-outs are for connecting and for a whole answer. roots may be nil
// for the system's.
func NewClient(recorder *Recorder, connect, response time.Duration, roots *x509.CertPool) *Client {
	return &Client{
		http: &http.Client{Transport: newTransport(connect, response, roots), CheckRedirect: func(*http.Request, []*http.Request) error {
			return http.ErrUseLastResponse
		}},
		recorder: recorder, timeout: response, heard: &heard{}, products: &products{at: map[string]*product{}},
	}
}

// newTransport reaches servers without a proxy of the environment, bounded in time. Each message goes over a connection
// of its own: a server may close one that is idle at any time (RFC 9112, 9.5), and what breaks then would be blamed on it.
func newTransport(connect, response time.Duration, roots *x509.CertPool) *http.Transport {
	return &http.Transport{
		DialContext:            (&net.Dialer{Timeout: connect}).DialContext,
		TLSHandshakeTimeout:    connect,
		TLSClientConfig:        &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12, ClientSessionCache: tls.NewLRUClientSessionCache(0)},
		MaxResponseHeaderBytes: 64 << 10,
		ResponseHeaderTimeout:  response,
		DisableCompression:     true,
		DisableKeepAlives:      true,
	}
}

// Look is the status with which a GET is answered, 0 where it is not. It is no evidence and is not recorded: by it
// is seen whether a target that was stopped answers again.
func (c *Client) Look(ctx context.Context, url string) int {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return 0
	}
	response, err := c.http.Do(request)
	if err != nil {
		return 0
	}
	defer response.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(response.Body, MaxBody))
	return response.StatusCode
}

// Send makes the exchange and records it, and makes it again where the target asks for that. It never returns nil;
// Exchange.Fault says what went wrong.
func (c *Client) Send(ctx context.Context, out Outgoing) *Exchange {
	for try := 1; ; try++ {
		c.heard.pace.pass(ctx)
		made := c.send(ctx, out)
		if !c.heard.pace.putOff(made) || try == tries || ctx.Err() != nil {
			return made
		}
		c.recorder.Note(made.ID, "the target asked to come again later; the message was sent again")
	}
}

func (c *Client) send(ctx context.Context, out Outgoing) *Exchange {
	asked := out
	exchange := &Exchange{Scenario: out.Scenario, Operation: out.Operation, StartedAt: time.Now(), Plain: out.Plain,
		Request: Message{Method: out.Method, URL: out.URL, Header: out.Header.Clone(), Body: out.Body, Size: int64(len(out.Body))}}
	if c.speaks != nil {
		out = exchange.ask(c.speaks, out)
	}
	c.recorder.Begin(exchange)
	target := c.products.of(exchange.Request.URL)
	silent, worth := target.silence(asked, c.heard)
	if !worth {
		exchange.Fault, exchange.Detail = FaultTimeout, fmt.Sprintf("the target did not answer properly %d times in a row; this was not sent", forsaken)
	} else {
		c.ask(ctx, silent.limit(c.timeout), out, exchange)
	}
	c.heard.ended(asked, exchange.Fault)
	target.ended(asked, worth, exchange.Fault)
	return exchange
}

// ask makes the exchange within the time-out.
func (c *Client) ask(ctx context.Context, timeout time.Duration, out Outgoing, exchange *Exchange) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	c.perform(ctx, out, exchange)
	if c.speaks != nil {
		exchange.told = exchange.hear(c.speaks, &exchange.Response)
	}
	exchange.Duration = time.Since(exchange.StartedAt)
}

func (c *Client) perform(ctx context.Context, out Outgoing, exchange *Exchange) {
	request, err := http.NewRequestWithContext(ctx, out.Method, out.URL, bytes.NewReader(out.Body))
	if err != nil {
		exchange.Fault, exchange.Detail = FaultAddress, "the target's address is not a URL"
		return
	}
	if out.Header != nil {
		request.Header = out.Header.Clone()
	}
	// A server that is told nothing may choose any coding (RFC 9110, 12.5.3); what is judged is the bytes on the wire.
	request.Header.Set("Accept-Encoding", "identity")
	if request.Header.Get("User-Agent") == "" {
		request.Header.Set("User-Agent", "spconform")
	}
	response, err := c.http.Do(request)
	if err != nil {
		exchange.Fault, exchange.Detail = classify(err)
		return
	}
	defer response.Body.Close()
	if response.TLS != nil && len(response.TLS.PeerCertificates) > 0 {
		c.recorder.showed(request.URL.Host, response.TLS.PeerCertificates[0].Raw)
	}
	exchange.Response = Message{Status: response.StatusCode, Header: response.Header.Clone()}
	body, err := io.ReadAll(io.LimitReader(response.Body, MaxBody+1))
	exchange.Response.Body, exchange.Response.Size = body, int64(len(body))
	switch {
	case err != nil:
		exchange.Fault, exchange.Detail = classify(err)
		return
	case len(body) > MaxBody:
		exchange.Response.Body = excerpt(body)
		exchange.Fault, exchange.Detail = FaultTooLarge, fmt.Sprintf("the answer is longer than %d MiB", MaxBody>>20)
	case !c.recorder.room(len(body)):
		exchange.Response.Body = excerpt(body)
		exchange.Fault, exchange.Detail = FaultTooLarge, fmt.Sprintf("the target has sent more than %d MiB in this run", MaxRun>>20)
	}
	exchange.Opened = c.recorder.opened(exchange.Response.Body)
}

// classify turns a transport error into a fault and a sentence that holds nothing of the target's.
func classify(err error) (Fault, string) {
	var (
		unknownAuthority x509.UnknownAuthorityError
		hostname         x509.HostnameError
		invalid          x509.CertificateInvalidError
		verification     *tls.CertificateVerificationError
		record           tls.RecordHeaderError
		timeout          interface{ Timeout() bool }
		address          *net.DNSError
		dial             *net.OpError
		parse            *url.Error
	)
	switch {
	case errors.As(err, &unknownAuthority), errors.As(err, &hostname), errors.As(err, &invalid),
		errors.As(err, &verification), errors.As(err, &record):
		return FaultTLS, "the target's certificate or TLS is not accepted"
	case errors.As(err, &address):
		return FaultAddress, "the target's host name is not known"
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return FaultTimeout, "the target did not answer in time"
	case errors.As(err, &dial) && dial.Op == "dial":
		return FaultRefused, "the target does not accept connections"
	case errors.As(err, &parse) && parse.Op == "parse":
		return FaultAddress, "the target's address is not a URL"
	default:
		return FaultReset, "the target broke off the answer"
	}
}
