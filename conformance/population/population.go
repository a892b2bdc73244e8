// Package population makes the synthetic records of a run and knows the right answer to every query on
// them. Everything follows from a seed, so that no server can know the records beforehand and a run can
// be repeated. The records hold decoys: for a record that a query should find there is another that
// differs from it in the queried attribute alone.
package population

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"

	"github.com/samber/lo"

	"github.com/spconform/spconform/datadictionary"
	"github.com/spconform/spconform/spec"
	"github.com/spconform/spconform/spec/fixture"
)

// Record is one record of a registry. IDType and IDValue are its primary identifier. Data is the
// decoded form of Raw, with numbers as json.Number; both are shared and must not be written to.
type Record struct {
	Interface, RecordType string
	IDType, IDValue       string
	Data                  map[string]any
	Raw                   json.RawMessage

	shape *shape
}

// Population is all records of a run. It is read-only and safe for concurrent use.
type Population struct {
	Seed uint64

	from     source
	fit      *fitter
	world    *world
	tables   []*table
	payments *Payments
	paying   []spec.Interface
}

// recordKind makes the records of one reg_record_type: all those of a world, and a change of one
// attribute other than the identifiers.
type recordKind struct {
	all    func(*world) []object
	update func(object, *rand.Rand)
	// of is a record of a person, where a record is of one that other registries tell of; nil elsewhere.
	of func(*person, *rand.Rand) object
}

// registry holds the kinds of an interface by reg_record_type.
type registry map[string]recordKind

// registries has a row for each interface whose records come from the common world. A record type
// without one gets records that the dictionary alone describes.
var registries = map[string]registry{
	"social": socialRegistry,
	"crvs":   civilRegistry,
}

// table holds the records of one record type of an interface.
type table struct {
	iface   spec.Interface
	kind    spec.RecordType
	shape   *shape
	records []Record
	facts   []facts
	index   map[Identifier]int
	// holders are the records by each identifier that they hold.
	holders map[Identifier][]int

	candidates func() []candidate
	decoyed    func() []int
}

// Error is why a population cannot give what was asked. Code is stable.
type Error struct{ Code, Message string }

func (e *Error) Error() string { return e.Message }

// The codes of Error.
const (
	CodeNoRecords   = "population.no_records"
	CodeInvalid     = "population.invalid"
	CodeNoCondition = "population.no_condition"
	// CodeUnfit is of records that a dictionary does not allow.
	CodeUnfit = "population.unfit"
)

func failure(code, format string, args ...any) error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...)}
}

// dictionary is loaded once for the process: it is read-only.
var dictionary = sync.OnceValues(datadictionary.Load)

// Generate makes the records of the interfaces. The same seed gives the same records, whichever
// interfaces are asked for.
func Generate(seed uint64, interfaces []spec.Interface) (*Population, error) {
	words, err := dictionary()
	if err != nil {
		return nil, fmt.Errorf("the data dictionary does not load: %w", err)
	}
	return GenerateBy(words, seed, interfaces)
}

// GenerateBy is Generate by another dictionary than the embedded one.
func GenerateBy(words *datadictionary.Dictionary, seed uint64, interfaces []spec.Interface) (*Population, error) {
	return filled(words, nil, seed, interfaces, func(t *table, from *world) ([]object, error) { return t.shape.maker.all(from), nil })
}

// GenerateFor is GenerateBy with records that are fitted to a dictionary which tightens the embedded one:
// required attributes are filled in, codes outside of narrowed lists replaced. The same replacement is made
// wherever an attribute stands, so that what registries tell of one person agrees. What cannot be fitted
// stays as it is: see Unfit.
func GenerateFor(words *datadictionary.Dictionary, seed uint64, interfaces []spec.Interface) (*Population, error) {
	fit, err := newFitter(words, seed, interfaces)
	if err != nil {
		return nil, err
	}
	return filled(words, fit, seed, interfaces, func(t *table, from *world) ([]object, error) { return t.shape.maker.all(from), nil })
}

// filled makes a population of the objects that each table is given, fitted where there is a fitter.
func filled(words *datadictionary.Dictionary, fit *fitter, seed uint64, interfaces []spec.Interface, objects func(*table, *world) ([]object, error)) (*Population, error) {
	from := source{seed: seed}
	made := &Population{Seed: seed, from: from, fit: fit, world: newWorld(from)}
	if fit != nil {
		fit.given = made.world.ids.given
	}
	for _, described := range interfaces {
		if described.Pattern == PatternPayment {
			made.paying = append(made.paying, described)
		}
		for _, kind := range described.Records {
			empty, err := newTable(words, described, kind)
			if err != nil {
				return nil, err
			}
			empty.shape.fit = fit
			given, err := objects(empty, made.world)
			if err != nil {
				return nil, err
			}
			if err := empty.fill(given); err != nil {
				return nil, err
			}
			made.tables = append(made.tables, empty)
		}
	}
	if len(made.paying) > 0 {
		made.payments = newPayments(from, made.world)
	}
	return made, nil
}

