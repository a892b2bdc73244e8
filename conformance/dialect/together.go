package dialect

import "fmt"

// claims are what one product does in one way only: at most one of its dialects speaks of each.
var claims = []struct {
	what string
	of   func(Dialect) bool
}{
	{"where its paths lie", func(d Dialect) bool { return d.Paths != nil }},
	{"the form of the signature", func(d Dialect) bool { return d.Signature != nil && d.Signature.Form != "" }},
	{"the canonical form", func(d Dialect) bool { return d.Signature != nil && d.Signature.Canonical != "" }},
	{"the namespace of the signature", func(d Dialect) bool { return d.Signature != nil && d.Signature.Namespace != "" }},
	{"how the digest is written", func(d Dialect) bool { return d.Signature != nil && d.Signature.Digest != "" }},
	{"how an expression is written", func(d Dialect) bool { return d.Expression != nil }},
	{"what it adds to sender_uri", func(d Dialect) bool { return d.SenderURISuffix != "" }},
}

// Together says whether one product can speak all of these: an *Error where two of them speak of one thing.
func Together(all []Dialect) error {
	for at, one := range all {
		for _, other := range all[:at] {
			if one.ID == other.ID {
				return &Error{one.ID, "is declared twice: name it once"}
			}
			for _, claim := range claims {
				if claim.of(one) && claim.of(other) {
					return &Error{one.ID, fmt.Sprintf("says %s, and so does %s: declare the one that the product speaks", claim.what, other.ID)}
				}
			}
		}
	}
	return nil
}
