package reference

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"

	"github.com/spconform/spconform/reference/store"
	"github.com/spconform/spconform/spec"
	"github.com/spconform/spconform/spec/fixture"
	"github.com/spconform/spconform/spec/message"
)

// Management is the handler that loads the registry and tells its counts. It asks for no token: serve it
// on a listener of its own that only the operator reaches.
//
//	PUT  /participants  a fixture.Participants document replaces the participants
//	PUT  /agreements    a fixture.Agreements document replaces the data-sharing agreements
//	POST /consents      fixture.Consent lines are decisions of persons; the last one holds
//	PUT  /population    records, in the form of fixture.Formats that Content-Type names: the interfaces that they are of are
//	                    made as new and hold these, and nothing of what was before
//	POST /population    records in the same form are added; one of a known key is replaced
//	POST /events        a fixture.Event changes its record and is told to subscribers
//	PUT  /sources       a JSON object of base URLs by interface id: where the registries are that an assessment asks
//	POST /keys          the server takes a new signing key; the one before is published for a while
//	GET  /state         counts of what the store holds
func (s *Server) Management() http.Handler {
	mux := http.NewServeMux()
	for pattern, serve := range map[string]func(http.ResponseWriter, *http.Request) error{
		"PUT /participants": s.putParticipants,
		"PUT /agreements":   s.putAgreements,
		"POST /consents":    s.postConsents,
		"PUT /population":   s.putPopulation,
		"POST /population":  s.postPopulation,
		"POST /events":      s.postEvent,
		"PUT /sources":      s.putSources,
		"POST /keys":        s.postKey,
		"GET /state":        s.getState,
	} {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			err := serve(w, r)
			var content *contentError
			if errors.As(err, &content) {
				err = refuse(message.ErrRequestBad, content.detail)
			}
			if err != nil {
				s.writeError(w, &Incoming{}, err)
			}
		})
	}
	return mux
}

func (s *Server) putParticipants(w http.ResponseWriter, r *http.Request) error {
	var participants fixture.Participants
	if err := json.NewDecoder(r.Body).Decode(&participants); err != nil {
		return &contentError{"send a participants document: one JSON object with the list participants"}
	}
	s.roster.replace(participants)
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (s *Server) putAgreements(w http.ResponseWriter, r *http.Request) error {
	text, err := io.ReadAll(http.MaxBytesReader(w, r.Body, s.limits.Body))
	if err != nil {
		return &contentError{"the agreements could not be read to their end"}
	}
	agreements, err := fixture.ReadAgreements(text)
	if err != nil {
		return &contentError{err.Error()}
	}
	s.roster.agree(agreements)
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (s *Server) putSources(w http.ResponseWriter, r *http.Request) error {
	var bases map[string]string
	if err := json.NewDecoder(r.Body).Decode(&bases); err != nil {
		return &contentError{"send the base URLs: one JSON object with a URL for each interface id"}
	}
	s.sources.at(bases)
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (s *Server) postConsents(w http.ResponseWriter, r *http.Request) error {
	err := fixture.ReadConsents(r.Body, func(decision fixture.Consent) error { return s.decide(r.Context(), decision) })
	if err != nil {
		return &contentError{err.Error()}
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (s *Server) postKey(w http.ResponseWriter, r *http.Request) error {
	if err := s.ring.follow(r.Context(), s.store, s.now()); err != nil {
		return err
	}
	// The server is a client of its own registries where it assesses.
	s.roster.setKeys(s.roster.own.ID, s.ring.published(s.now()))
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// Decide keeps decisions of persons, as POST /consents does.
func (s *Server) Decide(ctx context.Context, decisions []fixture.Consent) error {
	for _, decision := range decisions {
		if err := s.decide(ctx, decision); err != nil {
			return err
		}
	}
	return nil
}

// loadBatch is how many records are written in one transaction.
const loadBatch = 1000

func (s *Server) postPopulation(w http.ResponseWriter, r *http.Request) error {
	return s.population(w, r, func(string) error { return nil })
}

func (s *Server) putPopulation(w http.ResponseWriter, r *http.Request) error {
	renewed := map[string]bool{}
	return s.population(w, r, func(iface string) error {
		if renewed[iface] {
			return nil
		}
		renewed[iface] = true
		return s.store.Renew(r.Context(), iface)
	})
}

// population loads what it reads; before is called with the interface of each record.
func (s *Server) population(w http.ResponseWriter, r *http.Request, before func(iface string) error) error {
	loaded := 0
	var batch []store.Record
	flush := func() error {
		err := s.store.PutRecords(r.Context(), batch)
		loaded += len(batch)
		batch = batch[:0]
		return err
	}
	failure := fixture.Read(r.Body, fixture.FormatSaid(r.Header.Get("Content-Type")), func(line fixture.Record) error {
		described, err := s.interfaceOf(line.Interface)
		if err != nil {
			return err
		}
		if err := before(described.ID); err != nil {
			return err
		}
		if described.Pattern == patternPayment {
			loaded++
			return s.loadPayment(r.Context(), described, line)
		}
		row, err := s.row(line)
		if err != nil {
			return err
		}
		if batch = append(batch, row); len(batch) < loadBatch {
			return nil
		}
		return flush()
	})
	if failure == nil {
		failure = flush()
	}
	if failure != nil {
		return &contentError{failure.Error()}
	}
	writeJSON(w, http.StatusOK, map[string]int{"records": loaded})
	return nil
}

func (s *Server) row(line fixture.Record) (store.Record, error) {
	described, err := s.interfaceOf(line.Interface)
	if err != nil {
		return store.Record{}, err
	}
	record, known := described.Record(line.RegRecordType)
	if !known {
		return store.Record{}, &contentError{"reg_record_type is not a record type of the interface"}
	}
	identifiers, err := identifiersOf(record, line.Data)
	if err != nil {
		return store.Record{}, err
	}
	return store.Record{Interface: described.ID, RecordType: record.Name,
		Key: keyOf(identifiers, line.Data), Data: line.Data}, nil
}

func (s *Server) postEvent(w http.ResponseWriter, r *http.Request) error {
	var told fixture.Event
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, s.limits.Body)).Decode(&told); err != nil {
		return &contentError{"send an event: one JSON object with interface, reg_event_type, reg_record_type and data"}
	}
	described, err := s.interfaceOf(told.Interface)
	if err != nil {
		return err
	}
	event, known := described.Event(told.RegEventType)
	if !known {
		return &contentError{"reg_event_type is not an event of the interface"}
	}
	err = s.store.WithTx(r.Context(), func(tx store.Tx) error {
		made, err := s.apply(r.Context(), tx, described, orElse(told.RegRecordType, event.Record), told.Data)
		if err != nil {
			return err
		}
		return s.tell(r.Context(), tx, nil, described, []spec.EventType{event}, made)
	})
	if err != nil {
		return err
	}
	s.wakeOutbox()
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (s *Server) getState(w http.ResponseWriter, r *http.Request) error {
	counts, err := s.store.Counts(r.Context())
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, counts)
	return nil
}

// Load puts records into the store, as POST /population does.
func (s *Server) Load(ctx context.Context, records []fixture.Record) error {
	rows := make([]store.Record, 0, len(records))
	for _, record := range records {
		if described, err := s.interfaceOf(record.Interface); err == nil && described.Pattern == patternPayment {
			if err := s.loadPayment(ctx, described, record); err != nil {
				return err
			}
			continue
		}
		row, err := s.row(record)
		if err != nil {
			return err
		}
		rows = append(rows, row)
	}
	return s.store.PutRecords(ctx, rows)
}
