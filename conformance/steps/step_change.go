package steps

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"github.com/spconform/spconform/conformance/exchange"
	"github.com/spconform/spconform/conformance/identity"
	"github.com/spconform/spconform/spec"
)

var changeSteps = []definition{
	{`^its "([^"]+)" is (.+)$`, "one field of the message is changed; all others stay right", withTexts(change)},
	{`^it is signed (.+)$`, "how the message is signed; without this step it is signed properly", withText(signedSo)},
	{`^it comes from (an? .+|another client|the client)$`, "which participant sends the message; without this step it is the client", withText(comesFrom)},
	{`^it is sent under the message_id of an earlier message of another client$`,
		"ids are unique between two parties, so that two clients may use the same one", inWorld(underOtherID)},
	{`^it comes (with.+)$`, "with which bearer token the message comes; without this step with the sender's own", withText(comesWith)},
	{`^it is sent as "([^"]*)"$`, "the Content-Type of the message", withText(sentAs)},
	{`^it is sent by "([A-Z]+)"$`, "the HTTP method of the message", withText(sentBy)},
	{`^it is sent to the path "([^"]+)"$`, "another path below the interface's base", withText(sentTo)},
	{`^its body is (.+)$`, "what is sent in place of the message's body", withText(bodyIs)},
	{`^its answer goes to (.+)$`, "where the sender_uri of the message points", withText(answerGoes)},
}

func (w *World) each(do func(*Draft) error) error {
	if len(w.drafts) == 0 {
		return fmt.Errorf("the scenario changes a message before it has one")
	}
	for _, draft := range w.drafts {
		if err := do(draft); err != nil {
			return err
		}
	}
	return nil
}

func change(_ context.Context, w *World, field, text string) error {
	to, err := value(text)
	if err != nil {
		return err
	}
	return w.each(func(d *Draft) error { return d.set(field, to) })
}

func signedSo(_ context.Context, w *World, how string) error {
	sign, ok := signings[how]
	if !ok {
		return fmt.Errorf("no way of signing is called %q", how)
	}
	return w.each(func(d *Draft) error { d.sign = sign; return nil })
}

func comesFrom(_ context.Context, w *World, who string) error {
	name, ok := senders[who]
	if !ok {
		return fmt.Errorf("no participant is called %q", who)
	}
	return w.each(func(d *Draft) error { d.From = w.env.Identities[name]; return nil })
}

func comesWith(ctx context.Context, w *World, what string) error {
	if what == "with another client's token" {
		if w.env.Bearer != "" {
			return &Skip{"the manifest gives one bearer token for all clients"}
		}
		other := w.env.Identities[senders["another client"]]
		return w.each(func(d *Draft) error {
			d.credential = func() string { return "Bearer " + w.env.tokenOf(ctx, other) }
			return nil
		})
	}
	make, ok := credentials[what]
	if !ok {
		return fmt.Errorf("no way of coming in is called %q", what)
	}
	return w.each(func(d *Draft) error {
		credential, err := make(w, d)
		d.credential = credential
		return err
	})
}

func sentAs(_ context.Context, w *World, contentType string) error {
	return w.each(func(d *Draft) error { d.contentType = contentType; return nil })
}

func sentBy(_ context.Context, w *World, method string) error {
	return w.each(func(d *Draft) error { d.method = method; return nil })
}

func sentTo(_ context.Context, w *World, path string) error {
	return w.each(func(d *Draft) error { d.path = path; return nil })
}

// floods is longer than any message needs to be and small enough to be sent.
const floods = 6 << 20

const flood = "longer than any message"

