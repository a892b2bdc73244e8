package reports

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Visible is text on one line, safe to print on a terminal: control characters, line breaks, text
// direction overrides, invisible characters and bytes that are no UTF-8 become escapes such as \x1b.
func Visible(text string) string { return visible(text, "") }

// VisibleLines is Visible that keeps line breaks and tabs.
func VisibleLines(text string) string { return visible(text, "\n\t") }

func visible(text, keep string) string {
	var out strings.Builder
	out.Grow(len(text))
	for len(text) > 0 {
		char, size := utf8.DecodeRuneInString(text)
		switch {
		case char == utf8.RuneError && size == 1:
			fmt.Fprintf(&out, `\x%02x`, text[0])
		case strings.ContainsRune(keep, char) || !hidden(char):
			out.WriteRune(char)
		case char == '\n':
			out.WriteString(`\n`)
		case char == '\r':
			out.WriteString(`\r`)
		case char == '\t':
			out.WriteString(`\t`)
		case char <= 0xff:
			fmt.Fprintf(&out, `\x%02x`, char)
		case char <= 0xffff:
			fmt.Fprintf(&out, `\u%04x`, char)
		default:
			fmt.Fprintf(&out, `\U%08x`, char)
		}
		text = text[size:]
	}
	return out.String()
}

// hidden says whether a character does something other than show: control and format characters and
// line separators. The joiners are spared since names in several scripts need them.
func hidden(char rune) bool {
	const nonJoiner, joiner = '\u200c', '\u200d'
	return char != nonJoiner && char != joiner &&
		unicode.In(char, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp)
}

// shorten cuts text to at most limit characters, the last of them an ellipsis where it was cut.
func shorten(text string, limit int) string {
	if utf8.RuneCountInString(text) <= limit {
		return text
	}
	return string([]rune(text)[:limit-1]) + "…"
}
