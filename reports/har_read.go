package reports

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"github.com/spconform/spconform/conformance/result"
)

// ReadHAR reads an exchanges.har that HAR wrote. Errors are of type *Error.
func ReadHAR(r io.Reader) ([]result.Exchange, error) {
	raw, err := io.ReadAll(io.LimitReader(r, readLimit+1))
	if err != nil {
		return nil, &Error{CodeSyntax, "the transcript cannot be read: give the exchanges.har of a run", err}
	}
	if len(raw) > readLimit {
		return nil, &Error{Code: CodeSize, Message: fmt.Sprintf("the transcript is over %d MiB: give an exchanges.har that spconform wrote", readLimit>>20)}
	}
	var file struct {
		Log struct {
			Entries []harEntry `json:"entries"`
		} `json:"log"`
	}
	if err := json.Unmarshal(raw, &file); err != nil {
		return nil, &Error{CodeSyntax, "the transcript is no HTTP Archive: give the exchanges.har of a run", err}
	}
	exchanges := make([]result.Exchange, 0, len(file.Log.Entries))
	for _, entry := range file.Log.Entries {
		exchange, err := entry.exchange()
		if err != nil {
			return nil, &Error{CodeSyntax, "an entry of the transcript is not as spconform writes it: give the exchanges.har of a run", err}
		}
		exchanges = append(exchanges, exchange)
	}
	return exchanges, nil
}

// exchange is the inverse of entryOf.
func (e harEntry) exchange() (result.Exchange, error) {
	at, err := time.Parse(time.RFC3339Nano, e.StartedDateTime)
	if err != nil {
		return result.Exchange{}, err
	}
	read := result.Exchange{
		ID: e.ID, Scenario: e.Scenario, Operation: e.Operation, Direction: e.Direction, Interface: e.Interface, Dialect: e.Dialect, Answers: e.Answers,
		StartedAt: at, DurationMS: e.Time, Error: e.Response.Error, Notes: e.Notes, Plain: e.Plain, Opened: e.Opened,
		Request: result.HTTPMessage{Method: e.Request.Method, URL: e.Request.URL, Headers: e.Request.Headers, Size: e.Request.BodySize},
		Response: result.HTTPMessage{Status: e.Response.Status, Headers: e.Response.Headers, Size: e.Response.BodySize,
			Body: e.Response.Content.Text, Truncated: e.Response.Content.Comment != ""},
	}
	if e.Response.Content.Encoding == "base64" {
		body, err := base64.StdEncoding.DecodeString(read.Response.Body)
		if err != nil {
			return result.Exchange{}, err
		}
		read.Response.Body = string(body)
	}
	if data := e.Request.PostData; data != nil {
		read.Request.Body, read.Request.Truncated = data.Text, data.Comment != ""
	}
	return read, nil
}
