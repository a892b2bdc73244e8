package container_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/spconform/spconform/conformance"
	"github.com/spconform/spconform/conformance/container"
	"github.com/spconform/spconform/conformance/container/enginetest"
	"github.com/spconform/spconform/conformance/manifest"
	"github.com/spconform/spconform/spec/fixture"
)

// program is the test product, built once.
var program = sync.OnceValues(func() ([]byte, error) {
	folder, err := os.MkdirTemp("", "product")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, "product")
	build := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", path, "./testdata/product")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if said, err := build.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("%w: %s", err, said)
	}
	return os.ReadFile(path)
})

// imported makes an image of the test product in a mode, which is gone after the test.
func imported(t testing.TB, mode string, changes ...string) string {
	t.Helper()
	enginetest.Client(t)
	binary, err := program()
	require.NoError(t, err)
	return enginetest.Import(t, t.Name()+"-"+mode, map[string][]byte{"product": binary},
		append([]string{`ENTRYPOINT ["/product"]`, fmt.Sprintf("CMD [%q]", mode), "USER 65532:65532"}, changes...)...)
}

const exposed = "EXPOSE 8080"

// patience bounds a start on a machine that does much else beside the test.
const patience = 5 * time.Minute

// given is a small provision.
var given = conformance.Provision{
	Participants: fixture.Participants{Participants: []fixture.Participant{{ID: "spmis.example.org"}}},
	Records:      []fixture.Record{{Interface: "social", RegRecordType: "Person", Data: []byte(`{}`)}},
}

// planned is a plan of one container of an image.
func planned(t testing.TB, image string, settings manifest.Container) container.Plan {
	t.Helper()
	settings.Image = image
	return container.Plan{Parts: []container.Part{{Name: "product", Settings: settings}}, URLs: []string{"http://product"},
		Logs: filepath.Join(t.TempDir(), "logs"), Start: patience}
}

// launched opens and starts a system, which the test's end closes.
func launched(t testing.TB, plan container.Plan) (*container.System, conformance.Reception, error) {
	t.Helper()
	system := container.New(plan)
	reception, err := system.Open(t.Context())
	require.NoError(t, err)
	t.Cleanup(func() {
		_, err := system.Close(context.Background(), nil)
		assert.NoError(t, err)
		_ = reception.Listener.Close()
		nothingLeft(t, system.Run())
	})
	return system, reception, system.Start(t.Context(), given)
}

// nothingLeft checks that the engine has nothing of a run.
func nothingLeft(t testing.TB, run string) {
	t.Helper()
	assert.Empty(t, enginetest.Left(t, run))
}

// asked is what a started product answers.
func asked(t testing.TB, system *container.System, url string) string {
	t.Helper()
	answer, err := http.Get(system.Address(url))
	require.NoError(t, err)
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	return string(text)
}
