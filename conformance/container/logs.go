package container

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	cerrdefs "github.com/containerd/errdefs"
	"github.com/docker/go-units"
	"github.com/moby/moby/api/pkg/stdcopy"
	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/client"

	"github.com/spconform/spconform/conformance/manifest"
	"github.com/spconform/spconform/conformance/result"
)

type settings = manifest.Container

// What is kept of a container's output: bytes in the results folder, lines in an error.
const (
	keptLog   = 1 << 20
	lastLines = 5
	tailLines = 20000
)

func bytesOf(size int64) string { return units.BytesSize(float64(size)) }

// output is the last output of a container, at most keptLog bytes of it, and whether there was more.
func (s *System) output(ctx context.Context, id string, lines int) ([]byte, bool, error) {
	stream, err := s.engine.ContainerLogs(ctx, id, client.ContainerLogsOptions{ShowStdout: true, ShowStderr: true, Tail: strconv.Itoa(lines)})
	if err != nil {
		return nil, false, err
	}
	defer stream.Close()
	kept := &tail{limit: keptLog}
	if _, err := stdcopy.StdCopy(kept, kept, stream); err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		return kept.bytes(), kept.cut, err
	}
	return kept.bytes(), kept.cut, nil
}

// tail keeps the last bytes that are written to it.
type tail struct {
	limit int
	held  []byte
	cut   bool
}

func (t *tail) Write(text []byte) (int, error) {
	t.held = append(t.held, text...)
	if len(t.held) > 2*t.limit {
		t.held, t.cut = slices.Clone(t.held[len(t.held)-t.limit:]), true
	}
	return len(text), nil
}

func (t *tail) bytes() []byte {
	if len(t.held) > t.limit {
		t.held, t.cut = t.held[len(t.held)-t.limit:], true
	}
	return t.held
}

// lastWords are the last lines of a container's output, for an error's one line.
func (s *System) lastWords(ctx context.Context, one *started) string {
	text, _, err := s.output(ctx, one.id, lastLines)
	if err != nil && len(text) == 0 {
		return ""
	}
	var lines []string
	for line := range strings.Lines(string(redact(text, s.ownSecrets()))) {
		const longest = 200
		if line = strings.TrimSpace(line); len(line) > longest {
			line = strings.ToValidUTF8(line[:longest], "") + "…"
		}
		if line != "" {
			lines = append(lines, line)
		}
	}
	if len(lines) == 0 {
		return "; it wrote nothing"
	}
	return "; its last output: " + strings.Join(lines[max(0, len(lines)-lastLines):], " | ")
}

func (s *System) ownSecrets() []string {
	var secrets []string
	for _, part := range s.plan.Parts {
		secrets = append(secrets, part.Secrets...)
	}
	return secrets
}

// credential is what looks like one in a log: bearer tokens, JSON web tokens, secrets by name, and
// passwords in URLs.
var credential = []struct {
	form *regexp.Regexp
	with string
}{
	{regexp.MustCompile(`(?i)(bearer|basic)\s+[A-Za-z0-9._~+/=-]{8,}`), "$1 [redacted]"},
	{regexp.MustCompile(`eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*\.[A-Za-z0-9_.-]*`), "[redacted]"},
	{regexp.MustCompile(`(?i)((?:client_?secret|access_?token|refresh_?token|password|passwd|api_?key)"?\s*[=:]\s*"?)[^"&\s,}]+`), "${1}[redacted]"},
	{regexp.MustCompile(`(://[^/\s:@]*:)[^/\s@]+@`), "${1}[redacted]@"},
}

func redact(text []byte, secrets []string) []byte {
	sorted := slices.Clone(secrets)
	slices.SortFunc(sorted, func(a, b string) int { return cmp.Compare(len(b), len(a)) })
	for _, secret := range sorted {
		if secret != "" {
			text = bytes.ReplaceAll(text, []byte(secret), []byte("[redacted]"))
		}
	}
	for _, kind := range credential {
		text = kind.form.ReplaceAll(text, []byte(kind.with))
	}
	return text
}

// tell says how each container stands at the end, and writes its output.
func (s *System) tell(ctx context.Context, secrets []string) ([]result.Container, error) {
	var told []result.Container
	var failed []error
	for _, one := range s.started {
		container := result.Container{Name: one.name, Image: one.image, Digest: one.digest, Notes: s.notes(ctx, one)}
		if s.plan.Logs != "" {
			log, cut, err := s.writeLog(ctx, one, secrets)
			if err != nil {
				failed = append(failed, fmt.Errorf("the output of container %s cannot be kept: %w", one.name, err))
			}
			container.Log = log
			if cut {
				container.Notes = append(container.Notes, fmt.Sprintf("wrote more output than is kept: the last %s are", bytesOf(keptLog)))
			}
		}
		told = append(told, container)
	}
	return told, errors.Join(failed...)
}

func (s *System) writeLog(ctx context.Context, one *started, secrets []string) (string, bool, error) {
	text, cut, err := s.output(ctx, one.id, tailLines)
	if cerrdefs.IsNotFound(err) {
		return "", false, nil
	}
	if len(text) == 0 {
		return "", false, err
	}
	if failed := os.MkdirAll(s.plan.Logs, 0o755); failed != nil {
		return "", cut, failed
	}
	name := one.name + ".log"
	if failed := os.WriteFile(filepath.Join(s.plan.Logs, name), redact(text, secrets), 0o644); failed != nil {
		return "", cut, failed
	}
	return filepath.Base(s.plan.Logs) + "/" + name, cut, nil
}

// notes tell where a container met a limit or ended by itself.
func (s *System) notes(ctx context.Context, one *started) []string {
	seen, err := s.engine.ContainerInspect(ctx, one.id, client.ContainerInspectOptions{})
	if err != nil {
		return []string{"was gone before the end of the run"}
	}
	var notes []string
	state, bounds := seen.Container.State, limitsOf(s.settings(one.name), nil, 0)
	switch {
	case !state.Running:
		notes = append(notes, "ended during the run: "+howEnded(state, s.settings(one.name)))
	case state.OOMKilled:
		notes = append(notes, fmt.Sprintf("met its limit of %s of memory: a process of it was killed", bytesOf(bounds.memory)))
	}
	if !state.Running {
		return notes
	}
	// Who makes processes without end is now at the limit, and now a little below it, as some of them die.
	if running := s.processes(ctx, one.id); running >= bounds.processes*9/10 {
		notes = append(notes, fmt.Sprintf("had %d processes at its end, of at most %d", running, bounds.processes))
	}
	return notes
}

// processes is how many processes a container has now.
func (s *System) processes(ctx context.Context, id string) int64 {
	stats, err := s.engine.ContainerStats(ctx, id, client.ContainerStatsOptions{})
	if err != nil {
		return 0
	}
	defer stats.Body.Close()
	var read container.StatsResponse
	if json.NewDecoder(io.LimitReader(stats.Body, 1<<20)).Decode(&read) != nil {
		return 0
	}
	return int64(read.PidsStats.Current)
}

func cutLast(text, separator string) (before, after string, found bool) {
	at := strings.LastIndex(text, separator)
	if at < 0 {
		return text, "", false
	}
	return text[:at], text[at+len(separator):], true
}
