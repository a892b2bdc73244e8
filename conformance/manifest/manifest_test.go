package manifest_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/spconform/spconform/conformance/manifest"
	"github.com/spconform/spconform/spec"
)

func interfaces(t testing.TB) []spec.Interface {
	t.Helper()
	all, err := spec.LoadInterfaces()
	require.NoError(t, err)
	return all
}

func parse(t testing.TB, text string) (manifest.Manifest, error) {
	t.Helper()
	return manifest.Parse("spconform.yaml", []byte(text), interfaces(t))
}

const least = "product: {name: X}\ninterfaces:\n  social: {base: https://x.example.org}\n"

func TestExample(t *testing.T) {
	path := filepath.Join(t.TempDir(), "spconform.yaml")
	require.NoError(t, os.WriteFile(path, manifest.Example(), 0o600))
	read, err := manifest.Load(path)
	require.NoError(t, err)
	assert.Equal(t, "2.4.0", read.Product.Version)
	assert.Equal(t, []string{"ibr", "social"}, read.InterfaceIDs())
	assert.Equal(t, manifest.Secret("env:SPCONFORM_CLIENT_SECRET"), read.Auth.OAuth2.Clients["client"].Secret)
	assert.Equal(t, 30*time.Second, read.Timeout("callback"))
	assert.Equal(t, manifest.DefaultTimeout("response"), read.Timeout("response"))
	assert.Equal(t, filepath.Join(filepath.Dir(path), "certificates/ca.pem"), read.Path(read.TLS.CAFile))
}

func TestLeast(t *testing.T) {
	read, err := parse(t, least)
	require.NoError(t, err)
	assert.Equal(t, "https://x.example.org", read.Interfaces["social"].Base)
	for _, row := range manifest.Timeouts {
		assert.Equal(t, row.Default, read.Timeout(row.Name))
		assert.Positive(t, row.Default)
		assert.NotEmpty(t, row.For)
	}
}

