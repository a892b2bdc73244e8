package main

import (
	"encoding/json"
	"io"
	"os"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/spconform/spconform/datadictionary"
	"github.com/spconform/spconform/reports"
)

func dictionaryValidateCommand() *cobra.Command {
	command := &cobra.Command{
		Use: "validate [OBJECT] FILE", Short: "Hold a record in a JSON file against an object, or against its @type (- reads standard input)", Args: cobra.RangeArgs(1, 2),
	}
	format := addFormat(command, reports.FormatTable, reports.FormatJSON, reports.FormatCSV, reports.FormatMarkdown)
	command.RunE = func(cmd *cobra.Command, args []string) error {
		dictionary, err := loadDictionary(cmd)
		if err != nil {
			return err
		}
		raw, err := readRecord(cmd, args[len(args)-1])
		if err != nil {
			return err
		}
		object := args[0]
		if len(args) == 1 {
			if object = typeOf(raw); object == "" {
				return usageError("the record has no @type: name its object before the file, as in dictionary validate Person %s", args[0])
			}
		}
		if _, found := dictionary.Object(object); !found {
			return usageError("the dictionary has no such object: spconform dictionary list names what it has")
		}
		violations := dictionary.ValidateJSON(object, raw)
		grid := reports.Grid{Columns: []string{"path", "rule", "advisory", "expected"}}
		for _, violation := range violations {
			grid.Rows = append(grid.Rows, []string{violation.Path, violation.Rule, strconv.FormatBool(violation.Advisory), violation.Detail})
		}
		if err := grid.Write(cmd.OutOrStdout(), format.chosen, reports.TerminalOf(cmd.OutOrStdout())); err != nil {
			return err
		}
		if !datadictionary.Holds(violations) {
			return errDoesNotHold
		}
		return nil
	}
	return command
}

// typeOf is the @type that a record tells as one text.
func typeOf(raw []byte) string {
	var told struct {
		Type string `json:"@type"`
	}
	_ = json.Unmarshal(raw, &told) // what does not decode has no type
	return told.Type
}

// readRecord reads a file or standard input up to one byte more than the dictionary takes.
func readRecord(cmd *cobra.Command, path string) ([]byte, error) {
	from := cmd.InOrStdin()
	if path != "-" {
		file, err := os.Open(path)
		if err != nil {
			return nil, usageError("%v: name a file with one JSON record", err)
		}
		defer file.Close()
		from = file
	}
	raw, err := io.ReadAll(io.LimitReader(from, datadictionary.MaxBytes+1))
	if err != nil {
		return nil, usageError("%v: name a file with one JSON record", err)
	}
	return raw, nil
}
