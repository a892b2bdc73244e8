package manifest

import (
	"encoding/json"
	"os"

	"go.yaml.in/yaml/v3"

	"github.com/spconform/spconform/spec/fixture"
)

// DeclaredRecords are the records that the product holds already: those of population.records and of
// population.file; nil where none are declared. Errors are *Error.
func (m Manifest) DeclaredRecords() ([]fixture.Record, error) {
	if m.Population.Provide != PopulationDeclared {
		return nil, nil
	}
	records := []fixture.Record{}
	for _, declared := range m.Population.Records {
		data, err := json.Marshal(declared.Data)
		if err != nil {
			return nil, &Error{File: FileName, Key: "population.records", Detail: "has a record that is not JSON: write texts, numbers, lists and objects"}
		}
		records = append(records, fixture.Record{Interface: declared.Interface, RegRecordType: declared.RecordType, Data: data})
	}
	if m.Population.File == "" {
		return records, nil
	}
	file, err := os.Open(m.Path(m.Population.File))
	if err != nil {
		return nil, &Error{File: FileName, Key: "population.file", Detail: "cannot be read: name the file of the declared records"}
	}
	defer file.Close()
	err = fixture.Read(file, fixture.FormatOf(m.Population.File), func(record fixture.Record) error {
		records = append(records, record)
		return nil
	})
	if err != nil {
		return nil, &Error{File: FileName, Key: "population.file", Detail: err.Error()}
	}
	return records, nil
}

// UnmarshalYAML reads an object.
func (o *Object) UnmarshalYAML(node *yaml.Node) error {
	asText(node)
	read := map[string]any{}
	if err := node.Decode(&read); err != nil {
		return err
	}
	*o = read
	return nil
}

// asText makes days and times texts: YAML has a type for them, and JSON has not.
func asText(node *yaml.Node) {
	if node.Kind == yaml.ScalarNode && node.Tag == "!!timestamp" {
		node.Tag = "!!str"
	}
	for _, part := range node.Content {
		asText(part)
	}
}
