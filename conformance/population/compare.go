package population

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"github.com/spconform/spconform/datadictionary"
)

// Identifier is a type and a value.
type Identifier struct{ Type, Value string }

// IdentifierOf lists the identifiers that a record holds at the attribute, a dotted path, whatever the
// prefixes of its keys.
func IdentifierOf(record map[string]any, identifierAttribute string) []Identifier {
	held := []any{record}
	for segment := range strings.SplitSeq(identifierAttribute, ".") {
		var next []any
		for _, at := range held {
			members, _ := at.(map[string]any)
			switch inner := unwrapped(member(members, segment)).(type) {
			case []any:
				next = append(next, inner...)
			default:
				next = append(next, inner)
			}
		}
		held = next
	}
	var found []Identifier
	for _, item := range held {
		parts, _ := item.(map[string]any)
		kind, _ := unwrapped(member(parts, "identifier_type")).(string)
		text, ok := unwrapped(member(parts, "identifier_value")).(string)
		if ok && text != "" {
			found = append(found, Identifier{Type: kind[strings.LastIndex(kind, ":")+1:], Value: text})
		}
	}
	return found
}

// member is the attribute under its plain or a prefixed key; one that is null is absent.
func member(of map[string]any, attribute string) any {
	if held := of[attribute]; held != nil {
		return held
	}
	for _, key := range slices.Sorted(maps.Keys(of)) {
		if strings.HasSuffix(key, ":"+attribute) && of[key] != nil {
			return of[key]
		}
	}
	return nil
}

// unwrapped is what a JSON-LD value, list or set object holds.
func unwrapped(held any) any {
	parts, ok := held.(map[string]any)
	if !ok {
		return held
	}
	for _, keyword := range []string{"@value", "@list", "@set"} {
		if inner, ok := parts[keyword]; ok {
			return inner
		}
	}
	return held
}

// The kinds of Difference.
const (
	Missing   = "missing"
	Different = "different"
	Extra     = "extra"
	NotFound  = "notFound"
)

// Difference is one place where a record is not the wanted one. It names the place and never a value.
type Difference struct{ Path, Kind string }

// Compare holds a record of an answer against the wanted one by meaning: prefixes and the dictionary's
// other spellings are the attribute itself, moments are instants, numbers decimals, codes their listed
// code, texts characters however they are composed (Unicode, canonical equivalence), arrays sets; last_updated
// may be later, since a registry notes itself when it was told; JSON-LD keywords do not count, and null, "" and [] are absent. A nil record is
// NotFound.
func Compare(want Record, got map[string]any) []Difference {
	if got == nil {
		return []Difference{{Kind: NotFound}}
	}
	// Most answers are the record as it was given, and to see that costs a tenth.
	if identical(want.Data, got) {
		return nil
	}
	form := &normal{}
	object := ""
	if want.shape != nil {
		form.words, object = want.shape.words, want.shape.object
	}
	return differences("", form.object(object, want.Data, 0), form.object(object, got, 0))
}

// identical says whether two values are so as a JSON decoder makes them; of what it does not make, that they are not.
func identical(a, b any) bool {
	switch a := a.(type) {
	case map[string]any:
		b, ok := b.(map[string]any)
		if !ok || len(a) != len(b) {
			return false
		}
		for name, held := range a {
			if other, has := b[name]; !has || !identical(held, other) {
				return false
			}
		}
		return true
	case []any:
		b, ok := b.([]any)
		return ok && slices.EqualFunc(a, b, identical)
	case string, json.Number, bool, nil:
		return a == b
	}
	return false
}

// normal brings records into a form in which equal meaning is equal text: objects as maps by canonical
// attribute, arrays as []any, scalars as the key of their value.
type normal struct{ words *datadictionary.Dictionary }

// maxNesting bounds the depth to which a record is compared.
const maxNesting = 32

func (n *normal) object(object string, members map[string]any, depth int) map[string]any {
	made := map[string]any{}
	if depth > maxNesting {
		return made
	}
	for key, held := range members {
		if strings.HasPrefix(key, "@") {
			continue
		}
		name := key[strings.LastIndex(key, ":")+1:]
		var about attribute
		if n.words != nil {
			of := &shape{words: n.words, object: object}
			found, err := of.attribute(key)
			if err != nil {
				// A prefix of the record's own @context; whether it is the standard's is for the dictionary to judge.
				found, err = of.attribute(name)
			}
			if err == nil {
				about, name = found, found.path
			}
		}
		if normal := n.held(about, held, depth); normal != nil {
			made[name] = normal
		}
	}
	return made
}

