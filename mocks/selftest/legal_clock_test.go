package selftest_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/spconform/spconform/conformance"
	"github.com/spconform/spconform/mocks"
	"github.com/spconform/spconform/reference"
	"github.com/spconform/spconform/spec"
)

// TestALegalClockIsNotBlamed: a clock may be off by less than a minute; what is scheduled is paid by that clock.
func TestALegalClockIsNotBlamed(t *testing.T) {
	disburse, err := spec.FindInterface("disburse")
	require.NoError(t, err)
	for name, off := range map[string]time.Duration{"ahead": 50 * time.Second, "behind": -10 * time.Second} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			wrong := func(v *mocks.Vendor) {
				v.Option(reference.WithClock(func() time.Time { return time.Now().Add(off) }))
			}
			options := conformance.Options{Seed: 5, Selection: conformance.Selection{Requirements: []string{"PAY-SCHED-001", "PAY-ONCE-001", "PAY-RST-001", "PAY-DSB-001"}}}
			report := legalRun(t, wrong, []spec.Interface{disburse}, options, func(target *conformance.Target) {
				// The clock is judged here, and not how long a payment takes.
				target.Waits.Callback = 5 * time.Second
			})
			everythingMet(t, report)
		})
	}
}
