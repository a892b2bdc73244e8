package store_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/spconform/spconform/reference/store"
)

func TestMessagesAreSeenOnce(t *testing.T) {
	onEach(t, func(t *testing.T, s store.Store) {
		for _, test := range []struct {
			name        string
			message     store.Message
			first, same bool
		}{
			{"first", store.Message{Sender: "a", ID: "1", Digest: []byte("x"), ReceivedAt: noon}, true, false},
			{"again", store.Message{Sender: "a", ID: "1", Digest: []byte("x"), ReceivedAt: noon}, false, true},
			{"other body", store.Message{Sender: "a", ID: "1", Digest: []byte("y"), ReceivedAt: noon}, false, false},
			{"the first is still remembered", store.Message{Sender: "a", ID: "1", Digest: []byte("x"), ReceivedAt: noon}, false, true},
			{"other id", store.Message{Sender: "a", ID: "2", Digest: []byte("x"), ReceivedAt: noon}, true, false},
			{"other sender", store.Message{Sender: "b", ID: "1", Digest: []byte("x"), ReceivedAt: noon}, true, false},
			{"odd id", store.Message{Sender: "b", ID: "\x00" + strings.Repeat("i", 10_000), ReceivedAt: noon.Add(time.Hour)}, true, false},
			{"odd id again", store.Message{Sender: "b", ID: "\x00" + strings.Repeat("i", 10_000), ReceivedAt: noon}, false, true},
			{"empty id", store.Message{Sender: "b", ReceivedAt: noon}, true, false},
		} {
			t.Run(test.name, func(t *testing.T) {
				first, same, err := s.RememberMessage(t.Context(), test.message)
				require.NoError(t, err)
				require.Equal(t, test.first, first)
				require.Equal(t, test.same, same)
			})
		}
		require.NoError(t, s.ForgetMessages(t.Context(), noon.Add(time.Minute)))
		first, _, err := s.RememberMessage(t.Context(), store.Message{Sender: "a", ID: "1", ReceivedAt: noon})
		require.NoError(t, err)
		require.True(t, first)
		first, _, err = s.RememberMessage(t.Context(), store.Message{Sender: "b", ID: "\x00" + strings.Repeat("i", 10_000)})
		require.NoError(t, err)
		require.False(t, first, "a message of a later time was forgotten")
	})
}

func TestOneOfManyIsFirst(t *testing.T) {
	onEach(t, func(t *testing.T, s store.Store) {
		var firsts atomic.Int64
		var all sync.WaitGroup
		for range 20 {
			all.Go(func() {
				first, same, err := s.RememberMessage(t.Context(), store.Message{Sender: "a", ID: "1", Digest: []byte("x"), ReceivedAt: noon})
				if err == nil && first {
					firsts.Add(1)
				} else if err != nil || !same {
					firsts.Add(100)
				}
			})
		}
		all.Wait()
		require.EqualValues(t, 1, firsts.Load())
	})
}

