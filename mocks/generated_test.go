package mocks_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/spconform/spconform/mocks"
	"github.com/spconform/spconform/spec"
)

// TestGeneratedDefectsFollowTheDocument: each is named once, breaks a requirement of the catalogue, and
// every sort of message that a registry sends has some.
func TestGeneratedDefectsFollowTheDocument(t *testing.T) {
	interfaces, err := spec.LoadInterfaces()
	require.NoError(t, err)
	catalogue, err := spec.LoadCatalogue()
	require.NoError(t, err)
	generated, err := mocks.Generated(interfaces...)
	require.NoError(t, err)
	seen := map[string]bool{}
	breaks := map[string]bool{}
	for _, defect := range generated {
		assert.False(t, seen[defect.ID], defect.ID)
		seen[defect.ID] = true
		assert.True(t, defect.Generated, defect.ID)
		for _, id := range defect.Exercise {
			_, known := catalogue.Find(id)
			assert.True(t, known, "%s exercises %s", defect.ID, id)
		}
		require.Len(t, defect.Breaks, 1)
		_, known := catalogue.Find(defect.Breaks[0])
		assert.True(t, known, defect.Breaks[0])
		breaks[defect.Breaks[0]] = true
	}
	assert.Len(t, breaks, 15)
	for _, id := range []string{"generated-on-search-header.status-dropped", "generated-on-search-header.status-unlisted",
		"generated-notify-message.notify_event.data.reg_records-retyped", "generated-ack-message.correlation_id-nulled",
		"generated-sync-search-message.search_response.pagination.page_size-retyped", "generated-error-errors.code-dropped", "generated-jwks-keys.kty-dropped", "generated-token-access_token-retyped",
		"generated-locations-locations.name-dropped", "generated-sync-enrolled-message.enrolled_response.reference_id-dropped",
		"generated-disburse-on-disburse-message.disbursements_status.amount-retyped", "generated-mapper-sync-resolve-message.resolve_response.status-unlisted"} {
		assert.True(t, seen[id], "%s is not among %s", id, strings.Join(keysWith(seen, id), " "))
	}
	for _, id := range []string{"generated-on-search-header.meta-dropped", "generated-on-search-message.search_response.locale-dropped",
		"generated-sync-enrolled-header.status-dropped", "generated-mapper-sync-link-header.status-dropped"} {
		assert.False(t, seen[id], "%s is allowed by the schema, or was had on another interface", id)
	}
}

func keysWith(all map[string]bool, id string) []string {
	var found []string
	for key := range all {
		if strings.HasPrefix(key, strings.Join(strings.SplitN(id, "-", 3)[:2], "-")) {
			found = append(found, key)
		}
	}
	return found
}
