package statement_test

import (
	"context"
	"crypto/ed25519"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/spconform/spconform/conformance/maturity"
	"github.com/spconform/spconform/conformance/result"
	"github.com/spconform/spconform/conformance/statement"
)

var finished = time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)

// soon is a time at which the statements here are valid.
var soon = finished.AddDate(0, 1, 0)

func key(t *testing.T, name string) statement.Key {
	t.Helper()
	raw, err := json.Marshal(jose.JSONWebKey{Key: private(name), KeyID: "any"})
	require.NoError(t, err)
	read, err := statement.ReadPrivate(raw)
	require.NoError(t, err)
	return read
}

func private(name string) ed25519.PrivateKey {
	return ed25519.NewKeyFromSeed([]byte(fmt.Sprintf("%-32s", name)))
}

// report is of a whole run on an image with verdicts of several kinds.
func report() result.Report {
	row := func(id, dimension string, band int, verdict result.Verdict) result.Requirement {
		return result.Requirement{ID: id, Keyword: "MUST", Dimension: dimension, Band: band, Basis: "published", Verdict: verdict}
	}
	absent := row("REG-SUB-001", "technical", 2, result.NotApplicable)
	absent.Capability = "subscribe"
	critical := row("SEC-SIG-001", "security", 2, result.Met)
	critical.Critical = true
	trial := row("REG-NEW-001", "legal", 4, result.Unmet)
	trial.Experimental = true
	tested := result.Interface{Interface: "social", Title: "Social registry", Claimed: []string{"oauth2"}, Absent: []string{"subscribe"},
		Requirements: []result.Requirement{row("REG-HTTP-001", "technical", 1, result.Met), row("REG-SEARCH-001", "technical", 2, result.Met),
			absent, critical, trial, row("REG-REC-001", "semantic", 3, result.Unmet)}}
	made := result.Report{SchemaVersion: result.SchemaVersion, Seed: 18446744073709551615, StartedAt: finished.Add(-time.Minute), FinishedAt: finished,
		Suite: result.Suite{Name: "spconform", Version: "1", CatalogueHash: statement.Hash([]byte("c")), SpecHash: statement.Hash([]byte("s")), FeaturesHash: statement.Hash([]byte("f"))},
		Target: result.Target{Kind: "image", Product: "Registry", Version: "2", Image: "registry:2", Digest: "sha256:" + statement.Hash([]byte("image")),
			Bases: map[string]string{"social": "http://127.0.0.1:1/"}, Population: "hook"},
		Selection: result.Selection{Interfaces: []string{"social"}}}
	maturity.Fill(&tested, maturity.Run{Seed: made.Seed})
	made.Interfaces = []result.Interface{tested}
	return made
}

var hashes = map[string]string{statement.FileReport: statement.Hash([]byte("report")), statement.FileTranscript: statement.Hash([]byte("har"))}

func signed(t *testing.T, payload []byte, by statement.Key) []byte {
	t.Helper()
	raw, err := statement.Sign(t.Context(), payload, by)
	require.NoError(t, err)
	return raw
}

func made(t *testing.T, of result.Report) []byte {
	t.Helper()
	payload, err := statement.Make(of, hashes, key(t, "vendor"))
	require.NoError(t, err)
	return payload
}

func verify(t *testing.T, raw []byte, trusted ...statement.Key) []statement.Check {
	t.Helper()
	of := report()
	return statement.Verify(t.Context(), raw, trusted, statement.Evidence{Report: &of, Hashes: hashes}, soon)
}

func outcome(checks []statement.Check, name string) statement.Check {
	for _, check := range checks {
		if check.Name == name {
			return check
		}
	}
	return statement.Check{}
}

func TestStatementHolds(t *testing.T) {
	vendor := key(t, "vendor")
	checks := verify(t, signed(t, made(t, report()), vendor), vendor)
	for _, check := range checks {
		assert.Equal(t, statement.Holds, check.Outcome, "%s: %s", check.Name, check.Detail)
	}
	assert.Len(t, checks, 8)
}

func TestSignerIsNotCheckedWithoutAKey(t *testing.T) {
	checks := verify(t, signed(t, made(t, report()), key(t, "vendor")))
	assert.True(t, statement.Verified(checks))
	assert.Equal(t, statement.NotChecked, outcome(checks, statement.CheckSigner).Outcome)
}

