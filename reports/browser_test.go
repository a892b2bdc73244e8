package reports_test

import (
	"bytes"
	"context"
	_ "embed"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/spconform/spconform/reports"
)

var screenshots = flag.String("screenshots", "", "folder for pictures of the pages, to look at")

// browser opens a Chromium. Without one the test is skipped, but not in continuous integration.
func browser(t *testing.T) context.Context {
	t.Helper()
	path := os.Getenv("SPCONFORM_CHROMIUM")
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if found, err := exec.LookPath(name); err == nil && path == "" {
			path = found
		}
	}
	if path == "" {
		if os.Getenv("SPCONFORM_CI") != "" {
			t.Fatal("continuous integration needs Chromium: .ci/chromium installs it")
		}
		t.Skip("there is no Chromium here: the pages are not tested in a browser")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox)
	allocator, cancel := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(cancel)
	ctx, cancel := chromedp.NewContext(allocator)
	t.Cleanup(cancel)
	return ctx
}

// pageFile writes a page into a file and gives its address.
func pageFile(t *testing.T, write func(io.Writer) error) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "page.html")
	var out bytes.Buffer
	require.NoError(t, write(&out))
	require.NoError(t, os.WriteFile(path, out.Bytes(), 0o600))
	return "file://" + path
}

// evaluate runs an expression in the page and gives its value.
func evaluate[T any](t *testing.T, ctx context.Context, expression string, options ...chromedp.EvaluateOption) T {
	t.Helper()
	value, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression, options...))
	require.NoError(t, err, expression)
	return value
}

func do(t *testing.T, ctx context.Context, steps ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	require.NoError(t, chromedp.Do(ctx, steps...))
}

func scheme(t *testing.T, ctx context.Context, name string) {
	t.Helper()
	_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: name}}})
	require.NoError(t, err)
}

// pagesToLookAt are the pages of this package on reports with every verdict.
var pagesToLookAt = map[string]func(io.Writer) error{
	"report":  func(w io.Writer) error { return reports.HTML(w, sample()) },
	"summary": func(w io.Writer) error { return reports.Summary(w, sample()) },
	"since":   func(w io.Writer) error { return reports.Since(w, since(), reports.FormatHTML, reports.Terminal{}) },
	"comparison": func(w io.Writer) error {
		return reports.Comparison(w, comparison(), reports.FormatHTML, reports.Terminal{})
	},
}

// TestPagesCanBePrinted: on a sheet of A4 nothing is cut off at the side, the controls are gone, the requirements
// are there though their areas are closed, and the exchanges are left to the screen.
func TestPagesCanBePrinted(t *testing.T) {
	ctx := browser(t)
	// A4 less wide margins, in CSS pixels.
	const sheet = 640
	for name, write := range pagesToLookAt {
		t.Run(name, func(t *testing.T) {
			do(t, ctx, chromedp.EmulateViewport(sheet, 1000), chromedp.Navigate(pageFile(t, write)))
			_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"})
			require.NoError(t, err)
			wide := `[...document.querySelectorAll("body, .scroll")].filter(e => e.scrollWidth > ` + fmt.Sprint(sheet) + `).map(e => e.className)`
			assert.Empty(t, evaluate[[]string](t, ctx, wide), "cut off")
			seen := func(selector string) int64 {
				return evaluate[int64](t, ctx, `[...document.querySelectorAll('`+selector+`')].filter(e => e.checkVisibility({contentVisibilityAuto: true})).length`)
			}
			assert.Zero(t, seen("nav, form, .skip"))
			assert.Zero(t, seen("details:not(.area) *"))
			if name == "report" {
				assert.Equal(t, int64(len(sample().Interfaces[0].Requirements)), seen("tr[data-verdict]"))
			}
		})
	}
}

//go:embed testdata/contrast.js
var contrastScript string

