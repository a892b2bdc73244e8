package spec_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/spconform/spconform/spec"
)

// published are the documents whose every fact a document of ours carries, or an erratum says why not.
var published = map[string]struct{ ours, file string }{
	"social":        {"social", "dci/social_api_v1.0.0.yaml"},
	"social-later":  {"social", "dci-openspp-corrected/social_api_v1.0.0.yaml"},
	"crvs-later":    {"crvs", "dci-openspp-corrected/crvs_api_v1.0.0.yaml"},
	"ibr":           {"ibr", "dci/ibr_api_v1.0.0.yaml"},
	"ibr-later":     {"ibr", "dci-openspp-corrected/ibr_api_v1.0.0.yaml"},
	"dr":            {"dr", "dci/dr_api_v1.0.0.yaml"},
	"dr-later":      {"dr", "dci-openspp-corrected/dr_api_v1.0.0.yaml"},
	"fr":            {"fr", "dci/fr_api_v1.0.0.yaml"},
	"fr-later":      {"fr", "dci-openspp-corrected/fr_api_v1.0.0.yaml"},
	"registry-core": {"social", "dci/registry_core_api_v1.0.0.yaml"},
	"authz":         {"social", "dci/authz_core_api_v1.0.0.yaml"},
	"jwks":          {"social", "dci/jwks_core_api_v1.0.0.yaml"},
	"locations":     {"social", "dci/locations_core_api_v1.0.0.yaml"},
}

// upstream is the folder of published documents; the test is skipped where there is none.
func upstream(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("SPCONFORM_UPSTREAM")
	if dir == "" {
		dir = filepath.Join("..", "..", "shared", "upstream")
	}
	if _, err := os.Stat(dir); err != nil {
		t.Skip("no published documents here: set SPCONFORM_UPSTREAM to their folder to compare with them")
	}
	return dir
}

func TestPublishedFactsAreCarried(t *testing.T) {
	dir := upstream(t)
	errata, err := spec.LoadErrata()
	require.NoError(t, err)

	for key, document := range published {
		t.Run(key, func(t *testing.T) {
			d, err := spec.LoadDocument(document.ours)
			require.NoError(t, err)
			var ours map[string]any
			require.NoError(t, json.Unmarshal(d.JSON(), &ours))
			carried, file := factsOf(ours), document.file
			data, err := os.ReadFile(filepath.Join(dir, file))
			require.NoError(t, err)
			var theirs map[string]any
			require.NoError(t, yaml.Unmarshal(data, &theirs))
			facts := factsOf(theirs)
			require.Greater(t, len(facts), 5)
			for fact := range facts {
				if !carried[fact] && !dropped(errata, key, fact) {
					t.Errorf("published, and neither in ours nor in errata.yaml: %s", fact)
				}
			}
		})
	}
}

func TestDropsAreStillNeeded(t *testing.T) {
	dir := upstream(t)
	errata, err := spec.LoadErrata()
	require.NoError(t, err)
	for _, row := range errata {
		for _, drop := range row.Drops {
			for _, key := range row.Documents {
				document, ok := published[key]
				if !ok {
					continue
				}
				data, err := os.ReadFile(filepath.Join(dir, document.file))
				require.NoError(t, err)
				var theirs map[string]any
				require.NoError(t, yaml.Unmarshal(data, &theirs))
				found := false
				for fact := range factsOf(theirs) {
					found = found || drops(drop, fact)
				}
				require.True(t, found, "%s drops %q, which %s does not have", row.ID, drop, key)
			}
		}
	}
}

func dropped(errata []spec.Erratum, document, fact string) bool {
	return slices.ContainsFunc(errata, func(row spec.Erratum) bool {
		return slices.Contains(row.Documents, document) && slices.ContainsFunc(row.Drops, func(drop string) bool {
			return drops(drop, fact)
		})
	})
}

