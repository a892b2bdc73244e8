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

	"github.com/spconform/spconform/conformance/dialect"
	"github.com/spconform/spconform/conformance/manifest"
	"github.com/spconform/spconform/spec"
)

// Error is why nothing was found, with how to mend it.
type Error struct{ Message string }

func (e *Error) Error() string { return e.Message }

// prober asks whether a path is answered.
type prober struct{ http *http.Client }

// Found is what a server answers: bases by interface id, and the dialect by which its paths are not the
// published ones, "" where they are.
type Found struct {
	Bases   map[string]string
	Dialect string
}

// Interfaces finds the interfaces of a server by their operations: each below its id, or, where one
// alone is asked for, at the URL itself. {interface} in the URL stands for an id. A server that answers
// any path, also one that nobody publishes, shows nothing. Where the published paths are not answered, those
// of the shipped dialects are tried.
func Interfaces(ctx context.Context, base string, described []spec.Interface) (Found, error) {
	p := prober{&http.Client{Timeout: manifest.DefaultTimeout("connect"), Transport: &http.Transport{Proxy: nil, ResponseHeaderTimeout: manifest.DefaultTimeout("connect")},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
	defer p.http.CloseIdleConnections()
	base = strings.TrimRight(base, "/")
	if _, err := p.post(ctx, base); err != nil {
		return Found{}, &Error{fmt.Sprintf("%s does not answer: start the product, or name its URL", base)}
	}
	found, err := p.found(ctx, base, described)
	if err != nil || len(found.Bases) > 0 {
		return found, err
	}
	for _, one := range described {
		if len(described) > 1 && p.serves(ctx, base, one, published) {
			return Found{}, &Error{fmt.Sprintf("%s answers at its root, which does not say as what: name the interface with --interfaces", base)}
		}
	}
	return Found{}, &Error{fmt.Sprintf("%s answers no operation of an interface: name the URL before /registry/…, with {interface} where the id stands in it", base)}
}

func published(path string) string { return path }

// found tries the published paths and those of each dialect; most interfaces decide, the published paths
// before others.
func (p prober) found(ctx context.Context, base string, described []spec.Interface) (Found, error) {
	best := Found{Bases: p.at(ctx, base, described, published)}
	known, err := dialect.Known()
	if err != nil {
		return best, err
	}
	for _, one := range known {
		if one.Paths == nil || len(best.Bases) == len(described) {
			continue
		}
		if bases := p.at(ctx, base, described, one.Paths.Of); len(bases) > len(best.Bases) {
			best = Found{Bases: bases, Dialect: one.ID}
		}
	}
	return best, nil
}

// at are the bases at which interfaces are answered where paths lie as of says.
func (p prober) at(ctx context.Context, base string, described []spec.Interface, of func(string) string) map[string]string {
	found := map[string]string{}
	for _, one := range described {
		for _, at := range places(base, one.ID, len(described)) {
			if p.serves(ctx, at, one, of) {
				found[one.ID] = at
				break
			}
		}
	}
	return found
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

// serves says whether a base answers every core operation that is owed there, and not just any path, where
// paths lie as of says. Two dialects may move the same operations: which it is the key set tells.
func (p prober) serves(ctx context.Context, base string, described spec.Interface, of func(string) string) bool {
	if there, err := p.post(ctx, base+of("/spconform/no-such-operation")); err != nil || there {
		return false
	}
	asked, moved := 0, false
	for _, operation := range described.Operations {
		if operation.Role != spec.RoleRegistry || operation.Capability != "" || operation.Mode == spec.HTTP {
			continue
		}
		path := of(operation.Path)
		if there, err := p.post(ctx, base+path); err != nil || !there {
			return false
		}
		asked, moved = asked+1, moved || path != operation.Path
	}
	keys, published := described.Operation("jwks")
	return asked > 0 && (!moved || !published || p.gives(ctx, base+of(keys.Path)))
}

// gives says whether something in JSON is published at an address.
func (p prober) gives(ctx context.Context, url string) bool {
	there, err := p.ask(ctx, http.MethodGet, url, nil)
	return err == nil && there
}

// post says whether an operation is there: an empty message is answered in JSON, be it by a refusal.
func (p prober) post(ctx context.Context, url string) (bool, error) {
	return p.ask(ctx, http.MethodPost, url, strings.NewReader("{}"))
}

func (p prober) ask(ctx context.Context, method, url string, body io.Reader) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, method, url, body)
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
