package main

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/spconform/spconform/spec/fixture"
)

// TestFixturesInEveryForm: whatever the form, a server that is loaded with it holds the same.
func TestFixturesInEveryForm(t *testing.T) {
	var first []fixture.Record
	for _, form := range fixture.Formats() {
		folder := t.TempDir()
		code, stdout, stderr := spconform(t, "fixtures", "--seed", "3", "--out", folder, "--format", form)
		require.Equal(t, exitHolds, code, stderr)
		assert.Contains(t, stdout, fixture.FileName(form)+"\n")
		read, err := readFixtures(folder)
		require.NoError(t, err)
		assert.NotEmpty(t, read.Participants.Participants)
		if first == nil {
			first = read.Records
		}
		require.Len(t, read.Records, len(first), form)
		for at, record := range read.Records {
			require.Equal(t, first[at].RegRecordType, record.RegRecordType)
			require.JSONEq(t, string(first[at].Data), string(record.Data), form)
		}
	}
}