// bodies are things that can be sent in place of a message's body.
var bodies = map[string]func([]byte) []byte{
	"nothing":                   func([]byte) []byte { return nil },
	"cut off in the middle":     func(body []byte) []byte { return body[:len(body)/2] },
	"not JSON":                  func([]byte) []byte { return []byte("<search>who?</search>") },
	"a list":                    func(body []byte) []byte { return bytes.Join([][]byte{[]byte("["), body, []byte("]")}, nil) },
	"a number":                  func([]byte) []byte { return []byte("42") },
	"null":                      func([]byte) []byte { return []byte("null") },
	"followed by more":          func(body []byte) []byte { return append(bytes.Clone(body), body...) },
	"not UTF-8":                 func(body []byte) []byte { return bytes.Replace(body, []byte(`"search`), []byte("\"\xff\xfe"), 1) },
	"with a member named twice": func(body []byte) []byte { return bytes.Replace(body, []byte("{"), []byte(`{"header":{},`), 1) },
	"spread over many lines": func(body []byte) []byte {
		var out bytes.Buffer
		if json.Indent(&out, body, " ", "\t") != nil {
			return body
		}
		return out.Bytes()
	},
	"nested ten thousand deep": func([]byte) []byte { return []byte(strings.Repeat("[", 10000) + strings.Repeat("]", 10000)) },
	flood: func(body []byte) []byte {
		return bytes.Replace(body, []byte("{"), []byte(`{"padding":"`+strings.Repeat("x", floods)+`",`), 1)
	},
	"in compressed form that it is not": func(body []byte) []byte { return append([]byte{0x1f, 0x8b}, body...) },
}

func bodyIs(_ context.Context, w *World, what string) error {
	reshape, ok := bodies[what]
	if !ok {
		return fmt.Errorf("no body is called %q", what)
	}
	return w.each(func(d *Draft) error { d.reshape, d.flood = reshape, what == flood; return nil })
}

// destinations are the places to which a sender_uri can point.
var destinations = map[string]func(w *World, d *Draft) any{
	"the address with its query string":        func(w *World, d *Draft) any { return w.callbackBase(d.From.Name) + "/on-answer/x%20y?case=1&b=%2F" },
	"an address of the client's own choice":    func(w *World, d *Draft) any { return w.callbackBase(d.From.Name) + "/somewhere/else" },
	"nowhere that is named":                    func(*World, *Draft) any { return absent{} },
	"a place that the client did not register": func(w *World, _ *Draft) any { return w.env.Receiver.Base() + "/elsewhere/on-search" },
	"another client's address":                 func(w *World, _ *Draft) any { return w.callbackBase(identity.Other) + "/on-search" },
	"a place that only begins like the client's": func(w *World, d *Draft) any {
		return strings.TrimSuffix(w.env.Receiver.Base()+identity.CallbackPath(d.From.Name), "/") + "-evil/on-search"
	},
	"a path that climbs out of the client's":   func(w *World, d *Draft) any { return w.callbackBase(d.From.Name) + "/../../../elsewhere" },
	"a place that the agreement does not name": func(w *World, _ *Draft) any { return w.elsewhere() },
	"a file":                      func(*World, *Draft) any { return "file:///etc/hostname" },
	"the machine itself":          func(*World, *Draft) any { return "http://169.254.169.254/latest/meta-data" },
	"a port where nobody listens": func(w *World, d *Draft) any { return deadAddress(w, d) },
}

func answerGoes(_ context.Context, w *World, where string) error {
	destination, ok := destinations[where]
	if !ok {
		return fmt.Errorf("no destination is called %q", where)
	}
	return w.each(func(d *Draft) error {
		if d.method == "" {
			d.method = http.MethodPost
		}
		return d.set("header.sender_uri", destination(w, d))
	})
}

// elsewhere is an address that is registered for the agency and not in its agreement.
func (w *World) elsewhere() string {
	path := identity.ElsewherePath + "/" + w.slug
	w.env.Receiver.Open(path+"/", nil)
	return w.env.Receiver.Base() + path + "/on-search"
}

// deadAddress lies within the client's prefix where the receiver breaks every connection off: to the
// target it looks like a counterpart that is down.
func deadAddress(w *World, d *Draft) string {
	path := identity.CallbackPath(d.From.Name) + "/" + w.slug + "/dead"
	w.env.Receiver.Open(path, func(int, *exchange.Exchange) exchange.Treatment {
		return exchange.Treatment{Status: exchange.BreakOff}
	})
	return w.env.Receiver.Base() + path
}

// underOtherID lets another client send a search first, and gives the scenario's message the same id.
func underOtherID(ctx context.Context, w *World) error {
	first := w.searchFor(w.oneRecord(w.record, "theirs"))
	first.From = w.env.Identities[identity.Other]
	reply, err := w.send(ctx, first, spec.Sync)
	if err != nil {
		return err
	}
	if departure := w.matches(reply); departure != nil {
		departure.Expected = "another client's search is answered: " + departure.Expected
		return departure
	}
	w.replies = nil
	return w.each(func(d *Draft) error { return d.set("header.message_id", first.Header["message_id"]) })
}
