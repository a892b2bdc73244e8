package maturity_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"pgregory.net/rapid"

	"github.com/spconform/spconform/conformance/maturity"
	"github.com/spconform/spconform/conformance/result"
	"github.com/spconform/spconform/spec"
)

type scorer func(maturity.Input) maturity.Score

// systems draws a catalogue and a product's verdicts on it. A capability that is absent has not
// applicable throughout and is not claimed.
func systems(t *rapid.T) maturity.Input {
	in := maturity.Input{Title: "toy"}
	there := map[string]bool{"": true}
	for _, capability := range []string{"a", "b"} {
		there[capability] = rapid.Bool().Draw(t, "has "+capability)
		if there[capability] && rapid.Bool().Draw(t, "claims "+capability) {
			in.Claimed = append(in.Claimed, capability)
		}
	}
	// Mostly good verdicts: with many bad ones every level is 0 and nothing is tried.
	verdicts := []result.Verdict{
		result.Met, result.Met, result.Met, result.Met, result.Met, result.Met, result.Justified, result.Dialect,
		result.Untested, result.SpecDefect, result.Unmet, result.Skipped,
	}
	for at := range rapid.IntRange(1, 24).Draw(t, "rows") {
		drawn := maturity.Row{
			ID:           fmt.Sprintf("TOY-%03d", at),
			Keyword:      rapid.SampledFrom([]spec.Keyword{spec.MUST, spec.MUST, spec.SHOULD}).Draw(t, "keyword"),
			Dimension:    rapid.SampledFrom(spec.Dimensions).Draw(t, "dimension"),
			Band:         rapid.IntRange(1, 5).Draw(t, "band"),
			Basis:        rapid.SampledFrom([]spec.Basis{spec.Published, spec.Inferred, spec.House}).Draw(t, "basis"),
			Critical:     rapid.IntRange(0, 9).Draw(t, "critical") == 0,
			Experimental: rapid.IntRange(0, 9).Draw(t, "experimental") == 0,
			Capability:   rapid.SampledFrom([]string{"", "", "", "a", "b"}).Draw(t, "capability"),
			Verdict:      rapid.SampledFrom(verdicts).Draw(t, "verdict"),
		}
		if drawn.Declared = rapid.IntRange(0, 5).Draw(t, "declared") == 0; drawn.Declared {
			drawn.Grade = maturity.Grade(rapid.IntRange(0, 2).Draw(t, "grade"))
			drawn.Expired = rapid.IntRange(0, 4).Draw(t, "expired") == 0
		}
		if !there[drawn.Capability] {
			drawn.Verdict = result.NotApplicable
		}
		in.Rows = append(in.Rows, drawn)
	}
	return in
}

func with(in maturity.Input, change func(*maturity.Input)) maturity.Input {
	in.Rows, in.Claimed = slices.Clone(in.Rows), slices.Clone(in.Claimed)
	change(&in)
	return in
}

// notHigher says whether a score is nowhere above another of the same catalogue.
func notHigher(lower, upper maturity.Score) bool {
	number := func(level *int) int {
		if level == nil {
			return -1
		}
		return *level
	}
	if number(lower.Level) > number(upper.Level) || (*lower.Conformant && !*upper.Conformant) {
		return false
	}
	for at := range lower.Dimensions {
		if number(lower.Dimensions[at].Level) > number(upper.Dimensions[at].Level) {
			return false
		}
	}
	return true
}

