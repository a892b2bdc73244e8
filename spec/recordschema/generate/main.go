// Command generate writes the record schemas of every interface into spec/openapi.
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/spconform/spconform/datadictionary"
	"github.com/spconform/spconform/spec"
	"github.com/spconform/spconform/spec/recordschema"
)

func main() {
	if err := generate(filepath.Join("..", "openapi")); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func generate(folder string) error {
	dictionary, err := datadictionary.Load()
	if err != nil {
		return err
	}
	interfaces, err := spec.LoadInterfaces()
	if err != nil {
		return err
	}
	for _, described := range interfaces {
		if len(described.Records) == 0 {
			continue
		}
		text, err := recordschema.Document(dictionary, described)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(folder, recordschema.File(described)), text, 0o644); err != nil {
			return err
		}
	}
	return nil
}
