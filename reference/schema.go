package reference

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/spconform/spconform/spec"
	"github.com/spconform/spconform/spec/message"
)

// judged are the members that other checks judge with a code of their own, or that no published code
// exists for and that do not change what is asked (locale).
var judged = []string{
	"/header/version", "/header/message_ts", "/header/action", "/header/total_count", "/header/sender_uri",
	"/header/receiver_id", "/signature",
}

// fault ties a member of an item, as a path below it, to the reason code for a member that is wrong.
// The first fault whose path begins the member's applies; the empty path applies to all.
type fault struct {
	path string
	code message.ReasonCode
}

// itemFaults are the published reason codes by kind and member. An empty code leaves the member to
// the query's parser, which knows the query type.
var itemFaults = map[string][]fault{
	"search": {
		{"reference_id", message.RejectReferenceID},
		{"timestamp", message.RejectTimestamp},
		{"search_criteria/query/", ""},
		{"search_criteria/sort", message.RejectSort},
		{"search_criteria/pagination", message.RejectPagination},
		{"locale", ""},
		{"", message.RejectSearchCriteria},
	},
	"subscribe": {
		{"reference_id", message.RejectReferenceID},
		{"timestamp", message.RejectTimestamp},
		{"subscribe_criteria/filter/", ""},
		{"subscribe_criteria/reg_event_type", message.RejectNotifyTypes},
		{"locale", ""},
		{"", message.RejectNotifyDetails},
	},
	// A member that no code is published for is told by that of the reference_id.
	kindDisburse: {
		{"payer_fa", message.RejectPayer},
		{"payee_fa", message.RejectPayee},
		{"amount", message.RejectAmount},
		{"scheduled_timestamp", message.RejectSchedule},
		{"currency_code", message.RejectCurrency},
		{"locale", ""},
		{"", message.RejectReferenceID},
	},
	kindPaymentSearch: {
		{"reference_id", message.RejectReferenceID},
		{"timestamp", message.RejectTimestamp},
		{"request_type", message.RejectRequestType},
		{"attribute_value", message.RejectSearchPayee},
		{"locale", ""},
		{"", message.RejectAttributeType},
	},
	kindLink: {
		{"reference_id", message.RejectReferenceID},
		{"timestamp", message.RejectTimestamp},
		{"id", message.RejectID},
		{"fa", message.RejectFA},
		{"name", message.RejectName},
		{"phone_number", message.RejectMobile},
		{"locale", ""},
		{"", message.RejectOther},
	},
	kindAssess: {
		{"reference_id", message.RejectReferenceID},
		{"timestamp", message.RejectTimestamp},
		{"assess_criteria/as_of", message.RejectAsOf},
		{"locale", ""},
		{"", message.RejectAssessCriteria},
	},
	kindUpdate:  linkChangeFaults,
	kindUnlink:  linkChangeFaults,
	kindResolve: append([]fault{{"scope", message.RejectResolveType}}, linkChangeFaults...),
}

var linkChangeFaults = []fault{
	{"reference_id", message.RejectReferenceID},
	{"timestamp", message.RejectTimestamp},
	{"fa", message.RejectFA},
	{"locale", ""},
	{"", message.RejectID},
}

// undated are the kinds of item that need not, or do not, carry a timestamp.
var undated = map[string]bool{kindDisburse: true, kindPaymentSearch: true}

// messageFaults are the reason codes of messages that are one request and no batch.
var messageFaults = map[string][]fault{
	"unsubscribe": {
		{"timestamp", message.RejectTimestamp},
		{"subscription_codes", message.RejectSubscriptionCode},
	},
}

