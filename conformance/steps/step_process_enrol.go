package steps

import (
	"cmp"
	"context"
	"errors"
	"strings"

	"github.com/spconform/spconform/conformance/population"
)

var enrolSteps = []definition{
	{`^the programme enrols the applicant$`, "the enrolment is posted to the beneficiary registry (sync/enrollment/updates), as active", inWorld(enrols)},
	{`^the programme makes the enrolment (suspended|deceased|graduated|active)$`, "a change of enrolment_status is posted (PRS.IBR.03)", withText(makesEnrolment)},
	{`^the programme publishes a benefit of (\d+)$`, "the beneficiary is posted with one more benefit (PRS.IBR.02)", withNumber(publishesBenefit)},
	{`^the beneficiary registry says (yes|no) to whether the applicant is enrolled$`, "sync/enrolled about the person and the programme", withText(saysEnrolled)},
	{`^the beneficiary registry says no to whether the applicant is enrolled in another programme$`, "a programme in which others are enrolled", inWorld(saysNotElsewhere)},
	{`^the beneficiary registry holds the enrolment as it was posted$`, "a search by the person's identifier finds the programme, the status and the benefits", inWorld(holdsEnrolment)},
}

// enrolmentCodes are the codes of enrolment_status.
var enrolmentCodes = map[string]string{"active": "1", "deceased": "2", "graduated": "3", "suspended": "4"}

// programme is the code under which the beneficiary registry knows the scheme.
func (p process) programme() string {
	return cmp.Or(p.scheme.Programme, strings.ToUpper(p.scheme.ID))
}

func enrols(ctx context.Context, w *World) error {
	w.process.enrolment = w.env.Population.Enrolment(w.process.applicant, w.process.programme(), enrolmentCodes["active"])
	return w.postEnrolment(ctx)
}

func makesEnrolment(ctx context.Context, w *World, status string) error {
	w.process.enrolment = population.With(w.process.enrolment, "enrolment_status", enrolmentCodes[status])
	return w.postEnrolment(ctx)
}

func publishesBenefit(ctx context.Context, w *World, quantity int) error {
	held, _ := w.process.enrolment.Data["benefits"].([]any)
	w.process.enrolment = population.With(w.process.enrolment, "benefits", append(held[:len(held):len(held)], map[string]any{
		"benefit_type": "1", "benefit_date": w.process.asOf.String() + "T00:00:00Z", "benefit_quantity": quantity}))
	return w.postEnrolment(ctx)
}

// postEnrolment posts the enrolment as it stands; from then on it is what is true.
func (w *World) postEnrolment(ctx context.Context) error {
	if w.process.enrolment.IDValue == "" {
		return errors.New("the scenario posts an enrolment before it has enrolled anybody")
	}
	err := w.at(ctx, "ibr", func(ctx context.Context, ibr *World) error {
		ibr.drafts = []*Draft{ibr.intakeDraft(w.process.enrolment)}
		if err := sent(ctx, ibr, "synchronously"); err != nil {
			return err
		}
		return everyTaken(ctx, ibr)
	})
	if err != nil || w.process.truth == nil {
		return err
	}
	for _, source := range w.process.scheme.Sources() {
		if source.Interface == "ibr" {
			w.process.truth.Fail(source)
			w.process.truth.Tell(source, w.process.enrolment.Data)
		}
	}
	return nil
}

func saysEnrolled(ctx context.Context, w *World, want string) error {
	return w.asksEnrolled(ctx, w.process.applicant.Person, w.process.programme(), want)
}

// saysNotElsewhere asks for a programme that the beneficiary registry knows from others.
func saysNotElsewhere(ctx context.Context, w *World) error {
	for _, record := range w.env.Population.All("ibr", "") {
		for _, code := range programmesOf(record) {
			if code != w.process.programme() {
				return w.asksEnrolled(ctx, w.process.applicant.Person, code, "no")
			}
		}
	}
	return errors.New("the population has one programme only")
}

func (w *World) asksEnrolled(ctx context.Context, who population.Identifier, programme, want string) error {
	return w.at(ctx, "ibr", func(ctx context.Context, ibr *World) error {
		operation, err := ibr.lookupOperation("enrolled")
		if err != nil {
			return err
		}
		ibr.drafts = []*Draft{ibr.lookupDraft("enrolled", operation.Lookup, map[string]string{
			ibr.record.Identifier: who.Value, programmeAttribute: programme})}
		if err := isAsked(ctx, ibr); err != nil {
			return err
		}
		ibr.replies = ibr.replies[len(ibr.replies)-1:]
		return answerIs(ctx, ibr, want)
	})
}

// holdsEnrolment looks at what was posted of the enrolment; a registry may hold more.
func holdsEnrolment(ctx context.Context, w *World) error {
	return w.at(ctx, "ibr", func(ctx context.Context, ibr *World) error {
		found, reply, err := ibr.holderOf(ctx, "", w.process.applicant.Person)
		if err != nil {
			return err
		}
		if len(found) != 1 {
			return failf("the enrolment that was posted", reply.exchanges(), "%d records", len(found))
		}
		for _, difference := range population.Compare(w.process.enrolment, found[0]) {
			if difference.Kind != "extra" {
				return &Fail{Expected: "the enrolment as it was posted", Actual: difference.Path + " is " + difference.Kind,
					Attribute: ibr.record.Object + "." + difference.Path, Exchanges: reply.exchanges()}
			}
		}
		return nil
	})
}
