package steps

import (
	"fmt"
	"slices"

	"github.com/spconform/spconform/conformance/exchange"
	"github.com/spconform/spconform/conformance/identity"
	"github.com/spconform/spconform/conformance/population"
)

// silence is that no more than some notifications of a record came to a participant in the quiet time. A
// busy registry may be later than that: it is looked at once more after the run.
type silence struct {
	world  *World
	who    identity.Name
	record population.Record
	most   int
}

func (e *Env) believe(s silence) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.silences = append(e.silences, s)
}

// doubt forgets what was believed of a record: an event of it is to come.
func (e *Env) doubt(record population.Record) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.silences = slices.DeleteFunc(e.silences, func(s silence) bool { return s.record.IDValue == record.IDValue })
}

// broken are the silences that were broken after they had been believed, as departures from what their
// scenarios test.
func (e *Env) broken() []Observation {
	e.mu.Lock()
	believed := slices.Clone(e.silences)
	e.mu.Unlock()
	var all []Observation
	for _, s := range believed {
		came := s.world.notificationsOf(e.shared[s.who].All(), s.record)
		if len(came) <= s.most {
			continue
		}
		last := came[len(came)-1].exchange
		for _, requirement := range s.world.Tags {
			all = append(all, Observation{Requirement: requirement, Scenario: s.world.ID, Exchange: last.ID,
				Fail: failf(fmt.Sprintf("%d notifications of the record, to the end of the run", s.most), []*exchange.Exchange{last}, "%d of them", len(came))})
		}
	}
	return all
}
