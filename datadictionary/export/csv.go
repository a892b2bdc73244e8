package export

import (
	"encoding/csv"
	"io"
	"strings"

	"github.com/spconform/spconform/datadictionary"
)

var csvHeader = []string{
	"kind", "registry", "entry_id", "entry", "name", "label", "definition",
	"type", "reference", "cardinality", "defined_by", "other_spellings", "deprecated_use", "term", "note",
}

func writeCSV(w io.Writer, d *datadictionary.Dictionary) error {
	rows := [][]string{csvHeader}
	for _, o := range d.Objects() {
		rows = append(rows, []string{
			"object", o.Registry, o.ID, o.Name, "", o.Label, o.Definition,
			"", o.Extends, "", "", strings.Join(o.Types, " "), "", o.Term, strings.Join(o.Notes, " "),
		})
		for _, a := range o.Attributes {
			rows = append(rows, []string{
				"attribute", o.Registry, o.ID, o.Name, a.Name, a.Label, a.Definition,
				a.Type, reference(a), a.Cardinality(), a.Owner, spellings(a), "", o.Term, a.Note,
			})
		}
	}
	for _, c := range d.CodeLists() {
		rows = append(rows, []string{
			"code_list", c.Registry, c.ID, c.Name, "", c.Label, c.Definition,
			"", "", "", "", "", "", c.Term, strings.Join(c.Notes, " "),
		})
		for _, code := range c.Codes {
			rows = append(rows, []string{
				"code", c.Registry, c.ID, c.Name, code.Code, code.Label, code.Definition,
				"", "", "", "", "", code.Use, c.Term, code.Note,
			})
		}
	}
	for _, f := range d.Formats() {
		rows = append(rows, []string{
			"format", "core", f.ID, f.Name, "", f.Label, f.Definition,
			"", "", "", "", "", "", "", strings.Join(f.Notes, " "),
		})
	}
	out := csv.NewWriter(w)
	if err := out.WriteAll(rows); err != nil {
		return err
	}
	return out.Error()
}
