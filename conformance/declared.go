package conformance

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"slices"
	"time"

	"github.com/spconform/spconform/conformance/manifest"
	"github.com/spconform/spconform/conformance/result"
	"github.com/spconform/spconform/spec"
)

// Declarations are what a vendor says of requirements beside what is tested, by requirement.
type Declarations struct {
	// Evidence is of artefacts that were looked up and have the hash that was declared.
	Evidence map[string]result.Evidence
	// Justified are reasons for leaving a SHOULD.
	Justified map[string]string
}

// declarations reads those of a manifest. An artefact that is not there, or is another, is refused.
func declarations(m manifest.Manifest) (Declarations, error) {
	made := Declarations{Evidence: map[string]result.Evidence{}, Justified: map[string]string{}}
	for _, item := range m.Evidence {
		text, err := os.ReadFile(m.Path(item.File))
		if err != nil {
			return made, fmt.Errorf("evidence for %s cannot be read: name a file that is there", item.Requirement)
		}
		if sum := sha256.Sum256(text); hex.EncodeToString(sum[:]) != item.SHA256 {
			return made, fmt.Errorf("evidence for %s has another SHA-256 than the manifest says: declare that of the file", item.Requirement)
		}
		made.Evidence[item.Requirement] = result.Evidence{Grade: item.Grade, SHA256: item.SHA256, Expires: item.Expires}
	}
	for _, item := range m.Justified {
		made.Justified[item.Requirement] = item.Reason
	}
	return made, nil
}

// declare adds what was declared to the verdicts. Evidence stands beside a verdict and settles what no test
// does; what has expired by the day of the run is left out, and said. A reason settles a SHOULD that was
// tested and left, and no MUST.
func declare(tested *result.Interface, said Declarations, day time.Time) {
	for at := range tested.Requirements {
		row := &tested.Requirements[at]
		if evidence, ok := said.Evidence[row.ID]; ok {
			if evidence.Expires < day.UTC().Format(time.DateOnly) {
				row.Recorded = append(row.Recorded, "evidence that was declared has expired on "+evidence.Expires)
			} else {
				row.Evidence = &evidence
			}
		}
		left := slices.Contains([]result.Verdict{result.Unmet, result.Skipped}, row.Verdict)
		if reason, ok := said.Justified[row.ID]; ok && left && row.Keyword == string(spec.SHOULD) {
			row.Verdict, row.Reason = result.Justified, "justified by the vendor: "+reason
		}
	}
}
