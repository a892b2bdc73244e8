package mocks

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/spconform/spconform/reference"
	"github.com/spconform/spconform/reference/query"
	"github.com/spconform/spconform/reference/store"
)

// classProcess are the ways in which systems that each answer rightly for themselves break a process
// between them.
const classProcess = "processes across systems"

// tellsOf changes the records of every answer of one interface.
func tellsOf(interfaceID string, change func(record map[string]any)) func(*Vendor) {
	return func(v *Vendor) {
		v.Sending(func(out reference.Outgoing, _, body map[string]any) {
			if out.Interface.ID != interfaceID {
				return
			}
			for _, item := range listed(body, "search_response", "notify_event") {
				for _, record := range listed(within(item, "data"), "reg_records") {
					change(record)
				}
			}
		})
	}
}

// keeper keeps values that requests write and read at the same time.
type keeper[T any] struct {
	mu   sync.Mutex
	held map[string]T
}

func (k *keeper[T]) put(key string, value T) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.held == nil {
		k.held = map[string]T{}
	}
	k.held[key] = value
}

func (k *keeper[T]) get(key string) (T, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	value, known := k.held[key]
	return value, known
}

// postedTo remembers the identifiers under which enrolments are posted.
func postedTo(v *Vendor) *keeper[bool] {
	posted := &keeper[bool]{}
	v.Understands(func(in *reference.Incoming, body map[string]any) {
		if in.Operation.Intake == nil {
			return
		}
		for _, beneficiary := range listed(within(body, "enrolled_updates"), "beneficiaries") {
			for _, id := range listed(within(beneficiary, "member"), "member_identifier") {
				if value, ok := id["identifier_value"].(string); ok {
					posted.put(value, true)
				}
			}
		}
	})
	return posted
}

// asksBy says whether a query has a condition on an attribute.
func asksBy(node query.Node, attribute string) bool {
	switch node := node.(type) {
	case query.Compare:
		return strings.HasPrefix(node.Path, attribute)
	case query.And:
		return slices.ContainsFunc(node, func(part query.Node) bool { return asksBy(part, attribute) })
	}
	return false
}

// findsOtherwise changes what the searches of one interface find.
func findsOtherwise(interfaceID string, change func(q query.Query, found *store.Found)) func(*Vendor) {
	return func(v *Vendor) {
		v.State(state{search: func(ctx context.Context, q query.Query, next func(context.Context, query.Query) (store.Found, error)) (store.Found, error) {
			found, err := next(ctx, q)
			if err == nil && q.Interface == interfaceID {
				change(q, &found)
			}
			return found, err
		}})
	}
}

// staleEnrolments answers the question about enrolment by what was held before anything was posted.
func staleEnrolments(v *Vendor) {
	posted := postedTo(v)
	findsOtherwise("ibr", func(q query.Query, found *store.Found) {
		if !asksBy(q.Where, "enrolment_status") {
			return
		}
		found.Records = slices.DeleteFunc(found.Records, func(raw json.RawMessage) bool { return names(raw, posted) })
		found.Total = len(found.Records)
	})(v)
}

// names says whether a beneficiary's record has an identifier that was remembered.
func names(raw json.RawMessage, of *keeper[bool]) bool {
	var record map[string]any
	if !readObject(raw, &record) {
		return false
	}
	return slices.ContainsFunc(listed(within(record, "member"), "member_identifier"), func(id map[string]any) bool {
		value, _ := id["identifier_value"].(string)
		_, known := of.get(value)
		return known
	})
}

// stillResolved goes on telling the address of somebody who was unlinked.
func stillResolved(v *Vendor) {
	gone := &keeper[store.Link]{}
	v.Addresses(addresses{linkOf: func(changing bool, id string, held store.Link, linked bool) (store.Link, bool) {
		if changing && linked {
			gone.put(id, held)
		}
		if before, known := gone.get(id); known && !changing && !linked {
			return before, true
		}
		return held, linked
	}})
}

// toldTo changes the records of every notification of one interface.
func toldTo(interfaceID string, change func(record map[string]any)) func(*Vendor) {
	return func(v *Vendor) {
		v.Sending(func(out reference.Outgoing, _, body map[string]any) {
			if out.Interface.ID != interfaceID {
				return
			}
			for _, event := range listed(body, "notify_event") {
				switch told := within(event, "data")["reg_records"].(type) {
				case map[string]any:
					change(told)
				case []any:
					for _, record := range listed(within(event, "data"), "reg_records") {
						change(record)
					}
				}
			}
		})
	}
}

