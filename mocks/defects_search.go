package mocks

import (
	"context"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/spconform/spconform/reference"
	"github.com/spconform/spconform/reference/query"
	"github.com/spconform/spconform/reference/store"
)

const (
	classEmpty       = "empty results"
	classCanned      = "canned answers"
	classIgnored     = "query ignored"
	classWrongPerson = "wrong person"
	classSilentCut   = "answers cut off"
	classInjection   = "values executed"
)

// nobody answers every search with no record.
func nobody(v *Vendor) {
	v.Searches(func(context.Context, query.Query, search) (store.Found, error) { return store.Found{}, nil })
}

// oneForAll answers every search with the first record of the type.
func oneForAll(v *Vendor) {
	v.Searches(func(ctx context.Context, q query.Query, next search) (store.Found, error) {
		all, err := readAll(ctx, q, next)
		if err != nil || len(all) == 0 {
			return store.Found{}, err
		}
		return store.Found{Records: all[:1], Total: 1}, nil
	})
}

// byIdentifier decides by itself who holds an identifier.
func byIdentifier(holds func(asked query.HasIdentifier, kind, value string) bool) func(*Vendor) {
	return judged(func(node query.Node, record map[string]any) (met, decided bool) {
		asked, decided := node.(query.HasIdentifier)
		if decided {
			identifiersOf(record, asked.Attribute, func(kind, value string) { met = met || holds(asked, kind, value) })
		}
		return met, decided
	})
}

// dayLike accepts what looks like a date and time, whether or not there is such a day.
func dayLike(text string) bool {
	return len(text) >= len("2025-02-30T00:00:00Z") && text[4] == '-' && text[10] == 'T'
}

// cutOff answers a search without pagination with so many records and no word.
func cutOff(most int) func(*Vendor) {
	return func(v *Vendor) {
		v.Searches(func(ctx context.Context, q query.Query, next search) (store.Found, error) {
			found, err := next(ctx, q)
			if q.Page != nil && q.Page.Size == reference.DefaultLimits.Records && len(found.Records) > most {
				found.Records, found.Total = found.Records[:most], most
			}
			return found, err
		})
	}
}

// executedValue changes an identifier_value as an engine would that executes it.
func executedValue(change func(asked query.HasIdentifier, value string) bool) func(*Vendor) {
	return byIdentifier(func(asked query.HasIdentifier, kind, value string) bool {
		return asked.Type == kind && (asked.Value == value || change(asked, value))
	})
}

