package steps

import (
	"encoding/json"
	"time"

	"github.com/spconform/spconform/conformance/exchange"
	"github.com/spconform/spconform/conformance/population"
)

// Apart is apart, for tests.
type Apart struct{ apart }

func (a *Apart) Bring(make func(attempt int) population.Record) population.Record {
	return a.bring(make)
}

func (a *Apart) Subscribe(condition population.Condition, of population.Record) bool {
	return a.subscribe(condition, of)
}

// Tries is tries, for tests.
type Tries tries

func (t Tries) Again(came *exchange.Exchange, content map[string]any) bool {
	return tries(t).again(came, content)
}

func (a *Apart) Change(of population.Record, make func(attempt int) population.Record) population.Record {
	return a.change(of, make)
}

// Renewal is when a token with that expires_in is to be replaced.
func Renewal(issued time.Time, expiresIn string) time.Time {
	return tokenAnswer{ExpiresIn: json.RawMessage(expiresIn)}.renewal(issued)
}
