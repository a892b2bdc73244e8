package store_test

import (
	"sync"
	"testing"
	"time"

	"github.com/cockroachdb/apd/v3"
	"github.com/stretchr/testify/require"

	"github.com/spconform/spconform/reference/store"
)

func amount(t testing.TB, text string) *apd.Decimal {
	t.Helper()
	d, _, err := apd.NewFromString(text)
	require.NoError(t, err)
	return d
}

func withAccounts(t *testing.T, s store.Store, balance string) {
	t.Helper()
	require.NoError(t, s.PutAccounts(t.Context(),
		store.Account{Address: "account:1@Treasury", Owner: "a", Currency: "XTS", Balance: amount(t, balance), Linked: true},
		store.Account{Address: "account:2@bank", Currency: "XTS", Balance: amount(t, "0"), Linked: true}))
}

func payment(t *testing.T, reference, of string) store.Disbursement {
	t.Helper()
	return store.Disbursement{Interface: "disburse", Sender: "a", ReferenceID: reference, TransactionID: "t", CorrelationID: "c",
		Payer: "ACCOUNT:1@treasury", Payee: "account:2@BANK", Amount: amount(t, of), Currency: "XTS", Status: "succ", ReceivedAt: noon}
}

// order adds a disbursement and pays it, as one transaction.
func order(t *testing.T, s store.Store, d store.Disbursement) (added, paid bool) {
	t.Helper()
	require.NoError(t, s.WithTx(t.Context(), func(tx store.Tx) error {
		if _, err := tx.LockAccounts(t.Context(), d.Sender, d.Payer, d.Payee); err != nil {
			return err
		}
		id, isNew, err := tx.AddDisbursement(t.Context(), d)
		if added = isNew; err != nil || !added {
			return err
		}
		d.ID = id
		paid, err = tx.Pay(t.Context(), d)
		return err
	}))
	return added, paid
}

func TestPaymentsConserveTheSum(t *testing.T) {
	onEach(t, func(t *testing.T, s store.Store) {
		withAccounts(t, s, "1.00")
		for _, reference := range []string{"r1", "r2", "r3"} {
			added, paid := order(t, s, payment(t, reference, "0.33"))
			require.True(t, added)
			require.True(t, paid)
		}
		_, paid := order(t, s, payment(t, "r4", "0.02"))
		require.False(t, paid, "one hundredth is left")
		added, paid := order(t, s, payment(t, "r5", "0.01"))
		require.True(t, added)
		require.True(t, paid)
		totals, err := s.Totals(t.Context())
		require.NoError(t, err)
		require.Equal(t, "1.00", totals.Balances.String())
		require.Equal(t, "1.00", totals.PaidIn.String())
		require.Equal(t, "1.00", totals.PaidOut.String())
		require.Equal(t, 4, totals.Payments)
		accounts, err := s.LockAccounts(t.Context(), "a", "account:1@treasury", "account:2@bank", "account:3@nowhere")
		require.NoError(t, err)
		require.Len(t, accounts, 2)
		require.Equal(t, "0.00", accounts["account:1@treasury"].Balance.String())
		require.Equal(t, "1.00", accounts["account:2@bank"].Balance.String())
	})
}

func TestReferencesAreTakenOnce(t *testing.T) {
	onEach(t, func(t *testing.T, s store.Store) {
		withAccounts(t, s, "100.00")
		other := payment(t, "r1", "1.00")
		other.Sender = "b"
		rejected := payment(t, "r2", "1.00")
		rejected.Status = "rjct"
		for _, test := range []struct {
			name  string
			given store.Disbursement
			added bool
		}{
			{"first", payment(t, "r1", "1.00"), true},
			{"again", payment(t, "r1", "1.00"), false},
			{"again with another amount", payment(t, "r1", "2.00"), false},
			{"another sender's", other, true},
			{"a rejected one", rejected, true},
			{"a rejected one again", rejected, true},
			{"and then rightly", payment(t, "r2", "1.00"), true},
			{"and once more", payment(t, "r2", "1.00"), false},
		} {
			t.Run(test.name, func(t *testing.T) {
				_, added, err := s.AddDisbursement(t.Context(), test.given)
				require.NoError(t, err)
				require.Equal(t, test.added, added)
			})
		}
		for _, test := range []struct {
			name  string
			query store.DisbursementQuery
			found int
		}{
			{"of a sender", store.DisbursementQuery{Sender: "a"}, 4},
			{"of another", store.DisbursementQuery{Sender: "b"}, 1},
			{"of nobody", store.DisbursementQuery{Sender: "c"}, 0},
			{"by payee in other letters", store.DisbursementQuery{Sender: "a", Payee: "Account:2@Bank"}, 4},
			{"by payer that has none", store.DisbursementQuery{Sender: "a", Payer: "account:2@bank"}, 0},
			{"by references", store.DisbursementQuery{Sender: "a", ReferenceIDs: []string{"r1", "r9"}}, 1},
			{"by transaction and correlation", store.DisbursementQuery{Sender: "b", TransactionID: "t", CorrelationID: "c"}, 1},
		} {
			t.Run(test.name, func(t *testing.T) {
				found, err := s.FindDisbursements(t.Context(), test.query)
				require.NoError(t, err)
				require.Len(t, found, test.found)
			})
		}
	})
}

