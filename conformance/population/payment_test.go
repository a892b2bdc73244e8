package population_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/spconform/spconform/conformance/population"
	"github.com/spconform/spconform/spec"
)

func paid(t *testing.T, ids ...string) *population.Population {
	t.Helper()
	var described []spec.Interface
	for _, id := range ids {
		one, err := spec.FindInterface(id)
		require.NoError(t, err)
		described = append(described, one)
	}
	made, err := population.Generate(7, described)
	require.NoError(t, err)
	return made
}

func TestPaymentsAreOfTheSamePeople(t *testing.T) {
	made := paid(t, "social", "disburse", "mapper")
	known := map[string]bool{}
	for _, record := range made.All("social", "Person") {
		known[record.IDValue] = record.Data["death_date"] == nil
	}
	accounts := map[string]population.Account{}
	kinds := map[string]int{}
	for _, record := range made.Fixture() {
		kinds[record.Interface+"/"+record.RegRecordType]++
		if record.RegRecordType != "Account" {
			continue
		}
		var account population.Account
		require.NoError(t, json.Unmarshal(record.Data, &account))
		require.NotContains(t, accounts, account.FA, "two accounts of one address")
		accounts[account.FA] = account
	}
	require.Positive(t, kinds["disburse/Account"])
	require.Positive(t, kinds["mapper/Link"])
	all := made.Payments()
	for name, list := range map[string][]population.Link{"linked": all.Linked, "inactive": all.Inactive, "unheld": all.Unheld} {
		require.GreaterOrEqual(t, len(list), 10, name)
		for _, link := range list {
			uin := strings.TrimSuffix(strings.TrimPrefix(link.ID, "uin:"), "@national-id")
			require.True(t, known[uin], "%s is nobody of the social registry who lives", name)
			require.Contains(t, accounts, link.FA)
			require.Equal(t, name != "inactive", accounts[link.FA].Linked, "an address leads to an account unless it was closed")
		}
	}
	for name, list := range map[string][]population.Account{"payers": all.Payers, "rivals": all.Rivals, "empty": all.Empty,
		"payees": all.Payees, "unlinked": all.Unlinked, "foreign": all.Foreign, "savings": all.Savings, "spare": all.Spare} {
		require.GreaterOrEqual(t, len(list), 10, name)
	}
}

func TestPaymentsFollowFromTheSeed(t *testing.T) {
	require.Equal(t, paid(t, "disburse").Payments(), paid(t, "social", "mapper").Payments())
	require.Nil(t, paid(t, "social").Payments())
}
