package steps_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/spconform/spconform/conformance/population"
	"github.com/spconform/spconform/conformance/steps"
)

func born(id, day string) population.Record {
	return population.Record{IDValue: id, Data: map[string]any{"birth_date": day}}
}

func TestScenariosAreKeptApart(t *testing.T) {
	on := func(day string) population.Condition {
		return population.Condition{Attribute: "birth_date", Operator: "eq", Value: day}
	}
	t.Run("a record does not meet the condition of another scenario", func(t *testing.T) {
		var a steps.Apart
		assert.True(t, a.Subscribe(on("1989-07-02"), born("own", "1989-07-02")))
		days := []string{"1989-07-02", "1989-07-02", "1990-01-01"}
		brought := a.Bring(func(attempt int) population.Record { return born(fmt.Sprint(attempt), days[attempt]) })
		assert.Equal(t, "1990-01-01", brought.Data["birth_date"])
	})
	t.Run("a record is not changed into what another has subscribed to", func(t *testing.T) {
		var a steps.Apart
		assert.True(t, a.Subscribe(on("1989-07-02"), born("own", "1989-07-02")))
		changed := a.Change(born("other", "1991-05-05"), func(attempt int) population.Record {
			return born("other", []string{"1989-07-02", "1990-01-01"}[attempt])
		})
		assert.Equal(t, "1990-01-01", changed.Data["birth_date"])
	})
	t.Run("a scenario's own record goes on meeting its condition", func(t *testing.T) {
		var a steps.Apart
		assert.True(t, a.Subscribe(on("1989-07-02"), born("own", "1989-07-02")))
		changed := a.Change(born("own", "1989-07-02"), func(int) population.Record { return born("own", "1989-07-02") })
		assert.Equal(t, "1989-07-02", changed.Data["birth_date"])
	})
	t.Run("nobody subscribes to what another's record meets", func(t *testing.T) {
		var a steps.Apart
		for _, id := range []string{"own", "another"} {
			a.Bring(func(int) population.Record { return born(id, "1989-07-02") })
		}
		assert.False(t, a.Subscribe(on("1989-07-02"), born("own", "1989-07-02")))
	})
	t.Run("nobody subscribes to what another has subscribed to", func(t *testing.T) {
		var a steps.Apart
		assert.True(t, a.Subscribe(on("1989-07-02"), born("own", "1989-07-02")))
		assert.False(t, a.Subscribe(on("1989-07-02"), born("own", "1989-07-02")))
		assert.True(t, a.Subscribe(on("1989-07-03"), born("own", "1989-07-03")))
	})
}
