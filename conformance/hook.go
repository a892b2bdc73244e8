package conformance

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"time"

	"github.com/samber/lo"

	"github.com/spconform/spconform/conformance/manifest"
	"github.com/spconform/spconform/conformance/steps"
	"github.com/spconform/spconform/spec/fixture"
)

// Hooks are the URLs by which a product is prepared and made to change: the participants and the
// records are PUT, since they take the place of what was there, an event POSTed as JSON; a POST without a body to Rotation has it take a new
// signing key. They supply no evidence.
type Hooks struct {
	Participants, Population, Events, Rotation string
	// Restart has the product stop and start again on what it holds, by a POST that is answered when that is done.
	Restart string
	// Sources takes by PUT where the registries are that the product asks: base URLs by interface id.
	Sources string
	// Form is that of the records, a name of fixture.Formats; NDJSON where empty.
	Form string
	// Agreements are PUT as one document, Consents POSTed as NDJSON.
	Agreements, Consents string
	// AccessLog is the path of the access log of a product of a mixed system that takes agreements.
	AccessLog string
	// Apart says that another product is meant: what a person agreed to, keys and restarts are told to that product by its
	// own hooks, or not at all.
	Apart bool
	// Timeout bounds one call; loading a population is a bulk operation. Zero is the default.
	Timeout time.Duration
	// Own are those of the products of a mixed system, by interface; what one leaves out is done by these.
	Own map[string]Hooks
	// Address is where the runner finds what a URL names; nil where it is that URL.
	Address func(url string) string
}

// Provide tells the product the participants and the records; each product of a mixed system those of its
// interfaces.
func (h Hooks) Provide(ctx context.Context, given Provision) error {
	if err := h.introduce(ctx, given); err != nil {
		return err
	}
	byURL := lo.GroupBy(given.Records, func(record fixture.Record) string {
		return cmp.Or(h.Own[record.Interface].Population, h.Population)
	})
	for _, url := range slices.Sorted(maps.Keys(byURL)) {
		var records bytes.Buffer
		form := cmp.Or(h.Form, fixture.NDJSON)
		if err := fixture.Write(&records, form, byURL[url]); err != nil {
			return err
		}
		if err := h.call(ctx, http.MethodPut, url, fixture.MediaType(form), records.Bytes()); err != nil {
			return err
		}
	}
	if err := h.agree(ctx, given); err != nil {
		return err
	}
	return h.Decide(ctx, given.Consents...)
}

// Configure tells the product who the participants are and what is agreed with them: its configuration, which it
// need not keep over a restart as it keeps its records.
func (h Hooks) Configure(ctx context.Context, given Provision) error {
	return errors.Join(h.introduce(ctx, given), h.agree(ctx, given))
}

func (h Hooks) introduce(ctx context.Context, given Provision) error {
	participants, err := json.Marshal(given.Participants)
	if err != nil {
		return err
	}
	urls := []string{h.Participants}
	for _, id := range slices.Sorted(maps.Keys(h.Own)) {
		urls = append(urls, h.Own[id].Participants)
	}
	for _, url := range lo.Uniq(urls) {
		if err := h.call(ctx, http.MethodPut, url, "application/json", participants); err != nil {
			return err
		}
	}
	return nil
}

func (h Hooks) agree(ctx context.Context, given Provision) error {
	agreements, err := json.Marshal(given.Agreements)
	if err != nil {
		return err
	}
	urls := []string{h.Agreements}
	for _, id := range slices.Sorted(maps.Keys(h.Own)) {
		urls = append(urls, h.Own[id].Agreements)
	}
	for _, url := range lo.Uniq(urls) {
		if err := h.call(ctx, http.MethodPut, url, "application/json", agreements); err != nil {
			return err
		}
	}
	return nil
}

// Decide tells each product the decisions of persons about the records of its interfaces.
func (h Hooks) Decide(ctx context.Context, decisions ...fixture.Consent) error {
	byURL := lo.GroupBy(decisions, func(decision fixture.Consent) string {
		if own, apart := h.apart(decision.Interface); apart {
			return own.Consents
		}
		return h.Consents
	})
	for _, url := range slices.Sorted(maps.Keys(byURL)) {
		var lines bytes.Buffer
		if err := fixture.WriteConsents(&lines, byURL[url]); err != nil {
			return err
		}
		if err := h.call(ctx, http.MethodPost, url, "application/x-ndjson", lines.Bytes()); err != nil {
			return err
		}
	}
	return nil
}

