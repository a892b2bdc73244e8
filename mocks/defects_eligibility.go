package mocks

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"

	"github.com/spconform/spconform/reference"
	"github.com/spconform/spconform/spec"
	"github.com/spconform/spconform/spec/message"
	"github.com/spconform/spconform/spec/scheme"
)

func about(ids ...string) func(scheme.Criterion) bool {
	return func(c scheme.Criterion) bool {
		for _, id := range ids {
			if c.ID == id {
				return true
			}
		}
		return false
	}
}

var _ = register(
	Defect{ID: "elg-always-eligible", Class: classDecision, Breaks: []string{"ELG-DEC-001"},
		Sentence: "finds every criterion met",
		Alter:    ignoring(func(scheme.Criterion) bool { return true })},
	Defect{ID: "elg-death-ignored", Class: classDecision, Breaks: []string{"ELG-DEC-001"},
		Sentence: "pays the dead: does not look at the death date",
		Alter:    ignoring(about("alive"))},
	Defect{ID: "elg-double-enrolment-ignored", Class: classDecision, Breaks: []string{"ELG-DEC-001"},
		Sentence: "does not look whether somebody is enrolled already",
		Alter:    ignoring(about("not_enrolled"))},
	Defect{ID: "elg-disability-level-ignored", Class: classDecision, Breaks: []string{"ELG-DEC-001"},
		Sentence: "takes every recognised disability for a severe one",
		Alter:    ignoring(about("level"))},
	Defect{ID: "elg-last-criterion-ignored", Class: classDecision, Breaks: []string{"ELG-DEC-001"},
		Sentence: "looks at all criteria of a scheme but the last",
		Alter: func(v *Vendor) {
			v.Decides(func(s scheme.Scheme, facts *scheme.Facts, asOf scheme.Day) scheme.Decision {
				s.Criteria = s.Criteria[:len(s.Criteria)-1]
				return scheme.Decide(s, facts, asOf)
			})
		}},
	Defect{ID: "elg-any-enrolment-refused", Class: classDecision, Breaks: []string{"ELG-DEC-001"},
		Sentence: "takes an enrolment in another programme, or one that has ended, for a double one",
		Alter: byRules(func(c *scheme.Criterion) {
			if c.ID == "not_enrolled" {
				c.Where = c.Where[2:]
			}
		})},
	Defect{ID: "elg-threshold-excluded", Class: classDecision, Breaks: []string{"ELG-DEC-002"},
		Sentence: "takes at most and at least for less and more",
		Alter: byRules(func(c *scheme.Criterion) {
			if strict, loose := map[string]string{"le": "lt", "ge": "gt"}[c.Operator]; loose {
				c.Operator = strict
			}
		})},
	Defect{ID: "elg-birthday-included", Class: classDecision, Breaks: []string{"ELG-DEC-002"},
		Sentence: "takes somebody for a child through the day of turning eighteen, and longer",
		Alter: byRules(func(c *scheme.Criterion) {
			if c.ID == "minor" {
				c.Operator = "le"
			}
		})},
	Defect{ID: "elg-largest-farm-only", Class: classDecision, Breaks: []string{"ELG-DEC-002"},
		Sentence: "compares the largest farm instead of all together",
		Alter: byRules(func(c *scheme.Criterion) {
			if c.Aggregate == "sum" {
				c.Aggregate = "max"
			}
		})},
	Defect{ID: "elg-as-of-today", Class: classDecision, Breaks: []string{"ELG-DEC-003"},
		Sentence: "decides as of today, whatever day is asked for",
		Alter:    asOfDay(today)},
	Defect{ID: "elg-as-of-a-day-late", Class: classDecision, Breaks: []string{"ELG-DEC-003"},
		Sentence: "decides as of the day after",
		Alter:    asOfDay(func(day scheme.Day) scheme.Day { return day.Add(0, 0, 1) })},
	Defect{ID: "elg-as-of-new-year", Class: classDecision, Breaks: []string{"ELG-DEC-003"},
		Sentence: "decides as of the first day of the year",
		Alter:    asOfDay(func(day scheme.Day) scheme.Day { return scheme.Day{Year: day.Year, Month: 1, Date: 1} })},
	Defect{ID: "elg-version-first", Class: classDecision, Breaks: []string{"ELG-DEC-004"},
		Sentence: "decides by the first version of a scheme",
		Alter:    byVersion("1.0")},
	Defect{ID: "elg-version-latest", Class: classDecision, Breaks: []string{"ELG-DEC-004"},
		Sentence: "decides by the latest version of a scheme",
		Alter:    byVersion("2.0")},
	Defect{ID: "elg-another-persons-decision", Class: classDecision, Breaks: []string{"ELG-DEC-005", "ELG-REF-001"},
		Sentence: "tells of each person what was decided on the one before",
		Alter:    neighbour},
	Defect{ID: "elg-unknown-not-eligible", Class: classDecision, Breaks: []string{"ELG-UNK-003", "ELG-DEC-005"},
		Sentence: "tells who is not known to be not eligible",
		Alter: altersDecision(func(d *scheme.Decision, _ *scheme.Facts) {
			if d.Reason == scheme.PersonUnknown {
				d.Outcome, d.Reason = scheme.NotEligible, ""
			}
		})},
	Defect{ID: "elg-unknown-undetermined-unsaid", Class: classDecision, Breaks: []string{"ELG-UNK-003"},
		Sentence: "does not say why nothing is decided on who is not known",
		Alter:    altersDecision(func(d *scheme.Decision, _ *scheme.Facts) { d.Reason = "" })},

	Defect{ID: "elg-reasons-of-refusals-only", Class: classReason, Breaks: []string{"ELG-WHY-001"},
		Sentence: "tells only of the criteria that are not met",
		Alter: altersDecision(func(d *scheme.Decision, _ *scheme.Facts) {
			var open []scheme.Result
			for _, result := range d.Criteria {
				if result.Finding != scheme.Met {
					open = append(open, result)
				}
			}
			d.Criteria = open
		})},
	Defect{ID: "elg-one-reason-for-all", Class: classReason, Breaks: []string{"ELG-WHY-001"},
		Sentence: "gives every criterion the same reason",
		Alter:    eachResult(func(result *scheme.Result, _ []scheme.Result) { result.Reason = "elg.rules.applied" })},
	Defect{ID: "elg-refusal-told-as-met", Class: classReason, Breaks: []string{"ELG-DEC-001"},
		Sentence: "refuses, and tells every criterion as met",
		Alter:    eachResult(func(result *scheme.Result, _ []scheme.Result) { result.Finding = scheme.Met })},
	Defect{ID: "elg-source-itself", Class: classReason, Breaks: []string{"ELG-WHY-002"},
		Sentence: "names itself as the source of everything",
		Alter:    eachResult(func(result *scheme.Result, _ []scheme.Result) { result.Interface = "eligibility" })},
	Defect{ID: "elg-source-first", Class: classReason, Breaks: []string{"ELG-WHY-002"},
		Sentence: "names the source of the first criterion for all",
		Alter:    eachResult(func(result *scheme.Result, all []scheme.Result) { result.Interface = all[0].Interface })},
	Defect{ID: "elg-unknown-scheme-taken", Class: classReason, Breaks: []string{"ELG-UNK-001", "ELG-REF-002"},
		Sentence: "decides by another scheme where it does not have the one that is asked for",
		Alter: alsoKnows(func(text string) string {
			return strings.Replace(text, "id: household-cash-transfer\nversion: \"1.0\"", "id: free-beer\nversion: \"1.0\"", 1)
		})},
	Defect{ID: "elg-unknown-version-taken", Class: classReason, Breaks: []string{"ELG-UNK-001"},
		Sentence: "decides by a version that it has where it does not have the one that is asked for",
		Alter:    alsoKnows(func(text string) string { return strings.Replace(text, "version: \"1.0\"", "version: \"99.9\"", 1) })},
	Defect{ID: "elg-day-to-come-taken", Class: classReason, Breaks: []string{"ELG-UNK-002"},
		Sentence: "decides as of a day to come, and of one that there was not",
		Alter:    decidesInstead(message.RejectAsOf)},
	Defect{ID: "elg-minimised-with-criteria", Class: classReason, Breaks: []string{"ELG-MIN-001"},
		Sentence: "tells what was found of a criterion in the minimised form",
		Alter: leaking("criteria", []any{map[string]any{"criterion": "alive", "finding": "met", "reason": "elg.applicant.alive",
			"source": map[string]any{"interface": "crvs"}}})},
	Defect{ID: "elg-minimised-with-reason", Class: classReason, Breaks: []string{"ELG-MIN-001"},
		Sentence: "gives a reason in the minimised form",
		Alter:    leaking("reason", "elg.disability.mild")},
	Defect{ID: "elg-explains-with-birth-date", Class: classReason, Breaks: []string{"ELG-MIN-002", "ELG-MIN-001"},
		Sentence: "explains a decision by the person's birth date",
		Alter:    explaining},

	Defect{ID: "elg-last-question-dropped", Class: classAssess, Breaks: []string{"ELG-REF-001"},
		Sentence: "answers all questions of a message but the last",
		Alter: func(v *Vendor) {
			v.Assessments(func(_ reference.Outgoing, _ map[string]any, items []map[string]any) []map[string]any {
				return items[:max(1, len(items)-1)]
			})
		}},
	Defect{ID: "elg-bad-question-sinks-all", Class: classAssess, Breaks: []string{"ELG-REF-002"},
		Sentence: "rejects every question of a message in which one is wrong",
		Alter: func(v *Vendor) {
			v.Assessments(func(_ reference.Outgoing, _ map[string]any, items []map[string]any) []map[string]any {
				for _, item := range items {
					if item["status"] == message.StatusRejected {
						for _, other := range items {
							other["status"], other["status_reason_code"] = message.StatusRejected, item["status_reason_code"]
							delete(other, "decision")
							delete(other, "criteria")
						}
					}
				}
				return items
			})
		}},
	Defect{ID: "elg-async-undecided", Class: classAssess, Breaks: []string{"ELG-ASY-001"},
		Sentence: "decides nothing that is asked asynchronously",
		Alter: func(v *Vendor) {
			v.Assessments(func(out reference.Outgoing, _ map[string]any, items []map[string]any) []map[string]any {
				for _, item := range items {
					if out.Kind == reference.KindCallback {
						item["decision"] = string(scheme.Undetermined)
					}
				}
				return items
			})
		}},
	Defect{ID: "elg-callback-anywhere", Class: classAssess, Breaks: []string{"ELG-CB-002"},
		Sentence: "sends decisions to any address that a message names",
		Alter:    func(v *Vendor) { v.WithoutCheck("sender_uri") }},
	Defect{ID: "elg-decision-yes", Class: classAssess, Breaks: []string{"ELG-ENV-001"},
		Sentence: "spells the decisions yes and no",
		Alter: eachAssessment(func(_, item map[string]any) {
			if other, known := map[any]string{"eligible": "yes", "not_eligible": "no"}[item["decision"]]; known {
				item["decision"] = other
			}
		})},
	Defect{ID: "elg-mistake-answered-500", Class: classAssess, Breaks: []string{"ELG-HTTP-001"},
		Sentence: "fails on a message that it cannot read",
		Alter: func(v *Vendor) {
			v.Bodies(func(_ *http.Request, _ []byte, status int, body []byte) (int, []byte) {
				if status == http.StatusBadRequest {
					return http.StatusInternalServerError, []byte(`{}`)
				}
				return status, body
			}, "/assess")
		}},
	Defect{ID: "elg-parties-not-swapped", Class: classAssess, Breaks: []string{"ELG-HDR-001"},
		Sentence: "answers with the parties of the request",
		Alter: func(v *Vendor) {
			v.Sending(func(out reference.Outgoing, header, _ map[string]any) {
				if out.Interface.ID == "eligibility" {
					header["sender_id"], header["receiver_id"] = header["receiver_id"], header["sender_id"]
				}
			})
		}},
	Defect{ID: "elg-transaction-anew", Class: classAssess, Breaks: []string{"ELG-TXN-001"},
		Sentence: "answers under a transaction_id of its own",
		Alter: func(v *Vendor) {
			v.Sending(func(out reference.Outgoing, _, body map[string]any) {
				if out.Interface.ID == "eligibility" {
					body["transaction_id"] = "decision-1"
				}
			})
		}},
	Defect{ID: "elg-unsigned", Class: classAssess, Breaks: []string{"ELG-SIG-001"},
		Sentence: "signs decisions with nothing",
		Alter: func(v *Vendor) {
			v.Signing(func(right message.Signer) message.Signer {
				return signerFunc(func(header, body json.RawMessage) (string, error) {
					if strings.Contains(string(body), "assess_response") {
						return "", nil
					}
					return right.Sign(header, body)
				})
			})
		}},
	Defect{ID: "elg-anybody-asks", Class: classAssess, Breaks: []string{"ELG-SEC-001"},
		Sentence: "takes questions whose signature does not hold",
		Alter: func(v *Vendor) {
			v.Check("signature", func(ctx context.Context, in *reference.Incoming, next func(context.Context, *reference.Incoming) error) error {
				if in.Operation.Action == "assess" {
					return nil
				}
				return next(ctx, in)
			})
		}},
	Defect{ID: "elg-token-of-any-kind", Class: classAssess, Breaks: []string{"ELG-SEC-001"},
		Sentence: "takes questions without a token",
		Alter: func(v *Vendor) {
			v.Check("token", func(ctx context.Context, in *reference.Incoming, next func(context.Context, *reference.Incoming) error) error {
				if err := next(ctx, in); err != nil && in.Operation.Action == "assess" && in.Operation.Mode == spec.Sync {
					in.Subject = "client.example.org"
				} else if err != nil {
					return err
				}
				return nil
			})
			v.Check("token_sender", func(context.Context, *reference.Incoming, func(context.Context, *reference.Incoming) error) error {
				return nil
			})
		}},
)
