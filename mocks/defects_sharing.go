package mocks

import (
	"context"
	"encoding/json"
	"time"

	"github.com/spconform/spconform/reference"
	"github.com/spconform/spconform/reference/query"
	"github.com/spconform/spconform/reference/store"
	"github.com/spconform/spconform/spec/fixture"
)

const (
	classPurpose   = "purpose"
	classConsent   = "consent"
	classAgreement = "data-sharing agreement"
	classMinimal   = "more than is agreed"
)

var _ = register(
	Defect{ID: "purpose-not-asked-for", Class: classPurpose, Breaks: []string{"LEG-PURPOSE-001"}, Sentence: "answers a search under an agreement that states no purpose",
		Alter: purposeFor(purposeless)},
	Defect{ID: "purpose-not-asked-for-async", Class: classPurpose, Breaks: []string{"LEG-PURPOSE-001"}, Sentence: "answers an asynchronous search under an agreement that states no purpose",
		Alter: purposeFor(jointly(purposeless, inAsync))},
	Defect{ID: "purpose-ignored", Class: classPurpose, Breaks: []string{"LEG-PURPOSE-002", "ORG-AGR-002", "ORG-AGR-005"}, Sentence: "takes any purpose for one that was agreed",
		Alter: purposeFor(func(a reference.Asked) bool { return a.Purpose != "" })},
	Defect{ID: "purpose-unknown-taken", Class: classPurpose, Breaks: []string{"LEG-PURPOSE-002"}, Sentence: "takes a purpose that no agreement names",
		Alter: purposeFor(stating(purposeUnknown))},
	Defect{ID: "purpose-unknown-taken-async", Class: classPurpose, Breaks: []string{"LEG-PURPOSE-002"}, Sentence: "takes a purpose that no agreement names in asynchronous searches",
		Alter: purposeFor(jointly(stating(purposeUnknown), inAsync))},

	Defect{ID: "consent-ignored", Class: classConsent, Breaks: []string{"LEG-CONSENT-002", "LEG-CONSENT-003", "LEG-CONSENT-007"}, Sentence: "shows everybody whatever they have decided",
		Alter: consenting(noConsentAsked)},
	Defect{ID: "consent-ignored-at-every-third", Class: classConsent, Breaks: []string{"LEG-CONSENT-002"}, Sentence: "shows a person who has not consented at every third search",
		Alter: func(v *Vendor) {
			third := everyThird()
			consenting(func(ctx context.Context, asked, without query.Query, next search) (store.Found, error) {
				found, err := next(ctx, asked)
				if err == nil && found.Total == 0 && third() {
					return next(ctx, without)
				}
				return found, err
			})(v)
		}},
	Defect{ID: "consent-never-found", Class: classConsent, Breaks: []string{"LEG-CONSENT-001"}, Sentence: "finds nobody's consent",
		Alter: consenting(func(context.Context, query.Query, query.Query, search) (store.Found, error) {
			return store.Found{}, nil
		})},
	Defect{ID: "consent-refused-kept-as-given", Class: classConsent, Breaks: []string{"LEG-CONSENT-002"}, Sentence: "keeps every decision as a yes",
		Alter: deciding(func(d fixture.Consent) []fixture.Consent {
			if d.Decision == fixture.Refused {
				d.Decision = fixture.Given
			}
			return kept(d)
		})},
	Defect{ID: "consent-undecided-taken-for-given", Class: classConsent, Breaks: []string{"LEG-CONSENT-002"}, Sentence: "shows persons who were never asked",
		Alter: undecidedShown},
	Defect{ID: "consent-holds-for-every-purpose", Class: classConsent, Breaks: []string{"LEG-CONSENT-003"}, Sentence: "takes consent to one purpose for consent to all",
		Alter: deciding(func(d fixture.Consent) []fixture.Consent {
			if d.Purpose != "research" {
				return kept(d)
			}
			other := d
			other.Purpose = "enrolment"
			return kept(d, other)
		})},
	Defect{ID: "consent-holds-for-every-party", Class: classConsent, Breaks: []string{"LEG-CONSENT-003"}, Sentence: "takes consent to one party for consent to all",
		Alter: deciding(func(d fixture.Consent) []fixture.Consent { d.Party = "agency.example.org"; return kept(d) })},
	Defect{ID: "consent-withdrawal-next-day", Class: classConsent, Breaks: []string{"LEG-CONSENT-004"}, Sentence: "lets a withdrawal of consent hold from the next day on",
		Alter: deciding(func(d fixture.Consent) []fixture.Consent {
			if d.Decision == fixture.Withdrawn {
				d.Decision, d.Until = fixture.Given, time.Now().Add(24*time.Hour)
			}
			return kept(d)
		})},
	Defect{ID: "consent-cached", Class: classConsent, Breaks: []string{"LEG-CONSENT-004"}, Sentence: "remembers whose consent it has seen and does not look again",
		Alter: consentCached},
	Defect{ID: "consent-not-stated", Class: classConsent, Breaks: []string{"LEG-CONSENT-005"}, Sentence: "answers a search that states no consent where it is needed",
		Alter: leniently(anything, "consent stated")},
	Defect{ID: "consent-not-stated-async", Class: classConsent, Breaks: []string{"LEG-CONSENT-005"}, Sentence: "answers an asynchronous search that states no consent where it is needed",
		Alter: leniently(inAsync, "consent stated")},
	Defect{ID: "consent-without-end", Class: classConsent, Breaks: []string{"LEG-CONSENT-006"}, Sentence: "forgets until when consent was given",
		Alter: deciding(func(d fixture.Consent) []fixture.Consent { d.Until = time.Time{}; return kept(d) })},
	Defect{ID: "consent-asked-of-single-persons-only", Class: classConsent, Breaks: []string{"LEG-CONSENT-007"}, Sentence: "looks for consent only where one person is asked for",
		Alter: consenting(func(ctx context.Context, asked, without query.Query, next search) (store.Found, error) {
			if _, one := query.Named(asked.Where); one {
				return next(ctx, asked)
			}
			return next(ctx, without)
		})},
	Defect{ID: "consent-not-counted", Class: classConsent, Breaks: []string{"LEG-CONSENT-007"}, Sentence: "counts those who have not consented in total_count",
		Alter: consenting(func(ctx context.Context, asked, without query.Query, next search) (store.Found, error) {
			found, err := next(ctx, asked)
			if err != nil {
				return found, err
			}
			all, err := next(ctx, without)
			found.Total = all.Total
			return found, err
		})},

	Defect{ID: "agreement-shows-all-attributes", Class: classMinimal, Breaks: []string{"LEG-MIN-001"}, Sentence: "shows records in full under an agreement", Alter: shown(everything)},
	Defect{ID: "agreement-shows-one-attribute-more", Class: classMinimal, Breaks: []string{"LEG-MIN-001"}, Sentence: "shows one attribute more than is agreed", Alter: shown(oneMore)},
	Defect{ID: "agreement-shows-all-attributes-at-every-third", Class: classMinimal, Breaks: []string{"LEG-MIN-001"}, Sentence: "shows every third record in full",
		Alter: func(v *Vendor) {
			third := everyThird()
			shown(func(whole, agreed map[string]json.RawMessage) {
				if third() {
					everything(whole, agreed)
				}
			})(v)
		}},

	Defect{ID: "agreement-refuses-all-async", Class: classAgreement, Breaks: []string{"ORG-AGR-001"}, Sentence: "refuses asynchronous searches within the agreement",
		Alter: term(func(a reference.Asked, _ fixture.Agreement, right bool) bool { return right && !inAsync(a) }, "how")},
	Defect{ID: "agreement-of-another-party", Class: classAgreement, Breaks: []string{"ORG-AGR-002"}, Sentence: "takes a purpose that was agreed with another party",
		Alter: purposeFor(stating(purposeForeign))},
	Defect{ID: "agreement-of-another-party-async", Class: classAgreement, Breaks: []string{"ORG-AGR-002"}, Sentence: "takes a purpose that was agreed with another party in asynchronous searches",
		Alter: purposeFor(jointly(stating(purposeForeign), inAsync))},
	Defect{ID: "agreement-condition-not-looked-at", Class: classAgreement, Breaks: []string{"ORG-AGR-003"}, Sentence: "lets a party search by attributes that were not agreed",
		Alter: leniently(anything, "what")},
	Defect{ID: "agreement-condition-not-looked-at-async", Class: classAgreement, Breaks: []string{"ORG-AGR-003"}, Sentence: "lets a party search asynchronously by attributes that were not agreed",
		Alter: leniently(inAsync, "what")},
	Defect{ID: "agreement-place-ignored", Class: classAgreement, Breaks: []string{"ORG-AGR-004"}, Sentence: "sends answers to places that were not agreed",
		Alter: leniently(anything, "where")},
	Defect{ID: "agreement-time-ignored", Class: classAgreement, Breaks: []string{"ORG-AGR-005"}, Sentence: "looks at no agreement's period",
		Alter: leniently(anything, "when")},
	Defect{ID: "agreement-end-ignored", Class: classAgreement, Breaks: []string{"ORG-AGR-005"}, Sentence: "answers after an agreement has ended",
		Alter: term(func(a reference.Asked, of fixture.Agreement, _ bool) bool { return !a.At.Before(of.When.From) }, "when")},
	Defect{ID: "agreement-beginning-ignored", Class: classAgreement, Breaks: []string{"ORG-AGR-005"}, Sentence: "answers before an agreement begins",
		Alter: term(func(a reference.Asked, of fixture.Agreement, _ bool) bool { return a.At.Before(of.When.Until) }, "when")},
	Defect{ID: "agreement-operation-ignored", Class: classAgreement, Breaks: []string{"ORG-AGR-006"}, Sentence: "lets a party subscribe that may only search",
		Alter: leniently(anything, "how")},

	Defect{ID: "rectification-not-shown", Class: classNotification, Breaks: []string{"LEG-RECT-001"}, Interface: "social", Sentence: "goes on answering with the content that a record had first",
		Alter: recordsCached},
)
