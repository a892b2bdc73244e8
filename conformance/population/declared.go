package population

import (
	"slices"

	"github.com/samber/lo"

	"github.com/spconform/spconform/datadictionary"
	"github.com/spconform/spconform/spec"
	"github.com/spconform/spconform/spec/fixture"
)

// Declare makes a population of the records that a vendor says the product holds, and no others. What a
// record is changed to, and identifiers that nobody holds, still follow from the seed.
func Declare(words *datadictionary.Dictionary, seed uint64, interfaces []spec.Interface, declared []fixture.Record) (*Population, error) {
	return filled(words, nil, seed, interfaces, func(t *table, _ *world) ([]object, error) {
		var held []object
		for _, record := range declared {
			if kind, ok := t.iface.Record(record.RegRecordType); record.Interface != t.iface.ID || !ok || kind.Name != t.kind.Name {
				continue
			}
			data, err := decode(record.Data)
			if err != nil {
				return nil, failure(CodeInvalid, "a declared %s of %s is not a JSON object", t.kind.Name, t.iface.ID)
			}
			held = append(held, data)
		}
		return held, nil
	})
}

// Held leaves of an interface the record types of which records are declared.
func Held(described spec.Interface, declared []fixture.Record) spec.Interface {
	described.Records = lo.Filter(described.Records, func(kind spec.RecordType, _ int) bool {
		return slices.ContainsFunc(declared, func(record fixture.Record) bool {
			named, ok := described.Record(record.RegRecordType)
			return record.Interface == described.ID && ok && named.Name == kind.Name
		})
	})
	return described
}
