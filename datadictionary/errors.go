package datadictionary

import "fmt"

// Code names a kind of Error; codes are stable.
type Code string

const (
	CodeUnknownObject    Code = "dictionary.object.unknown"
	CodeUnknownAttribute Code = "dictionary.attribute.unknown"
	CodeInvalid          Code = "dictionary.invalid"
)

// Error is what this package returns. Its message names entries of the dictionary only,
// never anything of a record.
type Error struct {
	Code    Code
	Message string
}

func (e *Error) Error() string { return e.Message }

// Is reports whether target is an *Error of the same code.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && t.Code == e.Code
}

var (
	// ErrUnknownObject matches, with errors.Is, every error about an object that the dictionary lacks.
	ErrUnknownObject = &Error{Code: CodeUnknownObject, Message: "unknown object"}
	// ErrUnknownAttribute matches every error about an attribute that an object lacks.
	ErrUnknownAttribute = &Error{Code: CodeUnknownAttribute, Message: "unknown attribute"}
	// ErrInvalid matches every error about a dictionary that contradicts itself.
	ErrInvalid = &Error{Code: CodeInvalid, Message: "invalid dictionary"}
)

func newError(code Code, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...)}
}
