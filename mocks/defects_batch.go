package mocks

import (
	"fmt"
	"slices"

	"github.com/spconform/spconform/reference"
	"github.com/spconform/spconform/spec/message"
)

const classBatch = "only the first item of a batch answered"

// answered leaves items of an answer out.
func answered(keep func(out reference.Outgoing, number int, item map[string]any) bool) func(*Vendor) {
	return func(v *Vendor) {
		v.Answers(func(out reference.Outgoing, all []map[string]any) []map[string]any {
			var kept []map[string]any
			for i, item := range all {
				if keep(out, i+1, item) {
					kept = append(kept, item)
				}
			}
			return kept
		})
	}
}

// reordered changes the records of the items among each other.
func reordered(change func(records [][]any) [][]any) func(*Vendor) {
	return func(v *Vendor) {
		v.Answers(func(_ reference.Outgoing, all []map[string]any) []map[string]any {
			var records [][]any
			for _, item := range all {
				records = append(records, found(item))
			}
			for i, own := range change(records) {
				keep(all[i], own)
			}
			return all
		})
	}
}

// spoiled rejects the items for which wrong says so of the others.
func spoiled(wrong func(number int, rejected []int) bool) func(*Vendor) {
	return func(v *Vendor) {
		v.Answers(func(_ reference.Outgoing, all []map[string]any) []map[string]any {
			var rejected []int
			for i, item := range all {
				if item["status"] == message.StatusRejected {
					rejected = append(rejected, i+1)
				}
			}
			for i, item := range all {
				if len(rejected) > 0 && wrong(i+1, rejected) {
					delete(item, "data")
					item["status"], item["status_reason_code"] = message.StatusRejected, message.RejectFilter
				}
			}
			return all
		})
	}
}

// alike makes members of the criteria of every item those of the first.
func alike(members ...string) func(*Vendor) {
	return func(v *Vendor) {
		v.Misreads(func(_ *reference.Incoming, body map[string]any) {
			list, _ := body["search_request"].([]any)
			var first map[string]any
			for _, element := range list {
				item, _ := element.(map[string]any)
				criteria, _ := item["search_criteria"].(map[string]any)
				if first == nil {
					first = criteria
				}
				for _, member := range members {
					if criteria != nil && first[member] != nil {
						criteria[member] = first[member]
					}
				}
			}
		})
	}
}

