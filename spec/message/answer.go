package message

// Ack is the answer to an asynchronous message: {"message": {...}}.
type Ack struct {
	Message AckMessage `json:"message"`
}

// AckMessage says whether a message was taken in. Timestamp is RFC 3339.
type AckMessage struct {
	AckStatus     string `json:"ack_status"`
	Timestamp     string `json:"timestamp"`
	Error         *Error `json:"error,omitempty"`
	CorrelationID string `json:"correlation_id"`
}

// Error is a published error code with a text of at most 999 characters.
type Error struct {
	Code    ErrorCode `json:"code"`
	Message string    `json:"message"`
}

// HTTPError is the body of a 4xx or 5xx answer (HttpErrorResponse).
type HTTPError struct {
	Errors []Error `json:"errors"`
}