func TestTransactions(t *testing.T) {
	item := func(sender, transaction, correlation, reference string, position int) store.TransactionItem {
		return store.TransactionItem{Interface: "social", Sender: sender, TransactionID: transaction, CorrelationID: correlation,
			ReferenceID: reference, Position: position, TxnType: "search", Status: "rcvd", ReceivedAt: noon}
	}
	onEach(t, func(t *testing.T, s store.Store) {
		other := item("a", "t1", "c9", "r1", 0)
		other.TxnType = "subscribe"
		elsewhere := item("a", "t1", "c8", "r1", 0)
		elsewhere.Interface = "crvs"
		require.NoError(t, s.PutTransactionItems(t.Context(), item("a", "t1", "c1", "r1", 0), item("a", "t1", "c1", "r2", 1),
			item("a", "t1", "c1", "r2", 2), item("a", "t2", "c2", "r1", 0), item("b", "t1", "c3", "r1", 0), other, elsewhere))
		answered := item("a", "t1", "c1", "r2", 1)
		answered.Status, answered.Answer = "succ", json.RawMessage(`{"reference_id":"r2"}`)
		require.NoError(t, s.PutTransactionItems(t.Context(), answered))

		for _, test := range []struct {
			name string
			q    store.TransactionQuery
			want []store.TransactionItem
		}{
			{"by transaction", store.TransactionQuery{Interface: "social", Sender: "a", TxnType: "search", TransactionID: "t1"},
				[]store.TransactionItem{item("a", "t1", "c1", "r1", 0), answered, item("a", "t1", "c1", "r2", 2)}},
			{"by correlation", store.TransactionQuery{Interface: "social", Sender: "a", TxnType: "search", CorrelationID: "c2"},
				[]store.TransactionItem{item("a", "t2", "c2", "r1", 0)}},
			{"by references", store.TransactionQuery{Interface: "social", Sender: "a", TxnType: "search", ReferenceIDs: []string{"r1", "r3"}},
				[]store.TransactionItem{item("a", "t1", "c1", "r1", 0), item("a", "t2", "c2", "r1", 0)}},
			{"by transaction and reference", store.TransactionQuery{Interface: "social", Sender: "a", TxnType: "search", TransactionID: "t2", ReferenceIDs: []string{"r1"}},
				[]store.TransactionItem{item("a", "t2", "c2", "r1", 0)}},
			{"of a subscription", store.TransactionQuery{Interface: "social", Sender: "a", TxnType: "subscribe", TransactionID: "t1"}, []store.TransactionItem{other}},
			{"of another sender", store.TransactionQuery{Interface: "social", Sender: "c", TxnType: "search", TransactionID: "t1"}, nil},
			{"of another's correlation", store.TransactionQuery{Interface: "social", Sender: "a", TxnType: "search", CorrelationID: "c3"}, nil},
			{"unknown", store.TransactionQuery{Interface: "social", Sender: "a", TxnType: "search", TransactionID: "\x00' OR 1=1"}, nil},
		} {
			t.Run(test.name, func(t *testing.T) {
				found, err := s.FindTransactionItems(t.Context(), test.q)
				require.NoError(t, err)
				require.Equal(t, test.want, found)
			})
		}
		err := s.PutTransactionItems(t.Context(), item("a", strings.Repeat("t", 1000), "c", "r", 0))
		var refused *store.Error
		require.ErrorAs(t, err, &refused)
	})
}

func TestSubscriptions(t *testing.T) {
	subscription := func(code, subscriber, event, filter string) store.Subscription {
		return store.Subscription{Code: code, Interface: "social", Subscriber: subscriber, EventType: event, RecordType: "Group",
			FilterType: "expression", Filter: json.RawMessage(filter), Frequency: json.RawMessage(`{"frequency":"* * * * *"}`),
			StartsAt: noon, Encrypted: true, Status: store.SubscriptionActive, CreatedAt: noon}
	}
	onEach(t, func(t *testing.T, s store.Store) {
		first := subscription("s1", "a", "REGISTER", `{"a":1,"b":2}`)
		for _, test := range []struct {
			name         string
			subscription store.Subscription
			added        bool
		}{
			{"first", first, true},
			{"the same again", subscription("s2", "a", "REGISTER", `{"b":2, "a":1.0}`), false},
			{"other filter", subscription("s3", "a", "REGISTER", `{"a":1}`), true},
			{"other event", subscription("s4", "a", "UPDATE", `{"a":1,"b":2}`), true},
			{"other subscriber", subscription("s5", "b", "REGISTER", `{"a":1,"b":2}`), true},
			{"no filter", subscription("s6", "b", "REGISTER", ``), true},
			{"taken code", subscription("s1", "c", "REGISTER", `{}`), false},
		} {
			added, err := s.AddSubscription(t.Context(), test.subscription)
			require.NoError(t, err, test.name)
			require.Equal(t, test.added, added, test.name)
		}
		found, ok, err := s.Subscription(t.Context(), "s1")
		require.NoError(t, err)
		require.True(t, ok)
		require.Equal(t, first, found)
		_, ok, err = s.Subscription(t.Context(), "s2")
		require.NoError(t, err)
		require.False(t, ok)

		codes := func(q store.SubscriptionQuery) []string {
			found, err := s.FindSubscriptions(t.Context(), q)
			require.NoError(t, err)
			var codes []string
			for _, one := range found {
				codes = append(codes, one.Code)
			}
			return codes
		}
		require.Equal(t, []string{"s1", "s3", "s5", "s6"}, codes(store.SubscriptionQuery{Interface: "social", EventType: "REGISTER"}))
		require.Equal(t, []string{"s1", "s3", "s4"}, codes(store.SubscriptionQuery{Interface: "social", Subscriber: "a"}))
		require.Empty(t, codes(store.SubscriptionQuery{Interface: "crvs"}))
		require.Empty(t, codes(store.SubscriptionQuery{Interface: "social", RecordType: "Person"}))

		for i := range int64(3) {
			sequence, err := s.NextSequence(t.Context(), "s1")
			require.NoError(t, err)
			require.Equal(t, i+1, sequence)
		}
		_, err = s.NextSequence(t.Context(), "s2")
		require.Error(t, err)

		ended, err := s.EndSubscription(t.Context(), "s1")
		require.NoError(t, err)
		require.True(t, ended)
		ended, err = s.EndSubscription(t.Context(), "s1")
		require.NoError(t, err)
		require.False(t, ended)
		require.Equal(t, []string{"s1"}, codes(store.SubscriptionQuery{Interface: "social", Status: store.SubscriptionEnded}))
		require.Equal(t, []string{"s3", "s4", "s5", "s6"}, codes(store.SubscriptionQuery{Interface: "social", Status: store.SubscriptionActive}))
		added, err := s.AddSubscription(t.Context(), subscription("s7", "a", "REGISTER", `{"a":1,"b":2}`))
		require.NoError(t, err)
		require.True(t, added, "an ended subscription still counts")
		odd := subscription("\x00s8", "\x00", "REGISTER", "\x00")
		odd.FilterType = "\x00"
		_, err = s.AddSubscription(t.Context(), odd)
		require.NoError(t, err)
		found, _, err = s.Subscription(t.Context(), odd.Code)
		require.NoError(t, err)
		require.Equal(t, odd, found)
	})
}

