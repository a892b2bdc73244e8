package reports

import (
	"cmp"
	"fmt"

	"github.com/samber/lo"

	"github.com/spconform/spconform/conformance/compare"
	"github.com/spconform/spconform/conformance/result"
	"github.com/spconform/spconform/spec"
)

// pageComparison is what the page of a comparison shows.
type pageComparison struct {
	compare.Comparison
	Levels    []pageLevels
	Parts     []pagePart
	Sentences []string
	Standings []pageStanding
}

// pageLevels is a row of the matrix of levels: what each candidate came to on one interface.
type pageLevels struct {
	Interface, Title string
	Cells            []pageCell
}

// pageCell is a candidate's level on an interface, nil where its results do not have it.
type pageCell struct {
	Outcome    *compare.Outcome
	Verdict    string
	Level      string
	Must       string
	Dimensions []pageDimension
}

// pageDimension is a level as a row of bars: earned, open, or undefined by the catalogue.
type pageDimension struct {
	Name, Level string
	Bars        []pageBar
}

type pageBar struct {
	X     int
	Class string
}

// pagePart holds the rows on which the candidates differ, by interface.
type pagePart struct {
	Title  string
	Groups []pageGroup
}

type pageGroup struct {
	Title string
	Rows  []pageRow
}

type pageRow struct {
	compare.Row
	Name, Anchor string
}

type pageStanding struct {
	compare.Standing
	Eligibility, Signature, First string
	Reasons                       []pageReasons
	// Width is the share of the bar that is filled, of 100.
	Width float64
}

// pageReasons is a reason with links to the rows below.
type pageReasons struct {
	reason
	Links []pageLink
}

// pageLink is an id and, where the page has its row, the anchor of that.
type pageLink struct{ ID, Anchor string }

func comparisonOf(shown compare.Comparison) pageComparison {
	made := pageComparison{Comparison: shown, Sentences: ranked(shown), Levels: levelsOf(shown)}
	titles := lo.SliceToMap(made.Levels, func(l pageLevels) (string, string) { return l.Interface, l.Title })
	anchors := map[string]string{}
	for _, part := range comparisonParts(shown) {
		made.Parts = append(made.Parts, pagePart{part.title, groupsOf(part.rows, titles, anchors)})
	}
	for _, one := range shown.Candidates {
		standing := pageStanding{Standing: one, Eligibility: eligibility(one), Signature: signature(one), First: firstShare(shown, one.Name)}
		for _, share := range shown.Ranking.Shares {
			if share.Name == one.Name {
				standing.Width = share.First * 100
			}
		}
		for _, because := range reasonsOf(one) {
			linked := pageReasons{reason: because}
			for _, id := range because.New {
				linked.Links = append(linked.Links, pageLink{id, anchors[because.Interface+" "+id]})
			}
			standing.Reasons = append(standing.Reasons, linked)
		}
		made.Standings = append(made.Standings, standing)
	}
	return made
}

// levelsOf is the matrix of levels, interface by interface in the order in which they first occur.
func levelsOf(shown compare.Comparison) []pageLevels {
	var rows []pageLevels
	for _, one := range shown.Candidates {
		for _, outcome := range one.Interfaces {
			if lo.ContainsBy(rows, func(l pageLevels) bool { return l.Interface == outcome.Interface }) {
				continue
			}
			row := pageLevels{Interface: outcome.Interface, Title: cmp.Or(outcome.Title, outcome.Interface)}
			for _, other := range shown.Candidates {
				row.Cells = append(row.Cells, cellOf(other.On(outcome.Interface)))
			}
			rows = append(rows, row)
		}
	}
	return rows
}

func cellOf(outcome compare.Outcome, there bool) pageCell {
	if !there {
		return pageCell{Verdict: compare.NotTested}
	}
	made := pageCell{Outcome: &outcome, Level: levelText(&outcome.Level, outcome.Provisional),
		Verdict: lo.Ternary(outcome.Conformant, "conformant", "not conformant"), Must: fmt.Sprintf("%d/%d", outcome.Met, outcome.Must)}
	levels := lo.KeyBy(outcome.Dimensions, func(d result.DimensionLevel) string { return d.Dimension })
	for _, dimension := range spec.Dimensions {
		level := levels[string(dimension)]
		shown := pageDimension{Name: words("dimension_" + string(dimension)), Level: levelText(level.Level, level.Provisional)}
		for band := range bands {
			shown.Bars = append(shown.Bars, pageBar{band * 10, barClass(level.Level, band)})
		}
		made.Dimensions = append(made.Dimensions, shown)
	}
	return made
}

func barClass(level *int, band int) string {
	switch {
	case level == nil:
		return "none"
	case band < *level:
		return "earned"
	}
	return "open"
}

// groupsOf puts the rows of each interface together and notes the anchor of each requirement's row.
func groupsOf(rows []compare.Row, titles, anchors map[string]string) []pageGroup {
	var groups []pageGroup
	last := ""
	for i, row := range rows {
		if i == 0 || row.Interface != last {
			groups, last = append(groups, pageGroup{Title: cmp.Or(titles[row.Interface], row.Interface)}), row.Interface
		}
		shown := pageRow{Row: row, Name: rowName(row)}
		if row.ID != "" {
			shown.Anchor = fmt.Sprintf("row-%s-%s", row.Interface, row.ID)
			anchors[row.Interface+" "+row.ID] = shown.Anchor
		}
		group := &groups[len(groups)-1]
		group.Rows = append(group.Rows, shown)
	}
	return groups
}
