package selftest

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/samber/lo"

	"github.com/spconform/spconform/conformance"
	"github.com/spconform/spconform/mocks"
	"github.com/spconform/spconform/reference/loopback"
	"github.com/spconform/spconform/spec"
)

// nursery keeps a store for each set of interfaces, loaded once with the population: loading it anew
// for each of hundreds of vendors would take most of the self-test's time.
type nursery struct {
	folder string
	seed   uint64
	mu     sync.Mutex
	loaded map[string]func() (string, error)
	copies int
}

func newNursery(seed uint64) (*nursery, error) {
	folder, err := os.MkdirTemp("", "spconform-selftest-")
	return &nursery{folder: folder, seed: seed, loaded: map[string]func() (string, error){}}, err
}

func (n *nursery) close() error { return os.RemoveAll(n.folder) }

// start starts a vendor on a copy of the loaded store; end stops it and removes the copy.
func (n *nursery) start(ctx context.Context, defect mocks.Defect, interfaces []spec.Interface) (server *loopback.Server, end func() error, err error) {
	template, err := n.template(ctx, interfaces)
	if err != nil {
		return nil, nil, err
	}
	n.mu.Lock()
	n.copies++
	file, err := os.CreateTemp(n.folder, "vendor-*.db")
	n.mu.Unlock()
	if err != nil {
		return nil, nil, err
	}
	path := file.Name()
	if err := copyInto(file, template); err != nil {
		return nil, nil, err
	}
	server, err = defect.StartOn(ctx, "sqlite:"+path, interfaces...)
	if err != nil {
		return nil, nil, errors.Join(err, remove(path))
	}
	return server, func() error { return errors.Join(server.Close(), remove(path)) }, nil
}

// template is the file of the loaded store for a set of interfaces.
func (n *nursery) template(ctx context.Context, interfaces []spec.Interface) (string, error) {
	ids := strings.Join(lo.Map(interfaces, func(d spec.Interface, _ int) string { return d.ID }), "-")
	n.mu.Lock()
	load, ok := n.loaded[ids]
	if !ok {
		load = sync.OnceValues(func() (string, error) { return n.load(ctx, ids, interfaces) })
		n.loaded[ids] = load
	}
	n.mu.Unlock()
	return load()
}

func (n *nursery) load(ctx context.Context, ids string, interfaces []spec.Interface) (string, error) {
	path := filepath.Join(n.folder, ids+".db")
	given, err := conformance.Fixture(n.seed, interfaces, "http://127.0.0.1:9")
	if err != nil {
		return "", err
	}
	server, err := mocks.Defect{}.StartOn(ctx, "sqlite:"+path, interfaces...)
	if err != nil {
		return "", err
	}
	hooks := conformance.Hooks{Population: server.Management + "/population"}
	// Closing writes everything into the one file that is copied.
	return path, errors.Join(hooks.Provide(ctx, given), server.Close())
}

func copyInto(to *os.File, from string) error {
	source, err := os.Open(from)
	if err != nil {
		return errors.Join(err, to.Close())
	}
	defer source.Close()
	_, err = io.Copy(to, source)
	return errors.Join(err, to.Close())
}

// remove deletes a store with the files that SQLite keeps beside it.
func remove(path string) error {
	var failed []error
	for _, suffix := range []string{"", "-wal", "-shm"} {
		if err := os.Remove(path + suffix); err != nil && !errors.Is(err, os.ErrNotExist) {
			failed = append(failed, err)
		}
	}
	return errors.Join(failed...)
}
