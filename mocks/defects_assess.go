package mocks

import (
	"bytes"
	"encoding/json"
	"io"
	"io/fs"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing/fstest"
	"time"

	"github.com/spconform/spconform/datadictionary"
	"github.com/spconform/spconform/reference"
	"github.com/spconform/spconform/spec"
	"github.com/spconform/spconform/spec/message"
	"github.com/spconform/spconform/spec/scheme"
)

const (
	classDecision = "eligibility: decisions"
	classReason   = "eligibility: reasons"
	classAssess   = "eligibility: messages"
)

// Decides changes how is decided; scheme.Decide is the right way.
func (v *Vendor) Decides(decide reference.Decider) { v.Option(reference.WithDecider(decide)) }

// byRules decides by altered rules.
func byRules(alter func(*scheme.Criterion)) func(*Vendor) {
	return func(v *Vendor) {
		v.Decides(func(s scheme.Scheme, facts *scheme.Facts, asOf scheme.Day) scheme.Decision {
			return scheme.Decide(altered(s, alter), facts, asOf)
		})
	}
}

func altered(s scheme.Scheme, alter func(*scheme.Criterion)) scheme.Scheme {
	s.Criteria = slices.Clone(s.Criteria)
	for at := range s.Criteria {
		alter(&s.Criteria[at])
	}
	return s
}

// refinding changes what was found of criteria, and the decision with it.
func refinding(s scheme.Scheme, decided scheme.Decision, change func(at int, result *scheme.Result)) scheme.Decision {
	outcome := scheme.Eligible
	for at := range s.Criteria {
		result := &decided.Criteria[at]
		change(at, result)
		if result.Finding == scheme.NotMet || result.Finding == scheme.Unknown && outcome == scheme.Eligible {
			outcome = map[scheme.Finding]scheme.Outcome{scheme.NotMet: scheme.NotEligible, scheme.Unknown: scheme.Undetermined}[result.Finding]
		}
	}
	if decided.Reason == "" {
		decided.Outcome = outcome
	}
	return decided
}

// ignoring decides as if a criterion were met whatever the records say.
func ignoring(ignored func(scheme.Criterion) bool) func(*Vendor) {
	return func(v *Vendor) {
		v.Decides(func(s scheme.Scheme, facts *scheme.Facts, asOf scheme.Day) scheme.Decision {
			return refinding(s, scheme.Decide(s, facts, asOf), func(at int, result *scheme.Result) {
				if criterion := s.Criteria[at]; ignored(criterion) {
					result.Finding, result.Reason = scheme.Met, criterion.Reasons.Met
				}
			})
		})
	}
}

// asOfDay decides as of another day.
func asOfDay(another func(scheme.Day) scheme.Day) func(*Vendor) {
	return func(v *Vendor) {
		v.Decides(func(s scheme.Scheme, facts *scheme.Facts, asOf scheme.Day) scheme.Decision {
			return scheme.Decide(s, facts, another(asOf))
		})
	}
}

// byVersion decides by one version of a scheme whatever was asked for, where the scheme has it.
func byVersion(version string) func(*Vendor) {
	return func(v *Vendor) {
		v.Decides(func(s scheme.Scheme, facts *scheme.Facts, asOf scheme.Day) scheme.Decision {
			if schemes, err := scheme.Load(); err == nil {
				if other, err := schemes.Find(s.ID, version); err == nil {
					s = other
				}
			}
			return scheme.Decide(s, facts, asOf)
		})
	}
}

// altersDecision changes a right decision before it is told.
func altersDecision(change func(*scheme.Decision, *scheme.Facts)) func(*Vendor) {
	return func(v *Vendor) {
		v.Decides(func(s scheme.Scheme, facts *scheme.Facts, asOf scheme.Day) scheme.Decision {
			decided := scheme.Decide(s, facts, asOf)
			change(&decided, facts)
			return decided
		})
	}
}

// eachResult changes what is found of each criterion; all are those of the decision.
func eachResult(change func(result *scheme.Result, all []scheme.Result)) func(*Vendor) {
	return altersDecision(func(d *scheme.Decision, _ *scheme.Facts) {
		for at := range d.Criteria {
			change(&d.Criteria[at], d.Criteria)
		}
	})
}

// Assessments changes the items of every answer to assess.
func (v *Vendor) Assessments(change func(out reference.Outgoing, header map[string]any, items []map[string]any) []map[string]any) {
	v.listed([]string{"assess_response"}, change)
}

// eachAssessment changes each of them.
func eachAssessment(change func(header, item map[string]any)) func(*Vendor) {
	return func(v *Vendor) {
		v.Assessments(func(_ reference.Outgoing, header map[string]any, items []map[string]any) []map[string]any {
			for _, item := range items {
				change(header, item)
			}
			return items
		})
	}
}