func TestKeysAreKept(t *testing.T) {
	onEach(t, func(t *testing.T, s store.Store) {
		_, ok, err := s.Key(t.Context(), "signing")
		require.NoError(t, err)
		require.False(t, ok)
		for _, made := range []string{"one", "two"} {
			kept, err := s.KeepKey(t.Context(), "signing", []byte(made))
			require.NoError(t, err)
			require.Equal(t, "one", string(kept))
		}
		kept, ok, err := s.Key(t.Context(), "signing")
		require.NoError(t, err)
		require.True(t, ok)
		require.Equal(t, "one", string(kept))
	})
}

// What a transaction does holds as a whole or not at all, the names of attributes included.
func TestTransactionHoldsAsAWhole(t *testing.T) {
	failure := errors.New("the work failed")
	onEach(t, func(t *testing.T, s store.Store) {
		work := func(result error) func(store.Tx) error {
			return func(tx store.Tx) error {
				require.NoError(t, tx.PutRecords(t.Context(), []store.Record{group("1", "1")}))
				require.Equal(t, 1, search(t, tx, parse(t, groups(t, `{"poverty_score":1}`))).Total, "a transaction does not see its own work")
				require.NoError(t, tx.PutTransactionItems(t.Context(), store.TransactionItem{Sender: "a", TransactionID: "t", CorrelationID: "c"}))
				require.NoError(t, tx.Enqueue(t.Context(), store.Delivery{URL: "http://a.example/", NextAt: noon}))
				_, err := tx.KeepKey(t.Context(), "k", []byte("v"))
				require.NoError(t, err)
				_, _, err = tx.RememberMessage(t.Context(), store.Message{Sender: "a", ID: "1"})
				require.NoError(t, err)
				counts, err := tx.Counts(t.Context())
				require.NoError(t, err)
				require.Equal(t, 1, counts.Pending)
				return result
			}
		}
		require.ErrorIs(t, s.WithTx(t.Context(), work(failure)), failure)
		require.Equal(t, store.Counts{Records: map[string]int{}}, countsOf(t, s))
		require.Panics(t, func() {
			_ = s.WithTx(t.Context(), func(tx store.Tx) error {
				require.NoError(t, work(nil)(tx))
				panic("a fault of the caller")
			})
		})
		require.Equal(t, store.Counts{Records: map[string]int{}}, countsOf(t, s))
		require.Zero(t, search(t, s, parse(t, groups(t, `{"poverty_score":1}`))).Total)

		put(t, s, record("Group", "9", `{"group_size":1}`))
		require.Zero(t, search(t, s, parse(t, groups(t, `{"poverty_score":1}`))).Total)

		require.NoError(t, s.WithTx(t.Context(), work(nil)))
		require.Equal(t, store.Counts{Records: map[string]int{"social/Group": 2}, Transactions: 1, Pending: 1}, countsOf(t, s))
		require.Equal(t, 1, search(t, s, parse(t, groups(t, `{"poverty_score":1}`))).Total)
	})
}

func countsOf(t testing.TB, s store.Store) store.Counts {
	t.Helper()
	counts, err := s.Counts(t.Context())
	require.NoError(t, err)
	return counts
}

