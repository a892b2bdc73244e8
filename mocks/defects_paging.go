package mocks

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/spconform/spconform/reference"
	"github.com/spconform/spconform/reference/query"
	"github.com/spconform/spconform/reference/store"
)

const (
	classSort = "page or sort ignored: sort"
	classPage = "page or sort ignored: page"
)

// unpaged is the size of the page that the reference reads where none is asked for.
var unpaged = reference.DefaultLimits.Records

// pages changes how a page is read; a search without one is left alone.
func pages(change func(ctx context.Context, q query.Query, next search) (store.Found, error)) func(*Vendor) {
	return func(v *Vendor) {
		v.Searches(func(ctx context.Context, q query.Query, next search) (store.Found, error) {
			if q.Page == nil || q.Page.Size == unpaged {
				return next(ctx, q)
			}
			return change(ctx, q, next)
		})
	}
}

// pageAsked changes the page that is asked for.
func pageAsked(change func(page *query.Page)) func(*Vendor) {
	return pages(func(ctx context.Context, q query.Query, next search) (store.Found, error) {
		page := *q.Page
		change(&page)
		q.Page = &page
		return next(ctx, q)
	})
}

// pageFound changes what a page holds.
func pageFound(change func(page query.Page, found *store.Found)) func(*Vendor) {
	return pages(func(ctx context.Context, q query.Query, next search) (store.Found, error) {
		found, err := next(ctx, q)
		change(*q.Page, &found)
		return found, err
	})
}

// pageTold changes the pagination of answers.
func pageTold(change func(item, told map[string]any)) func(*Vendor) {
	return items(func(_ reference.Outgoing, _ int, item map[string]any) {
		if told, ok := item["pagination"].(map[string]any); ok {
			change(item, told)
		}
	})
}

// misreadPage changes how the pagination of a search is understood.
func misreadPage(change func(page map[string]any)) func(*Vendor) {
	return misreadCriteria(func(_ *reference.Incoming, criteria map[string]any) {
		if page, ok := criteria["pagination"].(map[string]any); ok {
			change(page)
		}
	})
}

// misreadSort changes how the sort of a search is understood.
func misreadSort(change func(key map[string]any)) func(*Vendor) {
	return misreadCriteria(func(_ *reference.Incoming, criteria map[string]any) {
		list, _ := criteria["sort"].([]any)
		for _, element := range list {
			if key, ok := element.(map[string]any); ok {
				change(key)
			}
		}
	})
}

// number is a member's number; false where it is none.
func number(of map[string]any, name string) (float64, bool) {
	given, ok := of[name].(json.Number)
	if !ok {
		return 0, false
	}
	value, err := given.Float64()
	return value, err == nil
}

// sorted changes the order that is asked for.
func sorted(change func(keys []query.Sort) []query.Sort) func(*Vendor) {
	return restated(func(q query.Query) query.Query {
		q.Sort = change(slices.Clone(q.Sort))
		return q
	})
}