func newTable(words *datadictionary.Dictionary, described spec.Interface, kind spec.RecordType) (*table, error) {
	form, err := newShape(words, kind)
	if err != nil {
		return nil, err
	}
	maker, ok := registries[described.ID][kind.Name]
	if !ok {
		if maker, err = plainKind(form, described, kind); err != nil {
			return nil, err
		}
	}
	form.maker = maker
	made := &table{iface: described, kind: kind, shape: form, index: map[Identifier]int{}, holders: map[Identifier][]int{}}
	made.prepare()
	return made, nil
}

func (t *table) fill(with []object) error {
	for _, one := range with {
		record, err := t.record(one)
		if err != nil {
			return err
		}
		t.index[Identifier{Type: record.IDType, Value: record.IDValue}] = len(t.records)
		for _, held := range lo.Uniq(IdentifierOf(record.Data, t.kind.Identifier)) {
			t.holders[held] = append(t.holders[held], len(t.records))
		}
		t.records = append(t.records, record)
		t.facts = append(t.facts, t.shape.factsOf(record.Data))
	}
	return nil
}

// record reads a written object back, so that Data is what a JSON decoder makes of Raw.
func (t *table) record(written object) (Record, error) {
	raw, err := encode(written)
	if err != nil {
		return Record{}, failure(CodeInvalid, "a %s does not encode as JSON", t.kind.Name)
	}
	if raw, err = t.shape.fitted(raw); err != nil {
		return Record{}, err
	}
	data, err := decode(raw)
	if err != nil {
		return Record{}, failure(CodeInvalid, "a %s does not decode as JSON", t.kind.Name)
	}
	ids := IdentifierOf(data, t.kind.Identifier)
	if len(ids) == 0 {
		return Record{}, failure(CodeInvalid, "a %s has no %s", t.kind.Name, t.kind.Identifier)
	}
	return Record{
		Interface: t.iface.ID, RecordType: t.kind.Name,
		IDType: ids[0].Type, IDValue: ids[0].Value, Data: data, Raw: raw, shape: t.shape,
	}, nil
}

func encode(written object) (json.RawMessage, error) {
	var text bytes.Buffer
	out := json.NewEncoder(&text)
	out.SetEscapeHTML(false)
	if err := out.Encode(written); err != nil {
		return nil, err
	}
	return bytes.TrimSpace(text.Bytes()), nil
}

func decode(raw []byte) (object, error) {
	in := json.NewDecoder(bytes.NewReader(raw))
	in.UseNumber()
	var data object
	return data, in.Decode(&data)
}

// table finds a record type; the empty name is the interface's first.
func (p *Population) table(iface, recordType string) *table {
	for _, t := range p.tables {
		if t.iface.ID != iface {
			continue
		}
		if kind, ok := t.iface.Record(recordType); ok && kind.Name == t.kind.Name {
			return t
		}
	}
	return nil
}

// All lists the records of a type, by name or alias. Callers leave the list as it is.
func (p *Population) All(iface, recordType string) []Record {
	t := p.table(iface, recordType)
	if t == nil {
		return nil
	}
	return slices.Clip(t.records)
}

// Fixture lists all records in the form that a target loads.
func (p *Population) Fixture() []fixture.Record {
	var all []fixture.Record
	for _, t := range p.tables {
		for _, record := range t.records {
			all = append(all, fixture.Record{Interface: record.Interface, RegRecordType: record.RecordType, Data: record.Raw})
		}
	}
	for _, described := range p.paying {
		all = append(all, p.payments.fixture(described)...)
	}
	return all
}

// Each calls take with the content of every record of the registries.
func (p *Population) Each(take func(data map[string]any)) {
	for _, t := range p.tables {
		for _, record := range t.records {
			take(record.Data)
		}
	}
}

// Pick is a record that has decoys, depending on seed and salt alone; different salts mostly give
// different records. It is the zero Record where the population has no such type.
func (p *Population) Pick(iface, recordType, salt string) Record {
	t := p.table(iface, recordType)
	if t == nil {
		return Record{}
	}
	among := t.decoyed()
	return t.records[among[p.from.number("pick/"+t.kind.Name+"/"+salt, len(among))]]
}

// Find is the record whose primary identifier is the given one.
func (p *Population) Find(iface, recordType, idType, idValue string) (Record, bool) {
	t := p.table(iface, recordType)
	if t == nil {
		return Record{}, false
	}
	at, ok := t.index[Identifier{Type: idType, Value: idValue}]
	if !ok {
		return Record{}, false
	}
	return t.records[at], true
}

// Absent is an identifier of a known type and the usual form that nobody holds.
func (p *Population) Absent(salt string) (idType, idValue string) {
	return p.fit.code(identifierTypes, "UIN"), newIssuer(p.from.stream("absent/"+salt), p.world.ids.given).next()
}
