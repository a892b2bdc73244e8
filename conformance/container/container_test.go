package container_test

import (
	"context"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/moby/moby/client"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/spconform/spconform/conformance/container"
	"github.com/spconform/spconform/conformance/container/enginetest"
	"github.com/spconform/spconform/conformance/manifest"
)

// TestEnclosure looks from inside at what a container may do.
func TestEnclosure(t *testing.T) {
	t.Parallel()
	image := imported(t, "ok", exposed, "VOLUME /data")
	system, reception, err := launched(t, planned(t, image, manifest.Container{Memory: "64m", Disk: "8m", Processes: 50}))
	require.NoError(t, err)

	assert.Regexp(t, `^http://127\.0\.0\.1:\d+/social$`, system.Address("http://product/social"), "published on loopback")
	assert.Equal(t, "https://elsewhere.example.org/x", system.Address("https://elsewhere.example.org/x"))

	status := asked(t, system, "http://product/status")
	assert.Contains(t, status, "NoNewPrivs:\t1")
	assert.Contains(t, status, "CapBnd:\t0000000000000000")
	assert.Contains(t, status, "root writable: false")
	assert.Contains(t, status, "tmp writable: true")

	fixtures := asked(t, system, "http://product/fixtures")
	assert.Regexp(t, `participants.json [1-9]\d* <nil>\npopulation.ndjson [1-9]\d* <nil>\nwrite: true`, fixtures, "there, and read-only")

	called := make(chan struct{})
	server := &http.Server{Handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) { close(called) }), ReadHeaderTimeout: time.Second}
	go func() { _ = server.Serve(reception.Listener) }()
	defer server.Close()
	host, _, err := net.SplitHostPort(reception.Listener.Addr().String())
	require.NoError(t, err)
	assert.False(t, net.ParseIP(host).IsUnspecified(), "the receiver listens on the bridge alone")
	assert.Contains(t, asked(t, system, "http://product/get?url="+url.QueryEscape(reception.Base+"/cb")), "status 200", "callbacks reach the runner")
	<-called

	seen, err := enginetest.Client(t).ContainerInspect(t.Context(), "spconform-"+system.Run()+"-product", client.ContainerInspectOptions{})
	require.NoError(t, err)
	limits := seen.Container.HostConfig
	assert.EqualValues(t, 64<<20, limits.Memory)
	assert.EqualValues(t, 64<<20, limits.MemorySwap, "no swap beside it")
	assert.EqualValues(t, 50, *limits.PidsLimit)
	assert.Positive(t, limits.NanoCPUs)
	assert.Contains(t, limits.Tmpfs["/data"], "size=8388608", "a volume of the image is bounded")
	assert.Len(t, seen.Container.NetworkSettings.Networks, 1, "on its own network alone")
	for _, mounted := range seen.Container.Mounts {
		assert.NotEqual(t, "bind", string(mounted.Type), "nothing of this machine is mounted")
	}
}

func TestHealthCheckOfTheImageDecides(t *testing.T) {
	t.Parallel()
	image := imported(t, "store", "EXPOSE 9000", `HEALTHCHECK --interval=10m CMD ["/product", "probe"]`)
	_, _, err := launched(t, planned(t, image, manifest.Container{Port: 9000}))
	require.NoError(t, err, "the port speaks no HTTP; the check says that it is ready, and is asked sooner than the image says")
}

// TestPortOfTheBase: an image need not expose the port at which an interface is served, and is not ready
// before it answers there.
func TestPortOfTheBase(t *testing.T) {
	t.Parallel()
	plan := planned(t, imported(t, "ok"), manifest.Container{})
	plan.Bases = []string{"http://product:8080/social"}
	plan.URLs = plan.Bases
	system, _, err := launched(t, plan)
	require.NoError(t, err)
	assert.Contains(t, asked(t, system, "http://product:8080/"), "here")

	plan = planned(t, imported(t, "log", exposed), manifest.Container{})
	plan.Bases, plan.Start = []string{"http://product:9999/social"}, 5*time.Second
	plan.URLs = plan.Bases
	_, _, err = launched(t, plan)
	assert.Equal(t, container.CodeNotReady, codeOf(t, err), "it answers at another port alone")
}

