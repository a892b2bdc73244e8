package spec

import (
	"bytes"
	_ "embed"
	"fmt"
	"maps"
	"slices"

	"go.yaml.in/yaml/v3"
)

//go:embed processes.yaml
var processFile []byte

// PatternProcess is the pattern of what is played across interfaces and served by none.
const PatternProcess = "process"

// Processes is the description under which processes are planned, judged and reported: it has neither
// operations nor records of its own. Each process is a capability of it.
func Processes() Interface {
	return Interface{ID: PatternProcess, Title: "Processes", Pattern: PatternProcess}
}

// Process is a process that goes through several interfaces. ID is the published one. Needs says through
// which interfaces, each with the capabilities that it cannot do without.
type Process struct {
	ID    string              `yaml:"id"`
	Title string              `yaml:"title"`
	Needs map[string][]string `yaml:"needs"`
}

// Interfaces lists the ids of the interfaces that the process goes through, sorted.
func (p Process) Interfaces() []string { return slices.Sorted(maps.Keys(p.Needs)) }

// LoadProcesses reads the embedded processes, in the order of the file.
func LoadProcesses() ([]Process, error) {
	in := yaml.NewDecoder(bytes.NewReader(processFile))
	in.KnownFields(true)
	var all []Process
	if err := in.Decode(&all); err != nil {
		return nil, fmt.Errorf("processes.yaml: %w", err)
	}
	return all, nil
}
