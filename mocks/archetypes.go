package mocks

import "net/http"

const classArchetype = "whole vendors"

// wholly answers every request alike.
func wholly(status int, contentType, body string) func(*Vendor) {
	return func(v *Vendor) {
		v.Before(func(w http.ResponseWriter, _ *http.Request, _ []byte) bool {
			say(w, status, contentType, body)
			return true
		})
	}
}

const page = "<!doctype html><title>Registry</title><p>Welcome to the registry."

var _ = register(
	Defect{ID: "archetype-401", Archetype: true, Class: classArchetype, Breaks: []string{"REG-SEARCH-001", "SEC-JWKS-001", "SEC-SIG-005"},
		Sentence: "says HTTP 401 to everything", Alter: wholly(http.StatusUnauthorized, "application/json", `{"errors":[{"code":"err.request.unauthorized"}]}`)},
	Defect{ID: "archetype-404", Archetype: true, Class: classArchetype, Breaks: []string{"REG-SEARCH-001", "SEC-JWKS-001", "SEC-AUTH-001"},
		Sentence: "says HTTP 404 to everything", Alter: wholly(http.StatusNotFound, "application/json", `{"errors":[{"code":"err.request.not_found"}]}`)},
	Defect{ID: "archetype-ack", Archetype: true, Class: classArchetype, Breaks: []string{"REG-SEARCH-001", "SEC-JWKS-001", "SEC-SIG-005"},
		Sentence: "says ACK to everything", Alter: wholly(http.StatusOK, "application/json", ackBody)},
	Defect{ID: "archetype-html", Archetype: true, Class: classArchetype, Breaks: []string{"REG-SEARCH-001", "REG-HTTP-001", "SEC-JWKS-001"},
		Sentence: "shows a page for everything", Alter: wholly(http.StatusOK, "text/html", page)},
	Defect{ID: "archetype-500", Archetype: true, Class: classArchetype, Breaks: []string{"REG-SEARCH-001", "REG-HTTP-006"},
		Sentence: "says HTTP 500 to everything", Alter: wholly(http.StatusInternalServerError, "application/json", failedBody)},
	Defect{ID: "archetype-empty-object", Archetype: true, Class: classArchetype, Breaks: []string{"REG-SEARCH-001", "REG-ENV-001", "SEC-JWKS-001"},
		Sentence: "says HTTP 200 and an empty object to everything", Alter: wholly(http.StatusOK, "application/json", "{}")},
	Defect{ID: "archetype-messages-401", Archetype: true, Class: classArchetype, Breaks: []string{"REG-SEARCH-001", "SEC-SIG-005", "SEC-AUTH-001"},
		Sentence: "gives tokens and keys and says HTTP 401 to every message",
		Alter: func(v *Vendor) {
			v.Before(func(w http.ResponseWriter, r *http.Request, _ []byte) bool {
				if !isMessage(r) {
					return false
				}
				sayJSON(w, http.StatusUnauthorized, `{"errors":[{"code":"err.request.unauthorized"}]}`)
				return true
			})
		}},
	Defect{ID: "archetype-trusting", Archetype: true, Class: classArchetype, Breaks: []string{"SEC-SIG-005", "SEC-AUTH-001", "SEC-URI-001"},
		Sentence: "answers everybody, whatever is signed and with whatever token, wherever they are",
		Alter: func(v *Vendor) {
			v.WithoutCheck("token", "token_sender", "signature", "receiver", "sender_uri", "message_id", "message_ts", "total_count", "version", "action")
		}},
)
