package mocks

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/samber/lo"

	"github.com/spconform/spconform/reference"
	"github.com/spconform/spconform/spec/message"
)

// nowhere stands in place of what a vendor does not understand, so that it is refused.
const nowhere = "not-understood-here"

var dialects = []Dialect{
	{
		ID: "paths-prefixed", Sentence: "serves everything under /api/v1 and nothing at the published paths",
		Falls: []string{"REG-SEARCH-001", "REG-ACK-001", "SEC-SIG-001"},
		Alter: func(v *Vendor) { v.HTTP(under("/api/v1", "/")) },
	},
	{
		ID: "paths-mixed", Sentence: "serves the registry's operations under /api/v1, keys and tokens at the published paths",
		Falls: []string{"REG-SEARCH-001", "REG-ACK-001"},
		Alter: func(v *Vendor) { v.HTTP(under("/api/v1", "/registry/")) },
	},
	{
		ID: "action-search", Sentence: "answers a search with the action search",
		Falls: []string{"REG-HDR-004"},
		Alter: func(v *Vendor) {
			v.Sending(func(_ reference.Outgoing, header, _ map[string]any) {
				if header["action"] == "on-search" {
					header["action"] = "search"
				}
			})
		},
	},
	{
		ID: "action-as-published", Sentence: "takes and gives payment operations the actions of the published documents, and takes no others",
		Interfaces: []string{"disburse", "mapper"},
		Falls:      []string{"PAY-DSB-001", "MAP-UPD-001", "MAP-UNL-001", "MAP-RES-001"},
		Alter:      actsAsPublished,
	},
	{
		ID: "status-error", Sentence: "says error where header.status is to be rjct",
		Falls: []string{"REG-ENV-001"},
		Alter: func(v *Vendor) {
			v.Sending(func(_ reference.Outgoing, header, _ map[string]any) {
				if header["status"] == message.StatusRejected {
					header["status"] = "error"
				}
			})
		},
	},
	{
		ID: "error-single", Sentence: "gives an HTTP error as one object error",
		Falls: []string{"REG-HTTP-005"},
		Alter: func(v *Vendor) { v.Bodies(singleError) },
	},
	{
		ID: "ack-202", Sentence: "acknowledges with HTTP 202", Published: true,
		Alter: func(v *Vendor) {
			v.Bodies(func(_ *http.Request, _ []byte, status int, body []byte) (int, []byte) {
				if status == http.StatusOK && bytes.Contains(body, []byte(`"ack_status"`)) {
					return http.StatusAccepted, body
				}
				return status, body
			})
		},
	},
	{
		ID: "sender-uri-suffix", Sentence: "answers at sender_uri followed by /callback",
		Falls: []string{"REG-CB-006"},
		Alter: suffixed("/callback"),
	},
	{
		ID: "idtype-value-nested", Sentence: "takes an idtype-value query as id_type and id_value, and not otherwise",
		Falls: []string{"REG-SEARCH-001"},
		Alter: func(v *Vendor) { v.Takes(nestedIdentifier) },
	},
	{
		ID: "reg-type-short", Sentence: "takes and says reg_type as SR, and not otherwise",
		Falls: []string{"REG-SEARCH-001"},
		Alter: shortRegType,
	},
	{
		ID: "reg-record-type-required", Sentence: "takes no search without a reg_record_type", Published: true,
		Alter: func(v *Vendor) {
			v.Takes(func(_, body map[string]any) {
				for _, criteria := range criteriaOf(body) {
					if _, told := criteria["reg_record_type"]; !told && criteria["query_type"] != nil {
						criteria["reg_record_type"] = nowhere
					}
				}
			})
		},
	},
	{
		ID: "reg-record-type-absent", Sentence: "takes no search with a reg_record_type: it holds one type",
		Falls: []string{"REG-SEARCH-001"}, Remains: otherTypes,
		Alter: func(v *Vendor) {
			v.Takes(func(_, body map[string]any) {
				for _, criteria := range criteriaOf(body) {
					if _, told := criteria["reg_record_type"]; told {
						criteria["reg_record_type"] = nowhere
					}
				}
			})
		},
	},
	{
		ID: "expression-sequence", Sentence: "takes an expression as a list of seq and conditions with =, <, >=",
		Falls: []string{"REG-QEX-001"},
		Alter: func(v *Vendor) { v.Takes(expressions(fromSequence)) },
	},
	{
		ID: "expression-range", Sentence: "takes an expression as range with gte and lte, and term",
		Falls: []string{"REG-QEX-001"},
		Alter: func(v *Vendor) { v.Takes(expressions(fromRange)) },
	},
}

// otherTypes are what a vendor without records of other types than the first does not meet.
var otherTypes = []string{"LEG-RECT-001", "SEC-ENC-002",
	"REG-QPR-001", "REG-QPR-002", "REG-QPR-003", "REG-QPR-004", "REG-QPR-005", "REG-QPR-006", "REG-QPR-007", "REG-QPR-008", "REG-QPR-009", "REG-QPR-010",
	"REG-REC-001", "REG-REC-002", "REG-REC-004", "REG-SEARCH-001", "REG-SEARCH-007", "REG-SEARCH-016", "REG-SEARCH-018", "REG-SEARCH-024",
	"REG-SEARCH-025", "REG-BATCH-006", "REG-UPD-002", "REG-UPD-004", "REG-UPD-005",
	"SR-REC-001", "SR-REC-002", "SR-REC-003", "SR-REC-004", "SR-REC-005", "SR-REC-006"}

