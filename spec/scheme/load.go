package scheme

import (
	"bytes"
	"errors"
	"io/fs"
	"slices"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"

	"github.com/spconform/spconform/datadictionary"
	"github.com/spconform/spconform/spec"
)

// Load reads the embedded schemes over the embedded interfaces and dictionary, once for the process.
var Load = sync.OnceValues(func() (*Catalogue, error) {
	words, err := datadictionary.Load()
	if err != nil {
		return nil, err
	}
	interfaces, err := spec.LoadInterfaces()
	if err != nil {
		return nil, err
	}
	return Read(spec.SchemeFiles(), interfaces, words)
})

// Read reads the schemes of a folder, *.yaml. Each must fit scheme.schema.json and ask for attributes that
// the dictionary has. All mistakes are told together, one a line; each matches ErrInvalid.
func Read(files fs.FS, interfaces []spec.Interface, words *datadictionary.Dictionary) (*Catalogue, error) {
	names, err := fs.Glob(files, "*.yaml")
	if err != nil {
		return nil, err
	}
	form, err := formOf()
	if err != nil {
		return nil, err
	}
	made := &Catalogue{}
	var problems []error
	for _, name := range names {
		l := &loader{file: name, interfaces: interfaces, words: words}
		read, err := l.read(files, form)
		if err == nil {
			if _, twice := made.Find(read.ID, read.Version); twice == nil {
				err = invalid("%s: version %s of %s is in another file as well; remove one", name, read.Version, read.ID)
			}
		}
		if err != nil {
			problems = append(problems, err)
			continue
		}
		made.schemes = append(made.schemes, read)
	}
	if len(names) == 0 {
		problems = append(problems, invalid("the folder holds no scheme; put *.yaml files there"))
	}
	slices.SortFunc(made.schemes, func(a, b Scheme) int {
		return strings.Compare(a.ID+" "+a.Version, b.ID+" "+b.Version)
	})
	return made, errors.Join(problems...)
}

var formOf = sync.OnceValues(func() (*jsonschema.Schema, error) {
	const name = "scheme.schema.json"
	raw, err := fs.ReadFile(spec.SchemeFiles(), name)
	if err != nil {
		return nil, err
	}
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		return nil, err
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource(name, document); err != nil {
		return nil, err
	}
	return compiler.Compile(name)
})

// loader reads one file.
type loader struct {
	file       string
	interfaces []spec.Interface
	words      *datadictionary.Dictionary
}

func (l *loader) read(files fs.FS, form *jsonschema.Schema) (Scheme, error) {
	raw, err := fs.ReadFile(files, l.file)
	if err != nil {
		return Scheme{}, err
	}
	var document any
	if err := yaml.Unmarshal(raw, &document); err != nil {
		return Scheme{}, invalid("%s: is not YAML that can be read; correct it", l.file)
	}
	var misfit *jsonschema.ValidationError
	if errors.As(form.Validate(document), &misfit) {
		for len(misfit.Causes) > 0 {
			misfit = misfit.Causes[0]
		}
		return Scheme{}, invalid("%s: /%s does not fit scheme.schema.json; correct it", l.file, strings.Join(misfit.InstanceLocation, "/"))
	}
	var read Scheme
	if err := yaml.Unmarshal(raw, &read); err != nil {
		return Scheme{}, invalid("%s: is not a scheme; correct it", l.file)
	}
	var problems []error
	seen := map[string]bool{}
	for index := range read.Criteria {
		criterion := &read.Criteria[index]
		if seen[criterion.ID] {
			problems = append(problems, invalid("%s: criterion %s is there twice; rename one", l.file, criterion.ID))
		}
		seen[criterion.ID] = true
		problems = append(problems, l.criterion(criterion))
	}
	return read, errors.Join(problems...)
}

