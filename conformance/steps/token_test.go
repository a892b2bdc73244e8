package steps_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/spconform/spconform/conformance/steps"
)

// TestTokensAreReplacedBeforeTheyEnd: a product sets how long its tokens live, and a run may take longer.
func TestTokensAreReplacedBeforeTheyEnd(t *testing.T) {
	asked := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for name, test := range map[string]struct {
		expiresIn string
		after     time.Duration // 0: never
	}{
		"a number":             {`3600`, 2400 * time.Second},
		"digits in quotes":     {`"3600"`, 2400 * time.Second},
		"with a fraction":      {`120.0`, 80 * time.Second},
		"a short life":         {`6`, 4 * time.Second},
		"absent":               {`null`, 0},
		"nothing":              {`0`, 0},
		"no number":            {`"an hour"`, 0},
		"an object":            {`{}`, 0},
		"beyond any life":      {`1e30`, 0},
		"in the past":          {`-5`, 0},
		"a number in its text": {`"60 seconds"`, 0},
	} {
		t.Run(name, func(t *testing.T) {
			until := steps.Renewal(asked, test.expiresIn)
			if test.after == 0 {
				assert.Zero(t, until)
				return
			}
			assert.Equal(t, test.after, until.Sub(asked))
		})
	}
}
