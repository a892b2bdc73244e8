// Package conformance runs the suite on a target and judges it. It sees the target as the world does,
// through HTTP alone.
package conformance

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"strings"
	"time"

	"github.com/samber/lo"
	"github.com/samber/lo/parallel"

	"github.com/spconform/spconform/conformance/dialect"
	"github.com/spconform/spconform/conformance/exchange"
	"github.com/spconform/spconform/conformance/identity"
	"github.com/spconform/spconform/conformance/population"
	"github.com/spconform/spconform/conformance/result"
	"github.com/spconform/spconform/conformance/sharing"
	"github.com/spconform/spconform/conformance/steps"
	"github.com/spconform/spconform/datadictionary"
	"github.com/spconform/spconform/features"
	"github.com/spconform/spconform/spec"
)

// Progress is told how a run goes on.
type Progress interface {
	Start(total int)
	Scenario(name string, status result.Status)
	Finish()
}

// Options say what a run does.
type Options struct {
	Target    Target
	Selection Selection
	Seed      uint64
	// Version is the suite's, for the report.
	Version string
	// Concurrency is the number of scenarios of an interface at a time; 0 means DefaultConcurrency, 1 that all of the
	// run go one after another.
	Concurrency int
	Progress    Progress
	// Standard describes interfaces from outside.
	Standard Standard
}

// DefaultConcurrency is the number of scenarios of an interface that run at a time.
const DefaultConcurrency = 8

// run is the state of one run over all interfaces.
type run struct {
	Options
	catalogue  *spec.Catalogue
	dictionary *datadictionary.Dictionary
	people     *population.Population
	identities identity.Identities
	recorder   *exchange.Recorder
	client     *exchange.Client
	receiver   *exchange.Receiver
	id         string
	trials     []*trial
	brought    steps.Brought
	tokens     steps.Tokens
	report     result.Report
	// given is what the target was told before the scenarios.
	given Provision
}

// trial is what was found out about one interface. It is judged when all have ended, since what a target
// sends in a process is held to its interface's checks as well.
type trial struct {
	plan     *plan
	env      *steps.Env
	outcomes []outcome
	// under is what came of it under the declared dialects; nil where none was spoken.
	under   *spoken
	absent  map[string]string
	claimed []string
}

// Run tests the target. It returns a *UsageError for a selection that cannot be run; a target that
// cannot be reached or a failure of the suite is told in the report (Report.Error, verdict error), so
// that results can be written in any case.
func Run(ctx context.Context, options Options) (report result.Report, err error) {
	r, err := prepare(options)
	if err != nil {
		return result.Report{}, err
	}
	planned, err := r.plans()
	if err != nil {
		return result.Report{}, err
	}
	described := lo.Map(planned, func(p *plan, _ int) spec.Interface { return p.described })
	r.report.Selection.Interfaces = lo.Map(described, func(d spec.Interface, _ int) string { return d.ID })
	if described, err = r.peopled(described); err != nil {
		return result.Report{}, err
	}
	var unmet *UsageError
	if r.people, err = r.Standard.populate(r.Seed, described, r.Target.Declared); errors.As(err, &unmet) {
		return result.Report{}, err
	}
	if err != nil {
		return r.failed(codeOf(err, "suite"), err), nil
	}
	ctx, cancel := context.WithTimeout(ctx, options.Target.Waits.Run)
	defer cancel()
	defer func() { r.land(ctx, &report) }()
	if err := r.open(ctx); err != nil {
		return r.failed(codeOf(err, "suite"), err), nil
	}
	defer func() { _ = r.receiver.Close() }()
	r.given = provision(r.identities, r.people, lo.Map(planned, func(p *plan, _ int) spec.Interface { return p.described }))
	if err := r.launch(ctx, r.given); err != nil {
		return r.failed(codeOf(err, "start"), err), nil
	}
	if options.Target.Provide != nil {
		if r.given.Participants, err = r.participants(ctx); err != nil {
			return r.failed("provision", err), nil
		}
		if err := options.Target.Provide(ctx, r.given); err != nil {
			return r.failed("provision", err), nil
		}
	}
	total := lo.SumBy(planned, func(p *plan) int { return len(p.scenarios) })
	if options.Progress != nil {
		options.Progress.Start(total)
		defer options.Progress.Finish()
	}
	if err := r.test(ctx, planned); err != nil {
		code := "suite"
		if errors.Is(err, steps.ErrUnreachable) {
			code = "unreachable"
		}
		return r.failed(code, err), nil
	}
	return r.finished(), nil
}

