package reference

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/spconform/spconform/reference/store"
	"github.com/spconform/spconform/spec/message"
	"github.com/spconform/spconform/spec/scheme"
)

const (
	opAssess     = "assess"
	opSyncAssess = "sync-assess"
	kindAssess   = "assess"
)

// assess answers assess and sync-assess. The sources are asked before the transaction, so that a slow one
// holds up no writer; what they say is used for this message and kept nowhere.
func (s *Server) assess(ctx context.Context, in *Incoming) (work, error) {
	list, _ := in.list()
	answer := message.AssessResponse{TransactionID: in.transactionID(), CorrelationID: in.CorrelationID,
		Items: make([]message.Assessment, len(list))}
	asked := make([]*assessment, len(list))
	var open []*assessment
	for index, raw := range list {
		asked[index] = s.readAssess(in, index, raw)
		if asked[index].rejection == nil {
			open = append(open, asked[index])
		}
	}
	s.askSources(ctx, in.Interface.ID, open)
	for index, one := range asked {
		answer.Items[index] = s.assessed(one)
	}
	said := succeeded(len(list), len(open), answer)
	return func(context.Context, store.Tx) (reply, error) { return said, nil }, nil
}

// assessment is one item of assess on its way to an answer.
type assessment struct {
	item      message.AssessItem
	rules     scheme.Scheme
	asOf      scheme.Day
	facts     *scheme.Facts
	rejection *Rejection
}

func (s *Server) readAssess(in *Incoming, index int, raw json.RawMessage) *assessment {
	one := &assessment{}
	wrong := json.Unmarshal(raw, &one.item)
	criteria := one.item.Criteria
	one.facts = scheme.NewFacts(scheme.Identifier{Type: criteria.Person.IdentifierType, Value: criteria.Person.IdentifierValue})
	if one.rejection = in.items[index]; one.rejection == nil && wrong != nil {
		one.rejection = misfit(kindAssess, wrong)
	}
	if one.rejection != nil {
		return one
	}
	var err error
	one.rules, err = s.schemes.Find(criteria.Scheme.ID, criteria.Scheme.Version)
	switch {
	case errors.Is(err, scheme.ErrUnknownVersion):
		one.rejection = reject(message.RejectSchemeVersion, "the scheme has no such version")
	case err != nil:
		one.rejection = reject(message.RejectScheme, "no scheme has this id")
	default:
		one.asOf, err = scheme.ParseDay(criteria.AsOf)
		if err != nil || one.asOf.Compare(scheme.DayOf(s.now().In(earliest))) > 0 {
			one.rejection = reject(message.RejectAsOf, "as_of must be a day, as YYYY-MM-DD, that has begun")
		}
	}
	return one
}

// assessed is the answer to an item whose sources were asked. The minimised form has the decision and
// nothing that it rests on.
func (s *Server) assessed(one *assessment) message.Assessment {
	answer := message.Assessment{ReferenceID: one.item.ReferenceID, Timestamp: s.timestamp(), Locale: knownLocale(one.item.Locale)}
	if one.rejection != nil {
		answer.Status, answer.StatusReasonCode, answer.StatusReasonMessage = message.StatusRejected, one.rejection.Code, one.rejection.Detail
		return answer
	}
	decided := s.decider(one.rules, one.facts, one.asOf)
	answer.Status, answer.Decision = message.StatusSuccess, string(decided.Outcome)
	if one.item.Criteria.Minimised {
		return answer
	}
	answer.Reason = decided.Reason
	for _, result := range decided.Criteria {
		answer.Criteria = append(answer.Criteria, message.CriterionResult{Criterion: result.Criterion, Finding: string(result.Finding),
			Reason: result.Reason, Source: message.AnswerSource{Interface: result.Interface, RegRecordType: result.Record}})
	}
	return answer
}
