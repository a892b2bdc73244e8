package steps

import "github.com/spconform/spconform/conformance/population"

// Apart is apart, for tests.
type Apart struct{ apart }

func (a *Apart) Bring(make func(attempt int) population.Record) population.Record {
	return a.bring(make)
}

func (a *Apart) Subscribe(condition population.Condition, of population.Record) bool {
	return a.subscribe(condition, of)
}
