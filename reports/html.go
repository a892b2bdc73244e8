package reports

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/samber/lo"

	"github.com/spconform/spconform/conformance/result"
	"github.com/spconform/spconform/conformance/statement"
	"github.com/spconform/spconform/spec"
)

var (
	pageStyle  = mustFile("page/style.css")
	pageScript = mustFile("page/filter.js")
	// pagePolicy lets the page use its own style and script and nothing else, wherever it is opened.
	pagePolicy = fmt.Sprintf("default-src 'none'; style-src '%s'; script-src '%s'; base-uri 'none'; form-action 'none'",
		hashSource(pageStyle), hashSource(pageScript))
	pageTemplates = template.Must(template.New("pages").Funcs(template.FuncMap{
		"t":      words,
		"text":   Visible,
		"lines":  VisibleLines,
		"level":  levelText,
		"class":  classOf,
		"short":  func(text string) string { return shorten(Visible(text), reasonLimit) },
		"style":  func() template.CSS { return template.CSS(pageStyle) },
		"script": func() template.JS { return template.JS(pageScript) },
		"policy": func() string { return pagePolicy },
	}).ParseFS(pageFiles, "page/*.tmpl"))
)

func mustFile(name string) string {
	raw, err := pageFiles.ReadFile(name)
	if err != nil {
		panic(err)
	}
	return strings.TrimSpace(string(raw))
}

