// Package docs holds the published schemas of the file formats.
package docs

import _ "embed"

// ReportSchema is the JSON Schema (2020-12) of report.json.
//
//go:embed report.schema.json
var ReportSchema []byte

// StatementSchema is the JSON Schema (2020-12) of the payload of statement.dsse.json.
//
//go:embed statement.schema.json
var StatementSchema []byte

// OverlaySchema is the JSON Schema (2020-12) of a country programme's overlay.
//
//go:embed overlay.schema.json
var OverlaySchema []byte
