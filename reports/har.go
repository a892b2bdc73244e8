package reports

import (
	"cmp"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/spconform/spconform/conformance/result"
)

// The members of HTTP Archive 1.2. Names that begin with an underscore are ours, as the format allows.
type (
	harNamed struct {
		Name    string `json:"name"`
		Version string `json:"version"`
	}
	harEntry struct {
		StartedDateTime string      `json:"startedDateTime"`
		Time            float64     `json:"time"`
		Request         harRequest  `json:"request"`
		Response        harResponse `json:"response"`
		Cache           struct{}    `json:"cache"`
		Timings         harTimings  `json:"timings"`
		Comment         string      `json:"comment,omitempty"`
		ID              string      `json:"_id"`
		Scenario        string      `json:"_scenario,omitempty"`
		Operation       string      `json:"_operation,omitempty"`
		Direction       string      `json:"_direction"`
		Interface       string      `json:"_interface,omitempty"`
		Dialect         string      `json:"_dialect,omitempty"`
		Answers         string      `json:"_answers,omitempty"`
		Plain           string      `json:"_plain,omitempty"`
		Opened          string      `json:"_opened,omitempty"`
		Notes           []string    `json:"_notes,omitempty"`
	}
	harRequest struct {
		Method      string          `json:"method"`
		URL         string          `json:"url"`
		HTTPVersion string          `json:"httpVersion"`
		Cookies     []harPair       `json:"cookies"`
		Headers     []result.Header `json:"headers"`
		QueryString []harPair       `json:"queryString"`
		PostData    *harPostData    `json:"postData,omitempty"`
		HeadersSize int             `json:"headersSize"`
		BodySize    int64           `json:"bodySize"`
	}
	harResponse struct {
		Status      int             `json:"status"`
		StatusText  string          `json:"statusText"`
		HTTPVersion string          `json:"httpVersion"`
		Cookies     []harPair       `json:"cookies"`
		Headers     []result.Header `json:"headers"`
		Content     harContent      `json:"content"`
		RedirectURL string          `json:"redirectURL"`
		HeadersSize int             `json:"headersSize"`
		BodySize    int64           `json:"bodySize"`
		Error       string          `json:"_error,omitempty"`
	}
	harPair struct {
		Name  string `json:"name"`
		Value string `json:"value"`
	}
	harPostData struct {
		MimeType string    `json:"mimeType"`
		Params   []harPair `json:"params"`
		Text     string    `json:"text"`
		Comment  string    `json:"comment,omitempty"`
	}
	harContent struct {
		Size     int64  `json:"size"`
		MimeType string `json:"mimeType"`
		Text     string `json:"text,omitempty"`
		Encoding string `json:"encoding,omitempty"`
		Comment  string `json:"comment,omitempty"`
	}
	harTimings struct {
		Send    float64 `json:"send"`
		Wait    float64 `json:"wait"`
		Receive float64 `json:"receive"`
	}
)

// HAR writes exchanges.har: every exchange of the run, or, of a report that was read from a file,
// those that its failures point to, in the order of time.
func HAR(w io.Writer, report result.Report) error {
	exchanges := slices.Clone(report.Transcript)
	if len(exchanges) == 0 {
		exchanges = slices.Clone(report.Exchanges)
	}
	slices.SortStableFunc(exchanges, func(a, b result.Exchange) int {
		return cmp.Or(a.StartedAt.Compare(b.StartedAt), cmp.Compare(a.ID, b.ID))
	})
	creator, err := encoded(harNamed{report.Suite.Name, report.Suite.Version}, "")
	if err != nil {
		return err
	}
	// One entry a line: an archive of ten thousand exchanges is written as it goes.
	if _, err := fmt.Fprintf(w, `{"log":{"version":"1.2","creator":%s,"entries":[`, creator); err != nil {
		return err
	}
	before := "\n"
	for _, exchange := range exchanges {
		entry, err := encoded(entryOf(exchange), "")
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintf(w, "%s%s", before, entry); err != nil {
			return err
		}
		before = ",\n"
	}
	_, err = io.WriteString(w, "\n]}}\n")
	return err
}

// httpVersionUnknown stands where the archive wants a protocol version that is not recorded.
const httpVersionUnknown = "unknown"

func entryOf(exchange result.Exchange) harEntry {
	request, response := exchange.Request, exchange.Response
	entry := harEntry{
		StartedDateTime: exchange.StartedAt.Format(time.RFC3339Nano),
		Time:            exchange.DurationMS,
		Request: harRequest{
			Method: request.Method, URL: request.URL, HTTPVersion: httpVersionUnknown, Cookies: []harPair{},
			Headers: array(request.Headers), QueryString: queryOf(request.URL), HeadersSize: -1, BodySize: request.Size,
		},
		Response: harResponse{
			Status: response.Status, StatusText: http.StatusText(response.Status), HTTPVersion: httpVersionUnknown,
			Cookies: []harPair{}, Headers: array(response.Headers), Content: contentOf(response),
			RedirectURL: headerOf(response, "Location"), HeadersSize: -1, BodySize: response.Size, Error: exchange.Error,
		},
		Timings: harTimings{Wait: exchange.DurationMS},
		ID:      exchange.ID, Scenario: exchange.Scenario, Operation: exchange.Operation,
		Direction: exchange.Direction, Interface: exchange.Interface, Dialect: exchange.Dialect, Answers: exchange.Answers, Notes: exchange.Notes,
		Plain: exchange.Plain, Opened: exchange.Opened,
	}
	if request.Body != "" {
		entry.Request.PostData = &harPostData{
			MimeType: headerOf(request, "Content-Type"), Params: []harPair{}, Text: request.Body, Comment: cutNote(request),
		}
	}
	return entry
}

func contentOf(response result.HTTPMessage) harContent {
	content := harContent{Size: response.Size, MimeType: headerOf(response, "Content-Type"), Text: response.Body, Comment: cutNote(response)}
	if !utf8.ValidString(response.Body) {
		content.Text, content.Encoding = base64.StdEncoding.EncodeToString([]byte(response.Body)), "base64"
	}
	return content
}

func cutNote(message result.HTTPMessage) string {
	if message.Truncated {
		return "the body is cut: size is that of the whole"
	}
	return ""
}

func headerOf(message result.HTTPMessage, name string) string {
	for _, header := range message.Headers {
		if strings.EqualFold(header.Name, name) {
			return header.Value
		}
	}
	return ""
}

func queryOf(address string) []harPair {
	pairs := []harPair{}
	parsed, err := url.Parse(address)
	if err != nil {
		return pairs
	}
	query := parsed.Query()
	for name, values := range query {
		for _, value := range values {
			pairs = append(pairs, harPair{name, value})
		}
	}
	slices.SortStableFunc(pairs, func(a, b harPair) int { return cmp.Compare(a.Name, b.Name) })
	return pairs
}
