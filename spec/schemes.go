package spec

import (
	"embed"
	"io/fs"
)

//go:embed schemes
var schemeFiles embed.FS

// SchemeFiles are the embedded eligibility schemes at *.yaml, with their JSON Schema scheme.schema.json.
func SchemeFiles() fs.FS {
	files, err := fs.Sub(schemeFiles, "schemes")
	if err != nil {
		panic(err) // the folder is embedded
	}
	return files
}
