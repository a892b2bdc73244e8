package selftest_test

import (
	"fmt"
	"net/http"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/spconform/spconform/conformance"
	"github.com/spconform/spconform/conformance/result"
	"github.com/spconform/spconform/mocks"
	"github.com/spconform/spconform/mocks/selftest"
	"github.com/spconform/spconform/reference"
	"github.com/spconform/spconform/spec"
)

// slow is right in everything and late in everything: answers by 200 ms, what it sends by two seconds. It waits for
// its registries as long as they may take on a machine that is busy with other runs.
func slow(v *mocks.Vendor) {
	v.Option(reference.WithSourceTimeout(patient))
	v.HTTP(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			time.Sleep(200 * time.Millisecond)
			next.ServeHTTP(w, r)
		})
	})
	v.Calls(func(request *http.Request, next func(*http.Request) (*http.Response, error)) (*http.Response, error) {
		time.Sleep(2 * time.Second)
		return next(request)
	})
}

const patient = 8 * time.Second

// everything is how often a run is one of all interfaces and the processes; the others are of one registry.
const everything = 4

// TestStability: a slow vendor on a busy machine is not found wrong, however often it is tested.
func TestStability(t *testing.T) {
	runs, _ := strconv.Atoi(os.Getenv("SPCONFORM_STABILITY"))
	if runs < 1 {
		t.Skip("SPCONFORM_STABILITY says how many runs of the suite to make; it is not set")
	}
	all, err := spec.LoadInterfaces()
	require.NoError(t, err)
	social, err := spec.FindInterface("social")
	require.NoError(t, err)
	idle := make(chan struct{})
	t.Cleanup(func() { close(idle) })
	go spin(idle)
	for i := range runs {
		t.Run(fmt.Sprint(i+1), func(t *testing.T) {
			t.Parallel()
			described := []spec.Interface{social}
			if i%everything == everything-1 {
				described = all
			}
			server, err := mocks.Defect{ID: "slow", Alter: slow}.Start(t.Context(), "", described...)
			require.NoError(t, err)
			t.Cleanup(func() { assert.NoError(t, server.Close()) })
			target := selftest.Target(server, described)
			target.Waits = conformance.DefaultWaits
			report, err := conformance.Run(t.Context(), conformance.Options{Target: target, Seed: uint64(i + 1), Version: "test"})
			require.NoError(t, err)
			require.Nil(t, report.Error)
			t.Logf("%s", report.FinishedAt.Sub(report.StartedAt).Round(time.Second))
			everythingMet(t, report)
		})
	}
}

// everythingMet holds a report on a vendor that is right to it: whatever was tested is met.
func everythingMet(t *testing.T, report result.Report) {
	t.Helper()
	for _, tested := range report.Interfaces {
		for _, requirement := range tested.Requirements {
			if requirement.Verdict != result.Untested {
				assert.Equal(t, result.Met, requirement.Verdict, "%s %s: %s", tested.Interface, requirement.ID, requirement.Reason)
			}
		}
	}
}

// spin keeps a core busy.
func spin(idle <-chan struct{}) {
	for {
		select {
		case <-idle:
			return
		default:
		}
	}
}
