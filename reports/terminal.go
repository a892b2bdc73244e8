package reports

import (
	"io"
	"os"

	"github.com/moby/term"

	"github.com/spconform/spconform/conformance/result"
)

// defaultWidth is the number of columns where the output is no terminal, or does not say.
const defaultWidth = 110

// Terminal says what a writer can show.
type Terminal struct {
	// Interactive is set where the writer is a terminal, so that a line can be rewritten in place.
	Interactive bool
	// Color is set where colours are wanted: on a terminal, unless NO_COLOR is set or TERM is dumb.
	Color bool
	// Width is in columns.
	Width int
}

// TerminalOf looks at a writer; what is no terminal has neither colours nor in-place progress.
func TerminalOf(w io.Writer) Terminal {
	file, ok := w.(*os.File)
	if !ok || !term.IsTerminal(file.Fd()) {
		return Terminal{Width: defaultWidth}
	}
	capable := os.Getenv("TERM") != "dumb"
	found := Terminal{Interactive: capable, Color: capable && os.Getenv("NO_COLOR") == "", Width: defaultWidth}
	if size, err := term.GetWinsize(file.Fd()); err == nil && size.Width > 0 {
		found.Width = int(size.Width)
	}
	return found
}

const (
	bold   = "1"
	dim    = "2"
	red    = "31"
	green  = "32"
	yellow = "33"
	cyan   = "36"
)

func (t Terminal) paint(style, text string) string {
	if !t.Color || style == "" || text == "" {
		return text
	}
	return "\x1b[" + style + "m" + text + "\x1b[0m"
}

var verdictStyles = map[result.Verdict]string{
	result.Error:         red,
	result.Unmet:         red,
	result.Skipped:       yellow,
	result.Dialect:       yellow,
	result.SpecDefect:    cyan,
	result.Justified:     cyan,
	result.Untested:      dim,
	result.NotApplicable: dim,
	result.Met:           green,
}
