package mocks

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/spconform/spconform/reference"
	"github.com/spconform/spconform/reference/query"
	"github.com/spconform/spconform/reference/store"
)

// What the registries besides the social one can be wrong in.
const (
	classQuestion = "questions about a person"
	classIntake   = "posted enrolments"
	classVital    = "vital events"
)

// said changes the items of the answer of one operation.
func said(operation, list string, change func(item map[string]any)) func(*Vendor) {
	return func(v *Vendor) {
		v.Sending(func(out reference.Outgoing, _, body map[string]any) {
			if out.Operation.ID != operation {
				return
			}
			for _, item := range listed(body, list) {
				change(item)
			}
		})
	}
}

// saysOf puts one value into a member of every item.
func saysOf(operation, list, member string, value any) func(*Vendor) {
	return said(operation, list, func(item map[string]any) { item[member] = value })
}

// unasked leaves out the conditions of a question that are on an attribute.
func unasked(attribute string) func(*Vendor) {
	return withoutConditions(func(node query.Node) bool {
		compare, ok := node.(query.Compare)
		return ok && strings.HasPrefix(compare.Path, attribute)
	})
}

// withoutConditions leaves conditions of the store's searches out.
func withoutConditions(drop func(query.Node) bool) func(*Vendor) {
	return func(v *Vendor) {
		v.State(state{search: func(ctx context.Context, q query.Query, next func(context.Context, query.Query) (store.Found, error)) (store.Found, error) {
			if all, ok := q.Where.(query.And); ok {
				left := slices.DeleteFunc(slices.Clone(all), drop)
				if q.Where = left; len(left) == 0 {
					q.Where = nil
				}
			}
			return next(ctx, q)
		}})
	}
}

// toAnybody answers an operation to anybody, with a token or without.
func toAnybody(operations ...string) func(*Vendor) {
	return func(v *Vendor) {
		for _, check := range []string{"token", "token_sender"} {
			v.Forgives(check, func(in *reference.Incoming, _ error) bool { return slices.Contains(operations, in.Operation.ID) })
		}
	}
}

// firstOnly looks at the first element of a list in a record alone.
func firstOnly(list string) func(*Vendor) {
	return seeing(list, func(elements []any) []any { return elements[:1] })
}

// lastOnly looks at the last element of a list in a record alone.
func lastOnly(list string) func(*Vendor) {
	return seeing(list, func(elements []any) []any { return elements[len(elements)-1:] })
}

// severalNowhere does not look at a list of several elements.
func severalNowhere(list string) func(*Vendor) {
	return seeing(list, func([]any) []any { return nil })
}

// seeing lets a search see other elements of a list than a record has, where it has several.
func seeing(list string, seen func(elements []any) []any) func(*Vendor) {
	return func(v *Vendor) {
		v.State(state{search: func(ctx context.Context, q query.Query, next func(context.Context, query.Query) (store.Found, error)) (store.Found, error) {
			found, err := next(ctx, q)
			found.Records = slices.DeleteFunc(found.Records, func(raw json.RawMessage) bool {
				var record map[string]any
				decoded := readObject(raw, &record)
				if elements, ok := record[list].([]any); ok && decoded && len(elements) > 1 {
					record[list] = seen(elements)
				}
				return !query.Matches(q.Where, record)
			})
			return found, err
		}})
	}
}

// saysSometimes puts one value into a member of every third item.
func saysSometimes(operation, list, member string, value any) func(*Vendor) {
	return func(v *Vendor) {
		third := everyThird()
		said(operation, list, func(item map[string]any) {
			if third() {
				item[member] = value
			}
		})(v)
	}
}

func readObject(raw json.RawMessage, into *map[string]any) bool {
	decoder := json.NewDecoder(strings.NewReader(string(raw)))
	decoder.UseNumber()
	return decoder.Decode(into) == nil
}

// posted changes what the vendor takes a posted enrolment to say.
func posted(change func(beneficiary map[string]any)) func(*Vendor) {
	return func(v *Vendor) {
		v.Understands(func(in *reference.Incoming, body map[string]any) {
			if in.Operation.Intake != nil {
				for _, beneficiary := range listed(within(body, "enrolled_updates"), "beneficiaries") {
					change(beneficiary)
				}
			}
		})
	}
}

