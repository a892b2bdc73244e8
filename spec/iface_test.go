package spec_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/spconform/spconform/spec"
)

// TestEachKindOfMessageIsTakenByOneOperation: whoever sends a message of a kind finds where by the kind, so each
// operation that takes a message has one, and no other of the interface has the same in its mode.
func TestEachKindOfMessageIsTakenByOneOperation(t *testing.T) {
	interfaces, err := spec.LoadInterfaces()
	require.NoError(t, err)
	for _, one := range interfaces {
		for _, operation := range one.Operations {
			if operation.Role != spec.RoleRegistry || operation.Mode == spec.HTTP {
				assert.Empty(t, operation.Kind, "%s: %s takes no message of ours", one.ID, operation.ID)
				continue
			}
			taking, ok := one.Taking(operation.Kind, operation.Mode)
			assert.True(t, ok, "%s: %s says nothing of the kind that it takes", one.ID, operation.ID)
			assert.Equal(t, operation.ID, taking.ID, "%s: two operations take %q", one.ID, operation.Kind)
		}
		_, ok := one.Taking("", spec.Sync)
		assert.False(t, ok, "%s: no kind is no operation", one.ID)
	}
}
