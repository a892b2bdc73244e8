package mocks

// Strength is when a defect shows.
type Strength string

// The strengths. A defect that always shows is the easiest to catch.
const (
	Always       Strength = ""
	EveryThird   Strength = "every third time"
	SecondPage   Strength = "on the second page"
	ThirdItem    Strength = "for the third item of a batch"
	BeyondASCII  Strength = "where letters are not ASCII"
	AsyncOnly    Strength = "asynchronously"
	AfterRestart Strength = "after a restart"
	Concurrent   Strength = "under concurrency"
)

// Strengths are all strengths, from the easiest to catch.
var Strengths = []Strength{Always, AsyncOnly, EveryThird, SecondPage, ThirdItem, BeyondASCII, AfterRestart, Concurrent}

// String is the strength in words.
func (s Strength) String() string {
	if s == Always {
		return "always"
	}
	return string(s)
}
