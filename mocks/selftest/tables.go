package selftest

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/samber/lo"
	"go.yaml.in/yaml/v3"

	"github.com/spconform/spconform/conformance/result"
	"github.com/spconform/spconform/mocks"
)

//go:embed wanted.yaml
var wantedFile []byte

//go:embed matrix.json
var recordedFile []byte

// Wanted is something that the suite must be seen to catch, with ids of known-bad vendors that it is caught by.
type Wanted struct {
	What string   `yaml:"what"`
	By   []string `yaml:"by"`
}

// ReadWanted reads what the suite must be seen to catch.
func ReadWanted() ([]Wanted, error) {
	var all []Wanted
	decoder := yaml.NewDecoder(bytes.NewReader(wantedFile))
	decoder.KnownFields(true)
	return all, decoder.Decode(&all)
}

// Recorded are the totals of the last run of everything that was kept.
func Recorded() (result.Matrix, error) {
	var matrix result.Matrix
	return matrix, json.Unmarshal(recordedFile, &matrix)
}

// TotalsTable tells a run in Markdown: behavioural and generated defects apart.
func TotalsTable(matrix result.Matrix) string {
	lines := []string{"| known-bad vendors | tested | killed | survived | could not be tested |", "|---|---|---|---|---|"}
	for _, kind := range []struct {
		name string
		result.Fates
	}{{"behavioural", matrix.Behavioural}, {"generated from the schemas", matrix.Generated}} {
		lines = append(lines, fmt.Sprintf("| %s | %d | %d | %d | %d |", kind.name, kind.Total(), kind.Killed, kind.Survived, kind.Failed))
	}
	return strings.Join(lines, "\n")
}

// ClassTable counts defects in Markdown, a row a class and a column a strength.
func ClassTable(defects []mocks.Defect) string {
	head := lo.Map(mocks.Strengths, func(s mocks.Strength, _ int) string { return s.String() })
	lines := []string{"| class | all | " + strings.Join(head, " | ") + " |", "|---" + strings.Repeat("|---", len(head)+1) + "|"}
	byClass := lo.GroupBy(defects, func(d mocks.Defect) string { return d.Class })
	row := func(name string, of []mocks.Defect) {
		counts := lo.CountValuesBy(of, func(d mocks.Defect) mocks.Strength { return d.Strength })
		cells := lo.Map(mocks.Strengths, func(s mocks.Strength, _ int) string {
			if counts[s] == 0 {
				return ""
			}
			return fmt.Sprint(counts[s])
		})
		lines = append(lines, fmt.Sprintf("| %s | %d | %s |", name, len(of), strings.Join(cells, " | ")))
	}
	classes := lo.Keys(byClass)
	slices.Sort(classes)
	for _, class := range classes {
		row(class, byClass[class])
	}
	row(fmt.Sprintf("**%d classes**", len(classes)), defects)
	return strings.Join(lines, "\n")
}
