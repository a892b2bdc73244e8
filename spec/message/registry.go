package message

import "encoding/json"

// SearchRequest is the message of search and sync/search. At most 99 characters of transaction_id.
type SearchRequest struct {
	TransactionID string       `json:"transaction_id"`
	Items         []SearchItem `json:"search_request"`
}

// SearchItem is one search of a batch. Timestamp is RFC 3339.
type SearchItem struct {
	ReferenceID string         `json:"reference_id"`
	Timestamp   string         `json:"timestamp"`
	Criteria    SearchCriteria `json:"search_criteria"`
	Locale      string         `json:"locale,omitempty"`
}

// SearchCriteria says what is searched. Query keeps its wire form, since its shape depends on
// query_type: idtype-value, expression or predicate.
type SearchCriteria struct {
	Version        string          `json:"version,omitempty"`
	RegType        string          `json:"reg_type,omitempty"`
	RegRecordType  string          `json:"reg_record_type,omitempty"`
	QueryType      string          `json:"query_type"`
	ResponseEntity string          `json:"response_entity,omitempty"`
	Query          json.RawMessage `json:"query"`
	Sort           []SortItem      `json:"sort,omitempty"`
	Pagination     *Pagination     `json:"pagination,omitempty"`
	Consent        json.RawMessage `json:"consent,omitempty"`
	Authorize      json.RawMessage `json:"authorize,omitempty"`
}

// The published query types.
const (
	QueryIDTypeValue = "idtype-value"
	QueryExpression  = "expression"
	QueryPredicate   = "predicate"
)

// IDTypeValue is the query of query_type idtype-value: an identifier type and its value.
type IDTypeValue struct {
	Type  string `json:"type"`
	Value any    `json:"value"`
}

// PredicateItem is one element of a predicate query.
type PredicateItem struct {
	SeqNum      *int       `json:"seq_num,omitempty"`
	Expression1 *Predicate `json:"expression1"`
	Condition   string     `json:"condition,omitempty"`
	Expression2 *Predicate `json:"expression2,omitempty"`
}

// Predicate compares one attribute. Operator is gt, lt, eq, ge, le or in.
type Predicate struct {
	AttributeName  string `json:"attribute_name"`
	Operator       string `json:"operator"`
	AttributeValue any    `json:"attribute_value"`
}

// SortItem orders an answer by one attribute, asc or desc.
type SortItem struct {
	AttributeName string `json:"attribute_name"`
	SortOrder     string `json:"sort_order,omitempty"`
}

// Pagination of a request has page_size and page_number (from 1); of an answer also total_count.
type Pagination struct {
	PageSize   int  `json:"page_size"`
	PageNumber int  `json:"page_number,omitempty"`
	TotalCount *int `json:"total_count,omitempty"`
}

// UnmarshalJSON reads a pagination; an absent page_number is the published default, the first page, so
// that a page_number of 0 is seen as one.
func (p *Pagination) UnmarshalJSON(raw []byte) error {
	type wire Pagination
	read := wire{PageNumber: 1}
	if err := json.Unmarshal(raw, &read); err != nil {
		return err
	}
	*p = Pagination(read)
	return nil
}

// SearchResponse is the message of on-search and of the answer to sync/search.
type SearchResponse struct {
	TransactionID string               `json:"transaction_id"`
	CorrelationID string               `json:"correlation_id"`
	Items         []SearchResponseItem `json:"search_response"`
}

// SearchResponseItem answers the search item with the same reference_id.
type SearchResponseItem struct {
	ReferenceID         string      `json:"reference_id"`
	Timestamp           string      `json:"timestamp"`
	Status              string      `json:"status"`
	StatusReasonCode    ReasonCode  `json:"status_reason_code,omitempty"`
	StatusReasonMessage string      `json:"status_reason_message,omitempty"`
	Data                *SearchData `json:"data,omitempty"`
	Pagination          *Pagination `json:"pagination,omitempty"`
	Locale              string      `json:"locale,omitempty"`
}

// SearchData carries the records of an answer; their meaning is the data dictionary's.
type SearchData struct {
	Version       string            `json:"version,omitempty"`
	RegType       string            `json:"reg_type,omitempty"`
	RegRecordType string            `json:"reg_record_type,omitempty"`
	RegRecords    []json.RawMessage `json:"reg_records"`
}

// SubscribeRequest is the message of subscribe.
type SubscribeRequest struct {
	TransactionID string          `json:"transaction_id"`
	Items         []SubscribeItem `json:"subscribe_request"`
}

// SubscribeItem asks for the notification of one kind of event.
type SubscribeItem struct {
	ReferenceID string            `json:"reference_id"`
	Timestamp   string            `json:"timestamp"`
	Criteria    SubscribeCriteria `json:"subscribe_criteria"`
	Locale      string            `json:"locale,omitempty"`
}

// SubscribeCriteria says which events are told, by which filter, as which record type.
type SubscribeCriteria struct {
	Version          string          `json:"version,omitempty"`
	RegType          string          `json:"reg_type,omitempty"`
	RegEventType     string          `json:"reg_event_type"`
	Frequency        *Frequency      `json:"frequency,omitempty"`
	FilterType       string          `json:"filter_type,omitempty"`
	Filter           json.RawMessage `json:"filter"`
	NotifyRecordType string          `json:"notify_record_type"`
	Authorize        json.RawMessage `json:"authorize,omitempty"`
}

