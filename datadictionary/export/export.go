// Package export writes a data dictionary in the forms that other tools read.
package export

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spconform/spconform/datadictionary"
)

// The formats of Export.
const (
	JSONSchema = "jsonschema" // one JSON Schema 2020-12 with every object in $defs
	CSV        = "csv"        // one row an object, an attribute, a code list, a code and a format
	Markdown   = "markdown"
	JSONLD     = "jsonld" // a JSON-LD 1.1 context and the classes, properties and codes as a graph
	HTML       = "html"   // one file that needs nothing else
)

// UnknownFormatError says that Export has no such format.
type UnknownFormatError struct{ Format string }

func (e UnknownFormatError) Error() string {
	return fmt.Sprintf("unknown export format %q; use one of %s", e.Format, strings.Join(Formats(), ", "))
}

var writers = map[string]func(io.Writer, *datadictionary.Dictionary) error{
	JSONSchema: writeJSONSchema,
	CSV:        writeCSV,
	Markdown:   writeMarkdown,
	JSONLD:     writeJSONLD,
	HTML:       writeHTML,
}

// Formats lists the names that Export takes.
func Formats() []string { return []string{JSONSchema, CSV, Markdown, JSONLD, HTML} }

// Export writes the dictionary, with any profile in it, in a format. The same dictionary gives
// the same bytes. The error is UnknownFormatError or that of w.
func Export(w io.Writer, d *datadictionary.Dictionary, format string) error {
	write, ok := writers[format]
	if !ok {
		return UnknownFormatError{Format: format}
	}
	return write(w, d)
}

// reference is what an attribute's values refer to: an object, a code list or a format.
func reference(a datadictionary.Attribute) string {
	switch a.Type {
	case datadictionary.TypeObject:
		return a.Object
	case datadictionary.TypeCode:
		return a.CodeList
	}
	return a.Format
}

// spellings are the other names of an attribute, the deprecated ones in brackets.
func spellings(a datadictionary.Attribute) string {
	names := slices.Clone(a.Aliases)
	for _, old := range a.Deprecated {
		names = append(names, "("+old+")")
	}
	return strings.Join(names, " ")
}
