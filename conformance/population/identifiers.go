package population

import (
	"maps"
	"math/rand/v2"
)

const identifierDigits = 12

// issuer hands out identifier values, each once, in families of four: a value; the same with one digit
// changed; and each of these without its last digit. So a value has a near miss, and a comparison by
// prefix in either direction finds somebody else.
type issuer struct {
	random *rand.Rand
	given  map[string]bool
	family []string
}

func newIssuer(random *rand.Rand, taken map[string]bool) *issuer {
	given := map[string]bool{}
	maps.Copy(given, taken)
	return &issuer{random: random, given: given}
}

func (i *issuer) next() string {
	for len(i.family) == 0 {
		i.family = i.newFamily()
	}
	value := i.family[0]
	i.family = i.family[1:]
	return value
}

// newFamily is nil where a value was given before: the caller draws again.
func (i *issuer) newFamily() []string {
	digits := make([]byte, identifierDigits)
	for at := range digits {
		digits[at] = byte('0' + i.random.IntN(10))
	}
	base := string(digits)
	// The last digit stays, so that the two shortened values differ as well.
	changed := i.random.IntN(identifierDigits - 1)
	digits[changed] = '0' + (digits[changed]-'0'+byte(between(i.random, 1, 9)))%10
	near := string(digits)
	family := []string{base, near, base[:identifierDigits-1], near[:identifierDigits-1]}
	for _, value := range family {
		if i.given[value] {
			return nil
		}
	}
	for _, value := range family {
		i.given[value] = true
	}
	return family
}