// checkSchema holds the body to the interface's OpenAPI document. A departure within an item of a batch
// rejects that item alone; elsewhere it makes the message malformed.
func (s *Server) checkSchema(_ context.Context, in *Incoming) error {
	document := s.documents[in.Interface.ID]
	body, err := in.readable()
	if err != nil {
		return err
	}
	list := "/message/" + lists[in.kind()] + "/"
	for _, violation := range document.ValidateRequest(in.Operation.ID, "application/json", body) {
		at := placeOf(violation)
		if violation.Advisory || hasPrefix(at, judged) {
			continue
		}
		if index, member, ok := itemOf(at, list); ok && itemFaults[in.kind()] != nil {
			if code, known := codeOf(itemFaults[in.kind()], member); known && code != "" {
				in.rejectItem(index, reject(code, violation.Detail+" at "+member))
			}
			continue
		}
		member := strings.TrimPrefix(at, "/message/")
		if code, known := codeOf(messageFaults[in.Operation.Action], member); known && member != at {
			in.rejectItem(0, reject(code, violation.Detail+" at "+member))
			continue
		}
		return &Refusal{Code: message.ErrRequestBad, Detail: violation.String(), Ack: message.ERR}
	}
	return nil
}

// placeOf is where a violation is; a member that is missing is its own place.
func placeOf(violation spec.Violation) string {
	if name, missing := strings.CutSuffix(violation.Detail, " is required"); missing && violation.Keyword == "required" {
		return violation.Pointer + "/" + name
	}
	return violation.Pointer
}

func hasPrefix(text string, prefixes []string) bool {
	for _, prefix := range prefixes {
		if text == prefix || strings.HasPrefix(text, prefix+"/") {
			return true
		}
	}
	return false
}

// itemOf splits "/message/search_request/3/timestamp" into 3 and "timestamp".
func itemOf(at, list string) (index int, member string, ok bool) {
	rest, within := strings.CutPrefix(at, list)
	if !within {
		return 0, "", false
	}
	number, member, _ := strings.Cut(rest, "/")
	index, err := strconv.Atoi(number)
	return index, member, err == nil
}

func codeOf(faults []fault, member string) (message.ReasonCode, bool) {
	for _, fault := range faults {
		if strings.HasPrefix(member+"/", fault.path) {
			return fault.code, true
		}
	}
	return "", false
}

// misfit is the rejection of an item that the schema lets pass and our types cannot hold, such as a
// page_size of 2.5.
func misfit(kind string, err error) *Rejection {
	member := ""
	var wrongType *json.UnmarshalTypeError
	if errors.As(err, &wrongType) {
		member = strings.ReplaceAll(wrongType.Field, ".", "/")
	}
	faults := itemFaults[kind]
	code, _ := codeOf(faults, member)
	if code == "" {
		code = faults[len(faults)-1].code
	}
	return reject(code, "it does not have the published form at "+member)
}

// maxReference is the most characters of a reference_id or transaction_id.
const maxReference = 99

// checkItems judges what a schema cannot say of a batch (a reference_id twice), and reference_id and
// timestamp themselves, since a schema's findings are cut off after some. It comes before the schema, so
// that an item without its ids is rejected for that.
func checkItems(_ context.Context, in *Incoming) error {
	if itemFaults[in.kind()] == nil {
		return nil
	}
	list, _ := in.list()
	seen := map[string]bool{}
	for index, raw := range list {
		var item struct {
			ReferenceID string `json:"reference_id"`
			Timestamp   string `json:"timestamp"`
		}
		_ = json.Unmarshal(raw, &item)
		switch {
		case item.ReferenceID == "" || utf8.RuneCountInString(item.ReferenceID) > maxReference:
			in.rejectItem(index, reject(message.RejectReferenceID, "reference_id must have 1 to 99 characters"))
		case seen[item.ReferenceID]:
			in.rejectItem(index, reject(message.RejectReferenceDuplicate, "reference_id must be given once in a message"))
		case !undated[in.kind()] && !dateTime(item.Timestamp):
			in.rejectItem(index, reject(message.RejectTimestamp, "timestamp must be an RFC 3339 date-time"))
		}
		seen[item.ReferenceID] = true
	}
	return nil
}

func dateTime(text string) bool {
	_, err := time.Parse(time.RFC3339, text)
	return err == nil
}
