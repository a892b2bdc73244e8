package mocks

import (
	"strings"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"github.com/spconform/spconform/reference"
	"github.com/spconform/spconform/reference/query"
	"github.com/spconform/spconform/spec/message"
)

const (
	classReference   = "reference_id"
	classCorrelation = "correlation"
	classItem        = "items of an answer"
	classCriteria    = "search criteria"
)

// references changes the reference_id of items.
func references(change func(out reference.Outgoing, number int, id string) any) func(*Vendor) {
	return items(func(out reference.Outgoing, number int, item map[string]any) {
		id, _ := item["reference_id"].(string)
		if changed := change(out, number, id); changed != nil {
			item["reference_id"] = changed
		} else {
			delete(item, "reference_id")
		}
	})
}

// answerMember changes a member of the message of answers to searches.
func answerMember(name string, change func(out reference.Outgoing, body map[string]any, text string) string) func(*Vendor) {
	return func(v *Vendor) {
		v.Sending(func(out reference.Outgoing, _, body map[string]any) {
			if text, ok := body[name].(string); ok && body["search_response"] != nil {
				body[name] = change(out, body, text)
			}
		})
	}
}

// refusingCriteria rejects a search as soon as one of its members is there.
func refusingCriteria(wrong func(item, criteria map[string]any) bool) func(*Vendor) {
	return misreadItems(func(_ *reference.Incoming, _ int, item map[string]any) {
		criteria, _ := item["search_criteria"].(map[string]any)
		if criteria != nil && wrong(item, criteria) {
			criteria["query_type"] = "refused"
		}
	})
}

// absentText says whether a member is no text or the empty one.
func absentText(of map[string]any, name string) bool {
	text, ok := of[name].(string)
	return !ok || text == ""
}

