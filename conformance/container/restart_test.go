package container_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/moby/moby/client"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/spconform/spconform/conformance/container"
	"github.com/spconform/spconform/conformance/container/enginetest"
	"github.com/spconform/spconform/conformance/manifest"
)

// TestARestartKeepsTheAddress: the same container runs again, as another process, where it was.
func TestARestartKeepsTheAddress(t *testing.T) {
	t.Parallel()
	plan := planned(t, imported(t, "ok", exposed), manifest.Container{})
	plan.Restarts = []string{"product"}
	system, _, err := launched(t, plan)
	require.NoError(t, err)
	startedAt := func() string {
		seen, err := enginetest.Client(t).ContainerInspect(t.Context(), "spconform-"+system.Run()+"-product", client.ContainerInspectOptions{})
		require.NoError(t, err)
		return seen.Container.State.StartedAt
	}
	address, before := system.Address("http://product/"), startedAt()
	require.NoError(t, system.Restart(t.Context(), plan.Restarts))
	assert.Equal(t, address, system.Address("http://product/"))
	assert.NotEqual(t, before, startedAt())
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		answer, err := http.Get(address)
		if assert.NoError(c, err) {
			_ = answer.Body.Close()
		}
	}, patience, 100*time.Millisecond)
	assert.Equal(t, container.CodeStart, codeOf(t, system.Restart(t.Context(), []string{"another"})))
}

func TestOnlyContainersOfTheRunAreRestarted(t *testing.T) {
	made := manifest.Manifest{Interfaces: map[string]manifest.Interface{"social": {Base: "http://registry"}},
		Containers: map[string]manifest.Container{"registry": {Image: "registry:1"}}, Restart: manifest.Restart{Containers: []string{"registri"}}}
	_, err := container.NewPlan(made, "")
	assert.ErrorContains(t, err, "restart.containers: names what is no container of the manifest")
	made.Restart.Containers = []string{"registry"}
	plan, err := container.NewPlan(made, "")
	require.NoError(t, err)
	assert.Equal(t, []string{"registry"}, plan.Restarts)
}
