// Package mocks holds the known-bad vendors: each is the reference server with one behaviour altered
// through its seams. What a vendor sends wrong is still signed as a vendor would sign it, so that a
// defect is caught for itself. They prove the suite: a defect that no scenario catches is a hole.
package mocks

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/spconform/spconform/reference"
	"github.com/spconform/spconform/reference/loopback"
	"github.com/spconform/spconform/reference/store"
	"github.com/spconform/spconform/spec"
	"github.com/spconform/spconform/spec/message"
)

// Defect is one way of being wrong.
type Defect struct {
	// ID is stable: what is wrong in a few words.
	ID string
	// Sentence says what the vendor does.
	Sentence string
	// Class is the class of defects that it belongs to.
	Class string
	// Strength is when it shows; empty for always.
	Strength Strength
	// Breaks are the requirements that it breaks, written from their sentences; at most three.
	Breaks []string
	// Archetype marks a whole vendor that is wrong in many ways: it must be found not conformant, and
	// at least Breaks must be unmet.
	Archetype bool
	// Exercise are requirements whose scenarios make the vendor do what the defect alters; for a defect
	// that shows only in what is observed, where the scenarios of Breaks do not bring it about.
	Exercise []string
	// Silent says why there is nothing but a silence to see of the defect, where that is so; any other
	// that only a time-out gives away is a scenario that could say more.
	Silent string
	// Interface is where the defect shows; empty where its requirements say it.
	Interface string
	// Generated marks a defect that was made from a schema and not thought out; it is counted apart.
	Generated bool
	// Alter changes the vendor.
	Alter func(*Vendor)
}

// Why nothing but a silence is to be seen of a vendor that does not call back.
const (
	silentForEver = "the message is acknowledged, and no callback is sent"
	silentTooLong = "the message is acknowledged, and its callback is sent after the documented time-out"
)

// Vendor collects what a defect alters; nil leaves a seam as it is. Alterations of the same seam are
// applied in the order in which they were added.
type Vendor struct {
	store     []func(store.Store) store.Store
	encode    []func(reference.Outgoing, map[string]any, map[string]any)
	signer    []func(message.Signer) message.Signer
	encrypter []func(message.Encrypter) message.Encrypter
	transport []func(http.RoundTripper) http.RoundTripper
	checks    []func([]reference.Check) []reference.Check
	http      []func(http.Handler) http.Handler
	options   []reference.Option
}

// Defects lists all defects by class, then by id.
func Defects() []Defect {
	all := slices.Concat(tables...)
	slices.SortStableFunc(all, func(a, b Defect) int {
		return strings.Compare(a.Class+" "+a.ID, b.Class+" "+b.ID)
	})
	return all
}

// tables are the defects, a table for each part of the standard.
var tables [][]Defect

// register adds a table; each file of defects registers its own.
func register(defects ...Defect) bool {
	tables = append(tables, defects)
	return true
}

// Find is the defect with the id; a generated one follows from the documents of the interfaces.
func Find(id string, interfaces ...spec.Interface) (Defect, error) {
	all := Defects()
	if strings.HasPrefix(id, GeneratedPrefix) {
		generated, err := Generated(interfaces...)
		if err != nil {
			return Defect{}, err
		}
		all = generated
	}
	for _, one := range Dialects() {
		all = append(all, one.Vendor())
	}
	for _, defect := range all {
		if defect.ID == id {
			return defect, nil
		}
	}
	return Defect{}, fmt.Errorf("there is no defect %q: spconform mock list names them", id)
}

// Start starts the vendor with the defect on loopback, at addr or on a free port; the caller closes it.
func (d Defect) Start(ctx context.Context, addr string, interfaces ...spec.Interface) (*loopback.Server, error) {
	plan := d.plan(interfaces)
	plan.Addr = addr
	return loopback.Start(ctx, plan)
}

// StartOn starts the vendor on a store that may already hold records.
func (d Defect) StartOn(ctx context.Context, database string, interfaces ...spec.Interface) (*loopback.Server, error) {
	plan := d.plan(interfaces)
	plan.Database = database
	return loopback.Start(ctx, plan)
}

func (d Defect) plan(interfaces []spec.Interface) loopback.Plan {
	vendor := &Vendor{}
	if d.Alter != nil {
		d.Alter(vendor)
	}
	return loopback.Plan{Interfaces: interfaces, Options: vendor.seams(),
		Store: func(s store.Store) store.Store {
			for _, wrap := range vendor.store {
				s = wrap(s)
			}
			return s
		},
		Wrap: func(h http.Handler) http.Handler {
			for _, wrap := range vendor.http {
				h = wrap(h)
			}
			return h
		}}
}

// seams are the options that carry the alterations.
func (v *Vendor) seams() []reference.Option {
	options := slices.Clone(v.options)
	if len(v.encode) > 0 {
		options = append(options, reference.WithCodec(altering(v.encode)))
	}
	if len(v.signer) > 0 {
		options = append(options, reference.WithSigner(func(s message.Signer) message.Signer {
			for _, wrap := range v.signer {
				s = wrap(s)
			}
			return s
		}))
	}
	if len(v.encrypter) > 0 {
		options = append(options, reference.WithEncrypter(func(e message.Encrypter) message.Encrypter {
			for _, wrap := range v.encrypter {
				e = wrap(e)
			}
			return e
		}))
	}
	if len(v.transport) > 0 {
		transport := http.RoundTripper(http.DefaultTransport.(*http.Transport).Clone())
		for _, wrap := range v.transport {
			transport = wrap(transport)
		}
		options = append(options, reference.WithTransport(transport))
	}
	if len(v.checks) > 0 {
		options = append(options, reference.WithChecks(func(checks []reference.Check) []reference.Check {
			for _, alter := range v.checks {
				checks = alter(checks)
			}
			return checks
		}))
	}
	return options
}
