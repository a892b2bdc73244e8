package selftest_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/text/unicode/norm"

	"github.com/spconform/spconform/conformance"
	"github.com/spconform/spconform/conformance/result"
	"github.com/spconform/spconform/mocks"
	"github.com/spconform/spconform/reference"
	"github.com/spconform/spconform/spec"
	"github.com/spconform/spconform/spec/message"
)

// itemsOf lets a legal vendor write the items of its answers in its own way.
func itemsOf(change func(item map[string]any)) func(*mocks.Vendor) {
	return func(v *mocks.Vendor) {
		v.Answers(func(_ reference.Outgoing, items []map[string]any) []map[string]any {
			for _, item := range items {
				change(item)
			}
			return items
		})
	}
}

// legal are the ways in which a vendor may do what the standard leaves open otherwise than the reference.
var legal = map[string]func(*mocks.Vendor){
	"items of a batch in another order": func(v *mocks.Vendor) {
		v.Answers(func(_ reference.Outgoing, items []map[string]any) []map[string]any {
			slices.Reverse(items)
			return items
		})
	},
	"a wrong search refused as a bad request": func(v *mocks.Vendor) {
		v.Bodies(func(_ *http.Request, _ []byte, status int, body []byte) (int, []byte) {
			var answer struct {
				Message struct {
					Items []struct{ Status string } `json:"search_response"`
				} `json:"message"`
			}
			if json.Unmarshal(body, &answer) == nil && len(answer.Message.Items) == 1 && answer.Message.Items[0].Status == "rjct" {
				return http.StatusBadRequest, []byte(`{"errors":[{"code":"err.request.bad","message":"the search is not valid"}]}`)
			}
			return status, body
		}, "/sync/search")
	},
	"pages where none are asked for": func(v *mocks.Vendor) {
		v.Misreads(func(_ *reference.Incoming, body map[string]any) {
			list, _ := body["search_request"].([]any)
			for _, element := range list {
				item, _ := element.(map[string]any)
				if criteria, ok := item["search_criteria"].(map[string]any); ok && criteria["pagination"] == nil {
					criteria["pagination"] = map[string]any{"page_size": 20, "page_number": 1}
				}
			}
		})
	},
	"no page of more than a hundred": func(v *mocks.Vendor) {
		v.Misreads(func(_ *reference.Incoming, body map[string]any) {
			list, _ := body["search_request"].([]any)
			for _, element := range list {
				item, _ := element.(map[string]any)
				criteria, _ := item["search_criteria"].(map[string]any)
				page, _ := criteria["pagination"].(map[string]any)
				if size, ok := page["page_size"].(json.Number); ok && len(size) > 2 && size > "100" {
					page["page_size"] = 0
				}
			}
		})
	},
	"members of its own": itemsOf(func(item map[string]any) { item["x_trace"] = "7f3a" }),
	"no data where nobody matches": itemsOf(func(item map[string]any) {
		data, _ := item["data"].(map[string]any)
		if records, _ := data["reg_records"].([]any); len(records) == 0 {
			delete(item, "data")
		}
	}),
	"a page beyond the last refused": itemsOf(func(item map[string]any) {
		data, _ := item["data"].(map[string]any)
		records, _ := data["reg_records"].([]any)
		told, _ := item["pagination"].(map[string]any)
		if total, ok := told["total_count"].(json.Number); ok && total != "0" && len(records) == 0 {
			delete(item, "data")
			delete(item, "pagination")
			item["status"], item["status_reason_code"] = "rjct", "rjct.pagination.invalid"
		}
	}),
	"records with their JSON-LD type": itemsOf(func(item map[string]any) {
		data, _ := item["data"].(map[string]any)
		kind, _ := data["reg_record_type"].(string)
		list, _ := data["reg_records"].([]any)
		for _, element := range list {
			if record, ok := element.(map[string]any); ok {
				record["@type"] = "spdci:" + kind
			}
		}
	}),
	"record types by another published spelling": itemsOf(func(item map[string]any) {
		if data, ok := item["data"].(map[string]any); ok {
			data["reg_record_type"] = strings.NewReplacer("Person", "SRPerson", "Group", "spdci:Group").Replace(data["reg_record_type"].(string))
		}
	}),
	"a batch answered in parts": inParts,
	"counts as numbers with a fraction of nothing": func(v *mocks.Vendor) {
		v.Sending(func(_ reference.Outgoing, header, _ map[string]any) {
			if count, ok := header["total_count"]; ok {
				header["total_count"] = json.Number(fmt.Sprint(count, ".0"))
			}
		})
	},
	"letters composed": func(v *mocks.Vendor) {
		v.Records(func(record map[string]any) {
			text, err := json.Marshal(record)
			if err == nil {
				clear(record)
				_ = json.Unmarshal(norm.NFC.Bytes(text), &record)
			}
		})
	},
	"a short last page that says its own size": itemsOf(func(item map[string]any) {
		data, _ := item["data"].(map[string]any)
		records, _ := data["reg_records"].([]any)
		if told, ok := item["pagination"].(map[string]any); ok && len(records) > 0 {
			told["page_size"] = len(records)
		}
	}),
}

