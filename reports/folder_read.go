package reports

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spconform/spconform/conformance/result"
	"github.com/spconform/spconform/conformance/statement"
)

// FileStatement is the signed statement in a results folder.
const FileStatement = "statement.dsse.json"

// Folder is what a results folder holds. Report, Transcript and Statement are nil where their file is
// absent; Hashes are of the files that are there.
type Folder struct {
	Path       string
	Report     *result.Report
	Transcript []result.Exchange
	Statement  []byte
	Hashes     map[string]string
}

// ReadFolder reads a results folder, or the folder in which a file of one lies. Errors are of type *Error.
func ReadFolder(path string) (Folder, error) {
	told, err := os.Stat(path)
	if err != nil {
		return Folder{}, &Error{CodeSyntax, fmt.Sprintf("%s cannot be read: name a results folder, or a file of one", path), err}
	}
	if !told.IsDir() {
		path = filepath.Dir(path)
	}
	folder := Folder{Path: path, Hashes: map[string]string{}}
	report, err := folder.read(statement.FileReport)
	if err == nil && report != nil {
		var read result.Report
		if read, err = ReadJSON(bytes.NewReader(report)); err == nil {
			folder.Report = &read
		}
	}
	if err != nil {
		return folder, err
	}
	transcript, err := folder.read(statement.FileTranscript)
	if err == nil && transcript != nil {
		folder.Transcript, err = ReadHAR(bytes.NewReader(transcript))
	}
	if err != nil {
		return folder, err
	}
	folder.Statement, err = folder.read(FileStatement)
	return folder, err
}

// Altered lists the pages and the like of the folder that are not what its report.json gives. They are what people read,
// and nobody signs them. A file that is not there is not altered.
func (f Folder) Altered() ([]string, error) {
	var altered []string
	for _, file := range folderFiles {
		if !file.derived || f.Report == nil {
			continue
		}
		there, err := os.ReadFile(filepath.Join(f.Path, file.name))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		var again bytes.Buffer
		if err := errors.Join(err, file.render(&again, *f.Report)); err != nil {
			return nil, err
		}
		if !bytes.Equal(there, again.Bytes()) {
			altered = append(altered, file.name)
		}
	}
	return altered, nil
}

// read is a file's content, or nil where there is none.
func (f Folder) read(name string) ([]byte, error) {
	path := filepath.Join(f.Path, name)
	told, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err == nil && told.Size() > readLimit {
		return nil, &Error{Code: CodeSize, Message: fmt.Sprintf("%s is over %d MiB: give a results folder that spconform wrote", path, readLimit>>20)}
	}
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, &Error{CodeSyntax, fmt.Sprintf("%s cannot be read: name a results folder", path), err}
	}
	if name != FileStatement {
		f.Hashes[name] = statement.Hash(content)
	}
	return content, nil
}

// WriteStatement puts the signed statement into a results folder.
func WriteStatement(dir string, content []byte) error {
	err := writeFile(filepath.Join(dir, FileStatement), func(w io.Writer) error {
		_, err := w.Write(content)
		return err
	})
	if err != nil {
		return &Error{CodeWrite, fmt.Sprintf("%s cannot be written: %v", FileStatement, err), err}
	}
	return nil
}