func prepare(options Options) (*run, error) {
	catalogue, err := spec.LoadCatalogue()
	if err != nil {
		return nil, err
	}
	dictionary, err := options.Standard.words()
	if err != nil {
		return nil, err
	}
	hash, err := features.Hash()
	if err != nil {
		return nil, err
	}
	nonce := make([]byte, 5)
	if _, err := rand.Read(nonce); err != nil {
		return nil, err
	}
	r := &run{Options: options, catalogue: catalogue, dictionary: dictionary, id: hex.EncodeToString(nonce)}
	if r.Concurrency <= 0 {
		r.Concurrency = DefaultConcurrency
	}
	target := options.Target
	r.report = result.Report{
		SchemaVersion: result.SchemaVersion, Seed: options.Seed, StartedAt: time.Now().UTC(),
		Suite: result.Suite{Name: "spconform", Version: options.Version, CatalogueHash: catalogue.Hash(),
			SpecHash: spec.Hash(), FeaturesHash: hash},
		Profile: options.Standard.profile(),
		Target: result.Target{Kind: target.Kind, Product: target.Product, Version: target.Version, Population: target.Population,
			Dialects: dialectsTold(target.Dialects),
			Bases:    lo.MapValues(target.Interfaces, func(access Access, _ string) string { return access.Base }),
			Products: target.products()},
		Selection: result.Selection{Interfaces: options.Selection.Interfaces, Tags: options.Selection.Tags,
			Requirements: options.Selection.Requirements, Partial: options.Selection.Partial()},
		Interfaces: []result.Interface{},
	}
	return r, nil
}

func (r *run) open(ctx context.Context) error {
	r.recorder = exchange.NewRecorder()
	r.recorder.Masks(r.masking())
	if err := r.receive(ctx); err != nil {
		return err
	}
	r.identities = identity.New(r.Seed, r.receiver.Base())
	r.identities.Use(r.Target.Keys)
	r.recorder.Opens(steps.Opener(r.identities))
	for name, who := range r.identities {
		if own, ok := r.Target.Clients[name]; ok {
			who.Participant.ClientID, who.Participant.ClientSecret = own.ID, own.Secret
		}
		r.recorder.Secret(who.Participant.ClientSecret)
	}
	r.receiver.ServeJWKS(r.identities.Publishes)
	for _, secret := range r.Target.secrets() {
		r.recorder.Secret(secret)
	}
	r.client = exchange.NewClient(r.recorder, r.Target.Waits.Connect, r.Target.Waits.Response, r.Target.Roots)
	return nil
}

// masking keeps record values out of the results that are not of the run's own making: of declared records
// all of them.
func (r *run) masking() *exchange.Masking {
	made := &exchange.Masking{Everything: r.Target.Declared != nil}
	if !made.Everything {
		r.people.Each(func(data map[string]any) { made.Know(data) })
	}
	return made
}

// receive opens the callback receiver: where the launcher listens, or at the target's Listen.
func (r *run) receive(ctx context.Context) (err error) {
	if r.Target.Launcher != nil {
		at, err := r.Target.Launcher.Open(ctx)
		if err != nil {
			return err
		}
		r.receiver = exchange.Receive(r.recorder, at.Listener, at.Base)
		return nil
	}
	listen := cmp.Or(r.Target.Listen, "127.0.0.1:0")
	r.receiver, err = exchange.NewReceiver(r.recorder, listen, r.Target.Callback)
	return err
}

// env is what the scenarios of one interface share, in the strict form or under dialects.
func (r *run) env(p *plan, dialects []dialect.Dialect) (*steps.Env, error) {
	document, err := r.Standard.document(p.described.Document)
	if err != nil {
		return nil, err
	}
	access, auth := r.Target.Interfaces[p.described.ID], r.Target.authOf(p.described.ID)
	base := strings.TrimRight(access.Base, "/")
	env := &steps.Env{
		Interface: p.described, Document: document, Dictionary: r.dictionary, Population: r.people, Identities: r.identities,
		Client: r.client.Facing(), Receiver: r.receiver, Recorder: r.recorder, Base: base, Paths: access.Paths, TargetID: access.ID,
		Product:     cmp.Or(access.Product, r.Target.Product),
		RecordTypes: access.RecordTypes, Trigger: r.Target.Trigger, Rotate: r.Target.rotates(p.described.ID), Sources: r.Target.Sources,
		Sharing: r.Target.shares(p.described.ID), TokenURL: auth.TokenURL, Grant: auth.Grant, Clients: auth.Clients, Tokens: &r.tokens, Bearer: auth.Bearer,
		Brought: &r.brought, Headers: auth.Headers, Waits: r.Target.Waits.Waits, RunID: r.id,
	}
	if env.TokenURL == "" {
		operation, _ := p.described.Operation("token")
		env.TokenURL = operation.Path
	}
	if strings.HasPrefix(env.TokenURL, "/") {
		env.TokenURL = base + env.TokenURL
	}
	if len(dialects) > 0 {
		env.Speaker = speaker(dialects, r.identities, p.described, access)
		env.RunID = r.id + "d"
	}
	env.Restarts = r.restarter(p.described.ID) != nil
	env.Open()
	return env, nil
}

