package mocks

import (
	"context"
	"regexp"
	"strings"
	"time"

	"github.com/spconform/spconform/reference"
	"github.com/spconform/spconform/spec/message"
)

// isAbsent agrees where a header member did not come.
func isAbsent(name string) func(*reference.Incoming, error) bool {
	return func(in *reference.Incoming, _ error) bool { return headerMember(in, name) == nil }
}

// sentAt is the request's message_ts, and whether it is a date-time.
func sentAt(in *reference.Incoming) (time.Time, bool) {
	sent, err := time.Parse(time.RFC3339, in.Header.MessageTS)
	return sent, err == nil
}

var looksLikeTime = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d`)

// rejecting rejects a message with a reason code where wrong says so, before the named check.
func rejecting(check string, code message.ReasonCode, wrong func(in *reference.Incoming) bool) func(*Vendor) {
	return func(v *Vendor) {
		v.Check(check, func(ctx context.Context, in *reference.Incoming, next run) error {
			if wrong(in) {
				return &reference.Rejection{Code: code, Detail: "the header is not as this registry wants it"}
			}
			return next(ctx, in)
		})
	}
}

var _ = register(
	Defect{ID: "version-ignored", Class: classHeader, Breaks: []string{"REG-HDR-010"}, Sentence: "answers a version that does not exist",
		Alter: func(v *Vendor) { v.WithoutCheck("version") }},
	Defect{ID: "version-ignored-async", Class: classHeader, Strength: AsyncOnly, Breaks: []string{"REG-HDR-010"}, Sentence: "answers a version that does not exist when it is asked asynchronously",
		Alter: forgiving("version", asynchronous)},
	Defect{ID: "version-compared-as-number", Class: classHeader, Breaks: []string{"REG-HDR-010"}, Sentence: "takes a version that is no number for its own",
		Alter: forgiving("version", func(in *reference.Incoming, _ error) bool {
			return !strings.ContainsAny(in.Header.Version, "0123456789")
		})},
	Defect{ID: "version-demanded", Class: classHeader, Breaks: []string{"REG-HDR-011"}, Sentence: "refuses a message without a version",
		Alter: rejecting("version", message.RejectVersion, func(in *reference.Incoming) bool { return headerMember(in, "version") == nil })},
	Defect{ID: "receiver-demanded", Class: classHeader, Breaks: []string{"REG-HDR-011"}, Sentence: "refuses a message without a receiver_id",
		Alter: demanding("receiver", message.ErrReceiverID, func(in *reference.Incoming) bool { return in.Header.ReceiverID == "" })},
	Defect{ID: "encryption-flag-demanded", Class: classHeader, Breaks: []string{"REG-HDR-011"}, Sentence: "refuses a message that does not say whether it is encrypted",
		Alter: demanding("encryption", message.ErrEncryptionInvalid, func(in *reference.Incoming) bool { return headerMember(in, "is_msg_encrypted") == nil })},
	Defect{ID: "meta-refused", Class: classHeader, Breaks: []string{"REG-HDR-012"}, Sentence: "refuses a header with meta",
		Alter: demanding("encryption", message.ErrRequestBad, func(in *reference.Incoming) bool { return in.Header.Meta != nil })},
	Defect{ID: "meta-nested-refused", Class: classHeader, Breaks: []string{"REG-HDR-012"}, Sentence: "refuses meta that holds more than texts",
		Alter: demanding("encryption", message.ErrRequestBad, func(in *reference.Incoming) bool {
			return strings.ContainsAny(strings.Trim(string(in.Header.Meta), "{}"), "[{")
		})},
	Defect{ID: "meta-empty-refused", Class: classHeader, Breaks: []string{"REG-HDR-012"}, Sentence: "refuses an empty meta",
		Alter: demanding("encryption", message.ErrRequestBad, func(in *reference.Incoming) bool { return string(in.Header.Meta) == "{}" })},
	Defect{ID: "message-ts-ignored", Class: classTime, Breaks: []string{"REG-HDR-014", "REG-HDR-015"}, Sentence: "does not look at message_ts",
		Alter: func(v *Vendor) { v.WithoutCheck("message_ts") }},
	Defect{ID: "message-ts-not-needed", Class: classTime, Breaks: []string{"REG-HDR-014"}, Sentence: "takes a message without message_ts",
		Alter: forgiving("message_ts", isAbsent("message_ts"))},
	Defect{ID: "message-ts-date-that-does-not-exist", Class: "dates that do not exist", Breaks: []string{"REG-HDR-014"}, Sentence: "takes the thirtieth of February",
		Alter: forgiving("message_ts", func(in *reference.Incoming, _ error) bool {
			_, valid := sentAt(in)
			return !valid && looksLikeTime.MatchString(in.Header.MessageTS)
		})},
	Defect{ID: "message-ts-text-async", Class: classTime, Strength: AsyncOnly, Breaks: []string{"REG-HDR-014"}, Sentence: "takes any text as message_ts of an asynchronous message",
		Alter: forgiving("message_ts", func(in *reference.Incoming, err error) bool {
			_, valid := sentAt(in)
			return !valid && asynchronous(in, err)
		})},
	Defect{ID: "message-ts-past-taken", Class: classTime, Breaks: []string{"REG-HDR-015"}, Sentence: "takes a message that is a year old",
		Alter: forgiving("message_ts", func(in *reference.Incoming, _ error) bool {
			sent, valid := sentAt(in)
			return valid && sent.Before(time.Now())
		})},
	Defect{ID: "message-ts-future-taken", Class: classTime, Breaks: []string{"REG-HDR-015"}, Sentence: "takes a message from next month",
		Alter: forgiving("message_ts", func(in *reference.Incoming, _ error) bool {
			sent, valid := sentAt(in)
			return valid && sent.After(time.Now())
		})},
	Defect{ID: "message-ts-utc-only", Class: classTime, Breaks: []string{"REG-HDR-016"}, Sentence: "reads message_ts only where it ends with Z",
		Alter: rejecting("message_ts", message.RejectMessageTS, func(in *reference.Incoming) bool { return !strings.HasSuffix(in.Header.MessageTS, "Z") })},
	Defect{ID: "message-ts-fraction-demanded", Class: classTime, Breaks: []string{"REG-HDR-016"}, Sentence: "reads message_ts only with fractions of a second",
		Alter: rejecting("message_ts", message.RejectMessageTS, func(in *reference.Incoming) bool { return !strings.Contains(in.Header.MessageTS, ".") })},
	Defect{ID: "message-ts-offset-dropped", Class: classTime, Breaks: []string{"REG-HDR-016"}, Sentence: "compares message_ts with its clock without the offset",
		Alter: rejecting("message_ts", message.RejectMessageTS, func(in *reference.Incoming) bool {
			sent, valid := sentAt(in)
			_, offset := sent.Zone()
			return valid && offset > int(5*time.Minute/time.Second)
		})},
	Defect{ID: "action-ignored", Class: classAction, Breaks: []string{"REG-HDR-017"}, Sentence: "does not look at action",
		Alter: func(v *Vendor) { v.WithoutCheck("action") }},
	Defect{ID: "action-of-another-operation-taken", Class: classAction, Breaks: []string{"REG-HDR-017"}, Sentence: "takes every action that it knows at every path",
		Alter: forgiving("action", func(_ *reference.Incoming, err error) bool {
			return strings.Contains(err.Error(), string(message.RejectAction))
		})},
	Defect{ID: "action-not-needed-async", Class: classAction, Strength: AsyncOnly, Breaks: []string{"REG-HDR-017"}, Sentence: "takes an asynchronous message without an action",
		Alter: forgiving("action", func(in *reference.Incoming, err error) bool { return in.Header.Action == "" && asynchronous(in, err) })},
	Defect{ID: "total-count-ignored", Class: classCounts, Breaks: []string{"REG-HDR-018", "REG-HDR-019"}, Sentence: "does not look at total_count",
		Alter: func(v *Vendor) { v.WithoutCheck("total_count") }},
	Defect{ID: "total-count-not-needed", Class: classCounts, Breaks: []string{"REG-HDR-018"}, Sentence: "takes a message without total_count",
		Alter: forgiving("total_count", isAbsent("total_count"))},
	Defect{ID: "total-count-text-taken", Class: classCounts, Breaks: []string{"REG-HDR-018"}, Sentence: "takes a total_count that is a word",
		Alter: forgiving("total_count", func(in *reference.Incoming, _ error) bool {
			_, text := headerMember(in, "total_count").(string)
			return text
		})},
	Defect{ID: "total-count-too-high-taken", Class: classCounts, Breaks: []string{"REG-HDR-019"}, Sentence: "takes a batch from which items were lost",
		Alter: forgiving("total_count", func(in *reference.Incoming, _ error) bool { return in.Header.TotalCount > 3 })},
	Defect{ID: "total-count-too-low-taken", Class: classCounts, Breaks: []string{"REG-HDR-019"}, Sentence: "takes a batch to which an item was added",
		Alter: forgiving("total_count", func(in *reference.Incoming, _ error) bool { return in.Header.TotalCount == 2 })},
	Defect{ID: "encryption-flag-ignored", Class: "encryption", Breaks: []string{"REG-HDR-021"}, Sentence: "reads a plain message that says it is encrypted",
		Alter: without("encryption", func(in *reference.Incoming) bool { return in.Header.IsMsgEncrypted })},
	Defect{ID: "encryption-flag-ignored-async", Class: "encryption", Strength: AsyncOnly, Breaks: []string{"REG-HDR-021"}, Sentence: "reads a plain asynchronous message that says it is encrypted",
		Alter: func(v *Vendor) {
			v.Forgives("encryption", asynchronous)
			v.Forgives("schema", func(in *reference.Incoming, err error) bool { return in.Header.IsMsgEncrypted && asynchronous(in, err) })
		}},
)
