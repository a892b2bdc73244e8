package reference

import (
	"io/fs"
	"log/slog"
	"net/http"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/spconform/spconform/datadictionary"
	"github.com/spconform/spconform/reference/store"
	"github.com/spconform/spconform/spec"
	"github.com/spconform/spconform/spec/fixture"
	"github.com/spconform/spconform/spec/message"
	"github.com/spconform/spconform/spec/scheme"
)

// Option sets one thing that New takes.
type Option func(*config)

type config struct {
	interfaces    []spec.Interface
	store         store.Store
	participants  fixture.Participants
	agreements    fixture.Agreements
	share         func(Sharing) Sharing
	id            string
	baseURL       string
	dictionary    *datadictionary.Dictionary
	documentFiles fs.FS
	now           func() time.Time
	limits        Limits
	delivery      Delivery
	locations     []location
	log           *slog.Logger
	codec         Codec
	signer        func(message.Signer) message.Signer
	encrypter     func(message.Encrypter) message.Encrypter
	opening       jose.JSONWebKey
	transport     http.RoundTripper
	checks        func([]Check) []Check
	http          func(http.Handler) http.Handler
	sourcesAt     Sources
	schemes       *scheme.Catalogue
	decider       Decider
}

// Limits bounds what one request may ask.
type Limits struct {
	// Body is the most bytes of a request body.
	Body int64
	// Batch is the most items of a batch (total_count).
	Batch int
	// Records is the most records that a search item is answered with where it asks for no page.
	Records int
	// Past and Future bound message_ts against the server's clock.
	Past, Future time.Duration
	// TokenLife is how long a bearer token holds.
	TokenLife time.Duration
	// KeyAge is after how long the key set of a participant that publishes it is read again. KeyReads is how
	// many readings of one set a minute may be for a key that is not in it.
	KeyAge   time.Duration
	KeyReads int
}

// DefaultLimits are the limits where WithLimits names no other.
var DefaultLimits = Limits{
	Body: 1 << 20, Batch: 100, Records: 1000,
	Past: 24 * time.Hour, Future: 5 * time.Minute, TokenLife: time.Hour,
	KeyAge: 10 * time.Minute, KeyReads: 20,
}

// Delivery says how callbacks and notifications are sent.
type Delivery struct {
	// Workers is how many are sent at a time.
	Workers int
	// Timeout bounds one try.
	Timeout time.Duration
	// Attempts is after how many tries one is given up.
	Attempts int
	// FirstWait and MaxWait bound the wait before the next try, which doubles and is jittered.
	FirstWait, MaxWait time.Duration
	// Poll is how often the outbox is looked into where nothing wakes its workers.
	Poll time.Duration
}

// DefaultDelivery gives an unreachable receiver about an hour.
var DefaultDelivery = Delivery{
	Workers: 8, Timeout: 10 * time.Second, Attempts: 12,
	FirstWait: 500 * time.Millisecond, MaxWait: 10 * time.Minute, Poll: time.Second,
}

// WithInterfaces names the interfaces to serve. One alone is mounted at the root, several each at
// "/" and their id. Without it the server serves the social registry.
func WithInterfaces(interfaces ...spec.Interface) Option {
	return func(c *config) { c.interfaces = interfaces }
}

// WithStore keeps the state in s, which the caller closes. Without it the state is in memory.
func WithStore(s store.Store) Option { return func(c *config) { c.store = s } }

// WithParticipants names the parties that may call; anybody else is refused.
func WithParticipants(p fixture.Participants) Option { return func(c *config) { c.participants = p } }

// WithAgreements names what is shared with which party; management may replace it.
func WithAgreements(a fixture.Agreements) Option { return func(c *config) { c.agreements = a } }

// WithSharing alters how parties are held to their agreements: it is given the server's own way.
func WithSharing(alter func(Sharing) Sharing) Option { return func(c *config) { c.share = alter } }

// WithID sets the server's own sender_id. Without it the id is the interface's id and ".example.org".
func WithID(id string) Option { return func(c *config) { c.id = id } }

// WithBaseURL sets the URL under which the world reaches the server; tokens name it as their issuer.
func WithBaseURL(url string) Option { return func(c *config) { c.baseURL = url } }