func TestWrongManifests(t *testing.T) {
	cases := map[string]struct{ text, want string }{
		"empty":                  {"", "spconform.yaml: is empty: write one with spconform init"},
		"not YAML":               {"product: {name: X\n", "spconform.yaml:1: is not YAML there: check indentation, quotes and colons"},
		"two documents":          {least + "---\na: b\n", "spconform.yaml: holds more than one YAML document: keep the first"},
		"sources, no URL":        {least + "sources: {url: here}\n", "spconform.yaml:4: sources.url: is not an absolute http or https URL"},
		"sources, unknown":       {least + "sources: {url: http://a, bases: {crv: http://b}}\n", "spconform.yaml:4: sources.bases.crv: is not known: did you mean crvs?"},
		"sources, nobody":        {least + "sources: {participant: {id: a, jwks: http://b}}\n", "spconform.yaml:4: sources.participant: takes id, secret and jwks, and client_id where it is another than id"},
		"a list":                 {"- a\n", "spconform.yaml:1: takes keys and values: product, interfaces, auth, identities, population, events, sharing, rotation, restart, sources, callbacks, timeouts, evidence, justified, dialect, tls, containers, compose"},
		"unknown key, near":      {least + "timeout: {run: 1m}\n", "spconform.yaml:4: timeout: is not a known key: did you mean timeouts?"},
		"unknown key, nested":    {"product: {name: X}\ninterfaces:\n  social:\n    base: https://x\n    capability: [a]\n", "spconform.yaml:5: interfaces.social.capability: is not a known key: did you mean capabilities?"},
		"unknown key, far":       {least + "zzzzzzzz: 1\n", "spconform.yaml:4: zzzzzzzz: is not a known key: use one of product, interfaces, auth, identities, population, events, sharing, rotation, restart, sources, callbacks, timeouts, evidence, justified, dialect, tls, containers, compose"},
		"key twice":              {least + "dialect: []\ndialect: []\n", "spconform.yaml:5: dialect: is given twice: keep one"},
		"alias":                  {least + "dialect: [&a x, *a]\n", "spconform.yaml:4: dialect[0]: uses an anchor or alias: write the value out"},
		"empty value":            {least + "events:\n", "spconform.yaml:4: events: is empty: give it a value or leave it out"},
		"text for a list":        {least + "dialect: x\n", "spconform.yaml:4: dialect: takes a list: write each item after a dash"},
		"list for text":          {"product: {name: [X]}\n", "spconform.yaml:1: product.name: takes text"},
		"no name":                {"product: {version: 1}\ninterfaces: {}\n", "spconform.yaml:1: product.name: is missing: name the product"},
		"no interface":           {"product: {name: X}\n", "spconform.yaml: interfaces: is missing: name at least one interface with its base"},
		"unknown interface":      {"product: {name: X}\ninterfaces:\n  socail: {base: https://x}\n", "spconform.yaml:3: interfaces.socail: is not known: did you mean social?"},
		"no base":                {"product: {name: X}\ninterfaces:\n  social: {id: x}\n", "spconform.yaml:3: interfaces.social.base: is missing: give the URL at which the interface is served"},
		"base is no URL":         {"product: {name: X}\ninterfaces:\n  social: {base: x.example.org}\n", "spconform.yaml:3: interfaces.social.base: is not an absolute http or https URL"},
		"base with a password":   {"product: {name: X}\ninterfaces:\n  social: {base: 'https://u:hunter2@x'}\n", "spconform.yaml:3: interfaces.social.base: holds a user or password: leave them out and use auth"},
		"base with a query":      {"product: {name: X}\ninterfaces:\n  social: {base: 'https://x?a=b'}\n", "spconform.yaml:3: interfaces.social.base: has a query or a fragment: leave them out"},
		"unknown operation":      {"product: {name: X}\ninterfaces:\n  social: {base: https://x, paths: {syncsearch: /a}}\n", "spconform.yaml:3: interfaces.social.paths.syncsearch: is not known: did you mean sync-search?"},
		"path without slash":     {"product: {name: X}\ninterfaces:\n  social: {base: https://x, paths: {search: a}}\n", "spconform.yaml:3: interfaces.social.paths.search: does not begin with a slash: paths are added to base"},
		"unknown capability":     {"product: {name: X}\ninterfaces:\n  social:\n    base: https://x\n    capabilities:\n    - subscribes\n", "spconform.yaml:6: interfaces.social.capabilities[0]: is not known: did you mean subscribe?"},
		"unknown record type":    {"product: {name: X}\ninterfaces:\n  social: {base: https://x, record_types: {Persons: P}}\n", "spconform.yaml:3: interfaces.social.record_types.Persons: is not known: did you mean Person?"},
		"secret written out":     {least + "auth: {bearer: hunter2}\n", "spconform.yaml:4: auth.bearer: takes a reference, never the secret itself: write env:NAME or file:PATH"},
		"secret in a header":     {least + "auth: {headers: {X-Api-Key: hunter2}}\n", "spconform.yaml:4: auth.headers.X-Api-Key: takes a reference, never the secret itself: write env:NAME or file:PATH"},
		"client secret":          {least + "auth: {oauth2: {clients: {client: {id: a, secret: hunter2}}}}\n", "spconform.yaml:4: auth.oauth2.clients.client.secret: takes a reference, never the secret itself: write env:NAME or file:PATH"},
		"client without secret":  {least + "auth: {oauth2: {clients: {client: {id: a}}}}\n", "spconform.yaml:4: auth.oauth2.clients.client: needs id and secret"},
		"unknown identity":       {least + "auth: {oauth2: {clients: {clent: {id: a, secret: 'env:A'}}}}\n", "spconform.yaml:4: auth.oauth2.clients.clent: is not known: did you mean client?"},
		"bearer and oauth2":      {least + "auth: {bearer: 'env:A', oauth2: {style: form}}\n", "spconform.yaml:4: auth.bearer: and auth.oauth2 exclude each other: keep one"},
		"unknown style":          {least + "auth: {oauth2: {style: forms}}\n", "spconform.yaml:4: auth.oauth2.style: is not known: did you mean form?"},
		"identities without url": {least + "identities: {provide: http}\n", "spconform.yaml:4: identities.url: is missing: name the URL that takes the participants"},
		"identities misspelt":    {least + "identities: {provide: jwk}\n", "spconform.yaml:4: identities.provide: is not known: did you mean jwks?"},
		"keys missing":           {least + "identities: {provide: preconfigured}\n", "spconform.yaml:4: identities.keys: is missing: name the folder of the keys that the product was configured with"},
		"population without url": {least + "population: {provide: http}\n", "spconform.yaml:4: population.url: is missing: name the URL that takes the records"},
		"population as XML":      {least + "population: {provide: http, url: 'http://a', format: xml}\n", "spconform.yaml:4: population.format: is not known: use one of ndjson, jsonld, csv"},
		"form of a file":         {least + "population: {provide: mounted, file: /a.csv, format: csv}\n", "spconform.yaml:4: population.format: is only for provide: http; the name of a file says its form"},
		"nothing declared":       {least + "population: {provide: declared}\n", "spconform.yaml:4: population.records: is missing: declare records there or name a file of them"},
		"mounted elsewhere":      {least + "population: {provide: mounted, file: /data/people.csv}\ncontainers: {x: {image: a}}\n", "spconform.yaml:4: population.file: is not where a container finds the records: write /spconform/population.ndjson or /spconform/population.jsonld or /spconform/population.csv"},
		"listen":                 {least + "callbacks: {listen: nowhere}\n", "spconform.yaml:4: callbacks.listen: is not host:port, such as 0.0.0.0:9000"},
		"unknown time-out":       {least + "timeouts: {calback: 1s}\n", "spconform.yaml:4: timeouts.calback: is not known: did you mean callback?"},
		"no duration":            {least + "timeouts: {run: 10}\n", "spconform.yaml:4: timeouts.run: is not a duration: write it as 15s, 500ms or 10m, above zero"},
		"too far ahead":          {least + "timeouts: {schedule: 6m}\n", "spconform.yaml:4: timeouts.schedule: is longer than 5m0s: a run does not wait that long"},
		"negative duration":      {least + "timeouts: {run: -1s}\n", "spconform.yaml:4: timeouts.run: is not a duration: write it as 15s, 500ms or 10m, above zero"},
		"bare claim":             {least + "evidence: [{requirement: REG-A-001, grade: E0}]\n", "spconform.yaml:4: evidence[0].grade: is not E1 (an artefact) or E2 (reviewed independently); a bare claim counts for nothing"},
		"insecure":               {least + "tls: {insecure: true}\n", "spconform.yaml:4: tls.insecure: is not a known key: use one of ca_file"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := parse(t, c.text)
			var wrong *manifest.Error
			require.ErrorAs(t, err, &wrong)
			assert.Equal(t, c.want, err.Error())
			assert.NotContains(t, err.Error(), "hunter2", "a secret is repeated")
			assert.NotContains(t, err.Error(), "\n")
		})
	}
}