// What holds of every system: each property takes a scorer, so that broken ones can be held to it too.
var properties = map[string]func(scorer) func(*rapid.T){
	"improving never lowers": func(score scorer) func(*rapid.T) {
		return func(t *rapid.T) {
			before := systems(t)
			at := rapid.IntRange(0, len(before.Rows)-1).Draw(t, "improved")
			after := with(before, func(in *maturity.Input) {
				improved := &in.Rows[at]
				switch {
				case improved.Verdict == result.NotApplicable:
					// Building a capability, and well: all its requirements are met.
					for other := range in.Rows {
						if in.Rows[other].Capability == improved.Capability {
							in.Rows[other].Verdict, in.Rows[other].Grade, in.Rows[other].Expired = result.Met, maturity.Reviewed, false
						}
					}
				case improved.Declared:
					improved.Grade, improved.Expired = maturity.Reviewed, false
				default:
					improved.Verdict = result.Met
				}
			})
			if !notHigher(score(before), score(after)) {
				t.Fatalf("improving row %d lowered", at)
			}
		}
	},
	"fail to skip never raises": func(score scorer) func(*rapid.T) {
		return func(t *rapid.T) {
			before := systems(t)
			after := with(before, func(in *maturity.Input) {
				for at := range in.Rows {
					if in.Rows[at].Verdict == result.Unmet && rapid.Bool().Draw(t, "skipped") {
						in.Rows[at].Verdict = result.Skipped
					}
				}
			})
			if !notHigher(score(after), score(before)) {
				t.Fatalf("skipping raised")
			}
		}
	},
	"dropping a claim to a feature that is present never raises": func(score scorer) func(*rapid.T) {
		return func(t *rapid.T) {
			before := systems(t)
			if len(before.Claimed) == 0 {
				t.Skip("claims nothing")
			}
			dropped := rapid.IntRange(0, len(before.Claimed)-1).Draw(t, "dropped")
			after := with(before, func(in *maturity.Input) { in.Claimed = slices.Delete(in.Claimed, dropped, dropped+1) })
			if !notHigher(score(after), score(before)) {
				t.Fatalf("dropping a claim raised")
			}
		}
	},
	"a bare claim never counts": func(score scorer) func(*rapid.T) {
		return func(t *rapid.T) {
			before := systems(t)
			after := with(before, func(in *maturity.Input) {
				for at := range in.Rows {
					if in.Rows[at].Declared {
						in.Rows[at].Grade, in.Rows[at].Verdict = maturity.BareClaim, result.Met
					}
				}
				for _, capability := range []string{"a", "b"} {
					if !slices.Contains(in.Claimed, capability) {
						in.Claimed = append(in.Claimed, capability)
					}
				}
			})
			without := with(before, func(in *maturity.Input) {
				for at := range in.Rows {
					if in.Rows[at].Declared {
						in.Rows[at].Grade, in.Rows[at].Verdict = maturity.BareClaim, result.Unmet
					}
				}
			})
			if !notHigher(score(after), score(without)) {
				t.Fatalf("a bare claim counted")
			}
		}
	},
	"expired evidence counts as a bare claim": func(score scorer) func(*rapid.T) {
		return func(t *rapid.T) {
			before := systems(t)
			declared := func(change func(*maturity.Row)) maturity.Score {
				return score(with(before, func(in *maturity.Input) {
					for at := range in.Rows {
						if in.Rows[at].Declared {
							change(&in.Rows[at])
						}
					}
				}))
			}
			over := declared(func(r *maturity.Row) { r.Expired = true })
			bare := declared(func(r *maturity.Row) { r.Grade = maturity.BareClaim })
			if !notHigher(over, bare) || !notHigher(bare, over) {
				t.Fatalf("expired evidence counted")
			}
		}
	},
	"experimental requirements are not scored": func(score scorer) func(*rapid.T) {
		return func(t *rapid.T) {
			before := systems(t)
			trial := func(verdict result.Verdict) maturity.Score {
				return score(with(before, func(in *maturity.Input) {
					for at := range in.Rows {
						if in.Rows[at].Experimental && in.Rows[at].Capability == "" {
							in.Rows[at].Verdict = verdict
						}
					}
				}))
			}
			met, unmet := trial(result.Met), trial(result.Unmet)
			if !notHigher(met, unmet) || !notHigher(unmet, met) {
				t.Fatalf("an experimental requirement was scored")
			}
		}
	},
}

func TestProperties(t *testing.T) {
	for name, property := range properties {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, property(maturity.Assess))
		})
	}
}

// Scorers that are wrong on purpose: each alters what it is given and then scores rightly, or takes a
// level that is no minimum.
var broken = map[string]struct {
	score  scorer
	breaks string
}{
	"a skip is taken for untested": {func(in maturity.Input) maturity.Score {
		return maturity.Assess(with(in, func(in *maturity.Input) {
			for at := range in.Rows {
				if in.Rows[at].Verdict == result.Skipped {
					in.Rows[at].Verdict = result.Untested
				}
			}
		}))
	}, "fail to skip never raises"},
	"only claimed capabilities count": {func(in maturity.Input) maturity.Score {
		return maturity.Assess(with(in, func(in *maturity.Input) {
			for at := range in.Rows {
				if in.Rows[at].Capability != "" && !slices.Contains(in.Claimed, in.Rows[at].Capability) {
					in.Rows[at].Verdict = result.NotApplicable
				}
			}
		}))
	}, "dropping a claim to a feature that is present never raises"},
	"a declared verdict is believed": {func(in maturity.Input) maturity.Score {
		return maturity.Assess(with(in, func(in *maturity.Input) {
			for at := range in.Rows {
				if in.Rows[at].Declared {
					in.Rows[at].Declared = false
				}
			}
		}))
	}, "a bare claim never counts"},
	"evidence lasts for ever": {func(in maturity.Input) maturity.Score {
		return maturity.Assess(with(in, func(in *maturity.Input) {
			for at := range in.Rows {
				in.Rows[at].Expired = false
			}
		}))
	}, "expired evidence counts as a bare claim"},
	"what is experimental is scored": {func(in maturity.Input) maturity.Score {
		return maturity.Assess(with(in, func(in *maturity.Input) {
			for at := range in.Rows {
				in.Rows[at].Experimental = false
			}
		}))
	}, "experimental requirements are not scored"},
	"a dimension with nothing met is left out": {func(in maturity.Input) maturity.Score {
		started := map[spec.Dimension]bool{}
		for _, row := range in.Rows {
			started[row.Dimension] = started[row.Dimension] || row.Verdict == result.Met
		}
		return maturity.Assess(with(in, func(in *maturity.Input) {
			in.Rows = slices.DeleteFunc(in.Rows, func(row maturity.Row) bool { return !started[row.Dimension] })
		}))
	}, "improving never lowers"},
}

func TestBrokenScorersAreCaught(t *testing.T) {
	caught := map[string]bool{}
	for name, c := range broken {
		t.Run(name, func(t *testing.T) {
			assert.True(t, fails(t, properties[c.breaks](c.score)), "%s holds for it", c.breaks)
		})
		caught[c.breaks] = true
	}
	for name := range properties {
		assert.True(t, caught[name], "no scorer is known to break: %s", name)
	}
}

// fails says whether a property fails somewhere.
func fails(t *testing.T, property func(*rapid.T)) bool {
	t.Helper()
	outcome := &silent{name: t.Name()}
	done := make(chan struct{})
	go func() {
		defer close(done)
		rapid.Check(outcome, property)
	}()
	<-done
	return outcome.failed
}