// decidesInstead tells an item that was rejected with the code as if it could be followed.
func decidesInstead(code message.ReasonCode) func(*Vendor) {
	return eachAssessment(func(header, item map[string]any) {
		if item["status_reason_code"] == string(code) {
			item["status"], item["decision"] = message.StatusSuccess, string(scheme.NotEligible)
			delete(item, "status_reason_code")
			delete(item, "status_reason_message")
			header["status"] = message.StatusSuccess
			delete(header, "status_reason_code")
		}
	})
}

// alsoKnows has each scheme under another id or version as well.
func alsoKnows(change func(text string) string) func(*Vendor) {
	return func(v *Vendor) {
		files := fstest.MapFS{}
		names, _ := fs.Glob(spec.SchemeFiles(), "*.yaml")
		for _, name := range names {
			raw, err := fs.ReadFile(spec.SchemeFiles(), name)
			if err != nil {
				panic("mocks: an embedded scheme is not readable")
			}
			files[name] = &fstest.MapFile{Data: raw}
			if other := change(string(raw)); other != string(raw) {
				files["other-"+name] = &fstest.MapFile{Data: []byte(other)}
			}
		}
		words, err := datadictionary.Load()
		if err != nil {
			panic("mocks: the dictionary does not load")
		}
		interfaces, err := spec.LoadInterfaces()
		if err != nil {
			panic("mocks: the interfaces do not load")
		}
		schemes, err := scheme.Read(files, interfaces, words)
		if err != nil {
			panic("mocks: " + err.Error())
		}
		v.Option(reference.WithSchemes(schemes))
	}
}

// asksForDecisionAlone says of each item of a request whether it asks for the minimised form.
func asksForDecisionAlone(out reference.Outgoing) []bool {
	var request message.AssessRequest
	if out.Request == nil || json.Unmarshal(out.Request.Envelope.Message, &request) != nil {
		return nil
	}
	var minimised []bool
	for _, item := range request.Items {
		minimised = append(minimised, item.Criteria.Minimised)
	}
	return minimised
}

// leaking adds to the minimised form what it leaves out.
func leaking(member string, value any) func(*Vendor) {
	return func(v *Vendor) {
		v.Assessments(func(out reference.Outgoing, _ map[string]any, items []map[string]any) []map[string]any {
			for at, minimised := range asksForDecisionAlone(out) {
				if minimised && at < len(items) {
					items[at][member] = value
				}
			}
			return items
		})
	}
}

// explaining tells in words what civil registration said of the person.
func explaining(v *Vendor) {
	var mutex sync.Mutex
	born := map[string]string{}
	v.Asks(func(request *http.Request, next send) (*http.Response, error) {
		response, err := next(request)
		if err != nil || !strings.HasSuffix(request.URL.Path, "/crvs/registry/sync/search") {
			return response, err
		}
		raw, err := io.ReadAll(response.Body)
		_ = response.Body.Close()
		response.Body = io.NopCloser(bytes.NewReader(raw))
		var answer struct{ Message message.SearchResponse }
		if json.Unmarshal(raw, &answer) != nil {
			return response, err
		}
		for _, item := range answer.Message.Items {
			if item.Data == nil {
				continue
			}
			for _, record := range item.Data.RegRecords {
				var person struct {
					Identifier []struct {
						Value string `json:"identifier_value"`
					} `json:"identifier"`
					Born string `json:"birth_date"`
				}
				if json.Unmarshal(record, &person) == nil && len(person.Identifier) > 0 {
					mutex.Lock()
					born[person.Identifier[0].Value] = person.Born
					mutex.Unlock()
				}
			}
		}
		return response, err
	})
	v.Assessments(func(out reference.Outgoing, _ map[string]any, items []map[string]any) []map[string]any {
		var request message.AssessRequest
		if out.Request == nil || json.Unmarshal(out.Request.Envelope.Message, &request) != nil {
			return items
		}
		mutex.Lock()
		defer mutex.Unlock()
		for at, asked := range request.Items {
			if date := born[asked.Criteria.Person.IdentifierValue]; date != "" && at < len(items) {
				items[at]["status_reason_message"] = "born on " + date
			}
		}
		return items
	})
}

func today(scheme.Day) scheme.Day { return scheme.DayOf(time.Now().UTC()) }

// neighbour decides on each person by what was found of the one before.
func neighbour(v *Vendor) {
	var mutex sync.Mutex
	var before *scheme.Decision
	v.Decides(func(s scheme.Scheme, facts *scheme.Facts, asOf scheme.Day) scheme.Decision {
		decided := scheme.Decide(s, facts, asOf)
		mutex.Lock()
		defer mutex.Unlock()
		last := before
		before = &decided
		if last == nil {
			return decided
		}
		return *last
	})
}
