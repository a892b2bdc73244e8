package container

import (
	"fmt"
	"strings"
)

// Code says what kept a product from running in containers.
type Code string

// The codes of errors, which the report takes over.
const (
	// CodeEngine: no container engine answers, or it cannot be used from here.
	CodeEngine Code = "container-engine"
	// CodeImage: the image is not there and cannot be pulled.
	CodeImage Code = "container-image"
	// CodePort: a port is taken, or nobody says which one to use.
	CodePort Code = "container-port"
	// CodeRefused: a compose file asks for what a product under test does not get.
	CodeRefused Code = "container-refused"
	// CodeCompose: the compose file cannot be read or started.
	CodeCompose Code = "container-compose"
	// CodeStart: the engine refuses to start the container.
	CodeStart Code = "container-start"
	// CodeCrashed: the container ended before it was ready.
	CodeCrashed Code = "container-crashed"
	// CodeNotReady: the container runs and is not ready in time.
	CodeNotReady Code = "container-not-ready"
	// CodeInterrupted: the run was interrupted.
	CodeInterrupted Code = "interrupted"
	// CodeLeft: something could not be removed.
	CodeLeft Code = "container-left"
)

// Error is why a product does not run in containers, on one line, with how to mend it.
type Error struct {
	Code   Code
	Detail string
}

func (e *Error) Error() string { return e.Detail }

// ErrorCode is the code as the report tells it.
func (e *Error) ErrorCode() string { return string(e.Code) }

func fault(code Code, format string, args ...any) *Error {
	return &Error{code, fmt.Sprintf(format, args...)}
}

// plain is the engine's own sentence on one line, without the library's names before it.
func plain(err error) string {
	text := strings.Join(strings.Fields(err.Error()), " ")
	if _, rest, ok := strings.Cut(text, "Error response from daemon: "); ok {
		text = rest
	}
	const longest = 300
	if len(text) > longest {
		text = strings.ToValidUTF8(text[:longest], "") + "…"
	}
	return text
}
