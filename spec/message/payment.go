package message

// DisburseRequest is the message of disburse and sync/disburse.
type DisburseRequest struct {
	TransactionID string         `json:"transaction_id"`
	Items         []Disbursement `json:"disbursements"`
}

// Disbursement is one payment of a batch. Addresses are financial addresses (id-type:id@provider, in any
// case); Amount is decimal text with one or two decimals; ScheduledTimestamp is RFC 3339 or empty for at once.
type Disbursement struct {
	ReferenceID        string `json:"reference_id"`
	PayerFA            string `json:"payer_fa"`
	PayeeFA            string `json:"payee_fa"`
	Amount             string `json:"amount"`
	ScheduledTimestamp string `json:"scheduled_timestamp,omitempty"`
	PayerName          string `json:"payer_name,omitempty"`
	PayeeName          string `json:"payee_name,omitempty"`
	Note               string `json:"note,omitempty"`
	Purpose            string `json:"purpose,omitempty"`
	Instruction        string `json:"instruction,omitempty"`
	CurrencyCode       string `json:"currency_code,omitempty"`
	Locale             string `json:"locale,omitempty"`
}

// DisbursementStatus says how one disbursement ended, or that it is pending.
type DisbursementStatus struct {
	ReferenceID         string     `json:"reference_id"`
	Timestamp           string     `json:"timestamp"`
	Status              string     `json:"status"`
	StatusReasonCode    ReasonCode `json:"status_reason_code,omitempty"`
	StatusReasonMessage string     `json:"status_reason_message,omitempty"`
	Amount              string     `json:"amount,omitempty"`
	PayerFA             string     `json:"payer_fa,omitempty"`
	PayeeFA             string     `json:"payee_fa,omitempty"`
	CurrencyCode        string     `json:"currency_code,omitempty"`
	Locale              string     `json:"locale,omitempty"`
}

// DisbursementCriteria asks for the disbursements from or to an address: attribute_type is payer_fa or
// payee_fa, request_type is disburse.
type DisbursementCriteria struct {
	ReferenceID    string `json:"reference_id"`
	Timestamp      string `json:"timestamp,omitempty"`
	RequestType    string `json:"request_type"`
	AttributeType  string `json:"attribute_type"`
	AttributeValue string `json:"attribute_value"`
	Locale         string `json:"locale,omitempty"`
}

// The published values of attribute_type of a search for disbursements.
const (
	ByPayer = "payer_fa"
	ByPayee = "payee_fa"
)

// LinkItem is one item of link, update, unlink and resolve: a person's id (id-type:id@provider) and a
// financial address. Scope is of resolve alone.
type LinkItem struct {
	ReferenceID string `json:"reference_id"`
	Timestamp   string `json:"timestamp"`
	ID          string `json:"id,omitempty"`
	FA          string `json:"fa,omitempty"`
	Name        string `json:"name,omitempty"`
	PhoneNumber string `json:"phone_number,omitempty"`
	Scope       string `json:"scope,omitempty"`
	Locale      string `json:"locale,omitempty"`
}

// The published scopes of resolve.
const (
	ScopeYesNo   = "yes_no"
	ScopeDetails = "details"
)

// LinkStatus answers one LinkItem.
type LinkStatus struct {
	ReferenceID         string           `json:"reference_id"`
	Timestamp           string           `json:"timestamp"`
	ID                  string           `json:"id,omitempty"`
	FA                  string           `json:"fa,omitempty"`
	AccountProvider     *AccountProvider `json:"account_provider_info,omitempty"`
	Status              string           `json:"status"`
	StatusReasonCode    ReasonCode       `json:"status_reason_code,omitempty"`
	StatusReasonMessage string           `json:"status_reason_message,omitempty"`
	Locale              string           `json:"locale,omitempty"`
}

// AccountProvider says who keeps the account behind an address.
type AccountProvider struct {
	Name string `json:"name"`
	Code string `json:"code"`
}
