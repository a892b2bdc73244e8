package reference

import (
	_ "embed"
	"net/http"

	"go.yaml.in/yaml/v3"
)

// location is one place of /.well-known/locations.json. Within is the identifier of the place around
// it, empty for a root.
type location struct {
	Identifier string `yaml:"identifier"`
	Name       string `yaml:"name"`
	Type       string `yaml:"type"`
	Within     string `yaml:"within"`
}

// placesFile is a small synthetic country.
//
//go:embed locations.yaml
var placesFile []byte

func readLocations() ([]location, error) {
	var places []location
	err := yaml.Unmarshal(placesFile, &places)
	return places, err
}

type propertyValue struct {
	Type       string `json:"@type"`
	Name       string `json:"name"`
	Identifier string `json:"identifier"`
}

type place struct {
	Type             string          `json:"@type"`
	Identifier       []propertyValue `json:"identifier"`
	Name             string          `json:"name"`
	AdditionalType   string          `json:"additional_type,omitempty"`
	ContainedInPlace *string         `json:"contained_in_place"`
}

// serveLocations tells the tree of places (locations_core_api, LocationHierarchy).
func (s *Server) serveLocations(w http.ResponseWriter, _ *http.Request, _ *Incoming) error {
	places := make([]place, len(s.locations))
	for i, location := range s.locations {
		places[i] = place{Type: "Place", Name: location.Name, AdditionalType: location.Type,
			Identifier: []propertyValue{{Type: "PropertyValue", Name: "location", Identifier: location.Identifier}}}
		if location.Within != "" {
			places[i].ContainedInPlace = &location.Within
		}
	}
	writeJSON(w, http.StatusOK, map[string]any{
		"@context": map[string]string{"@context": "http://spdci.org/",
			"xsd": "http://www.w3.org/2001/XMLSchema#", "schema": "http://schema.org/"},
		"@type": "LocationHierarchy", "last_updated": s.started.UTC(), "locations": places,
	})
	return nil
}