// test reaches all interfaces, then plays their scenarios, and last the processes across them.
func (r *run) test(ctx context.Context, planned []*plan) error {
	processes, planned := lo.FilterReject(planned, func(p *plan, _ int) bool { return isProcess(p.described) })
	met, err := r.meetAll(ctx, planned)
	if err != nil {
		return err
	}
	r.trials = met
	if err := r.interfaces(ctx, met); err != nil {
		return err
	}
	for _, p := range processes {
		if err := r.testProcesses(ctx, p); err != nil {
			return err
		}
	}
	return nil
}

// meetAll meets all interfaces at the same time: one that hangs makes nobody else wait.
func (r *run) meetAll(ctx context.Context, planned []*plan) ([]*trial, error) {
	tried := parallel.Map(planned, func(p *plan, _ int) lo.Tuple2[*trial, error] { return lo.T2(r.meet(ctx, p)) })
	met := make([]*trial, len(tried))
	for i, one := range tried {
		if one.B != nil {
			return nil, one.B
		}
		met[i] = one.A
	}
	return met, r.introduce(met)
}

// introduce lets what asks registries, such as a service of eligibility, be judged by what these tell the runner.
func (r *run) introduce(met []*trial) error {
	envs := lo.SliceToMap(met, func(t *trial) (string, *steps.Env) { return t.plan.described.ID, t.env })
	for _, t := range met {
		for _, id := range t.plan.described.Sources {
			if _, served := r.Target.Interfaces[id]; !served {
				continue
			}
			if envs[id] == nil {
				described, err := r.Standard.find(id)
				if err != nil {
					return err
				}
				if envs[id], err = r.env(&plan{described: described}, nil); err != nil {
					return err
				}
			}
			t.env.Parties = lo.Assign(t.env.Parties, map[string]*steps.Env{id: envs[id]})
		}
	}
	return nil
}

// meet reaches an interface and finds out what it does not have.
func (r *run) meet(ctx context.Context, p *plan) (*trial, error) {
	env, err := r.env(p, nil)
	if err != nil {
		return nil, err
	}
	if err := env.Reach(ctx); err != nil {
		return nil, err
	}
	tried := &trial{plan: p, env: env, claimed: r.Target.Interfaces[p.described.ID].Capabilities}
	tried.absent = r.probe(ctx, env, p, tried.claimed)
	_, env.WithoutUpdate = tried.absent["update"]
	return tried, nil
}

// probe finds the unclaimed capabilities that are proven absent.
func (r *run) probe(ctx context.Context, env *steps.Env, p *plan, claimed []string) map[string]string {
	absent := map[string]string{}
	if !env.AnswersControl(ctx) {
		return absent
	}
	for _, capability := range p.described.Capabilities() {
		if lo.Contains(claimed, capability) {
			continue
		}
		if proof, gone := env.ProbeAbsent(ctx, capability); gone {
			absent[capability] = proof
		}
	}
	return absent
}

func (r *run) failed(code string, err error) result.Report {
	r.report.Error = &result.RunError{Code: code, Message: err.Error()}
	return r.finished()
}

// finished closes the report: scores, and the exchanges that failures point to.
func (r *run) finished() result.Report {
	r.report.FinishedAt = time.Now().UTC()
	if r.recorder != nil {
		r.report.Transcript = r.recorder.Results()
		r.report.Target.Certificates = lo.PickBy(lo.MapValues(r.report.Target.Bases, func(base, _ string) string {
			return r.recorder.Certificate(base)
		}), func(_, certificate string) bool { return certificate != "" })
	}
	for _, tried := range r.trials {
		tested := judge(tried.env, tried.plan, tried.outcomes, tried.absent, tried.under)
		tested.Claimed = tried.claimed
		declare(&tested, r.Target.Said, r.report.StartedAt)
		r.report.Interfaces = append(r.report.Interfaces, tested)
	}
	shown := map[string]bool{}
	for i := range r.report.Interfaces {
		tested := &r.report.Interfaces[i]
		score(tested, r.report)
		for _, requirement := range tested.Requirements {
			for _, failure := range requirement.AllFailures() {
				for _, id := range failure.Exchanges {
					shown[id] = true
				}
			}
		}
	}
	r.report.Exchanges = lo.Filter(r.report.Transcript, func(e result.Exchange, _ int) bool { return shown[e.ID] })
	return r.report
}

// Fixture is Standard.Fixture by the embedded standard.
func Fixture(seed uint64, interfaces []spec.Interface, callback string) (Provision, error) {
	return Standard{}.Fixture(seed, interfaces, callback)
}

func provision(parties identity.Identities, people *population.Population, interfaces []spec.Interface) Provision {
	return Provision{Participants: parties.Fixture(), Records: people.Fixture(),
		Agreements: sharing.Agreements(parties, interfaces), Consents: sharing.Consents(people, interfaces)}
}
