package store_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/spconform/spconform/reference/store"
	"github.com/spconform/spconform/spec/message"
)

const benchRecords = 100_000

func benchRecord(i int) store.Record {
	born := time.Date(1930, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, i%30_000).Format(time.DateOnly)
	return record("Person", fmt.Sprint(i), fmt.Sprintf(`{"@type":"SRPerson","identifier":[{"identifier_type":"UIN","identifier_value":"%09d"}],
		"name":{"surname":"Surname%d","given_name":"Given%d"},"sex":"%s","birth_date":%q,"registration_date":"2024-01-01T00:00:00Z"}`,
		i, i%5000, i%300, []string{"male", "female"}[i%2], born))
}

var benchSearches = []struct{ name, criteria string }{
	{"identifier", `{"query_type":"idtype-value","query":{"type":"UIN","value":"000050000"}}`},
	{"surname", `{"query_type":"expression","query":{"value":{"expression":{"query":{"name.surname":"Surname77","sex":"female"}}}}}`},
	{"wide, sorted, paged", `{"query_type":"expression","query":{"value":{"expression":{"query":{"birth_date":{"$ge":"1931-01-01"},"sex":"male"}}}},
		"sort":[{"attribute_name":"birth_date","sort_order":"desc"}],"pagination":{"page_size":10,"page_number":3}}`},
}

func BenchmarkLoad(b *testing.B) {
	for name, at := range benchStores {
		b.Run(name, func(b *testing.B) {
			records := make([]store.Record, benchRecords)
			for i := range records {
				records[i] = benchRecord(i)
			}
			for b.Loop() {
				b.StopTimer()
				s := open(b, at(b))
				b.StartTimer()
				require.NoError(b, s.PutRecords(b.Context(), records))
			}
		})
	}
}

var benchStores = map[string]func(testing.TB) string{
	"memory":   func(testing.TB) string { return "memory" },
	"sqlite":   sqliteURL,
	"postgres": postgresURL,
}

func BenchmarkSearch(b *testing.B) {
	for name, at := range benchStores {
		b.Run(name, func(b *testing.B) {
			s := open(b, at(b))
			records := make([]store.Record, benchRecords)
			for i := range records {
				records[i] = benchRecord(i)
			}
			put(b, s, records...)
			for _, one := range benchSearches {
				var criteria message.SearchCriteria
				require.NoError(b, json.Unmarshal([]byte(one.criteria), &criteria))
				q := parse(b, criteria)
				b.Run(one.name, func(b *testing.B) {
					for b.Loop() {
						require.NotZero(b, search(b, s, q).Total)
					}
				})
			}
		})
	}
}

// BenchmarkAccept is what an asynchronous request costs before its ACK: message, transaction, callback.
func BenchmarkAccept(b *testing.B) {
	for name, at := range benchStores {
		b.Run(name, func(b *testing.B) {
			s := open(b, at(b))
			for i := 0; b.Loop(); i++ {
				require.NoError(b, s.WithTx(b.Context(), func(tx store.Tx) error {
					id := fmt.Sprint(i)
					_, _, err := tx.RememberMessage(b.Context(), store.Message{Sender: "a", ID: id, Digest: []byte("x"), ReceivedAt: noon})
					require.NoError(b, err)
					require.NoError(b, tx.PutTransactionItems(b.Context(), store.TransactionItem{Sender: "a", TransactionID: id, CorrelationID: id, ReceivedAt: noon}))
					return tx.Enqueue(b.Context(), delivery("body", ""))
				}))
			}
		})
	}
}