// criterion resolves what a criterion names.
func (l *loader) criterion(c *Criterion) error {
	at := slices.IndexFunc(l.interfaces, func(i spec.Interface) bool { return i.ID == c.Source.Interface })
	if at < 0 {
		return invalid("%s: %s asks the interface %q, which there is not; correct it", l.file, c.ID, c.Source.Interface)
	}
	record, known := l.interfaces[at].Record(c.Source.Record)
	if !known || c.Source.Record == "" {
		return invalid("%s: %s asks for %q, which is no record type of %s; correct it", l.file, c.ID, c.Source.Record, c.Source.Interface)
	}
	c.Source.Record = record.Name
	if c.Source.By == "" {
		c.Source.By = record.Identifier
	}
	if c.NoRecord == "" {
		c.NoRecord = Unknown
	}
	by, err := l.words.Attribute(record.Object, c.Source.By)
	if err != nil || by.Attribute.Object != "Identifier" {
		return invalid("%s: %s finds the person by %s, which is no Identifier of %s; correct it", l.file, c.ID, c.Source.By, record.Object)
	}
	c.Source.By = by.Path
	if c.each, err = l.path(record.Object, c.Each); err != nil {
		return invalid("%s: %s looks at each %s, which is no attribute of %s; correct it", l.file, c.ID, c.Each, record.Object)
	}
	problems := []error{l.condition(c, record.Object, &c.Condition, c.Aggregate)}
	for index := range c.Where {
		problems = append(problems, l.condition(c, record.Object, &c.Where[index], ""))
	}
	return errors.Join(problems...)
}

// condition resolves the attribute and reads the values.
func (l *loader) condition(c *Criterion, object string, condition *Condition, aggregate string) error {
	kind := datadictionary.TypeInteger
	if aggregate != aggregateCount {
		resolved, err := l.words.Attribute(object, join(c.Each, condition.Attribute))
		if err != nil || condition.Attribute == "" || resolved.Scalar == "" {
			return invalid("%s: %s is about %q, which is no scalar attribute of %s; correct it", l.file, c.ID, condition.Attribute, object)
		}
		whole, err := l.path(object, resolved.Path)
		if err != nil {
			return err
		}
		condition.path, condition.kind = whole[len(c.each):], resolved.Scalar
		kind = resolved.Scalar
	}
	dated := condition.Operator == operatorHappened || condition.Operator == operatorNotHappened
	switch {
	case condition.Measure == measureAge && kind != datadictionary.TypeDateTime, dated && kind != datadictionary.TypeDateTime:
		return invalid("%s: %s takes %q for a date; correct it", l.file, c.ID, condition.Attribute)
	case dated != (len(condition.Value) == 0):
		return invalid("%s: %s: happened and not_happened take no value, other operators do", l.file, c.ID)
	case len(condition.Value) > 1 && condition.Operator != "in" && condition.Operator != "not_in":
		return invalid("%s: %s has several values: use in or not_in", l.file, c.ID)
	case aggregate != "" && kind != datadictionary.TypeInteger && kind != datadictionary.TypeDecimal:
		return invalid("%s: %s: only numbers have a %s", l.file, c.ID, aggregate)
	}
	if condition.Measure == measureAge {
		kind = datadictionary.TypeInteger
	}
	return l.bounds(c, condition, kind, object)
}

func (l *loader) bounds(c *Criterion, condition *Condition, kind, object string) error {
	for _, text := range condition.Value {
		bound, ok := readValue(kind, text)
		if !ok {
			return invalid("%s: %s: value is no %s; correct it", l.file, c.ID, kind)
		}
		resolved, err := l.words.Attribute(object, join(c.Each, condition.Attribute))
		if list, coded := l.words.CodeList(resolved.Attribute.CodeList); err == nil && coded {
			if _, listed := list.Code(text); !listed {
				return invalid("%s: %s: value is no code of %s; correct it", l.file, c.ID, list.Name)
			}
		}
		condition.bounds = append(condition.bounds, bound)
	}
	return nil
}

// path is a dotted path as segments with all accepted spellings; none for the empty path.
func (l *loader) path(object, dotted string) ([]segment, error) {
	if dotted == "" {
		return nil, nil
	}
	var path []segment
	names := strings.Split(dotted, ".")
	for index := range names {
		resolved, err := l.words.Attribute(object, strings.Join(names[:index+1], "."))
		if err != nil {
			return nil, err
		}
		path = append(path, slices.Concat(segment{resolved.Attribute.Name}, resolved.Attribute.Aliases, resolved.Attribute.Deprecated))
	}
	return path, nil
}

func join(each, attribute string) string {
	return strings.Trim(each+"."+attribute, ".")
}
