package datadictionary

import (
	"strconv"
	"strings"
)

// RuleRequired is the rule of an attribute that is absent and must not be.
const RuleRequired = "cardinality.min"

// Violation is one departure of a record from the dictionary. It names the place, the rule
// and the expectation, and never holds a value of the record.
type Violation struct {
	Path   string // such as member_list[2].demographic_info.birth_date; empty for the record itself
	Rule   string // stable id, such as format.date_time or codelist.CD.COM.03
	Detail string // what the rule expects
	// Advisory is true where published texts differ or only recommend: the record still holds.
	Advisory bool
}

// String returns the violation on one line.
func (v Violation) String() string {
	var b strings.Builder
	if v.Path == "" {
		b.WriteString("record")
	} else {
		b.WriteString(v.Path)
	}
	b.WriteString(": ")
	b.WriteString(v.Detail)
	b.WriteString(" (")
	b.WriteString(v.Rule)
	if v.Advisory {
		b.WriteString(", advisory")
	}
	b.WriteString(")")
	return b.String()
}

// Holds reports whether a record with these violations is still right: all are advisory.
func Holds(violations []Violation) bool {
	for _, v := range violations {
		if !v.Advisory {
			return false
		}
	}
	return true
}

// step is one segment of a path, kept as a chain so that a right record builds no text.
type step struct {
	parent *step
	key    string
	index  int // position in an array when key is empty
}

func (s *step) String() string {
	var chain []*step
	for at := s; at != nil; at = at.parent {
		chain = append(chain, at)
	}
	var b strings.Builder
	for i := len(chain) - 1; i >= 0; i-- {
		if chain[i].key == "" {
			b.WriteString("[" + strconv.Itoa(chain[i].index) + "]")
			continue
		}
		if b.Len() > 0 {
			b.WriteByte('.')
		}
		b.WriteString(chain[i].key)
	}
	return b.String()
}
