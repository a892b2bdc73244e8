// Package store keeps a registry's state behind one interface: records, messages seen, transactions,
// subscriptions, the outbox of callbacks and the registry's keys. SQLite and PostgreSQL hold it in one
// schema; every query reaches them with bound parameters only.
package store

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/spconform/spconform/reference/query"
)

// Store is the durable state of one or several registries. It is safe for concurrent use.
type Store interface {
	Tx
	// WithTx runs work in one transaction, which holds if work returns nil. Within work only its Tx may
	// be used: the Store waits for the transaction to end.
	WithTx(ctx context.Context, work func(Tx) error) error
	Close() error
}

// Tx is what can be done with the state, within a transaction or, on a Store, each on its own.
type Tx interface {
	Records
	Messages
	Transactions
	Subscriptions
	Ledger
	Links
	Sharing
	Outbox
	Keys
	// Counts says how much is held.
	Counts(ctx context.Context) (Counts, error)
}

// Counts says how much a store holds. Outbox counts by state.
type Counts struct {
	Records       map[string]int `json:"records"` // by interface/reg_record_type
	Transactions  int            `json:"transactions"`
	Subscriptions int            `json:"subscriptions"` // those that live
	Pending       int            `json:"outbox_pending"`
	Delivered     int            `json:"outbox_delivered"`
	Dead          int            `json:"outbox_dead"`
}

// Record is one record of a registry. RecordType is the spec.RecordType's Name. Key tells records of one
// interface and type apart; it is at most 512 bytes, as are the ids of transactions and subscriptions and an
// ordering key: a longer one is refused with the code store.name.long.
type Record struct {
	Interface  string
	RecordType string
	Key        string
	Data       json.RawMessage
}

// Found is one page of an answer and the number of records over all pages.
type Found struct {
	Records []json.RawMessage
	Total   int
}

// Records are what the registries hold.
type Records interface {
	// PutRecords adds records, and replaces those whose key is known, which keep their place in the order
	// of insertion.
	PutRecords(ctx context.Context, records []Record) error
	// Record finds a record by its key.
	Record(ctx context.Context, iface, recordType, key string) (Record, bool, error)
	// FindByIdentifier finds the first record whose attribute holds that Identifier.
	FindByIdentifier(ctx context.Context, iface, recordType, attribute, identifierType, identifierValue string) (Record, bool, error)
	// Search answers a query in its order, then in that of insertion. Without a page it returns the first
	// query.MaxPageSize records; Total counts all.
	Search(ctx context.Context, q query.Query) (Found, error)
	// Renew makes an interface as new: nothing of its records, transactions, subscriptions, payments, decisions and
	// log is left, nor are the ids of messages and what was to be sent.
	Renew(ctx context.Context, iface string) error
}

// Message is a message seen. Digest is of its body.
type Message struct {
	Sender     string
	ID         string
	Digest     []byte
	ReceivedAt time.Time
}

// Messages remembers messages by sender and message_id, so that none has its effect twice.
type Messages interface {
	// RememberMessage says whether the message is the first of its id, and if not, whether the one
	// remembered has the same digest.
	RememberMessage(ctx context.Context, m Message) (first, same bool, err error)
	// ForgetMessages drops those received before a time.
	ForgetMessages(ctx context.Context, before time.Time) error
}

// TransactionItem is one item of a batch as txn/status answers for it. A sender's correlation_id and
// position name it. TxnType is search or subscribe; Status rcvd, pdng, succ or rjct; Answer the item's
// answer, or nil before there is one.
type TransactionItem struct {
	Interface     string
	Sender        string
	TransactionID string
	CorrelationID string
	ReferenceID   string
	Position      int
	TxnType       string
	Status        string
	Answer        json.RawMessage
	ReceivedAt    time.Time
}

// TransactionQuery names items: those of Interface, Sender and TxnType that meet each further field
// that is not empty.
type TransactionQuery struct {
	Interface     string
	Sender        string
	TxnType       string
	TransactionID string
	CorrelationID string
	ReferenceIDs  []string
}

// Transactions are what txn/status answers from.
type Transactions interface {
	// PutTransactionItems adds items, or replaces them.
	PutTransactionItems(ctx context.Context, items ...TransactionItem) error
	// FindTransactionItems lists items in the order of receipt, then of position.
	FindTransactionItems(ctx context.Context, q TransactionQuery) ([]TransactionItem, error)
}

// The states of a subscription, as published.
const (
	SubscriptionActive = "subscribe"
	SubscriptionEnded  = "unsubscribe"
)

