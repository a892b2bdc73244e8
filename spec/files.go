package spec

import "io/fs"

// OpenAPIFiles are the embedded OpenAPI documents and their shared parts, by file name: social.yaml.
func OpenAPIFiles() fs.FS {
	files, err := fs.Sub(documents, "openapi")
	if err != nil {
		panic(err) // the folder is embedded
	}
	return files
}
