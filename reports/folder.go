package reports

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/samber/lo"
	"github.com/samber/lo/parallel"

	"github.com/spconform/spconform/conformance/result"
)

// Render writes one form of a report.
type Render func(io.Writer, result.Report) error

// folderFile is a file of a results folder. A derived one is made from what report.json says and from nothing
// else, so that whoever has that can make it again.
type folderFile struct {
	name    string
	render  Render
	derived bool
}

var folderFiles = []folderFile{
	{"report.json", JSON, false},
	{"report.html", HTML, true},
	{"junit.xml", JUnit, true},
	{"exchanges.har", HAR, false},
	{"badge.svg", Badge, true},
	{"summary.html", Summary, true},
}

// requestsFolder holds, in a results folder, the bodies of the requests that failures point to: a
// curl line reads requests/<exchange id>.body.
const requestsFolder = "requests"

// WriteFolder writes the files of a results folder into dir, which it makes
// where it is missing, and into requests/ the bodies that curl lines read. Each file appears whole or
// not at all. When one fails the others are still written; the joined errors are of type *Error.
func WriteFolder(dir string, report result.Report) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return &Error{CodeWrite, fmt.Sprintf("the results folder cannot be made: %v: name another with --out", err), err}
	}
	var failed []error
	// A statement of an earlier run is not one of this run.
	if err := os.Remove(filepath.Join(dir, FileStatement)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		failed = append(failed, &Error{CodeWrite, fmt.Sprintf("the old %s cannot be removed: %v", FileStatement, err), err})
	}
	write := func(name string, render func(io.Writer) error) error {
		if err := writeFile(filepath.Join(dir, name), render); err != nil {
			return &Error{CodeWrite, fmt.Sprintf("%s cannot be written: %v", name, err), err}
		}
		return nil
	}
	told := asTold(report)
	failed = append(failed, parallel.Map(folderFiles, func(file folderFile, _ int) error {
		return write(file.name, func(w io.Writer) error { return file.render(w, lo.Ternary(file.derived, told, report)) })
	})...)
	for id, body := range bodiesOf(report) {
		failed = append(failed, write(filepath.Join(requestsFolder, id+".body"), func(w io.Writer) error {
			_, err := io.WriteString(w, body)
			return err
		}))
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

// asTold is the report as report.json tells it: without the whole transcript, and with bytes that are no text lost.
func asTold(report result.Report) result.Report {
	var buffer bytes.Buffer
	var told result.Report
	if JSON(&buffer, report) != nil || json.Unmarshal(buffer.Bytes(), &told) != nil {
		return report
	}
	return told
}

// bodiesOf is the request bodies, by exchange id, that a curl line can repeat: sent to the target and
// kept whole.
func bodiesOf(report result.Report) map[string]string {
	exchanges := exchangesOf(report)
	bodies := map[string]string{}
	for _, tested := range report.Interfaces {
		for _, requirement := range tested.Requirements {
			for _, failure := range requirement.Failures {
				for _, id := range failure.Exchanges {
					sent := exchanges[id]
					if sent.Direction == "request" && sent.Request.Body != "" && !sent.Request.Truncated && id == filepath.Base(id) {
						bodies[id] = sent.Request.Body
					}
				}
			}
		}
	}
	return bodies
}

// writeFile renders into a temporary file beside path, whose folder it makes, and renames it.
func writeFile(path string, render func(io.Writer) error) (err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
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
	if err := render(buffered); err != nil {
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
