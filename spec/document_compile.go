package spec

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

const (
	strictURL  = "spconform:///strict.json"
	advisedURL = "spconform:///advised.json"
)

var methods = []string{"get", "put", "post", "delete", "patch"}

// compile lists the operations and compiles the schema of each of their bodies.
func (d *Document) compile(tree map[string]any) error {
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft2020)
	c.AssertFormat()
	for url, t := range map[string]any{strictURL: tree, advisedURL: rewrite(tree, withAdvice)} {
		resource, err := asJSON(t)
		if err != nil {
			return err
		}
		if err := c.AddResource(url, resource); err != nil {
			return err
		}
	}
	for path, item := range object(tree, "paths") {
		for _, method := range methods {
			op := object(item.(map[string]any), method)
			if op == nil {
				continue
			}
			at := "#/paths/" + escapePointer.Replace(path) + "/" + method
			if err := d.compileOperation(c, tree, at, describe(path, method, op), op); err != nil {
				return err
			}
		}
	}
	slices.SortFunc(d.operations, func(a, b DocumentOperation) int {
		return cmp.Or(strings.Compare(a.Path, b.Path), strings.Compare(a.Method, b.Method))
	})
	return nil
}

func describe(path, method string, op map[string]any) DocumentOperation {
	text := func(key string) string { s, _ := op[key].(string); return s }
	security, _ := op["security"].([]any)
	described := DocumentOperation{
		OperationID: text("operationId"), Method: strings.ToUpper(method), Path: path, Action: text("x-action"),
		Authorized: len(security) > 0, Statuses: slices.Sorted(maps.Keys(object(op, "responses"))),
	}
	ids, _ := op["x-ids"].([]any)
	for _, id := range ids {
		described.IDs = append(described.IDs, fmt.Sprint(id))
	}
	return described
}

func (d *Document) compileOperation(c *jsonschema.Compiler, tree map[string]any, at string, op DocumentOperation, node map[string]any) error {
	if body := object(node, "requestBody"); body != nil {
		compiled, err := compileBody(c, tree, at+"/requestBody", body)
		if err != nil {
			return err
		}
		d.requests[op.OperationID] = compiled
		op.RequestTypes = slices.Sorted(maps.Keys(compiled))
	}
	d.responses[op.OperationID] = map[string]response{}
	for _, status := range op.Statuses {
		compiled, err := compileBody(c, tree, at+"/responses/"+status, object(object(node, "responses"), status))
		if err != nil {
			return err
		}
		d.responses[op.OperationID][status] = compiled
	}
	d.operations = append(d.operations, op)
	return nil
}

// compileBody compiles the schema of each media type of a request body or response, which may be a reference.
func compileBody(c *jsonschema.Compiler, tree map[string]any, at string, node map[string]any) (map[string]bodySchema, error) {
	if ref, ok := node["$ref"].(string); ok {
		node, _ = follow(tree, ref)
		at = ref
	}
	compiled := map[string]bodySchema{}
	for mediaType := range object(node, "content") {
		pointer := at + "/content/" + escapePointer.Replace(mediaType) + "/schema"
		strict, err := c.Compile(strictURL + pointer)
		if err != nil {
			return nil, err
		}
		advised, err := c.Compile(advisedURL + pointer)
		if err != nil {
			return nil, err
		}
		compiled[mediaType] = bodySchema{strict, advised}
	}
	return compiled, nil
}

// asJSON gives a tree read from YAML the types that a JSON decoder would give it.
func asJSON(tree any) (any, error) {
	data, err := json.Marshal(tree)
	if err != nil {
		return nil, err
	}
	return jsonschema.UnmarshalJSON(bytes.NewReader(data))
}
