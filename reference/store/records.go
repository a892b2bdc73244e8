package store

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"slices"

	"github.com/spconform/spconform/reference/query"
)

// attribute is a path of a record type, read as one kind of value.
type attribute struct {
	iface, recordType, path string
	kind                    query.Kind
}

// identifierKind marks the path of an attribute that holds Identifiers.
const identifierKind query.Kind = "identifier"

// attributeValue is a row of attribute_values.
type attributeValue struct {
	record, attribute int64
	value             []byte
}

const (
	// maxPath bounds a path in bytes; what lies at a longer one cannot be queried.
	maxPath = 400
	// recordsAtOnce and valuesAtOnce are what one statement sends.
	recordsAtOnce = 40
	valuesAtOnce  = 32
	// manyRecords is a load after which the database should look at what it holds.
	manyRecords = 500
)

// PutRecords implements Records.
func (s session) PutRecords(ctx context.Context, records []Record) error {
	return s.atomically(ctx, func(s session) error {
		// Two loads would lock rows and attributes in different orders, and so each other out.
		if err := s.oneAtATime(ctx, "records"); err != nil {
			return err
		}
		for chunk := range slices.Chunk(records, recordsAtOnce) {
			if err := s.putChunk(ctx, lastOfEach(chunk)); err != nil {
				return err
			}
		}
		if s.analyze != "" && len(records) >= manyRecords {
			_, err := s.exec(ctx, s.analyze)
			return err
		}
		return nil
	})
}

type recordKey struct{ iface, recordType, key string }

func (r Record) name() recordKey { return recordKey{r.Interface, r.RecordType, r.Key} }

// lastOfEach keeps of records with one key the last, at the first's place: a statement cannot write a
// row twice.
func lastOfEach(records []Record) []Record {
	at := map[recordKey]int{}
	var kept []Record
	for _, record := range records {
		if i, seen := at[record.name()]; seen {
			kept[i] = record
			continue
		}
		at[record.name()] = len(kept)
		kept = append(kept, record)
	}
	return kept
}

func (s session) putChunk(ctx context.Context, records []Record) error {
	decoded := make([]any, len(records))
	args := make([]any, 0, 4*len(records))
	for i, record := range records {
		if err := checkNames(record.Key); err != nil {
			return err
		}
		decoder := json.NewDecoder(bytes.NewReader(record.Data))
		decoder.UseNumber()
		if err := decoder.Decode(&decoded[i]); err != nil {
			return &Error{"store.record.invalid", "a record is not JSON: write one JSON object"}
		}
		args = append(args, record.Interface, record.RecordType, []byte(record.Key), []byte(record.Data))
	}
	ids := map[recordKey]int64{}
	err := s.each(ctx, s.write, `INSERT INTO records (interface, record_type, record_key, data) VALUES `+rows(len(records), 4)+`
		ON CONFLICT (interface, record_type, record_key) DO UPDATE SET data = excluded.data
		RETURNING id, interface, record_type, record_key`, args, func(row *sql.Rows) error {
		var id int64
		var name recordKey
		err := row.Scan(&id, &name.iface, &name.recordType, &name.key)
		ids[name] = id
		return err
	})
	if err != nil {
		return err
	}
	if err := s.dropValues(ctx, ids); err != nil {
		return err
	}
	var values []attributeValue
	for i, record := range records {
		if values, err = s.valuesOf(ctx, values, record, ids[record.name()], decoded[i]); err != nil {
			return err
		}
	}
	return s.addValues(ctx, s.write, values)
}

func (s session) dropValues(ctx context.Context, ids map[recordKey]int64) error {
	var args []any
	for _, id := range ids {
		args = append(args, id)
	}
	_, err := s.exec(ctx, `DELETE FROM attribute_values WHERE record_id IN (`+marks(len(args))+`)`, args...)
	return err
}

