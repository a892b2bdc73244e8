package manifest

import "time"

// TimeoutRow is one time-out of a run.
type TimeoutRow struct {
	Name    string
	Default time.Duration
	// For says what is waited for, and what its end means.
	For string
}

// Timeouts lists the time-outs of a run. The defaults are generous: a slow product is slow, not wrong.
var Timeouts = []TimeoutRow{
	{"connect", 5 * time.Second, "a connection to the product, with its TLS handshake; then it is unreachable"},
	{"response", 30 * time.Second, "a whole HTTP answer; then the exchange hangs"},
	{"callback", 15 * time.Second, "the callback that answers an asynchronous request; then it did not come"},
	{"notify", 15 * time.Second, "the notification of an event; then it did not come"},
	{"quiet", 300 * time.Millisecond, "silence, where no callback may come; then there was none"},
	{"keys", 45 * time.Second, "a key that a client newly publishes to be taken; then the product does not read it"},
	{"hook", time.Minute, "one call of a hook that takes participants, records or an event; then the run cannot start"},
	{"start", 2 * time.Minute, "a product in containers to be ready, from the pull of its images on; then the run cannot start"},
	{"restart", 2 * time.Minute, "a product to answer again after a restart; then it is down"},
	{"run", 10 * time.Minute, "the whole run; then what is left is not judged"},
}

// DefaultTimeout is the default of a named time-out, zero for an unknown name.
func DefaultTimeout(name string) time.Duration {
	for _, row := range Timeouts {
		if row.Name == name {
			return row.Default
		}
	}
	return 0
}

func timeoutNames() []string {
	var names []string
	for _, row := range Timeouts {
		names = append(names, row.Name)
	}
	return names
}
