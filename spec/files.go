package spec

import "io/fs"

// InterfaceFiles are the embedded descriptions of interfaces and patterns, at interfaces/*.yaml.
func InterfaceFiles() fs.FS { return interfaceFiles }

// OpenAPIFiles are the embedded OpenAPI documents and their shared parts, by file name: social.yaml.
func OpenAPIFiles() fs.FS {
	files, err := fs.Sub(documents, "openapi")
	if err != nil {
		panic(err) // the folder is embedded
	}
	return files
}
