package mocks

import (
	"encoding/json"
	"net/http"

	"github.com/spconform/spconform/reference"
)

var _ = register(
	Defect{ID: "answer-without-message-id", Class: classEnvelope, Breaks: []string{"REG-ENV-001"},
		Sentence: "leaves message_id out of its answers",
		Alter: func(v *Vendor) {
			v.Sending(func(_ reference.Outgoing, header, _ map[string]any) { delete(header, "message_id") })
		}},
	Defect{ID: "answer-count-as-text", Class: classEnvelope, Breaks: []string{"REG-ENV-001"},
		Sentence: "writes total_count as a text",
		Alter: func(v *Vendor) {
			v.Sending(func(_ reference.Outgoing, header, _ map[string]any) { header["total_count"] = "1" })
		}},
	Defect{ID: "answer-members-in-camel-case", Class: classEnvelope, Breaks: []string{"REG-ENV-001"},
		Sentence: "writes correlationId for correlation_id in answers to status requests",
		Alter: func(v *Vendor) {
			v.Sending(func(out reference.Outgoing, _, body map[string]any) {
				if out.Header.Action == "txn-on-status" {
					body["correlationId"] = body["correlation_id"]
					delete(body, "correlation_id")
				}
			})
		}},
	Defect{ID: "answer-item-undated-without-match", Class: classEnvelope, Breaks: []string{"REG-ENV-001"},
		Sentence: "leaves the timestamp out of items without a match",
		Alter: func(v *Vendor) {
			v.Answers(func(_ reference.Outgoing, items []map[string]any) []map[string]any {
				for _, item := range items {
					data, _ := item["data"].(map[string]any)
					if records, _ := data["reg_records"].([]any); len(records) == 0 {
						delete(item, "timestamp")
					}
				}
				return items
			})
		}},
	Defect{ID: "answer-third-item-bare", Class: classEnvelope, Strength: ThirdItem, Breaks: []string{"REG-ENV-001"},
		Sentence: "leaves the timestamp out of the third item of a batch",
		Alter: func(v *Vendor) {
			v.Answers(func(_ reference.Outgoing, items []map[string]any) []map[string]any {
				if len(items) > 2 {
					delete(items[2], "timestamp")
				}
				return items
			})
		}},
	Defect{ID: "envelope-without-header-acknowledged", Class: classEnvelope, Breaks: []string{"REG-ENV-002"},
		Sentence: "acknowledges an envelope without a header",
		Alter: func(v *Vendor) {
			v.Before(func(w http.ResponseWriter, r *http.Request, body []byte) bool {
				var envelope map[string]json.RawMessage
				bare := isMessage(r) && !isSync(r) && json.Unmarshal(body, &envelope) == nil && envelope["header"] == nil
				if bare {
					sayJSON(w, http.StatusAccepted, ackBody)
				}
				return bare
			})
		}},
	Defect{ID: "envelope-without-message-answered", Class: classEnvelope, Breaks: []string{"REG-ENV-002"},
		Sentence: "answers an envelope without a message with success and nothing",
		Alter: func(v *Vendor) {
			bare := func(in *reference.Incoming) bool { return in != nil && len(in.Envelope.Message) == 0 }
			v.Forgives("schema", func(in *reference.Incoming, _ error) bool { return bare(in) })
			v.Sending(func(out reference.Outgoing, header, _ map[string]any) {
				if bare(out.Request) {
					header["status"] = "succ"
					delete(header, "status_reason_code")
					delete(header, "status_reason_message")
				}
			})
		}},
	Defect{ID: "locations-without-context", Class: classLocations, Breaks: []string{"REG-LOC-001"},
		Sentence: "publishes locations without @context",
		Alter:    locationsAs(func(d map[string]any, _ []map[string]any) { delete(d, "@context") })},
	Defect{ID: "locations-without-names", Class: classLocations, Breaks: []string{"REG-LOC-001"},
		Sentence: "publishes locations without their names",
		Alter: locationsAs(func(_ map[string]any, places []map[string]any) {
			delete(places[len(places)-1], "name")
		})},
	Defect{ID: "locations-as-a-list", Class: classLocations, Breaks: []string{"REG-LOC-001"},
		Sentence: "publishes a bare list of locations",
		Alter: func(v *Vendor) {
			v.Bodies(func(_ *http.Request, _ []byte, status int, _ []byte) (int, []byte) {
				return status, []byte(`[{"name":"North"}]`)
			}, "/locations.json")
		}},
	Defect{ID: "locations-parent-missing", Class: classLocations, Breaks: []string{"REG-LOC-002"},
		Sentence: "places a location within one that it does not publish",
		Alter: locationsAs(func(_ map[string]any, places []map[string]any) {
			places[len(places)-1]["contained_in_place"] = "ZZ-99"
		})},
	Defect{ID: "locations-without-root", Class: classLocations, Breaks: []string{"REG-LOC-002"},
		Sentence: "places every location within another, the root too",
		Alter: locationsAs(func(_ map[string]any, places []map[string]any) {
			last := places[len(places)-1]["identifier"].([]any)[0].(map[string]any)["identifier"]
			for _, place := range places {
				if place["contained_in_place"] == nil {
					place["contained_in_place"] = last
				}
			}
		})},
	Defect{ID: "locations-parent-by-name", Class: classLocations, Breaks: []string{"REG-LOC-002"},
		Sentence: "names the place around a location by its name",
		Alter: locationsAs(func(_ map[string]any, places []map[string]any) {
			for _, place := range places[1:] {
				place["contained_in_place"] = places[0]["name"]
			}
		})},
)

// locationsAs changes the published locations: the document and its places.
func locationsAs(change func(document map[string]any, places []map[string]any)) func(*Vendor) {
	return func(v *Vendor) {
		v.Bodies(func(_ *http.Request, _ []byte, status int, body []byte) (int, []byte) {
			var document map[string]any
			if json.Unmarshal(body, &document) != nil {
				return status, body
			}
			var places []map[string]any
			for _, place := range document["locations"].([]any) {
				places = append(places, place.(map[string]any))
			}
			change(document, places)
			changed, _ := json.Marshal(document)
			return status, changed
		}, "/locations.json")
	}
}
