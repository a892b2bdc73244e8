package reports

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/spconform/spconform/conformance/result"
	"github.com/spconform/spconform/docs"
)

// readLimit bounds a report.json that is read, in bytes.
const readLimit = 256 << 20

// JSON writes report.json: one indented document as docs/report.schema.json describes it. Characters
// that a terminal would act on are escaped, so that it may be printed.
func JSON(w io.Writer, report result.Report) error { return writeJSON(w, withArrays(report)) }

// ReadJSON reads a report.json of this major version and checks it against its schema. Members that
// a later minor version added are ignored. Errors are of type *Error.
func ReadJSON(r io.Reader) (result.Report, error) {
	raw, err := io.ReadAll(io.LimitReader(r, readLimit+1))
	if err != nil {
		return result.Report{}, &Error{CodeSyntax, "the report cannot be read: " + err.Error() + ": give the report.json of a run", err}
	}
	if len(raw) > readLimit {
		return result.Report{}, &Error{Code: CodeSize, Message: fmt.Sprintf("the report is over %d MiB: give a report.json that spconform wrote", readLimit>>20)}
	}
	var version struct {
		SchemaVersion string `json:"schemaVersion"`
	}
	if err := json.Unmarshal(raw, &version); err != nil {
		return result.Report{}, &Error{CodeSyntax, "the report is not JSON of the right form: give the report.json of a run", err}
	}
	if major(version.SchemaVersion) != major(result.SchemaVersion) {
		return result.Report{}, &Error{Code: CodeVersion, Message: fmt.Sprintf("the report has schemaVersion %q and this program reads %s.x: use the version of spconform that wrote it",
			version.SchemaVersion, major(result.SchemaVersion))}
	}
	if err := checkReport(raw); err != nil {
		return result.Report{}, err
	}
	var report result.Report
	if err := json.Unmarshal(raw, &report); err != nil {
		return result.Report{}, &Error{CodeSchema, "the report does not fit docs/report.schema.json: give an unaltered report.json", err}
	}
	return report, nil
}

var reportSchema = sync.OnceValues(func() (*jsonschema.Schema, error) {
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(docs.ReportSchema))
	if err != nil {
		return nil, err
	}
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	const name = "report.schema.json"
	if err := compiler.AddResource(name, document); err != nil {
		return nil, err
	}
	return compiler.Compile(name)
})

func checkReport(raw []byte) error {
	schema, err := reportSchema()
	if err != nil {
		return err
	}
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		return &Error{CodeSyntax, "the report is not one JSON document: give the report.json of a run", err}
	}
	err = schema.Validate(document)
	if err == nil {
		return nil
	}
	var invalid *jsonschema.ValidationError
	if !errors.As(err, &invalid) {
		return err
	}
	for len(invalid.Causes) > 0 {
		invalid = invalid.Causes[0]
	}
	return &Error{Code: CodeSchema, Message: fmt.Sprintf("the report does not fit docs/report.schema.json at /%s (%s): give an unaltered report.json",
		strings.Join(invalid.InstanceLocation, "/"), strings.Join(invalid.ErrorKind.KeywordPath(), "/"))}
}

func major(version string) string {
	first, _, _ := strings.Cut(version, ".")
	return first
}

// withArrays gives a report an empty array where a required member would be null.
func withArrays(report result.Report) result.Report {
	report.Selection.Interfaces = array(report.Selection.Interfaces)
	report.Interfaces = append([]result.Interface{}, report.Interfaces...)
	for i := range report.Interfaces {
		tested := &report.Interfaces[i]
		tested.Dimensions = array(tested.Dimensions)
		tested.Requirements = append([]result.Requirement{}, tested.Requirements...)
		for j := range tested.Requirements {
			requirement := &tested.Requirements[j]
			requirement.Scenarios = array(requirement.Scenarios)
			requirement.Failures = append([]result.Failure(nil), requirement.Failures...)
			for k := range requirement.Failures {
				requirement.Failures[k].Exchanges = array(requirement.Failures[k].Exchanges)
			}
		}
	}
	return report
}

func array[T any](items []T) []T {
	if items == nil {
		return []T{}
	}
	return items
}

// writeJSON writes a document and a line feed, indented.
func writeJSON(w io.Writer, document any) error {
	raw, err := encoded(document, "  ")
	if err != nil {
		return err
	}
	_, err = w.Write(append(raw, '\n'))
	return err
}

// encoded is a document as JSON with its hidden characters escaped, on one line where there is no indent.
func encoded(document any, indent string) ([]byte, error) {
	var buffer bytes.Buffer
	out := json.NewEncoder(&buffer)
	out.SetEscapeHTML(false)
	out.SetIndent("", indent)
	if err := out.Encode(document); err != nil {
		return nil, err
	}
	return escapeHidden(bytes.TrimSuffix(buffer.Bytes(), []byte{'\n'})), nil
}

// escapeHidden writes as \uXXXX the characters of a JSON document that do not show. They occur within
// strings only, so that the document's meaning stays.
func escapeHidden(document []byte) []byte {
	var out bytes.Buffer
	out.Grow(len(document))
	for len(document) > 0 {
		plain := slices.IndexFunc(document, func(b byte) bool { return b < ' ' || b > '~' })
		if plain < 0 {
			plain = len(document)
		}
		out.Write(document[:plain])
		if document = document[plain:]; len(document) == 0 {
			break
		}
		char, size := utf8.DecodeRune(document)
		switch {
		case char == '\n' || !hidden(char):
			out.Write(document[:size])
		case char > 0xffff:
			high, low := utf16.EncodeRune(char)
			fmt.Fprintf(&out, `\u%04x\u%04x`, high, low)
		default:
			fmt.Fprintf(&out, `\u%04x`, char)
		}
		document = document[size:]
	}
	return out.Bytes()
}
