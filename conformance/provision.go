package conformance

import (
	"bytes"
	"encoding/json"

	"github.com/spconform/spconform/spec/fixture"
)

// The files by which a product is prepared beforehand.
const (
	ParticipantsFile = "participants.json"
	PopulationFile   = "population.ndjson"
	AgreementsFile   = "agreements.json"
	ConsentsFile     = "consents.ndjson"
)

// Provision is what a target is given before a run. Agreements and Consents are for a target that takes
// them.
type Provision struct {
	Participants fixture.Participants
	Records      []fixture.Record
	Agreements   fixture.Agreements
	Consents     []fixture.Consent
}

// File is one of the files of a Provision.
type File struct {
	Name string
	Text []byte
}

// Files are the provision in the form in which a product reads it.
func (p Provision) Files() ([]File, error) {
	participants, err := json.MarshalIndent(p.Participants, "", "  ")
	if err != nil {
		return nil, err
	}
	agreements, err := json.MarshalIndent(p.Agreements, "", "  ")
	if err != nil {
		return nil, err
	}
	var records, consents bytes.Buffer
	if err := fixture.WriteRecords(&records, p.Records); err != nil {
		return nil, err
	}
	if err := fixture.WriteConsents(&consents, p.Consents); err != nil {
		return nil, err
	}
	return []File{{ParticipantsFile, append(participants, '\n')}, {PopulationFile, records.Bytes()},
		{AgreementsFile, append(agreements, '\n')}, {ConsentsFile, consents.Bytes()}}, nil
}
