package main

import (
	"io"
	"testing"
)

// BenchmarkRun is a whole run on the embedded reference server, results folder included.
func BenchmarkRun(b *testing.B) {
	for _, c := range []struct {
		name string
		args []string
	}{
		{"social", []string{"--interfaces", "social"}},
		{"all", nil},
	} {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				args := append([]string{"run", "--seed", "1", "--quiet", "--out", b.TempDir()}, c.args...)
				if code := run(args, io.Discard, io.Discard); code != exitHolds {
					b.Fatalf("exit code %d", code)
				}
			}
		})
	}
}
