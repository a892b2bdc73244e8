package reports_test

import (
	"bytes"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/spconform/spconform/conformance/result"
	"github.com/spconform/spconform/reports"
)

func TestProgressInALog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		progress := reports.NewProgress(&out, reports.Terminal{}, false)
		progress.Start(3)
		progress.Scenario("social: one", result.Passed)
		progress.Scenario("social: two \x1b[2J", result.Failed)
		time.Sleep(4 * time.Second)
		progress.Scenario("social: three", result.Errored)
		progress.Finish()
		assert.Equal(t, "2 of 3 scenarios, 1 failed · 3s\n3 of 3 scenarios, 1 failed, 1 not carried through · 4s\n", out.String())
	})
}

func TestProgressOnATerminal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		progress := reports.NewProgress(&out, reports.Terminal{Interactive: true, Width: 60}, false)
		progress.Start(3)
		progress.Scenario("social: \x1b[2J "+strings.Repeat("long ", 40), result.Passed)
		time.Sleep(150 * time.Millisecond)
		progress.Finish()
		drawn := strings.Split(out.String(), "\r")
		assert.Equal(t, "1 of 3 scenarios · 0s · social: \\x1b[2J long long long lon…\x1b[K", drawn[1])
		assert.Equal(t, "\x1b[K1 of 3 scenarios · 0s\n", drawn[len(drawn)-1])
	})
}

func TestProgressFromManyGoroutines(t *testing.T) {
	var out bytes.Buffer
	progress := reports.NewProgress(&out, reports.Terminal{}, false)
	progress.Start(100)
	var scenarios sync.WaitGroup
	for range 100 {
		scenarios.Go(func() { progress.Scenario("one", result.Skip) })
	}
	scenarios.Wait()
	progress.Finish()
	assert.Equal(t, "100 of 100 scenarios, 100 skipped · 0s\n", out.String())
}

func TestProgressQuiet(t *testing.T) {
	var out bytes.Buffer
	progress := reports.NewProgress(&out, reports.Terminal{Interactive: true}, true)
	progress.Start(1)
	progress.Scenario("one", result.Failed)
	progress.Finish()
	assert.Empty(t, out.String())
}

func TestProgressThatNeverStarted(t *testing.T) {
	var out bytes.Buffer
	progress := reports.NewProgress(&out, reports.Terminal{}, false)
	progress.Finish()
	progress.Finish()
	assert.Empty(t, out.String())
}