// TestStartsThatFail: each says why, with a stable code, and leaves nothing.
func TestStartsThatFail(t *testing.T) {
	t.Parallel()
	crash := imported(t, "crash", exposed)
	silent := imported(t, "silent", exposed)
	unexposed := imported(t, "ok")
	several := imported(t, "stubborn", exposed, "EXPOSE 9090")
	for name, c := range map[string]struct {
		image    string
		settings manifest.Container
		start    time.Duration
		code     container.Code
		says     string
	}{
		"absent":      {"localhost:1/none:1", manifest.Container{}, time.Minute, container.CodeImage, "image localhost:1/none:1 is not here and cannot be pulled"},
		"no name":     {"NOT AN IMAGE", manifest.Container{}, time.Minute, container.CodeImage, ""},
		"crash":       {crash, manifest.Container{}, time.Minute, container.CodeCrashed, "exit code 7; its last output: password=[redacted] | cannot reach the database"},
		"never ready": {silent, manifest.Container{}, 5 * time.Second, container.CodeNotReady, "within 5s: raise timeouts.start"},
		"no port":     {unexposed, manifest.Container{}, time.Minute, container.CodePort, "exposes no port: name it as containers.product.port"},
		"many ports":  {several, manifest.Container{}, time.Minute, container.CodePort, "exposes the ports [8080 9090]"},
		"no program":  {unexposed, manifest.Container{Port: 8080, User: "nobody"}, time.Minute, container.CodeStart, "does not start"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			plan := planned(t, c.image, c.settings)
			plan.Start = c.start
			began := time.Now()
			_, _, err := launched(t, plan)
			if c.code == "" {
				require.NoError(t, err)
				return
			}
			var failure *container.Error
			require.ErrorAs(t, err, &failure)
			assert.Equal(t, c.code, failure.Code)
			assert.Contains(t, failure.Detail, c.says)
			assert.NotContains(t, failure.Detail, "\n")
			assert.Less(t, time.Since(began), c.start+30*time.Second)
		})
	}
}

// eventually is the goroutine of the assertion itself.
var eventually = goleak.IgnoreAnyFunction("github.com/stretchr/testify/assert.Eventually")

// interruptions are the rounds of TestTwentyStarts that are interrupted, and at which action of a
// container: while the fixtures are put into place, and while the product is awaited.
var interruptions = map[int]string{7: "create", 13: "start"}

// TestTwentyStarts starts and stops twenty times, of which two are interrupted, and looks for what is
// left: on the engine by each run's id, in this process by its goroutines.
func TestTwentyStarts(t *testing.T) {
	images := map[bool]string{false: imported(t, "ok", exposed), true: imported(t, "silent", exposed)}
	before := goleak.IgnoreCurrent()
	for round := range 20 {
		action, interrupted := interruptions[round]
		ctx, cancel := context.WithCancel(t.Context())
		system := container.New(planned(t, images[interrupted], manifest.Container{Memory: "64m"}))
		if interrupted {
			enginetest.When(t, system.Run(), action, cancel)
		}
		reception, err := system.Open(ctx)
		require.NoError(t, err)
		err = system.Start(ctx, given)
		if interrupted {
			assert.Equal(t, container.CodeInterrupted, codeOf(t, err))
		} else {
			assert.NoError(t, err)
		}
		_, err = system.Close(context.WithoutCancel(ctx), nil)
		assert.NoError(t, err)
		assert.NoError(t, reception.Listener.Close())
		nothingLeft(t, system.Run())
		cancel()
	}
	http.DefaultClient.CloseIdleConnections()
	// A connection that was closed has two goroutines, which end when the scheduler comes to them.
	var leaked error
	if !assert.Eventually(t, func() bool { leaked = goleak.Find(before, eventually); return leaked == nil }, time.Minute, time.Second) {
		t.Error(leaked)
	}
}

// TestInterruptedAtAnyMoment interrupts from the search for the engine to the wait for the product, and
// after the first the engine is still found.
func TestInterruptedAtAnyMoment(t *testing.T) {
	t.Parallel()
	image := imported(t, "silent", exposed)
	for _, after := range []time.Duration{0, 30 * time.Millisecond, 100 * time.Millisecond, 200 * time.Millisecond, 350 * time.Millisecond, 600 * time.Millisecond} {
		t.Run(after.String(), func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			system := container.New(planned(t, image, manifest.Container{Memory: "64m"}))
			time.AfterFunc(after, cancel)
			reception, err := system.Open(ctx)
			if err == nil {
				err = system.Start(ctx, given)
				assert.NoError(t, reception.Listener.Close())
			}
			assert.Equal(t, container.CodeInterrupted, codeOf(t, err))
			_, err = system.Close(context.WithoutCancel(ctx), nil)
			assert.NoError(t, err)
			nothingLeft(t, system.Run())
		})
	}
}

// TestVolumeWithoutLabels: an engine that makes a container after the call for it was given up brings the
// volume back that it mounts, and labels it with nothing.
func TestVolumeWithoutLabels(t *testing.T) {
	t.Parallel()
	run := container.New(container.Plan{}).Run()
	_, err := enginetest.Client(t).VolumeCreate(t.Context(), client.VolumeCreateOptions{Name: "spconform-" + run + "-fixtures"})
	require.NoError(t, err)
	removed, err := container.Sweep(t.Context(), func(of string) bool { return of == run })
	require.NoError(t, err)
	assert.Equal(t, []container.Swept{{Kind: "volume", Name: "spconform-" + run + "-fixtures", Run: run}}, removed)
	nothingLeft(t, run)
}

