package scheme

import "fmt"

// Error is a failure with a stable code.
type Error struct{ Code, Message string }

func (e *Error) Error() string { return e.Message }

// Is says that errors of one code are alike.
func (e *Error) Is(target error) bool {
	other, ok := target.(*Error)
	return ok && other.Code == e.Code
}

// What a catalogue does not hold, and a file that is no scheme.
var (
	ErrUnknownScheme  = &Error{"scheme.unknown", "no scheme has this id: see the list of schemes"}
	ErrUnknownVersion = &Error{"scheme.version_unknown", "the scheme has no such version: see the list of schemes"}
	ErrInvalid        = &Error{"scheme.invalid", "the scheme is not valid"}
	ErrDay            = &Error{"scheme.day", "write the day as YYYY-MM-DD"}
)

func invalid(format string, args ...any) error {
	return &Error{ErrInvalid.Code, fmt.Sprintf(format, args...)}
}