func TestStatementIsOfTheInTotoForm(t *testing.T) {
	var shown struct {
		Type          string `json:"_type"`
		PredicateType string `json:"predicateType"`
		Subject       []struct {
			Name   string
			Digest map[string]string
		}
		Predicate struct {
			Result                                string
			PassedTests, WarnedTests, FailedTests []string
		}
	}
	require.NoError(t, json.Unmarshal(made(t, report()), &shown))
	assert.Equal(t, "https://in-toto.io/Statement/v1", shown.Type)
	assert.Equal(t, "https://in-toto.io/attestation/test-result/v0.1", shown.PredicateType)
	assert.Equal(t, statement.Hash([]byte("image")), shown.Subject[0].Digest["sha256"])
	assert.Equal(t, "PASSED", shown.Predicate.Result)
	assert.Equal(t, []string{"social/REG-REC-001"}, without(shown.Predicate.FailedTests, "social/REG-NEW-001"))
	assert.Equal(t, []string{"social/REG-SUB-001"}, shown.Predicate.WarnedTests)
	assert.Len(t, shown.Predicate.PassedTests, 3)
}

func without(list []string, one string) []string {
	var kept []string
	for _, item := range list {
		if item != one {
			kept = append(kept, item)
		}
	}
	return kept
}

func TestSubjectsSayHowFirmlyTheyAreBound(t *testing.T) {
	cases := map[string]struct {
		change func(*result.Target)
		bound  string
		digest string
	}{
		"image": {func(*result.Target) {}, statement.BoundToImage, statement.Hash([]byte("image"))},
		"certificate": {func(t *result.Target) {
			t.Digest = ""
			t.Certificates = map[string]string{"social": statement.Hash([]byte("cert"))}
		}, statement.BoundToCertificate, statement.Hash([]byte("cert"))},
		"address": {func(t *result.Target) { t.Digest = "" }, statement.BoundToAddress, statement.Hash([]byte("http://127.0.0.1:1/"))},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			of := report()
			c.change(&of.Target)
			opened, err := statement.Open(t.Context(), signed(t, made(t, of), key(t, "vendor")), nil)
			require.NoError(t, err)
			require.Len(t, opened.Subjects, 1)
			assert.Equal(t, c.bound, opened.Subjects[0].Bound)
			assert.Equal(t, c.digest, opened.Subjects[0].SHA256)
		})
	}
}

func TestNoStatement(t *testing.T) {
	cases := map[string]func(*result.Report){
		"run failed":        func(r *result.Report) { r.Error = &result.RunError{Code: "unreachable"} },
		"partial selection": func(r *result.Report) { r.Selection.Partial = true },
		"error of ours":     func(r *result.Report) { r.Interfaces[0].Requirements[0].Verdict = result.Error },
		"no interface":      func(r *result.Report) { r.Interfaces = nil },
		"no level":          func(r *result.Report) { r.Interfaces[0].Level = nil },
	}
	for name, change := range cases {
		t.Run(name, func(t *testing.T) {
			of := report()
			change(&of)
			_, err := statement.Make(of, hashes, key(t, "vendor"))
			var refused *statement.Error
			require.ErrorAs(t, err, &refused)
			assert.Equal(t, statement.CodeWithheld, refused.Code)
		})
	}
}

// TestEveryByteOfTheFileCounts flips each byte of the envelope in turn.
func TestEveryByteOfTheFileCounts(t *testing.T) {
	raw := signed(t, made(t, report()), key(t, "vendor"))
	for at := range raw {
		altered := append([]byte(nil), raw...)
		altered[at] ^= 1
		_, err := statement.Open(context.Background(), altered, nil)
		require.Error(t, err, "byte %d, %q for %q", at, altered[at], raw[at])
		require.NotEmpty(t, err.Error())
	}
	for name, altered := range map[string][]byte{
		"a byte more": append(append([]byte(nil), raw...), '\n'), "a byte less": raw[:len(raw)-1],
		"a member more":      []byte(strings.Replace(string(raw), "{", `{"note":1,`, 1)),
		"a signature more":   []byte(strings.Replace(string(raw), `"signatures": [`, `"signatures": [{"keyid":"","sig":""},`, 1)),
		"nothing":            nil,
		"not a JSON object":  []byte("[]"),
		"another base64 tab": []byte(strings.Replace(string(raw), "+", "-", 1)),
	} {
		if string(altered) == string(raw) {
			continue
		}
		_, err := statement.Open(context.Background(), altered, nil)
		require.Error(t, err, name)
	}
}

