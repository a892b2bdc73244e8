package exchange

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/spconform/spconform/conformance/result"
)

// Redacted stands where a secret was.
const Redacted = "[redacted]"

// secretHeaders carry credentials; their values are never written.
var secretHeaders = []string{"Authorization", "Cookie", "Set-Cookie", "Proxy-Authorization", "X-Api-Key"}

// secretMembers are form and JSON members that carry credentials.
var secretMembers = regexp.MustCompile(`(?i)("?(?:client_secret|access_token|refresh_token|password|id_token)"?\s*[=:]\s*"?)([^"&\s,}]+)`)

type redactor struct{ replace *strings.Replacer }

func newRedactor(secrets []string) redactor {
	sorted := slices.Clone(secrets)
	slices.SortFunc(sorted, func(a, b string) int { return len(b) - len(a) })
	pairs := make([]string, 0, 2*len(sorted))
	for _, secret := range sorted {
		pairs = append(pairs, secret, Redacted)
	}
	return redactor{strings.NewReplacer(pairs...)}
}

func (r redactor) text(text string) string {
	return secretMembers.ReplaceAllString(r.replace.Replace(text), "${1}"+Redacted)
}

func (r redactor) message(message Message) result.HTTPMessage {
	out := result.HTTPMessage{Method: message.Method, URL: r.text(message.URL), Status: message.Status, Size: message.Size}
	names := make([]string, 0, len(message.Header))
	for name := range message.Header {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		for _, value := range message.Header[name] {
			if slices.ContainsFunc(secretHeaders, func(secret string) bool { return strings.EqualFold(secret, name) }) {
				value = Redacted
			}
			out.Headers = append(out.Headers, result.Header{Name: name, Value: printable(r.text(value))})
		}
	}
	// Redact before cutting, so that a cut cannot leave half a secret.
	body := r.text(printable(string(message.Body)))
	if len(body) > result.BodyLimit {
		body, out.Truncated = strings.ToValidUTF8(body[:result.BodyLimit], ""), true
	}
	out.Body = body
	out.Truncated = out.Truncated || message.Size > int64(len(message.Body))
	return out
}

// printable keeps text that JSON, HTML and a terminal can carry; the rest is counted.
func printable(text string) string {
	if !utf8.ValidString(text) {
		return fmt.Sprintf("(%d bytes that are not text)", len(text))
	}
	return text
}

func exchangeID(number int) string { return fmt.Sprintf("x%04d", number) }
