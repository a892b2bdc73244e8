package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/spconform/spconform/conformance/container/enginetest"
	"github.com/spconform/spconform/conformance/manifest"
	"github.com/spconform/spconform/conformance/result"
)

var library = regexp.MustCompile(`(/[^\s]+\.so[^\s]*) \(0x`)

// postgresImage is an image of this machine's PostgreSQL: its programs, what they need of the system, and a
// shell, since initdb asks for one. The test is skipped where there is no PostgreSQL.
func postgresImage(t *testing.T) string {
	t.Helper()
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if len(found) == 0 {
		t.Skip("no PostgreSQL is installed on this machine")
	}
	programs := filepath.Dir(found[len(found)-1])
	files := map[string][]byte{"etc/passwd": []byte("postgres:x:65532:65532::/:/bin/sh\n")}
	add := func(path string) {
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		files[strings.TrimPrefix(path, "/")] = text
	}
	for _, folder := range []string{filepath.Join(filepath.Dir(programs), "lib"), strings.Replace(filepath.Dir(programs), "/lib/", "/share/", 1)} {
		require.NoError(t, filepath.WalkDir(folder, func(path string, entry os.DirEntry, err error) error {
			if err == nil && !entry.IsDir() && !strings.Contains(path, "/bitcode/") && !strings.Contains(path, "llvmjit") {
				add(path)
			}
			return err
		}))
	}
	for _, program := range []string{programs + "/initdb", programs + "/postgres", "/bin/sh", programs + "/../lib/dict_snowball.so", programs + "/../lib/plpgsql.so"} {
		path, err := filepath.EvalSymlinks(program)
		require.NoError(t, err)
		add(path)
		files[strings.TrimPrefix(filepath.Clean(program), "/")] = files[strings.TrimPrefix(path, "/")]
		said, err := exec.Command("ldd", path).Output()
		require.NoError(t, err)
		for _, match := range library.FindAllStringSubmatch(string(said), -1) {
			add(match[1])
		}
	}
	start := "initdb -D /data/db -A trust -U postgres --locale=C --encoding=UTF8 && exec postgres -D /data/db -k /tmp -c listen_addresses='*' -c fsync=off"
	files["start"] = []byte("#!/bin/sh\nset -e\nPATH=" + programs + "\ntest -d /data/db/base || " +
		strings.Replace(start, " && exec", " >/dev/null\necho 'host all all all trust' >>/data/db/pg_hba.conf\nexec", 1) + "\n")
	return enginetest.Import(t, "postgres", files, `ENTRYPOINT ["/start"]`, "USER 65532:65532", "EXPOSE 5432", "VOLUME /data")
}

// TestContainersOfADatabase certifies the application of a compose file that keeps its state in a
// PostgreSQL beside it, and is restarted without it.
func TestContainersOfADatabase(t *testing.T) {
	t.Parallel()
	image := referenceImage(t)
	database := postgresImage(t)
	folder, out := t.TempDir(), t.TempDir()
	text := "services:\n" +
		"  database:\n    image: " + database + "\n    volumes: [data:/data]\n    networks: [inner]\n" +
		"    healthcheck: {test: [CMD, /bin/sh, -c, 'test -S /tmp/.s.PGSQL.5432'], interval: 300ms, retries: 300}\n" +
		"  application:\n    image: " + image + "\n" +
		"    command: [serve, --addr, '0.0.0.0:8080', --interfaces, social, --db, 'postgres://postgres@database:5432/postgres?sslmode=disable']\n" +
		"    ports: ['8080']\n    depends_on: {database: {condition: service_healthy}}\n    networks: [inner, default]\n" +
		"volumes: {data: {}}\nnetworks: {inner: {}}\n"
	path := filepath.Join(folder, "compose.yaml")
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	described := filepath.Join(folder, manifest.FileName)
	require.NoError(t, os.WriteFile(described, []byte("product: {name: a registry and its database}\n"+
		"interfaces: {social: {base: 'http://application', capabilities: [restart]}}\nrestart: {containers: [application]}\nidentities: {provide: fixtures}\n"+
		"population: {provide: mounted, file: /spconform/population.ndjson}\n"+unhurried), 0o600))
	code, _, stderr := spconform(t, append([]string{"run", "--quiet", "--compose", path, "--manifest", described, "--out", out,
		"--requirement", "REG-RST-001,REG-RST-003,REG-RST-005,REG-RST-007"}, narrow...)...)
	holds(t, code, out, stderr)
	report := reportIn(t, out)
	require.Nil(t, report.Error, "%+v", report.Error)
	assert.Equal(t, "compose", report.Target.Kind)
	require.Len(t, report.Interfaces[0].Requirements, 6)
	for _, row := range report.Interfaces[0].Requirements {
		assert.Equal(t, result.Met, row.Verdict, "%s: %s", row.ID, row.Reason)
	}
	require.Len(t, report.Target.Containers, 2)
	log, err := os.ReadFile(filepath.Join(out, "logs", "database.log"))
	require.NoError(t, err)
	assert.Contains(t, string(log), "ready to accept connections")
}

// TestContainerOfTheSuite runs the suite from our own image, as the user that the image names, where it
// reaches nobody.
func TestContainerOfTheSuite(t *testing.T) {
	t.Parallel()
	image := referenceImage(t)
	about, err := enginetest.Client(t).ImageInspect(t.Context(), image)
	require.NoError(t, err)
	assert.Equal(t, "65532:65532", about.Config.User)
	folder := t.TempDir()
	require.NoError(t, os.Chmod(folder, 0o777))
	args := append([]string{"run", "--rm", "--network", "none", "--read-only", "--cap-drop", "ALL", "-v", folder + ":/work", image,
		"run", "--quiet", "--interfaces", "social"}, narrow...)
	said, err := exec.Command("docker", args...).CombinedOutput()
	require.NoError(t, err, string(said))
	assert.Equal(t, "embedded", reportIn(t, filepath.Join(folder, "spconform-results")).Target.Kind)
}
