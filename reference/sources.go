package reference

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/spconform/spconform/spec"
	"github.com/spconform/spconform/spec/message"
	"github.com/spconform/spconform/spec/scheme"
)

// Sources say where the registries are that an assessment asks, as a participant of theirs.
type Sources struct {
	// Bases are the base URLs by interface id. A registry without one does not answer.
	Bases map[string]string
	// ClientID and ClientSecret are this server's credentials there. Without them it asks as the participant
	// that it is of its own registries.
	ClientID, ClientSecret string
	// Timeout bounds the questions to one registry for one message; zero is DefaultSourceTimeout.
	Timeout time.Duration
}

// DefaultSourceTimeout is how long a registry is waited for.
const DefaultSourceTimeout = 3 * time.Second

// maxAnswer bounds what is read of a registry's answer.
const maxAnswer = 8 << 20

// sources are the registries that are asked. Tokens and public keys are kept, answers never.
type sources struct {
	mutex  sync.Mutex
	set    Sources
	tokens map[string]string
	keys   map[string]map[string]ed25519.PublicKey
}

func (s *sources) use(set Sources) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.set, s.tokens, s.keys = set, map[string]string{}, map[string]map[string]ed25519.PublicKey{}
}

// at moves the registries, as the management door says.
func (s *sources) at(bases map[string]string) {
	s.mutex.Lock()
	set := s.set
	s.mutex.Unlock()
	set.Bases = maps.Clone(bases)
	s.use(set)
}

func (s *sources) base(id string) (base string, set Sources) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return strings.TrimSuffix(s.set.Bases[id], "/"), s.set
}

// errSource says in words that hold nothing of an answer that a registry did not answer as it should.
var errSource = errors.New("the registry did not answer as published")

// askSources asks each registry once for all items of a message, all registries at a time, and tells the
// facts of each item what was answered. What a registry does not answer stays untold.
func (s *Server) askSources(ctx context.Context, asker string, open []*assessment) {
	wanted := map[string][]question{}
	for _, one := range open {
		for _, source := range one.rules.Sources() {
			wanted[source.Interface] = append(wanted[source.Interface], question{one.facts, source})
		}
	}
	var asking sync.WaitGroup
	answers := make(chan func(), len(wanted))
	for id, questions := range wanted {
		asking.Go(func() {
			tell, err := s.askSource(ctx, asker, id, questions)
			if err != nil {
				s.log.Warn("a source did not answer", "source", id, "cause", err)
				return
			}
			answers <- tell
		})
	}
	asking.Wait()
	close(answers)
	for tell := range answers {
		tell()
	}
}

// question is what one item wants to know of one record type of a registry.
type question struct {
	facts  *scheme.Facts
	source scheme.Source
}

// askSource sends one signed search with an item for each question. The function that it gives tells the
// facts what was answered; it is called by one at a time.
func (s *Server) askSource(ctx context.Context, asker, id string, questions []question) (func(), error) {
	base, set := s.sources.base(id)
	if base == "" {
		return nil, errors.New("no base URL is known for it")
	}
	described, err := s.describedSource(id)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, orElse(set.Timeout, DefaultSourceTimeout))
	defer cancel()
	request := message.SearchRequest{TransactionID: newID()}
	for _, asked := range questions {
		item, err := s.searchFor(described, asked)
		if err != nil {
			return nil, err
		}
		request.Items = append(request.Items, item)
	}
	answer, err := s.searchAt(ctx, asker, base, described, request)
	if err != nil {
		return nil, err
	}
	return func() {
		for index, asked := range questions {
			if records, ok := answer.recordsOf(request.Items[index].ReferenceID); ok {
				_ = asked.facts.TellJSON(asked.source, records...)
			}
		}
	}, nil
}

// searchFor asks for the records that name the person: by the record type's identifier, or where the
// scheme names another attribute, by its value.
func (s *Server) searchFor(described spec.Interface, asked question) (message.SearchItem, error) {
	criteria := message.SearchCriteria{Version: message.Version, RegType: described.RegType, RegRecordType: asked.source.Record,
		QueryType: message.QueryIDTypeValue}
	var query any = message.IDTypeValue{Type: asked.facts.Person.Type, Value: asked.facts.Person.Value}
	if record, _ := described.Record(asked.source.Record); record.Identifier != asked.source.By {
		criteria.QueryType = message.QueryPredicate
		first := 1
		query = []message.PredicateItem{{SeqNum: &first, Expression1: &message.Predicate{AttributeName: asked.source.By + ".identifier_value",
			Operator: "eq", AttributeValue: asked.facts.Person.Value}}}
	}
	var err error
	criteria.Query, err = json.Marshal(query)
	return message.SearchItem{ReferenceID: newID(), Timestamp: s.timestamp(), Criteria: criteria}, err
}