// valuesOf appends the rows under which a record is found.
func (s session) valuesOf(ctx context.Context, values []attributeValue, record Record, id int64, decoded any) ([]attributeValue, error) {
	var failed error
	type distinct struct {
		attribute int64
		value     string
	}
	seen := map[distinct]bool{}
	add := func(path string, kind query.Kind, value []byte) {
		if failed != nil || len(path) > maxPath {
			return
		}
		number, err := s.attributeID(ctx, attribute{record.Interface, record.RecordType, path, kind})
		if err != nil {
			failed = err
			return
		}
		if once := (distinct{number, string(value)}); !seen[once] {
			seen[once] = true
			values = append(values, attributeValue{id, number, value})
		}
	}
	query.Leaves(decoded, func(path string, scalar any) {
		for _, reading := range query.Readings(scalar) {
			add(path, reading.Kind, encode(reading.Value))
		}
	})
	query.Identifiers(decoded, func(path, identifierType, identifierValue string) {
		add(path, identifierKind, encodeIdentifier(identifierType, identifierValue))
	})
	return values, failed
}

// attributeID is the number of an attribute, given now where it has none.
func (s session) attributeID(ctx context.Context, wanted attribute) (int64, error) {
	if id, ok := s.fresh[wanted]; ok {
		return id, nil
	}
	if id, ok := s.known.find(wanted); ok {
		return id, nil
	}
	args := []any{wanted.iface, wanted.recordType, []byte(wanted.path), string(wanted.kind)}
	if _, err := s.exec(ctx, `INSERT INTO attributes (interface, record_type, path, kind) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING`, args...); err != nil {
		return 0, err
	}
	var id int64
	_, err := s.one(ctx, `SELECT id FROM attributes WHERE interface = ? AND record_type = ? AND path = ? AND kind = ?`, args, &id)
	if err != nil {
		return 0, err
	}
	s.fresh[wanted] = id
	return id, nil
}

// addValuesByRows sends values in statements of a few rows. More would be slower: the driver looks for
// each parameter among all.
func addValuesByRows(ctx context.Context, to runner, values []attributeValue) error {
	const insert = `INSERT INTO attribute_values (record_id, attribute_id, value) VALUES `
	full, err := to.PrepareContext(ctx, insert+rows(valuesAtOnce, 3))
	if err != nil {
		return err
	}
	defer func() { _ = full.Close() }()
	for chunk := range slices.Chunk(values, valuesAtOnce) {
		args := make([]any, 0, 3*len(chunk))
		for _, value := range chunk {
			args = append(args, value.record, value.attribute, value.value)
		}
		if len(chunk) == valuesAtOnce {
			_, err = full.ExecContext(ctx, args...)
		} else {
			_, err = to.ExecContext(ctx, insert+rows(len(chunk), 3), args...)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Record implements Records.
func (s session) Record(ctx context.Context, iface, recordType, key string) (Record, bool, error) {
	record := Record{Interface: iface, RecordType: recordType, Key: key}
	found, err := s.one(ctx, `SELECT data FROM records WHERE interface = ? AND record_type = ? AND record_key = ?`,
		[]any{iface, recordType, []byte(key)}, (*[]byte)(&record.Data))
	return record, found, err
}

// FindByIdentifier implements Records.
func (s session) FindByIdentifier(ctx context.Context, iface, recordType, holder, identifierType, identifierValue string) (Record, bool, error) {
	record := Record{Interface: iface, RecordType: recordType}
	found, err := s.one(ctx, `SELECT r.record_key, r.data FROM records r
		JOIN attribute_values v ON v.record_id = r.id
		JOIN attributes a ON a.id = v.attribute_id
		WHERE a.interface = ? AND a.record_type = ? AND a.path = ? AND a.kind = ? AND v.value = ?
		ORDER BY r.id LIMIT 1`,
		[]any{iface, recordType, []byte(holder), string(identifierKind), encodeIdentifier(identifierType, identifierValue)},
		&record.Key, (*[]byte)(&record.Data))
	return record, found, err
}
