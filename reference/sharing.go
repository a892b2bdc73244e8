package reference

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/spconform/spconform/reference/query"
	"github.com/spconform/spconform/reference/store"
	"github.com/spconform/spconform/spec"
	"github.com/spconform/spconform/spec/fixture"
	"github.com/spconform/spconform/spec/message"
)

// Sharing is how the server holds a party to its data-sharing agreements. A party without any is limited
// by its role alone.
type Sharing struct {
	// Terms are judged in their order; the first that does not hold refuses.
	Terms []Term
	// Shown is what of a record is shown to a party with which attributes are agreed.
	Shown func(of spec.RecordType, record json.RawMessage, attributes []string) (json.RawMessage, error)
}

// Term is one thing that an agreement says.
type Term struct {
	Name  string
	Holds func(Asked, fixture.Agreement) bool
}

// Asked is what a party asks for, as far as an agreement speaks of it.
type Asked struct {
	In *Incoming
	// Purpose is the code that the request states; Consent says whether it states the persons' consent to it.
	Purpose string
	Consent bool
	Record  spec.RecordType
	// Attributes are those of the record that the condition and the order look into.
	Attributes []string
	At         time.Time
}

// terms are what an agreement says, in the order in which a request is held to it. All but the first are
// judged for each agreement of the party.
var terms = []Term{
	{"purpose stated", func(a Asked, _ fixture.Agreement) bool { return a.Purpose != "" }},
	{"why", func(a Asked, of fixture.Agreement) bool { _, agreed := purposeIn(of, a.Purpose); return agreed }},
	{"when", func(a Asked, of fixture.Agreement) bool { return of.When.Holds(a.At) }},
	{"how", func(a Asked, of fixture.Agreement) bool { return slices.Contains(of.How, a.In.Operation.ID) }},
	{"where", goesWhereAgreed},
	{"what", func(a Asked, of fixture.Agreement) bool {
		agreed := attributesIn(of, a.In.Interface, a.Record)
		return len(agreed) > 0 && !slices.ContainsFunc(a.Attributes, func(asked string) bool { return !slices.Contains(agreed, asked) })
	}},
	{"consent stated", func(a Asked, of fixture.Agreement) bool {
		purpose, _ := purposeIn(of, a.Purpose)
		return purpose.LegalBasis == fixture.ByLaw || a.Consent
	}},
}

func purposeIn(of fixture.Agreement, code string) (fixture.Purpose, bool) {
	at := slices.IndexFunc(of.Why, func(p fixture.Purpose) bool { return p.Code == code })
	if at < 0 {
		return fixture.Purpose{}, false
	}
	return of.Why[at], true
}

func attributesIn(of fixture.Agreement, described spec.Interface, record spec.RecordType) []string {
	for _, scope := range of.What {
		if named, ok := described.Record(scope.RegRecordType); ok && scope.Interface == described.ID && named.Name == record.Name {
			return scope.Attributes
		}
	}
	return nil
}

// goesWhereAgreed holds for what is answered on the line on which it was asked.
func goesWhereAgreed(a Asked, of fixture.Agreement) bool {
	if a.In.Operation.Mode != spec.Async {
		return true
	}
	return within(orElse(a.In.Header.SenderURI, a.In.Sender.CallbackBase), of.Where)
}

// permit is under which agreement and for which purpose a party may ask.
type permit struct {
	agreement fixture.Agreement
	purpose   fixture.Purpose
}

// permit finds the agreement under which the party may ask, or the term that none of its agreements
// lets hold. Both are nothing for a party without agreements.
func (s *Server) permit(asked Asked) (under *permit, broken string) {
	farthest := -1
	for _, agreement := range s.roster.agreementsOf(asked.In.Header.SenderID) {
		at := slices.IndexFunc(s.sharing.Terms, func(term Term) bool { return !term.Holds(asked, agreement) })
		if at < 0 {
			purpose, _ := purposeIn(agreement, asked.Purpose)
			return &permit{agreement, purpose}, ""
		}
		if at > farthest {
			farthest, broken = at, s.sharing.Terms[at].Name
		}
	}
	return nil, broken
}

// grant is what consent and authorize hold (Grant).
type grant struct {
	Purpose struct {
		Code string `json:"code"`
	} `json:"purpose"`
}

// stated is the purpose that a request states, and whether it states the persons' consent to it. It is that of
// authorize or, where there is none, of consent.
func stated(authorize, consent json.RawMessage) (purpose string, consented bool) {
	var authorized, agreed grant
	_ = json.Unmarshal(authorize, &authorized)
	_ = json.Unmarshal(consent, &agreed)
	purpose = orElse(authorized.Purpose.Code, agreed.Purpose.Code)
	return purpose, purpose != "" && agreed.Purpose.Code == purpose
}

