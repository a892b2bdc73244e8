package spec

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

//go:embed interfaces
var interfaceFiles embed.FS

// Mode is how an operation answers.
type Mode string

// The ways in which an operation answers: in the HTTP answer, by a callback, as that callback, or as
// plain HTTP outside the message envelope.
const (
	Sync     Mode = "sync"
	Async    Mode = "async"
	Callback Mode = "callback"
	HTTP     Mode = "http"
)

// Role is who serves an operation and so owes its requirements.
type Role string

// The two roles of a registry interface.
const (
	RoleRegistry Role = "registry"
	RoleClient   Role = "client"
)

// Operation is one operation of an interface. Path is relative to the interface's base URL; Answer is
// the callback operation that answers an asynchronous one; AnswerAction the action of a sync answer;
// Capability is empty for core.
type Operation struct {
	ID           string `yaml:"id"`
	Path         string `yaml:"path"`
	Action       string `yaml:"action"`
	Role         Role   `yaml:"role"`
	Mode         Mode   `yaml:"mode"`
	Answer       string `yaml:"answer"`
	AnswerAction string `yaml:"answer_action"`
	Capability   string `yaml:"capability"`
	// Kind is the kind of message that a registry's or payment system's operation takes.
	Kind string `yaml:"kind"`
	// Lookup or Intake say what an operation of the interface's own asks or takes; nil for the pattern's.
	Lookup *Lookup `yaml:"lookup"`
	Intake *Intake `yaml:"intake"`
	// Slips are actions that the published document gives to the answer by an evident slip. They are met.
	Slips []string `yaml:"slips"`
}

// Lookup is an operation that asks about one record by a single criteria object,
// {attribute: {operator: value}}, and is answered by yes or no (Status) or by a part of the record (Shows).
type Lookup struct {
	// Criteria is the member of the message that holds the criteria, Answer the list that answers.
	Criteria string `yaml:"criteria"`
	Answer   string `yaml:"answer"`
	// Status is the member that says yes or no; yes where a record is found and Holds is true of it.
	Status string     `yaml:"status"`
	Holds  *HasValues `yaml:"holds"`
	// Shows is the attribute of the record that is shown, and no other. Bare shows its values without
	// the record around them.
	Shows string `yaml:"shows"`
	Bare  bool   `yaml:"bare"`
	// Names are further published names of attributes.
	Names map[string][]string `yaml:"names"`
}

// Attribute is the attribute of the dictionary that a published name means; the name itself where it is none.
func (l Lookup) Attribute(name string) string {
	for attribute, others := range l.Names {
		if slices.Contains(others, name) {
			return attribute
		}
	}
	return name
}

// HasValues is true of a record whose attribute holds one of the values.
type HasValues struct {
	Attribute string   `yaml:"attribute"`
	Values    []string `yaml:"values"`
}

// Intake is an operation that takes records of the interface's first type in: List is the path of the
// list in the message, Answer the list of the answer, with an item for each record.
type Intake struct {
	List   string `yaml:"list"`
	Answer string `yaml:"answer"`
}

// QueryAttribute is an attribute that scenarios query, with the operators gt, lt, eq, ge, le and in
// that they use on it, and whether they sort by it.
type QueryAttribute struct {
	Attribute string   `yaml:"attribute"`
	Operators []string `yaml:"operators"`
	Sort      bool     `yaml:"sort"`
}

// RecordType ties a reg_record_type to its data dictionary object. Aliases are further published
// spellings. Identifier is the attribute that idtype-value looks into. Subject is the attribute that
// describes a person whom other registries describe as well; "." is the record itself.
type RecordType struct {
	Name       string           `yaml:"reg_record_type"`
	Object     string           `yaml:"object"`
	Subject    string           `yaml:"subject"`
	Aliases    []string         `yaml:"aliases"`
	Identifier string           `yaml:"identifier"`
	Query      []QueryAttribute `yaml:"query"`
}

// EventType is a reg_event_type that can be subscribed to: which record it tells of and on which
// changes (created, updated, member_added…). Where Attribute is named, an update is told only if it
// changes that attribute. Aliases are further published spellings.
type EventType struct {
	Name      string   `yaml:"reg_event_type"`
	Record    string   `yaml:"record"`
	On        []string `yaml:"on"`
	Attribute string   `yaml:"attribute"`
	Aliases   []string `yaml:"aliases"`
	Basis     Basis    `yaml:"basis"`
}

// Interface describes one interface of the standards as data: its OpenAPI document, operations,
// records and events. Adding a registry is adding such a description.
type Interface struct {
	ID         string            `yaml:"id"`
	Title      string            `yaml:"title"`
	Pattern    string            `yaml:"pattern"`
	Document   string            `yaml:"document"`
	Editions   map[string]string `yaml:"editions"`
	RegType    string            `yaml:"reg_type"`
	Records    []RecordType      `yaml:"records"`
	EventTypes []EventType       `yaml:"event_types"`
	Without    []string          `yaml:"without"`
	// Sources are the interfaces whose registries it asks in order to answer.
	Sources    []string    `yaml:"sources"`
	Operations []Operation `yaml:"operations"`
	// Offers are capabilities that are no operation of their own.
	Offers []string `yaml:"capabilities"`
}

