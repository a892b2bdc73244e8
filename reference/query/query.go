// Package query is what a registry is asked, once a request's search_criteria are parsed: a record
// type, a condition over its data dictionary attributes, an order and a page. It knows no storage.
package query

import (
	"time"

	"github.com/spconform/spconform/spec"
	"github.com/spconform/spconform/spec/message"
)

// Bounds of a query. A query beyond them is refused, so that none can exhaust a registry.
const (
	MaxPageSize = 1000
	MaxDepth    = 16
	MaxNodes    = 200
	MaxValues   = 1000
	MaxSort     = 8
)

// Kind is how the values of an attribute compare.
type Kind string

// The kinds: text byte by byte, numbers exactly, times as instants.
const (
	Text    Kind = "text"
	Number  Kind = "number"
	Time    Kind = "time"
	Boolean Kind = "boolean"
)

// Op compares an attribute with a value.
type Op string

// The published operators (ExpOperator).
const (
	Eq Op = "eq"
	Lt Op = "lt"
	Le Op = "le"
	Gt Op = "gt"
	Ge Op = "ge"
	In Op = "in"
)

// Node is a condition on a record: And, Or, Not, Compare, HasIdentifier or Consented.
type Node interface{ node() }

// And holds where every condition holds; it has at least one.
type And []Node

// Or holds where one condition holds; it has at least one.
type Or []Node

// Not holds where its condition does not, so also where the attribute is absent.
type Not struct{ Of Node }

// Compare holds where one of the record's values at Path compares with Values. Spellings are the
// paths under which a record may write the attribute, Path first. Values are string, *apd.Decimal,
// time.Time or bool by Kind; only In has several.
type Compare struct {
	Path      string
	Spellings []string
	Kind      Kind
	Op        Op
	Values    []any
}

// HasIdentifier holds where Attribute holds an Identifier of that identifier_type and identifier_value.
type HasIdentifier struct{ Attribute, Type, Value string }

// Consented holds where the person whom the record is of, known by an Identifier at Attribute, has
// consented to the party and purpose at that time. Only a store knows: no record meets it by itself.
type Consented struct {
	Attribute, Party, Purpose string
	At                        time.Time
}

func (And) node()           {}
func (Or) node()            {}
func (Not) node()           {}
func (Compare) node()       {}
func (HasIdentifier) node() {}
func (Consented) node()     {}

// Sort orders an answer by one attribute; records without it come last.
type Sort struct {
	Path       string
	Spellings  []string
	Kind       Kind
	Descending bool
}

// Page is a part of the answer: Size records, Number from 1.
type Page struct{ Size, Number int }

// Query is one parsed search.
type Query struct {
	Interface string
	Record    spec.RecordType
	Where     Node
	Sort      []Sort
	Page      *Page
}

// Error says why criteria are refused: the published reason code, the criterion's field, and what is
// expected there. It never holds a value.
type Error struct {
	Code   message.ReasonCode
	Field  string
	Detail string
}

func (e *Error) Error() string { return e.Field + ": " + e.Detail }

func refuse(code message.ReasonCode, field, detail string) error {
	return &Error{Code: code, Field: field, Detail: detail}
}

func refuseFilter(field, detail string) error {
	return refuse(message.RejectFilter, field, detail)
}
