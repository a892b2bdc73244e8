package mocks

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"time"

	"github.com/spconform/spconform/reference/store"
	"github.com/spconform/spconform/spec/fixture"
)

const classAccessLog = "access log"

// logging changes which entries of access logs are kept.
func logging(change func(e fixture.Access) (fixture.Access, bool)) func(*Vendor) {
	return func(v *Vendor) {
		v.State(state{logAccess: func(ctx context.Context, p store.Person, e fixture.Access, next logAccess) error {
			entry, keep := change(e)
			if !keep {
				return nil
			}
			return next(ctx, p, entry)
		}})
	}
}

// dropped are entries that are not kept.
func dropped(which func(e fixture.Access) bool) func(*Vendor) {
	return logging(func(e fixture.Access) (fixture.Access, bool) { return e, !which(e) })
}

// entries remembers every entry, whomever it is about.
type entries struct {
	mu  sync.Mutex
	all []fixture.Access
	of  map[string][]fixture.Access
}

func (e *entries) watch(v *Vendor) {
	e.of = map[string][]fixture.Access{}
	v.State(state{logAccess: func(ctx context.Context, p store.Person, entry fixture.Access, next logAccess) error {
		e.mu.Lock()
		e.all = append(e.all, entry)
		e.of[p.IdentifierValue] = append(e.of[p.IdentifierValue], entry)
		e.mu.Unlock()
		return next(ctx, p, entry)
	}})
}

// answers changes what the access log answers.
func (e *entries) answers(v *Vendor, change func(status int, asked fixture.AccessQuestion) []fixture.Access) {
	v.HTTP(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if !strings.HasSuffix(r.URL.Path, "/access-log") {
				next.ServeHTTP(w, r)
				return
			}
			asked, _ := io.ReadAll(r.Body)
			r.Body = io.NopCloser(bytes.NewReader(asked))
			right := httptest.NewRecorder()
			next.ServeHTTP(right, r)
			var question fixture.AccessQuestion
			_ = json.Unmarshal(asked, &question)
			e.mu.Lock()
			shown := change(right.Code, question)
			e.mu.Unlock()
			w.Header().Set("Content-Type", "application/json")
			if shown == nil {
				w.WriteHeader(right.Code)
				_, _ = w.Write(right.Body.Bytes())
				return
			}
			_ = json.NewEncoder(w).Encode(fixture.AccessLog{Entries: shown})
		})
	})
}

var _ = register(
	Defect{ID: "log-not-kept", Class: classAccessLog, Breaks: []string{"LEG-LOG-001", "ORG-LOG-001"}, Sentence: "keeps no access log",
		Alter: dropped(func(fixture.Access) bool { return true })},
	Defect{ID: "log-not-kept-async", Class: classAccessLog, Breaks: []string{"LEG-LOG-001"}, Sentence: "does not note what was shown by a callback",
		Alter: dropped(func(e fixture.Access) bool { return e.Operation == "search" && e.Outcome == fixture.Shown })},
	Defect{ID: "log-without-purpose", Class: classAccessLog, Breaks: []string{"LEG-LOG-001"}, Sentence: "does not note for what purpose a record was shown",
		Alter: logging(func(e fixture.Access) (fixture.Access, bool) { e.Purpose = ""; return e, true })},
	Defect{ID: "log-names-the-registry", Class: classAccessLog, Breaks: []string{"LEG-LOG-001"}, Sentence: "notes itself as the party to whom a record was shown",
		Alter: logging(func(e fixture.Access) (fixture.Access, bool) { e.Party = "registry"; return e, true })},
	Defect{ID: "log-in-local-time", Class: classAccessLog, Breaks: []string{"LEG-LOG-001"}, Sentence: "notes its local time as if it were UTC",
		Alter: logging(func(e fixture.Access) (fixture.Access, bool) {
			e.Timestamp = e.Timestamp.Add(5 * time.Hour)
			return e, true
		})},
	Defect{ID: "log-shows-everybodys", Class: classAccessLog, Breaks: []string{"LEG-LOG-002"}, Sentence: "shows the entries of all persons in each one's access log",
		Alter: func(v *Vendor) {
			var kept entries
			kept.watch(v)
			kept.answers(v, func(status int, _ fixture.AccessQuestion) []fixture.Access {
				if status != http.StatusOK {
					return nil
				}
				return kept.all
			})
		}},
	Defect{ID: "log-shown-to-everybody", Class: classAccessLog, Breaks: []string{"LEG-LOG-003"}, Sentence: "shows access logs to parties that are no auditors",
		Alter: func(v *Vendor) {
			var kept entries
			kept.watch(v)
			kept.answers(v, func(status int, asked fixture.AccessQuestion) []fixture.Access {
				if status != http.StatusForbidden {
					return nil
				}
				return append([]fixture.Access{}, kept.of[asked.IdentifierValue]...)
			})
		}},
	Defect{ID: "log-without-refusals", Class: classAccessLog, Breaks: []string{"ORG-LOG-001"}, Sentence: "does not note what it refused",
		Alter: dropped(func(e fixture.Access) bool { return e.Outcome == fixture.Refusal })},
	Defect{ID: "log-without-refusals-async", Class: classAccessLog, Breaks: []string{"ORG-LOG-001"}, Sentence: "does not note what it refused of an asynchronous message",
		Alter: dropped(func(e fixture.Access) bool { return e.Outcome == fixture.Refusal && e.Operation == "search" })},
	Defect{ID: "log-without-records-kept-back", Class: classAccessLog, Breaks: []string{"ORG-LOG-001"}, Sentence: "does not note that it kept a record back",
		Alter: dropped(func(e fixture.Access) bool { return e.Outcome == fixture.Kept })},
	Defect{ID: "log-tells-refusals-as-shown", Class: classAccessLog, Breaks: []string{"ORG-LOG-001"}, Sentence: "notes a refusal as if the record had been shown",
		Alter: logging(func(e fixture.Access) (fixture.Access, bool) {
			if e.Outcome == fixture.Refusal {
				e.Outcome = fixture.Shown
			}
			return e, true
		})},
)
