package identity

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/binary"
	"math/big"
	"slices"
	"sync"

	"github.com/go-jose/go-jose/v4"
	"github.com/samber/lo/parallel"

	"github.com/spconform/spconform/spec/message"
)

// opening makes a participant's keys for encryption, one of each algorithm, so that the target may take the
// one that it knows. The two clients name them in another order.
func opening(name Name, keyID string, secret func(use string) []byte) []jose.JSONWebKey {
	made := []jose.JSONWebKey{
		{Key: curveKey(secret("encryption")), KeyID: keyID + "-ec", Use: message.UseEncryption, Algorithm: message.KeyECDH},
		{Key: seededRSA(secret("encryption rsa")), KeyID: keyID + "-rsa", Use: message.UseEncryption, Algorithm: message.KeyRSA},
	}
	if name == Other {
		slices.Reverse(made)
	}
	return made
}

// curveKey is the P-256 key of a secret of 32 bytes.
func curveKey(secret []byte) *ecdsa.PrivateKey {
	for {
		// One in four thousand million secrets is no key of the curve; its hash is then taken.
		if key, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), secret); err == nil {
			return key
		}
		next := sha256.Sum256(secret)
		secret = next[:]
	}
}

// rsaKeys keeps what was made, since it takes a while and a process runs the same seed many times.
var rsaKeys sync.Map

const rsaBits, rsaExponent = 2048, 65537

// seededRSA is the RSA key of a secret. The library draws keys at random only; these must be the same in
// each run of a seed, and hide nothing but the seed's own records.
func seededRSA(secret []byte) *rsa.PrivateKey {
	if known, ok := rsaKeys.Load(string(secret)); ok {
		return known.(*rsa.PrivateKey)
	}
	primes := parallel.Map([]byte("pq"), func(of byte, _ int) *big.Int { return seededPrime(append(slices.Clone(secret), of)) })
	first, second := primes[0], primes[1]
	one := big.NewInt(1)
	phi := new(big.Int).Mul(new(big.Int).Sub(first, one), new(big.Int).Sub(second, one))
	key := &rsa.PrivateKey{Primes: []*big.Int{first, second}, D: new(big.Int).ModInverse(big.NewInt(rsaExponent), phi),
		PublicKey: rsa.PublicKey{N: new(big.Int).Mul(first, second), E: rsaExponent}}
	key.Precompute()
	rsaKeys.Store(string(secret), key)
	return key
}

// seededPrime is the first prime after a number made of the secret, whose two highest bits are set, so that
// a product of two has its full length.
func seededPrime(secret []byte) *big.Int {
	const size = rsaBits / 2
	var digits []byte
	for block := uint32(0); len(digits) < size/8; block++ {
		sum := sha256.Sum256(binary.BigEndian.AppendUint32(slices.Clone(secret), block))
		digits = append(digits, sum[:]...)
	}
	candidate := new(big.Int).SetBytes(digits[:size/8])
	candidate.SetBit(candidate, size-1, 1).SetBit(candidate, size-2, 1).SetBit(candidate, 0, 1)
	exponent, two, rest := big.NewInt(rsaExponent), big.NewInt(2), new(big.Int)
	for !candidate.ProbablyPrime(0) || rest.Mod(candidate, exponent).Cmp(big.NewInt(1)) == 0 {
		candidate.Add(candidate, two)
	}
	return candidate
}

// Decrypt reads a message that was encrypted to a participant of the run, and says to whom.
func (i Identities) Decrypt(sent []byte) (message.Decrypted, Name, error) {
	var to Name
	read, err := message.Decrypt(sent, func(keyID string) (jose.JSONWebKey, bool) {
		for _, who := range i {
			for _, key := range who.Opening {
				if key.KeyID == keyID {
					to = who.Name
					return key, true
				}
			}
		}
		return jose.JSONWebKey{}, false
	})
	return read, to, err
}