// drops says whether a drop is about a fact: it is the end of it, from a member's name or a word on.
func drops(drop, fact string) bool {
	return strings.HasSuffix(fact, " "+drop) || strings.HasSuffix(fact, "/"+drop)
}

// facts are lines such as "POST /registry/search request /message/transaction_id maxLength 99".
type facts map[string]bool

type factWalker struct {
	tree  map[string]any
	facts facts
}

func factsOf(tree map[string]any) facts {
	w := factWalker{tree, facts{}}
	for path, item := range tree["paths"].(map[string]any) {
		for method, op := range item.(map[string]any) {
			op, ok := op.(map[string]any)
			// One published document has the parts of an operation beside its method (ERR-125).
			if !ok || method == "requestBody" || method == "responses" {
				continue
			}
			at := strings.ToUpper(method) + " " + path
			w.facts[at] = true
			for _, parameter := range asList(op["parameters"]) {
				w.facts[at+" parameter "+fmt.Sprint(w.resolve(parameter)["name"])] = true
			}
			w.body(at+" request", w.resolve(op["requestBody"]))
			responses, _ := op["responses"].(map[string]any)
			for status, response := range responses {
				if status != "2XX" && status != "4XX" && status != "5XX" && status != "default" {
					w.facts[at+" status "+status] = true
				}
				// Ours words the published default as 2XX.
				if status == "default" {
					status = "2XX"
				}
				w.body(at+" response "+status, w.resolve(response))
			}
		}
	}
	return w.facts
}

func (w factWalker) body(at string, body map[string]any) {
	content, _ := body["content"].(map[string]any)
	for mediaType, media := range content {
		w.facts[at+" content "+mediaType] = true
		w.schema(at, "", media.(map[string]any)["schema"], nil)
	}
}

// schema records the facts of a schema, of its members and items, and of every branch it offers.
func (w factWalker) schema(at, path string, node any, trail []string) {
	schema, _ := node.(map[string]any)
	if ref, ok := schema["$ref"].(string); ok {
		if slices.Contains(trail, ref) {
			return
		}
		w.schema(at, path, w.resolve(schema), append(slices.Clone(trail), ref))
	}
	say := func(kind string, value any) { w.facts[fmt.Sprintf("%s %s %s %v", at, path, kind, value)] = true }
	for _, value := range asList(schema["enum"]) {
		say("enum", value)
	}
	if value, ok := schema["const"]; ok {
		say("enum", value)
	}
	if value, ok := schema["maxLength"]; ok {
		say("maxLength", value)
	}
	for _, name := range asList(schema["required"]) {
		say("required", name)
	}
	members, _ := schema["properties"].(map[string]any)
	for name, member := range members {
		say("property", name)
		w.schema(at, path+"/"+name, member, trail)
	}
	w.branch(at, path+"/[]", schema["items"], trail)
	for _, keyword := range []string{"allOf", "anyOf", "oneOf"} {
		for _, branch := range asList(schema[keyword]) {
			w.branch(at, path, branch, trail)
		}
	}
	for _, keyword := range []string{"if", "then", "else"} {
		w.branch(at, path, schema[keyword], trail)
	}
}

func (w factWalker) branch(at, path string, node any, trail []string) {
	if node != nil {
		w.schema(at, path, node, trail)
	}
}

func (w factWalker) resolve(node any) map[string]any {
	object, _ := node.(map[string]any)
	ref, ok := object["$ref"].(string)
	if !ok {
		return object
	}
	var at any = w.tree
	for _, token := range strings.Split(strings.TrimPrefix(ref, "#/"), "/") {
		token = strings.NewReplacer("~1", "/", "~0", "~").Replace(token)
		switch node := at.(type) {
		case map[string]any:
			at = node[token]
		case []any:
			i, _ := strconv.Atoi(token)
			at = node[i]
		}
	}
	object, _ = at.(map[string]any)
	return w.resolve(object)
}

func asList(node any) []any {
	list, _ := node.([]any)
	return list
}
