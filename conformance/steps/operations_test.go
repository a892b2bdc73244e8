package steps_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/spconform/spconform/conformance/steps"
	"github.com/spconform/spconform/spec"
)

// TestOperationsTakeTheKindThatIsSentToThem: a recorded message is judged again as the kind that it was sent as.
func TestOperationsTakeTheKindThatIsSentToThem(t *testing.T) {
	interfaces, err := spec.LoadInterfaces()
	require.NoError(t, err)
	for _, one := range interfaces {
		for _, operation := range one.Operations {
			if operation.Role != spec.RoleRegistry || operation.Mode == spec.HTTP {
				continue
			}
			assert.Equal(t, operation.ID, steps.OperationFor(operation.Kind, operation.Mode), "%s: %s says that it takes %q", one.ID, operation.ID, operation.Kind)
		}
	}
}
