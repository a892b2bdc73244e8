package reports

// Error is why a report could not be read or written. Code is stable.
type Error struct {
	Code    string
	Message string
	// Cause is the error beneath, where there is one.
	Cause error
}

// The codes of an Error.
const (
	CodeSyntax  = "report.syntax"
	CodeVersion = "report.version"
	CodeSchema  = "report.schema"
	CodeSize    = "report.size"
	CodeWrite   = "report.write"
)

func (e *Error) Error() string { return e.Message }

func (e *Error) Unwrap() error { return e.Cause }
