package spec

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// bundle reads an interface's document and joins to it the documents that it refers to, so that every reference in the
// result is a local one. A schema that the interface defines replaces the shared schema of the same name: that is how a
// registry narrows a vocabulary inside a message which it does not write again.
func bundle(fsys fs.FS, name string) (map[string]any, error) {
	entry := name + ".yaml"
	files := map[string]map[string]any{}
	if err := readAll(fsys, name, entry, files); err != nil {
		return nil, err
	}
	doc := files[entry]
	components, err := join(files, entry)
	if err != nil {
		return nil, &DocumentError{"document.reference", name, err}
	}
	doc["components"] = components
	paths := object(doc, "paths")
	for path, item := range paths {
		ref, _ := item.(map[string]any)["$ref"].(string)
		if ref == "" {
			continue
		}
		file, pointer, _ := strings.Cut(ref, "#")
		shared, found := follow(files[file], "#"+pointer)
		if !found {
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

// readAll reads a file and every file that it refers to.
func readAll(fsys fs.FS, name, file string, files map[string]map[string]any) error {
	if files[file] != nil {
		return nil
	}
	tree, err := readTree(fsys, name, file)
	if err != nil {
		return err
	}
	files[file] = tree
	var others []string
	rewrite(tree, func(node map[string]any) map[string]any {
		if ref, ok := node["$ref"].(string); ok && !strings.HasPrefix(ref, "#") {
			other, _, _ := strings.Cut(ref, "#")
			others = append(others, other)
		}
		return node
	})
	for _, other := range others {
		if err := readAll(fsys, name, other, files); err != nil {
			return err
		}
	}
	return nil
}

// join gathers the components of all files; those of the entry come last and replace.
func join(files map[string]map[string]any, entry string) (map[string]any, error) {
	order := slices.DeleteFunc(slices.Sorted(maps.Keys(files)), func(file string) bool { return file == entry })
	joined := map[string]any{}
	for _, section := range []string{"schemas", "responses", "securitySchemes"} {
		parts := map[string]any{}
		for _, file := range append(order, entry) {
			for key, part := range object(object(files[file], "components"), section) {
				if ref, _ := part.(map[string]any)["$ref"].(string); strings.HasSuffix(ref, ".yaml#/components/"+section+"/"+key) {
					continue // the part itself stands in the other file
				}
				if parts[key] != nil && file != entry {
					return nil, fmt.Errorf("%s of %s is defined in another shared file too", key, file)
				}
				parts[key] = part
			}
		}
		joined[section] = parts
	}
	return joined, nil
}

func readTree(fsys fs.FS, name, file string) (map[string]any, error) {
	data, err := fs.ReadFile(fsys, "openapi/"+file)
	if errors.Is(err, fs.ErrNotExist) {
		data, err = fs.ReadFile(documents, "openapi/"+file)
	}
	if err != nil {
		return nil, &DocumentError{"document.unknown", name, fmt.Errorf("there is no openapi/%s", file)}
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
		_, pointer, _ := strings.Cut(ref, "#")
		node["$ref"] = "#" + pointer
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
