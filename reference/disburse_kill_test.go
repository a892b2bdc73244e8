package reference_test

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	mathrand "math/rand/v2"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cockroachdb/apd/v3"
	"github.com/stretchr/testify/require"

	"github.com/spconform/spconform/reference/store"
	"github.com/spconform/spconform/spec/fixture"
	"github.com/spconform/spconform/spec/message"
)

// till is a programme that pays, over kills of the system that it pays through.
type till struct {
	*bench
	url  atomic.Pointer[string]
	lock sync.Mutex
	// told is how the system ended each reference_id: succ, or as a duplicate of one that it took in.
	told map[string]string
}

// TestKilledWhilePaying: a tenth of the disbursements is ordered twice, the process is killed amid them, and
// whatever was not answered is ordered again. Every one is paid exactly once, to the cent.
func TestKilledWhilePaying(t *testing.T) {
	count, kills := 10_000, 2
	if testing.Short() {
		count, kills = 1_000, 1
	}
	t.Setenv(childInterface, "disburse")
	orders, expected, total := orderedOf(count)
	file := filepath.Join(t.TempDir(), "ledger.db")
	open := func() store.Store {
		kept, err := store.Open(t.Context(), "sqlite:"+file)
		require.NoError(t, err)
		return kept
	}
	alice := newParty(t, "alice.example.org", "client")
	kept := open()
	require.NoError(t, kept.PutAccounts(t.Context(), accountsOf(alice.ID, total, expected)...))
	require.NoError(t, kept.Close())
	parties := fixture.Participants{Participants: []fixture.Participant{alice.Participant}}

	payer := &till{bench: &bench{alice: alice}, told: map[string]string{}}
	url, process := child(t, file, parties)
	payer.url.Store(&url)
	payer.alice.token = payer.tokenFrom(t, url)

	const batch = 100
	batches := make(chan []message.Disbursement, len(orders)/batch+1)
	for part := range slices.Chunk(orders, batch) {
		batches <- part
	}
	close(batches)
	var done atomic.Int64
	var senders sync.WaitGroup
	for range 4 {
		senders.Go(func() {
			for part := range batches {
				payer.order(t, part)
				done.Add(1)
			}
		})
	}
	for kill := range kills {
		after := int64(len(orders) / batch * (kill + 1) / (kills + 1))
		require.Eventually(t, func() bool { return done.Load() >= after }, 2*time.Minute, time.Millisecond)
		require.NoError(t, process.Process.Kill())
		_ = process.Wait()
		var again string
		again, process = child(t, file, parties)
		payer.url.Store(&again)
	}
	senders.Wait()
	require.NoError(t, process.Process.Kill())
	_ = process.Wait()

	require.Len(t, payer.told, count)
	kept = open()
	defer kept.Close()
	requirePaidOnce(t, kept, alice.ID, count, total, expected)
}

// orderedOf makes disbursements of random cents in random order, a tenth of them twice; expected are the
// sums in hundredths by payee, total that of all.
func orderedOf(count int) (orders []message.Disbursement, expected map[string]int64, total int64) {
	random := mathrand.New(mathrand.NewPCG(1, 2))
	expected = map[string]int64{}
	for n := range count {
		payee, cents := fmt.Sprintf("account:%d@bank", n%97), random.Int64N(99_999)+1
		order := message.Disbursement{ReferenceID: fmt.Sprintf("r-%d", n), PayerFA: "account:1@treasury", PayeeFA: payee,
			Amount: fmt.Sprintf("%d.%02d", cents/100, cents%100)}
		expected[payee] += cents
		total += cents
		orders = append(orders, order)
		if n%10 == 0 {
			orders = append(orders, order)
		}
	}
	random.Shuffle(len(orders), func(a, b int) { orders[a], orders[b] = orders[b], orders[a] })
	return orders, expected, total
}

func accountsOf(owner string, total int64, expected map[string]int64) []store.Account {
	accounts := []store.Account{{Address: "account:1@treasury", Owner: owner, Currency: "USD", Balance: apd.New(total, -2), Linked: true}}
	for payee := range expected {
		accounts = append(accounts, store.Account{Address: payee, Currency: "USD", Balance: apd.New(0, -2), Linked: true})
	}
	return accounts
}

// order sends a batch until it is answered, each time as another message, as a programme does that has lost
// the answer.
func (p *till) order(t *testing.T, part []message.Disbursement) {
	for {
		request := p.request(p.alice, "/disburse/sync/disburse", "disburse", len(part),
			message.DisburseRequest{TransactionID: rand.Text(), Items: part})
		request.header["receiver_id"] = "disburse.example.org"
		raw := request.bytes(t)
		answer, err := p.postFor(*p.url.Load()+"/disburse/sync/disburse", raw)
		if err != nil {
			time.Sleep(20 * time.Millisecond) // The process is down: nothing tells when it is back.
			continue
		}
		p.lock.Lock()
		for _, item := range answer {
			code := string(item.StatusReasonCode)
			if item.Status == message.StatusSuccess || item.StatusReasonCode == message.RejectReferenceDuplicate {
				p.told[item.ReferenceID] = item.Status + code
			} else {
				t.Errorf("%s ended as %s %s", item.ReferenceID, item.Status, code)
			}
		}
		p.lock.Unlock()
		return
	}
}

func (p *till) postFor(url string, raw []byte) ([]message.DisbursementStatus, error) {
	request, err := http.NewRequest(http.MethodPost, url, strings.NewReader(string(raw)))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Authorization", "Bearer "+p.alice.token)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	var answer struct {
		Message struct {
			Items []message.DisbursementStatus `json:"disbursements_status"`
		} `json:"message"`
	}
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
		return nil, err
	}
	if len(answer.Message.Items) == 0 {
		return nil, fmt.Errorf("status %d without items", response.StatusCode)
	}
	return answer.Message.Items, nil
}

func requirePaidOnce(t *testing.T, kept store.Store, sender string, count int, total int64, expected map[string]int64) {
	t.Helper()
	totals, err := kept.Totals(t.Context())
	require.NoError(t, err)
	sum := apd.New(total, -2).Text('f')
	require.Equal(t, count, totals.Payments)
	require.Equal(t, sum, totals.PaidOut.Text('f'))
	require.Equal(t, sum, totals.PaidIn.Text('f'))
	require.Equal(t, sum, totals.Balances.Text('f'))
	made, err := kept.FindDisbursements(t.Context(), store.DisbursementQuery{Sender: sender})
	require.NoError(t, err)
	seen := map[string]bool{}
	for _, one := range made {
		require.Equal(t, message.StatusSuccess, one.Status)
		require.False(t, seen[one.ReferenceID], "%s was made twice", one.ReferenceID)
		seen[one.ReferenceID] = true
	}
	require.Len(t, seen, count)
	addresses := []string{"account:1@treasury"}
	for payee := range expected {
		addresses = append(addresses, payee)
	}
	accounts, err := kept.LockAccounts(t.Context(), sender, addresses...)
	require.NoError(t, err)
	require.True(t, accounts["account:1@treasury"].Balance.IsZero())
	for payee, cents := range expected {
		require.Equal(t, apd.New(cents, -2).Text('f'), accounts[payee].Balance.Text('f'), payee)
	}
}