// apart are the hooks of the product that serves an interface, where that is another one.
func (h Hooks) apart(interfaceID string) (Hooks, bool) {
	own, named := h.Own[interfaceID]
	own.Timeout, own.Address = h.Timeout, h.Address
	return own, named && own.Apart
}

// rotating is Rotate; nil where there is no hook for it.
func (h Hooks) rotating() func(context.Context) error {
	if h.Rotation == "" {
		return nil
	}
	return h.Rotate
}

// sharing is Sharing; nil where there is no hook for it.
func (h Hooks) sharing() *steps.Sharing {
	if h.Agreements == "" {
		return nil
	}
	return h.Sharing(h.AccessLog)
}

// Sharing is how decisions get in during a run, for a product that was given agreements.
func (h Hooks) Sharing(accessLog string) *steps.Sharing {
	made := &steps.Sharing{AccessLog: accessLog}
	if h.Consents != "" {
		made.Decide = func(ctx context.Context, decision fixture.Consent) error { return h.Decide(ctx, decision) }
	}
	return made
}

// Ask is how the product is made to ask its registries elsewhere; bases are where it asks them now.
func (h Hooks) Ask(bases map[string]string) *steps.Sources {
	return &steps.Sources{Bases: bases, Move: func(ctx context.Context, to map[string]string) error {
		body, err := json.Marshal(to)
		if err != nil {
			return err
		}
		return h.call(ctx, http.MethodPut, h.Sources, "application/json", body)
	}}
}

// Trigger makes one event happen.
func (h Hooks) Trigger(ctx context.Context, event fixture.Event) error {
	body, err := json.Marshal(event)
	if err != nil {
		return err
	}
	return h.call(ctx, http.MethodPost, cmp.Or(h.Own[event.Interface].Events, h.Events), "application/json", body)
}

// provides and triggers say whether there is any hook to do so by.
func (h Hooks) provides() bool {
	return h.Participants != "" || h.Population != "" || lo.SomeBy(lo.Values(h.Own), Hooks.provides)
}

func (h Hooks) triggers() bool { return h.Events != "" || lo.SomeBy(lo.Values(h.Own), Hooks.triggers) }

// Rotate makes the product take a new signing key.
func (h Hooks) Rotate(ctx context.Context) error {
	return h.call(ctx, http.MethodPost, h.Rotation, "application/json", []byte("{}"))
}

// Restarting is what has the product that serves an interface stop and start again; nil where there is no hook for it.
func (h Hooks) Restarting(interfaceID string) *Restart {
	url := cmp.Or(h.Own[interfaceID].Restart, h.Restart)
	if own, apart := h.apart(interfaceID); apart {
		url = own.Restart
	}
	if url == "" {
		return nil
	}
	return &Restart{url, func(ctx context.Context) error {
		return h.call(ctx, http.MethodPost, url, "application/json", []byte("{}"))
	}}
}

func (h Hooks) call(ctx context.Context, method, url, contentType string, body []byte) error {
	if url == "" {
		return nil
	}
	if h.Address != nil {
		url = h.Address(url)
	}
	timeout := h.Timeout
	if timeout == 0 {
		timeout = manifest.DefaultTimeout("hook")
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, method, url, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("the hook %s is not a URL: mend it in the manifest", url)
	}
	request.Header.Set("Content-Type", contentType)
	// Each call has a connection of its own: a kept one may be closed on its way to a product in a container, and
	// what is posted is not sent again.
	client := &http.Client{Transport: &http.Transport{Proxy: http.ProxyFromEnvironment, DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	response, err := client.Do(request)
	if err != nil {
		return fmt.Errorf("the hook %s does not answer: start the product with its hook, or name another in the manifest", url)
	}
	defer response.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(response.Body, 1<<20))
	if response.StatusCode >= http.StatusMultipleChoices {
		return fmt.Errorf("the hook %s answered HTTP %d: it must take what the runner gives", url, response.StatusCode)
	}
	return nil
}
