package reference

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/samber/lo"
	"github.com/samber/lo/parallel"

	"github.com/spconform/spconform/datadictionary"
	"github.com/spconform/spconform/reference/store"
	"github.com/spconform/spconform/spec"
	"github.com/spconform/spconform/spec/fixture"
	"github.com/spconform/spconform/spec/message"
	"github.com/spconform/spconform/spec/scheme"
)

// The operations of the registry pattern that a registry serves (spec/interfaces/registry.yaml).
const (
	opSearch        = "search"
	opSyncSearch    = "sync-search"
	opTxnStatus     = "txn-status"
	opSyncTxnStatus = "sync-txn-status"
	opSubscribe     = "subscribe"
	opUnsubscribe   = "unsubscribe"
	opNotify        = "notify"
	opUpdate        = "update"
	opToken         = "token"
	opJWKS          = "jwks"
	opLocations     = "locations"
)

const tokenPath = "/oauth2/client/token"

// Server is a registry. It is safe for concurrent use; Close stops what it runs in the background.
type Server struct {
	config
	ring      keyring
	tokens    tokens
	peers     peers
	roster    roster
	sharing   Sharing
	sources   sources
	documents map[string]*spec.Document
	checks    []Check
	handler   http.Handler
	ownStore  bool
	started   time.Time

	outbox  *http.Client
	wake    chan struct{}
	stop    context.CancelFunc
	workers sync.WaitGroup
}

// New makes a server from options and starts its outbox. Without options it serves the social registry
// from memory to nobody. Its handler is the server itself.
func New(opts ...Option) (*Server, error) {
	s := &Server{
		config: config{
			limits: DefaultLimits, delivery: DefaultDelivery, now: time.Now, log: slog.New(slog.DiscardHandler),
			transport: defaultTransport(), codec: plainCodec{}, decider: scheme.Decide,
		},
		documents: map[string]*spec.Document{},
		wake:      make(chan struct{}, 1),
	}
	for _, set := range opts {
		set(&s.config)
	}
	if err := s.complete(context.Background()); err != nil {
		if s.ownStore {
			_ = s.store.Close()
		}
		return nil, err
	}
	s.sources.use(s.sourcesAt)
	s.roster.replace(s.participants)
	s.roster.agree(s.agreements)
	s.sharing = Sharing{Terms: slices.Clone(terms), Shown: s.onlyAgreed}
	if s.share != nil {
		s.sharing = s.share(s.sharing)
	}
	s.checks = s.requestChecks()
	if s.config.checks != nil {
		s.checks = s.config.checks(s.checks)
	}
	s.handler = s.routes()
	if s.http != nil {
		s.handler = s.http(s.handler)
	}
	s.startOutbox()
	return s, nil
}

// complete fills in what no option set.
func (s *Server) complete(ctx context.Context) (err error) {
	if len(s.interfaces) == 0 {
		social, err := spec.FindInterface("social")
		if err != nil {
			return err
		}
		s.interfaces = []spec.Interface{social}
	}
	read := parallel.Map(s.interfaces, func(described spec.Interface, _ int) lo.Tuple2[*spec.Document, error] {
		return lo.T2(s.document(described.Document))
	})
	for i, described := range s.interfaces {
		if s.documents[described.ID], err = read[i].Unpack(); err != nil {
			return fmt.Errorf("interface %s: %w", described.ID, err)
		}
	}
	if s.dictionary == nil {
		if s.dictionary, err = datadictionary.Load(); err != nil {
			return err
		}
	}
	if s.store == nil {
		if s.store, err = store.Open(ctx, "memory"); err != nil {
			return err
		}
		s.ownStore = true
	}
	if s.locations, err = readLocations(); err != nil {
		return err
	}
	if s.schemes == nil {
		if s.schemes, err = scheme.Load(); err != nil {
			return err
		}
	}
	s.started = s.now()
	if err = s.ring.load(ctx, s.store); err != nil {
		return err
	}
	s.roster.own = s.ownParticipant()
	if s.opening.Key != nil {
		return nil
	}
	s.opening, err = loadKey(ctx, s.store, encryptionKey)
	return err
}

func (s *Server) document(name string) (*spec.Document, error) {
	if s.documentFiles == nil {
		return spec.LoadDocument(name)
	}
	return spec.ReadDocument(s.documentFiles, name)
}

// ownParticipant is what the server is to its own registries where it asks them for an assessment: a
// client with a secret that it tells nobody. It is empty where it assesses nothing.
func (s *Server) ownParticipant() fixture.Participant {
	for _, described := range s.interfaces {
		if len(described.Sources) > 0 {
			id := s.idOn(described.ID)
			return fixture.Participant{ID: id, Roles: []string{"client"}, ClientID: id, ClientSecret: newID(),
				Keys: jose.JSONWebKeySet{Keys: s.ring.published(s.now())}}
		}
	}
	return fixture.Participant{}
}

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

