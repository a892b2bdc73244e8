package mocks

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"

	"github.com/go-jose/go-jose/v4"

	"github.com/spconform/spconform/spec/message"
	"github.com/spconform/spconform/spec/scheme"
)

// classSources are services that take the silence of a registry for something else.
const classSources = "eligibility: registries that do not answer"

func silent(result scheme.Result) bool { return result.Reason == scheme.SourceUnavailable }

// onSilence finds of criteria whose source is silent what the vendor makes of it.
func onSilence(change func(criterion scheme.Criterion, result *scheme.Result)) func(*Vendor) {
	return func(v *Vendor) {
		v.Decides(func(s scheme.Scheme, facts *scheme.Facts, asOf scheme.Day) scheme.Decision {
			return refinding(s, scheme.Decide(s, facts, asOf), func(at int, result *scheme.Result) {
				if silent(*result) {
					change(s.Criteria[at], result)
				}
			})
		})
	}
}

// fromBefore finds of a silent source what it told of the person last.
func fromBefore(v *Vendor) {
	before := &keeper[scheme.Result]{}
	v.Decides(func(s scheme.Scheme, facts *scheme.Facts, asOf scheme.Day) scheme.Decision {
		return refinding(s, scheme.Decide(s, facts, asOf), func(_ int, result *scheme.Result) {
			key := s.ID + "/" + s.Version + "/" + asOf.String() + "/" + facts.Person.Value + "/" + result.Criterion
			if held, known := before.get(key); silent(*result) && known {
				*result = held
			} else if !silent(*result) {
				before.put(key, *result)
			}
		})
	})
}

// isSearch tells the question to a registry from the other calls of the vendor.
func isSearch(request *http.Request) bool { return strings.HasSuffix(request.URL.Path, "/sync/search") }

// withoutEnd waits for a registry as long as it takes.
func withoutEnd(v *Vendor) {
	v.Asks(func(request *http.Request, next send) (*http.Response, error) {
		if isSearch(request) {
			request = request.WithContext(context.WithoutCancel(request.Context()))
		}
		return next(request)
	})
}

// givingUp never asks a registry again that once did not answer.
func givingUp(v *Vendor) {
	var mutex sync.Mutex
	lost := map[string]bool{}
	v.Asks(func(request *http.Request, next send) (*http.Response, error) {
		if !isSearch(request) {
			return next(request)
		}
		address := request.URL.String()
		mutex.Lock()
		given := lost[address]
		mutex.Unlock()
		if given {
			return nil, errors.New("given up")
		}
		response, err := next(request)
		if err != nil {
			mutex.Lock()
			lost[address] = true
			mutex.Unlock()
		}
		return response, err
	})
}

// takingAnySignature takes every answer of a registry for signed: to the server behind this transport each comes
// signed anew, by the key that it finds in the registry's key set.
func takingAnySignature(v *Vendor) {
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		panic("mocks: no key can be made")
	}
	set, err := json.Marshal(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: public, KeyID: "believed", Algorithm: "EdDSA", Use: "sig"}}})
	if err != nil {
		panic("mocks: a key cannot be written")
	}
	v.Asks(func(request *http.Request, next send) (*http.Response, error) {
		response, err := next(request)
		switch {
		case err != nil || response.StatusCode != http.StatusOK:
		case strings.HasSuffix(request.URL.Path, "/.well-known/jwks.json"):
			replaceBody(response, func([]byte) []byte { return set })
		case isSearch(request):
			replaceBody(response, func(body []byte) []byte { return signedAnew(body, private) })
		}
		return response, err
	})
}

func replaceBody(response *http.Response, with func([]byte) []byte) {
	body, _ := io.ReadAll(response.Body)
	_ = response.Body.Close()
	response.Body = io.NopCloser(bytes.NewReader(with(body)))
}

func signedAnew(body []byte, private ed25519.PrivateKey) []byte {
	var envelope message.Envelope
	var header message.Header
	if json.Unmarshal(body, &envelope) != nil || json.Unmarshal(envelope.Header, &header) != nil {
		return body
	}
	made, err := message.Seal(message.Key{SenderID: header.SenderID, KeyID: "believed", Private: private}, envelope.Header, envelope.Message)
	if err != nil {
		return body
	}
	sealed, err := json.Marshal(made)
	if err != nil {
		return body
	}
	return sealed
}

var _ = register(
	Defect{ID: "elg-silence-is-no", Class: classSources, Breaks: []string{"ELG-SRC-001", "ELG-SRC-004"},
		Sentence: "refuses where a registry does not answer",
		Alter: onSilence(func(c scheme.Criterion, result *scheme.Result) {
			result.Finding, result.Reason = scheme.NotMet, c.Reasons.NotMet
		})},
	Defect{ID: "elg-silence-is-yes", Class: classSources, Breaks: []string{"ELG-SRC-001", "ELG-SRC-004"},
		Sentence: "takes a criterion for met where a registry does not answer",
		Alter: onSilence(func(c scheme.Criterion, result *scheme.Result) {
			result.Finding, result.Reason = scheme.Met, c.Reasons.Met
		})},
	Defect{ID: "elg-silence-is-no-record", Class: classSources, Breaks: []string{"ELG-SRC-001", "ELG-SRC-004"},
		Sentence: "takes a registry that does not answer for one that holds no record",
		Alter: onSilence(func(c scheme.Criterion, result *scheme.Result) {
			if result.Finding, result.Reason = c.NoRecord, scheme.RecordNotFound; c.NoRecord == scheme.NotMet {
				result.Reason = c.Reasons.NotMet
			}
		})},
	Defect{ID: "elg-silence-blamed-on-another", Class: classSources, Breaks: []string{"ELG-SRC-004"},
		Sentence: "names itself as the source that did not answer",
		Alter: onSilence(func(_ scheme.Criterion, result *scheme.Result) {
			result.Interface, result.Record = "eligibility", ""
		})},
	Defect{ID: "elg-silence-silences-all", Class: classSources, Breaks: []string{"ELG-SRC-004"},
		Sentence: "tells nothing of any criterion where one registry does not answer",
		Alter: altersDecision(func(d *scheme.Decision, _ *scheme.Facts) {
			for _, result := range d.Criteria {
				if silent(result) {
					d.Criteria = nil
					return
				}
			}
		})},
	Defect{ID: "elg-answers-from-before", Class: classSources, Breaks: []string{"ELG-SRC-001", "ELG-SRC-004"},
		Sentence: "takes what a registry told last for what it would tell now, where it does not answer", Alter: fromBefore},
	Defect{ID: "elg-waits-without-end", Class: classSources, Breaks: []string{"ELG-SRC-002"},
		Silent:   "no answer is sent before the registry has answered, which it does not",
		Sentence: "waits for a registry as long as it takes", Alter: withoutEnd},
	Defect{ID: "elg-unsigned-source-believed", Class: classSources, Breaks: []string{"ELG-SRC-003"},
		Sentence: "decides by answers of registries that nobody has signed, or whose signature does not hold", Alter: takingAnySignature},
	Defect{ID: "elg-source-given-up", Class: classSources, Breaks: []string{"ELG-SRC-005"},
		Sentence: "does not ask a registry again that once did not answer", Alter: givingUp},
)