// Readers and writers at once neither fail nor see half of a load.
func TestConcurrentUse(t *testing.T) {
	onEach(t, func(t *testing.T, s store.Store) {
		all := parse(t, groups(t, `{"poverty_score":{"$ge":0}}`))
		var work sync.WaitGroup
		failures := make(chan error, 100)
		for w := range 4 {
			work.Go(func() {
				for i := range 10 {
					batch := []store.Record{group(fmt.Sprint(w, "a", i), "1"), group(fmt.Sprint(w, "b", i), "2")}
					if err := s.PutRecords(t.Context(), batch); err != nil {
						failures <- err
					}
				}
			})
			work.Go(func() {
				for range 20 {
					found, err := s.Search(t.Context(), all)
					if err != nil || found.Total%2 != 0 || found.Total != len(found.Records) {
						failures <- fmt.Errorf("found %d of %d: %w", len(found.Records), found.Total, err)
					}
				}
			})
		}
		work.Wait()
		close(failures)
		for err := range failures {
			require.NoError(t, err)
		}
		require.Equal(t, 80, search(t, s, all).Total)
	})
}

func TestStateOutlivesARestart(t *testing.T) {
	for name, at := range map[string]func(testing.TB) string{"sqlite": sqliteURL, "postgres": postgresURL} {
		t.Run(name, func(t *testing.T) {
			address := at(t)
			s, err := store.Open(t.Context(), address)
			require.NoError(t, err)
			put(t, s, group("1", "1"))
			_, err = s.KeepKey(t.Context(), "signing", []byte("secret"))
			require.NoError(t, err)
			require.NoError(t, s.Enqueue(t.Context(), store.Delivery{URL: "http://a.example/", Body: []byte("body"), NextAt: noon}))
			claimed, err := s.ClaimDeliveries(t.Context(), noon, 10, time.Minute)
			require.NoError(t, err)
			require.Len(t, claimed, 1)
			require.NoError(t, s.Close())

			s = open(t, address)
			require.Equal(t, 1, search(t, s, parse(t, groups(t, `{"poverty_score":1}`))).Total)
			kept, _, err := s.Key(t.Context(), "signing")
			require.NoError(t, err)
			require.Equal(t, "secret", string(kept))
			again, err := s.ClaimDeliveries(t.Context(), noon.Add(time.Minute), 10, time.Minute)
			require.NoError(t, err)
			require.Len(t, again, 1)
			require.Equal(t, "body", string(again[0].Body))
			put(t, s, group("1", "2"))
			require.Equal(t, 1, search(t, s, parse(t, groups(t, `{"poverty_score":2}`))).Total)
		})
	}
}

func TestMemoryIsNotShared(t *testing.T) {
	one, two := open(t, "memory"), open(t, "memory")
	put(t, one, group("1", "1"))
	require.Empty(t, countsOf(t, two).Records)
}

func TestOpenRefuses(t *testing.T) {
	for _, test := range []struct{ name, at, code string }{
		{"nothing", "", "store.url.invalid"},
		{"unknown kind", "mysql://x", "store.url.invalid"},
		{"no file", "sqlite:", "store.url.invalid"},
		{"broken address", "postgres://%zz", ""},
		{"folder that is absent", "sqlite:" + filepath.Join(t.TempDir(), "absent", "file.db"), ""},
		{"file of another kind", "sqlite:" + textFile(t), ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			s, err := store.Open(t.Context(), test.at)
			require.Error(t, err)
			require.Nil(t, s)
			require.NotContains(t, err.Error(), "\n")
			if test.code != "" {
				var refused *store.Error
				require.ErrorAs(t, err, &refused)
				require.Equal(t, test.code, refused.Code)
			}
		})
	}
}

func textFile(t *testing.T) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "notes.txt")
	require.NoError(t, os.WriteFile(name, []byte(strings.Repeat("not a database\n", 100)), 0o600))
	return name
}

func TestFileIsPrivate(t *testing.T) {
	file := filepath.Join(t.TempDir(), "private.db")
	open(t, "sqlite:"+file)
	held, err := os.Stat(file)
	require.NoError(t, err)
	require.Zero(t, held.Mode().Perm()&0o077)
}

func TestCancelledWork(t *testing.T) {
	onEach(t, func(t *testing.T, s store.Store) {
		ended, cancel := context.WithCancel(t.Context())
		cancel()
		require.Error(t, s.PutRecords(ended, []store.Record{group("1", "1")}))
		put(t, s, group("1", "1"))
	})
}