// publishedActs are by path the actions that a request may have, the first for what the operation means and the others
// as published, and the action of the answer.
var publishedActs = map[string]struct {
	means  string
	takes  []string
	answer string
}{
	"/disburse/sync/disburse":   {"disburse", []string{"search"}, "on-search"},
	"/disburse/txn/status":      {"txn-status", []string{"on-disburse", "on-search"}, "on-disburse"},
	"/disburse/sync/txn/status": {"txn-status", []string{"search", "subscribe"}, "notify"},
	"/mapper/sync/link":         {"link", []string{"link"}, "on-search"},
	"/mapper/sync/update":       {"update", []string{"link"}, "on-search"},
	"/mapper/sync/unlink":       {"unlink", []string{"link"}, "on-search"},
	"/mapper/sync/resolve":      {"resolve", []string{"link"}, "on-search"},
}

func actsAsPublished(v *Vendor) {
	v.TakesAt(func(path string, header, _ map[string]any) {
		for suffix, act := range publishedActs {
			if action, _ := header["action"].(string); !strings.HasSuffix(path, suffix) {
				continue
			} else if slices.Contains(act.takes, action) {
				header["action"] = act.means
			} else {
				header["action"] = nowhere
			}
		}
	})
	v.Sending(func(out reference.Outgoing, header, _ map[string]any) {
		if out.Request == nil {
			return
		}
		if act, slipped := publishedActs[out.Request.Operation.Path]; slipped {
			header["action"] = act.answer
		}
	})
}

// under serves paths that begin with below, behind an interface's own, under a prefix only.
func under(prefix, below string) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			before, after, inside := strings.Cut(r.URL.Path, prefix)
			if inside {
				moved := r.Clone(r.Context())
				moved.URL.Path = before + after
				next.ServeHTTP(w, moved)
				return
			}
			if strings.Contains(r.URL.Path, below) {
				http.NotFound(w, r)
				return
			}
			next.ServeHTTP(w, r)
		})
	}
}

func singleError(_ *http.Request, _ []byte, status int, body []byte) (int, []byte) {
	var said struct {
		Errors []json.RawMessage `json:"errors"`
	}
	if status < http.StatusBadRequest || json.Unmarshal(body, &said) != nil || len(said.Errors) == 0 {
		return status, body
	}
	made, err := json.Marshal(map[string]any{"error": said.Errors[0]})
	if err != nil {
		return status, body
	}
	return status, made
}

// suffixed adds to the sender_uri of a message where it answers.
func suffixed(suffix string) func(*Vendor) {
	return func(v *Vendor) {
		var named sync.Map
		v.Check("sender_uri", func(ctx context.Context, in *reference.Incoming, next func(context.Context, *reference.Incoming) error) error {
			named.Store(in.Header.SenderURI, true)
			return next(ctx, in)
		})
		v.Calls(func(request *http.Request, next send) (*http.Response, error) {
			if _, told := named.Load(request.URL.String()); told {
				request = request.Clone(request.Context())
				request.URL.Path += suffix
			}
			return next(request)
		})
	}
}

func nestedIdentifier(_, body map[string]any) {
	for _, criteria := range criteriaOf(body) {
		for kind, member := range map[string]string{"query_type": "query", "filter_type": "filter"} {
			if criteria[kind] != message.QueryIDTypeValue {
				continue
			}
			query, _ := criteria[member].(map[string]any)
			value, nested := query["value"].(map[string]any)
			if !nested || query["type"] != message.QueryIDTypeValue {
				criteria[member] = map[string]any{nowhere: true}
				continue
			}
			criteria[member] = map[string]any{"type": value["id_type"], "value": value["id_value"]}
		}
	}
}

// regTypes are the names of the registries by their short ones.
var regTypes = map[string]string{
	"SR": "ns:org:RegistryType:Social", "CRVS": "ns:org:RegistryType:Civil", "IBR": "ns:org:RegistryType:IBR",
	"DR": "ns:org:RegistryType:DR", "FR": "ns:org:RegistryType:FR", "ESS": "ns:org:RegistryType:ESS",
}

func shortRegType(v *Vendor) {
	v.Takes(func(_, body map[string]any) {
		for _, criteria := range criteriaOf(body) {
			name, told := criteria["reg_type"]
			if !told || name == nil {
				continue
			}
			short, _ := name.(string)
			criteria["reg_type"] = cmp.Or(regTypes[short], nowhere)
		}
	})
	v.Sending(func(_ reference.Outgoing, _, body map[string]any) { shorten(body) })
}

// shorten writes the short name wherever a long one is.
func shorten(value any) {
	switch value := value.(type) {
	case map[string]any:
		for member, inner := range value {
			name, isText := inner.(string)
			if short, known := lo.FindKey(regTypes, name); member == "reg_type" && isText && known {
				value[member] = short
				continue
			}
			shorten(inner)
		}
	case []any:
		for _, inner := range value {
			shorten(inner)
		}
	}
}