// TestInterruptedBeforeTheStart: an interrupt while the surroundings are made.
func TestInterruptedBeforeTheStart(t *testing.T) {
	t.Parallel()
	system := container.New(planned(t, imported(t, "ok", exposed), manifest.Container{}))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := system.Open(ctx)
	assert.Equal(t, container.CodeInterrupted, codeOf(t, err))
	_, err = system.Close(context.WithoutCancel(ctx), nil)
	assert.NoError(t, err)
	nothingLeft(t, system.Run())
}

// TestKilledFromOutside: an engine that does not say why a container was killed is not put words into
// its mouth.
func TestKilledFromOutside(t *testing.T) {
	t.Parallel()
	system := container.New(planned(t, imported(t, "silent", exposed), manifest.Container{Memory: "64m"}))
	engine := enginetest.Client(t)
	enginetest.When(t, system.Run(), "start", func() {
		_, err := engine.ContainerKill(context.Background(), "spconform-"+system.Run()+"-product", client.ContainerKillOptions{Signal: "SIGKILL"})
		assert.NoError(t, err)
	})
	reception, err := system.Open(t.Context())
	require.NoError(t, err)
	err = system.Start(t.Context(), given)
	assert.Equal(t, container.CodeCrashed, codeOf(t, err))
	assert.ErrorContains(t, err, "killed (exit code 137), most often beyond its limit of 64MiB of memory")
	_, err = system.Close(context.Background(), nil)
	assert.NoError(t, err)
	assert.NoError(t, reception.Listener.Close())
	nothingLeft(t, system.Run())
}

// codeOf is the code of an error of a system.
func codeOf(t *testing.T, err error) container.Code {
	t.Helper()
	var failure *container.Error
	require.ErrorAs(t, err, &failure)
	return failure.Code
}

func TestSweep(t *testing.T) {
	t.Parallel()
	image := imported(t, "ok", exposed)
	system, _, err := launched(t, planned(t, image, manifest.Container{}))
	require.NoError(t, err)
	assert.False(t, container.Ended(system.Run()), "this process runs")
	removed, err := container.Sweep(t.Context(), container.Ended)
	require.NoError(t, err)
	for _, one := range removed {
		assert.NotEqual(t, system.Run(), one.Run, "what goes on is kept")
	}
	removed, err = container.Sweep(t.Context(), func(run string) bool { return run == system.Run() })
	require.NoError(t, err)
	var kinds []string
	for _, one := range removed {
		kinds = append(kinds, one.Kind)
	}
	assert.Equal(t, []string{"container", "network", "volume", "image"}, kinds)
	nothingLeft(t, system.Run())
}

// TestMixedSystem runs two images, each of which the runner reaches, and which reach each other.
func TestMixedSystem(t *testing.T) {
	t.Parallel()
	one, other := imported(t, "ok", exposed), imported(t, "stubborn", exposed)
	plan := planned(t, one, manifest.Container{})
	plan.Parts = append(plan.Parts, container.Part{Name: "civil", Settings: manifest.Container{Image: other}, Env: map[string]string{"GREETING": "good day"}})
	system, _, err := launched(t, plan)
	require.NoError(t, err)
	assert.NotEqual(t, system.Address("http://product"), system.Address("http://civil"))
	assert.Contains(t, asked(t, system, "http://product/get?url=http://civil:8080/"), "status 200")
	told, err := system.Close(context.Background(), nil)
	require.NoError(t, err)
	require.Len(t, told, 2)
	assert.Regexp(t, `^sha256:[0-9a-f]{64}$`, told[1].Digest)
	assert.Equal(t, "logs/civil.log", told[1].Log)
	text, err := os.ReadFile(filepath.Join(plan.Logs, "civil.log"))
	require.NoError(t, err)
	assert.Contains(t, string(text), "good day")
}

// BenchmarkStartAndStop is what --image costs over --target: surroundings, fixtures, start, readiness
// and removal.
func BenchmarkStartAndStop(b *testing.B) {
	image := imported(b, "ok", exposed)
	for b.Loop() {
		system := container.New(planned(b, image, manifest.Container{}))
		reception, err := system.Open(b.Context())
		require.NoError(b, err)
		require.NoError(b, system.Start(b.Context(), given))
		_, err = system.Close(b.Context(), nil)
		require.NoError(b, err)
		require.NoError(b, reception.Listener.Close())
	}
}
