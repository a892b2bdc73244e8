package reports

import (
	"strconv"
	"strings"

	"github.com/samber/lo"

	"github.com/spconform/spconform/spec"
)

// requirementItem is a requirement in JSON: the row of the catalogue and its keyword.
type requirementItem struct {
	spec.Requirement
	Keyword spec.Keyword `json:"keyword"`
}

// Requirements lists requirements of the catalogue.
func Requirements(requirements []spec.Requirement) Grid {
	grid := Grid{
		Columns: []string{"id", "keyword", "applies to", "operation", "role", "dimension", "band", "capability", "basis", "area", "statement"},
		Items: lo.Map(requirements, func(r spec.Requirement, _ int) requirementItem {
			return requirementItem{r, r.Keyword()}
		}),
	}
	for _, r := range requirements {
		applies := strings.Join(r.Interfaces, " ")
		if r.Pattern != "" {
			applies = strings.TrimSpace("every " + r.Pattern + " " + applies)
		}
		grid.Rows = append(grid.Rows, []string{
			r.ID, string(r.Keyword()), applies, r.Operation, string(r.Role), string(r.Dimension), strconv.Itoa(r.Band),
			r.Capability, string(r.Basis), r.Area, r.Statement,
		})
	}
	return grid
}

// RequirementsBrief is Requirements with the columns that fit a terminal.
func RequirementsBrief(requirements []spec.Requirement) Grid {
	grid := Grid{Columns: []string{"id", "area", "band", "statement"}}
	for _, r := range requirements {
		grid.Rows = append(grid.Rows, []string{r.ID, r.Area, strconv.Itoa(r.Band), r.Statement})
	}
	return grid
}
