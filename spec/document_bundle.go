package spec

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"strings"

	"go.yaml.in/yaml/v3"
)

const commonFile = "common.yaml"

// bundle reads an interface's document and joins to it the shared parts that it refers to, so that every reference in
// the result is a local one. A schema that the interface defines replaces the shared schema of the same name: that is
// how a registry narrows a vocabulary inside a message which it does not write again.
func bundle(fsys fs.FS, name string) (map[string]any, error) {
	doc, err := readTree(fsys, name, name+".yaml")
	if err != nil {
		return nil, err
	}
	common, err := readTree(fsys, name, commonFile)
	if err != nil {
		return nil, err
	}
	shared := object(common, "components")
	own := object(doc, "components")
	joined := map[string]any{}
	for _, section := range []string{"schemas", "responses", "securitySchemes"} {
		parts := maps.Clone(object(shared, section))
		for key, part := range object(own, section) {
			if ref, _ := part.(map[string]any)["$ref"].(string); ref != commonFile+"#/components/"+section+"/"+key {
				parts[key] = part
			}
		}
		joined[section] = parts
	}
	doc["components"] = joined

	paths := object(doc, "paths")
	for path, item := range paths {
		ref, _ := item.(map[string]any)["$ref"].(string)
		if ref == "" {
			continue
		}
		key, found := strings.CutPrefix(ref, commonFile+"#/components/pathItems/")
		shared := object(object(shared, "pathItems"), key)
		if !found || len(shared) == 0 {
			return nil, &DocumentError{"document.reference", name, fmt.Errorf("path %s refers to %s, which is not there", path, ref)}
		}
		paths[path] = shared
	}
	local := rewrite(doc, localRef).(map[string]any)
	if err := checkRefs(local); err != nil {
		return nil, &DocumentError{"document.reference", name, err}
	}
	return local, nil
}

func readTree(fsys fs.FS, name, file string) (map[string]any, error) {
	data, err := fs.ReadFile(fsys, "openapi/"+file)
	if err != nil {
		return nil, &DocumentError{"document.unknown", name, errors.New("there is no such document")}
	}
	var tree map[string]any
	if err := yaml.Unmarshal(data, &tree); err != nil {
		return nil, &DocumentError{"document.syntax", name, fmt.Errorf("%s: %w", file, err)}
	}
	return tree, nil
}

// rewrite copies a tree, giving each of its objects to change.
func rewrite(node any, change func(map[string]any) map[string]any) any {
	switch node := node.(type) {
	case map[string]any:
		copied := make(map[string]any, len(node))
		for k, v := range node {
			copied[k] = rewrite(v, change)
		}
		return change(copied)
	case []any:
		copied := make([]any, len(node))
		for i, v := range node {
			copied[i] = rewrite(v, change)
		}
		return copied
	}
	return node
}

func localRef(node map[string]any) map[string]any {
	if ref, ok := node["$ref"].(string); ok {
		node["$ref"] = strings.TrimPrefix(ref, commonFile)
	}
	return node
}

// withAdvice turns every x-advisory into a part of the schema that holds it.
func withAdvice(node map[string]any) map[string]any {
	advice, ok := node["x-advisory"]
	if !ok {
		return node
	}
	delete(node, "x-advisory")
	all, _ := node["allOf"].([]any)
	node["allOf"] = append(all, advice)
	return node
}

func checkRefs(tree map[string]any) error {
	var broken []error
	rewrite(tree, func(node map[string]any) map[string]any {
		if ref, ok := node["$ref"].(string); ok {
			if _, found := follow(tree, ref); !found {
				broken = append(broken, fmt.Errorf("%s is not there", ref))
			}
		}
		return node
	})
	return errors.Join(broken...)
}

// follow finds what a local reference points to.
func follow(tree map[string]any, ref string) (map[string]any, bool) {
	rest, ok := strings.CutPrefix(ref, "#/")
	if !ok {
		return nil, false
	}
	for _, token := range strings.Split(rest, "/") {
		next, ok := tree[unescapePointer.Replace(token)].(map[string]any)
		if !ok {
			return nil, false
		}
		tree = next
	}
	return tree, true
}

var (
	escapePointer   = strings.NewReplacer("~", "~0", "/", "~1")
	unescapePointer = strings.NewReplacer("~1", "/", "~0", "~")
)

func object(tree map[string]any, key string) map[string]any {
	child, _ := tree[key].(map[string]any)
	return child
}
