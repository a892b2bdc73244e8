package population

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spconform/spconform/datadictionary"
	"github.com/spconform/spconform/spec"
)

// plainClusters and plainBackground are the numbers of clusters and of records in none.
const (
	plainClusters   = 3
	plainBackground = 12
)

// plain makes records of which only the dictionary knows what they are: clusters of a record and its
// decoys by each queried attribute, and others beside. They hold the identifier, the queried attributes
// and the scalars of the object itself.
type plain struct {
	form       *shape
	label      string
	registry   string
	identifier string
	// subject is the attribute that describes a person of the world, "" where none does.
	subject string
	// own are the queried attributes that are drawn here, scalars those that nobody asks for.
	own, scalars []attribute
	values       map[string][]string
}

// plainKind is the kind of a record type without a row in registries.
func plainKind(form *shape, described spec.Interface, kind spec.RecordType) (recordKind, error) {
	held, err := form.attribute(kind.Identifier)
	if err != nil || held.about.Attribute.Object != "Identifier" {
		return recordKind{}, failure(CodeInvalid, "%s of %s has no identifier that is an Identifier: name one in the interface's description", kind.Name, described.ID)
	}
	maker := &plain{form: form, label: "plain/" + described.ID + "/" + kind.Name, identifier: held.path,
		registry: described.ID, subject: kind.Subject, own: ownQuery(form, kind)}
	if kind.Subject != "" {
		maker.values = membershipOf(described.ID).values
	}
	object, ok := form.words.Object(form.object)
	if !ok {
		return recordKind{}, failure(CodeInvalid, "%s of %s has no object in the data dictionary", kind.Name, described.ID)
	}
	for _, listed := range object.Attributes {
		found, err := form.attribute(listed.Name)
		queried := func(asked attribute) bool { return asked.path == found.path }
		if err == nil && found.about.Scalar != "" && !slices.ContainsFunc(form.query, queried) && !maker.personal(listed.Name) {
			maker.scalars = append(maker.scalars, found)
		}
	}
	if kind.Subject != "" {
		return recordKind{all: maker.ofPeople, update: maker.update, of: maker.of}, nil
	}
	return recordKind{all: maker.all, update: maker.update}, nil
}

// of is a record of a person as any other.
func (m *plain) of(p *person, random *rand.Rand) object {
	return m.describe(m.one(random, 1), p, random)
}

func (m *plain) all(w *world) []object {
	random := w.from.stream(m.label)
	var records []object
	for position := range plainClusters {
		made, _ := m.cluster(random, position)
		records = append(records, made...)
	}
	for at := range plainBackground {
		record := m.one(random, 1)
		if !w.apart() {
			m.vary(record, at)
		}
		records = append(records, record)
	}
	random.Shuffle(len(records), func(a, b int) { records[a], records[b] = records[b], records[a] })
	ids := newIssuer(w.from.stream(m.label+"/identifiers"), w.ids.given)
	values := make([]string, len(records))
	for at := range values {
		values[at] = ids.next()
	}
	for at, record := range records {
		m.put(record, m.identifier, identifiers("UIN", values[at], "NID", values[(at+1)%len(values)]))
	}
	return records
}

// vary makes the texts that are asked for names of every culture, and leaves an attribute out of some records.
func (m *plain) vary(record object, at int) {
	for _, asked := range m.own {
		if asked.about.Scalar == datadictionary.TypeString && asked.about.Attribute.Format == "" && len(m.codes(asked)) == 0 {
			names := cultures[at%len(cultures)].surnames
			m.put(record, asked.path, names[at%len(names)])
		}
	}
	if at%3 == 0 && len(m.scalars) > 0 {
		delete(record, m.scalars[0].path)
	}
}

// one is a record whose queried values lie at a position of the range: 0 low, 1 middle, 2 high.
func (m *plain) one(random *rand.Rand, position int) object {
	made := object{}
	for _, held := range append(slices.Clone(m.scalars), m.own...) {
		m.put(made, held.path, m.draw(random, held, position))
	}
	return made
}

// cluster is a record with its decoys, and a way to make more that differ from it in nothing asked.
func (m *plain) cluster(random *rand.Rand, position int) ([]object, func() object) {
	queried := map[string]any{}
	for _, asked := range m.own {
		queried[asked.path] = m.draw(random, asked, position)
	}
	member := func() object {
		made := m.one(random, position)
		for _, asked := range m.own {
			m.put(made, asked.path, queried[asked.path])
		}
		return made
	}
	records := []object{member()}
	for _, asked := range m.own {
		for _, beside := range m.beside(asked, queried[asked.path]) {
			decoy := member()
			m.put(decoy, asked.path, beside)
			records = append(records, decoy)
		}
	}
	return records, member
}

// double gives the record a second value of each queried attribute within an array.
func (m *plain) double(record object, random *rand.Rand) {
	second := object{}
	for _, asked := range m.own {
		if strings.Contains(asked.path, ".") {
			m.put(second, asked.path, m.draw(random, asked, 2))
		}
	}
	for name, added := range second {
		list, isList := record[name].([]any)
		if more, ok := added.([]any); ok && isList {
			record[name] = append(list, more...)
		}
	}
}

