package population

import (
	"crypto/sha256"
	"encoding/binary"
	"math/rand/v2"
)

// source makes the random streams of a population. Each label has a stream of its own, so that a new
// part of the population leaves the others as they were for the same seed.
type source struct {
	seed   uint64
	prefix string
}

// under is the source of what a label names: its streams are apart from all others.
func (s source) under(label string) source {
	return source{seed: s.seed, prefix: s.prefix + label + "/"}
}

func (s source) digest(label string) [sha256.Size]byte {
	text := binary.BigEndian.AppendUint64(nil, s.seed)
	return sha256.Sum256(append(append(text, s.prefix...), label...))
}

func (s source) stream(label string) *rand.Rand {
	return rand.New(rand.NewChaCha8(s.digest(label)))
}

// number is a number below n that depends on seed and label alone.
func (s source) number(label string, n int) int {
	digest := s.digest(label)
	return int(binary.BigEndian.Uint64(digest[:8]) % uint64(n))
}

func one[T any](r *rand.Rand, of []T) T { return of[r.IntN(len(of))] }

// between is a number from low to high, both included.
func between(r *rand.Rand, low, high int) int {
	if high <= low {
		return low
	}
	return low + r.IntN(high-low+1)
}
