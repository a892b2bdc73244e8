package steps

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/spconform/spconform/conformance/population"
	"github.com/spconform/spconform/spec"
)

// householdObject is the dictionary object of a social registry's group.
const householdObject = "SRGroup"

var householdChecks = []Check{
	{"SR-REC-001", "counts the members of each household", withRecords, func(_ context.Context, s *Sent) *Fail {
		return s.eachHousehold(func(_ spec.RecordType, group map[string]any) *Fail {
			size, told := group["group_size"].(json.Number)
			members, listed := group["member_list"].([]any)
			if count, err := size.Float64(); told && listed && err == nil && count != float64(len(members)) {
				return &Fail{Expected: fmt.Sprintf("group_size %d, the number of members", len(members)),
					Actual: "group_size is another number", Attribute: householdObject + ".group_size"}
			}
			return nil
		})
	}},
	{"SR-REC-002", "has the head of each household among its members", withRecords, func(_ context.Context, s *Sent) *Fail {
		return s.eachHousehold(func(_ spec.RecordType, group map[string]any) *Fail {
			head, _ := group["group_head_info"].(map[string]any)
			identity := population.IdentifierOf(head, memberIdentifier)
			if len(identity) == 0 || group["member_list"] == nil {
				return nil
			}
			for _, member := range membersOf(group) {
				if sharesIdentifier(member, identity) {
					return nil
				}
			}
			return &Fail{Expected: "a head who is one of the members", Actual: "group_head_info is of none of member_list",
				Attribute: householdObject + ".group_head_info"}
		})
	}},
	{"SR-REC-003", "has households with all of their members", withRecords, func(_ context.Context, s *Sent) *Fail {
		return s.eachHousehold(func(record spec.RecordType, group map[string]any) *Fail {
			var departure *Fail
			for _, given := range s.given(record, group) {
				if departure = wholeHousehold(given.Data, group); departure == nil {
					return nil
				}
			}
			return departure
		})
	}},
	{"SR-REC-004", "calls each record what it is", withRecords, func(_ context.Context, s *Sent) *Fail {
		return s.eachRecord(func(record spec.RecordType, data map[string]any) *Fail {
			object, ok := s.env.Dictionary.Object(record.Object)
			if !ok || data["@type"] == nil {
				return nil
			}
			for _, told := range typesOf(data["@type"]) {
				if slices.Contains(object.Types, told) || told == object.Name {
					return nil
				}
			}
			return failf("@type "+strings.Join(object.Types, " or "), nil, "another @type")
		})
	}},
}

const memberIdentifier = "member_identifier"

// eachHousehold looks at every group of the social registry in the answer.
func (s *Sent) eachHousehold(look func(spec.RecordType, map[string]any) *Fail) *Fail {
	return s.eachRecord(func(record spec.RecordType, data map[string]any) *Fail {
		if record.Object != householdObject {
			return nil
		}
		return look(record, data)
	})
}

func membersOf(group map[string]any) []map[string]any {
	list, _ := group["member_list"].([]any)
	return objects(list)
}

func sharesIdentifier(member map[string]any, identity []population.Identifier) bool {
	return slices.ContainsFunc(population.IdentifierOf(member, memberIdentifier), func(id population.Identifier) bool {
		return slices.Contains(identity, id)
	})
}

// wholeHousehold says whether the group has the members that the registry was given, each once.
func wholeHousehold(given, group map[string]any) *Fail {
	told := membersOf(group)
	missing := 0
	for _, wanted := range membersOf(given) {
		identity := population.IdentifierOf(wanted, memberIdentifier)
		if !slices.ContainsFunc(told, func(member map[string]any) bool { return sharesIdentifier(member, identity) }) {
			missing++
		}
	}
	if more := len(told) - len(membersOf(given)); missing > 0 || more > 0 {
		return &Fail{Expected: fmt.Sprintf("the %d members of the household", len(membersOf(given))),
			Actual:    fmt.Sprintf("%d members, %d are missing", len(told), missing),
			Attribute: householdObject + ".member_list"}
	}
	return nil
}

// typesOf are the values of @type without their prefixes.
func typesOf(told any) []string {
	list, ok := told.([]any)
	if !ok {
		list = []any{told}
	}
	var names []string
	for _, one := range list {
		if name, ok := one.(string); ok {
			names = append(names, name[strings.LastIndexAny(name, ":/#")+1:])
		}
	}
	return names
}