// hashSource is how a content security policy names an inline style or script.
func hashSource(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

// render writes one of the pages.
func render(w io.Writer, name string, shown any) error {
	var buffer bytes.Buffer
	if err := pageTemplates.ExecuteTemplate(&buffer, name, shown); err != nil {
		return err
	}
	_, err := buffer.WriteTo(w)
	return err
}

// page is what the template shows.
type page struct {
	Report     result.Report
	Target     string
	Duration   string
	Interfaces []pageInterface
	// Expires is the day on which a statement on the run expires, "" where none is made of it.
	Expires string
}

type pageInterface struct {
	result.Interface
	Name       string
	Conclusion string
	// Meaning is the level in words, "" where there is none.
	Meaning string
	Facts   facts
	// Unsettled are what makes the level provisional.
	Unsettled []pageRequirement
	Verdict   string
	Headline  string
	Picture   picture
	PathTitle string
	Path      []pageRequirement
	PathMore  int
	Must      string
	Columns   []result.Verdict
	Areas     []pageArea
	Failures  []pageFailure
	Dialects  []pageDialect
	// Spoken is how many requirements hold only under a dialect.
	Spoken   int
	Verdicts []result.Verdict
	Used     []string
}

type pageArea struct {
	area
	Columns      []result.Verdict
	Requirements []pageRequirement
}

type pageRequirement struct {
	result.Requirement
	Why      string
	Anchor   string
	Recorded []string
	More     int
}

type pageFailure struct {
	result.Requirement
	Why string
	// First is shown, More is folded away.
	First, More []pageReason
}

// pageDialect is what dialects explain.
type pageDialect struct {
	inDialect
	Rows []pageSpoken
}

// pageSpoken is a requirement that holds only under a dialect.
type pageSpoken struct {
	pageFailure
	Counts result.Verdict
	Strict string
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

// HTML writes one page that needs no network, and no script but for filtering: the level as a picture
// and the path to the next, the failures, each with what was expected and seen, the exchange, how to
// reproduce it and what to do; then the requirements by area.
func HTML(w io.Writer, report result.Report) error {
	return render(w, "report.html.tmpl", pageOf(report))
}

func pageOf(report result.Report) page {
	shown := page{
		Report: report, Target: targetOf(report.Target),
		Duration: report.FinishedAt.Sub(report.StartedAt).Round(100 * time.Millisecond).String(),
	}
	if statement.Withheld(report) == nil {
		shown.Expires = statement.Expires(report).Format(time.DateOnly)
	}
	exchanges := exchangesOf(report)
	seen := map[string]bool{}
	for _, tested := range report.Interfaces {
		made := pageInterface{
			Interface: tested, Name: cmp.Or(tested.Title, tested.Interface), Conclusion: conclusionOf(report, tested), Headline: headlineOf(tested),
			Picture: pictureOf(tested), Must: mustOf(tested), Columns: columnsOf(tested), Areas: pageAreas(tested),
			Failures: pageFailures(failures(tested), exchanges, seen),
		}
		made.dialects(dialectsIn(report, tested), exchanges, seen)
		made.Verdict, _, _ = strings.Cut(made.Conclusion, ":")
		made.Facts, made.Unsettled = factsOf(tested), unsettled(tested)
		if tested.Level != nil {
			made.Meaning = words("level_means_" + fmt.Sprint(*tested.Level))
		}
		made.path(tested)
		made.Verdicts = lo.Filter(result.Verdicts, func(v result.Verdict, _ int) bool { return tested.Count(v) > 0 })
		made.Used = lo.Uniq(lo.Map(tested.Requirements, func(r result.Requirement, _ int) string { return r.Dimension }))
		shown.Interfaces = append(shown.Interfaces, made)
	}
	return shown
}

// articled says whether the page has a place of its own for a requirement.
func articled(requirement result.Requirement) bool {
	return slices.Contains(failing, requirement.Verdict) || requirement.Verdict == result.Dialect
}

func (p *pageInterface) dialects(groups []inDialect, exchanges map[string]result.Exchange, seen map[string]bool) {
	for _, group := range groups {
		shown := pageDialect{inDialect: group}
		for _, failure := range pageFailures(group.Requirements, exchanges, seen) {
			shown.Rows = append(shown.Rows, pageSpoken{pageFailure: failure, Counts: countsAs(failure.Requirement), Strict: strictly(failure.Requirement)})
		}
		p.Spoken += len(group.Requirements)
		p.Dialects = append(p.Dialects, shown)
	}
}

// path names the requirements that stand between the level and the next, the first few with their sentence.
func (p *pageInterface) path(tested result.Interface) {
	const most = 8
	byID := lo.KeyBy(tested.Requirements, func(r result.Requirement) string { return r.ID })
	stands := standsOf(tested)
	for _, id := range stands {
		if len(p.Path) == most {
			p.PathMore = len(stands) - most
			break
		}
		row := pageRequirement{Requirement: byID[id], Anchor: "row-" + tested.Interface + "-" + id}
		row.ID = id
		if articled(row.Requirement) {
			row.Anchor = tested.Interface + "-" + id
		}
		p.Path = append(p.Path, row)
	}
	p.PathTitle = words("path_title_unknown")
	switch {
	case tested.Interface == spec.PatternProcess:
		p.PathTitle = words("path_title_processes")
	case tested.Level != nil:
		p.PathTitle = words("path_title", *tested.Level+1)
	}
}

// facts count the requirements that are scored; Experimental are those that do not hold and are not.
type facts struct{ Failing, Absent, Untested, Experimental int }

func factsOf(tested result.Interface) facts {
	var made facts
	for _, row := range tested.Requirements {
		switch {
		case row.Experimental && open(row):
			made.Experimental++
		case row.Experimental:
		case open(row):
			made.Failing++
		case row.Verdict == result.NotApplicable:
			made.Absent++
		case row.Verdict == result.Untested && row.Evidence == nil:
			made.Untested++
		}
	}
	return made
}

// unsettled are the scored requirements up to the level that no test settles: what makes it provisional.
func unsettled(tested result.Interface) []pageRequirement {
	if !tested.Provisional || tested.Level == nil {
		return nil
	}
	return lo.FilterMap(tested.Requirements, func(row result.Requirement, _ int) (pageRequirement, bool) {
		open := slices.Contains([]result.Verdict{result.Untested, result.SpecDefect}, row.Verdict) && row.Evidence == nil
		return pageRequirement{Requirement: row, Anchor: "row-" + tested.Interface + "-" + row.ID}, open && !row.Experimental && row.Band <= *tested.Level
	})
}

// mustOf is how many of the stable MUSTs that apply are met.
func mustOf(tested result.Interface) string {
	met, owed := tested.Musts()
	return fmt.Sprintf("%d/%d", met, owed)
}

// recordedMost is how many of the legal forms that a target chose the page lists for a requirement.
const recordedMost = 6

func pageAreas(tested result.Interface) []pageArea {
	return lo.Map(areasOf(tested), func(a area, _ int) pageArea {
		shown := pageArea{area: a, Columns: lo.Filter(columnsOf(tested), func(v result.Verdict, _ int) bool { return a.Count(v) > 0 })}
		for _, requirement := range tested.Requirements {
			if requirement.Area != a.Name {
				continue
			}
			row := pageRequirement{Requirement: requirement, Why: reasonOf(requirement), Recorded: requirement.Recorded}
			if len(row.Recorded) > recordedMost {
				row.Recorded, row.More = row.Recorded[:recordedMost], len(row.Recorded)-recordedMost
			}
			if articled(requirement) {
				row.Anchor = tested.Interface + "-" + requirement.ID
			}
			shown.Requirements = append(shown.Requirements, row)
		}
		return shown
	})
}

func pageFailures(failed []result.Requirement, exchanges map[string]result.Exchange, seen map[string]bool) []pageFailure {
	return lo.Map(failed, func(requirement result.Requirement, _ int) pageFailure {
		shown := pageFailure{Requirement: requirement}
		if len(requirement.Failures) == 0 {
			shown.Why = reasonOf(requirement)
		}
		for _, failure := range requirement.Failures {
			reason := pageReason{Failure: failure}
			for _, id := range failure.Exchanges {
				reason.Exchanges = append(reason.Exchanges, showExchange(id, exchanges, seen))
			}
			if len(shown.First) == 0 {
				shown.First = append(shown.First, reason)
				continue
			}
			// What to do is said once.
			reason.Mend = ""
			shown.More = append(shown.More, reason)
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

// classOf is the style of a verdict or the like; what follows a comma only says more.
func classOf(name any) string {
	first, _, _ := strings.Cut(fmt.Sprint(name), ",")
	return strings.ReplaceAll(first, " ", "-")
}

// levelText shows a level, an undefined one as a dash and a provisional one with a ring.
func levelText(level *int, provisional bool) string {
	if level == nil {
		return "–"
	}
	return fmt.Sprint(*level) + lo.Ternary(provisional, "°", "")
}
