package mocks

import (
	"context"
	"encoding/json"
	"slices"
	"sync"

	"github.com/spconform/spconform/reference"
	"github.com/spconform/spconform/reference/query"
	"github.com/spconform/spconform/reference/store"
	"github.com/spconform/spconform/spec"
	"github.com/spconform/spconform/spec/fixture"
)

// term alters whether one term of an agreement holds; right says what it would.
func term(change func(a reference.Asked, of fixture.Agreement, right bool) bool, names ...string) func(*Vendor) {
	return func(v *Vendor) {
		v.Option(reference.WithSharing(func(s reference.Sharing) reference.Sharing {
			s.Terms = slices.Clone(s.Terms)
			for _, name := range names {
				at := slices.IndexFunc(s.Terms, func(t reference.Term) bool { return t.Name == name })
				if at < 0 {
					panic("mocks: there is no term called " + name)
				}
				right := s.Terms[at].Holds
				s.Terms[at].Holds = func(a reference.Asked, of fixture.Agreement) bool { return change(a, of, right(a, of)) }
			}
			return s
		}))
	}
}

// leniently lets terms hold for what lets agrees with.
func leniently(lets func(a reference.Asked) bool, names ...string) func(*Vendor) {
	return term(func(a reference.Asked, _ fixture.Agreement, right bool) bool { return right || lets(a) }, names...)
}

func anything(reference.Asked) bool { return true }

func inAsync(a reference.Asked) bool { return a.In.Operation.Mode == spec.Async }

// aboutPurpose are the terms that speak of the purpose.
var aboutPurpose = []string{"purpose stated", "why", "consent stated"}

func purposeless(a reference.Asked) bool { return a.Purpose == "" }

// purposeFor lets a purpose pass for any that is agreed.
func purposeFor(lets func(a reference.Asked) bool) func(*Vendor) {
	return leniently(lets, aboutPurpose...)
}

func jointly(one, other func(reference.Asked) bool) func(reference.Asked) bool {
	return func(a reference.Asked) bool { return one(a) && other(a) }
}

func stating(code string) func(reference.Asked) bool {
	return func(a reference.Asked) bool { return a.Purpose == code }
}

// Purposes of the agreements with which a run prepares its target.
const (
	purposeUnknown = "advertising"
	purposeForeign = "treatment"
)

// shown alters what of a record is shown under an agreement.
func shown(change func(whole, agreed map[string]json.RawMessage)) func(*Vendor) {
	return func(v *Vendor) {
		v.Option(reference.WithSharing(func(s reference.Sharing) reference.Sharing {
			right := s.Shown
			s.Shown = func(of spec.RecordType, record json.RawMessage, attributes []string) (json.RawMessage, error) {
				less, err := right(of, record, attributes)
				if err != nil {
					return nil, err
				}
				var whole, agreed map[string]json.RawMessage
				_ = json.Unmarshal(record, &whole)
				_ = json.Unmarshal(less, &agreed)
				change(whole, agreed)
				return json.Marshal(agreed)
			}
			return s
		}))
	}
}

// withoutConsent is a condition without the persons' consent; asks says whether it was there.
func withoutConsent(q query.Query) (without query.Query, asks bool) {
	all, _ := q.Where.(query.And)
	kept := slices.DeleteFunc(slices.Clone(all), func(node query.Node) bool { _, is := node.(query.Consented); return is })
	if len(kept) == len(all) {
		return q, false
	}
	q.Where = kept
	return q, true
}

// consenting changes how a search that asks for consent is answered.
func consenting(change func(ctx context.Context, asked, without query.Query, next search) (store.Found, error)) func(*Vendor) {
	return func(v *Vendor) {
		v.State(state{search: func(ctx context.Context, q query.Query, next search) (store.Found, error) {
			without, asks := withoutConsent(q)
			if !asks {
				return next(ctx, q)
			}
			return change(ctx, q, without, next)
		}})
	}
}

// deciding changes which decisions are kept.
func deciding(change func(d fixture.Consent) []fixture.Consent) func(*Vendor) {
	return func(v *Vendor) {
		v.State(state{putConsent: func(ctx context.Context, p store.Person, d fixture.Consent, next putConsent) error {
			for _, kept := range change(d) {
				if err := next(ctx, p, kept); err != nil {
					return err
				}
			}
			return nil
		}})
	}
}

func noConsentAsked(ctx context.Context, _, without query.Query, next search) (store.Found, error) {
	return next(ctx, without)
}

// consentCached remembers whom it has shown.
func consentCached(v *Vendor) {
	var seen remembered
	consenting(func(ctx context.Context, asked, without query.Query, next search) (store.Found, error) {
		person, _ := query.Named(asked.Where)
		if seen.has(person.Type + person.Value) {
			return next(ctx, without)
		}
		found, err := next(ctx, asked)
		if found.Total > 0 && person.Value != "" {
			seen.add(person.Type + person.Value)
		}
		return found, err
	})(v)
}

// undecidedShown takes no decision for a yes.
func undecidedShown(v *Vendor) {
	var decided remembered
	v.State(state{
		putConsent: func(ctx context.Context, p store.Person, d fixture.Consent, next putConsent) error {
			decided.add(p.IdentifierType + p.IdentifierValue)
			return next(ctx, p, d)
		},
		search: func(ctx context.Context, q query.Query, next search) (store.Found, error) {
			without, asks := withoutConsent(q)
			if person, ok := query.Named(q.Where); asks && ok && !decided.has(person.Type+person.Value) {
				return next(ctx, without)
			}
			return next(ctx, q)
		},
	})
}

// recordsCached answers a search by identifier as it was first answered.
func recordsCached(v *Vendor) {
	var mu sync.Mutex
	answers := map[query.HasIdentifier]store.Found{}
	v.State(state{search: func(ctx context.Context, q query.Query, next search) (store.Found, error) {
		person, ok := q.Where.(query.HasIdentifier)
		if !ok {
			return next(ctx, q)
		}
		mu.Lock()
		defer mu.Unlock()
		if known, ok := answers[person]; ok {
			return known, nil
		}
		found, err := next(ctx, q)
		if err == nil && found.Total > 0 {
			answers[person] = found
		}
		return found, err
	}})
}

func kept(decisions ...fixture.Consent) []fixture.Consent { return decisions }

// oneMore is the first attribute by name that is not agreed.
func oneMore(whole, agreed map[string]json.RawMessage) {
	var names []string
	for name := range whole {
		if _, there := agreed[name]; !there {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	if len(names) > 0 {
		agreed[names[0]] = whole[names[0]]
	}
}

func everything(whole, agreed map[string]json.RawMessage) {
	for name, value := range whole {
		agreed[name] = value
	}
}
