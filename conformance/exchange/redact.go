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

// maxSecret is the length in bytes up to which a secret at the cut of a body is found.
const maxSecret = 8 << 10

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

// telling are parts of the names of secretMembers: most bodies have none, and are not searched further.
var telling = []string{"oken", "ecret", "assword", "TOKEN", "SECRET", "PASSWORD"}

func (r redactor) text(text string) string {
	if !slices.ContainsFunc(telling, func(part string) bool { return strings.Contains(text, part) }) {
		return r.replace.Replace(text)
	}
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
	if !utf8.Valid(message.Body) {
		out.Body = fmt.Sprintf("(%d bytes that are not text)", len(message.Body))
		return out
	}
	// More than is kept is redacted, so that the cut cannot leave half a secret.
	kept := message.Body[:min(len(message.Body), result.BodyLimit+maxSecret)]
	out.Body = r.text(strings.ToValidUTF8(string(kept), ""))
	if len(out.Body) > result.BodyLimit {
		out.Body = strings.ToValidUTF8(out.Body[:result.BodyLimit], "")
	}
	out.Truncated = message.Size > int64(min(len(message.Body), result.BodyLimit))
	return out
}

// kept is a decrypted message where it is text and short enough to be kept as a whole.
func (r redactor) kept(content []byte) string {
	if len(content) > result.BodyLimit || !utf8.Valid(content) {
		return ""
	}
	return r.text(string(content))
}

// printable keeps text that JSON, HTML and a terminal can carry; the rest is counted.
func printable(text string) string {
	if !utf8.ValidString(text) {
		return fmt.Sprintf("(%d bytes that are not text)", len(text))
	}
	return text
}

func exchangeID(number int) string { return fmt.Sprintf("x%04d", number) }