func TestEvidence(t *testing.T) {
	good := map[string]string{
		"requirement": "REG-LEGAL-001", "grade": "E2", "file": "a.pdf", "sha256": strings.Repeat("0a", 32),
		"issued": "2025-01-31", "expires": "2026-01-31", "reviewer": "An auditor",
	}
	write := func(changed, value string) string {
		var text strings.Builder
		text.WriteString(least + "evidence:\n-")
		for key, held := range good {
			if key == changed {
				held = value
			}
			text.WriteString(" " + key + ": '" + held + "'\n ")
		}
		return strings.TrimSuffix(text.String(), " ")
	}
	_, err := parse(t, write("", ""))
	require.NoError(t, err)
	for key, value := range map[string]string{
		"requirement": "reg-1", "grade": "E3", "file": "", "sha256": "0a", "issued": "soon", "expires": "2025-01-31", "reviewer": "",
	} {
		_, err := parse(t, write(key, value))
		require.ErrorContains(t, err, "evidence[0]."+key, key)
	}
}

func TestLoadWithoutFile(t *testing.T) {
	_, err := manifest.Load(filepath.Join(t.TempDir(), "nothing.yaml"))
	require.ErrorContains(t, err, "cannot be read: write one with spconform init")
}

func TestDefault(t *testing.T) {
	cases := map[string]struct {
		base string
		ids  []string
		want map[string]string
	}{
		"one":         {"https://x", []string{"social"}, map[string]string{"social": "https://x"}},
		"several":     {"https://x/", []string{"social", "crvs"}, map[string]string{"social": "https://x/social", "crvs": "https://x/crvs"}},
		"placeholder": {"https://{interface}.x/a", []string{"social", "crvs"}, map[string]string{"social": "https://social.x/a", "crvs": "https://crvs.x/a"}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			made := manifest.Default(c.base, c.ids)
			bases := map[string]string{}
			for id, one := range made.Interfaces {
				bases[id] = one.Base
				assert.Empty(t, one.Capabilities, "nothing is claimed")
			}
			assert.Equal(t, c.want, bases)
		})
	}
}

func TestSecrets(t *testing.T) {
	folder := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(folder, "secret"), []byte("from a file\n"), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(folder, "empty"), nil, 0o600))
	t.Setenv("SPCONFORM_TEST_SECRET", "from the environment")
	cases := map[string]struct {
		reference manifest.Secret
		want      string
		fails     string
	}{
		"environment": {"env:SPCONFORM_TEST_SECRET", "from the environment", ""},
		"file":        {"file:secret", "from a file", ""},
		"full path":   {manifest.Secret("file:" + filepath.Join(folder, "secret")), "from a file", ""},
		"none":        {"", "", ""},
		"not set":     {"env:SPCONFORM_TEST_NOTHING", "", "SPCONFORM_TEST_NOTHING is not set"},
		"no file":     {"file:nothing", "", "cannot be read"},
		"empty file":  {"file:empty", "", "holds nothing"},
		"written out": {"hunter2", "", "a secret is written out"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			got, err := c.reference.Resolve(folder)
			assert.Equal(t, c.want, got)
			if c.fails == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, c.fails)
			assert.NotContains(t, err.Error(), "hunter2")
		})
	}
	headers, err := manifest.Auth{Headers: map[string]string{"X-Key": "file:secret", "X-Tenant": "demo"}}.Header(folder)
	require.NoError(t, err)
	assert.Equal(t, map[string]string{"X-Key": "from a file", "X-Tenant": "demo"}, headers)
}

func FuzzParse(f *testing.F) {
	f.Add(manifest.Example())
	f.Add([]byte(least))
	f.Add([]byte("a: &a [*a]\n"))
	f.Add([]byte("product: {<<: {name: x}}\n? [a]\n: b\n"))
	all := interfaces(f)
	f.Fuzz(func(t *testing.T, text []byte) {
		_, err := manifest.Parse("m", text, all)
		if err != nil && strings.Count(err.Error(), "\n") > 0 {
			t.Fatalf("an error of several lines")
		}
	})
}
