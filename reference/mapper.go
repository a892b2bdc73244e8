package reference

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/spconform/spconform/reference/store"
	"github.com/spconform/spconform/spec/message"
)

// mapping is what one operation of the mapper does with one item: it fills the answer or says why not.
type mapping func(ctx context.Context, tx store.Tx, item message.LinkItem, answer *message.LinkStatus) (*Rejection, error)

var mappings = map[string]mapping{
	kindLink: linkAddress, kindUpdate: updateAddress, kindUnlink: unlinkAddress, kindResolve: resolveAddress,
}

// mapAddresses answers link, update, unlink and resolve, each item on its own.
func (s *Server) mapAddresses(_ context.Context, in *Incoming) (work, error) {
	list, _ := in.list()
	kind := in.kind()
	return func(ctx context.Context, tx store.Tx) (reply, error) {
		if in.changesLinks() {
			if err := tx.LockLinks(ctx); err != nil {
				return reply{}, err
			}
		}
		answers := make([]message.LinkStatus, len(list))
		rows := make([]store.TransactionItem, len(list))
		statuses := make([]string, len(list))
		for index, raw := range list {
			var item message.LinkItem
			if err := json.Unmarshal(raw, &item); err != nil {
				in.rejectItem(index, misfit(kind, err))
			}
			answer := message.LinkStatus{ReferenceID: item.ReferenceID, Timestamp: s.timestamp(), Status: message.StatusSuccess,
				Locale: knownLocale(item.Locale)}
			rejection := in.items[index]
			if rejection == nil {
				var err error
				if rejection, err = mappings[kind](ctx, tx, item, &answer); err != nil {
					return reply{}, err
				}
			}
			if rejection != nil {
				answer.Status, answer.StatusReasonCode, answer.StatusReasonMessage = message.StatusRejected, rejection.Code, rejection.Detail
			}
			answers[index], statuses[index] = answer, answer.Status
			var err error
			if rows[index], err = in.transaction(kind, item.ReferenceID, answer.Status, index, answer); err != nil {
				return reply{}, err
			}
		}
		said := ended(statuses, itemsAnswer(kind, in.transactionID(), in.CorrelationID, answers))
		return said, tx.PutTransactionItems(ctx, rows...)
	}, nil
}

func linkOf(item message.LinkItem) store.Link {
	provider := item.FA[strings.LastIndex(item.FA, "@")+1:]
	return store.Link{PersonID: item.ID, Address: item.FA, Name: item.Name, PhoneNumber: item.PhoneNumber,
		ProviderName: provider, ProviderCode: provider, Active: true}
}

// linkAddress never replaces a link: whoever means to do that says update.
func linkAddress(ctx context.Context, tx store.Tx, item message.LinkItem, answer *message.LinkStatus) (*Rejection, error) {
	held, linked, err := tx.LinkOf(ctx, item.ID)
	switch {
	case err != nil:
		return nil, err
	case linked && !strings.EqualFold(held.Address, item.FA):
		return reject(message.RejectID, "id is linked to another address: send update to change it"), nil
	}
	answer.FA = item.FA
	if linked {
		return nil, nil
	}
	return nil, tx.PutLinks(ctx, linkOf(item))
}

func updateAddress(ctx context.Context, tx store.Tx, item message.LinkItem, answer *message.LinkStatus) (*Rejection, error) {
	held, linked, err := tx.LinkOf(ctx, item.ID)
	if err != nil {
		return nil, err
	}
	if !linked {
		return reject(message.RejectID, "id is not linked: send link first"), nil
	}
	changed := linkOf(item)
	changed.Name, changed.PhoneNumber = orElse(changed.Name, held.Name), orElse(changed.PhoneNumber, held.PhoneNumber)
	answer.ID, answer.FA = item.ID, item.FA
	return nil, tx.PutLinks(ctx, changed)
}

func unlinkAddress(ctx context.Context, tx store.Tx, item message.LinkItem, answer *message.LinkStatus) (*Rejection, error) {
	held, linked, err := tx.LinkOf(ctx, item.ID)
	switch {
	case err != nil:
		return nil, err
	case !linked:
		return reject(message.RejectID, "id is not linked"), nil
	case item.FA != "" && !strings.EqualFold(held.Address, item.FA):
		return reject(message.RejectFA, "id is linked to another address than fa"), nil
	}
	answer.ID = item.ID
	_, err = tx.Unlink(ctx, item.ID)
	return nil, err
}

// resolveAddress tells of an id, of an address, or of both together. With scope yes_no it says nothing
// beyond the code and what was asked with.
func resolveAddress(ctx context.Context, tx store.Tx, item message.LinkItem, answer *message.LinkStatus) (*Rejection, error) {
	if item.ID == "" && item.FA == "" {
		return reject(message.RejectID, "give an id, an address or both"), nil
	}
	answer.ID, answer.FA = item.ID, item.FA
	var held store.Link
	var err error
	if item.ID == "" {
		held, answer.StatusReasonCode, err = resolveFA(ctx, tx, item.FA)
	} else {
		held, answer.StatusReasonCode, err = resolveID(ctx, tx, item)
	}
	if err != nil || item.Scope != message.ScopeDetails || held.PersonID == "" {
		return nil, err
	}
	answer.ID, answer.FA = orElse(item.ID, held.PersonID), orElse(item.FA, held.Address)
	if held.ProviderCode != "" {
		answer.AccountProvider = &message.AccountProvider{Name: held.ProviderName, Code: held.ProviderCode}
	}
	return nil, nil
}

func resolveFA(ctx context.Context, tx store.Tx, address string) (store.Link, message.ReasonCode, error) {
	held, err := tx.LinksTo(ctx, address)
	switch {
	case err != nil || len(held) == 0:
		return store.Link{}, message.ResolvedFANotFound, err
	case !held[0].Active:
		return store.Link{}, message.ResolvedFAInactive, nil
	}
	return held[0], message.ResolvedFAActive, nil
}

// resolveID finds where an id leads; with an address it says whether it leads there, and nowhere else.
func resolveID(ctx context.Context, tx store.Tx, item message.LinkItem) (store.Link, message.ReasonCode, error) {
	held, linked, err := tx.LinkOf(ctx, item.ID)
	switch {
	case err != nil || !linked:
		return store.Link{}, message.ResolvedIDNotFound, err
	case item.FA != "" && !strings.EqualFold(held.Address, item.FA):
		return store.Link{}, message.ResolvedFANotLinked, nil
	case !held.Active:
		return store.Link{}, message.ResolvedIDInactive, nil
	case item.FA != "":
		return held, message.ResolvedFAActive, nil
	}
	return held, message.ResolvedIDActive, nil
}
