package compare

import (
	"math"
	"math/rand/v2"
	"slices"

	"github.com/spconform/spconform/conformance/maturity"
	"github.com/spconform/spconform/conformance/result"
	"github.com/spconform/spconform/spec"
)

// Draws is the number of random weightings; robust is the share of them in which a winner that is
// called robust comes first.
const (
	Draws  = 10_000
	robust = 0.95
)

// Ranking is what can be said of the eligible candidates among themselves without knowing what the
// programme cares most about.
type Ranking struct {
	// Dominates lists who is at least as good in everything and better in something.
	Dominates []Dominance `json:"dominates"`
	// Shares is how often each eligible candidate comes first over random weights, of Draws; a tie is shared.
	Shares []Share `json:"shares"`
	Draws  int     `json:"draws"`
	// Winner is who comes first in at least 95 of 100 weightings, or "" for no robust winner.
	Winner   string   `json:"winner"`
	Criteria []string `json:"criteria"`
}

// Dominance is one candidate over another.
type Dominance struct {
	Better string `json:"better"`
	Worse  string `json:"worse"`
}

// Share is the part of the weightings in which a candidate comes first, from 0 to 1.
type Share struct {
	Name  string  `json:"name"`
	First float64 `json:"first"`
}

// rank compares the eligible candidates.
func rank(candidates []Candidate, standings []Standing, seed uint64) Ranking {
	made := Ranking{Dominates: []Dominance{}, Shares: []Share{}, Criteria: []string{}}
	var names []string
	var eligible []Candidate
	for i, one := range candidates {
		if standings[i].Eligible {
			names, eligible = append(names, one.Name), append(eligible, one)
		}
	}
	if len(eligible) == 0 {
		return made
	}
	criteria, scores := scoresOf(eligible)
	made.Criteria = criteria
	for a := range scores {
		for b := range scores {
			if dominates(scores[a], scores[b]) {
				made.Dominates = append(made.Dominates, Dominance{names[a], names[b]})
			}
		}
	}
	made.Draws = Draws
	for i, first := range firsts(scores, seed) {
		made.Shares = append(made.Shares, Share{names[i], first})
		if first >= robust {
			made.Winner = names[i]
		}
	}
	return made
}

// scoresOf measures the candidates by level in each dimension of each interface, by the capabilities
// that were shown and by the SHOULDs that are met: each between 0 and 1. What nobody has is no criterion.
func scoresOf(candidates []Candidate) (criteria []string, scores [][]float64) {
	scores = make([][]float64, len(candidates))
	add := func(name string, measure func(result.Interface) float64, id string) {
		values := make([]float64, len(candidates))
		for i, one := range candidates {
			if tested, served := one.tested(id); served {
				values[i] = measure(tested)
			}
		}
		if slices.Max(values) == 0 {
			return
		}
		criteria = append(criteria, id+" "+name)
		for i, value := range values {
			scores[i] = append(scores[i], value)
		}
	}
	for _, id := range interfacesOf(candidates) {
		for _, dimension := range spec.Dimensions {
			add(string(dimension), func(tested result.Interface) float64 {
				if level := levelOf(tested, dimension); level != nil {
					return float64(*level) / maturity.Highest
				}
				return 0
			}, id)
		}
		add("capabilities", func(tested result.Interface) float64 { return shareMet(tested, hasCapability) }, id)
		add("SHOULDs", func(tested result.Interface) float64 { return shareMet(tested, isSHOULD) }, id)
	}
	return criteria, scores
}

func hasCapability(row result.Requirement) bool { return row.Capability != "" && !row.Experimental }

func isSHOULD(row result.Requirement) bool {
	return row.Keyword == string(spec.SHOULD) && !row.Experimental
}

func shareMet(tested result.Interface, counts func(result.Requirement) bool) float64 {
	all, met := 0, 0
	for _, row := range tested.Requirements {
		if !counts(row) {
			continue
		}
		all++
		if row.Verdict == result.Met {
			met++
		}
	}
	if all == 0 {
		return 0
	}
	return float64(met) / float64(all)
}

func dominates(a, b []float64) bool {
	better := false
	for i := range a {
		if a[i] < b[i] {
			return false
		}
		better = better || a[i] > b[i]
	}
	return better
}

// firsts draws weights evenly over all weightings (exponential, so uniform on the simplex) and counts
// who comes first.
func firsts(scores [][]float64, seed uint64) []float64 {
	source := rand.New(rand.NewPCG(seed, 0))
	counts := make([]float64, len(scores))
	weights := make([]float64, len(scores[0]))
	totals := make([]float64, len(scores))
	for range Draws {
		for i := range weights {
			weights[i] = source.ExpFloat64()
		}
		for i, score := range scores {
			totals[i] = 0
			for j, weight := range weights {
				totals[i] += weight * score[j]
			}
		}
		best := slices.Max(totals)
		var leaders []int
		for i, total := range totals {
			if math.Abs(total-best) < 1e-12 {
				leaders = append(leaders, i)
			}
		}
		for _, leader := range leaders {
			counts[leader] += 1 / float64(len(leaders))
		}
	}
	for i := range counts {
		counts[i] = math.Round(counts[i]/Draws*10000) / 10000
	}
	return counts
}
