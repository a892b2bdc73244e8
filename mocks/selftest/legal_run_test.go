package selftest_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/spconform/spconform/conformance"
	"github.com/spconform/spconform/conformance/result"
	"github.com/spconform/spconform/mocks"
	"github.com/spconform/spconform/mocks/selftest"
	"github.com/spconform/spconform/spec"
)

// legalRun runs the suite on a vendor that is altered within what is legal. The options say what of it is run, and
// prepare what the run is told of the vendor.
func legalRun(t *testing.T, alter func(*mocks.Vendor), interfaces []spec.Interface, options conformance.Options, prepare ...func(*conformance.Target)) result.Report {
	t.Helper()
	server, err := mocks.Defect{ID: "legal", Alter: alter}.Start(t.Context(), "", interfaces...)
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, server.Close()) })
	options.Target, options.Version = selftest.Target(server, interfaces), "test"
	for _, one := range prepare {
		one(&options.Target)
	}
	report, err := conformance.Run(t.Context(), options)
	require.NoError(t, err)
	require.Nil(t, report.Error)
	return report
}
