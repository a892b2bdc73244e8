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
	Defect{ID: "process-unlinked-still-resolved", Class: classProcess, Breaks: []string{"PROC-PAY-001"},
		Sentence: "goes on telling the address of somebody who was unlinked", Alter: stillResolved},
)
