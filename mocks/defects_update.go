package mocks

import (
	"context"
	"net/http"
	"strings"

	"github.com/spconform/spconform/reference"
	"github.com/spconform/spconform/spec/message"
)

const (
	classUpdate = "updates"
)

func isUpdate(in *reference.Incoming) bool { return in.Operation.ID == "update" }

// updating changes what the vendor takes an update to say of each record.
func updating(change func(record map[string]any)) func(*Vendor) {
	return func(v *Vendor) {
		v.Understands(func(in *reference.Incoming, body map[string]any) {
			if isUpdate(in) {
				for _, event := range listed(body, "notify_event") {
					change(within(event, "data", "reg_records"))
				}
			}
		})
	}
}

var _ = register(
	Defect{ID: "update-not-served", Class: classUpdate, Breaks: []string{"REG-UPD-001"}, Sentence: "answers every update with HTTP 404",
		Alter: func(v *Vendor) {
			v.Before(func(w http.ResponseWriter, r *http.Request, _ []byte) bool {
				if strings.HasSuffix(r.URL.Path, "/notify") {
					sayJSON(w, http.StatusNotFound, `{"errors":[{"code":"err.request.not_found"}]}`)
					return true
				}
				return false
			})
		}},
	Defect{ID: "update-forbidden-to-all", Class: classUpdate, Breaks: []string{"REG-UPD-001"}, Sentence: "lets nobody update",
		Alter: demanding("role", message.ErrRequestForbidden, isUpdate)},
	Defect{ID: "update-ignored", Class: classUpdate, Breaks: []string{"REG-UPD-002"}, Sentence: "acknowledges updates and writes nothing",
		Alter: updating(func(record map[string]any) {
			for name := range record {
				if !strings.HasSuffix(name, "identifier") {
					delete(record, name)
				}
			}
		})},
	Defect{ID: "update-of-numbers-ignored", Class: classUpdate, Breaks: []string{"REG-UPD-002"}, Sentence: "leaves poverty_score as it was in every update",
		Alter: updating(func(record map[string]any) { delete(record, "poverty_score") })},
	Defect{ID: "update-not-told", Class: classUpdate, Breaks: []string{"REG-UPD-003"}, Silent: "the update is taken in, and no notification is sent of it", Sentence: "tells subscribers of its own changes and not of updates",
		Alter: func(v *Vendor) {
			var caused remembered
			v.Sending(func(out reference.Outgoing, header, _ map[string]any) {
				if id, _ := header["message_id"].(string); out.Kind == reference.KindNotify && out.Request != nil {
					caused.add(id)
				}
			})
			notifications(func(request *http.Request, next send) (*http.Response, error) {
				if id, _ := within(parsed(content(request)), "header")["message_id"].(string); caused.has(id) {
					return accepted(request), nil
				}
				return next(request)
			})(v)
		}},
	Defect{ID: "update-by-anybody", Class: classUpdate, Breaks: []string{"REG-UPD-004"}, Sentence: "lets every party update records",
		Alter: func(v *Vendor) { v.WithoutCheck("role") }},
	Defect{ID: "update-refused-and-done", Class: classUpdate, Breaks: []string{"REG-UPD-004"}, Sentence: "refuses an update of a party without the role after it has written it",
		Alter: func(v *Vendor) {
			var wrong remembered
			v.Check("role", func(ctx context.Context, in *reference.Incoming, next func(context.Context, *reference.Incoming) error) error {
				if next(ctx, in) != nil {
					wrong.add(in.Header.MessageID)
				}
				return nil
			})
			v.Bodies(func(_ *http.Request, asked []byte, status int, body []byte) (int, []byte) {
				if id, _ := within(parsed(asked), "header")["message_id"].(string); wrong.has(id) {
					return http.StatusForbidden, []byte(`{"errors":[{"code":"err.request.forbidden"}]}`)
				}
				return status, body
			}, "/notify")
		}},
	Defect{ID: "update-wrong-part-dropped", Class: classUpdate, Breaks: []string{"REG-UPD-005"}, Sentence: "drops what is wrong in an update and writes the rest",
		Alter: updating(func(record map[string]any) {
			for _, name := range []string{"poverty_score", "group_size", "group_type", "registration_date"} {
				if _, object := record[name].(map[string]any); object {
					delete(record, name)
				}
			}
		})},
)
