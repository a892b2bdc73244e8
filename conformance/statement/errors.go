package statement

// Error is why a key or a statement is refused. Code is stable; Message is one line.
type Error struct{ Code, Message string }

func (e *Error) Error() string { return e.Message }

// The codes of an Error.
const (
	CodeKey       = "statement.key"
	CodeWithheld  = "statement.withheld"
	CodeEnvelope  = "statement.envelope"
	CodeSignature = "statement.signature"
	CodeSigner    = "statement.signer"
	CodeForm      = "statement.form"
)

func refuse(code, message string) error { return &Error{code, message} }