// WithDictionary sets the data dictionary that queries and records are judged by.
func WithDictionary(d *datadictionary.Dictionary) Option {
	return func(c *config) { c.dictionary = d }
}

// WithDocuments takes openapi/*.yaml of interfaces that are not embedded from files.
func WithDocuments(files fs.FS) Option { return func(c *config) { c.documentFiles = files } }

// WithClock sets the clock.
func WithClock(now func() time.Time) Option { return func(c *config) { c.now = now } }

// WithLimits replaces the limits that are not zero.
func WithLimits(l Limits) Option {
	return func(c *config) {
		c.limits = Limits{
			Body: orElse(l.Body, c.limits.Body), Batch: orElse(l.Batch, c.limits.Batch),
			Records: orElse(l.Records, c.limits.Records), Past: orElse(l.Past, c.limits.Past),
			Future: orElse(l.Future, c.limits.Future), TokenLife: orElse(l.TokenLife, c.limits.TokenLife),
			KeyAge: orElse(l.KeyAge, c.limits.KeyAge), KeyReads: orElse(l.KeyReads, c.limits.KeyReads),
		}
	}
}

// WithDelivery replaces the delivery settings that are not zero.
func WithDelivery(d Delivery) Option {
	return func(c *config) {
		c.delivery = Delivery{
			Workers: orElse(d.Workers, c.delivery.Workers), Timeout: orElse(d.Timeout, c.delivery.Timeout),
			Attempts: orElse(d.Attempts, c.delivery.Attempts), FirstWait: orElse(d.FirstWait, c.delivery.FirstWait),
			MaxWait: orElse(d.MaxWait, c.delivery.MaxWait), Poll: orElse(d.Poll, c.delivery.Poll),
		}
	}
}

// WithSources says where the registries are that an assessment asks. Without it none answers.
func WithSources(at Sources) Option { return func(c *config) { c.sourcesAt = at } }

// WithSourceTimeout sets how long a registry is waited for, in place of what WithSources says.
func WithSourceTimeout(wait time.Duration) Option {
	return func(c *config) { c.sourcesAt.Timeout = wait }
}

// WithSchemes sets the schemes by which is assessed; without it the embedded ones.
func WithSchemes(schemes *scheme.Catalogue) Option { return func(c *config) { c.schemes = schemes } }

// Decider decides by a scheme on what the sources answered, as of a day.
type Decider func(scheme.Scheme, *scheme.Facts, scheme.Day) scheme.Decision

// WithDecider sets what decides; without it scheme.Decide.
func WithDecider(decide Decider) Option { return func(c *config) { c.decider = decide } }

// WithLogger sets the logger. Records and secrets are never logged. Without it nothing is.
func WithLogger(l *slog.Logger) Option { return func(c *config) { c.log = l } }

// WithCodec sets the last step before signing of every signed message that leaves.
func WithCodec(codec Codec) Option { return func(c *config) { c.codec = codec } }

// WithSigner wraps the signer of everything that leaves: it is given the server's own.
func WithSigner(wrap func(message.Signer) message.Signer) Option {
	return func(c *config) { c.signer = wrap }
}

// WithEncrypter wraps what encrypts answers: it is given the server's own.
func WithEncrypter(wrap func(message.Encrypter) message.Encrypter) Option {
	return func(c *config) { c.encrypter = wrap }
}

// WithEncryptionKey sets the private key with which requests are decrypted. Without it the store keeps one.
func WithEncryptionKey(key jose.JSONWebKey) Option { return func(c *config) { c.opening = key } }

// WithTransport sets what callbacks and notifications go out through, and what key sets are read through.
func WithTransport(t http.RoundTripper) Option { return func(c *config) { c.transport = t } }

// WithChecks alters the ordered list of request checks.
func WithChecks(alter func([]Check) []Check) Option { return func(c *config) { c.checks = alter } }

// WithHTTP wraps the server's handler.
func WithHTTP(wrap func(http.Handler) http.Handler) Option { return func(c *config) { c.http = wrap } }

func orElse[T comparable](value, otherwise T) T {
	var zero T
	if value == zero {
		return otherwise
	}
	return value
}