// TestEveryFieldCounts alters each member of the statement in turn: left with the old signature, signed
// anew by the vendor, and signed anew by somebody else who puts in a key of their own.
func TestEveryFieldCounts(t *testing.T) {
	vendor, forger := key(t, "vendor"), key(t, "forger")
	payload := made(t, report())
	var tree any
	require.NoError(t, json.Unmarshal(payload, &tree))
	envelope := signed(t, payload, vendor)
	places := 0
	walk(tree, nil, func(path []any, replace func(any) (undo func())) {
		places++
		for _, other := range []any{"altered", float64(3), nil} {
			undo := replace(other)
			altered, err := json.Marshal(tree)
			undo()
			require.NoError(t, err)
			if jsonEqual(altered, payload) {
				continue
			}
			if other == "altered" {
				requireOldSignatureRefused(t, envelope, payload, altered, vendor)
			}
			checks := verify(t, signed(t, altered, vendor), vendor)
			require.False(t, statement.Verified(checks), "%v %v signed anew", path, other)
			for _, check := range checks {
				require.NotEmpty(t, check.Detail)
			}
		}
	})
	assert.Greater(t, places, 100)

	of := report()
	forged, err := statement.Make(of, hashes, forger)
	require.NoError(t, err)
	checks := verify(t, signed(t, forged, forger), vendor)
	require.False(t, statement.Verified(checks))
	assert.Contains(t, checks[0].Detail, "another key")
	checks = verify(t, signed(t, payload, forger), vendor)
	require.False(t, statement.Verified(checks), "the forger signs the vendor's statement")
}

func requireOldSignatureRefused(t *testing.T, envelope, payload, altered []byte, vendor statement.Key) {
	t.Helper()
	old := strings.Replace(string(envelope), base64.StdEncoding.EncodeToString(payload), base64.StdEncoding.EncodeToString(altered), 1)
	require.False(t, statement.Verified(verify(t, []byte(old), vendor)), "the old signature")
}

func jsonEqual(a, b []byte) bool {
	var left, right any
	_ = json.Unmarshal(a, &left)
	_ = json.Unmarshal(b, &right)
	return assert.ObjectsAreEqual(left, right)
}

// walk visits every member and element of a tree.
func walk(node any, path []any, visit func([]any, func(any) func())) {
	switch typed := node.(type) {
	case map[string]any:
		for name := range typed {
			visit(append(path, name), func(other any) func() {
				before := typed[name]
				typed[name] = other
				return func() { typed[name] = before }
			})
			walk(typed[name], append(path, name), visit)
		}
	case []any:
		for i := range typed {
			visit(append(path, i), func(other any) func() {
				before := typed[i]
				typed[i] = other
				return func() { typed[i] = before }
			})
			walk(typed[i], append(path, i), visit)
		}
	}
}

func TestLevelIsScoredAgainWithoutTheReport(t *testing.T) {
	of := report()
	level := 3
	of.Interfaces[0].Level = &level
	checks := statement.Verify(t.Context(), signed(t, made(t, of), key(t, "vendor")), nil, statement.Evidence{}, soon)
	assert.Equal(t, statement.Refused, outcome(checks, statement.CheckLevel).Outcome)
	assert.Contains(t, outcome(checks, statement.CheckLevel).Detail, "/level")
	assert.Equal(t, statement.NotChecked, outcome(checks, statement.CheckReport).Outcome)
}

func TestFilesThatWereNotSigned(t *testing.T) {
	raw := signed(t, made(t, report()), key(t, "vendor"))
	for _, name := range []string{statement.FileReport, statement.FileTranscript} {
		other := map[string]string{statement.FileReport: hashes[statement.FileReport], statement.FileTranscript: hashes[statement.FileTranscript]}
		other[name] = statement.Hash([]byte("another"))
		of := report()
		checks := statement.Verify(t.Context(), raw, nil, statement.Evidence{Report: &of, Hashes: other}, soon)
		assert.Equal(t, statement.Refused, outcome(checks, name).Outcome)
	}
}

func TestDates(t *testing.T) {
	raw := signed(t, made(t, report()), key(t, "vendor"))
	cases := map[string]struct {
		now  time.Time
		want statement.Outcome
	}{
		"before it was issued":   {finished.Add(-time.Hour), statement.Refused},
		"when it was issued":     {finished, statement.Holds},
		"on its last moment":     {finished.AddDate(0, 0, statement.ValidDays).Add(-time.Second), statement.Holds},
		"when it expires":        {finished.AddDate(0, 0, statement.ValidDays), statement.Refused},
		"a long time afterwards": {finished.AddDate(9, 0, 0), statement.Refused},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			checks := statement.Verify(t.Context(), raw, nil, statement.Evidence{}, c.now)
			assert.Equal(t, c.want, outcome(checks, statement.CheckDates).Outcome)
		})
	}
}