// leavesOutLast drops one of those found by a condition on an attribute.
func leavesOutLast(interfaceID, attribute string) func(*Vendor) {
	return findsOtherwise(interfaceID, func(q query.Query, found *store.Found) {
		if asksBy(q.Where, attribute) && len(found.Records) > 1 {
			found.Records = found.Records[:len(found.Records)-1]
			found.Total--
		}
	})
}

// resolvesPrevious tells of each id the address of the one that was asked for before.
func resolvesPrevious(v *Vendor) {
	var before swap[any]
	v.EachItem(func(out reference.Outgoing, item map[string]any) {
		if out.Operation.ID == "sync-resolve" && item["fa"] != nil {
			if last := before.put(item["fa"]); last != nil {
				item["fa"] = last
			} else {
				item["fa"] = "account:000000000000@national-bank"
			}
		}
	})
}

// dayBefore moves a date of a record back by a day.
func dayBefore(record map[string]any, attribute string) {
	told, _ := record[attribute].(string)
	if at, err := time.Parse(time.RFC3339, told); err == nil {
		record[attribute] = at.AddDate(0, 0, -1).Format(time.RFC3339)
	}
}

var _ = register(
	Defect{ID: "process-enrolment-not-seen", Class: classProcess, Breaks: []string{"PROC-IBR-001", "PROC-BEN-001"},
		Sentence: "takes enrolments and answers whether somebody is enrolled by what it held before", Alter: staleEnrolments},
	Defect{ID: "process-score-rounded", Class: classProcess, Breaks: []string{"PROC-SR-001"},
		Sentence: "rounds a household's score to whole numbers when it is asked by identifier",
		Alter: tellsOf("social", func(record map[string]any) {
			if score, told := record["poverty_score"]; told {
				number, _ := strconv.ParseFloat(fmt.Sprint(score), 64)
				record["poverty_score"] = json.Number(strconv.Itoa(int(number)))
			}
		})},
	Defect{ID: "process-birth-a-day-early", Class: classProcess, Breaks: []string{"PROC-CRVS-002", "PROC-CRVS-005"},
		Sentence: "tells in civil registration the day before of every birth",
		Alter:    tellsOf("crvs", func(record map[string]any) { dayBefore(record, "birth_date") })},
	Defect{ID: "process-married-for-ever", Class: classProcess, Breaks: []string{"PROC-CRVS-004"},
		Sentence: "tells in civil registration the marital status that somebody had before a spouse's death",
		Alter: tellsOf("crvs", func(record map[string]any) {
			if record["marital_status"] == "W" {
				record["marital_status"] = "M"
			}
		})},
	Defect{ID: "process-pending-told-approved", Class: classProcess, Breaks: []string{"PROC-DR-002"},
		Sentence: "tells a pending disability as approved",
		Alter: tellsOf("dr", func(record map[string]any) {
			if record["disability_status"] == "1" {
				record["disability_status"] = "0"
			}
		})},
	Defect{ID: "process-one-farm-told", Class: classProcess, Breaks: []string{"PROC-FR-002"},
		Sentence: "tells one farm of a farmer who has several",
		Alter: tellsOf("fr", func(record map[string]any) {
			if farms, _ := record["farm_details"].([]any); len(farms) > 1 {
				record["farm_details"] = farms[:1]
			}
		})},
	Defect{ID: "process-first-benefit-only", Class: classProcess, Breaks: []string{"PROC-IBR-002"},
		Sentence: "keeps one benefit of each beneficiary that is posted",
		Alter: posted(func(beneficiary map[string]any) {
			if benefits, _ := beneficiary["benefits"].([]any); len(benefits) > 1 {
				beneficiary["benefits"] = benefits[:1]
			}
		})},
	Defect{ID: "process-graduated-still-enrolled", Class: classProcess, Breaks: []string{"PROC-IBR-003"},
		Sentence: "takes somebody who has graduated for enrolled when it is asked",
		Alter: posted(func(beneficiary map[string]any) {
			if beneficiary["enrolment_status"] == "3" {
				beneficiary["enrolment_status"] = "1"
			}
		})},
	Defect{ID: "process-address-not-passed-on", Class: classProcess, Breaks: []string{"PROC-SR-002"},
		Sentence: "tells subscribers of a household without the address",
		Alter:    toldTo("social", func(record map[string]any) { delete(record, "address") })},
	Defect{ID: "process-score-told-late", Class: classProcess, Breaks: []string{"PROC-SR-003", "PROC-SR-004"},
		Sentence: "tells subscribers the score that a household was loaded with",
		Alter: toldTo("social", func(record map[string]any) {
			if _, told := record["poverty_score"]; told {
				record["poverty_score"] = json.Number("39.00")
			}
		})},
	Defect{ID: "process-update-clears-programme", Class: classProcess, Breaks: []string{"PROC-SR-004"},
		Sentence: "forgets the programmes of a beneficiary whose household is posted",
		Alter: posted(func(beneficiary map[string]any) {
			if group := within(beneficiary, "group"); group["poverty_score"] != nil && group["group_size"] == nil {
				beneficiary["programme_identifier"] = []any{}
			}
		})},
	Defect{ID: "process-names-swapped", Class: classProcess, Breaks: []string{"PROC-CRVS-001"},
		Sentence: "tells in civil registration the surname as the given name",
		Alter: tellsOf("crvs", func(record map[string]any) {
			name := within(record, "name")
			if name["surname"] != nil {
				name["surname"], name["given_name"] = name["given_name"], name["surname"]
			}
		})},
	Defect{ID: "process-death-without-date", Class: classProcess, Breaks: []string{"PROC-CRVS-003"},
		Sentence: "tells subscribers of a death without its date",
		Alter:    toldTo("crvs", func(record map[string]any) { delete(record, "death_date") })},
	Defect{ID: "process-dead-still-enrolled", Class: classProcess, Breaks: []string{"PROC-CRVS-003"},
		Sentence: "takes a beneficiary who has died for enrolled when it is asked",
		Alter: posted(func(beneficiary map[string]any) {
			if beneficiary["enrolment_status"] == "2" {
				beneficiary["enrolment_status"] = "1"
			}
		})},
	Defect{ID: "process-birth-without-parent", Class: classProcess, Breaks: []string{"PROC-CRVS-006"},
		Sentence: "tells subscribers of a birth without the parents",
		Alter:    toldTo("crvs", func(record map[string]any) { delete(record, "parent1_identifier") })},
	Defect{ID: "process-one-enrolled-left-out", Class: classProcess, Breaks: []string{"PROC-IBR-004", "PROC-DR-003"},
		Sentence: "leaves the last beneficiary out of a search by programme",
		Alter:    leavesOutLast("ibr", "programme_identifier")},
	Defect{ID: "process-one-disabled-left-out", Class: classProcess, Breaks: []string{"PROC-DR-001"},
		Sentence: "leaves the last person out of a search by level of disability",
		Alter:    leavesOutLast("dr", "disability_status_level")},
	Defect{ID: "process-disabled-inverted", Class: classProcess, Breaks: []string{"PROC-DR-002", "PROC-DR-003"},
		Sentence: "says yes of those whom it does not hold and no of those whose disability is approved",
		Alter: said("sync-disabled", "disabled_response", func(item map[string]any) {
			item["disabled_status"] = map[any]string{"yes": "no", "no": "yes"}[item["disabled_status"]]
		})},
	Defect{ID: "process-ids-are-no-accounts", Class: classProcess, Breaks: []string{"PROC-PAY-002"},
		Sentence: "pays to accounts alone, though it maps ids to them",
		Alter: func(v *Vendor) {
			v.Understands(func(in *reference.Incoming, body map[string]any) {
				for _, item := range listed(body, "disbursements") {
					if payee, _ := item["payee_fa"].(string); strings.HasPrefix(payee, "uin:") {
						item["payee_fa"] = "account:0@no-bank"
					}
				}
			})
		}},
	Defect{ID: "process-farmers-found-without-the-last", Class: classProcess, Breaks: []string{"PROC-BEN-002", "PROC-FR-001"},
		Sentence: "finds of the farmers with little land the first ten",
		Alter: findsOtherwise("fr", func(q query.Query, found *store.Found) {
			if asksBy(q.Where, "farm_details") && len(found.Records) > 10 {
				found.Records = found.Records[:10]
				found.Total = 10
			}
		})},
	Defect{ID: "process-one-farmer-left-out", Class: classProcess, Breaks: []string{"PROC-FR-001"},
		Sentence: "leaves the last farmer out of a search by size",
		Alter:    leavesOutLast("fr", "farm_details")},
	Defect{ID: "process-paid-under-another-name", Class: classProcess, Breaks: []string{"PROC-PAY-001", "PROC-BEN-001"},
		Sentence: "tells as the address of a person the one of the last who was resolved",
		Alter:    resolvesPrevious},
	Defect{ID: "process-unlinked-still-resolved", Class: classProcess, Breaks: []string{"PROC-PAY-001", "PROC-PAY-002"},
		Sentence: "goes on telling the address of somebody who was unlinked", Alter: stillResolved},
)
