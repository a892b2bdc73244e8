package message

// AssessRequest is the message of assess and sync/assess.
type AssessRequest struct {
	TransactionID string       `json:"transaction_id"`
	Items         []AssessItem `json:"assess_request"`
}

// AssessItem asks whether one person is eligible for one version of a scheme. Timestamp is RFC 3339.
type AssessItem struct {
	ReferenceID string         `json:"reference_id"`
	Timestamp   string         `json:"timestamp"`
	Criteria    AssessCriteria `json:"assess_criteria"`
	Locale      string         `json:"locale,omitempty"`
}

// AssessCriteria says what is asked. AsOf is YYYY-MM-DD; Minimised asks for the decision alone.
type AssessCriteria struct {
	Scheme    SchemeRef      `json:"scheme"`
	Person    AssessedPerson `json:"person"`
	AsOf      string         `json:"as_of"`
	Minimised bool           `json:"minimised,omitempty"`
}

// SchemeRef names a version of a scheme.
type SchemeRef struct {
	ID      string `json:"id"`
	Version string `json:"version"`
}

// AssessedPerson is who is asked about: one Identifier of the data dictionary.
type AssessedPerson struct {
	IdentifierType  string `json:"identifier_type"`
	IdentifierValue string `json:"identifier_value"`
}

// AssessResponse is the message of on-assess and of the answer to sync/assess.
type AssessResponse struct {
	TransactionID string       `json:"transaction_id"`
	CorrelationID string       `json:"correlation_id"`
	Items         []Assessment `json:"assess_response"`
}

// Assessment answers the item with the same reference_id. Decision is eligible, not_eligible or
// undetermined where status is succ. Criteria is absent from the minimised form.
type Assessment struct {
	ReferenceID         string            `json:"reference_id"`
	Timestamp           string            `json:"timestamp"`
	Status              string            `json:"status"`
	StatusReasonCode    ReasonCode        `json:"status_reason_code,omitempty"`
	StatusReasonMessage string            `json:"status_reason_message,omitempty"`
	Decision            string            `json:"decision,omitempty"`
	Reason              string            `json:"reason,omitempty"`
	Criteria            []CriterionResult `json:"criteria,omitempty"`
	Locale              string            `json:"locale,omitempty"`
}

// CriterionResult is what came of one criterion and whose record it rests on.
type CriterionResult struct {
	Criterion string       `json:"criterion"`
	Finding   string       `json:"finding"`
	Reason    string       `json:"reason"`
	Source    AnswerSource `json:"source"`
}

// AnswerSource is an interface and the reg_record_type of its records.
type AnswerSource struct {
	Interface     string `json:"interface"`
	RegRecordType string `json:"reg_record_type,omitempty"`
}

// Reason codes of an item of assess; they are this project's own.
const (
	RejectAssessCriteria ReasonCode = "rjct.assess_criteria.invalid"
	RejectScheme         ReasonCode = "rjct.scheme.unknown"
	RejectSchemeVersion  ReasonCode = "rjct.scheme_version.unknown"
	RejectAsOf           ReasonCode = "rjct.as_of.invalid"
)
