package statement

import (
	"bytes"
	"errors"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/spconform/spconform/docs"
)

var schema = sync.OnceValues(func() (*jsonschema.Schema, error) {
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(docs.StatementSchema))
	if err != nil {
		return nil, err
	}
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	const name = "statement.schema.json"
	if err := compiler.AddResource(name, document); err != nil {
		return nil, err
	}
	return compiler.Compile(name)
})

// fits holds a payload to docs/statement.schema.json.
func fits(payload []byte) error {
	compiled, err := schema()
	if err != nil {
		return err
	}
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(payload))
	if err != nil {
		return refuse(CodeForm, "the payload is not one JSON document")
	}
	var invalid *jsonschema.ValidationError
	if errors.As(compiled.Validate(document), &invalid) {
		for len(invalid.Causes) > 0 {
			invalid = invalid.Causes[0]
		}
		return refuse(CodeForm, "the payload does not fit docs/statement.schema.json at /"+strings.Join(invalid.InstanceLocation, "/"))
	}
	return nil
}
