package scheme

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"time"
)

// Identifier names a person: an identifier_type and its value.
type Identifier struct{ Type, Value string }

// Facts are what the sources answered about one person. A source that was not told failed.
type Facts struct {
	Person  Identifier
	answers map[Source][]any
}

// NewFacts are facts of a person of whom no source has been asked.
func NewFacts(person Identifier) *Facts {
	return &Facts{Person: person, answers: map[Source][]any{}}
}

// Tell adds the decoded records of a source's answer; none is an answer too. Records that do not name the
// person at source.By are not of the person and are left out.
func (f *Facts) Tell(source Source, records ...any) {
	held := f.answers[source]
	if held == nil {
		held = []any{}
	}
	for _, record := range records {
		if source.Holds(record, f.Person) {
			held = append(held, record)
		}
	}
	f.answers[source] = held
}

// TellJSON is Tell for records in their wire form; a record that does not decode is an error, after which
// the source counts as failed.
func (f *Facts) TellJSON(source Source, records ...json.RawMessage) error {
	decoded := make([]any, 0, len(records))
	for _, raw := range records {
		in := json.NewDecoder(bytes.NewReader(raw))
		in.UseNumber()
		var record any
		if err := in.Decode(&record); err != nil {
			f.Fail(source)
			return err
		}
		decoded = append(decoded, record)
	}
	f.Tell(source, decoded...)
	return nil
}

// Fail says that a source did not answer.
func (f *Facts) Fail(source Source) { delete(f.answers, source) }

// InUTC are the same facts with every moment written in UTC, so that one moment is of one day in whatever zone it
// was told. A date without a time stays as it is.
func (f *Facts) InUTC() *Facts {
	made := NewFacts(f.Person)
	for source, records := range f.answers {
		told, _ := inUTC(records).([]any)
		made.answers[source] = append([]any{}, told...)
	}
	return made
}

func inUTC(held any) any {
	switch held := held.(type) {
	case []any:
		made := make([]any, len(held))
		for at, one := range held {
			made[at] = inUTC(one)
		}
		return made
	case map[string]any:
		made := make(map[string]any, len(held))
		for name, one := range held {
			made[name] = inUTC(one)
		}
		return made
	case string:
		if at, err := time.Parse(time.RFC3339Nano, strings.ToUpper(held)); err == nil {
			return at.UTC().Format(time.RFC3339Nano)
		}
	}
	return held
}

// known says whether any source holds a record of the person, and silent whether any did not answer.
func (f *Facts) known(sources []Source) (known, silent bool) {
	for _, source := range sources {
		records, answered := f.answers[source]
		known = known || len(records) > 0
		silent = silent || !answered
	}
	return known, silent
}

// Holds says whether a record names the person at the attribute by which the source knows people. Type
// and value must be of one Identifier.
func (s Source) Holds(record any, person Identifier) bool {
	var path []segment
	for name := range strings.SplitSeq(s.By, ".") {
		path = append(path, segment{name})
	}
	return slices.ContainsFunc(at(record, path), func(held any) bool {
		return bare(first(held, "identifier_type")) == person.Type && first(held, "identifier_value") == person.Value
	})
}

// first is the text of a member, "" where it has none.
func first(of any, name string) string {
	for _, held := range at(of, []segment{{name}}) {
		if text, ok := scalarText(held); ok {
			return text
		}
	}
	return ""
}

// segment is one attribute of a path by all its accepted spellings.
type segment []string

// at are the values at a path, through arrays. Prefixes of member names are left out.
func at(record any, path []segment) []any {
	found := []any{record}
	for _, names := range path {
		var next []any
		for _, one := range found {
			members, _ := one.(map[string]any)
			for key, held := range members {
				if slices.Contains(names, key[strings.LastIndexByte(key, ':')+1:]) {
					next = append(next, elements(held)...)
				}
			}
		}
		found = next
	}
	return found
}

func elements(held any) []any {
	switch held := held.(type) {
	case nil:
		return nil
	case []any:
		return held
	}
	return []any{held}
}
