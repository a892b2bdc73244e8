package spec

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"mime"
	"mime/multipart"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// Body is the body of a request or response. Read gives it where it is JSON and was read before by
// DecodeStrict under DefaultLimits; nil where it was not.
type Body struct {
	ContentType string
	Raw         []byte
	Read        func() (any, error)
}

// ValidateRequest judges a request body against an operation, named as for Operation. An empty result means that it
// holds.
func (d *Document) ValidateRequest(op, contentType string, body []byte) []Violation {
	return d.JudgeRequest(op, Body{ContentType: contentType, Raw: body})
}

// JudgeRequest is ValidateRequest of a body that may have been read before.
func (d *Document) JudgeRequest(op string, body Body) []Violation {
	described, known := d.Operation(op)
	if !known {
		return unknownOperation(op)
	}
	if bodies, ok := d.requests[described.OperationID]; ok {
		return validateBody(bodies, body)
	}
	if len(body.Raw) > 0 {
		return []Violation{{Keyword: "body", Detail: "the request has no body"}}
	}
	return nil
}

// ValidateResponse judges a response's status, content type and body against an operation, named as for Operation. A
// status that is not documented is a violation.
func (d *Document) ValidateResponse(op string, status int, contentType string, body []byte) []Violation {
	return d.JudgeResponse(op, status, Body{ContentType: contentType, Raw: body})
}

// JudgeResponse is ValidateResponse of a body that may have been read before.
func (d *Document) JudgeResponse(op string, status int, body Body) []Violation {
	described, known := d.Operation(op)
	if !known {
		return unknownOperation(op)
	}
	statuses := d.responses[described.OperationID]
	for _, key := range []string{strconv.Itoa(status), strconv.Itoa(status/100) + "XX", "default"} {
		if bodies, ok := statuses[key]; ok {
			return validateBody(bodies, body)
		}
	}
	return []Violation{{Keyword: "status", Detail: fmt.Sprintf("status %d is not documented; expected %s",
		status, strings.Join(described.Statuses, ", "))}}
}

func unknownOperation(op string) []Violation {
	return []Violation{{Keyword: "operation", Detail: fmt.Sprintf("the document has no operation %q", op)}}
}

func validateBody(bodies map[string]bodySchema, body Body) []Violation {
	mediaType, params, err := mime.ParseMediaType(body.ContentType)
	schema, ok := bodies[mediaType]
	if err != nil || !ok {
		return []Violation{{Keyword: "content-type", Detail: "must be " + strings.Join(slices.Sorted(maps.Keys(bodies)), " or ")}}
	}
	value, err := decodeBody(mediaType, params, body)
	if err != nil {
		return []Violation{decodeViolation(err)}
	}
	return schema.validate(value)
}

// validate judges with the advised schema first: nearly every body holds under it, and then one pass is enough. Where
// it does not, what the strict schema does not say as well is advice.
func (s bodySchema) validate(value any) []Violation {
	advised := violations(s.advised.Validate(value))
	if len(advised) == 0 {
		return nil
	}
	strict := violations(s.strict.Validate(value))
	all := slices.Clone(strict)
	for _, v := range advised {
		if !slices.Contains(strict, v) {
			v.Advisory = true
			all = append(all, v)
		}
	}
	return all[:min(len(all), maxViolations)]
}

func violations(err error) []Violation {
	var failed *jsonschema.ValidationError
	if errors.As(err, &failed) {
		return fromSchema(failed)
	}
	if err != nil {
		return []Violation{{Keyword: "json", Detail: "the body cannot be judged"}}
	}
	return nil
}

func decodeBody(mediaType string, params map[string]string, body Body) (any, error) {
	switch {
	case mediaType == "application/x-www-form-urlencoded":
		return decodeForm(body.Raw)
	case mediaType == "multipart/form-data":
		return decodeMultipart(params["boundary"], body.Raw)
	case body.Read != nil:
		return body.Read()
	}
	return DecodeStrict(body.Raw, DefaultLimits)
}

func decodeForm(body []byte) (any, error) {
	if len(body) > MaxBodyBytes {
		return nil, &DecodeError{"json.size", MaxBodyBytes}
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return nil, errors.New("the body is not a form")
	}
	value := map[string]any{}
	for name, values := range form {
		if len(values) > 1 {
			return nil, errors.New("the form names a field twice")
		}
		value[name] = values[0]
	}
	return value, nil
}

func decodeMultipart(boundary string, body []byte) (any, error) {
	if len(body) > MaxBodyBytes {
		return nil, &DecodeError{"json.size", MaxBodyBytes}
	}
	value := map[string]any{}
	parts := multipart.NewReader(bytes.NewReader(body), boundary)
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return value, nil
		}
		if err != nil {
			return nil, errors.New("the body is not multipart form data")
		}
		content, err := io.ReadAll(part)
		if err != nil {
			return nil, errors.New("the body is not multipart form data")
		}
		value[part.FormName()] = string(content)
	}
}
