package steps

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// absent is the value that removes a member.
type absent struct{}

var (
	shifted  = regexp.MustCompile(`^a time (\d+) (second|minute|hour|day)s? (ago|ahead)(?: at ([+-])(\d\d):(\d\d))?$`)
	lengthy  = regexp.MustCompile(`^a text of (\d+) characters( beyond ASCII)?$`)
	quoted   = regexp.MustCompile(`^"(.*)"$`)
	units    = map[string]time.Duration{"second": time.Second, "minute": time.Minute, "hour": time.Hour, "day": 24 * time.Hour}
	constant = map[string]any{"absent": absent{}, "empty": "", "null": nil, "an empty list": []any{}, "an empty object": map[string]any{}}
)

// value reads a value as the feature files write it: absent, empty, null, "text", a number, true,
// JSON, `a time 2 days ago`, `a time 0 seconds ago at +05:30`, `a text of 100 characters`.
func value(text string) (any, error) {
	if fixed, ok := constant[text]; ok {
		return fixed, nil
	}
	if match := quoted.FindStringSubmatch(text); match != nil {
		return match[1], nil
	}
	if match := shifted.FindStringSubmatch(text); match != nil {
		count, _ := strconv.Atoi(match[1])
		shift := time.Duration(count) * units[match[2]]
		if match[3] == "ago" {
			shift = -shift
		}
		return time.Now().Add(shift).In(zone(match[4:])).Format(time.RFC3339), nil
	}
	if match := lengthy.FindStringSubmatch(text); match != nil {
		count, _ := strconv.Atoi(match[1])
		return textOf(count, match[2] != ""), nil
	}
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	var decoded any
	if err := decoder.Decode(&decoded); err != nil {
		return nil, fmt.Errorf("the feature file says %q, which is no value that the steps know", text)
	}
	return decoded, nil
}

// zone is the offset from UTC that the sign, hours and minutes of a time name; UTC where there is none.
func zone(offset []string) *time.Location {
	hours, err := strconv.Atoi(offset[1])
	if err != nil {
		return time.UTC
	}
	minutes, _ := strconv.Atoi(offset[2])
	east := hours*3600 + minutes*60
	if offset[0] == "-" {
		east = -east
	}
	return time.FixedZone("", east)
}

// textOf is a text of so many characters that is not the same twice, where there is room for that.
func textOf(count int, beyondASCII bool) string {
	filling := "x"
	if beyondASCII {
		filling = "ñ"
	}
	unique := strings.ToLower(rand.Text())[:min(count, 16)]
	return unique + strings.Repeat(filling, count-len(unique))
}

// set changes one field of a draft. A field is header.x, message.x, item.x or item N.x (an item of
// the request, the first where no number is given) or criteria.x or criteria N.x (of such an item).
func (d *Draft) set(field string, value any) error {
	scope, rest, ok := strings.Cut(field, ".")
	if !ok {
		return d.setWhole(field, value)
	}
	switch {
	case scope == "header":
		d.headerEdits = append(d.headerEdits, func(header map[string]any) { put(header, rest, value) })
		return nil
	case scope == "message":
		put(d.Message, rest, value)
		return nil
	}
	item, err := d.item(scope)
	if err != nil {
		return err
	}
	put(item, rest, value)
	d.follow()
	return nil
}

// follow lets the questions know the reference_ids of their items.
func (d *Draft) follow() {
	for i, element := range d.items() {
		item, _ := element.(map[string]any)
		if reference, ok := item["reference_id"].(string); ok && i < len(d.Questions) {
			d.Questions[i].ReferenceID = reference
		}
	}
}

// setWhole changes a whole part of the envelope.
func (d *Draft) setWhole(part string, value any) error {
	if _, ok := value.(absent); !ok {
		return fmt.Errorf("%q can only be made absent as a whole", part)
	}
	previous := d.reshape
	d.reshape = func(body []byte) []byte {
		if previous != nil {
			body = previous(body)
		}
		var envelope map[string]json.RawMessage
		if json.Unmarshal(body, &envelope) != nil {
			return body
		}
		delete(envelope, part)
		smaller, err := wire(envelope)
		if err != nil {
			return body
		}
		return smaller
	}
	return nil
}

var itemScope = regexp.MustCompile(`^(item|criteria)(?: (\d+))?$`)

func (d *Draft) item(scope string) (map[string]any, error) {
	match := itemScope.FindStringSubmatch(scope)
	if match == nil {
		return nil, fmt.Errorf("the feature file names %q: use header, message, item, item N, criteria or criteria N", scope)
	}
	criteria, index := match[1] == "criteria", 0
	if match[2] != "" {
		number, _ := strconv.Atoi(match[2])
		index = number - 1
	}
	if d.Kind == "txn-status" {
		item, _ := d.Message["txnstatus_request"].(map[string]any)
		return item, nil
	}
	items := d.items()
	if index < 0 || index >= len(items) {
		return nil, fmt.Errorf("the message has no item %d", index+1)
	}
	item, _ := items[index].(map[string]any)
	if !criteria {
		return item, nil
	}
	for _, name := range []string{"search_criteria", "subscribe_criteria", "data"} {
		if inner, ok := item[name].(map[string]any); ok {
			return inner, nil
		}
	}
	return nil, fmt.Errorf("item %d has no criteria", index+1)
}

// putInto sets a member of a list's element, which the path begins with, counted from 0.
func putInto(list []any, path string, value any) {
	position, rest, _ := strings.Cut(path, ".")
	if at, err := strconv.Atoi(position); err == nil && at < len(list) {
		if element, ok := list[at].(map[string]any); ok {
			put(element, rest, value)
		}
	}
}

// put sets a member by a dotted path; missing objects on the way are made.
func put(object map[string]any, path string, value any) {
	name, rest, deeper := strings.Cut(path, ".")
	if list, ok := object[name].([]any); ok && deeper {
		putInto(list, rest, value)
		return
	}
	if deeper {
		inner, ok := object[name].(map[string]any)
		if !ok {
			inner = map[string]any{}
			object[name] = inner
		}
		put(inner, rest, value)
		return
	}
	if _, remove := value.(absent); remove {
		delete(object, name)
		return
	}
	object[name] = value
}
