package manifest

import (
	"time"

	"github.com/samber/lo"
)

// TimeoutRow is one time-out of a run.
type TimeoutRow struct {
	Name    string
	Default time.Duration
	// For says what is waited for, and what its end means.
	For string
	// Most is the longest that a manifest may ask for; 0 where it may ask for any.
	Most time.Duration
}

// Timeouts lists the time-outs of a run. The defaults are generous: a slow product is slow, not wrong.
var Timeouts = []TimeoutRow{
	{Name: "connect", Default: 5 * time.Second, For: "a connection to the product, with its TLS handshake; then it is unreachable"},
	{Name: "response", Default: 30 * time.Second, For: "a whole HTTP answer; then the exchange hangs"},
	{Name: "callback", Default: 15 * time.Second, For: "the callback that answers an asynchronous request; then it did not come"},
	{Name: "notify", Default: 15 * time.Second, For: "the notification of an event; then it did not come"},
	{Name: "quiet", Default: 300 * time.Millisecond, For: "silence, where no callback may come; then there was none"},
	{Name: "keys", Default: 45 * time.Second, For: "a key that a client newly publishes to be taken; then the product does not read it"},
	{Name: "schedule", Default: 3 * time.Second, Most: 5 * time.Minute,
		For: "the time of a payment that is ordered ahead; one that is rejected for its time is ordered too shortly before it"},
	{Name: "hook", Default: time.Minute, For: "one call of a hook that takes participants, records or an event; then the run cannot start"},
	{Name: "start", Default: 2 * time.Minute, For: "a product in containers to be ready, from the pull of its images on; then the run cannot start"},
	{Name: "restart", Default: 2 * time.Minute, For: "a product to answer again after a restart; then it is down"},
	{Name: "run", Default: 10 * time.Minute, For: "the whole run; then what is left is not judged"},
}

// DefaultTimeout is the default of a named time-out, zero for an unknown name.
func DefaultTimeout(name string) time.Duration { return timeoutRow(name).Default }

func timeoutRow(name string) TimeoutRow {
	row, _ := lo.Find(Timeouts, func(one TimeoutRow) bool { return one.Name == name })
	return row
}

func timeoutNames() []string {
	var names []string
	for _, row := range Timeouts {
		names = append(names, row.Name)
	}
	return names
}