var _ = register(
	Defect{ID: "sort-ignored", Class: classSort, Breaks: []string{"REG-SORT-001", "REG-SORT-002"},
		Sentence: "ignores sort", Alter: sorted(func([]query.Sort) []query.Sort { return nil })},
	Defect{ID: "sort-always-ascending", Class: classSort, Breaks: []string{"REG-SORT-002"},
		Sentence: "sorts in ascending order whatever is asked",
		Alter: sorted(func(keys []query.Sort) []query.Sort {
			for i := range keys {
				keys[i].Descending = false
			}
			return keys
		})},
	Defect{ID: "sort-always-descending", Class: classSort, Breaks: []string{"REG-SORT-001", "REG-SORT-003"},
		Sentence: "sorts in descending order whatever is asked",
		Alter: sorted(func(keys []query.Sort) []query.Sort {
			for i := range keys {
				keys[i].Descending = true
			}
			return keys
		})},
	Defect{ID: "sort-numbers-as-text", Class: classSort, Breaks: []string{"REG-SORT-001", "REG-SORT-002"},
		Sentence: "sorts by the text of an attribute",
		Alter: sorted(func(keys []query.Sort) []query.Sort {
			for i := range keys {
				keys[i].Kind = query.Text
			}
			return keys
		})},
	Defect{ID: "sort-ignored-in-callbacks", Class: classSort, Strength: AsyncOnly, Breaks: []string{"REG-SORT-001", "REG-SORT-002"},
		Sentence: "turns the order of records in callbacks round",
		Alter: items(func(out reference.Outgoing, _ int, item map[string]any) {
			if later(out) {
				slices.Reverse(found(item))
			}
		})},
	Defect{ID: "sort-default-descending", Class: classSort, Breaks: []string{"REG-SORT-003"},
		Sentence: "sorts in descending order where no sort_order is given",
		Alter: misreadSort(func(key map[string]any) {
			if key["sort_order"] == nil {
				key["sort_order"] = "desc"
			}
		})},
	Defect{ID: "sort-unknown-attribute-ignored", Class: classSort, Breaks: []string{"REG-SORT-004"},
		Sentence: "ignores a sort by an attribute that it does not know",
		Alter: misreadSort(func(key map[string]any) {
			switch key["attribute_name"] {
			case strange, "1; DROP TABLE records", "":
				key["attribute_name"] = "registration_date"
			}
		})},
	Defect{ID: "sort-unknown-attribute-ignored-in-async", Class: classSort, Strength: AsyncOnly, Breaks: []string{"REG-SORT-004"},
		Sentence: "ignores a sort by an unknown attribute asynchronously",
		Alter: misreadCriteria(func(in *reference.Incoming, criteria map[string]any) {
			list, _ := criteria["sort"].([]any)
			for _, element := range list {
				if key, ok := element.(map[string]any); ok && askedLater(in) && key["attribute_name"] == strange {
					delete(criteria, "sort")
				}
			}
		})},
	Defect{ID: "sort-unknown-order-as-ascending", Class: classSort, Breaks: []string{"REG-SORT-005"},
		Sentence: "reads an unknown sort_order as asc",
		Alter: misreadSort(func(key map[string]any) {
			if key["sort_order"] != "desc" {
				key["sort_order"] = "asc"
			}
		})},
	Defect{ID: "sort-first-attribute-only", Class: classSort, Breaks: []string{"REG-SORT-006"},
		Sentence: "sorts by the first attribute only",
		Alter:    sorted(func(keys []query.Sort) []query.Sort { return keys[:min(1, len(keys))] })},
	Defect{ID: "sort-second-as-the-first", Class: classSort, Breaks: []string{"REG-SORT-006"},
		Sentence: "sorts the second attribute in the direction of the first",
		Alter: sorted(func(keys []query.Sort) []query.Sort {
			for i := range keys {
				keys[i].Descending = keys[0].Descending
			}
			return keys
		})},

	Defect{ID: "page-ignored", Class: classPage, Breaks: []string{"REG-PAGE-001", "REG-PAGE-002"},
		Sentence: "answers every page with everything",
		Alter:    pageAsked(func(page *query.Page) { page.Size, page.Number = query.MaxPageSize, 1 })},
	Defect{ID: "page-always-the-first", Class: classPage, Breaks: []string{"REG-PAGE-001", "REG-PAGE-005"},
		Sentence: "answers every page with the first", Alter: pageAsked(func(page *query.Page) { page.Number = 1 })},
	Defect{ID: "page-counted-from-zero", Class: classPage, Breaks: []string{"REG-PAGE-001", "REG-PAGE-009"},
		Sentence: "counts pages from zero", Alter: pageAsked(func(page *query.Page) { page.Number++ })},
	Defect{ID: "page-last-lost", Class: classPage, Breaks: []string{"REG-PAGE-001"},
		Sentence: "leaves a last page that is not full empty",
		Alter: pageFound(func(page query.Page, found *store.Found) {
			if len(found.Records) < page.Size {
				found.Records = nil
			}
		})},
	Defect{ID: "page-one-lost-between", Class: classPage, Strength: SecondPage, Breaks: []string{"REG-PAGE-001"},
		Sentence: "leaves the first record of the second page out",
		Alter: pageFound(func(page query.Page, found *store.Found) {
			if page.Number == 2 && len(found.Records) > 0 {
				found.Records = found.Records[1:]
			}
		})},
	Defect{ID: "page-overlapping", Class: classPage, Breaks: []string{"REG-PAGE-001"},
		Sentence: "begins each page with the last record of the one before",
		Alter: pages(func(ctx context.Context, q query.Query, next search) (store.Found, error) {
			whole := q
			whole.Page = &query.Page{Size: query.MaxPageSize, Number: 1}
			all, err := next(ctx, whole)
			from := min(len(all.Records), max(0, (q.Page.Number-1)*q.Page.Size-(q.Page.Number-1)))
			if q.Page.Number > query.MaxPageSize {
				from = len(all.Records)
			}
			all.Records = all.Records[from:min(len(all.Records), from+q.Page.Size)]
			return all, err
		})},
	Defect{ID: "page-order-changing", Class: classPage, Breaks: []string{"REG-PAGE-001"},
		Sentence: "orders the records anew for each page",
		Alter: pages(func(ctx context.Context, q query.Query, next search) (store.Found, error) {
			whole := q
			whole.Page = &query.Page{Size: query.MaxPageSize, Number: 1}
			all, err := next(ctx, whole)
			if q.Page.Number%2 == 0 {
				slices.Reverse(all.Records)
			}
			return paged(all.Records, q.Page), err
		})},
	Defect{ID: "page-sorted-by-itself", Class: classSort, Breaks: []string{"REG-PAGE-011"},
		Sentence: "sorts each page and not the whole answer",
		Alter: pages(func(ctx context.Context, q query.Query, next search) (store.Found, error) {
			plain, order := q, q
			plain.Sort = nil
			page, err := next(ctx, plain)
			if err != nil || len(q.Sort) == 0 {
				return page, err
			}
			order.Page = &query.Page{Size: query.MaxPageSize, Number: 1}
			all, err := next(ctx, order)
			var own []json.RawMessage
			for _, record := range all.Records {
				if slices.ContainsFunc(page.Records, func(r json.RawMessage) bool { return string(r) == string(record) }) {
					own = append(own, record)
				}
			}
			page.Records = own
			return page, err
		})},
	Defect{ID: "page-larger-than-asked", Class: classPage, Breaks: []string{"REG-PAGE-002"},
		Sentence: "gives one record more than a page may hold",
		Alter:    pageAsked(func(page *query.Page) { page.Size++ })},
	Defect{ID: "page-of-ten-at-least", Class: classPage, Breaks: []string{"REG-PAGE-002"},
		Sentence: "takes a page_size of less than ten for ten",
		Alter:    pageAsked(func(page *query.Page) { page.Size = max(10, page.Size) })},
	Defect{ID: "total-count-of-the-page", Class: classPage, Breaks: []string{"REG-PAGE-003"},
		Sentence: "gives the number of records on the page as total_count",
		Alter:    pageTold(func(item, told map[string]any) { told["total_count"] = len(found(item)) })},
	Defect{ID: "total-count-of-pages", Class: classPage, Breaks: []string{"REG-PAGE-003"},
		Sentence: "gives the number of pages as total_count",
		Alter: pageTold(func(_, told map[string]any) {
			total, counted := number(told, "total_count")
			size, sized := number(told, "page_size")
			if counted && sized && size > 0 {
				told["total_count"] = int((total + size - 1) / size)
			}
		})},
	Defect{ID: "total-count-on-the-first-page-only", Class: classPage, Breaks: []string{"REG-PAGE-003"},
		Sentence: "counts the records for the first page only",
		Alter: pageTold(func(_, told map[string]any) {
			if page, ok := number(told, "page_number"); ok && page > 1 {
				told["total_count"] = 0
			}
		})},
	Defect{ID: "page-number-always-one", Class: classPage, Breaks: []string{"REG-PAGE-004"},
		Sentence: "says of every page that it is the first",
		Alter:    pageTold(func(_, told map[string]any) { told["page_number"] = 1 })},
	Defect{ID: "page-size-of-its-own", Class: classPage, Breaks: []string{"REG-PAGE-004"},
		Sentence: "says that every page has 25 records",
		Alter:    pageTold(func(_, told map[string]any) { told["page_size"] = 25 })},
	Defect{ID: "pagination-left-out", Class: classPage, Breaks: []string{"REG-PAGE-012"},
		Sentence: "answers pages without pagination",
		Alter:    items(func(_ reference.Outgoing, _ int, item map[string]any) { delete(item, "pagination") })},
	Defect{ID: "page-beyond-is-the-last", Class: classPage, Breaks: []string{"REG-PAGE-005"},
		Sentence: "answers a page beyond the last with the last",
		Alter: pages(func(ctx context.Context, q query.Query, next search) (store.Found, error) {
			found, err := next(ctx, q)
			if err != nil || len(found.Records) > 0 || found.Total == 0 {
				return found, err
			}
			q.Page = &query.Page{Size: q.Page.Size, Number: (found.Total + q.Page.Size - 1) / q.Page.Size}
			return next(ctx, q)
		})},
	Defect{ID: "page-size-below-one-as-ten", Class: classPage, Breaks: []string{"REG-PAGE-006"},
		Sentence: "reads a page_size below one as ten",
		Alter: misreadPage(func(page map[string]any) {
			if size, ok := number(page, "page_size"); ok && size < 1 {
				page["page_size"] = 10
			}
		})},
	Defect{ID: "page-size-negative-is-everything", Class: classPage, Breaks: []string{"REG-PAGE-006"},
		Sentence: "answers a negative page_size with everything",
		Alter: misreadPage(func(page map[string]any) {
			if size, ok := number(page, "page_size"); ok && size < 0 {
				page["page_size"] = query.MaxPageSize
			}
		})},
	Defect{ID: "page-no-number-as-default", Class: classPage, Breaks: []string{"REG-PAGE-007"},
		Sentence: "reads a page_size or page_number that is no number as its default",
		Alter: misreadPage(func(page map[string]any) {
			for name, fallback := range map[string]int{"page_size": 10, "page_number": 1} {
				if _, ok := number(page, name); !ok {
					page[name] = fallback
				}
			}
		})},
	Defect{ID: "page-fraction-cut-off", Class: classPage, Breaks: []string{"REG-PAGE-007"},
		Sentence: "cuts the fraction of a page_size or page_number off",
		Alter: misreadPage(func(page map[string]any) {
			for _, name := range []string{"page_size", "page_number"} {
				if value, ok := number(page, name); ok {
					page[name] = int(value)
				}
			}
		})},
	Defect{ID: "page-number-zero-as-one", Class: classPage, Breaks: []string{"REG-PAGE-008"},
		Sentence: "reads a page_number below one as one",
		Alter: misreadPage(func(page map[string]any) {
			if value, ok := number(page, "page_number"); ok && value < 1 {
				page["page_number"] = 1
			}
		})},
	Defect{ID: "page-number-absent-as-two", Class: classPage, Breaks: []string{"REG-PAGE-009"},
		Sentence: "answers with the second page where no page_number is given",
		Alter: misreadPage(func(page map[string]any) {
			if page["page_number"] == nil {
				page["page_number"] = 2
			}
		})},
	Defect{ID: "page-capped-at-twenty", Class: classSilentCut, Breaks: []string{"REG-PAGE-010"},
		Sentence: "gives at most twenty records a page, whatever is asked",
		Alter:    pageAsked(func(page *query.Page) { page.Size = min(20, page.Size) })},
)
