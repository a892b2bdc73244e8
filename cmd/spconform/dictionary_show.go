package main

import (
	"cmp"
	"strings"

	"github.com/spf13/cobra"

	"github.com/spconform/spconform/datadictionary"
	"github.com/spconform/spconform/reports"
)

func dictionaryShowCommand() *cobra.Command {
	command := &cobra.Command{
		Use: "show NAME", Short: "Show an object's attributes, a code list's codes or a format", Args: cobra.ExactArgs(1),
	}
	format := addFormat(command, reports.FormatTable, reports.FormatJSON, reports.FormatCSV, reports.FormatMarkdown)
	command.RunE = func(cmd *cobra.Command, args []string) error {
		dictionary, err := loadDictionary(cmd)
		if err != nil {
			return err
		}
		grid, found := dictionaryEntry(dictionary, args[0])
		if !found {
			return usageError("the dictionary has no %q: spconform dictionary list names what it has", args[0])
		}
		return grid.Write(cmd.OutOrStdout(), format.chosen, reports.TerminalOf(cmd.OutOrStdout()))
	}
	return command
}

func dictionaryEntry(dictionary *datadictionary.Dictionary, name string) (reports.Grid, bool) {
	if object, found := dictionary.Object(name); found {
		return attributesOf(object), true
	}
	if list, found := dictionary.CodeList(name); found {
		return codesOf(list), true
	}
	if rule, found := dictionary.Format(name); found {
		return reports.Grid{
			Columns: []string{"id", "name", "definition"},
			Rows:    [][]string{{rule.ID, rule.Name, rule.Definition}},
		}, true
	}
	return reports.Grid{}, false
}

func attributesOf(object *datadictionary.Object) reports.Grid {
	grid := reports.Grid{Columns: []string{"attribute", "type", "cardinality", "format", "definition"}}
	for _, attribute := range object.Attributes {
		grid.Rows = append(grid.Rows, []string{
			attribute.Name, cmp.Or(attribute.Object, attribute.CodeList, attribute.Type), attribute.Cardinality(),
			attribute.Format, cmp.Or(attribute.Definition, attribute.Label),
		})
	}
	return grid
}

func codesOf(list *datadictionary.CodeList) reports.Grid {
	grid := reports.Grid{Columns: []string{"code", "use instead", "definition"}}
	for _, code := range list.Codes {
		grid.Rows = append(grid.Rows, []string{code.Code, code.Use, cmp.Or(strings.TrimSpace(code.Definition), code.Label)})
	}
	return grid
}
