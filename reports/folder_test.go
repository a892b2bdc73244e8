package reports_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/spconform/spconform/conformance/result"
	"github.com/spconform/spconform/reports"
)

// folderFiles is what a results folder holds.
var folderFiles = []string{"badge.svg", "exchanges.har", "junit.xml", "report.html", "report.json", "requests", "summary.html"}

func filesIn(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	var names []string
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	return names
}

func TestWriteFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "deep", "results")
	require.NoError(t, reports.WriteFolder(dir, sample()))
	assert.Equal(t, folderFiles, filesIn(t, dir))
	file, err := os.Open(filepath.Join(dir, "report.json"))
	require.NoError(t, err)
	defer file.Close()
	_, err = reports.ReadJSON(file)
	require.NoError(t, err)
}

func TestWriteFolderGoesOnAfterAFailure(t *testing.T) {
	dir := t.TempDir()
	// A folder in a file's place cannot be replaced by a rename.
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "report.json", "in-the-way"), 0o755))
	err := reports.WriteFolder(dir, sample())
	var typed *reports.Error
	require.ErrorAs(t, err, &typed)
	assert.Equal(t, reports.CodeWrite, typed.Code)
	assert.Equal(t, folderFiles, filesIn(t, dir), "no temporary file is left")
}

func TestWriteFolderWhereAFileIs(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(path, nil, 0o600))
	var typed *reports.Error
	require.ErrorAs(t, reports.WriteFolder(path, sample()), &typed)
}

func TestWriteFolderTellsOfAReportThatDoesNotFit(t *testing.T) {
	dir := t.TempDir()
	report := sample()
	report.Interfaces[0].Requirements[0].Verdict = result.Verdict("fine")
	err := reports.WriteFolder(dir, report)
	var typed *reports.Error
	require.ErrorAs(t, err, &typed)
	assert.Equal(t, reports.CodeSchema, typed.Code)
	assert.Len(t, filesIn(t, dir), len(folderFiles), "it is evidence all the same")
}

func TestWriteFolderKeepsTheBodiesThatCurlReads(t *testing.T) {
	dir := t.TempDir()
	report := sample()
	cut := exchange("ex-4", "sync-search", 401, "")
	cut.Request.Truncated = true
	outside := exchange("../ex-5", "sync-search", 401, "")
	report.Exchanges = append(report.Exchanges, cut, outside)
	failure := &report.Interfaces[0].Requirements[1].Failures[0]
	failure.Exchanges = append(failure.Exchanges, "ex-2", "ex-4", "../ex-5", "ex-unknown")
	require.NoError(t, reports.WriteFolder(dir, report))
	assert.Equal(t, []string{"ex-1.body", "ex-3.body"}, filesIn(t, filepath.Join(dir, "requests")),
		"no callback, no cut body, nothing outside the folder")
	body, err := os.ReadFile(filepath.Join(dir, "requests", "ex-1.body"))
	require.NoError(t, err)
	assert.Equal(t, report.Exchanges[0].Request.Body, string(body))
}

// TestAltered: what people read is made again from report.json; a byte more in it is noticed, whatever bytes the target sent.
func TestAltered(t *testing.T) {
	report := sample()
	report.Exchanges[0].Response.Body = "not text: \xff\xfe"
	report.Interfaces[0].Requirements[1].Failures[0].Actual = "not text: \xff"
	for _, name := range []string{"", "report.html", "summary.html", "badge.svg", "junit.xml"} {
		dir := t.TempDir()
		require.NoError(t, reports.WriteFolder(dir, report))
		want := []string(nil)
		if name != "" {
			path := filepath.Join(dir, name)
			raw, err := os.ReadFile(path)
			require.NoError(t, err)
			require.NoError(t, os.WriteFile(path, append(raw, ' '), 0o600))
			want = []string{name}
		}
		folder, err := reports.ReadFolder(dir)
		require.NoError(t, err)
		altered, err := folder.Altered()
		require.NoError(t, err)
		assert.Equal(t, want, altered)
	}
}
