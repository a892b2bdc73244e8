package mocks

import (
	"bytes"
	"net/http"
	"net/url"

	"github.com/spconform/spconform/reference"
	"github.com/spconform/spconform/spec/message"
)

const (
	classPayToken    = "payments: tokens"
	classPayOptional = "payments: optional members"
)

// naming says whether a message has a member of one of the names.
func naming(names ...string) func(*reference.Incoming) bool {
	return func(in *reference.Incoming) bool {
		for _, name := range names {
			if bytes.Contains(in.Body, []byte(`"`+name+`"`)) {
				return true
			}
		}
		return false
	}
}

var _ = register(
	Defect{ID: "pay-token-of-another-type", Class: classPayToken, Breaks: []string{"PAY-TOK-001"}, Sentence: "gives tokens of the type JWT",
		Alter: tokenAnswers(func(s int, b []byte) (int, []byte) {
			return s, bytes.Replace(b, []byte(`"Bearer"`), []byte(`"JWT"`), 1)
		})},
	Defect{ID: "pay-token-secret-ignored", Class: classPayToken, Breaks: []string{"PAY-TOK-002"}, Sentence: "gives a token for any secret of a client that it knows",
		Alter: tokenForm(func(form url.Values, known [2]string) {
			if form.Get("client_id") == known[0] && known[0] != "" {
				form.Set("client_secret", known[1])
			}
		})},
	Defect{ID: "pay-token-grant-type-ignored", Class: classPayToken, Breaks: []string{"PAY-TOK-003"}, Sentence: "gives a token whatever the grant_type",
		Alter: tokenForm(func(form url.Values, _ [2]string) { form.Set("grant_type", "client_credentials") })},
	Defect{ID: "pay-token-refused-without-reason", Class: classPayToken, Breaks: []string{"PAY-TOK-004"}, Sentence: "refuses a token without a body",
		Alter: tokenAnswers(func(s int, b []byte) (int, []byte) {
			if s >= http.StatusBadRequest {
				return s, nil
			}
			return s, b
		})},
	Defect{ID: "elg-token-of-another-type", Class: classAssess, Breaks: []string{"ELG-TOK-001"}, Sentence: "gives tokens of the type JWT",
		Alter: tokenAnswers(func(s int, b []byte) (int, []byte) {
			return s, bytes.Replace(b, []byte(`"Bearer"`), []byte(`"JWT"`), 1)
		})},
	Defect{ID: "elg-token-secret-ignored", Class: classAssess, Breaks: []string{"ELG-TOK-002"}, Sentence: "gives a token for any secret of a client that it knows",
		Alter: tokenForm(func(form url.Values, known [2]string) {
			if form.Get("client_id") == known[0] && known[0] != "" {
				form.Set("client_secret", known[1])
			}
		})},
	Defect{ID: "pay-meta-refused", Class: classPayOptional, Breaks: []string{"PAY-OPT-001"}, Sentence: "refuses a header with metadata",
		Alter: demanding("signature", message.ErrRequestBad, naming("meta"))},
	Defect{ID: "pay-optional-members-refused", Class: classPayOptional, Breaks: []string{"PAY-OPT-001"},
		Sentence: "refuses messages with members that it does not use itself",
		Alter:    demanding("signature", message.ErrRequestBad, naming("note", "instruction", "locale", "additional_info"))},
)
