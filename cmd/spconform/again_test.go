package main

import (
	"testing"

	"github.com/spconform/spconform/spec"
)

// TestRunsOnOneProduct runs on a product that an earlier run has left its records, subscriptions and messages in.
func TestRunsOnOneProduct(t *testing.T) {
	described, err := spec.FindInterface("social")
	if err != nil {
		t.Fatal(err)
	}
	product := installed(t, referenceServing(t, "social"), described)
	for _, c := range []struct{ name, seed string }{{"the first", "7"}, {"the same seed again", "7"}, {"another seed", "8"}} {
		dir := t.TempDir()
		code, _, stderr := spconform(t, "run", "--quiet", "--manifest", product, "--seed", c.seed, "--out", dir,
			"--requirement", "REG-SEARCH-004", "--requirement", "REG-REC-003", "--requirement", "REG-SUB-001",
			"--requirement", "REG-NTF-002", "--requirement", "REG-NTF-003", "--requirement", "REG-PAGE-001")
		t.Log(c.name)
		holds(t, code, dir, stderr)
	}
}