var _ = register(
	Defect{ID: "search-always-empty", Class: classEmpty, Breaks: []string{"REG-SEARCH-001"},
		Sentence: "answers every search with status succ and no record", Alter: nobody},
	Defect{ID: "search-empty-in-callbacks", Class: classEmpty, Strength: AsyncOnly, Breaks: []string{"REG-SEARCH-001", "REG-SEARCH-007"},
		Sentence: "answers asynchronous searches with no record",
		Alter: items(func(out reference.Outgoing, _ int, item map[string]any) {
			if later(out) {
				keep(item, []any{})
			}
		})},
	Defect{ID: "search-empty-every-third", Class: classEmpty, Strength: EveryThird, Breaks: []string{"REG-SEARCH-024"},
		Sentence: "answers every third search with no record",
		Alter: func(v *Vendor) {
			third := everyThird()
			v.Searches(func(ctx context.Context, q query.Query, next search) (store.Found, error) {
				if third() {
					return store.Found{}, nil
				}
				return next(ctx, q)
			})
		}},
	Defect{ID: "search-canned-person", Class: classCanned, Breaks: []string{"REG-SEARCH-001", "REG-SEARCH-002"},
		Sentence: "answers every search with the same record", Alter: oneForAll},
	Defect{ID: "search-canned-from-the-first", Class: classCanned, Breaks: []string{"REG-SEARCH-001"}, Exercise: []string{"REG-SEARCH-025"},
		Sentence: "answers every search with the records that it found for the first",
		Alter: func(v *Vendor) {
			var first swap[*store.Found]
			v.Searches(func(ctx context.Context, q query.Query, next search) (store.Found, error) {
				found, err := next(ctx, q)
				if err != nil || found.Total == 0 {
					return found, err
				}
				kept := first.put(&found)
				if kept == nil {
					return found, nil
				}
				first.put(kept)
				return *kept, nil
			})
		}},
	Defect{ID: "search-canned-in-callbacks", Class: classCanned, Strength: AsyncOnly, Breaks: []string{"REG-SEARCH-001"},
		Sentence: "calls back with one record, the same for every search",
		Alter: func(v *Vendor) {
			var first swap[any]
			answering(func(_ reference.Outgoing, _, body map[string]any) {
				for _, item := range listed(body, "search_response") {
					data := within(item, "data")
					kept := first.put(data["reg_records"])
					if kept != nil {
						first.put(kept)
						data["reg_records"] = kept
					}
				}
			})(v)
		}},
	Defect{ID: "search-query-ignored", Class: classIgnored, Breaks: []string{"REG-SEARCH-001", "REG-SEARCH-002"},
		Sentence: "ignores the query and answers with everything",
		Alter:    restated(func(q query.Query) query.Query { q.Where = nil; return q })},
	Defect{ID: "search-no-match-first-record", Class: classWrongPerson, Breaks: []string{"REG-SEARCH-002"},
		Sentence: "answers a search that nobody matches with the first record",
		Alter: func(v *Vendor) {
			v.Searches(func(ctx context.Context, q query.Query, next search) (store.Found, error) {
				found, err := next(ctx, q)
				if err != nil || found.Total > 0 {
					return found, err
				}
				all, err := readAll(ctx, q, next)
				return store.Found{Records: all[:min(1, len(all))], Total: 1}, err
			})
		}},
	Defect{ID: "identifier-type-ignored", Class: classWrongPerson, Breaks: []string{"REG-SEARCH-006"},
		Sentence: "compares the identifier's value and not its type",
		Alter:    byIdentifier(func(asked query.HasIdentifier, _, value string) bool { return asked.Value == value })},
	Defect{ID: "identifier-type-of-another", Class: classWrongPerson, Breaks: []string{"REG-SEARCH-006"},
		Sentence: "compares type and value, but of different identifiers of a record",
		Alter: judged(func(node query.Node, record map[string]any) (met, decided bool) {
			asked, decided := node.(query.HasIdentifier)
			kinds, valued := false, false
			if decided {
				identifiersOf(record, asked.Attribute, func(kind, value string) {
					kinds, valued = kinds || kind == asked.Type, valued || value == asked.Value
				})
			}
			return kinds && valued, decided
		})},
	Defect{ID: "identifier-by-its-beginning", Class: classWrongPerson, Breaks: []string{"REG-SEARCH-001"},
		Sentence: "finds whoever's identifier begins with the one asked for",
		Alter: byIdentifier(func(asked query.HasIdentifier, kind, value string) bool {
			return asked.Type == kind && strings.HasPrefix(value, asked.Value)
		})},
	Defect{ID: "identifier-cut-at-eleven", Class: classWrongPerson, Breaks: []string{"REG-SEARCH-001"},
		Sentence: "compares the first eleven letters of an identifier",
		Alter: byIdentifier(func(asked query.HasIdentifier, kind, value string) bool {
			const column = 11
			return asked.Type == kind && value[:min(column, len(value))] == asked.Value[:min(column, len(asked.Value))]
		})},
	Defect{ID: "identifier-first-only", Class: classIgnored, Breaks: []string{"REG-SEARCH-025"},
		Sentence: "searches the first identifier of a record only",
		Alter: judged(func(node query.Node, record map[string]any) (met, decided bool) {
			asked, decided := node.(query.HasIdentifier)
			first := true
			if decided {
				identifiersOf(record, asked.Attribute, func(kind, value string) {
					met, first = met || first && kind == asked.Type && value == asked.Value, false
				})
			}
			return met, decided
		})},
	Defect{ID: "identifier-of-first-type-only", Class: classIgnored, Breaks: []string{"REG-SEARCH-024"},
		Sentence: "finds records of its first record type only",
		Alter: func(v *Vendor) {
			v.Searches(func(ctx context.Context, q query.Query, next search) (store.Found, error) {
				if q.Record.Name != "Person" {
					return store.Found{}, nil
				}
				return next(ctx, q)
			})
		}},
	Defect{ID: "unpaged-answer-cut-at-10", Class: classSilentCut, Breaks: []string{"REG-SEARCH-020"},
		Sentence: "answers with ten records where no page is asked for, and says nothing of the rest", Alter: cutOff(10)},
	Defect{ID: "unpaged-answer-cut-at-50", Class: classSilentCut, Breaks: []string{"REG-SEARCH-020"},
		Sentence: "answers with fifty records where no page is asked for, and says nothing of the rest", Alter: cutOff(50)},
	Defect{ID: "unpaged-answer-first-only", Class: classSilentCut, Breaks: []string{"REG-SEARCH-020"},
		Sentence: "answers with the first record where no page is asked for", Alter: cutOff(1)},
	Defect{ID: "identifier-executed-as-sql", Class: classInjection, Breaks: []string{"REG-SEARCH-022"},
		Sentence: "writes the identifier_value into its SQL",
		Alter: executedValue(func(asked query.HasIdentifier, _ string) bool {
			return strings.Contains(asked.Value, "' OR ")
		})},
	Defect{ID: "identifier-cut-at-sql-comment", Class: classInjection, Breaks: []string{"REG-SEARCH-022"},
		Sentence: "reads an identifier_value up to its first quotation mark",
		Alter: executedValue(func(asked query.HasIdentifier, value string) bool {
			before, _, quoted := strings.Cut(asked.Value, "'")
			return quoted && before == value
		})},
	Defect{ID: "identifier-like-pattern", Class: classInjection, Breaks: []string{"REG-SEARCH-022"},
		Sentence: "compares identifiers by LIKE",
		Alter:    executedValue(func(asked query.HasIdentifier, value string) bool { return likePattern(asked.Value, value) })},
	Defect{ID: "identifier-wildcard", Class: classInjection, Breaks: []string{"REG-SEARCH-022"},
		Sentence: "takes a star in an identifier_value for anything",
		Alter: executedValue(func(asked query.HasIdentifier, value string) bool {
			before, _, starred := strings.Cut(asked.Value, "*")
			return starred && strings.HasPrefix(value, before)
		})},
	Defect{ID: "vendor-envelope-without-records", Class: classArchetype, Archetype: true,
		Breaks:   []string{"REG-SEARCH-001", "REG-SEARCH-003", "REG-QEX-001"},
		Sentence: "answers every query with a valid envelope, no record and an invented reference_id",
		Alter:    altogether(nobody, references(func(reference.Outgoing, int, string) any { return "ref-0001" }))},
	Defect{ID: "vendor-one-person-for-all", Class: classArchetype, Archetype: true,
		Breaks:   []string{"REG-SEARCH-001", "REG-SEARCH-002", "REG-QPR-001"},
		Sentence: "answers every query with one canned person", Alter: oneForAll},
	Defect{ID: "vendor-everybody-for-all", Class: classArchetype, Archetype: true,
		Breaks:   []string{"REG-SEARCH-001", "REG-SEARCH-002", "REG-QEX-007"},
		Sentence: "ignores the query and the page and answers with everything",
		Alter:    restated(func(q query.Query) query.Query { q.Where, q.Page = nil, nil; return q })},
)

func inASCII(text string) string {
	return strings.Map(func(r rune) rune {
		if r > unicode.MaxASCII {
			return '?'
		}
		return r
	}, text)
}

// likePattern is SQL's LIKE for a pattern whose only sign stands at its end.
func likePattern(pattern, text string) bool {
	if before, ok := strings.CutSuffix(pattern, "%"); ok {
		return strings.HasPrefix(text, before)
	}
	before, ok := strings.CutSuffix(pattern, "_")
	rest, begins := strings.CutPrefix(text, before)
	return ok && begins && utf8.RuneCountInString(rest) == 1
}
