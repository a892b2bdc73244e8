package datadictionary_test

import (
	"encoding/json"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/spconform/spconform/datadictionary"
)

// published returns the folder of the published standards: SPCONFORM_UPSTREAM, or
// shared/upstream beside the repository. A test that needs it skips where it is absent.
func published(t *testing.T) fs.FS {
	t.Helper()
	dir := os.Getenv("SPCONFORM_UPSTREAM")
	if dir == "" {
		dir = "../../shared/upstream"
	}
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		t.Skip("the published standards are not here; set SPCONFORM_UPSTREAM to their folder")
	}
	return os.DirFS(dir)
}

// notInDictionary are published terms that are no data object and no code list.
var notInDictionary = map[string]string{
	"DateTime":            "a format",
	"Currency":            "a format",
	"IdentifierTypeValue": "a message part",
}

// notACode are entries of published enumerations that are no codes.
var notACode = []string{"etc", "programme14"}

func TestEveryPublishedAttributeAndCodeIsInTheDictionary(t *testing.T) {
	files := published(t)
	d := load(t)
	var objects, attributes, codes int
	err := fs.WalkDir(files, "dci-schemas", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && (entry.Name() == "api-schemas" || entry.Name() == "profiles") {
			return fs.SkipDir
		}
		if path.Ext(name) != ".jsonld" {
			return nil
		}
		raw, err := fs.ReadFile(files, name)
		require.NoError(t, err)
		var document map[string]any
		require.NoError(t, json.Unmarshal(raw, &document), name)
		registry := "core"
		if parts := strings.Split(name, "/"); parts[1] == "extensions" {
			registry = parts[2]
		}
		for _, node := range graph(document) {
			if notInDictionary[localPart(node["@id"])] != "" {
				continue
			}
			if listed := publishedCodes(document, node); listed != nil {
				codes += len(listed)
				checkCodes(t, d, name, localPart(node["@id"]), listed)
				continue
			}
			if !isClass(node) {
				continue
			}
			o, ok := d.ObjectIn(registry, localPart(node["@id"]))
			if !assert.True(t, ok, "%s: object %s", name, localPart(node["@id"])) {
				continue
			}
			objects++
			attributes += checkAttributes(t, d, name, o.Name, "", properties(node))
		}
		return nil
	})
	require.NoError(t, err)
	t.Logf("checked %d objects, %d attributes, %d codes", objects, attributes, codes)
	assert.Greater(t, attributes, 200, "the walk found what there is to find")
	assert.Greater(t, codes, 300)
}

func graph(document map[string]any) []map[string]any {
	nodes, ok := document["@graph"].([]any)
	if !ok {
		return []map[string]any{document}
	}
	var out []map[string]any
	for _, node := range nodes {
		out = append(out, node.(map[string]any))
	}
	return out
}

func isClass(node map[string]any) bool {
	return node["@type"] == "rdfs:Class"
}

func localPart(id any) string {
	text, _ := id.(string)
	return text[strings.LastIndex(text, ":")+1:]
}

// publishedCodes are the enumerated codes of a class and those of the nodes beside it.
func publishedCodes(document, class map[string]any) []string {
	enumerated, ok := class["owl:oneOf"].([]any)
	if !ok {
		return nil
	}
	codes := []string{}
	for _, code := range enumerated {
		_, local, found := strings.Cut(code.(string), ":")
		if !found {
			local = code.(string)
		}
		codes = append(codes, local)
	}
	for _, node := range graph(document) {
		if !isClass(node) {
			_, local, _ := strings.Cut(node["@id"].(string), ":")
			codes = append(codes, local)
		}
	}
	return codes
}

// otherTerm maps a class to the list that means it, where the schema misnames the class.
var otherTerm = map[string]string{
	"RelationshipEnum": "RelationshipTypeEnum",
	"spfunctionEnum":   "SocialProtectionFunctionEnum",
}

func checkCodes(t *testing.T, d *datadictionary.Dictionary, file, term string, codes []string) {
	t.Helper()
	if other := otherTerm[term]; other != "" {
		term = other
	}
	if strings.HasSuffix(file, "dr/v1/code/ImpairmentLevel.jsonld") {
		term = "ImpairmentLevel"
	}
	list, ok := d.CodeList(term)
	if !assert.True(t, ok, "%s: code list %s", file, term) {
		return
	}
	for _, code := range codes {
		if slices.Contains(notACode, code) {
			continue
		}
		// One enumeration writes ISO 3166-2:AF, whose own colon is no prefix.
		_, ok := list.Code(code)
		assert.True(t, ok, "%s: code %s of %s", file, code, list.Name)
	}
}

func properties(node map[string]any) []map[string]any {
	list, _ := node["rdfs:property"].([]any)
	var out []map[string]any
	for _, p := range list {
		out = append(out, p.(map[string]any))
	}
	return out
}

// checkAttributes returns the number of attributes that it looked at.
func checkAttributes(t *testing.T, d *datadictionary.Dictionary, file, object, within string, published []map[string]any) int {
	t.Helper()
	seen := 0
	for _, p := range published {
		seen++
		name := localPart(p["@id"])
		resolved, err := d.Attribute(object, within+name)
		if !assert.NoError(t, err, "%s: attribute %s%s of %s", file, within, name, object) {
			continue
		}
		inner, _ := p["rdfs:range"].(map[string]any)
		assert.Equal(t, inner["@container"] == "@list", resolved.Attribute.Repeated(), "%s: whether %s is a list", file, name)
		seen += checkAttributes(t, d, file, object, within+name+".", properties(inner))
	}
	return seen
}
