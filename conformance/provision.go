package conformance

import (
	"bytes"
	"encoding/json"

	"github.com/spconform/spconform/spec/fixture"
)

// The files by which a product is prepared beforehand, beside the population, whose name is fixture.FileName.
const (
	ParticipantsFile = "participants.json"
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

// Files are the provision as a product reads it, its population in a form of fixture.Formats.
func (p Provision) Files(form string) ([]File, error) {
	participants, err := json.MarshalIndent(p.Participants, "", "  ")
	if err != nil {
		return nil, err
	}
	agreements, err := json.MarshalIndent(p.Agreements, "", "  ")
	if err != nil {
		return nil, err
	}
	var records, consents bytes.Buffer
	if err := fixture.Write(&records, form, p.Records); err != nil {
		return nil, err
	}
	if err := fixture.WriteConsents(&consents, p.Consents); err != nil {
		return nil, err
	}
	return []File{{ParticipantsFile, append(participants, '\n')}, {fixture.FileName(form), records.Bytes()},
		{AgreementsFile, append(agreements, '\n')}, {ConsentsFile, consents.Bytes()}}, nil
}
