package lint

import "strings"

// plain is a name without case and separators.
func plain(name string) string {
	return strings.Map(func(r rune) rune {
		if r == '_' || r == '-' || r == '.' || r == ' ' {
			return -1
		}
		return r
	}, strings.ToLower(name))
}

// near says whether a may be a misspelling of b: the same but for case and separators, or one edit apart
// in a name of five letters and more, two in one of ten and more. An edit is a letter added, dropped,
// changed or swapped with its neighbour. Names with different digits are numbered, not misspelt, and on-search is
// the answer to search.
func near(a, b string) bool {
	if a == b {
		return false
	}
	if plain(a) == plain(b) {
		return len(plain(a)) > 1
	}
	if digits(a) != digits(b) || plural(a, b) || plural(b, a) || opposite(a, b) || strings.HasPrefix(a, "on-") != strings.HasPrefix(b, "on-") {
		return false
	}
	shorter := min(len(a), len(b))
	allowed := 0
	switch {
	case shorter >= 10:
		allowed = 2
	case shorter >= 5:
		allowed = 1
	}
	return allowed > 0 && distance(a, b, allowed) <= allowed
}

func digits(name string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, name)
}

// plural says whether many is the plural of one: a list of the same, which is another thing.
func plural(one, many string) bool { return many == one+"s" || many == one+"es" }

// opposite says whether one of two names is the other with "un" before a word: subscribe and unsubscribe.
func opposite(a, b string) bool {
	return strings.ReplaceAll(a, "un", "") == strings.ReplaceAll(b, "un", "")
}

// nearest is the name that a given one is most like, "" where it is near to none.
func nearest(name string, names []string) string {
	best, at := "", 1<<30
	for _, candidate := range names {
		if !near(name, candidate) {
			continue
		}
		if d := distance(name, candidate, len(name)); d < at {
			best, at = candidate, d
		}
	}
	return best
}

// distance is the optimal string alignment distance of two names, or more than limit.
func distance(a, b string, limit int) int {
	if len(a)-len(b) > limit || len(b)-len(a) > limit {
		return limit + 1
	}
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
