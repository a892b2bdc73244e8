package spec_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/spconform/spconform/spec"
)

func TestProcessesGoThroughWhatThereIs(t *testing.T) {
	processes, err := spec.LoadProcesses()
	require.NoError(t, err)
	known := map[string]bool{}
	for _, process := range processes {
		assert.False(t, known[process.ID], "%s is listed twice", process.ID)
		known[process.ID] = true
		for id, capabilities := range process.Needs {
			described, err := spec.FindInterface(id)
			if assert.NoError(t, err, process.ID) && len(capabilities) > 0 {
				assert.Subset(t, described.Capabilities(), capabilities, "%s at %s", process.ID, id)
			}
		}
	}
	catalogue, err := spec.LoadCatalogue()
	require.NoError(t, err)
	required := map[string]bool{}
	for _, requirement := range catalogue.For(spec.Processes(), spec.RoleRegistry) {
		assert.True(t, known[requirement.Capability], "%s is of %q, which is no process", requirement.ID, requirement.Capability)
		required[requirement.Capability] = true
	}
	for id := range known {
		assert.True(t, required[id], "nothing is required of %s", id)
	}
}
