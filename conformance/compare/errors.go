package compare

// Error is why candidates cannot be compared or an overlay is refused. Code is stable; Message is one line.
type Error struct{ Code, Message string }

func (e *Error) Error() string { return e.Message }

// The codes of an Error.
const (
	CodeUnsigned = "compare.unsigned"
	CodeAltered  = "compare.altered"
	CodeExpired  = "compare.expired"
	CodeUnlike   = "compare.unlike"
	CodeWithheld = "compare.withheld"
	CodeOverlay  = "compare.overlay"
)
