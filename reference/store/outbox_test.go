package store_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/spconform/spconform/reference/store"
)

const lease = time.Minute

func delivery(body, key string) store.Delivery {
	return store.Delivery{Destination: "client", URL: "http://client.example/cb", ContentType: "application/json",
		Body: []byte(body), OrderingKey: key, CreatedAt: noon, NextAt: noon}
}

func claim(t testing.TB, s store.Tx, at time.Time, limit int) []store.Delivery {
	t.Helper()
	claimed, err := s.ClaimDeliveries(t.Context(), at, limit, lease)
	require.NoError(t, err)
	return claimed
}

func bodies(deliveries []store.Delivery) []string {
	var all []string
	for _, d := range deliveries {
		all = append(all, string(d.Body))
	}
	return all
}

func TestDeliveryCarriesEverything(t *testing.T) {
	onEach(t, func(t *testing.T, s store.Store) {
		want := delivery("\x00body", "")
		want.NextAt = noon.Add(time.Second)
		require.NoError(t, s.Enqueue(t.Context(), want))
		require.Empty(t, claim(t, s, noon, 1), "claimed before it is due")
		due, ok, err := s.NextDue(t.Context())
		require.NoError(t, err)
		require.True(t, ok)
		require.Equal(t, want.NextAt, due)

		claimed := claim(t, s, want.NextAt, 1)
		require.Len(t, claimed, 1)
		want.ID, want.Attempts, want.State = claimed[0].ID, 1, store.Pending
		require.Equal(t, want, claimed[0])
		due, _, err = s.NextDue(t.Context())
		require.NoError(t, err)
		require.Equal(t, want.NextAt.Add(lease), due)

		require.NoError(t, s.CompleteDelivery(t.Context(), claimed[0]))
		_, ok, err = s.NextDue(t.Context())
		require.NoError(t, err)
		require.False(t, ok)
		require.Empty(t, claim(t, s, noon.Add(time.Hour), 1))
		require.Equal(t, 1, countsOf(t, s).Delivered)
	})
}

func TestDeliveriesGoOutInTheOrderOfTheirKey(t *testing.T) {
	onEach(t, func(t *testing.T, s store.Store) {
		require.NoError(t, s.Enqueue(t.Context(), delivery("a1", "a"), delivery("b1", "b"), delivery("a2", "a"), delivery("1", ""),
			delivery("b2", "b"), delivery("2", ""), delivery("a3", "a")))
		first := claim(t, s, noon, 10)
		require.Equal(t, []string{"a1", "b1", "1", "2"}, bodies(first))
		require.Empty(t, claim(t, s, noon, 10), "claimed twice, or ahead of its turn")

		require.NoError(t, s.CompleteDelivery(t.Context(), first[0]))
		require.NoError(t, s.RetryDelivery(t.Context(), first[1], noon.Add(time.Hour), "no answer"))
		second := claim(t, s, noon, 10)
		require.Equal(t, []string{"a2"}, bodies(second), "b2 waits for b1's next try")

		require.NoError(t, s.BuryDelivery(t.Context(), second[0], "gone"))
		require.Equal(t, []string{"a3"}, bodies(claim(t, s, noon, 10)), "a dead delivery holds nothing back")

		retried := claim(t, s, noon.Add(time.Hour), 1)
		require.NotEmpty(t, retried)
		counts := countsOf(t, s)
		require.Equal(t, []int{5, 1, 1}, []int{counts.Pending, counts.Delivered, counts.Dead})
	})
}

func TestClaimLapses(t *testing.T) {
	onEach(t, func(t *testing.T, s store.Store) {
		require.NoError(t, s.Enqueue(t.Context(), delivery("a1", "a"), delivery("a2", "a")))
		first := claim(t, s, noon, 10)
		require.Empty(t, claim(t, s, noon.Add(lease-time.Second), 10))
		second := claim(t, s, noon.Add(lease), 10)
		require.Equal(t, []string{"a1"}, bodies(second))
		require.Equal(t, 2, second[0].Attempts)

		require.NoError(t, s.RetryDelivery(t.Context(), first[0], noon, "late"))
		require.Empty(t, claim(t, s, noon.Add(lease), 10), "a lapsed claim gave another's back")
		require.NoError(t, s.RetryDelivery(t.Context(), second[0], noon, "no answer"))
		third := claim(t, s, noon.Add(lease), 10)
		require.Equal(t, []string{"a1"}, bodies(third))
		require.Equal(t, "no answer", third[0].LastError)

		require.NoError(t, s.CompleteDelivery(t.Context(), third[0]))
		require.NoError(t, s.RetryDelivery(t.Context(), third[0], noon, "late"))
		require.NoError(t, s.BuryDelivery(t.Context(), third[0], "late"))
		require.Equal(t, []string{"a2"}, bodies(claim(t, s, noon.Add(lease), 10)), "a delivered message went back")
		require.Equal(t, 1, countsOf(t, s).Delivered)
	})
}

func TestClaimTakesTheLongestDue(t *testing.T) {
	onEach(t, func(t *testing.T, s store.Store) {
		late := delivery("late", "")
		late.NextAt = noon.Add(time.Minute)
		require.NoError(t, s.Enqueue(t.Context(), late, delivery("early", "")))
		require.Equal(t, []string{"early"}, bodies(claim(t, s, noon.Add(time.Hour), 1)))
		require.Equal(t, []string{"late"}, bodies(claim(t, s, noon.Add(time.Hour), 1)))
	})
}

// Many workers deliver each message once while all claims hold, and each key's in order.
func TestWorkersShareTheOutbox(t *testing.T) {
	const keys, each = 5, 12
	onEach(t, func(t *testing.T, s store.Store) {
		for i := range each {
			for key := range keys {
				require.NoError(t, s.Enqueue(t.Context(), delivery(fmt.Sprint(i), fmt.Sprint("key", key))))
			}
		}
		var mutex sync.Mutex
		got := map[string][]string{}
		var workers sync.WaitGroup
		failures := make(chan error, 10)
		for range 6 {
			workers.Go(func() {
				for {
					claimed, err := s.ClaimDeliveries(t.Context(), noon, 2, lease)
					if err != nil {
						failures <- err
						return
					}
					for _, d := range claimed {
						mutex.Lock()
						got[d.OrderingKey] = append(got[d.OrderingKey], string(d.Body))
						mutex.Unlock()
						if err := s.CompleteDelivery(t.Context(), d); err != nil {
							failures <- err
							return
						}
					}
					if len(claimed) > 0 {
						continue
					}
					if _, pending, err := s.NextDue(t.Context()); err != nil || !pending {
						if err != nil {
							failures <- err
						}
						return
					}
				}
			})
		}
		workers.Wait()
		close(failures)
		for err := range failures {
			require.NoError(t, err)
		}
		var want []string
		for i := range each {
			want = append(want, fmt.Sprint(i))
		}
		require.Len(t, got, keys)
		for key, order := range got {
			require.Equal(t, want, order, key)
		}
	})
}
