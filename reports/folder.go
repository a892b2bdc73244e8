package reports

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spconform/spconform/conformance/result"
)

// Render writes one form of a report.
type Render func(io.Writer, result.Report) error

// folderFiles are the files of a results folder.
var folderFiles = []struct {
	name   string
	render Render
}{
	{"report.json", JSON},
	{"report.html", HTML},
	{"junit.xml", JUnit},
	{"exchanges.har", HAR},
}

// WriteFolder writes report.json, report.html, junit.xml and exchanges.har into dir, which it makes
// where it is missing. Each file appears whole or not at all. When one fails the others are still
// written; the joined errors are of type *Error.
func WriteFolder(dir string, report result.Report) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return &Error{CodeWrite, fmt.Sprintf("the results folder cannot be made: %v: name another with --out", err), err}
	}
	var failed []error
	for _, file := range folderFiles {
		if err := writeFile(filepath.Join(dir, file.name), report, file.render); err != nil {
			failed = append(failed, &Error{CodeWrite, fmt.Sprintf("%s cannot be written: %v", file.name, err), err})
		}
	}
	if err := fits(report); err != nil {
		failed = append(failed, err)
	}
	return errors.Join(failed...)
}

// fits says whether report.json would be read back: a report that does not fit its own schema is still
// written, since it is evidence, and is still an error.
func fits(report result.Report) error {
	var buffer bytes.Buffer
	if err := JSON(&buffer, report); err != nil {
		return err
	}
	return checkReport(buffer.Bytes())
}

// writeFile renders into a temporary file beside path and renames it.
func writeFile(path string, report result.Report, render Render) (err error) {
	temporary, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			temporary.Close()
			os.Remove(temporary.Name())
		}
	}()
	buffered := bufio.NewWriter(temporary)
	if err := render(buffered, report); err != nil {
		return err
	}
	if err := buffered.Flush(); err != nil {
		return err
	}
	if err := temporary.Chmod(0o644); err != nil {
		return err
	}
	if err := temporary.Sync(); err != nil {
		return err
	}
	if err := temporary.Close(); err != nil {
		return err
	}
	return os.Rename(temporary.Name(), path)
}
