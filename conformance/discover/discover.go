// Package discover finds which interfaces a server answers, for spconform init.
package discover

import (
	"context"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"
	"time"

	"github.com/spconform/spconform/conformance/manifest"
	"github.com/spconform/spconform/spec"
)

// Error is why nothing was found, with how to mend it.
type Error struct{ Message string }

func (e *Error) Error() string { return e.Message }

// prober asks whether a path is answered.
type prober struct{ http *http.Client }

// Interfaces finds the interfaces of a server by their operations: each below its id, or, where one
// alone is asked for, at the URL itself. {interface} in the URL stands for an id. A server that answers
// any path, also one that nobody publishes, shows nothing. It returns bases by interface id.
func Interfaces(ctx context.Context, base string, described []spec.Interface) (map[string]string, error) {
	p := prober{&http.Client{Timeout: manifest.DefaultTimeout("connect"), Transport: &http.Transport{Proxy: nil, ResponseHeaderTimeout: manifest.DefaultTimeout("connect")},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
	defer p.http.CloseIdleConnections()
	base = strings.TrimRight(base, "/")
	if _, err := p.post(ctx, base); err != nil {
		return nil, &Error{fmt.Sprintf("%s does not answer: start the product, or name its URL", base)}
	}
	found := map[string]string{}
	for _, one := range described {
		for _, at := range places(base, one.ID, len(described)) {
			if p.serves(ctx, at, one) {
				found[one.ID] = at
				break
			}
		}
	}
	if len(found) > 0 {
		return found, nil
	}
	for _, one := range described {
		if len(described) > 1 && p.serves(ctx, base, one) {
			return nil, &Error{fmt.Sprintf("%s answers at its root, which does not say as what: name the interface with --interfaces", base)}
		}
	}
	return nil, &Error{fmt.Sprintf("%s answers no operation of an interface: name the URL before /registry/…, with {interface} where the id stands in it", base)}
}

// places are the bases at which an interface may be.
func places(base, id string, asked int) []string {
	if strings.Contains(base, "{interface}") {
		return []string{strings.ReplaceAll(base, "{interface}", id)}
	}
	if asked == 1 {
		return []string{base + "/" + id, base}
	}
	return []string{base + "/" + id}
}

// serves says whether a base answers every core operation that is owed there, and not just any path.
func (p prober) serves(ctx context.Context, base string, described spec.Interface) bool {
	if there, err := p.post(ctx, base+"/spconform/no-such-operation"); err != nil || there {
		return false
	}
	asked := 0
	for _, operation := range described.Operations {
		if operation.Role != spec.RoleRegistry || operation.Capability != "" || operation.Mode == spec.HTTP {
			continue
		}
		if there, err := p.post(ctx, base+operation.Path); err != nil || !there {
			return false
		}
		asked++
	}
	return asked > 0
}

// post says whether an operation is there: an empty message is answered in JSON, be it by a refusal.
func (p prober) post(ctx context.Context, url string) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, url, strings.NewReader("{}"))
	if err != nil {
		return false, err
	}
	request.Header.Set("Content-Type", "application/json")
	answer, err := p.http.Do(request)
	if err != nil {
		return false, err
	}
	defer answer.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(answer.Body, 1<<16))
	switch answer.StatusCode {
	case http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusNotImplemented:
		return false, nil
	}
	kind, _, _ := mime.ParseMediaType(answer.Header.Get("Content-Type"))
	return answer.StatusCode/100 != 3 && strings.HasSuffix(kind, "json"), nil
}