// Operation finds an operation by id.
func (i Interface) Operation(id string) (Operation, bool) {
	for _, operation := range i.Operations {
		if operation.ID == id {
			return operation, true
		}
	}
	return Operation{}, false
}

// Taking is the operation to which a message of a kind is sent, synchronously or asynchronously.
func (i Interface) Taking(kind string, mode Mode) (Operation, bool) {
	for _, operation := range i.Operations {
		if operation.Kind == kind && operation.Mode == mode && kind != "" {
			return operation, true
		}
	}
	return Operation{}, false
}

// Record finds a record type by its reg_record_type or one of its aliases; the empty name is the
// first record type.
func (i Interface) Record(name string) (RecordType, bool) {
	for _, record := range i.Records {
		if name == "" || record.Name == name || slices.Contains(record.Aliases, name) {
			return record, true
		}
	}
	return RecordType{}, false
}

// Event finds an event type; a prefixed name ("ns:RegistryEventType:REGISTER") is the name after the
// last colon.
func (i Interface) Event(name string) (EventType, bool) {
	short := name[strings.LastIndex(name, ":")+1:]
	for _, event := range i.EventTypes {
		if event.Name == short || slices.Contains(event.Aliases, short) {
			return event, true
		}
	}
	return EventType{}, false
}

// Capabilities lists the capabilities that the interface's operations belong to and those that it offers
// besides, sorted.
func (i Interface) Capabilities() []string {
	names := slices.Clone(i.Offers)
	for _, operation := range i.Operations {
		if operation.Capability != "" && !slices.Contains(names, operation.Capability) {
			names = append(names, operation.Capability)
		}
	}
	slices.Sort(names)
	return names
}

// LoadInterfaces reads the embedded interface descriptions, sorted by id.
func LoadInterfaces() ([]Interface, error) {
	return ReadInterfaces(interfaceFiles)
}

// ReadInterfaces reads interface descriptions from files at interfaces/*.yaml. A file whose id is
// used as a `pattern` by another is a pattern and not an interface.
func ReadInterfaces(files fs.FS) ([]Interface, error) {
	names, err := fs.Glob(files, "interfaces/*.yaml")
	if err != nil {
		return nil, err
	}
	read := map[string]Interface{}
	patterns := map[string]bool{}
	for _, name := range names {
		raw, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, err
		}
		var described Interface
		if err := yaml.Unmarshal(raw, &described); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		if want := strings.TrimSuffix(path.Base(name), ".yaml"); described.ID != want {
			return nil, fmt.Errorf("%s: id is %q: name the file after the id", name, described.ID)
		}
		read[described.ID] = described
		if described.Pattern != "" {
			patterns[described.Pattern] = true
		}
	}
	var interfaces []Interface
	for id, described := range read {
		if patterns[id] {
			continue
		}
		pattern, ok := read[described.Pattern]
		if described.Pattern != "" && !ok {
			return nil, fmt.Errorf("interfaces/%s.yaml: pattern %q has no file", id, described.Pattern)
		}
		described.Operations = joinOperations(pattern.Operations, described)
		described.Offers = slices.Concat(pattern.Offers, described.Offers)
		interfaces = append(interfaces, described)
	}
	slices.SortFunc(interfaces, func(a, b Interface) int { return strings.Compare(a.ID, b.ID) })
	return interfaces, nil
}

// joinOperations is the pattern's operations less those that the interface lacks, then its own; an own
// operation replaces the pattern's of the same id.
func joinOperations(pattern []Operation, described Interface) []Operation {
	own := map[string]bool{}
	for _, operation := range described.Operations {
		own[operation.ID] = true
	}
	var joined []Operation
	for _, operation := range pattern {
		if !own[operation.ID] && !slices.Contains(described.Without, operation.ID) {
			joined = append(joined, operation)
		}
	}
	return append(joined, described.Operations...)
}

// WithSources is the interfaces and those that they ask, each once. Embedded descriptions stand for sources
// that are not among them.
func WithSources(interfaces []Interface) ([]Interface, error) {
	all := slices.Clone(interfaces)
	for _, described := range interfaces {
		for _, id := range described.Sources {
			if slices.ContainsFunc(all, func(i Interface) bool { return i.ID == id }) {
				continue
			}
			source, err := FindInterface(id)
			if err != nil {
				return nil, err
			}
			all = append(all, source)
		}
	}
	return all, nil
}

// FindInterface loads the embedded description of one interface, or Processes by its id.
func FindInterface(id string) (Interface, error) {
	if id == PatternProcess {
		return Processes(), nil
	}
	all, err := LoadInterfaces()
	if err != nil {
		return Interface{}, err
	}
	var known []string
	for _, described := range all {
		if described.ID == id {
			return described, nil
		}
		known = append(known, described.ID)
	}
	return Interface{}, fmt.Errorf("there is no interface %q: name one of %s", id, strings.Join(known, ", "))
}