// held is nil for what counts as absent.
func (n *normal) held(about attribute, held any, depth int) any {
	held = unwrapped(held)
	if held == nil || held == "" {
		return nil
	}
	items, isArray := held.([]any)
	if !isArray {
		items = []any{held}
	}
	var made []any
	for _, item := range items {
		if one := n.one(about, unwrapped(item), depth); one != nil {
			made = append(made, one)
		}
	}
	switch {
	case len(made) == 0:
		return nil
	case about.about.Attribute.Repeated() && about.path != "", len(made) > 1:
		return made
	}
	return made[0]
}

func (n *normal) one(about attribute, item any, depth int) any {
	if members, ok := item.(map[string]any); ok {
		if inner := n.object(about.about.Attribute.Object, members, depth+1); len(inner) > 0 {
			return inner
		}
		return nil
	}
	if item == nil || item == "" {
		return nil
	}
	if read, ok := about.read(item); ok && about.about.Scalar != "" {
		return norm.NFC.String(read.key())
	}
	if items, ok := item.([]any); ok {
		return n.held(about, items, depth+1)
	}
	text, err := json.Marshal(item)
	if err != nil {
		return fmt.Sprintf("?:%T", item)
	}
	return "?:" + norm.NFC.String(string(text))
}

func differences(path string, want, got any) []Difference {
	switch wanted := want.(type) {
	case map[string]any:
		if found, ok := got.(map[string]any); ok {
			return inObject(path, wanted, found)
		}
	case []any:
		if found, ok := got.([]any); ok {
			return inArray(path, wanted, found)
		}
	default:
		if want == got {
			return nil
		}
	}
	return []Difference{{Path: path, Kind: Different}}
}

func inObject(path string, want, got map[string]any) []Difference {
	var found []Difference
	for _, key := range slices.Sorted(maps.Keys(want)) {
		here := strings.TrimPrefix(path+"."+key, ".")
		if held, ok := got[key]; ok {
			if key == lastUpdated && notBefore(held, want[key]) {
				continue
			}
			found = append(found, differences(here, want[key], held)...)
		} else {
			found = append(found, Difference{Path: here, Kind: Missing})
		}
	}
	for _, key := range slices.Sorted(maps.Keys(got)) {
		if _, ok := want[key]; !ok {
			found = append(found, Difference{Path: strings.TrimPrefix(path+"."+safe(key), "."), Kind: Extra})
		}
	}
	return found
}

// lastUpdated is the registry's own to write: when it was told of a record or of its change.
const lastUpdated = "last_updated"

// notBefore says whether a moment, in its normal form, is the wanted one or later.
func notBefore(got, want any) bool {
	read := func(key any) (time.Time, bool) {
		text, _ := key.(string)
		at, err := time.Parse(time.RFC3339Nano, strings.TrimPrefix(text, momentKey))
		return at, err == nil
	}
	told, ok := read(got)
	given, known := read(want)
	return ok && known && !told.Before(given)
}

// inArray pairs each wanted element with the one that is most like it, whatever the order.
func inArray(path string, want, got []any) []Difference {
	var found []Difference
	used := make([]bool, len(got))
	for position, wanted := range want {
		here := path + "[" + strconv.Itoa(position) + "]"
		best, least := -1, []Difference(nil)
		for offset := range got {
			at := (position + offset) % len(got)
			if used[at] {
				continue
			}
			differs := differences(here, wanted, got[at])
			if best < 0 || len(differs) < len(least) {
				best, least = at, differs
			}
			if len(differs) == 0 {
				break
			}
		}
		if best < 0 {
			found = append(found, Difference{Path: here, Kind: Missing})
			continue
		}
		used[best] = true
		found = append(found, least...)
	}
	for position := len(want); position < len(got); position++ {
		found = append(found, Difference{Path: path + "[" + strconv.Itoa(position) + "]", Kind: Extra})
	}
	return found
}

// safe hides a key that does not look like the name of an attribute: it may be data.
func safe(key string) string {
	plain := func(r rune) bool {
		return r == '_' || r == '-' || (r >= 'a' && r <= 'z') || (r >= 'A' && r <= 'Z') || (r >= '0' && r <= '9')
	}
	if key == "" || len(key) > 64 || (key[0] >= '0' && key[0] <= '9') || strings.ContainsFunc(key, func(r rune) bool { return !plain(r) }) {
		return "?"
	}
	return key
}
