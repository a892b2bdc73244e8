package reports_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"fmt"
	stdhtml "html"
	"io"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/spconform/spconform/conformance/result"
	"github.com/spconform/spconform/reports"
)

func html(t *testing.T, report result.Report) string {
	t.Helper()
	var out bytes.Buffer
	require.NoError(t, reports.HTML(&out, report))
	return out.String()
}

func TestHTML(t *testing.T) { golden(t, "report.html", []byte(html(t, sample()))) }

func TestHTMLIsWellFormed(t *testing.T) {
	decoder := xml.NewDecoder(strings.NewReader(html(t, sample())))
	decoder.Strict, decoder.AutoClose, decoder.Entity = false, xml.HTMLAutoClose, xml.HTMLEntity
	var open []string
	for {
		token, err := decoder.RawToken()
		if errors.Is(err, io.EOF) {
			break
		}
		require.NoError(t, err)
		switch tag := token.(type) {
		case xml.StartElement:
			if name := tag.Name.Local; name != "meta" && name != "br" && name != "input" {
				open = append(open, name)
			}
		case xml.EndElement:
			require.NotEmpty(t, open, "</%s> closes nothing", tag.Name.Local)
			require.Equal(t, open[len(open)-1], tag.Name.Local)
			open = open[:len(open)-1]
		}
	}
	assert.Empty(t, open)
}

func TestHTMLEscapesTheTarget(t *testing.T) {
	shown := html(t, sample())
	assert.Equal(t, 1, strings.Count(shown, "<script"), "the page's own")
	assert.NotContains(t, shown, "<b>no")
	for _, char := range shown {
		if char != '\n' && unicode.In(char, unicode.Cc, unicode.Cf) {
			t.Fatalf("character %U is not escaped", char)
		}
	}
}

// TestHTMLAllowsOnlyItsOwnScript: the policy names style and script by hash and allows nothing else.
func TestHTMLAllowsOnlyItsOwnScript(t *testing.T) {
	shown := html(t, sample())
	between := func(from, to string) string {
		_, after, _ := strings.Cut(shown, from)
		inside, _, _ := strings.Cut(after, to)
		return inside
	}
	for tag, directive := range map[string]string{"style": "style-src", "script": "script-src"} {
		sum := sha256.Sum256([]byte(between("<"+tag+">", "</"+tag+">")))
		assert.Contains(t, stdhtml.UnescapeString(shown), fmt.Sprintf("%s 'sha256-%s'", directive, base64.StdEncoding.EncodeToString(sum[:])))
	}
	assert.Contains(t, shown, "default-src &#39;none&#39;")
	assert.NotContains(t, shown, "unsafe-inline")
	assert.NotContains(t, shown, " style=", "an inline style would be blocked")
	assert.NotRegexp(t, `<[^>]+\son[a-z]+=`, shown)
}

func TestHTMLNeedsNoNetwork(t *testing.T) {
	shown := html(t, sample())
	for _, loads := range []string{" src=", "<link", "@import", "url("} {
		assert.NotContains(t, shown, loads)
	}
}

func TestHTMLShowsFailuresFirstAndWhole(t *testing.T) {
	shown := html(t, sample())
	failed := strings.Index(shown, `id="social-REG-SEARCH-004"`)
	areas := strings.Index(shown, `id="areas-social"`)
	require.Positive(t, failed)
	assert.Less(t, failed, areas)
	article := shown[failed : failed+strings.Index(shown[failed:], "</article>")]
	for _, part := range []string{
		"A registry MUST answer REG-SEARCH-004.", "status 200", "status 401", "identifier[0].identifier_value",
		"curl -H @token.txt", "Accept the token that the token operation issued.", `id="exchange-ex-1"`,
		"&#34;version&#34;: &#34;1.0.0&#34;", "no whole response: reset",
	} {
		assert.Contains(t, article, part)
	}
}

func TestHTMLShowsAnExchangeOnce(t *testing.T) {
	report := sample()
	requirements := report.Interfaces[0].Requirements
	requirements[0].Verdict, requirements[0].Failures = result.Unmet, requirements[1].Failures
	shown := html(t, report)
	assert.Equal(t, 1, strings.Count(shown, `id="exchange-ex-1"`))
	assert.Contains(t, shown, `href="#exchange-ex-1"`)
}

func TestHTMLCutsLongBodies(t *testing.T) {
	report := sample()
	report.Exchanges[0].Response.Body = strings.Repeat("é", result.BodyLimit)
	report.Exchanges[0].Response.Size = 1 << 30
	shown := html(t, report)
	assert.Less(t, len(shown), 60<<10)
	assert.Contains(t, shown, "cut, 1073741824 bytes in all")
}

func TestMarkdown(t *testing.T) {
	var out bytes.Buffer
	require.NoError(t, reports.Markdown(&out, sample()))
	golden(t, "report.md", out.Bytes())
	assert.NotContains(t, out.String(), "<script")
}
