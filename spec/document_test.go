package spec_test

import (
	"context"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/spconform/spconform/spec"
)

var loadSocial = sync.OnceValues(func() (*spec.Document, error) { return spec.LoadDocument("social") })

func social(t testing.TB) *spec.Document {
	t.Helper()
	d, err := loadSocial()
	require.NoError(t, err)
	return d
}

func TestDocumentsLoad(t *testing.T) {
	files, err := filepath.Glob("openapi/*.yaml")
	require.NoError(t, err)
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".yaml")
		if name == "common" || name == "registry" || name == "payment" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			d, err := spec.LoadDocument(name)
			require.NoError(t, err)
			bundled, err := openapi3.NewLoader().LoadFromData(d.JSON())
			require.NoError(t, err)
			require.NoError(t, bundled.Validate(context.Background()))
			assert.NotContains(t, string(d.JSON()), ".yaml#", "the bundle is complete in itself")
		})
	}
}

func TestDocumentFilesLoadElsewhere(t *testing.T) {
	loader := openapi3.NewLoader()
	loader.IsExternalRefsAllowed = true
	loader.ReadFromURIFunc = func(_ *openapi3.Loader, at *url.URL) ([]byte, error) {
		return os.ReadFile(filepath.Join("openapi", filepath.Base(at.Path)))
	}
	doc, err := loader.LoadFromFile("social.yaml")
	require.NoError(t, err)
	require.NoError(t, doc.Validate(context.Background()))
	require.NotNil(t, doc.Paths.Value("/registry/search").Post, "path items of common.yaml are found by any OpenAPI tool")
}

func TestUnknownDocument(t *testing.T) {
	_, err := spec.LoadDocument("nothing")
	var typed *spec.DocumentError
	require.ErrorAs(t, err, &typed)
	assert.Equal(t, "document.unknown", typed.Code)
}

func TestDocumentDescribesTheInterface(t *testing.T) {
	d := social(t)
	described, err := spec.FindInterface("social")
	require.NoError(t, err)
	for _, operation := range described.Operations {
		documented, ok := d.Operation(operation.ID)
		if assert.True(t, ok, "%s is in no document", operation.ID) {
			assert.Equal(t, operation.Path, documented.Path)
			assert.Equal(t, operation.Action, documented.Action)
		}
	}
	for _, documented := range d.Operations() {
		for _, id := range documented.IDs {
			_, ok := described.Operation(id)
			assert.True(t, ok, "%s is not in the interface's description", id)
		}
		same, ok := d.Operation(documented.OperationID)
		assert.True(t, ok)
		assert.Equal(t, documented, same)
	}
}

func TestEveryOperationHasSchemas(t *testing.T) {
	for path, item := range social(t).OpenAPI().Paths.Map() {
		for method, op := range item.Operations() {
			if method == "POST" {
				require.NotNil(t, op.RequestBody, path)
				for mediaType, media := range op.RequestBody.Value.Content {
					assert.NotNil(t, media.Schema, "%s %s", path, mediaType)
				}
			}
			for status, response := range op.Responses.Map() {
				require.NotEmpty(t, response.Value.Content, "%s %s", path, status)
				for mediaType, media := range response.Value.Content {
					assert.NotNil(t, media.Schema, "%s %s %s", path, status, mediaType)
				}
			}
		}
	}
}

func TestRoute(t *testing.T) {
	d := social(t)
	for _, c := range []struct {
		name, method, path, want string
	}{
		{"async search", "POST", "/registry/search", "search"},
		{"method in small letters", "post", "/registry/sync/txn/status", "sync-txn-status"},
		{"keys", "GET", "/.well-known/jwks.json", "jwks"},
		{"wrong method", "GET", "/registry/search", ""},
		{"unknown path", "POST", "/registry/find", ""},
		{"base in front", "POST", "/v1/registry/search", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			op, ok := d.Route(c.method, c.path)
			assert.Equal(t, c.want != "", ok)
			if ok {
				assert.Contains(t, op.IDs, c.want)
			}
		})
	}
}

func TestHash(t *testing.T) {
	assert.Regexp(t, "^[0-9a-f]{64}$", spec.Hash())
	assert.Equal(t, spec.Hash(), spec.Hash())
}

const toyHead = "openapi: 3.1.0\ninfo: {title: Toy, version: 1.0.0}\n"

// TestReadDocumentAddsAnInterface has a toy registry, which narrows a vocabulary of the shared pattern.
func TestReadDocumentAddsAnInterface(t *testing.T) {
	toy := toyHead + "paths:\n  /registry/search: {$ref: 'registry.yaml#/components/pathItems/search'}\n" +
		"components: {schemas: {ResponseEntity: {type: string, enum: [Toy]}}}\n"
	d, err := spec.ReadDocument(fstest.MapFS{"openapi/toy.yaml": {Data: []byte(toy)}}, "toy")
	require.NoError(t, err)
	assert.Len(t, d.Operations(), 1)
	asking := func(entity string) []byte {
		return []byte(edit(t, requests["search"], criteria+"/response_entity", entity))
	}
	assert.Empty(t, d.ValidateRequest("search", jsonType, asking("Toy")))
	assert.Equal(t, []string{criteria + "/response_entity enum"}, binding(d.ValidateRequest("search", jsonType, asking("Group"))))
	assert.Empty(t, social(t).ValidateRequest("search", jsonType, asking("Group")), "another interface keeps its own")
}

func TestReadDocumentRefuses(t *testing.T) {
	schema := func(text string) string {
		return toyHead + "paths:\n  /a:\n    post:\n      operationId: a\n      responses:\n        '200':\n          description: b\n" +
			"          content: {application/json: {schema: " + text + "}}\n"
	}
	for _, c := range []struct{ name, toy, code string }{
		{"what is not YAML", "a: [", "document.syntax"},
		{"a path item that is not there", toyHead + "paths: {/a: {$ref: 'registry.yaml#/components/pathItems/find'}}", "document.reference"},
		{"a file that is not there", toyHead + "paths: {/a: {$ref: 'other.yaml#/components/pathItems/find'}}", "document.unknown"},
		{"a schema that is not there", schema("{$ref: '#/components/schemas/A'}"), "document.reference"},
		{"a reference without a place", schema("{$ref: 'common.yaml'}"), "document.reference"},
		{"what is not OpenAPI", "openapi: 3.1.0\npaths: {}\n", "document.invalid"},
		{"a schema that is none", schema("{type: text}"), "document.invalid"},
		{"a pattern that is none", schema("{type: string, pattern: '('}"), "document.invalid"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := spec.ReadDocument(fstest.MapFS{"openapi/toy.yaml": {Data: []byte(c.toy)}}, "toy")
			var typed *spec.DocumentError
			require.ErrorAs(t, err, &typed)
			assert.Equal(t, c.code, typed.Code, err.Error())
		})
	}
}
