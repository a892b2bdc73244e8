package reference

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/gowebpki/jcs"

	"github.com/spconform/spconform/reference/query"
	"github.com/spconform/spconform/reference/store"
	"github.com/spconform/spconform/spec"
)

// The changes that an event type may tell of (spec/interfaces, event_types.on).
const (
	changeCreated     = "created"
	changeUpdated     = "updated"
	changeMemberAdded = "member_added"
)

// memberList is the attribute whose growth is a change of its own.
const memberList = "member_list"

// change is one record as it is after a write, and what the write did to it.
type change struct {
	record spec.RecordType
	data   json.RawMessage
	kinds  []string
	// attributes are those of the record that an update changed.
	attributes map[string]bool
}

// contentError says that a record cannot be taken in. It names attributes and rules, never values.
type contentError struct{ detail string }

func (e *contentError) Error() string { return e.detail }

// apply writes a record, found again by any of its identifiers: attributes that are given replace those
// that are held, others stay. The result is held to the data dictionary.
func (s *Server) apply(ctx context.Context, tx store.Tx, described spec.Interface, recordType string, given json.RawMessage) (change, error) {
	record, known := described.Record(recordType)
	if !known {
		return change{}, &contentError{"reg_record_type is not a record type of this registry"}
	}
	made := change{record: record}
	var members map[string]json.RawMessage
	identifiers, err := identifiersOf(record, given)
	if err != nil {
		return made, err
	}
	if err := json.Unmarshal(given, &members); err != nil {
		return made, err
	}
	held, found, err := find(ctx, tx, described.ID, record, identifiers)
	if err != nil {
		return made, err
	}
	row := store.Record{Interface: described.ID, RecordType: record.Name, Key: held.Key, Data: given}
	if found {
		var before map[string]json.RawMessage
		if err := json.Unmarshal(held.Data, &before); err != nil {
			return made, errors.New("a stored record is not a JSON object")
		}
		merged := maps.Clone(before)
		maps.Copy(merged, members)
		if row.Data, err = json.Marshal(merged); err != nil {
			return made, err
		}
		made.kinds = changesOf(held.Data, row.Data, before, merged)
		made.attributes = differing(before, merged)
	} else {
		made.kinds = []string{changeCreated}
		row.Key = keyOf(identifiers, given)
	}
	for _, violation := range s.dictionary.ValidateJSON(record.Object, row.Data) {
		if !violation.Advisory {
			return made, &contentError{violation.String()}
		}
	}
	made.data = row.Data
	return made, tx.PutRecords(ctx, []store.Record{row})
}

type identifier struct{ kind, value string }

// identifiersOf are the identifiers that the record type is known by.
func identifiersOf(record spec.RecordType, data json.RawMessage) ([]identifier, error) {
	decoded, err := spec.DecodeStrict(data, spec.DefaultLimits)
	if err != nil {
		return nil, &contentError{err.Error()}
	}
	if _, object := decoded.(map[string]any); !object {
		return nil, &contentError{"a record must be a JSON object"}
	}
	var found []identifier
	query.Identifiers(decoded, func(attribute, kind, value string) {
		if attribute == record.Identifier {
			found = append(found, identifier{kind, value})
		}
	})
	slices.SortFunc(found, func(a, b identifier) int {
		return bytes.Compare([]byte(a.kind+"\x00"+a.value), []byte(b.kind+"\x00"+b.value))
	})
	return found, nil
}

func find(ctx context.Context, tx store.Tx, interfaceID string, record spec.RecordType, identifiers []identifier) (store.Record, bool, error) {
	for _, id := range identifiers {
		held, found, err := tx.FindByIdentifier(ctx, interfaceID, record.Name, record.Identifier, id.kind, id.value)
		if err != nil || found {
			return held, found, err
		}
	}
	return store.Record{}, false, nil
}

// keyOf is what the store knows a record by: its identifiers, else, where it has none, its content.
func keyOf(identifiers []identifier, data json.RawMessage) string {
	if len(identifiers) > 0 {
		return identifiers[0].kind + "|" + identifiers[0].value
	}
	if canonical, err := jcs.Transform(data); err == nil {
		data = canonical
	}
	sum := sha256.Sum256(data)
	return "sha256|" + hex.EncodeToString(sum[:])
}

func changesOf(before, after json.RawMessage, held, merged map[string]json.RawMessage) []string {
	was, errBefore := jcs.Transform(before)
	is, errAfter := jcs.Transform(after)
	if errBefore == nil && errAfter == nil && bytes.Equal(was, is) {
		return nil
	}
	kinds := []string{changeUpdated}
	if count(merged) > count(held) {
		kinds = append(kinds, changeMemberAdded)
	}
	return kinds
}

// differing are the attributes that two forms of a record do not share.
func differing(before, after map[string]json.RawMessage) map[string]bool {
	changed := map[string]bool{}
	for name, value := range after {
		was, errBefore := jcs.Transform(listOf(before[name]))
		is, errAfter := jcs.Transform(listOf(value))
		if errBefore != nil || errAfter != nil || !bytes.Equal(was, is) {
			changed[lastSegment(name)] = true
		}
	}
	return changed
}

// listOf puts a value into a list, since the canonical form is defined for lists and objects.
func listOf(value json.RawMessage) json.RawMessage {
	return slices.Concat(json.RawMessage("["), value, json.RawMessage("]"))
}

func count(record map[string]json.RawMessage) int {
	var members []json.RawMessage
	for name, raw := range record {
		if lastSegment(name) == memberList {
			_ = json.Unmarshal(raw, &members)
		}
	}
	return len(members)
}

// eventsOf are the event types that tell of a change.
func eventsOf(described spec.Interface, made change) []spec.EventType {
	var events []spec.EventType
	for _, event := range described.EventTypes {
		told := slices.ContainsFunc(event.On, func(on string) bool {
			concerns := on == changeCreated || event.Attribute == "" || made.attributes[event.Attribute]
			return concerns && slices.Contains(made.kinds, on)
		})
		if told && event.Record == made.record.Name {
			events = append(events, event)
		}
	}
	return events
}

// interfaceOf finds a served interface.
func (s *Server) interfaceOf(id string) (spec.Interface, error) {
	for _, described := range s.interfaces {
		if described.ID == id {
			return described, nil
		}
	}
	return spec.Interface{}, &contentError{fmt.Sprintf("interface is not served here: name one of %d that are", len(s.interfaces))}
}
