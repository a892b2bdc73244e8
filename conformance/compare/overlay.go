package compare

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"

	"github.com/spconform/spconform/docs"
	"github.com/spconform/spconform/spec"
)

// Overlay is what a country programme asks for beyond conformance. It can only tighten: there is no
// member that takes a requirement away, and what asks for less than conformance does is refused.
type Overlay struct {
	Programme  string           `json:"programme"`
	Interfaces map[string]Asked `json:"interfaces"`
}

// Asked is what a programme asks of one interface, which a candidate must serve.
type Asked struct {
	// Level and Dimensions are the least levels, overall and by dimension.
	Level      int                    `json:"level,omitempty"`
	Dimensions map[spec.Dimension]int `json:"dimensions,omitempty"`
	// Capabilities must have been tested and met, and so must Requirements, MUST or SHOULD.
	Capabilities []string `json:"capabilities,omitempty"`
	Requirements []string `json:"requirements,omitempty"`
	// Evidence is by requirement the least grade of the evidence for it: E1 or E2.
	Evidence map[string]string `json:"evidence,omitempty"`
}

// conformantLevel is what every candidate must reach anyway.
const conformantLevel = 2

var overlaySchema = sync.OnceValues(func() (*jsonschema.Schema, error) {
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(docs.OverlaySchema))
	if err != nil {
		return nil, err
	}
	compiler := jsonschema.NewCompiler()
	const name = "overlay.schema.json"
	if err := compiler.AddResource(name, document); err != nil {
		return nil, err
	}
	return compiler.Compile(name)
})

// ReadOverlay reads an overlay and checks it against its schema, the interfaces and the catalogue.
// Errors are of type *Error.
func ReadOverlay(raw []byte) (Overlay, error) {
	var overlay Overlay
	var tree any
	if err := yaml.Unmarshal(raw, &tree); err != nil {
		return overlay, wrong("it is not YAML")
	}
	asJSON, err := json.Marshal(tree)
	if err != nil {
		return overlay, wrong("it holds what JSON cannot")
	}
	compiled, err := overlaySchema()
	if err != nil {
		return overlay, err
	}
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(asJSON))
	if err != nil {
		return overlay, wrong("it is not one document")
	}
	var invalid *jsonschema.ValidationError
	if errors.As(compiled.Validate(document), &invalid) {
		for len(invalid.Causes) > 0 {
			invalid = invalid.Causes[0]
		}
		return overlay, wrong("it does not fit docs/overlay.schema.json at /%s", strings.Join(invalid.InstanceLocation, "/"))
	}
	if err := json.Unmarshal(asJSON, &overlay); err != nil {
		return overlay, wrong("it does not fit docs/overlay.schema.json")
	}
	return overlay, overlay.check()
}

func wrong(format string, values ...any) error {
	return &Error{CodeOverlay, "the overlay cannot be used: " + fmt.Sprintf(format, values...)}
}

// check refuses what does not exist and what would loosen.
func (o Overlay) check() error {
	catalogue, err := spec.LoadCatalogue()
	if err != nil {
		return err
	}
	for _, id := range slices.Sorted(maps.Keys(o.Interfaces)) {
		asked := o.Interfaces[id]
		described, err := spec.FindInterface(id)
		if err != nil {
			return wrong("%v", err)
		}
		if asked.Level > 0 && asked.Level < conformantLevel {
			return wrong("%s asks for level %d, which loosens: conformance is level %d", id, asked.Level, conformantLevel)
		}
		for _, capability := range asked.Capabilities {
			if !slices.Contains(described.Capabilities(), capability) {
				return wrong("%s has no capability %q", id, capability)
			}
		}
		for _, requirement := range slices.Concat(asked.Requirements, slices.Sorted(maps.Keys(asked.Evidence))) {
			if !slices.ContainsFunc(catalogue.For(described, spec.RoleRegistry), func(r spec.Requirement) bool { return r.ID == requirement }) {
				return wrong("%s has no requirement %q: spconform spec requirements lists them", id, requirement)
			}
		}
	}
	return nil
}
