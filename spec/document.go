package spec

import (
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

//go:embed openapi errata.yaml
var documents embed.FS

// DocumentOperation is one method on one path of an interface's document. Who owes it and how it is answered stands in
// the interface's description.
type DocumentOperation struct {
	IDs          []string // the interface's operations that it describes: one, or both directions of notify
	OperationID  string   // the published operationId, such as post_reg_search
	Method       string   // upper case
	Path         string   // relative to the interface's base, such as /registry/search
	Action       string   // header.action of the request; empty where the request has no header
	Authorized   bool     // the request carries a bearer token
	RequestTypes []string // media types of the request body, sorted; empty where it has none
	Statuses     []string // documented statuses, sorted: a code, a range such as 4XX, or default
}

// Document is one interface's OpenAPI document, bundled with the parts it shares, with the schemas of its bodies
// compiled. It is safe for concurrent use.
type Document struct {
	name       string
	bundle     []byte
	openapi    *openapi3.T
	operations []DocumentOperation
	requests   map[string]map[string]bodySchema // operationId, media type
	responses  map[string]map[string]response   // operationId, status
}

// LoadDocument gives the document of openapi/NAME.yaml, checked and with the schemas of every body compiled.
// That costs tens of milliseconds, so it is done once in a process. The error is a *DocumentError.
func LoadDocument(name string) (*Document, error) {
	load, _ := loaded.LoadOrStore(name, sync.OnceValues(func() (*Document, error) { return ReadDocument(documents, name) }))
	return load.(func() (*Document, error))()
}

// loaded holds a loader for each document asked for, which works once.
var loaded sync.Map

// DocumentError says why an interface document cannot be used. Code is document.unknown, document.syntax,
// document.reference, document.invalid or document.schema.
type DocumentError struct {
	Code string
	Name string
	Err  error
}

func (e *DocumentError) Error() string {
	return fmt.Sprintf("%s: document %q: %v", e.Code, e.Name, e.Err)
}

func (e *DocumentError) Unwrap() error { return e.Err }

// ReadDocument is LoadDocument over other files at openapi/*.yaml; a file that is not among them is the embedded one, so
// that an interface can be added to the shared parts from outside.
func ReadDocument(fsys fs.FS, name string) (*Document, error) {
	tree, err := bundle(fsys, name)
	if err != nil {
		return nil, err
	}
	data, err := json.Marshal(tree)
	if err != nil {
		return nil, &DocumentError{"document.syntax", name, err}
	}
	openapi, err := openapi3.NewLoader().LoadFromData(data)
	if err == nil {
		err = openapi.Validate(context.Background())
	}
	if err != nil {
		return nil, &DocumentError{"document.invalid", name, err}
	}
	d := &Document{
		name: name, bundle: data, openapi: openapi,
		requests: map[string]map[string]bodySchema{}, responses: map[string]map[string]response{},
	}
	if err := d.compile(tree); err != nil {
		return nil, &DocumentError{"document.schema", name, err}
	}
	return d, nil
}

// Name is the name the document was loaded by, such as social.
func (d *Document) Name() string { return d.name }

// OpenAPI is the loaded document. It is shared: callers do not change it.
func (d *Document) OpenAPI() *openapi3.T { return d.openapi }

// JSON is the bundled document, complete in itself.
func (d *Document) JSON() []byte { return slices.Clone(d.bundle) }

// Operations lists the operations, ordered by path.
func (d *Document) Operations() []DocumentOperation { return slices.Clone(d.operations) }

// Operation finds an operation by the id that an interface's description gives it, or by its operationId.
func (d *Document) Operation(id string) (DocumentOperation, bool) {
	return d.find(func(o DocumentOperation) bool { return o.OperationID == id || slices.Contains(o.IDs, id) })
}

// Route finds the operation that serves a method and a path relative to the interface's base.
func (d *Document) Route(method, path string) (DocumentOperation, bool) {
	return d.find(func(o DocumentOperation) bool { return o.Path == path && strings.EqualFold(o.Method, method) })
}

func (d *Document) find(match func(DocumentOperation) bool) (DocumentOperation, bool) {
	if i := slices.IndexFunc(d.operations, match); i >= 0 {
		return d.operations[i], true
	}
	return DocumentOperation{}, false
}

// Hash is the SHA-256, in hex, over path and content of every embedded OpenAPI file in the order of their paths.
func Hash() string {
	h := sha256.New()
	_ = fs.WalkDir(documents, "openapi", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := fs.ReadFile(documents, path)
		fmt.Fprintf(h, "%s\x00%d\x00", path, len(content))
		h.Write(content)
		return err
	})
	return hex.EncodeToString(h.Sum(nil))
}

// bodySchema holds the compiled schema of a body twice: as it judges, and with what is only advised added to it.
type bodySchema struct {
	strict, advised *jsonschema.Schema
}

// response holds the body schemas of one documented status, by media type.
type response map[string]bodySchema
