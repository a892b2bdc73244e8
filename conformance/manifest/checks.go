package manifest

import (
	"maps"
	"net"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spconform/spconform/conformance/dialect"
	"github.com/spconform/spconform/spec"
	"github.com/spconform/spconform/spec/fixture"
)

// checks are what the types of a manifest do not say.
type checks struct {
	*walk
	manifest   Manifest
	interfaces []spec.Interface
}

func (c *checks) run() error {
	for _, check := range []func() error{
		c.product, c.eachInterface, c.auth, c.identities, c.population, c.sharing, c.addresses, c.timeouts, c.eachEvidence, c.justified,
		c.dialects, c.containers,
	} {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

// wrong names a key; its line, or that of the nearest key around it.
func (c *checks) wrong(key, detail string) error {
	line, around := 0, key
	for {
		if at, ok := c.lines[around]; ok {
			line = at
			break
		}
		cut := strings.LastIndexAny(around, ".[")
		if cut < 0 {
			break
		}
		around = around[:cut]
	}
	return &Error{File: c.file, Line: line, Key: key, Detail: detail}
}

// oneOf refuses a name outside a list, with the nearest of the list. The name is a key or a word of a
// fixed list, so that it may be repeated.
func (c *checks) oneOf(key, name string, known []string) error {
	if slices.Contains(known, name) {
		return nil
	}
	if near := nearest(name, known); near != "" {
		return c.wrong(key, "is not known: did you mean "+near+"?")
	}
	return c.wrong(key, "is not known: use one of "+strings.Join(known, ", "))
}

func (c *checks) url(key, text string) error {
	if text == "" {
		return nil
	}
	parsed, err := url.Parse(text)
	switch {
	case err != nil, parsed.Scheme != "http" && parsed.Scheme != "https", parsed.Host == "":
		return c.wrong(key, "is not an absolute http or https URL")
	case parsed.User != nil:
		return c.wrong(key, "holds a user or password: leave them out and use auth")
	case parsed.RawQuery != "", parsed.Fragment != "":
		return c.wrong(key, "has a query or a fragment: leave them out")
	}
	return nil
}

func (c *checks) product() error {
	if c.manifest.Product.Name == "" {
		return c.wrong("product.name", "is missing: name the product")
	}
	return nil
}

func (c *checks) eachInterface() error {
	if len(c.manifest.Interfaces) == 0 {
		return c.wrong("interfaces", "is missing: name at least one interface with its base")
	}
	var known []string
	for _, described := range c.interfaces {
		known = append(known, described.ID)
	}
	for _, id := range c.manifest.InterfaceIDs() {
		key := "interfaces." + id
		if err := c.oneOf(key, id, known); err != nil {
			return err
		}
		described := c.interfaces[slices.Index(known, id)]
		if err := c.oneInterface(key, c.manifest.Interfaces[id], described); err != nil {
			return err
		}
	}
	return nil
}

// mixed holds what an interface says of a product of its own.
func (c *checks) mixed(key string, claimed Interface) error {
	if claimed.Product != nil && claimed.Product.Name == "" {
		return c.wrong(key+".product.name", "is missing: name the product that serves the interface")
	}
	if claimed.Hooks == nil {
		return nil
	}
	for _, hook := range []struct{ name, url string }{
		{"participants", claimed.Hooks.Participants}, {"population", claimed.Hooks.Population}, {"events", claimed.Hooks.Events},
		{"restart", claimed.Hooks.Restart}, {"rotation", claimed.Hooks.Rotation},
		{"agreements", claimed.Hooks.Agreements}, {"consents", claimed.Hooks.Consents},
	} {
		if hook.url == "" {
			continue
		}
		if err := c.url(key+".hooks."+hook.name, hook.url); err != nil {
			return err
		}
	}
	return nil
}

func (c *checks) oneInterface(key string, claimed Interface, described spec.Interface) error {
	if claimed.Base == "" {
		return c.wrong(key+".base", "is missing: give the URL at which the interface is served")
	}
	if err := c.url(key+".base", claimed.Base); err != nil {
		return err
	}
	if err := c.mixed(key, claimed); err != nil {
		return err
	}
	var operations, records []string
	for _, operation := range described.Operations {
		operations = append(operations, operation.ID)
	}
	for _, record := range described.Records {
		records = append(records, record.Name)
	}
	for _, operation := range slices.Sorted(maps.Keys(claimed.Paths)) {
		here := key + ".paths." + operation
		if err := c.oneOf(here, operation, operations); err != nil {
			return err
		}
		if !strings.HasPrefix(claimed.Paths[operation], "/") {
			return c.wrong(here, "does not begin with a slash: paths are added to base")
		}
	}
	for at, capability := range claimed.Capabilities {
		if err := c.oneOf(key+".capabilities["+strconv.Itoa(at)+"]", capability, described.Capabilities()); err != nil {
			return err
		}
	}
	for _, record := range slices.Sorted(maps.Keys(claimed.RecordTypes)) {
		if err := c.oneOf(key+".record_types."+record, record, records); err != nil {
			return err
		}
	}
	return nil
}

// secretName are the names of headers and variables whose value must be a reference.
var secretName = regexp.MustCompile(`(?i)auth|cookie|key|token|secret|password|credential`)

func (c *checks) identities() error {
	given := c.manifest.Identities
	if err := c.url("identities.url", given.URL); err != nil {
		return err
	}
	ways := []string{IdentitiesEmbedded, IdentitiesFixtures, IdentitiesHTTP, IdentitiesJWKS, IdentitiesPreconfigured}
	if given.Provide != "" {
		if err := c.oneOf("identities.provide", given.Provide, ways); err != nil {
			return err
		}
	}
	switch {
	case given.Provide == IdentitiesHTTP && given.URL == "":
		return c.wrong("identities.url", "is missing: name the URL that takes the participants")
	case given.Provide == IdentitiesPreconfigured && given.Keys == "":
		return c.wrong("identities.keys", "is missing: name the folder of the keys that the product was configured with")
	}
	return nil
}

func (c *checks) population() error {
	given := c.manifest.Population
	if err := c.url("population.url", given.URL); err != nil {
		return err
	}
	ways := []string{PopulationHTTP, PopulationMounted, PopulationPreloaded, PopulationDeclared}
	if given.Provide != "" {
		if err := c.oneOf("population.provide", given.Provide, ways); err != nil {
			return err
		}
	}
	if given.Format != "" {
		if err := c.oneOf("population.format", given.Format, fixture.Formats()); err != nil {
			return err
		}
	}
	switch {
	case given.Format != "" && given.Provide != PopulationHTTP:
		return c.wrong("population.format", "is only for provide: http; the name of a file says its form")
	case given.Provide == PopulationHTTP && given.URL == "":
		return c.wrong("population.url", "is missing: name the URL that takes the records")
	case given.Provide == PopulationMounted && given.File == "":
		return c.wrong("population.file", "is missing: name the path at which the product reads the records")
	case given.Provide == PopulationDeclared && given.File == "" && len(given.Records) == 0:
		return c.wrong("population.records", "is missing: declare records there or name a file of them")
	case given.Provide != PopulationDeclared && len(given.Records) > 0:
		return c.wrong("population.records", "are only for provide: declared")
	}
	return nil
}

func (c *checks) sharing() error {
	given := c.manifest.Sharing
	if given == nil {
		return nil
	}
	if given.Provide != "" {
		if err := c.oneOf("sharing.provide", given.Provide, []string{PopulationHTTP, PopulationPreloaded}); err != nil {
			return err
		}
	}
	if err := c.url("sharing.agreements", given.Agreements); err != nil {
		return err
	}
	if err := c.url("sharing.consents", given.Consents); err != nil {
		return err
	}
	switch {
	case given.Provide == PopulationHTTP && (given.Agreements == "" || given.Consents == ""):
		return c.wrong("sharing.agreements", "or sharing.consents is missing: name the URLs that take them")
	case given.AccessLog != "" && !strings.HasPrefix(given.AccessLog, "/"):
		return c.wrong("sharing.access_log", "does not begin with a slash: it is added to base")
	}
	return nil
}

func (c *checks) addresses() error {
	if err := c.url("events.url", c.manifest.Events.URL); err != nil {
		return err
	}
	if err := c.url("rotation.url", c.manifest.Rotation.URL); err != nil {
		return err
	}
	if err := c.restart(); err != nil {
		return err
	}
	if err := c.sources(); err != nil {
		return err
	}
	if err := c.url("callbacks.base", c.manifest.Callbacks.Base); err != nil {
		return err
	}
	if listen := c.manifest.Callbacks.Listen; listen != "" {
		if _, _, err := net.SplitHostPort(listen); err != nil {
			return c.wrong("callbacks.listen", "is not host:port, such as 0.0.0.0:9000")
		}
	}
	return nil
}

func (c *checks) restart() error {
	given := c.manifest.Restart
	if given.URL != "" && len(given.Containers) > 0 {
		return c.wrong("restart.containers", "stands beside restart.url: keep one")
	}
	return c.url("restart.url", given.URL)
}

func (c *checks) sources() error {
	given := c.manifest.Sources
	if err := c.url("sources.url", given.URL); err != nil {
		return err
	}
	if who := given.Participant; who != nil {
		if who.ID == "" || who.Secret == "" || who.JWKS == "" {
			return c.wrong("sources.participant", "takes id, secret and jwks, and client_id where it is another than id")
		}
		if err := c.url("sources.participant.jwks", who.JWKS); err != nil {
			return err
		}
	}
	var known []string
	for _, described := range c.interfaces {
		known = append(known, described.ID)
	}
	for _, id := range slices.Sorted(maps.Keys(given.Bases)) {
		if err := c.oneOf("sources.bases."+id, id, known); err != nil {
			return err
		}
		if err := c.url("sources.bases."+id, given.Bases[id]); err != nil {
			return err
		}
	}
	return nil
}

func (c *checks) timeouts() error {
	for _, name := range slices.Sorted(maps.Keys(c.manifest.Timeouts)) {
		if err := c.oneOf("timeouts."+name, name, timeoutNames()); err != nil {
			return err
		}
		if most := timeoutRow(name).Most; most > 0 && time.Duration(c.manifest.Timeouts[name]) > most {
			return c.wrong("timeouts."+name, "is longer than "+most.String()+": a run does not wait that long")
		}
	}
	return nil
}

var (
	requirementForm = regexp.MustCompile(`^[A-Z]+(-[A-Z0-9]+)*-[0-9]{3}$`)
	hashForm        = regexp.MustCompile(`^[0-9a-f]{64}$`)
)

func (c *checks) justified() error {
	for at, item := range c.manifest.Justified {
		key := "justified[" + strconv.Itoa(at) + "]"
		switch {
		case !requirementForm.MatchString(item.Requirement):
			return c.wrong(key+".requirement", "is not a requirement's id, such as SEC-PRIV-002")
		case strings.TrimSpace(item.Reason) == "":
			return c.wrong(key+".reason", "is missing: say in a sentence why the recommendation is left")
		}
	}
	return nil
}

func (c *checks) eachEvidence() error {
	for at, item := range c.manifest.Evidence {
		key := "evidence[" + strconv.Itoa(at) + "]"
		issued, notIssued := time.Parse(time.DateOnly, item.Issued)
		expires, notExpires := time.Parse(time.DateOnly, item.Expires)
		switch {
		case !requirementForm.MatchString(item.Requirement):
			return c.wrong(key+".requirement", "is not a requirement's id, such as REG-SEARCH-004")
		case item.Grade != "E1" && item.Grade != "E2":
			return c.wrong(key+".grade", "is not E1 (an artefact) or E2 (reviewed independently); a bare claim counts for nothing")
		case item.Grade == "E2" && item.Reviewer == "":
			return c.wrong(key+".reviewer", "is missing: grade E2 names who reviewed it")
		case item.File == "":
			return c.wrong(key+".file", "is missing: name the artefact")
		case !hashForm.MatchString(item.SHA256):
			return c.wrong(key+".sha256", "is not a SHA-256 in lower-case hexadecimal")
		case notIssued != nil:
			return c.wrong(key+".issued", "is not a day, such as 2025-01-31")
		case notExpires != nil || !expires.After(issued):
			return c.wrong(key+".expires", "is not a day after issued")
		}
	}
	return nil
}

// dialects holds names to those that are shipped; files are read when the run begins.
func (c *checks) dialects() error {
	shipped, err := dialect.Known()
	if err != nil {
		return err
	}
	var known []string
	for _, one := range shipped {
		known = append(known, one.ID)
	}
	for at, name := range c.manifest.Dialect {
		if dialect.IsFile(name) {
			continue
		}
		if err := c.oneOf("dialect["+strconv.Itoa(at)+"]", name, known); err != nil {
			return err
		}
	}
	return nil
}