// Close stops the outbox and waits for the tries that are under way, which it cuts short. What is not
// delivered stays in the store. It closes the store where New opened it.
func (s *Server) Close() error {
	s.stop()
	s.workers.Wait()
	if s.ownStore {
		return s.store.Close()
	}
	return nil
}

// idOn is the server's own sender_id on an interface.
func (s *Server) idOn(interfaceID string) string { return orElse(s.id, interfaceID+".example.org") }

func (s *Server) timestamp() string { return s.now().UTC().Format(time.RFC3339Nano) }

// routes mounts every interface's operations that a registry serves at the interface's prefix.
func (s *Server) routes() http.Handler {
	served := map[string]map[string]http.HandlerFunc{}
	for _, described := range s.interfaces {
		prefix := "/" + described.ID
		if len(s.interfaces) == 1 {
			prefix = ""
		}
		for _, operation := range described.Operations {
			if operation.Role != spec.RoleRegistry {
				continue
			}
			at := prefix + operation.Path
			if served[at] == nil {
				served[at] = map[string]http.HandlerFunc{}
			}
			served[at][method(operation)] = s.serve(described, operation)
		}
		if described.Pattern != patternPayment {
			served[prefix+AccessLogPath] = map[string]http.HandlerFunc{http.MethodPost: s.serveAccessLog(described)}
		}
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		methods, known := served[r.URL.Path]
		handler := methods[r.Method]
		if r.Method == http.MethodHead && handler == nil {
			handler = methods[http.MethodGet]
		}
		switch {
		case !known:
			s.writeError(w, &Incoming{}, refuse(message.ErrRequestNotFound, "no operation is served at this path"))
		case handler == nil:
			allowed := make([]string, 0, len(methods))
			for name := range methods {
				allowed = append(allowed, name)
			}
			w.Header().Set("Allow", strings.Join(allowed, ", "))
			s.writeError(w, &Incoming{}, refuseWith(http.StatusMethodNotAllowed, message.ErrRequestBad, "this path does not serve the method"))
		default:
			handler(w, r)
		}
	})
}

func method(operation spec.Operation) string {
	if operation.ID == opJWKS || operation.ID == opLocations {
		return http.MethodGet
	}
	return http.MethodPost
}

// serve answers one operation of one interface.
func (s *Server) serve(described spec.Interface, operation spec.Operation) http.HandlerFunc {
	plain := map[string]func(http.ResponseWriter, *http.Request, *Incoming) error{
		opToken: s.serveToken, opJWKS: s.serveJWKS, opLocations: s.serveLocations,
	}[operation.ID]
	return func(w http.ResponseWriter, r *http.Request) {
		in := &Incoming{Interface: described, Operation: operation, ReceiverID: s.idOn(described.ID),
			CorrelationID: newID(), HTTP: r, Keys: s.keysFor(r.Context()), received: s.now()}
		r.Body = http.MaxBytesReader(w, r.Body, s.limits.Body)
		var err error
		switch {
		case plain != nil:
			err = plain(w, r, in)
		case operation.Mode == spec.Sync:
			err = s.answer(w, in)
		default:
			err = s.acknowledge(w, in)
		}
		if err != nil {
			s.writeError(w, in, err)
		}
	}
}

// prepare runs the checks, then what the operation does before anything is written. A Rejection of the
// whole message becomes work that answers it.
func (s *Server) prepare(ctx context.Context, in *Incoming) (work, error) {
	err := s.check(ctx, in)
	var rejection *Rejection
	if errors.As(err, &rejection) {
		return func(context.Context, store.Tx) (reply, error) { return rejected(in, rejection), nil }, nil
	}
	if err != nil {
		return nil, err
	}
	operations := map[string]func(context.Context, *Incoming) (work, error){
		opSearch: s.search, opSyncSearch: s.search,
		opTxnStatus: s.txnStatus, opSyncTxnStatus: s.txnStatus,
		opAssess: s.assess, opSyncAssess: s.assess,
		opSubscribe: s.subscribe, opUnsubscribe: s.unsubscribe, opUpdate: s.update,
	}
	operation, known := operations[in.Operation.ID]
	switch {
	case in.Operation.Lookup != nil:
		operation, known = s.lookup, true
	case in.Operation.Intake != nil:
		operation, known = s.intake, true
	case in.Interface.Pattern == patternPayment:
		operation = s.paymentOperation(in)
		known = operation != nil
	}
	if !known {
		return nil, refuse(message.ErrRequestNotFound, "this registry does not serve the operation "+in.Operation.ID)
	}
	return operation(ctx, in)
}
