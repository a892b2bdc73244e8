package datadictionary

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

const profileMetadata = "profile-metadata.yaml"

// Profile is a country's version of the dictionary. It may tighten it (an attribute made
// required, a code list narrowed, a reference to a narrower object) and extend it (attributes,
// objects, code lists), and never loosens it: what the profile accepts the dictionary does.
type Profile struct {
	Name        string
	Description string
	Version     string
	BaseVersion string // of the standard's schemas that it was made for
	Country     string
	CountryCode string // ISO 3166-1
	Language    string
	// Hash is the SHA-256, in hexadecimal, of the files that make the profile, by name.
	Hash string
	// Notes say, a line each, what was tolerated on loading: entries of the index that the
	// standard does not have, and additions under the standard's own prefix.
	Notes []string
	// Dictionary is the embedded dictionary with the profile applied.
	Dictionary *Dictionary
}

type profileFile struct {
	ProfileName       string `yaml:"profileName"`
	Description       string
	Version           string
	BaseSchemaVersion string `yaml:"baseSchemaVersion"`
	Country           struct {
		Name    string
		ISOCode string `yaml:"isoCode"`
	}
	Language     string
	SchemasIndex string `yaml:"schemasIndex"`
}

// LoadProfile reads a profile folder of the published shape (profile-metadata.yaml, the index
// of schemas that it names, and the country's own .jsonld files) over the embedded dictionary.
// All mistakes are reported together, one a line; each matches ErrInvalid.
func LoadProfile(files fs.FS) (*Profile, error) { return ReadProfile(files, profileMetadata) }

// ReadProfile is LoadProfile where the metadata are in another file of the folder.
func ReadProfile(folder fs.FS, profileMetadata string) (*Profile, error) {
	base, err := Load()
	if err != nil {
		return nil, err
	}
	files := &hashed{FS: folder, read: map[string][]byte{}}
	var metadata profileFile
	if err := readLenientYAML(files, profileMetadata, &metadata); err != nil {
		return nil, err
	}
	if metadata.ProfileName == "" || metadata.Version == "" || metadata.SchemasIndex == "" {
		return nil, newError(CodeInvalid, "%s: profileName, version and schemasIndex are needed; add them", profileMetadata)
	}
	var index struct{ Includes []string }
	if err := readLenientYAML(files, metadata.SchemasIndex, &index); err != nil {
		return nil, err
	}
	o := newOverlay(base)
	for _, include := range index.Includes {
		o.include(files, metadata.SchemasIndex, include)
	}
	o.settle()
	if err := errors.Join(o.problems...); err != nil {
		return nil, err
	}
	overlaid, err := o.source.compile()
	if err != nil {
		return nil, err
	}
	return &Profile{
		Name: metadata.ProfileName, Description: metadata.Description, Version: metadata.Version,
		BaseVersion: metadata.BaseSchemaVersion, Country: metadata.Country.Name, CountryCode: metadata.Country.ISOCode,
		Language: metadata.Language, Hash: files.hash(), Notes: o.notes, Dictionary: overlaid,
	}, nil
}

// hashed remembers what is read, so that a profile's hash is of what it is made of and of nothing
// else that lies in its folder.
type hashed struct {
	fs.FS
	read map[string][]byte
}

func (h *hashed) ReadFile(name string) ([]byte, error) {
	raw, err := fs.ReadFile(h.FS, name)
	if err == nil {
		h.read[name] = raw
	}
	return raw, err
}

// hash is over the names, lengths and contents, in the order of the names.
func (h *hashed) hash() string {
	sum := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(h.read)) {
		fmt.Fprintf(sum, "%d %s %d ", len(name), name, len(h.read[name]))
		sum.Write(h.read[name])
	}
	return hex.EncodeToString(sum.Sum(nil))
}

func readLenientYAML(files fs.FS, name string, into any) error {
	raw, err := fs.ReadFile(files, name)
	if err != nil {
		return newError(CodeInvalid, "%s: cannot be read; add the file to the profile's folder", name)
	}
	if err := yaml.Unmarshal(raw, into); err != nil {
		return newError(CodeInvalid, "%s: %s", name, strings.Join(strings.Fields(err.Error()), " "))
	}
	return nil
}

// include applies one entry of the index: a file of the profile, or one of the standard's,
// which is there already.
func (o *overlay) include(files fs.FS, index, entry string) {
	name := strings.TrimSuffix(path.Base(entry), path.Ext(entry))
	if !strings.HasPrefix(entry, "profiles/") {
		_, isObject := o.base.Object(name)
		_, isList := o.base.CodeList(name)
		_, isFormat := o.base.Format(publishedFormats[name])
		if !isObject && !isList && !isFormat && publishedFiles[name] == "" {
			o.note("%s: %s is no schema of the standard; it was passed over", index, entry)
		}
		return
	}
	file := findFile(files, entry)
	if file == "" {
		o.problem("%s: %s is not in the profile's folder; add it or take it out of the index", index, entry)
		return
	}
	raw, err := fs.ReadFile(files, file)
	if err != nil {
		o.problem("%s: cannot be read; check its permissions", file)
		return
	}
	o.apply(file, raw)
}

// publishedFormats are schema files that are formats here, and publishedFiles those that go by
// another name.
var (
	publishedFormats = map[string]string{"DateTime": "date_time", "Currency": "currency"}
	publishedFiles   = map[string]string{
		"IdentifierTypeValue": "a message part", "EducationCode": "EducationCodeEnum", "AssistanceUnit": "AssistanceUnitEnum",
		"ImpairementType": "ImpairmentType", "Geocoordinates": "GeoCoordinates",
	}
)

// findFile finds the file that an entry of the index means: by its path below the profile's
// folder, else by its name alone without regard to case, as published profiles are indexed.
func findFile(files fs.FS, entry string) string {
	parts := strings.Split(entry, "/")
	if len(parts) > 2 {
		below := path.Join(parts[2:]...)
		if info, err := fs.Stat(files, below); err == nil && !info.IsDir() {
			return below
		}
	}
	var found []string
	_ = fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && strings.EqualFold(path.Base(name), path.Base(entry)) {
			found = append(found, name)
		}
		return err
	})
	if len(found) == 0 {
		return ""
	}
	slices.Sort(found)
	return found[0]
}
