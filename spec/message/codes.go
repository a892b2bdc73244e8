package message

// Status of a request or of one of its items (RequestStatus).
const (
	StatusReceived = "rcvd"
	StatusPending  = "pdng"
	StatusSuccess  = "succ"
	StatusRejected = "rjct"
)

// Acknowledgement of an asynchronous message (ack_status).
const (
	ACK  = "ACK"
	NACK = "NACK"
	ERR  = "ERR"
)

// ErrorCode is a published code of an acknowledgement's or an HTTP answer's error.
type ErrorCode string

// The error codes that the common documents publish (Error.code).
const (
	ErrRequestBad          ErrorCode = "err.request.bad"
	ErrRequestUnauthorized ErrorCode = "err.request.unauthorized"
	ErrRequestForbidden    ErrorCode = "err.request.forbidden"
	ErrRequestNotFound     ErrorCode = "err.request.not_found"
	ErrRequestTimeout      ErrorCode = "err.request.timeout"
	ErrVersionNotSupported ErrorCode = "err.version.not_supported"
	ErrTooManyRequests     ErrorCode = "err.request.too_many_requests"
	ErrSenderID            ErrorCode = "err.sender_id.invalid"
	ErrSenderURI           ErrorCode = "err.sender_uri.invalid"
	ErrReceiverID          ErrorCode = "err.receiver_id.invalid"
	ErrSignatureMissing    ErrorCode = "err.signature.missing"
	ErrSignatureInvalid    ErrorCode = "err.signature.invalid"
	ErrEncryptionInvalid   ErrorCode = "err.encryption.invalid"
	ErrServiceUnavailable  ErrorCode = "err.service.unavailable"
)

// ErrorCodes lists every published error code.
var ErrorCodes = []ErrorCode{
	ErrRequestBad, ErrRequestUnauthorized, ErrRequestForbidden, ErrRequestNotFound, ErrRequestTimeout,
	ErrVersionNotSupported, ErrTooManyRequests, ErrSenderID, ErrSenderURI, ErrReceiverID,
	ErrSignatureMissing, ErrSignatureInvalid, ErrEncryptionInvalid, ErrServiceUnavailable,
}

// ReasonCode is a published code that says why a message or an item was rejected (status rjct).
type ReasonCode string

// Reason codes of a header (MsgHeaderStatusReasonCode).
const (
	RejectVersion           ReasonCode = "rjct.version.invalid"
	RejectMessageDuplicate  ReasonCode = "rjct.message_id.duplicate"
	RejectMessageTS         ReasonCode = "rjct.message_ts.invalid"
	RejectAction            ReasonCode = "rjct.action.invalid"
	RejectActionUnsupported ReasonCode = "rjct.action.not_supported"
	RejectTotalCount        ReasonCode = "rjct.total_count.invalid"
	RejectTotalCountLimit   ReasonCode = "rjct.total_count.limit_exceeded"
	RejectTooManyErrors     ReasonCode = "rjct.errors.too_many"
)

// Reason codes of an item, by the operation's published list.
const (
	RejectReferenceID         ReasonCode = "rjct.reference_id.invalid"
	RejectReferenceDuplicate  ReasonCode = "rjct.reference_id.duplicate"
	RejectTimestamp           ReasonCode = "rjct.timestamp.invalid"
	RejectSearchCriteria      ReasonCode = "rjct.search_criteria.invalid"
	RejectFilter              ReasonCode = "rjct.filter.invalid"
	RejectSort                ReasonCode = "rjct.sort.invalid"
	RejectPagination          ReasonCode = "rjct.pagination.invalid"
	RejectTooManyRecords      ReasonCode = "rjct.search.too_many_records_found"
	RejectNotifyTypes         ReasonCode = "rjct.notify_types.invalid"
	RejectNotifyDetails       ReasonCode = "rjct.notify_details.invalid"
	RejectPersonID            ReasonCode = "rjct.person_id.invalid"
	RejectAlreadySubscribed   ReasonCode = "rjct.event.already_subscribed"
	RejectSubscriptionCode    ReasonCode = "rjct.subscription_code.invalid"
	RejectRequester           ReasonCode = "rjct.requester.invalid"
	RejectAlreadyUnsubscribed ReasonCode = "rjct.event.already_unsubscribed"
)

// ReasonCodes lists the published reason codes by the list that publishes them.
var ReasonCodes = map[string][]ReasonCode{
	"header": {RejectVersion, RejectMessageDuplicate, RejectMessageTS, RejectAction, RejectActionUnsupported,
		RejectTotalCount, RejectTotalCountLimit, RejectTooManyErrors},
	"search": {RejectReferenceID, RejectReferenceDuplicate, RejectTimestamp, RejectSearchCriteria,
		RejectFilter, RejectSort, RejectPagination, RejectTooManyRecords},
	"subscribe": {RejectReferenceID, RejectReferenceDuplicate, RejectTimestamp, RejectNotifyTypes,
		RejectNotifyDetails, RejectPersonID, RejectAlreadySubscribed},
	"unsubscribe": {RejectReferenceID, RejectReferenceDuplicate, RejectTimestamp, RejectSubscriptionCode,
		RejectRequester, RejectAlreadyUnsubscribed},
}
