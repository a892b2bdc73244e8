package reports

import (
	"fmt"
	"io"
	"strings"
	"text/template"
	"unicode/utf8"

	"github.com/spconform/spconform/conformance/result"
)

// badgeTemplate is a badge of two fields. Its texts are escaped before they are put in.
var badgeTemplate = template.Must(template.New("badge").Parse(`<svg xmlns="http://www.w3.org/2000/svg" width="{{.Width}}" height="20" role="img" aria-label="{{.Left}}: {{.Right}}"><title>{{.Left}}: {{.Right}}</title><rect width="{{.Width}}" height="20" rx="3" fill="#3b4754"/><path d="M{{.Middle}} 0h{{.Rest}}a3 3 0 0 1 3 3v14a3 3 0 0 1-3 3h-{{.Rest}}z" fill="{{.Fill}}"/><g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11"><text x="8" y="14" textLength="{{.LeftLength}}">{{.Left}}</text><text x="{{.RightAt}}" y="14" textLength="{{.RightLength}}">{{.Right}}</text></g></svg>
`))

// The colours of a badge's right field; white text on each has a contrast of at least 4.5 to 1.
const (
	badgeGood = "#17693a"
	badgeBad  = "#a8201a"
	badgeNone = "#52606d"
)

// Badge writes an SVG badge: spconform, and for each interface its level, or that it is not conformant.
func Badge(w io.Writer, report result.Report) error {
	right, fill := badgeText(report)
	const letter, margin = 6.6, 8
	left := "spconform"
	leftLength, rightLength := int(letter*float64(utf8.RuneCountInString(left))), int(letter*float64(utf8.RuneCountInString(right)))
	middle := leftLength + 2*margin
	return badgeTemplate.Execute(w, map[string]any{
		"Left": left, "Right": markupEscapes.Replace(Visible(right)), "Fill": fill, "LeftLength": leftLength, "RightLength": rightLength,
		"Middle": middle, "RightAt": middle + margin, "Width": middle + rightLength + 2*margin, "Rest": rightLength + 2*margin - 3,
	})
}

var markupEscapes = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&#34;", "'", "&#39;")

func badgeText(report result.Report) (text, fill string) {
	var parts []string
	fill = badgeGood
	for _, tested := range report.Interfaces {
		switch {
		case tested.Conformant == nil || tested.Level == nil:
			return "no level", badgeNone
		case !*tested.Conformant:
			fill = badgeBad
			parts = append(parts, tested.Interface+" not conformant")
		default:
			parts = append(parts, fmt.Sprintf("%s %s", tested.Interface, levelText(tested.Level, tested.Provisional)))
		}
	}
	if len(parts) == 0 || report.Error != nil {
		return "no level", badgeNone
	}
	return strings.Join(parts, " · "), fill
}
