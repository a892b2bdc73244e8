package maturity

import (
	"fmt"
	"strings"

	"github.com/spconform/spconform/spec"
)

// letters stand for the dimensions in a headline: security is X, since S is semantic.
var letters = map[spec.Dimension]string{
	spec.Legal: "L", spec.Organizational: "O", spec.Semantic: "S", spec.Technical: "T", spec.Security: "X",
}

const (
	undefinedMark   = "–"
	provisionalMark = "°"
)

// headline is the one line that sums a score up:
// social registry 2 · L– O– S2 T2 X2 · tested 61/64 MUST · 2 n/a · seed 7
func headline(in Input, score Score) string {
	title := strings.ToLower(in.Title)
	var parts []string
	switch {
	case in.Partial:
		parts = append(parts, title, "partial selection, no level")
	case score.Level == nil:
		parts = append(parts, title, fmt.Sprintf("level withheld, %d errors of the suite", score.Errors))
	default:
		parts = append(parts, title+" "+interfaceMark(score))
		if !*score.Conformant {
			parts = append(parts, "not conformant")
		}
		parts = append(parts, dimensions(score))
	}
	tested := fmt.Sprintf("tested %d/%d MUST", score.Met, score.Must)
	if score.Declared > 0 {
		tested += fmt.Sprintf(", declared %d", score.Declared)
	}
	parts = append(parts, tested)
	if score.NotApplicable > 0 {
		parts = append(parts, fmt.Sprintf("%d n/a", score.NotApplicable))
	}
	return strings.Join(append(parts, fmt.Sprintf("seed %d", in.Seed)), " · ")
}

// interfaceMark is the interface's level; where nothing of it is scored, there is none.
func interfaceMark(score Score) string {
	for _, dimension := range score.Dimensions {
		if dimension.Level != nil {
			return mark(score.Level, score.Provisional)
		}
	}
	return undefinedMark
}

// dimensions writes S2 for a level, S2° for a provisional one, S– where nothing is defined, and S2–
// for a dimension below the interface's level for which nothing higher is defined.
func dimensions(score Score) string {
	var parts []string
	for _, dimension := range score.Dimensions {
		text := letters[dimension.Dimension] + mark(dimension.Level, dimension.Provisional)
		if dimension.Level != nil && *dimension.Level < *score.Level {
			text += undefinedMark
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, " ")
}

func mark(level *int, provisional bool) string {
	switch {
	case level == nil:
		return undefinedMark
	case provisional:
		return fmt.Sprint(*level, provisionalMark)
	}
	return fmt.Sprint(*level)
}
