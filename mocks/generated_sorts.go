package mocks

import (
	"bytes"
	"net/http"
	"strings"

	"github.com/spconform/spconform/reference"
	"github.com/spconform/spconform/spec"
)

// heldTo are, by pattern, the requirements that a message follows its schema.
var heldTo = map[string]struct{ answer, call, notify, ack, refusal string }{
	"registry":   {"REG-ENV-001", "REG-CB-005", "REG-NTF-005", "REG-ACK-001", "REG-HTTP-005"},
	"assessment": {"ELG-ENV-001", "ELG-ENV-001", "", "ELG-ENV-001", "ELG-HTTP-001"},
	"payment":    {"PAY-ENV-001", "PAY-ENV-002", "", "PAY-ACK-001", "PAY-HTTP-002"},
}

// broughtAbout are, by pattern and action of the request or by operation, the requirements in whose
// scenarios a message is sent that those of its schema's requirement do not bring about.
var broughtAbout = map[string][]string{
	"registry/on-subscribe": {"REG-SUB-001"}, "registry/on-unsubscribe": {"REG-UNS-001"},
	"registry/sync-enrolled": {"IBR-ENR-001"}, "registry/sync-enrollment-updates": {"IBR-UPD-001"},
	"registry/sync-disabled": {"DR-STAT-001"}, "registry/sync-disability-details": {"DR-DET-001"},
	"registry/sync-disability-support": {"DR-SUP-001"},
	"payment/on-disburse":              {"PAY-DSB-001"}, "payment/sync-disburse": {"PAY-DSB-001"},
	"payment/on-search": {"PAY-SRCH-001"}, "payment/sync-search": {"PAY-SRCH-001"},
	"payment/txn-on-status": {"PAY-STAT-001"}, "payment/sync-txn-status": {"PAY-STAT-001"},
	"payment/on-link": {"MAP-LINK-001"}, "payment/sync-link": {"MAP-LINK-001"},
	"payment/on-update": {"MAP-UPD-001"}, "payment/sync-update": {"MAP-UPD-001"},
	"payment/on-unlink": {"MAP-UNL-001"}, "payment/sync-unlink": {"MAP-UNL-001"},
	"payment/on-resolve": {"MAP-RES-001", "MAP-RES-005"}, "payment/sync-resolve": {"MAP-RES-001", "MAP-RES-005"},
}

// documents are what a registry shows outside of the envelope.
var documents = []struct {
	id, operation, breaks string
	status                int
}{
	{"token", "token", "SEC-TOK-001", http.StatusOK},
	{"token-error", "token", "SEC-TOK-004", http.StatusBadRequest},
	{"jwks", "jwks", "SEC-JWKS-001", http.StatusOK},
	{"locations", "locations", "REG-LOC-001", http.StatusOK},
}

// sent is a sort of message with its schema.
type sent struct {
	sort
	schema map[string]any
}

// sorts are the messages and documents that a product sends by its interface and document.
func sorts(one spec.Interface, doc *spec.Document) []sent {
	var found []sent
	var acknowledged []spec.Operation
	for _, operation := range one.Operations {
		switch {
		case operation.Role == spec.RoleRegistry && operation.Mode == spec.Sync:
			found = append(found, sent{answerOf(one, operation), schemaAt(doc, operation, "responses", "2XX", "content", "application/json", "schema")})
		case operation.Role == spec.RoleRegistry && operation.Mode == spec.Async:
			acknowledged = append(acknowledged, operation)
		case operation.Role == spec.RoleClient && operation.Action != "":
			found = append(found, sent{callOf(one, operation), schemaAt(doc, operation, "requestBody", "content", "application/json", "schema")})
		}
	}
	if len(acknowledged) > 0 {
		first := acknowledged[0]
		found = append(found,
			sent{ackOf(one, first), schemaAt(doc, first, "responses", "2XX", "content", "application/json", "schema")},
			sent{errorOf(one, first), schemaAt(doc, first, "responses", "4XX", "content", "application/json", "schema")})
	}
	if one.Pattern != "registry" {
		return found
	}
	for _, document := range documents {
		if operation, ok := one.Operation(document.operation); ok {
			status := "200"
			if document.status >= http.StatusBadRequest {
				status = "4XX"
			}
			found = append(found, sent{documentOf(one, document.id, document.breaks, operation, document.status),
				schemaAt(doc, operation, "responses", status, "content", "application/json", "schema")})
		}
	}
	return found
}

