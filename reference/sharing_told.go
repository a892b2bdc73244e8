package reference

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/spconform/spconform/reference/query"
	"github.com/spconform/spconform/reference/store"
	"github.com/spconform/spconform/spec"
	"github.com/spconform/spconform/spec/fixture"
	"github.com/spconform/spconform/spec/message"
)

// agreedSubscription holds a subscription to the agreements of its sender. Consent is looked at when there
// is something to tell.
func (s *Server) agreedSubscription(in *Incoming, criteria message.SubscribeCriteria, record spec.RecordType, filterType string) (*Rejection, error) {
	if !s.roster.governed(in.Header.SenderID) {
		return nil, nil
	}
	condition, err := query.ParseFilter(s.dictionary, in.Interface, record, filterType, criteria.Filter)
	if err != nil {
		return nil, err
	}
	asked := Asked{In: in, Record: record, Attributes: query.Attributes(query.Query{Where: condition}), At: s.now(), Consent: true}
	asked.Purpose, _ = stated(criteria.Authorize, nil)
	if under, broken := s.permit(asked); under == nil {
		return reject(message.RejectNotifyDetails, "the data-sharing agreement does not allow this subscription: "+broken), nil
	}
	return nil, nil
}

// tellable is what of a record a subscriber is told: all of it where it has no agreement, else what one of
// its agreements that lets it subscribe names, of a person who has consented where that is the legal basis.
func (s *Server) tellable(ctx context.Context, tx store.Tx, described spec.Interface, subscriber fixture.Participant, made change) (json.RawMessage, bool, error) {
	if !s.roster.governed(subscriber.ID) {
		return made.data, true, nil
	}
	for _, agreement := range s.roster.agreementsOf(subscriber.ID) {
		attributes := attributesIn(agreement, described, made.record)
		holds := agreement.When.Holds(s.now()) && slices.Contains(agreement.How, opSubscribe) && within(subscriber.CallbackBase, agreement.Where)
		if !holds || len(attributes) == 0 {
			continue
		}
		for _, purpose := range agreement.Why {
			may, err := s.mayKnow(ctx, tx, described, subscriber.ID, purpose, made)
			if err != nil {
				return nil, false, err
			}
			if !may {
				continue
			}
			data, err := s.sharing.Shown(made.record, made.data, attributes)
			return data, err == nil, err
		}
	}
	return nil, false, nil
}

func (s *Server) mayKnow(ctx context.Context, tx store.Tx, described spec.Interface, party string, purpose fixture.Purpose, made change) (bool, error) {
	if purpose.LegalBasis == fixture.ByLaw {
		return true, nil
	}
	ids, err := identifiersOf(made.record, made.data)
	if err != nil || len(ids) == 0 {
		return false, err
	}
	found, err := tx.Search(ctx, query.Query{Interface: described.ID, Record: made.record, Page: &query.Page{Size: 1, Number: 1},
		Where: query.And{query.HasIdentifier{Attribute: made.record.Identifier, Type: ids[0].kind, Value: ids[0].value},
			query.Consented{Attribute: made.record.Identifier, Party: party, Purpose: purpose.Code, At: s.now()}}})
	return found.Total > 0, err
}

// checkAgreement closes to a party with agreements the operations that show or write records without the
// criteria in which a purpose is stated.
func (s *Server) checkAgreement(_ context.Context, in *Incoming) error {
	open := []string{opSearch, opSyncSearch, opSubscribe, opUnsubscribe, opTxnStatus, opSyncTxnStatus}
	if in.Interface.Pattern == patternPayment || slices.Contains(open, in.Operation.ID) || !s.roster.governed(in.Header.SenderID) {
		return nil
	}
	return refuse(message.ErrRequestForbidden, "the data-sharing agreement does not name this operation")
}