// inParts answers a batch by a callback for each item, the last item first.
func inParts(v *mocks.Vendor) { partly(v, message.StatusSuccess) }

// inPendingParts does so too, and says until the last part that the batch is pending.
func inPendingParts(v *mocks.Vendor) { partly(v, message.StatusPending) }

func partly(v *mocks.Vendor, until string) {
	var signer message.Signer
	v.Signing(func(next message.Signer) message.Signer {
		signer = next
		return next
	})
	v.Calls(func(request *http.Request, next func(*http.Request) (*http.Response, error)) (*http.Response, error) {
		body, err := io.ReadAll(request.Body)
		if err != nil {
			return nil, err
		}
		var whole struct{ Header, Message map[string]any }
		if err := json.Unmarshal(body, &whole); err != nil {
			return nil, err
		}
		parts := [][]byte{body}
		if items, _ := whole.Message["search_response"].([]any); len(items) > 1 {
			parts = nil
			id := whole.Header["message_id"]
			for done := range items {
				whole.Header["message_id"], whole.Header["completed_count"] = fmt.Sprint(id, ".", done), done+1
				if whole.Header["status"] = until; done+1 == len(items) {
					whole.Header["status"] = message.StatusSuccess
				}
				whole.Message["search_response"] = items[len(items)-1-done : len(items)-done]
				part, err := signed(signer, whole.Header, whole.Message)
				if err != nil {
					return nil, err
				}
				parts = append(parts, part)
			}
		}
		var response *http.Response
		for _, part := range parts {
			if response != nil {
				_ = response.Body.Close()
			}
			again := request.Clone(request.Context())
			again.Body, again.ContentLength = io.NopCloser(bytes.NewReader(part)), int64(len(part))
			if response, err = next(again); err != nil {
				return nil, err
			}
		}
		return response, nil
	})
}

func signed(signer message.Signer, header, content map[string]any) ([]byte, error) {
	var envelope message.Envelope
	var err error
	if envelope.Header, err = json.Marshal(header); err != nil {
		return nil, err
	}
	if envelope.Message, err = json.Marshal(content); err != nil {
		return nil, err
	}
	if envelope.Signature, err = signer.Sign(envelope.Header, envelope.Message); err != nil {
		return nil, err
	}
	return json.Marshal(envelope)
}

// vendors are whole vendors, each made of ways that go together.
var vendors = map[string][]string{
	"another form": {"items of a batch in another order", "members of its own", "no data where nobody matches",
		"records with their JSON-LD type", "record types by another published spelling", "a short last page that says its own size"},
	"stricter":                            {"a wrong search refused as a bad request", "no page of more than a hundred"},
	"other letters, numbers and portions": {"letters composed", "counts as numbers with a fraction of nothing", "a batch answered in parts"},
	"pages by itself":                     {"pages where none are asked for", "a page beyond the last refused"},
}

// TestLegalVendorsAreNotBlamed keeps the suite from taking its own habits for the standard.
func TestLegalVendorsAreNotBlamed(t *testing.T) {
	if testing.Short() {
		t.Skip("four whole runs of the suite")
	}
	social, err := spec.FindInterface("social")
	require.NoError(t, err)
	catalogue, err := spec.LoadCatalogue()
	require.NoError(t, err)
	var searching []string
	for _, requirement := range catalogue.For(social, spec.RoleRegistry) {
		if slices.Contains([]string{"Search", "Batches", "Expressions", "Predicates", "Sorting", "Paging", "Records", "Households"}, requirement.Area) || requirement.ID == "REG-HDR-007" {
			searching = append(searching, requirement.ID)
		}
	}
	for name, ways := range vendors {
		t.Run(name, func(t *testing.T) {
			alter := func(v *mocks.Vendor) {
				for _, way := range ways {
					require.Contains(t, legal, way)
					legal[way](v)
				}
			}
			report := legalRun(t, alter, []spec.Interface{social}, conformance.Options{Seed: 5, Selection: conformance.Selection{Requirements: searching}})
			for _, requirement := range report.Interfaces[0].Requirements {
				assert.Equal(t, result.Met, requirement.Verdict, "%s: %s", requirement.ID, requirement.Reason)
			}
		})
	}
}