// Subscription asks for the notification of an event. FilterType and Filter are as received; StartsAt
// and EndsAt bound it where they are not zero; Encrypted says that it was made by an encrypted message; Sequence counts the
// notifications made.
type Subscription struct {
	Code       string
	Interface  string
	Subscriber string
	EventType  string
	RecordType string
	FilterType string
	Filter     json.RawMessage
	Frequency  json.RawMessage
	StartsAt   time.Time
	EndsAt     time.Time
	Encrypted  bool
	Status     string
	CreatedAt  time.Time
	Sequence   int64
}

// SubscriptionQuery names subscriptions: those of Interface that meet each further field that is not
// empty.
type SubscriptionQuery struct {
	Interface  string
	Subscriber string
	EventType  string
	RecordType string
	Status     string
}

// Subscriptions are who wants to be told what.
type Subscriptions interface {
	// AddSubscription adds a live subscription; added is false, and nothing changes, where the subscriber
	// has a live one of the same event, record type and filter.
	AddSubscription(ctx context.Context, s Subscription) (added bool, err error)
	Subscription(ctx context.Context, code string) (Subscription, bool, error)
	// FindSubscriptions lists subscriptions in the order in which they were made.
	FindSubscriptions(ctx context.Context, q SubscriptionQuery) ([]Subscription, error)
	// EndSubscription ends a live subscription; ended is false where there is none of that code.
	EndSubscription(ctx context.Context, code string) (ended bool, err error)
	// NextSequence is the number of a subscription's next notification, from 1.
	NextSequence(ctx context.Context, code string) (int64, error)
}

// DeliveryState is how far a delivery has come.
type DeliveryState string

// The states of a delivery.
const (
	Pending   DeliveryState = "pending"
	Delivered DeliveryState = "delivered"
	Dead      DeliveryState = "dead"
)

// Delivery is one message on its way out. Those of one OrderingKey go out one after another, in the
// order in which they were added; the empty key is in no order. Attempts counts claims, and Body is
// dropped once delivered.
type Delivery struct {
	ID          int64
	Destination string
	URL         string
	ContentType string
	Body        []byte
	OrderingKey string
	CreatedAt   time.Time
	NextAt      time.Time
	Attempts    int
	State       DeliveryState
	LastError   string
}

// Outbox holds messages until they are delivered: each at least once.
type Outbox interface {
	// Enqueue adds pending deliveries, to be tried from NextAt.
	Enqueue(ctx context.Context, deliveries ...Delivery) error
	// ClaimDeliveries takes up to limit deliveries that are due, no two of one ordering key and none
	// before an earlier one of its key. A claim lapses after lease; on SQLite, which one process uses,
	// also when the store is opened.
	ClaimDeliveries(ctx context.Context, now time.Time, limit int, lease time.Duration) ([]Delivery, error)
	// CompleteDelivery says that a claimed delivery arrived.
	CompleteDelivery(ctx context.Context, d Delivery) error
	// RetryDelivery gives a claim back, to be tried again at next. It does nothing once another claim
	// was made.
	RetryDelivery(ctx context.Context, d Delivery, next time.Time, lastError string) error
	// BuryDelivery gives a delivery up; the next one of its key goes on.
	BuryDelivery(ctx context.Context, d Delivery, lastError string) error
	// NextDue is when the next delivery can be claimed; false where none is pending.
	NextDue(ctx context.Context) (time.Time, bool, error)
}

// Keys holds named secrets, such as the signing key, so that they outlive a restart.
type Keys interface {
	Key(ctx context.Context, name string) ([]byte, bool, error)
	// KeepKey stores a key under a name that has none, and returns the one that is then stored.
	KeepKey(ctx context.Context, name string, value []byte) ([]byte, error)
}

// Error is a failure to use the store that its user can mend. Code is stable.
type Error struct {
	Code    string
	Message string
}

func (e *Error) Error() string { return e.Message }

// Open opens a store: "memory", "sqlite:FILE" or "postgres://…". The schema is made where it is absent.
func Open(ctx context.Context, url string) (Store, error) {
	file, isFile := strings.CutPrefix(url, "sqlite:")
	switch {
	case url == "memory":
		return openSQLite(ctx, "")
	case isFile && file != "":
		return openSQLite(ctx, file)
	case strings.HasPrefix(url, "postgres://"), strings.HasPrefix(url, "postgresql://"):
		return openPostgres(ctx, url)
	}
	return nil, &Error{"store.url.invalid", "the store is memory, sqlite:FILE or postgres://USER@HOST/DATABASE"}
}
