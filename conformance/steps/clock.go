package steps

import (
	"strings"
	"time"

	"github.com/spconform/spconform/spec/message"
)

// A product's clock may be off by message.ClockSkew. What happens at a time of its choice is judged by that clock, as far
// as its answers show it.

// readClock takes from an answer by how much the product's clock is at least off; the answer was written between the
// beginning and the end of its exchange.
func (e *Env) readClock(reply *Reply) {
	if reply.Answer == nil || reply.Answer.Exchange != reply.Exchange {
		return
	}
	written := text(reply.Answer.Header, "message_ts")
	stamp, err := time.Parse(time.RFC3339, written)
	if err != nil {
		return
	}
	precision := time.Duration(0)
	if !strings.Contains(written, ".") {
		precision = time.Second
	}
	began, ended := reply.Exchange.StartedAt, reply.Exchange.StartedAt.Add(reply.Exchange.Duration)
	off := time.Duration(0)
	switch least, most := stamp.Sub(ended), stamp.Add(precision).Sub(began); {
	case least > 0:
		off = least
	case most < 0:
		off = most
	}
	if off.Abs() > message.ClockSkew {
		// So wrong a stamp says nothing of the clock by which the product acts.
		off = 0
	}
	e.clockOff.Store(int64(off))
}

// ahead is by how much the product's clock is ahead, zero where it is not.
func (e *Env) ahead() time.Duration { return max(0, time.Duration(e.clockOff.Load())) }

// behind is by how much the product's clock is behind, zero where it is not.
func (e *Env) behind() time.Duration { return max(0, -time.Duration(e.clockOff.Load())) }
