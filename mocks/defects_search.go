package mocks

import (
	"context"

	"github.com/spconform/spconform/reference"
	"github.com/spconform/spconform/reference/query"
	"github.com/spconform/spconform/reference/store"
)

var _ = register(
	Defect{ID: "search-always-empty", Class: "empty results", Breaks: []string{"REG-SEARCH-001"},
		Sentence: "answers every search with status succ and no record",
		Alter: func(v *Vendor) {
			v.Searches(func(context.Context, query.Query, func(context.Context, query.Query) (store.Found, error)) (store.Found, error) {
				return store.Found{}, nil
			})
		}},
	Defect{ID: "reference-id-invented", Class: "reference_id", Breaks: []string{"REG-SEARCH-003"},
		Sentence: "gives each item a reference_id of its own",
		Alter: func(v *Vendor) {
			v.Answers(func(_ reference.Outgoing, items []map[string]any) []map[string]any {
				for _, item := range items {
					item["reference_id"] = "ref-0001"
				}
				return items
			})
		}},
)