// TestPagesCanBeRead: at desk and phone width, light and dark, no text is too faint by WCAG 2 AA, and
// nothing makes the page wider than the screen.
func TestPagesCanBeRead(t *testing.T) {
	ctx := browser(t)
	for name, write := range pagesToLookAt {
		do(t, ctx, chromedp.Navigate(pageFile(t, write)))
		for device, width := range map[string]int64{"desktop": 1280, "phone": 390} {
			for _, colours := range []string{"light", "dark"} {
				t.Run(strings.Join([]string{name, device, colours}, "-"), func(t *testing.T) {
					do(t, ctx, chromedp.EmulateViewport(width, 900))
					scheme(t, ctx, colours)
					evaluate[bool](t, ctx, `document.querySelectorAll("details").forEach(d => { d.open = true }); true`)
					assert.Empty(t, evaluate[[]string](t, ctx, contrastScript), "too faint")
					assert.LessOrEqual(t, evaluate[int64](t, ctx, "document.documentElement.scrollWidth"), width)
					dark := evaluate[string](t, ctx, "getComputedStyle(document.body).backgroundColor") == "rgb(17, 22, 28)"
					assert.Equal(t, colours == "dark", dark, "the style is applied")
					if *screenshots != "" {
						picture, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
						require.NoError(t, err)
						require.NoError(t, os.WriteFile(filepath.Join(*screenshots, t.Name()[len("TestPagesCanBeRead/"):]+".png"), picture, 0o600))
					}
				})
			}
		}
	}
}

func TestReportIsFiltered(t *testing.T) {
	ctx := browser(t)
	do(t, ctx, chromedp.Navigate(pageFile(t, pagesToLookAt["report"])))
	visible := `document.querySelectorAll("tr[data-verdict]:not([hidden])").length`
	all := evaluate[int64](t, ctx, visible)
	assert.Equal(t, int64(len(sample().Interfaces[0].Requirements)), all)
	do(t, ctx, chromedp.SendKeys(`input[name="text"]`, "reg-notify"))
	assert.Equal(t, int64(1), evaluate[int64](t, ctx, visible))
	assert.Equal(t, fmt.Sprintf("1 of %d shown", all), evaluate[string](t, ctx, `document.querySelector("output").textContent`))
	assert.Equal(t, int64(1), evaluate[int64](t, ctx, `document.querySelectorAll("details.area:not([hidden])[open]").length`), "its area opens")
	do(t, ctx, chromedp.Click(`button[type="reset"]`))
	// The page looks at the form when the reset is through, which a later timer awaits.
	assert.Equal(t, all, evaluate[int64](t, ctx, `new Promise(done => setTimeout(() => done(`+visible+`)))`, chromedp.EvalAwaitPromise))
	evaluate[bool](t, ctx, `(() => { const s = document.querySelector('select[name="verdict"]'); s.value = "unmet"; s.dispatchEvent(new Event("input", {bubbles: true})); return true })()`)
	assert.Equal(t, int64(2), evaluate[int64](t, ctx, visible))
	evaluate[bool](t, ctx, `(() => { const s = document.querySelector('select[name="scored"]'); s.value = "scored"; s.dispatchEvent(new Event("input", {bubbles: true})); return true })()`)
	assert.Equal(t, int64(1), evaluate[int64](t, ctx, visible), "one of them is experimental")
}

func TestReportIsUsableByKeyboard(t *testing.T) {
	ctx := browser(t)
	do(t, ctx, chromedp.Navigate(pageFile(t, pagesToLookAt["report"])), chromedp.KeyEvent(kb.Tab))
	assert.Equal(t, "skip", evaluate[string](t, ctx, "document.activeElement.className"), "the first stop leads past the head")
	stops := map[string]bool{}
	for range 60 {
		stops[evaluate[string](t, ctx, `document.activeElement.tagName + (document.activeElement.name || "")`)] = true
		do(t, ctx, chromedp.KeyEvent(kb.Tab))
	}
	for _, stop := range []string{"A", "SUMMARY", "INPUTtext", "SELECTverdict", "BUTTON", "PRE"} {
		assert.Contains(t, stops, stop)
	}
	evaluate[bool](t, ctx, `document.querySelector("details.area > summary").focus(); true`)
	do(t, ctx, chromedp.KeyEvent(kb.Enter))
	assert.True(t, evaluate[bool](t, ctx, `document.querySelector("details.area").open`))
}

