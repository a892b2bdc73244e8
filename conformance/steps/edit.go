package steps

import (
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
	lengthy  = regexp.MustCompile(`^a text of (\d+) characters$`)
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
		return strings.Repeat("x", count), nil
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

// set changes one field of a draft. A field is header.x, message.x, item.x or item N.x (an item of
// the request, the first where no number is given) or criteria.x (of the first item).
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
	return nil
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

var itemScope = regexp.MustCompile(`^item(?: (\d+))?$`)

func (d *Draft) item(scope string) (map[string]any, error) {
	criteria := scope == "criteria"
	index := 0
	if match := itemScope.FindStringSubmatch(scope); match != nil && match[1] != "" {
		number, _ := strconv.Atoi(match[1])
		index = number - 1
	} else if match == nil && !criteria {
		return nil, fmt.Errorf("the feature file names %q: use header, message, item, item N or criteria", scope)
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

// put sets a member by a dotted path; missing objects on the way are made.
func put(object map[string]any, path string, value any) {
	name, rest, deeper := strings.Cut(path, ".")
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