var _ = register(
	Defect{ID: "batch-first-item-only", Class: classBatch, Breaks: []string{"REG-BATCH-001"},
		Sentence: "answers the first item of a batch only",
		Alter:    answered(func(_ reference.Outgoing, number int, _ map[string]any) bool { return number == 1 })},
	Defect{ID: "batch-first-item-only-in-callbacks", Class: classBatch, Strength: AsyncOnly, Breaks: []string{"REG-BATCH-001"},
		Sentence: "answers the first item of a batch only, asynchronously",
		Alter:    answered(func(out reference.Outgoing, number int, _ map[string]any) bool { return !later(out) || number == 1 })},
	Defect{ID: "batch-third-item-lost", Class: classBatch, Strength: ThirdItem, Breaks: []string{"REG-BATCH-001"},
		Sentence: "leaves the third item of a batch out",
		Alter:    answered(func(_ reference.Outgoing, number int, _ map[string]any) bool { return number != 3 })},
	Defect{ID: "batch-cut-at-ten", Class: classBatch, Breaks: []string{"REG-BATCH-001", "REG-BATCH-007"},
		Sentence: "answers ten items of a batch and leaves the others out",
		Alter:    answered(func(_ reference.Outgoing, number int, _ map[string]any) bool { return number <= 10 })},
	Defect{ID: "batch-last-item-lost-in-large", Class: classBatch, Breaks: []string{"REG-BATCH-007"},
		Sentence: "answers 32 items of a batch and leaves the others out",
		Alter:    answered(func(_ reference.Outgoing, number int, _ map[string]any) bool { return number <= 32 })},
	Defect{ID: "batch-item-answered-twice", Class: classBatch, Breaks: []string{"REG-BATCH-001"},
		Sentence: "answers the second item of a batch twice",
		Alter: func(v *Vendor) {
			v.Answers(func(_ reference.Outgoing, all []map[string]any) []map[string]any {
				if len(all) > 1 {
					return slices.Insert(all, 1, all[1])
				}
				return all
			})
		}},
	Defect{ID: "batch-records-in-first-item", Class: classBatch, Breaks: []string{"REG-BATCH-001"},
		Sentence: "puts the records of all items into the first",
		Alter: reordered(func(records [][]any) [][]any {
			merged := make([][]any, len(records))
			for i := range merged {
				merged[i] = []any{}
			}
			if len(records) > 0 {
				merged[0] = slices.Concat(records...)
			}
			return merged
		})},
	Defect{ID: "batch-records-of-next-item", Class: classWrongPerson, Breaks: []string{"REG-BATCH-001"},
		Sentence: "gives each item of a batch the records of the next",
		Alter: reordered(func(records [][]any) [][]any {
			if len(records) < 2 {
				return records
			}
			return append(records[1:], records[0])
		})},
	Defect{ID: "batch-second-and-third-swapped", Class: classWrongPerson, Breaks: []string{"REG-BATCH-001"},
		Sentence: "swaps the records of the second and third item",
		Alter: reordered(func(records [][]any) [][]any {
			if len(records) > 2 {
				records[1], records[2] = records[2], records[1]
			}
			return records
		})},
	Defect{ID: "batch-gap-left-out", Class: classBatch, Breaks: []string{"REG-BATCH-002"},
		Sentence: "leaves an item without a match out where another item has one",
		Alter: func(v *Vendor) {
			v.Answers(func(_ reference.Outgoing, all []map[string]any) []map[string]any {
				if len(all) < 2 {
					return all
				}
				return slices.DeleteFunc(all, func(item map[string]any) bool {
					return item["status"] == message.StatusSuccess && len(found(item)) == 0
				})
			})
		}},
	Defect{ID: "batch-gap-spoils-the-rest", Class: classBatch, Breaks: []string{"REG-BATCH-002"},
		Sentence: "stops at the first item without a match",
		Alter: func(v *Vendor) {
			v.Answers(func(_ reference.Outgoing, all []map[string]any) []map[string]any {
				for i, item := range all {
					if item["status"] == message.StatusSuccess && len(found(item)) == 0 {
						return all[:i+1]
					}
				}
				return all
			})
		}},
	Defect{ID: "batch-one-wrong-spoils-all", Class: classBatch, Breaks: []string{"REG-BATCH-003"},
		Sentence: "rejects every item of a batch where one is wrong",
		Alter:    spoiled(func(int, []int) bool { return true })},
	Defect{ID: "batch-stops-at-a-wrong-one", Class: classBatch, Breaks: []string{"REG-BATCH-003"},
		Sentence: "rejects the items behind a wrong one",
		Alter:    spoiled(func(number int, rejected []int) bool { return number > rejected[0] })},
	Defect{ID: "batch-wrong-item-left-out", Class: classBatch, Breaks: []string{"REG-BATCH-003"},
		Sentence: "leaves a wrong item out of the answer",
		Alter: func(v *Vendor) {
			v.Answers(func(_ reference.Outgoing, all []map[string]any) []map[string]any {
				if len(all) < 2 {
					return all
				}
				return slices.DeleteFunc(all, func(item map[string]any) bool { return item["status"] == message.StatusRejected })
			})
		}},
	Defect{ID: "batch-wrong-item-answered-empty", Class: classBatch, Breaks: []string{"REG-BATCH-003"},
		Sentence: "answers a wrong item of a batch with no record and status succ",
		Alter: items(func(_ reference.Outgoing, _ int, item map[string]any) {
			if item["status"] == message.StatusRejected {
				delete(item, "status_reason_code")
				item["status"], item["data"] = message.StatusSuccess, map[string]any{"reg_records": []any{}}
			}
		})},
	Defect{ID: "reference-id-optional", Class: classBatch, Breaks: []string{"REG-BATCH-004"},
		Sentence: "takes items in without a reference_id and numbers them",
		Alter: misreadItems(func(_ *reference.Incoming, number int, item map[string]any) {
			if absentText(item, "reference_id") {
				item["reference_id"] = fmt.Sprintf("item-%d", number)
			}
		})},
	Defect{ID: "reference-id-optional-behind-the-first", Class: classBatch, Breaks: []string{"REG-BATCH-004"},
		Sentence: "looks at the reference_id of the first item only",
		Alter: misreadItems(func(_ *reference.Incoming, number int, item map[string]any) {
			if absentText(item, "reference_id") && number > 1 {
				item["reference_id"] = fmt.Sprintf("item-%d", number)
			}
		})},
	Defect{ID: "reference-id-duplicate-accepted", Class: classBatch, Breaks: []string{"REG-BATCH-005"},
		Sentence: "answers two items with one reference_id",
		Alter:    twins(func(first, second int) bool { return true })},
	Defect{ID: "reference-id-duplicate-apart-accepted", Class: classBatch, Breaks: []string{"REG-BATCH-005"},
		Sentence: "compares a reference_id with that of the item before only",
		Alter:    twins(func(first, second int) bool { return second > first+1 })},
	Defect{ID: "batch-criteria-of-the-first", Class: classBatch, Breaks: []string{"REG-BATCH-001", "REG-BATCH-006"},
		Sentence: "answers every item of a batch by the query of the first",
		Alter:    alike("query_type", "query")},
	Defect{ID: "batch-record-type-of-the-first", Class: classBatch, Breaks: []string{"REG-BATCH-006"},
		Sentence: "searches the record type of the first item for every item",
		Alter:    alike("reg_record_type")},
)

// twins lets a reference_id be used again where the positions are accepted: the second is read under
// another and answered under its own.
func twins(accepted func(first, second int) bool) func(*Vendor) {
	const mark = "#again"
	return altogether(
		func(v *Vendor) {
			v.Misreads(func(_ *reference.Incoming, body map[string]any) {
				list, _ := body["search_request"].([]any)
				seen := map[string]int{}
				for i, element := range list {
					item, _ := element.(map[string]any)
					id, _ := item["reference_id"].(string)
					if first, again := seen[id]; again && id != "" && accepted(first, i) {
						item["reference_id"] = id + mark
					}
					seen[id] = i
				}
			})
		},
		references(func(_ reference.Outgoing, _ int, id string) any {
			if len(id) > len(mark) && id[len(id)-len(mark):] == mark {
				return id[:len(id)-len(mark)]
			}
			return id
		}))
}