// named is a message of an interface without its schema: registries share the operations of their pattern.
func named(one spec.Interface, id, breaks string) sort {
	made := sort{id: id, breaks: breaks, exercise: broughtAbout[one.Pattern+"/"+id], frame: one.Pattern + "/" + breaks, shared: one.Pattern + "/" + id}
	if one.Pattern != "registry" {
		made.id, made.shared = one.ID+"-"+id, one.ID+"/"+id
	}
	return made
}

func answerOf(one spec.Interface, operation spec.Operation) sort {
	made := named(one, operation.ID, heldTo[one.Pattern].answer)
	made.validate = func(doc *spec.Document, body []byte) []spec.Violation {
		return doc.ValidateResponse(operation.ID, http.StatusOK, "application/json", body)
	}
	made.alter = func(v *Vendor, m mutation) {
		if len(m.path) == 1 {
			v.Bodies(whereStatus(taken, m), operation.Path)
			return
		}
		v.Sending(func(out reference.Outgoing, header, body map[string]any) {
			if out.Kind == reference.KindAnswer && out.Operation.ID == operation.ID {
				m.apply(envelopeOf(header, body))
			}
		})
	}
	return made
}

func callOf(one spec.Interface, operation spec.Operation) sort {
	made := named(one, operation.ID, heldTo[one.Pattern].call)
	if operation.ID == "notify" {
		made.breaks = heldTo[one.Pattern].notify
	}
	made.validate = func(doc *spec.Document, body []byte) []spec.Violation {
		return doc.ValidateRequest(operation.ID, "application/json", body)
	}
	made.alter = func(v *Vendor, m mutation) {
		if len(m.path) == 1 {
			v.Calls(func(request *http.Request, next send) (*http.Response, error) {
				if strings.HasSuffix(request.URL.Path, operation.Path) {
					carry(request, edited(content(request), m.apply))
				}
				return next(request)
			})
			return
		}
		v.Sending(func(out reference.Outgoing, header, body map[string]any) {
			if out.Kind != reference.KindAnswer && out.Operation.ID == operation.ID {
				m.apply(envelopeOf(header, body))
			}
		})
	}
	return made
}

// envelopeOf has no message where there is none: what is not sent is not altered.
func envelopeOf(header, body map[string]any) map[string]any {
	if body == nil {
		return map[string]any{"header": header}
	}
	return map[string]any{"header": header, "message": body}
}

func ackOf(one spec.Interface, operation spec.Operation) sort {
	made := named(one, "ack", heldTo[one.Pattern].ack)
	made.frame = ""
	made.validate = func(doc *spec.Document, body []byte) []spec.Violation {
		return doc.ValidateResponse(operation.ID, http.StatusAccepted, "application/json", body)
	}
	made.alter = func(v *Vendor, m mutation) {
		change := whereStatus(taken, m)
		v.Bodies(func(request *http.Request, asked []byte, status int, body []byte) (int, []byte) {
			if !bytes.Contains(body, []byte(`"ack_status"`)) {
				return status, body
			}
			return change(request, asked, status, body)
		})
	}
	return made
}

func errorOf(one spec.Interface, operation spec.Operation) sort {
	made := named(one, "error", heldTo[one.Pattern].refusal)
	made.frame = ""
	made.validate = func(doc *spec.Document, body []byte) []spec.Violation {
		return doc.ValidateResponse(operation.ID, http.StatusBadRequest, "application/json", body)
	}
	made.alter = func(v *Vendor, m mutation) { v.Bodies(whereStatus(refused, m)) }
	return made
}

func documentOf(one spec.Interface, id, breaks string, operation spec.Operation, status int) sort {
	made := named(one, id, breaks)
	made.frame = ""
	made.validate = func(doc *spec.Document, body []byte) []spec.Violation {
		return doc.ValidateResponse(operation.ID, status, "application/json", body)
	}
	fits := taken
	if status >= http.StatusBadRequest {
		fits = refused
	}
	made.alter = func(v *Vendor, m mutation) { v.Bodies(whereStatus(fits, m), operation.Path) }
	return made
}

func taken(status int) bool   { return status < http.StatusBadRequest }
func refused(status int) bool { return status >= http.StatusBadRequest }

// whereStatus makes the change in bodies that go with a status.
func whereStatus(fits func(status int) bool, m mutation) func(*http.Request, []byte, int, []byte) (int, []byte) {
	return func(_ *http.Request, _ []byte, status int, body []byte) (int, []byte) {
		if !fits(status) {
			return status, body
		}
		return status, edited(body, m.apply)
	}
}
