package export

import (
	"encoding/json"
	"io"
	"maps"

	"github.com/spconform/spconform/datadictionary"
)

func writeJSONSchema(w io.Writer, d *datadictionary.Dictionary) error {
	definitions := map[string]any{}
	document := map[string]any{"title": "Data dictionary", "$defs": definitions}
	for _, o := range d.Objects() {
		schema, err := d.JSONSchema(o.Name)
		if err != nil {
			return err
		}
		document["$schema"] = schema["$schema"]
		maps.Copy(definitions, schema["$defs"].(map[string]any))
	}
	return writeJSON(w, document)
}

func writeJSON(w io.Writer, document any) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(document)
}