var _ = register(
	Defect{ID: "search-no-match-rejected", Class: classItem, Breaks: []string{"REG-SEARCH-002", "REG-BATCH-002"},
		Sentence: "rejects a search that nobody matches",
		Alter: items(func(_ reference.Outgoing, _ int, item map[string]any) {
			if item["status"] == message.StatusSuccess && len(found(item)) == 0 {
				delete(item, "data")
				item["status"], item["status_reason_code"] = message.StatusRejected, message.RejectSearchCriteria
			}
		})},
	Defect{ID: "search-no-match-left-out", Class: classItem, Breaks: []string{"REG-SEARCH-002", "REG-BATCH-002"},
		Sentence: "leaves items without a match out of the answer",
		Alter: func(v *Vendor) {
			v.Answers(func(_ reference.Outgoing, all []map[string]any) []map[string]any {
				var kept []map[string]any
				for _, item := range all {
					if item["status"] != message.StatusSuccess || len(found(item)) > 0 {
						kept = append(kept, item)
					}
				}
				return kept
			})
		}},
	Defect{ID: "reference-id-invented", Class: classReference, Breaks: []string{"REG-SEARCH-003"},
		Sentence: "gives each item a reference_id of its own",
		Alter:    references(func(reference.Outgoing, int, string) any { return "ref-0001" })},
	Defect{ID: "reference-id-missing", Class: classReference, Breaks: []string{"REG-SEARCH-003"},
		Sentence: "leaves reference_id out of the answer's items",
		Alter:    references(func(reference.Outgoing, int, string) any { return nil })},
	Defect{ID: "reference-id-third-item", Class: classReference, Strength: ThirdItem, Breaks: []string{"REG-SEARCH-003"},
		Sentence: "invents the reference_id of the third item of a batch",
		Alter: references(func(_ reference.Outgoing, number int, id string) any {
			if number == 3 {
				return "item-3"
			}
			return id
		})},
	Defect{ID: "reference-id-transaction", Class: classReference, Breaks: []string{"REG-SEARCH-003"},
		Sentence: "echoes the message_id of the request as reference_id",
		Alter:    references(func(out reference.Outgoing, _ int, _ string) any { return out.Request.Header.MessageID })},
	Defect{ID: "reference-id-in-ascii", Class: classReference, Strength: BeyondASCII, Breaks: []string{"REG-SEARCH-003"},
		Sentence: "writes letters of a reference_id beyond ASCII as question marks",
		Alter:    references(func(_ reference.Outgoing, _ int, id string) any { return inASCII(id) })},
	Defect{ID: "reference-id-invented-in-callbacks", Class: classReference, Strength: AsyncOnly, Breaks: []string{"REG-SEARCH-003"},
		Sentence: "gives the items of callbacks a reference_id of their own",
		Alter: references(func(out reference.Outgoing, _ int, id string) any {
			if later(out) {
				return "callback-" + id
			}
			return id
		})},
	Defect{ID: "transaction-id-invented", Class: classCorrelation, Breaks: []string{"REG-SEARCH-004"},
		Sentence: "answers with a transaction_id of its own",
		Alter:    answerMember("transaction_id", func(reference.Outgoing, map[string]any, string) string { return "txn-1" })},
	Defect{ID: "transaction-id-invented-in-callbacks", Class: classCorrelation, Strength: AsyncOnly, Breaks: []string{"REG-SEARCH-004"},
		Sentence: "gives callbacks their correlation_id as transaction_id",
		Alter: answerMember("transaction_id", func(out reference.Outgoing, body map[string]any, text string) string {
			if correlation, ok := body["correlation_id"].(string); ok && later(out) {
				return correlation
			}
			return text
		})},
	Defect{ID: "transaction-id-cut", Class: classCorrelation, Breaks: []string{"REG-SEARCH-009"},
		Sentence: "keeps the first 64 letters of a transaction_id",
		Alter: answerMember("transaction_id", func(_ reference.Outgoing, _ map[string]any, text string) string {
			runes := []rune(text)
			return string(runes[:min(len(runes), 64)])
		})},
	Defect{ID: "transaction-id-in-ascii", Class: classCorrelation, Strength: BeyondASCII, Breaks: []string{"REG-SEARCH-009"},
		Sentence: "writes letters of a transaction_id beyond ASCII as question marks",
		Alter:    answerMember("transaction_id", func(_ reference.Outgoing, _ map[string]any, text string) string { return inASCII(text) })},
	Defect{ID: "transaction-id-in-bytes", Class: classCorrelation, Breaks: []string{"REG-SEARCH-009"},
		Sentence: "refuses a transaction_id of more than 99 bytes",
		Alter: func(v *Vendor) {
			v.Misreads(func(_ *reference.Incoming, body map[string]any) {
				if text, ok := body["transaction_id"].(string); ok && len(text) > 99 {
					body["transaction_id"] = strings.Repeat("x", 100)
				}
			})
		}},
	Defect{ID: "transaction-id-unchecked", Class: classCorrelation, Breaks: []string{"REG-SEARCH-008"},
		Sentence: "takes a message in without a transaction_id, or with one that is too long",
		Alter: func(v *Vendor) {
			v.Misreads(func(_ *reference.Incoming, body map[string]any) {
				if text, ok := body["transaction_id"].(string); !ok || utf8.RuneCountInString(text) > 99 {
					body["transaction_id"] = "unknown"
				}
			})
		}},
	Defect{ID: "transaction-id-long-in-async", Class: classCorrelation, Strength: AsyncOnly, Breaks: []string{"REG-SEARCH-008"},
		Sentence: "takes a transaction_id of a hundred characters asynchronously",
		Alter: func(v *Vendor) {
			v.Misreads(func(in *reference.Incoming, body map[string]any) {
				if text, ok := body["transaction_id"].(string); ok && askedLater(in) && len(text) > 99 {
					body["transaction_id"] = text[:99]
				}
			})
		}},
	Defect{ID: "correlation-id-of-transaction", Class: classCorrelation, Breaks: []string{"REG-SEARCH-005"},
		Sentence: "takes the transaction_id for correlation_id",
		Alter: answerMember("correlation_id", func(_ reference.Outgoing, body map[string]any, _ string) string {
			text, _ := body["transaction_id"].(string)
			return text
		})},
	Defect{ID: "correlation-id-constant", Class: classCorrelation, Breaks: []string{"REG-SEARCH-005"},
		Sentence: "gives every answer the same correlation_id",
		Alter:    answerMember("correlation_id", func(reference.Outgoing, map[string]any, string) string { return "0001" })},
	Defect{ID: "correlation-id-repeated-every-third", Class: classCorrelation, Strength: EveryThird, Breaks: []string{"REG-SEARCH-005"},
		Sentence: "repeats the correlation_id of the request before, every third time",
		Alter: func(v *Vendor) {
			third := everyThird()
			var last atomic.Value
			answerMember("correlation_id", func(_ reference.Outgoing, _ map[string]any, text string) string {
				before, ok := last.Swap(text).(string)
				if ok && third() {
					return before
				}
				return text
			})(v)
		}},
	Defect{ID: "query-type-guessed", Class: classCriteria, Breaks: []string{"REG-SEARCH-010"},
		Sentence: "takes an unknown query_type for a search by identifier",
		Alter: misreadCriteria(func(_ *reference.Incoming, criteria map[string]any) {
			if known := map[any]bool{"idtype-value": true, "expression": true, "predicate": true}; !known[kindOf(criteria["query_type"])] {
				criteria["query_type"] = "idtype-value"
			}
		})},
	Defect{ID: "query-type-guessed-in-async", Class: classCriteria, Strength: AsyncOnly, Breaks: []string{"REG-SEARCH-010"},
		Sentence: "takes an unknown query_type for a search by identifier, asynchronously",
		Alter: misreadCriteria(func(in *reference.Incoming, criteria map[string]any) {
			if askedLater(in) && criteria["query_type"] == "astrology" {
				criteria["query_type"] = "idtype-value"
			}
		})},
	Defect{ID: "query-missing-is-everything", Class: classCriteria, Breaks: []string{"REG-SEARCH-011"},
		Sentence: "answers a search without a query with everybody",
		Alter: misreadCriteria(func(_ *reference.Incoming, criteria map[string]any) {
			if criteria["query"] == nil {
				criteria["query_type"], criteria["query"] = "expression", expressionOf(everybody())
			}
		})},
	Defect{ID: "criteria-missing-is-everything", Class: classCriteria, Breaks: []string{"REG-SEARCH-011"},
		Sentence: "answers an item without search_criteria with everybody",
		Alter: misreadItems(func(_ *reference.Incoming, _ int, item map[string]any) {
			if item["search_criteria"] == nil {
				item["search_criteria"] = map[string]any{"query_type": "expression", "query": expressionOf(everybody())}
			}
		})},
	Defect{ID: "record-type-fallback", Class: classCriteria, Breaks: []string{"REG-SEARCH-012"},
		Sentence: "searches persons where it does not know the reg_record_type",
		Alter: misreadCriteria(func(_ *reference.Incoming, criteria map[string]any) {
			if criteria["reg_record_type"] == "StarChart" {
				delete(criteria, "reg_record_type")
			}
		})},
	Defect{ID: "registry-type-ignored", Class: classCriteria, Breaks: []string{"REG-SEARCH-013"},
		Sentence: "does not look at reg_type",
		Alter:    misreadCriteria(func(_ *reference.Incoming, criteria map[string]any) { delete(criteria, "reg_type") })},
	Defect{ID: "identifier-type-optional", Class: classCriteria, Breaks: []string{"REG-SEARCH-014"},
		Sentence: "takes a search without identifier type for one by any type",
		Alter: altogether(byIdentifier(func(asked query.HasIdentifier, kind, value string) bool {
			return asked.Value == value && (asked.Type == kind || asked.Type == "any")
		}), misreadCriteria(func(_ *reference.Incoming, criteria map[string]any) {
			if within, ok := criteria["query"].(map[string]any); ok && criteria["query_type"] == "idtype-value" && absentText(within, "type") {
				within["type"] = "any"
			}
		}))},
	Defect{ID: "identifier-value-optional", Class: classCriteria, Breaks: []string{"REG-SEARCH-014"},
		Sentence: "answers a search without identifier value with everybody of the type",
		Alter: altogether(byIdentifier(func(asked query.HasIdentifier, kind, value string) bool {
			return asked.Type == kind && (asked.Value == value || asked.Value == "any")
		}), misreadCriteria(func(_ *reference.Incoming, criteria map[string]any) {
			if within, ok := criteria["query"].(map[string]any); ok && criteria["query_type"] == "idtype-value" && absentText(within, "value") {
				within["value"] = "any"
			}
		}))},
	Defect{ID: "item-dated-in-the-past", Class: classItem, Breaks: []string{"REG-SEARCH-015"},
		Sentence: "dates items by the time of a day before",
		Alter:    items(func(_ reference.Outgoing, _ int, item map[string]any) { item["timestamp"] = dated(-24 * time.Hour) })},
	Defect{ID: "item-dated-in-local-time", Class: classItem, Breaks: []string{"REG-SEARCH-015"},
		Sentence: "writes its local time, five and a half hours ahead, as UTC",
		Alter:    items(func(_ reference.Outgoing, _ int, item map[string]any) { item["timestamp"] = dated(330 * time.Minute) })},
	Defect{ID: "item-dated-wrong-without-match", Class: classItem, Breaks: []string{"REG-SEARCH-015"},
		Sentence: "dates items without a match at the beginning of time",
		Alter: items(func(_ reference.Outgoing, _ int, item map[string]any) {
			if len(found(item)) == 0 {
				item["timestamp"] = "1970-01-01T00:00:00Z"
			}
		})},
	Defect{ID: "item-status-pending", Class: classItem, Breaks: []string{"REG-SEARCH-016"},
		Sentence: "answers items with status pdng",
		Alter:    items(func(_ reference.Outgoing, _ int, item map[string]any) { item["status"] = message.StatusPending })},
	Defect{ID: "item-status-received-third", Class: classItem, Strength: ThirdItem, Breaks: []string{"REG-SEARCH-016"},
		Sentence: "answers the third item of a batch with status rcvd",
		Alter: items(func(_ reference.Outgoing, number int, item map[string]any) {
			if number == 3 {
				item["status"] = message.StatusReceived
			}
		})},
	Defect{ID: "item-reason-of-its-own", Class: classItem, Breaks: []string{"REG-SEARCH-017"},
		Sentence: "gives reason codes of its own making",
		Alter:    reasons("E42-bad-filter")},
	Defect{ID: "item-reason-of-another-list", Class: classItem, Breaks: []string{"REG-SEARCH-017"},
		Sentence: "gives items reason codes of the header's list",
		Alter:    reasons(message.RejectVersion)},
	Defect{ID: "item-reason-missing", Class: classItem, Breaks: []string{"REG-SEARCH-026"},
		Sentence: "rejects items without a reason code",
		Alter:    items(func(_ reference.Outgoing, _ int, item map[string]any) { delete(item, "status_reason_code") })},
	Defect{ID: "item-reason-with-success", Class: classItem, Breaks: []string{"REG-SEARCH-026"},
		Sentence: "gives items that succeeded a reason code",
		Alter: items(func(_ reference.Outgoing, _ int, item map[string]any) {
			if item["status"] == message.StatusSuccess {
				item["status_reason_code"] = message.RejectTooManyRecords
			}
		})},
	Defect{ID: "record-type-misnamed", Class: classItem, Breaks: []string{"REG-SEARCH-018"},
		Sentence: "names every record type Person", Alter: nameType("Person")},
	Defect{ID: "record-type-invented", Class: classItem, Breaks: []string{"REG-SEARCH-018"},
		Sentence: "names record types by its own tables", Alter: nameType("tbl_household")},
	Defect{ID: "rejected-item-with-records", Class: classItem, Breaks: []string{"REG-SEARCH-019"},
		Sentence: "puts records into items that it rejects",
		Alter: items(func(_ reference.Outgoing, _ int, item map[string]any) {
			if item["status"] == message.StatusRejected {
				item["data"] = map[string]any{"reg_records": []any{map[string]any{"sex": "female"}}}
			}
		})},
	Defect{ID: "item-timestamp-unchecked", Class: classCriteria, Breaks: []string{"REG-SEARCH-021"},
		Sentence: "does not look at an item's timestamp",
		Alter:    misreadItems(func(_ *reference.Incoming, _ int, item map[string]any) { item["timestamp"] = dated(0) })},
	Defect{ID: "item-timestamp-by-its-look", Class: classCriteria, Breaks: []string{"REG-SEARCH-021"},
		Sentence: "takes a timestamp of a day that does not exist",
		Alter: misreadItems(func(_ *reference.Incoming, _ int, item map[string]any) {
			if text, ok := item["timestamp"].(string); ok && dayLike(text) {
				item["timestamp"] = dated(0)
			}
		})},
	Defect{ID: "item-timestamp-unchecked-in-async", Class: classCriteria, Strength: AsyncOnly, Breaks: []string{"REG-SEARCH-021"},
		Sentence: "does not look at an item's timestamp asynchronously",
		Alter: misreadItems(func(in *reference.Incoming, _ int, item map[string]any) {
			if askedLater(in) {
				item["timestamp"] = dated(0)
			}
		})},
	Defect{ID: "locale-refused", Class: classCriteria, Breaks: []string{"REG-SEARCH-023"},
		Sentence: "rejects a search that names a locale",
		Alter:    refusingCriteria(func(item, _ map[string]any) bool { return item["locale"] != nil })},
	Defect{ID: "consent-refused", Class: classCriteria, Breaks: []string{"REG-SEARCH-023"},
		Sentence: "rejects a search that carries a consent",
		Alter:    refusingCriteria(func(_, criteria map[string]any) bool { return criteria["consent"] != nil })},
	Defect{ID: "criteria-version-demanded", Class: classCriteria, Breaks: []string{"REG-SEARCH-023"},
		Sentence: "demands the version of the criteria",
		Alter:    refusingCriteria(func(_, criteria map[string]any) bool { return criteria["version"] == nil })},
	Defect{ID: "registry-type-demanded", Class: classCriteria, Breaks: []string{"REG-SEARCH-023"},
		Sentence: "demands the reg_type",
		Alter:    refusingCriteria(func(_, criteria map[string]any) bool { return criteria["reg_type"] == nil })},
	Defect{ID: "empty-request-accepted", Class: classCriteria, Breaks: []string{"REG-SEARCH-027"},
		Sentence: "answers a search message that asks for nothing",
		Alter: func(v *Vendor) {
			v.Misreads(func(in *reference.Incoming, body map[string]any) {
				if list, _ := body["search_request"].([]any); len(list) == 0 && in.Operation.Action == "search" {
					body["search_request"] = []any{map[string]any{"reference_id": "none", "timestamp": dated(0),
						"search_criteria": map[string]any{"query_type": "idtype-value", "query": map[string]any{"type": "UIN", "value": "0"}}}}
				}
			})
		}},
)

func kindOf(queryType any) any {
	text, _ := queryType.(string)
	return text[strings.LastIndexByte(text, ':')+1:]
}

func expressionOf(condition map[string]any) map[string]any {
	return map[string]any{"type": "ns:org:QueryType:NoSql", "value": map[string]any{
		"expression": map[string]any{"query": condition}}}
}

func dated(off time.Duration) string { return time.Now().Add(off).UTC().Format(time.RFC3339) }

// reasons gives rejected items another reason code.
func reasons(code message.ReasonCode) func(*Vendor) {
	return items(func(_ reference.Outgoing, _ int, item map[string]any) {
		if item["status"] == message.StatusRejected {
			item["status_reason_code"] = code
		}
	})
}

// nameType names every record type alike.
func nameType(name string) func(*Vendor) {
	return items(func(_ reference.Outgoing, _ int, item map[string]any) {
		if data, ok := item["data"].(map[string]any); ok {
			data["reg_record_type"] = name
		}
	})
}
