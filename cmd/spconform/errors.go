package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/spconform/spconform/reports"
)

// The exit codes of every command.
const (
	exitHolds       = 0
	exitDoesNotHold = 1
	exitUsage       = 2
	exitCouldNotRun = 3
)

// exitError ends the program with a code. Without a message nothing is written: the result that the
// command wrote says it already.
type exitError struct {
	code    int
	message string
}

func (e *exitError) Error() string { return e.message }

// errDoesNotHold ends a command whose result says that something does not hold.
var errDoesNotHold = &exitError{code: exitDoesNotHold}

// usageError says what is wrong with the command line and how to mend it.
func usageError(format string, values ...any) error {
	return &exitError{exitUsage, fmt.Sprintf(format, values...)}
}

// couldNotRun says why a command could not do its work and how to mend it.
func couldNotRun(format string, values ...any) error {
	return &exitError{exitCouldNotRun, fmt.Sprintf(format, values...)}
}

// failureOf is how the program ends after err: an error without a code is one of usage where the
// command's own work has not begun, and else one of running. Its message is one line.
func failureOf(err error, begun bool, command *cobra.Command) exitError {
	if err == nil {
		return exitError{code: exitHolds}
	}
	var failure exitError
	var coded *exitError
	switch {
	case errors.As(err, &coded):
		failure = *coded
	case begun:
		failure = exitError{exitCouldNotRun, err.Error()}
	default:
		failure = exitError{exitUsage, fmt.Sprintf("%s: see %s --help", strings.TrimSpace(err.Error()), command.CommandPath())}
	}
	failure.message = reports.Visible(oneLine(failure.message))
	return failure
}

// oneLine joins the lines of several errors, and of a suggestion.
func oneLine(text string) string {
	var parts []string
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			parts = append(parts, line)
		}
	}
	return strings.ReplaceAll(strings.Join(parts, "; "), "?; ", "? ")
}
