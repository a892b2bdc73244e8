package reference

import (
	"encoding/json"
	"net/http"
	"slices"

	"github.com/spconform/spconform/reference/store"
	"github.com/spconform/spconform/spec"
	"github.com/spconform/spconform/spec/fixture"
	"github.com/spconform/spconform/spec/message"
)

// AccessLogPath is where an auditor reads who asked for a person's record. It is no published operation.
const AccessLogPath = "/registry/access-log"

// roleAuditor may read the access log, and is asked on behalf of the person.
const roleAuditor = "auditor"

// serveAccessLog answers a fixture.AccessQuestion with a fixture.AccessLog. It asks for a bearer token of
// an auditor; the person is named in the body, so that no identifier ends in a log of URLs.
func (s *Server) serveAccessLog(described spec.Interface) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		in := &Incoming{Interface: described, Operation: spec.Operation{ID: "access-log", Mode: spec.HTTP},
			ReceiverID: s.idOn(described.ID), HTTP: r, received: s.now()}
		r.Body = http.MaxBytesReader(w, r.Body, s.limits.Body)
		if err := s.answerAccessLog(w, in); err != nil {
			s.writeError(w, in, err)
		}
	}
}

func (s *Server) answerAccessLog(w http.ResponseWriter, in *Incoming) error {
	ctx := in.HTTP.Context()
	if err := s.checkToken(ctx, in); err != nil {
		return err
	}
	if who, known := s.roster.find(in.Subject); !known || !slices.Contains(who.Roles, roleAuditor) {
		return refuse(message.ErrRequestForbidden, "only an auditor reads the access log")
	}
	var asked fixture.AccessQuestion
	if err := json.NewDecoder(in.HTTP.Body).Decode(&asked); err != nil || asked.IdentifierValue == "" {
		return refuse(message.ErrRequestBad, "name a person by reg_record_type, identifier_type and identifier_value")
	}
	record, known := in.Interface.Record(asked.RegRecordType)
	if !known {
		return refuse(message.ErrRequestBad, "reg_record_type is not a record type of this registry")
	}
	entries, err := s.store.Accesses(ctx, store.Person{Interface: in.Interface.ID, RecordType: record.Name,
		IdentifierType: asked.IdentifierType, IdentifierValue: asked.IdentifierValue})
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, fixture.AccessLog{Entries: entries})
	return nil
}