func TestManyAtATimeSpendNoMoreThanThereIs(t *testing.T) {
	onEach(t, func(t *testing.T, s store.Store) {
		withAccounts(t, s, "10.00")
		var senders sync.WaitGroup
		for n := range 30 {
			senders.Go(func() { order(t, s, payment(t, string(rune('A'+n%15)), "1.00")) })
		}
		senders.Wait()
		totals, err := s.Totals(t.Context())
		require.NoError(t, err)
		require.Equal(t, 10, totals.Payments)
		require.Equal(t, "10.00", totals.PaidOut.String())
	})
}

func TestScheduledDisbursementsComeDue(t *testing.T) {
	onEach(t, func(t *testing.T, s store.Store) {
		withAccounts(t, s, "10.00")
		later := payment(t, "r1", "1.00")
		later.Status, later.DueAt, later.ReplyURL = "pdng", noon.Add(time.Hour), "http://there"
		id, added, err := s.AddDisbursement(t.Context(), later)
		require.NoError(t, err)
		require.True(t, added)
		due, err := s.DueDisbursements(t.Context(), noon, 10)
		require.NoError(t, err)
		require.Empty(t, due)
		next, any, err := s.NextScheduled(t.Context())
		require.NoError(t, err)
		require.True(t, any)
		require.Equal(t, later.DueAt, next)
		due, err = s.DueDisbursements(t.Context(), noon.Add(2*time.Hour), 10)
		require.NoError(t, err)
		require.Len(t, due, 1)
		later.ID, later.Currency = id, "XTS"
		require.Equal(t, "1.00", due[0].Amount.String())
		later.Status, later.EndedAt = "succ", noon.Add(2*time.Hour)
		require.NoError(t, s.EndDisbursement(t.Context(), later))
		_, any, err = s.NextScheduled(t.Context())
		require.NoError(t, err)
		require.False(t, any)
	})
}

func TestADisbursementIsPaidOnce(t *testing.T) {
	onEach(t, func(t *testing.T, s store.Store) {
		withAccounts(t, s, "10.00")
		d := payment(t, "r1", "1.00")
		var err error
		d.ID, _, err = s.AddDisbursement(t.Context(), d)
		require.NoError(t, err)
		paid, err := s.Pay(t.Context(), d)
		require.NoError(t, err)
		require.True(t, paid)
		paid, err = s.Pay(t.Context(), d)
		require.Error(t, err)
		require.False(t, paid)
		totals, err := s.Totals(t.Context())
		require.NoError(t, err)
		require.Equal(t, "1.00", totals.PaidOut.String())
		require.Equal(t, "10.00", totals.Balances.String())
	})
}

func TestAmountsAreNotRounded(t *testing.T) {
	onEach(t, func(t *testing.T, s store.Store) {
		withAccounts(t, s, "9999999999999.99")
		for _, of := range []string{"0.001", "1e30"} {
			_, _, err := s.AddDisbursement(t.Context(), payment(t, "r1", of))
			var refused *store.Error
			require.ErrorAs(t, err, &refused)
			require.Equal(t, "store.amount.invalid", refused.Code)
		}
		_, paid := order(t, s, payment(t, "r2", "9999999999999.99"))
		require.True(t, paid)
	})
}

func TestLinks(t *testing.T) {
	onEach(t, func(t *testing.T, s store.Store) {
		link := store.Link{PersonID: "uin:1@ID", Address: "account:2@Bank", Name: "N", PhoneNumber: "+9991", ProviderName: "Bank",
			ProviderCode: "B", Active: true}
		require.NoError(t, s.PutLinks(t.Context(), link))
		found, there, err := s.LinkOf(t.Context(), "UIN:1@id")
		require.NoError(t, err)
		require.True(t, there)
		require.Equal(t, link, found)
		to, err := s.LinksTo(t.Context(), "ACCOUNT:2@bank")
		require.NoError(t, err)
		require.Equal(t, []store.Link{link}, to)
		link.Address = "account:3@bank"
		require.NoError(t, s.PutLinks(t.Context(), link))
		to, err = s.LinksTo(t.Context(), "ACCOUNT:2@bank")
		require.NoError(t, err)
		require.Empty(t, to)
		for _, removed := range []bool{true, false} {
			gone, err := s.Unlink(t.Context(), "Uin:1@Id")
			require.NoError(t, err)
			require.Equal(t, removed, gone)
		}
		_, there, err = s.LinkOf(t.Context(), "uin:1@ID")
		require.NoError(t, err)
		require.False(t, there)
	})
}