// agreedSearch holds a search to the agreements of its sender: it narrows the query to those who have
// consented, where that is the legal basis, or says why it is refused.
func (s *Server) agreedSearch(ctx context.Context, in *Incoming, criteria message.SearchCriteria, q *query.Query) (*permit, *Rejection, error) {
	if !s.roster.governed(in.Header.SenderID) {
		return nil, nil, nil
	}
	asked := Asked{In: in, Record: q.Record, Attributes: query.Attributes(*q), At: s.now()}
	asked.Purpose, asked.Consent = stated(criteria.Authorize, criteria.Consent)
	under, broken := s.permit(asked)
	if under == nil {
		err := s.noteAsked(ctx, in, *q, fixture.Access{Purpose: asked.Purpose, Outcome: fixture.Refusal, Reason: broken})
		return nil, reject(message.RejectSearchCriteria, "the data-sharing agreement does not allow this search: "+broken), err
	}
	if under.purpose.LegalBasis == fixture.ByConsent {
		q.Where = query.And{q.Where, query.Consented{Attribute: q.Record.Identifier, Party: in.Header.SenderID,
			Purpose: under.purpose.Code, At: asked.At}}
	}
	return under, nil, nil
}

// show leaves of the records found what is agreed, and notes the access for each person.
func (s *Server) show(ctx context.Context, in *Incoming, under *permit, q query.Query, records []json.RawMessage) error {
	for at, record := range records {
		ids, err := identifiersOf(q.Record, record)
		if err != nil {
			return err
		}
		in.note(q, ids, fixture.Access{Purpose: under.purpose.Code, Outcome: fixture.Shown})
		if records[at], err = s.sharing.Shown(q.Record, record, attributesIn(under.agreement, in.Interface, q.Record)); err != nil {
			return err
		}
	}
	if len(records) == 0 && under.purpose.LegalBasis == fixture.ByConsent {
		return s.noteAsked(ctx, in, q, fixture.Access{Purpose: under.purpose.Code, Outcome: fixture.Kept, Reason: "consent"})
	}
	return nil
}

// onlyAgreed leaves of a record the agreed attributes, under whatever published names they stand, and its
// JSON-LD keywords.
func (s *Server) onlyAgreed(of spec.RecordType, record json.RawMessage, attributes []string) (json.RawMessage, error) {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(record, &members); err != nil {
		return nil, err
	}
	for name := range members {
		attribute, err := s.dictionary.Attribute(of.Object, name)
		agreed := err == nil && slices.Contains(attributes, attribute.Path)
		if !agreed && !strings.HasPrefix(name, "@") {
			delete(members, name)
		}
	}
	return json.Marshal(members)
}

// noteAsked notes an access for the one person whom a query names; a query that names nobody is not
// about a person.
func (s *Server) noteAsked(ctx context.Context, in *Incoming, q query.Query, entry fixture.Access) error {
	named, ok := query.Named(q.Where)
	if !ok {
		return nil
	}
	ids := []identifier{{named.Type, named.Value}}
	held, found, err := s.store.FindByIdentifier(ctx, in.Interface.ID, q.Record.Name, q.Record.Identifier, named.Type, named.Value)
	if err == nil && found {
		ids, err = identifiersOf(q.Record, held.Data)
	}
	in.note(q, ids, entry)
	return err
}

// access is an entry of a person's access log that is written with the answer.
type access struct {
	person store.Person
	entry  fixture.Access
}

// note keeps an entry for each identifier under which the person is known.
func (in *Incoming) note(q query.Query, ids []identifier, entry fixture.Access) {
	entry.Timestamp, entry.Party, entry.Operation = in.received, in.Header.SenderID, in.Operation.ID
	for _, id := range ids {
		in.accesses = append(in.accesses, access{store.Person{Interface: in.Interface.ID, RecordType: q.Record.Name,
			IdentifierType: id.kind, IdentifierValue: id.value}, entry})
	}
}

// logAccesses writes the entries that were noted.
func (in *Incoming) logAccesses(ctx context.Context, tx store.Tx) error {
	for _, noted := range in.accesses {
		if err := tx.LogAccess(ctx, noted.person, noted.entry); err != nil {
			return err
		}
	}
	return nil
}

// decide keeps a person's decision under every identifier by which the person is known.
func (s *Server) decide(ctx context.Context, decision fixture.Consent) error {
	described, err := s.interfaceOf(decision.Interface)
	if err != nil {
		return err
	}
	record, known := described.Record(decision.RegRecordType)
	if !known {
		return &contentError{"reg_record_type is not a record type of the interface"}
	}
	return s.store.WithTx(ctx, func(tx store.Tx) error {
		held, found, err := tx.FindByIdentifier(ctx, described.ID, record.Name, record.Identifier, decision.IdentifierType, decision.IdentifierValue)
		if err != nil {
			return err
		}
		ids := []identifier{{decision.IdentifierType, decision.IdentifierValue}}
		if found {
			if ids, err = identifiersOf(record, held.Data); err != nil {
				return err
			}
		}
		for _, id := range ids {
			err := tx.PutConsent(ctx, store.Person{Interface: described.ID, RecordType: record.Name,
				IdentifierType: id.kind, IdentifierValue: id.value}, decision)
			if err != nil {
				return err
			}
		}
		return nil
	})
}