func TestReportIsReadableWithoutScript(t *testing.T) {
	ctx := browser(t)
	do(t, ctx, chromedp.Navigate("about:blank"))
	_, err := chromedp.Call(ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	require.NoError(t, err)
	do(t, ctx, chromedp.Navigate(pageFile(t, pagesToLookAt["report"])))
	assert.True(t, evaluate[bool](t, ctx, `document.querySelector(".filters").hidden`), "no control that does nothing")
	assert.Contains(t, evaluate[string](t, ctx, `document.querySelector("main").textContent`), "A registry MUST answer REG-SEARCH-001.")
}

// TestPagesAreNotTakenOver: every text of a report and of a comparison is an attack; none is carried out,
// and nothing is fetched.
func TestPagesAreNotTakenOver(t *testing.T) {
	var fetched atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fetched.Add(1)
		w.WriteHeader(http.StatusOK)
	}))
	t.Cleanup(server.Close)
	attacks := []string{
		`<script>window.owned=1</script>`, `</script><script>window.owned=1</script>`, `</style><script>window.owned=1</script>`,
		`"><img src="` + server.URL + `/a" onerror="window.owned=1">`, `' onmouseover='window.owned=1`, `<svg onload=window.owned=1>`,
		`<iframe src="` + server.URL + `/b"></iframe>`, `javascript:window.owned=1`, `{{.Report}}<a href="javascript:window.owned=1">x</a>`,
		`<meta http-equiv="refresh" content="0;url=` + server.URL + `/c">`, `<link rel=stylesheet href="` + server.URL + `/d">`,
		`--></title></textarea><script>window.owned=1</script>`, "\u2028window.owned=1", `<base href="` + server.URL + `/">`,
	}
	ctx := browser(t)
	for at, attack := range attacks {
		report, compared := sample(), comparison()
		poison(reflect.ValueOf(&report).Elem(), attack)
		poison(reflect.ValueOf(&compared).Elem(), attack)
		for name, write := range map[string]func(io.Writer) error{
			"report":  func(w io.Writer) error { return reports.HTML(w, report) },
			"summary": func(w io.Writer) error { return reports.Summary(w, report) },
			"comparison": func(w io.Writer) error {
				return reports.Comparison(w, compared, reports.FormatHTML, reports.Terminal{})
			},
			"badge": func(w io.Writer) error { return reports.Badge(w, report) },
		} {
			t.Run(fmt.Sprintf("%s-%d", name, at), func(t *testing.T) {
				do(t, ctx, chromedp.Navigate(pageFile(t, write)))
				assert.False(t, evaluate[bool](t, ctx, `"owned" in window`))
				assert.Zero(t, evaluate[int64](t, ctx, `document.querySelectorAll("img,iframe,base,link,object,embed,meta[http-equiv=refresh]").length`))
				assert.Zero(t, evaluate[int64](t, ctx, `[...document.querySelectorAll("[href]")].filter(a => !a.getAttribute("href").startsWith("#")).length`))
				assert.Zero(t, evaluate[int64](t, ctx, `[...document.querySelectorAll("*")].filter(e => [...e.attributes].some(a => a.name.startsWith("on"))).length`))
				assert.Contains(t, evaluate[string](t, ctx, `location.href`), "file://")
			})
		}
	}
	assert.Zero(t, fetched.Load(), "nothing is fetched")
}

// poison puts a text into every string that is settable, at any depth.
func poison(value reflect.Value, text string) {
	switch value.Kind() {
	case reflect.String:
		value.SetString(text)
	case reflect.Pointer:
		if !value.IsNil() {
			poison(value.Elem(), text)
		}
	case reflect.Slice:
		for i := range value.Len() {
			poison(value.Index(i), text)
		}
	case reflect.Map:
		for _, key := range value.MapKeys() {
			if value.Type().Elem().Kind() == reflect.String {
				value.SetMapIndex(key, reflect.ValueOf(text).Convert(value.Type().Elem()))
			}
		}
	case reflect.Struct:
		if value.Type().PkgPath() == "time" {
			return
		}
		for i := range value.NumField() {
			poison(value.Field(i), text)
		}
	}
}