var _ = register(
	Defect{ID: "enrolled-never", Class: classQuestion, Breaks: []string{"IBR-ENR-001"}, Sentence: "says of everybody that they are not enrolled",
		Alter: saysOf("sync-enrolled", "enrolled_response", "enrolled_status", "no")},
	Defect{ID: "enrolled-always", Class: classQuestion, Breaks: []string{"IBR-ENR-002"}, Sentence: "says of everybody that they are enrolled",
		Alter: saysOf("sync-enrolled", "enrolled_response", "enrolled_status", "yes")},
	Defect{ID: "enrolled-anywhere", Class: classQuestion, Breaks: []string{"IBR-ENR-002"}, Sentence: "does not look at the programme",
		Alter: unasked("programme_identifier")},
	Defect{ID: "enrolled-when-suspended", Class: classQuestion, Breaks: []string{"IBR-ENR-003"}, Sentence: "takes a suspended enrolment for an active one",
		Alter: unasked("enrolment_status")},
	Defect{ID: "enrolled-with-name", Class: classQuestion, Breaks: []string{"IBR-ENR-004"}, Sentence: "tells the person's name besides",
		Alter: saysOf("sync-enrolled", "enrolled_response", "person_name", "A. Person")},
	Defect{ID: "enrolled-without-token", Class: classQuestion, Breaks: []string{"IBR-ENR-005"}, Sentence: "tells anybody who is enrolled",
		Alter: toAnybody("sync-enrolled")},
	Defect{ID: "enrolled-unknown-attribute", Class: classQuestion, Breaks: []string{"IBR-ENR-006"}, Sentence: "leaves out attributes that it does not know",
		Alter: func(v *Vendor) {
			v.Understands(func(in *reference.Incoming, body map[string]any) {
				if in.Operation.Lookup != nil {
					delete(within(body, in.Operation.Lookup.Criteria, "query"), "shoe_size_of_the_cat")
				}
			})
		}},
	Defect{ID: "enrolled-no-every-third", Class: classQuestion, Strength: EveryThird, Breaks: []string{"IBR-ENR-001"}, Sentence: "says of every third person that they are not enrolled",
		Alter: saysSometimes("sync-enrolled", "enrolled_response", "enrolled_status", "no")},
	Defect{ID: "enrolled-yes-every-third", Class: classQuestion, Strength: EveryThird, Breaks: []string{"IBR-ENR-002"}, Sentence: "says of every third person that they are enrolled",
		Exercise: []string{"IBR-ENR-003"}, Alter: saysSometimes("sync-enrolled", "enrolled_response", "enrolled_status", "yes")},
	Defect{ID: "enrolment-third-lost", Class: classIntake, Strength: ThirdItem, Breaks: []string{"IBR-UPD-003"}, Sentence: "leaves the third of several posted enrolments unanswered",
		Alter: func(v *Vendor) {
			v.Sending(func(out reference.Outgoing, _, body map[string]any) {
				if list, ok := body["enrolled_response"].([]any); ok && out.Operation.Intake != nil && len(list) > 2 {
					body["enrolled_response"] = slices.Delete(slices.Clone(list), 2, 3)
				}
			})
		}},
	Defect{ID: "enrolment-not-written", Class: classIntake, Breaks: []string{"IBR-UPD-001"}, Sentence: "says succ and keeps only the identifier",
		Alter: posted(func(beneficiary map[string]any) {
			for name := range beneficiary {
				if name != "member" {
					delete(beneficiary, name)
				}
			}
		})},
	Defect{ID: "enrolment-status-kept", Class: classIntake, Breaks: []string{"IBR-UPD-002"}, Sentence: "takes every posted enrolment for an active one",
		Alter: posted(func(beneficiary map[string]any) {
			if _, text := beneficiary["enrolment_status"].(string); text {
				beneficiary["enrolment_status"] = "1"
			}
		})},
	Defect{ID: "enrolment-wrong-taken", Class: classIntake, Breaks: []string{"IBR-UPD-003"}, Sentence: "takes an enrolment with a status that is none",
		Alter: posted(func(beneficiary map[string]any) {
			if _, text := beneficiary["enrolment_status"].(string); !text {
				delete(beneficiary, "enrolment_status")
			}
		})},
	Defect{ID: "enrolments-answered-together", Class: classIntake, Breaks: []string{"IBR-UPD-003"}, Sentence: "gives several enrolments one item",
		Alter: func(v *Vendor) {
			v.Sending(func(out reference.Outgoing, _, body map[string]any) {
				if list, ok := body["enrolled_response"].([]any); ok && out.Operation.Intake != nil && len(list) > 1 {
					body["enrolled_response"] = list[:1]
				}
			})
		}},
	Defect{ID: "enrolment-by-anybody", Class: classIntake, Breaks: []string{"IBR-UPD-004"}, Sentence: "lets every party post enrolments",
		Alter: func(v *Vendor) {
			v.Forgives("role", func(in *reference.Incoming, _ error) bool { return in.Operation.Intake != nil })
		}},

	Defect{ID: "disabled-never", Class: classQuestion, Breaks: []string{"DR-STAT-001"}, Sentence: "says of everybody that they are not disabled",
		Alter: saysOf("sync-disabled", "disabled_response", "disabled_status", "no")},
	Defect{ID: "disabled-always", Class: classQuestion, Breaks: []string{"DR-STAT-002"}, Sentence: "says of everybody that they are disabled",
		Alter: saysOf("sync-disabled", "disabled_response", "disabled_status", "yes")},
	Defect{ID: "disabled-when-expired", Class: classQuestion, Breaks: []string{"DR-STAT-003"}, Sentence: "does not look at the status of the registration",
		Alter: unasked("disability_status")},
	Defect{ID: "disabled-with-level", Class: classQuestion, Breaks: []string{"DR-STAT-004"}, Sentence: "tells the level of disability besides",
		Alter: saysOf("sync-disabled", "disabled_response", "disability_status_level", "2")},
	Defect{ID: "disabled-without-token", Class: classQuestion, Breaks: []string{"DR-STAT-005"}, Sentence: "tells anybody who is disabled",
		Alter: toAnybody("sync-disabled")},
	Defect{ID: "disability-details-without-token", Class: classQuestion, Breaks: []string{"DR-STAT-005"}, Sentence: "shows anybody the disabilities and support of people",
		Alter: toAnybody("sync-disability-details", "sync-disability-support")},
	Defect{ID: "disability-without-level", Class: classQuestion, Breaks: []string{"DR-DET-001"}, Sentence: "leaves the level out of the disabilities",
		Alter: said("sync-disability-details", "search_response", func(item map[string]any) {
			for _, record := range listed(within(item, "data"), "reg_records") {
				for _, detail := range listed(record, "disability_details") {
					delete(detail, "impairment_level")
				}
			}
		})},
	Defect{ID: "disability-of-others", Class: classQuestion, Breaks: []string{"DR-DET-001", "DR-DET-002", "DR-SUP-001"}, Sentence: "shows everybody's disabilities and support whoever is asked about",
		Alter: unasked("personal_details.member_identifier")},
	Defect{ID: "disability-with-person", Class: classQuestion, Breaks: []string{"DR-DET-003"}, Sentence: "shows where the person lives with the disabilities",
		Alter: said("sync-disability-details", "search_response", func(item map[string]any) {
			for _, record := range listed(within(item, "data"), "reg_records") {
				record["housing_type"] = "1"
			}
		})},
	Defect{ID: "support-emptied", Class: classQuestion, Breaks: []string{"DR-SUP-001"}, Sentence: "shows a list without supports",
		Alter: said("sync-disability-support", "search_response", func(item map[string]any) {
			within(item, "data")["reg_records"] = []any{[]any{}}
		})},
	Defect{ID: "support-of-nobody", Class: classQuestion, Breaks: []string{"DR-SUP-002"}, Sentence: "shows an empty support for somebody whom it does not hold",
		Alter: said("sync-disability-support", "search_response", func(item map[string]any) {
			if data := within(item, "data"); len(data["reg_records"].([]any)) == 0 {
				data["reg_records"] = []any{[]any{}}
			}
		})},

	Defect{ID: "parents-not-searched", Class: classVital, Breaks: []string{"CRVS-PAR-001"}, Sentence: "finds nobody by a parent",
		Alter: func(v *Vendor) {
			v.State(state{search: func(ctx context.Context, q query.Query, next func(context.Context, query.Query) (store.Found, error)) (store.Found, error) {
				if asksByParent(q.Where) {
					return store.Found{}, nil
				}
				return next(ctx, q)
			}})
		}},
	Defect{ID: "parents-found-by-the-first", Class: classVital, Breaks: []string{"CRVS-PAR-001"}, Sentence: "finds one child of a parent and not the others",
		Alter: func(v *Vendor) {
			v.State(state{search: func(ctx context.Context, q query.Query, next func(context.Context, query.Query) (store.Found, error)) (store.Found, error) {
				found, err := next(ctx, q)
				if asksByParent(q.Where) && len(found.Records) > 1 {
					found.Records, found.Total = found.Records[:1], 1
				}
				return found, err
			}})
		}},
	Defect{ID: "vital-no-deaths", Class: classVital, Breaks: []string{"CRVS-EVT-001"}, Silent: "the subscription was confirmed, and no notification is sent of the event", Sentence: "tells of no death",
		Alter: func(v *Vendor) {
			v.State(state{findSubscription: func(ctx context.Context, q store.SubscriptionQuery, next func(context.Context, store.SubscriptionQuery) ([]store.Subscription, error)) ([]store.Subscription, error) {
				if q.EventType == "Death" {
					return nil, nil
				}
				return next(ctx, q)
			}})
		}},
	Defect{ID: "vital-only-births", Class: classVital, Breaks: []string{"CRVS-EVT-001"}, Silent: "the subscription was confirmed, and no notification is sent of the event", Sentence: "tells of births alone",
		Alter: func(v *Vendor) {
			v.State(state{findSubscription: func(ctx context.Context, q store.SubscriptionQuery, next func(context.Context, store.SubscriptionQuery) ([]store.Subscription, error)) ([]store.Subscription, error) {
				if q.EventType != "LiveBirth" {
					return nil, nil
				}
				return next(ctx, q)
			}})
		}},
	Defect{ID: "vital-all-events", Class: classVital, Breaks: []string{"CRVS-EVT-002"}, Sentence: "tells every subscriber of every event",
		Alter: func(v *Vendor) {
			v.State(state{findSubscription: func(ctx context.Context, q store.SubscriptionQuery, next func(context.Context, store.SubscriptionQuery) ([]store.Subscription, error)) ([]store.Subscription, error) {
				q.EventType = ""
				return next(ctx, q)
			}})
		}},
	Defect{ID: "death-not-shown", Class: classVital, Breaks: []string{"CRVS-EVT-003"}, Sentence: "shows the dead as living",
		Alter: func(v *Vendor) { v.Records(func(record map[string]any) { delete(record, "death_date") }) }},
	Defect{ID: "first-farm-only", Class: classVital, Breaks: []string{"FR-FARM-001"}, Sentence: "looks at a farmer's first farm alone",
		Alter: firstOnly("farm_details")},
	Defect{ID: "last-farm-only", Class: classVital, Breaks: []string{"FR-FARM-001"}, Sentence: "looks at a farmer's last farm alone",
		Alter: lastOnly("farm_details")},
	Defect{ID: "two-farms-nowhere", Class: classVital, Breaks: []string{"FR-FARM-001"}, Sentence: "finds no farmer who has several farms by any of them",
		Alter: severalNowhere("farm_details")},
	Defect{ID: "last-job-only", Class: classVital, Breaks: []string{"ESS-JOB-001"}, Sentence: "looks at a member's last job alone",
		Alter: lastOnly("employment_info")},
	Defect{ID: "two-jobs-nowhere", Class: classVital, Breaks: []string{"ESS-JOB-001"}, Sentence: "finds no member who has several jobs by any of them",
		Alter: severalNowhere("employment_info")},
	Defect{ID: "first-job-only", Class: classVital, Breaks: []string{"ESS-JOB-001"}, Sentence: "looks at a member's first job alone",
		Alter: firstOnly("employment_info")},
)

// asksByParent says whether a query is by a parent's identifier.
func asksByParent(node query.Node) bool {
	switch node := node.(type) {
	case query.Compare:
		return strings.HasPrefix(node.Path, "parent1_identifier")
	case query.And:
		return slices.ContainsFunc(node, asksByParent)
	}
	return false
}