// Frequency bounds a subscription in time (RFC 3339) and gives a cron expression.
type Frequency struct {
	StartTime string `json:"start_time"`
	EndTime   string `json:"end_time"`
	Frequency string `json:"frequency"`
}

// SubscribeResponse is the message of on-subscribe.
type SubscribeResponse struct {
	TransactionID string                  `json:"transaction_id"`
	CorrelationID string                  `json:"correlation_id"`
	Items         []SubscribeResponseItem `json:"subscribe_response"`
}

// SubscribeResponseItem answers one SubscribeItem.
type SubscribeResponseItem struct {
	ReferenceID         string         `json:"reference_id"`
	Timestamp           string         `json:"timestamp"`
	Status              string         `json:"status"`
	StatusReasonCode    ReasonCode     `json:"status_reason_code,omitempty"`
	StatusReasonMessage string         `json:"status_reason_message,omitempty"`
	Subscriptions       []Subscription `json:"subscriptions,omitempty"`
	Pagination          *Pagination    `json:"pagination,omitempty"`
	Locale              string         `json:"locale,omitempty"`
}

// Subscription is SubscriptionInfo: code (at most 99 characters), status subscribe or unsubscribe.
type Subscription struct {
	Version          string          `json:"version,omitempty"`
	Code             string          `json:"code"`
	Status           string          `json:"status"`
	Timestamp        string          `json:"timestamp"`
	RegType          string          `json:"reg_type,omitempty"`
	RegEventType     string          `json:"reg_event_type,omitempty"`
	Frequency        *Frequency      `json:"frequency,omitempty"`
	FilterType       string          `json:"filter_type,omitempty"`
	Filter           json.RawMessage `json:"filter,omitempty"`
	NotifyRecordType string          `json:"notify_record_type,omitempty"`
}

// The published states of a subscription.
const (
	SubscriptionActive = "subscribe"
	SubscriptionEnded  = "unsubscribe"
)

// UnsubscribeRequest is the message of unsubscribe.
type UnsubscribeRequest struct {
	TransactionID     string   `json:"transaction_id"`
	Timestamp         string   `json:"timestamp"`
	SubscriptionCodes []string `json:"subscription_codes"`
}

// UnsubscribeResponse is the message of on-unsubscribe.
type UnsubscribeResponse struct {
	TransactionID       string               `json:"transaction_id"`
	CorrelationID       string               `json:"correlation_id"`
	Timestamp           string               `json:"timestamp"`
	Status              string               `json:"status"`
	StatusReasonCode    ReasonCode           `json:"status_reason_code,omitempty"`
	StatusReasonMessage string               `json:"status_reason_message,omitempty"`
	SubscriptionStatus  []SubscriptionStatus `json:"subscription_status,omitempty"`
}

// SubscriptionStatus is a subscription's code and state.
type SubscriptionStatus struct {
	Code   string `json:"code"`
	Status string `json:"status"`
}

// NotifyRequest is the message of notify, from a registry to a subscriber or from an SP-MIS to a
// registry (PRS.SR.02).
type NotifyRequest struct {
	TransactionID string        `json:"transaction_id"`
	Items         []NotifyEvent `json:"notify_event"`
}

// NotifyEvent is one event with the records that it concerns.
type NotifyEvent struct {
	ReferenceID string     `json:"reference_id"`
	Timestamp   string     `json:"timestamp"`
	Data        NotifyData `json:"data"`
	Locale      string     `json:"locale,omitempty"`
}

// NotifyData carries the event's record. The later edition publishes reg_records as one object.
type NotifyData struct {
	Version       string          `json:"version,omitempty"`
	RegType       string          `json:"reg_type,omitempty"`
	RegEventType  string          `json:"reg_event_type,omitempty"`
	RegRecordType string          `json:"reg_record_type"`
	RegRecords    json.RawMessage `json:"reg_records"`
}

// TxnStatusRequest is the message of txn/status and sync/txn/status.
type TxnStatusRequest struct {
	TransactionID string       `json:"transaction_id"`
	Request       TxnStatusAsk `json:"txnstatus_request"`
}

// TxnStatusAsk names the transaction: attribute_type is transaction_id, correlation_id (a string
// value) or reference_id_list (a list of strings); txn_type is search, subscribe or receipt.
type TxnStatusAsk struct {
	ReferenceID    string          `json:"reference_id"`
	TxnType        string          `json:"txn_type"`
	AttributeType  string          `json:"attribute_type"`
	AttributeValue json.RawMessage `json:"attribute_value"`
	Locale         string          `json:"locale,omitempty"`
}

// TxnStatusResponse is the message of txn/on-status and of the answer to sync/txn/status.
type TxnStatusResponse struct {
	TransactionID string       `json:"transaction_id"`
	CorrelationID string       `json:"correlation_id"`
	Response      TxnStatusSay `json:"txnstatus_response"`
}

// TxnStatusSay carries the answer of the transaction asked about, by its txn_type.
type TxnStatusSay struct {
	TxnType   string          `json:"txn_type"`
	TxnStatus json.RawMessage `json:"txn_status"`
}