// draw is a value of the attribute at a position of its range.
func (m *plain) draw(random *rand.Rand, of attribute, position int) any {
	if listed := m.codes(of); len(listed) > 0 {
		return one(random, listed)
	}
	switch of.about.Scalar {
	case datadictionary.TypeBoolean:
		return random.IntN(2) == 0
	case datadictionary.TypeInteger:
		return json.Number(strconv.Itoa(between(random, 2+20*position, 16+20*position)))
	case datadictionary.TypeDecimal:
		return hundredths(between(random, 500+2500*position, 2500+2500*position))
	case datadictionary.TypeDateTime:
		at := moment(random, year(1990+12*position), year(1998+12*position))
		if of.days() {
			at = at.UTC().Truncate(24 * time.Hour)
		}
		return at.Format(time.RFC3339)
	}
	return plainText(random, of.about.Attribute.Format)
}

// days says that the attribute is of days, so that its smallest step is one.
func (a attribute) days() bool { return a.about.Attribute.Format == "date_or_date_time" }

// plainText is a word, or what the format asks for.
func plainText(random *rand.Rand, format string) string {
	switch format {
	case "":
		return one(random, one(random, cultures).surnames) + " " + strconv.Itoa(random.IntN(10_000))
	case "phone_number":
		return phoneNumber(random)
	case "email":
		return fmt.Sprintf("record.%d@example.org", random.IntN(1_000_000))
	case "currency":
		return one(random, []string{"XOF", "KES", "USD"})
	case "country":
		return country
	case "language":
		return one(random, []string{"en", "fr", "sw"})
	case "base64":
		return "c3ludGhldGlj"
	case "plus_code":
		return "6GCRMQPX+9G"
	case "geo_circle":
		return fmt.Sprintf("%d.5 %d.5 100", between(random, -40, 40), between(random, -40, 40))
	}
	return fmt.Sprintf("%d.5 %d.5 12.5 13.5", between(random, -40, 40), between(random, -40, 40))
}

// beside lists the values next to one: a step to either side, two other codes, two longer texts.
func (m *plain) beside(of attribute, value any) []any {
	text := fmt.Sprint(value)
	if listed := m.codes(of); len(listed) > 0 {
		at := slices.Index(listed, text)
		if len(listed) < 2 {
			return nil
		}
		return []any{listed[(at+1)%len(listed)], listed[(at+2)%len(listed)]}
	}
	switch of.about.Scalar {
	case datadictionary.TypeBoolean:
		return []any{value != true}
	case datadictionary.TypeInteger:
		number, _ := strconv.Atoi(text)
		return []any{json.Number(strconv.Itoa(number - 1)), json.Number(strconv.Itoa(number + 1))}
	case datadictionary.TypeDecimal:
		whole, _ := strconv.Atoi(strings.ReplaceAll(text, ".", ""))
		return []any{hundredths(whole - 1), hundredths(whole + 1)}
	case datadictionary.TypeDateTime:
		at, _ := time.Parse(time.RFC3339, text)
		step := time.Second
		if of.days() {
			step = 24 * time.Hour
		}
		return []any{at.Add(-step).Format(time.RFC3339), at.Add(step).Format(time.RFC3339)}
	}
	if of.about.Attribute.Format == "" {
		return []any{text + " II", "New " + text}
	}
	return []any{plainText(rand.New(rand.NewPCG(1, uint64(len(text)))), of.about.Attribute.Format)}
}

// codes are the values that an attribute takes where they are listed.
func (m *plain) codes(of attribute) []string {
	if values, ok := m.values[of.path]; ok {
		return values
	}
	if of.about.Scalar != datadictionary.TypeCode {
		return nil
	}
	var codes []string
	for _, listed := range of.listed.Codes {
		if !listed.Deprecated {
			codes = append(codes, listed.Code)
		}
	}
	return codes
}

// put writes a value at a path, within an array wherever the dictionary has one.
func (m *plain) put(in object, path string, value any) {
	segments := strings.Split(path, ".")
	for at, segment := range segments {
		about, err := m.form.attribute(strings.Join(segments[:at+1], "."))
		if err != nil {
			return
		}
		last, repeated := at == len(segments)-1, about.about.Attribute.Repeated()
		switch held, isList := value.([]object); {
		case last && isList && !repeated:
			in[segment] = held[0]
		case last && repeated && !isList:
			in[segment] = []any{value}
		case last:
			in[segment] = value
		default:
			in = within(in, segment, repeated)
		}
	}
}

// within is the object at a key, made where there is none.
func within(in object, key string, repeated bool) object {
	switch held := in[key].(type) {
	case object:
		return held
	case []any:
		if inner, ok := held[0].(object); ok {
			return inner
		}
	}
	inner := object{}
	in[key] = inner
	if repeated {
		in[key] = []any{inner}
	}
	return inner
}

// update draws a date, a number or a text of the object itself anew, so that no two updates give the same
// record; a code only where there is nothing else.
func (m *plain) update(record object, random *rand.Rand) {
	held := slices.DeleteFunc(append(slices.Clone(m.own), m.scalars...), func(of attribute) bool {
		return record[of.path] == nil || of.about.Attribute.Repeated() || of.path == "last_updated"
	})
	slices.SortStableFunc(held, func(a, b attribute) int { return m.few(a) - m.few(b) })
	if len(held) == 0 {
		return
	}
	before := fmt.Sprint(record[held[0].path])
	for range 20 {
		record[held[0].path] = m.draw(random, held[0], random.IntN(3))
		if fmt.Sprint(record[held[0].path]) != before {
			return
		}
	}
}

// few is 1 for an attribute that takes few values.
func (m *plain) few(of attribute) int {
	if len(m.codes(of)) > 0 || of.about.Scalar == datadictionary.TypeBoolean {
		return 1
	}
	return 0
}
