package reports

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"strings"
	"time"

	"github.com/samber/lo"

	"github.com/spconform/spconform/conformance/result"
)

//go:embed page.html.tmpl
var pageFiles embed.FS

var pageTemplate = template.Must(template.New("page.html.tmpl").Funcs(template.FuncMap{
	"text":  Visible,
	"lines": VisibleLines,
	"level": levelText,
	"class": func(name any) string { return strings.ReplaceAll(fmt.Sprint(name), " ", "-") },
	"short": func(text string) string { return shorten(Visible(text), reasonLimit) },
}).ParseFS(pageFiles, "page.html.tmpl"))

// page is what the template shows.
type page struct {
	Report     result.Report
	Target     string
	Duration   string
	Interfaces []pageInterface
}

type pageInterface struct {
	result.Interface
	Conclusion string
	Headline   string
	Path       string
	Columns    []result.Verdict
	Areas      []pageArea
	Failures   []pageFailure
}

type pageArea struct {
	area
	Requirements []pageRequirement
}

type pageRequirement struct {
	result.Requirement
	Why string
}

type pageFailure struct {
	result.Requirement
	Why     string
	Reasons []pageReason
}

type pageReason struct {
	result.Failure
	Exchanges []pageExchange
}

// pageExchange is an exchange that a failure points to. Again is set where the page shows it already.
type pageExchange struct {
	result.Exchange
	Again    bool
	Missing  bool
	Request  pageMessage
	Response pageMessage
}

type pageMessage struct {
	result.HTTPMessage
	Pretty string
	Cut    bool
}

// HTML writes one page that needs neither network nor script: the failures first, each with what was
// expected and seen, the exchange, how to reproduce it and what to do; then the requirements by area.
func HTML(w io.Writer, report result.Report) error {
	shown := page{
		Report: report, Target: targetOf(report.Target),
		Duration: report.FinishedAt.Sub(report.StartedAt).Round(100 * time.Millisecond).String(),
	}
	exchanges := exchangesOf(report)
	seen := map[string]bool{}
	for _, tested := range report.Interfaces {
		shown.Interfaces = append(shown.Interfaces, pageInterface{
			Interface: tested, Conclusion: conclusionOf(report, tested), Headline: headlineOf(tested), Path: pathOf(tested),
			Columns: columnsOf(tested), Areas: pageAreas(tested), Failures: pageFailures(tested, exchanges, seen),
		})
	}
	var buffer bytes.Buffer
	if err := pageTemplate.Execute(&buffer, shown); err != nil {
		return err
	}
	_, err := buffer.WriteTo(w)
	return err
}

func pageAreas(tested result.Interface) []pageArea {
	return lo.Map(areasOf(tested), func(a area, _ int) pageArea {
		shown := pageArea{area: a}
		for _, requirement := range tested.Requirements {
			if requirement.Area == a.Name {
				shown.Requirements = append(shown.Requirements, pageRequirement{requirement, reasonOf(requirement)})
			}
		}
		return shown
	})
}

func pageFailures(tested result.Interface, exchanges map[string]result.Exchange, seen map[string]bool) []pageFailure {
	return lo.Map(failures(tested), func(requirement result.Requirement, _ int) pageFailure {
		shown := pageFailure{Requirement: requirement}
		if len(requirement.Failures) == 0 {
			shown.Why = reasonOf(requirement)
		}
		for _, failure := range requirement.Failures {
			reason := pageReason{Failure: failure}
			for _, id := range failure.Exchanges {
				reason.Exchanges = append(reason.Exchanges, showExchange(id, exchanges, seen))
			}
			shown.Reasons = append(shown.Reasons, reason)
		}
		return shown
	})
}

func showExchange(id string, exchanges map[string]result.Exchange, seen map[string]bool) pageExchange {
	exchange, found := exchanges[id]
	if !found {
		return pageExchange{Exchange: result.Exchange{ID: id}, Missing: true}
	}
	again := seen[id]
	seen[id] = true
	return pageExchange{Exchange: exchange, Again: again, Request: pretty(exchange.Request), Response: pretty(exchange.Response)}
}

// pageBodyLimit is the number of bytes of a body that the page shows; exchanges.har has more.
const pageBodyLimit = 16 << 10

// pretty indents a JSON body and shows any other as it is.
func pretty(message result.HTTPMessage) pageMessage {
	body := message.Body
	var indented bytes.Buffer
	if json.Indent(&indented, []byte(body), "", "  ") == nil {
		body = indented.String()
	}
	shown := pageMessage{HTTPMessage: message, Pretty: body, Cut: message.Truncated}
	if len(body) > pageBodyLimit {
		shown.Pretty, shown.Cut = strings.ToValidUTF8(body[:pageBodyLimit], ""), true
	}
	return shown
}

// levelText shows a level, an undefined one as a dash and a provisional one with a ring.
func levelText(level *int, provisional bool) string {
	if level == nil {
		return "–"
	}
	return fmt.Sprint(*level) + lo.Ternary(provisional, "°", "")
}
