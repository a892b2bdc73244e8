package population

import (
	"bytes"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"time"
)

// NewRecord is a record that is not in the population, for an event that creates one. It is the zero
// Record where the population has no such type.
func NewRecord(p *Population, iface, recordType, salt string) Record {
	t := p.table(iface, recordType)
	if t == nil {
		return Record{}
	}
	label := "new/" + iface + "/" + t.kind.Name + "/" + salt
	apart := newApart(p.from.under(label), p.world.ids.given)
	record, err := t.record(t.shape.maker.all(apart)[0])
	if err != nil {
		return Record{}
	}
	return record
}

// Update is the record with one attribute changed, never an identifier: in the social registry the
// telephone number of a person, the score of a group, a member's education. Where the record type has no
// such attribute the record is unchanged.
func Update(record Record, salt string) Record {
	if record.shape == nil {
		return record
	}
	changed := record
	for try := range updateTries {
		members := maps.Clone(record.Data)
		record.shape.maker.update(members, record.stream("update/"+salt+strings.Repeat("+", try)))
		if changed = record.with(members).fitted(); record.shape.fit == nil || !bytes.Equal(changed.Raw, record.Raw) {
			return changed
		}
	}
	// The dictionary leaves the attribute no other value; every record may say when it was last updated.
	return With(record, "last_updated", moment(record.stream("update/"+salt), year(2010), baseDate).Format(time.RFC3339))
}

// updateTries bounds the draws of a change that the dictionary may make the same again.
const updateTries = 10

// stream depends on the record's identity and the label alone.
func (r Record) stream(label string) *rand.Rand {
	return source{}.stream(r.Interface + "/" + r.RecordType + "/" + r.IDValue + "/" + label)
}

// fitted is the record as its dictionary allows it.
func (r Record) fitted() Record {
	if r.shape == nil {
		return r
	}
	raw, err := r.shape.fitted(r.Raw)
	if err != nil {
		return r
	}
	data, err := decode(raw)
	if err != nil {
		return r
	}
	r.Raw, r.Data = raw, data
	return r
}

// with is the record with other data; the data were decoded once and encode again.
func (r Record) with(changed object) Record {
	raw, err := encode(changed)
	if err != nil {
		return r
	}
	data, err := decode(raw)
	if err != nil {
		return r
	}
	r.Raw, r.Data = raw, data
	return r
}

// With is the record with another value of one attribute.
func With(record Record, attribute string, value any) Record {
	changed := maps.Clone(record.Data)
	changed[attribute] = value
	return record.with(changed)
}

// Happen is the record after an event that changes one attribute of days: it gets a day that it did not have,
// beside those that it has where it can have several.
func Happen(record Record, attribute, salt string) Record {
	day := baseDate.AddDate(0, 0, between(record.stream("event/"+salt), 1, 300)).Format(time.RFC3339)
	about, err := record.shape.attribute(attribute)
	if err != nil || !about.about.Attribute.Repeated() {
		return With(record, attribute, day)
	}
	before, _ := record.Data[attribute].([]any)
	return With(record, attribute, append(slices.Clone(before), day))
}

// ValuesAt are the scalars that a record holds at a path of the dictionary, as they are sent in a query.
func ValuesAt(record Record, path string) []any {
	at, err := record.shape.attribute(path)
	if err != nil {
		return nil
	}
	var values []any
	for _, held := range at.valuesOf(record.Data) {
		values = append(values, written(held))
	}
	return values
}
