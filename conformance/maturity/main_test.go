package maturity_test

import (
	"flag"
	"os"
	"testing"
)

// TestMain makes properties be tried on thousands of systems, unless the command line says otherwise,
// and keeps no files of the failures that broken scorers are meant to have.
func TestMain(m *testing.M) {
	for name, value := range map[string]string{"rapid.checks": "2000", "rapid.nofailfile": "true"} {
		if err := flag.Set(name, value); err != nil {
			panic(err)
		}
	}
	flag.Parse()
	os.Exit(m.Run())
}