func (s *Server) describedSource(id string) (spec.Interface, error) {
	if described, err := s.interfaceOf(id); err == nil {
		return described, nil
	}
	return spec.FindInterface(id)
}

// searchAt sends one sync search and reads its answer, once more with a new token where the old one does
// not hold.
func (s *Server) searchAt(ctx context.Context, asker, base string, described spec.Interface, request message.SearchRequest) (sourceAnswer, error) {
	operation, known := described.Operation(opSyncSearch)
	if !known {
		return sourceAnswer{}, errors.New("it is no registry that is searched")
	}
	for _, renew := range []bool{false, true} {
		token, err := s.sourceToken(ctx, base, renew)
		if err != nil {
			return sourceAnswer{}, err
		}
		body, err := s.sealSearch(asker, request)
		if err != nil {
			return sourceAnswer{}, err
		}
		header := http.Header{"Content-Type": {"application/json"}, "Authorization": {"Bearer " + token}}
		status, raw, err := s.call(ctx, http.MethodPost, base+operation.Path, header, body)
		switch {
		case err != nil:
			return sourceAnswer{}, err
		case status == http.StatusUnauthorized && !renew:
		case status/100 != 2:
			return sourceAnswer{}, errSource
		default:
			return s.readSearch(ctx, base, raw, request)
		}
	}
	return sourceAnswer{}, errSource
}

func (s *Server) sealSearch(asker string, request message.SearchRequest) ([]byte, error) {
	header, err := json.Marshal(message.Header{Version: message.Version, MessageID: newID(), MessageTS: s.timestamp(), Action: "search",
		SenderID: s.idOn(asker), TotalCount: len(request.Items)})
	if err != nil {
		return nil, err
	}
	body, err := json.Marshal(request)
	if err != nil {
		return nil, err
	}
	envelope, err := message.Seal(s.signerOn(asker), header, body)
	if err != nil {
		return nil, err
	}
	return json.Marshal(envelope)
}

// sourceToken is the bearer token at a registry, asked for once.
func (s *Server) sourceToken(ctx context.Context, base string, renew bool) (string, error) {
	s.sources.mutex.Lock()
	token, set := s.sources.tokens[base], s.sources.set
	s.sources.mutex.Unlock()
	if token != "" && !renew {
		return token, nil
	}
	form := url.Values{"grant_type": {"client_credentials"},
		"client_id": {orElse(set.ClientID, s.roster.own.ClientID)}, "client_secret": {orElse(set.ClientSecret, s.roster.own.ClientSecret)}}
	header := http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}
	status, raw, err := s.call(ctx, http.MethodPost, base+tokenPath, header, []byte(form.Encode()))
	var granted struct {
		AccessToken string `json:"access_token"`
	}
	if err != nil || status != http.StatusOK || json.Unmarshal(raw, &granted) != nil || granted.AccessToken == "" {
		return "", errSource
	}
	s.sources.mutex.Lock()
	defer s.sources.mutex.Unlock()
	s.sources.tokens[base] = granted.AccessToken
	return granted.AccessToken, nil
}

// sourceKey is a public key of a registry; an unknown id makes its key set be read again.
func (s *Server) sourceKey(ctx context.Context, base, keyID string) (ed25519.PublicKey, bool) {
	s.sources.mutex.Lock()
	key, known := s.sources.keys[base][keyID]
	s.sources.mutex.Unlock()
	if known {
		return key, true
	}
	set, err := s.readKeySet(ctx, base+"/.well-known/jwks.json")
	if err != nil {
		return nil, false
	}
	read := map[string]ed25519.PublicKey{}
	for _, one := range set {
		if public, ok := one.Key.(ed25519.PublicKey); ok {
			read[one.KeyID] = public
		}
	}
	s.sources.mutex.Lock()
	defer s.sources.mutex.Unlock()
	s.sources.keys[base] = read
	key, known = read[keyID]
	return key, known
}

// call makes one request and reads a bounded answer.
func (s *Server) call(ctx context.Context, method, to string, header http.Header, body []byte) (int, []byte, error) {
	request, err := http.NewRequestWithContext(ctx, method, to, bytes.NewReader(body))
	if err != nil {
		return 0, nil, errUnreachable
	}
	request.Header = header
	response, err := s.outbox.Do(request)
	if err != nil {
		return 0, nil, errUnreachable
	}
	defer response.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	if err != nil {
		return 0, nil, errUnreachable
	}
	return response.StatusCode, raw, nil
}

// earliest is the zone in which a day begins first.
var earliest = time.FixedZone("", 14*60*60)
