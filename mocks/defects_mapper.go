package mocks

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"slices"

	"github.com/spconform/spconform/reference"
	"github.com/spconform/spconform/reference/store"
	"github.com/spconform/spconform/spec/message"
)

const (
	classLinks   = "mapper: links"
	classResolve = "mapper: answers"
)

// tellsInstead gives items that succeeded with one code another.
func tellsInstead(codes map[message.ReasonCode]message.ReasonCode) func(*Vendor) {
	return func(v *Vendor) {
		v.EachItem(func(_ reference.Outgoing, item map[string]any) {
			code, _ := item["status_reason_code"].(string)
			if other, known := codes[message.ReasonCode(code)]; known {
				item["status_reason_code"] = string(other)
			}
		})
	}
}

// takenForLinked takes every id for linked, when links are changed.
func takenForLinked(changing bool, id string, held store.Link, linked bool) (store.Link, bool) {
	if changing && !linked {
		return store.Link{PersonID: id}, true
	}
	return held, linked
}

var _ = register(
	Defect{ID: "map-link-forgotten", Class: classLinks, Breaks: []string{"MAP-LINK-001"},
		Sentence: "tells a link as made and keeps none",
		Alter: func(v *Vendor) {
			v.Addresses(addresses{put: func(context.Context, store.Tx, []store.Link) error { return nil }})
		}},
	Defect{ID: "map-link-form-not-checked", Class: classLinks, Breaks: []string{"MAP-LINK-002"},
		Sentence: "links ids and addresses that are none",
		Alter:    func(v *Vendor) { v.WithoutCheck("schema") }},
	Defect{ID: "map-link-replaces", Class: classLinks, Breaks: []string{"MAP-LINK-003"},
		Sentence: "lets a link replace another",
		Alter: func(v *Vendor) {
			v.Addresses(addresses{linkOf: func(changing bool, _ string, held store.Link, linked bool) (store.Link, bool) {
				return held, linked && !changing
			}})
		}},
	Defect{ID: "map-bad-item-sinks-batch", Class: classLinks, Breaks: []string{"MAP-LINK-004"},
		Sentence: "links nobody of a batch in which one is wrong",
		Alter: func(v *Vendor) {
			v.Addresses(addresses{put: func(ctx context.Context, tx store.Tx, links []store.Link) error { return nil }})
			sinking(v)
		}},
	Defect{ID: "map-update-ignored", Class: classLinks, Breaks: []string{"MAP-UPD-001"},
		Sentence: "tells an update as made and keeps the old address",
		Alter: func(v *Vendor) {
			v.Addresses(addresses{put: func(ctx context.Context, tx store.Tx, links []store.Link) error {
				for _, link := range links {
					if _, linked, err := tx.LinkOf(ctx, link.PersonID); err != nil || linked {
						return err
					}
				}
				return tx.PutLinks(ctx, links...)
			}})
		}},
	Defect{ID: "map-update-makes-links", Class: classLinks, Breaks: []string{"MAP-UPD-002"},
		Sentence: "makes a link of an update of an id that has none",
		Alter:    func(v *Vendor) { v.Addresses(addresses{linkOf: takenForLinked}) }},
	Defect{ID: "map-unlink-ignored", Class: classLinks, Breaks: []string{"MAP-UNL-001"},
		Sentence: "tells an unlink as made and keeps the link",
		Alter: func(v *Vendor) {
			v.Addresses(addresses{unlink: func() (bool, error) { return true, nil }})
		}},
	Defect{ID: "map-unlink-of-nobody", Class: classLinks, Breaks: []string{"MAP-UNL-002"},
		Sentence: "tells an unlink of an id that has no link as made",
		Alter:    func(v *Vendor) { v.Addresses(addresses{linkOf: takenForLinked}) }},
	Defect{ID: "map-unlink-from-any-address", Class: classLinks, Breaks: []string{"MAP-UNL-003"},
		Sentence: "unlinks an id whatever address the message names",
		Alter: func(v *Vendor) {
			// It reads the message without fa; the signature was over the whole.
			v.WithoutCheck("signature")
			v.HTTP(func(next http.Handler) http.Handler {
				return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					body, _ := io.ReadAll(r.Body)
					body = members(body, func(envelope map[string]any) {
						asked, _ := envelope["message"].(map[string]any)
						items, _ := asked["unlink_request"].([]any)
						for _, item := range items {
							delete(item.(map[string]any), "fa")
						}
					})
					r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
					next.ServeHTTP(w, r)
				})
			})
		}},
	Defect{ID: "map-anybody-changes-links", Class: classLinks, Breaks: []string{"MAP-SEC-001"},
		Sentence: "lets any party change where a person's money goes",
		Alter:    func(v *Vendor) { v.WithoutCheck("role") }},
	Defect{ID: "map-active-told-inactive", Class: classResolve, Breaks: []string{"MAP-RES-001"},
		Sentence: "tells an address that is in use as inactive",
		Alter: tellsInstead(map[message.ReasonCode]message.ReasonCode{message.ResolvedIDActive: message.ResolvedIDInactive,
			message.ResolvedFAActive: message.ResolvedFAInactive})},
	Defect{ID: "map-everybody-found", Class: classResolve, Breaks: []string{"MAP-RES-002"},
		Sentence: "tells every id and address as active",
		Alter: tellsInstead(map[message.ReasonCode]message.ReasonCode{message.ResolvedIDNotFound: message.ResolvedIDActive,
			message.ResolvedFANotFound: message.ResolvedFAActive})},
	Defect{ID: "map-pair-not-compared", Class: classResolve, Breaks: []string{"MAP-RES-003"},
		Sentence: "confirms an address with the id of somebody else",
		Alter:    tellsInstead(map[message.ReasonCode]message.ReasonCode{message.ResolvedFANotLinked: message.ResolvedFAActive})},
	Defect{ID: "map-yes-or-no-tells-all", Class: classResolve, Breaks: []string{"MAP-RES-004"},
		Sentence: "tells the account provider though yes or no was asked for",
		Alter: func(v *Vendor) {
			v.EachItem(func(_ reference.Outgoing, item map[string]any) {
				item["account_provider_info"] = map[string]any{"name": "National Bank", "code": "national-bank"}
			})
		}},
	Defect{ID: "map-details-withheld", Class: classResolve, Breaks: []string{"MAP-RES-005"},
		Sentence: "answers yes or no though details were asked for",
		Alter: func(v *Vendor) {
			v.EachItem(func(_ reference.Outgoing, item map[string]any) { delete(item, "account_provider_info") })
		}},
	Defect{ID: "map-letters-matter", Class: classResolve, Breaks: []string{"MAP-RES-006"},
		Sentence: "compares ids and addresses letter by letter",
		Alter: func(v *Vendor) {
			v.Addresses(addresses{
				linkOf: func(_ bool, id string, held store.Link, linked bool) (store.Link, bool) {
					return held, linked && held.PersonID == id
				},
				linksTo: func(address string, held []store.Link) []store.Link {
					return slices.DeleteFunc(held, func(link store.Link) bool { return link.Address != address })
				}})
		}},
	Defect{ID: "map-closed-told-active", Class: classResolve, Breaks: []string{"MAP-RES-007"},
		Sentence: "tells a closed account as active",
		Alter:    tellsInstead(map[message.ReasonCode]message.ReasonCode{message.ResolvedIDInactive: message.ResolvedIDActive})},
)