// TestAStatementExpiresWithTheEvidenceItRestsOn: on the day after the last day of the first piece that
// settles something, and never later than its own time.
func TestAStatementExpiresWithTheEvidenceItRestsOn(t *testing.T) {
	untested := func(id, expires string) result.Requirement {
		return result.Requirement{ID: id, Keyword: "MUST", Dimension: "legal", Band: 1, Basis: "published", Verdict: result.Untested,
			Evidence: &result.Evidence{Grade: "E1", SHA256: statement.Hash([]byte(id)), Expires: expires}}
	}
	tested := func(id, expires string) result.Requirement {
		row := untested(id, expires)
		row.Verdict = result.Met
		return row
	}
	own := finished.AddDate(0, 0, statement.ValidDays)
	cases := map[string]struct {
		rows  []result.Requirement
		until time.Time
		with  string
	}{
		"no evidence":                  {nil, own, ""},
		"evidence that lasts longer":   {[]result.Requirement{untested("LEG-A", "2099-01-01")}, own, ""},
		"evidence that ends before":    {[]result.Requirement{untested("LEG-A", "2026-06-30")}, time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC), "LEG-A"},
		"the first to end":             {[]result.Requirement{untested("LEG-A", "2026-09-30"), untested("LEG-B", "2026-05-31")}, time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC), "LEG-B"},
		"beside what tests settled":    {[]result.Requirement{tested("LEG-A", "2026-06-30")}, own, ""},
		"the last day of its own time": {[]result.Requirement{untested("LEG-A", own.Format(time.DateOnly))}, own, ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			of := report()
			of.Interfaces[0].Requirements = append(of.Interfaces[0].Requirements, c.rows...)
			maturity.Fill(&of.Interfaces[0], maturity.Run{Seed: of.Seed})
			assert.Equal(t, c.until, statement.Expires(of))
			raw := signed(t, made(t, of), key(t, "vendor"))
			checked := func(now time.Time) statement.Check {
				return outcome(statement.Verify(t.Context(), raw, nil, statement.Evidence{}, now), statement.CheckDates)
			}
			after := checked(c.until)
			assert.Equal(t, statement.Refused, after.Outcome, after.Detail)
			assert.Contains(t, after.Detail, c.with)
			before := checked(c.until.Add(-time.Second))
			assert.Equal(t, statement.Holds, before.Outcome, before.Detail)
		})
	}
}

// TestNoLongerThanItsEvidence: who signs may not give a statement more time than its evidence has.
func TestNoLongerThanItsEvidence(t *testing.T) {
	of := report()
	of.Interfaces[0].Requirements = append(of.Interfaces[0].Requirements, result.Requirement{ID: "LEG-A", Keyword: "MUST", Dimension: "legal", Band: 1,
		Basis: "published", Verdict: result.Untested, Evidence: &result.Evidence{Grade: "E1", SHA256: statement.Hash([]byte("a")), Expires: "2026-06-30"}})
	maturity.Fill(&of.Interfaces[0], maturity.Run{Seed: of.Seed})
	own := finished.AddDate(0, 0, statement.ValidDays).Format(time.RFC3339)
	longer := strings.Replace(string(made(t, of)), `"expiresAt":"2026-07-01T00:00:00Z"`, `"expiresAt":"`+own+`"`, 1)
	require.Contains(t, longer, own)
	checks := statement.Verify(t.Context(), signed(t, []byte(longer), key(t, "vendor")), nil, statement.Evidence{}, soon)
	assert.Equal(t, statement.Refused, outcome(checks, statement.CheckDates).Outcome)
}

func TestReadKeys(t *testing.T) {
	own := private("vendor")
	pkcs8, err := x509.MarshalPKCS8PrivateKey(own)
	require.NoError(t, err)
	pkix, err := x509.MarshalPKIXPublicKey(own.Public())
	require.NoError(t, err)
	set, err := json.Marshal(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: own.Public()}}})
	require.NoError(t, err)
	for name, raw := range map[string][]byte{
		"PEM private": pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: pkcs8}),
		"PEM public":  pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: pkix}),
		"JWK set":     set,
	} {
		t.Run(name, func(t *testing.T) {
			keys, err := statement.ReadKeys(raw)
			require.NoError(t, err)
			require.Len(t, keys, 1)
			assert.Equal(t, key(t, "vendor").ID(), keys[0].ID())
		})
	}
	symmetric, err := json.Marshal(jose.JSONWebKey{Key: []byte("secret")})
	require.NoError(t, err)
	for name, raw := range map[string][]byte{
		"nothing": nil, "text": []byte("trust me"), "symmetric": symmetric,
		"PEM of nothing": pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: []byte("x")}),
	} {
		_, err := statement.ReadKeys(raw)
		var refused *statement.Error
		require.ErrorAs(t, err, &refused, name)
		assert.Equal(t, statement.CodeKey, refused.Code)
	}
	_, err = statement.ReadPrivate(set)
	require.Error(t, err, "a public key cannot sign")
}

func FuzzOpen(f *testing.F) {
	f.Add([]byte(`{"payload":"e30=","payloadType":"application/vnd.in-toto+json","signatures":[{"keyid":"","sig":""}]}`))
	f.Add([]byte(`{"payload":"","signatures":null}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		if _, err := statement.Open(context.Background(), raw, nil); err == nil {
			t.Fatal("nobody signed this")
		}
	})
}
