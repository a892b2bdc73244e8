package store

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"time"

	"github.com/cockroachdb/apd/v3"
)

// Values are stored as bytes whose order is the order of the values, so that both databases compare and
// sort them alike, and decimals exactly.

// maxText bounds a stored text, since neither database indexes a long one.
const maxText = 256

// encode is the stored form of a value as package query reads it.
func encode(value any) []byte {
	switch value := value.(type) {
	case string:
		return encodeText(value)
	case *apd.Decimal:
		return encodeDecimal(value)
	case time.Time:
		return encodeTime(value)
	case bool:
		if value {
			return []byte{1}
		}
		return []byte{0}
	}
	panic(fmt.Sprintf("store: a value of type %T", value))
}

// encodeText is the text itself. One that is too long is its beginning and its SHA-256, which is longer
// than any other: it equals itself alone, and sorts by its beginning.
func encodeText(text string) []byte {
	if len(text) <= maxText {
		return []byte(text)
	}
	digest := sha256.Sum256([]byte(text))
	return append([]byte(text[:maxText+1-len(digest)]), digest[:]...)
}

// maxName bounds the names by which a row is found, for the same reason.
const maxName = 512

func checkNames(names ...string) error {
	for _, name := range names {
		if len(name) > maxName {
			return &Error{"store.name.long", "a key or id is longer than 512 bytes: give a shorter one"}
		}
	}
	return nil
}

// encodeIdentifier keeps type and value apart by the length of the type.
func encodeIdentifier(identifierType, identifierValue string) []byte {
	return encodeText(string(binary.AppendUvarint(nil, uint64(len(identifierType)))) + identifierType + identifierValue)
}

// encodeTime is microseconds since 1970 with the sign turned, so that what is before comes first.
func encodeTime(at time.Time) []byte {
	return binary.BigEndian.AppendUint64(nil, uint64(at.UnixMicro())^(1<<63))
}

// exponentOffset makes every exponent that query.ParseNumber lets through five digits.
const exponentOffset = 50_000

// encodeDecimal is a sign, the exponent of 0.d1d2…, and the digits without trailing zeros. Those of a
// negative number are turned to their nine's complement and ended by a byte above every digit, so that
// more digits come first.
func encodeDecimal(number *apd.Decimal) []byte {
	var reduced apd.Decimal
	reduced.Reduce(number)
	if reduced.IsZero() {
		return []byte("1")
	}
	digits := reduced.Coeff.String()
	encoded := fmt.Appendf(nil, "2%05d%s", exponentOffset+len(digits)+int(reduced.Exponent), digits)
	if !reduced.Negative {
		return encoded
	}
	encoded[0] = '0'
	for i := 1; i < len(encoded); i++ {
		encoded[i] = '9' - (encoded[i] - '0')
	}
	return append(encoded, '~')
}
