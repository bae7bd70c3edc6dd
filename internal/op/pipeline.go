package op

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"math/rand/v2"
	"regexp"
	"runtime/debug"
	"sort"
	"strconv"
	"strings"
	"time"

	"backoffice/internal/clock"
	"backoffice/internal/fault"
)

const (
	attemptsMax     = 12
	backoffFirst    = 4 * time.Millisecond
	backoffMax      = 250 * time.Millisecond
	conflictAfter   = time.Second
	keyCharsMax     = 255
	hashPrefixBytes = 24
)

// run is one call on its way through the pipeline.
type run[D, In, Out any] struct {
	op   *Op[D, In, Out]
	rt   *Runtime
	deps D
	req  *Request
	in   In
	call *Call
	key  string // hashed idempotency key
	hash string // hash of the request
	out  Out    // what the call was answered with

	instead func(ctx context.Context) (*Response, error) // takes the place of commit
}

func (r *run[D, In, Out]) serve(ctx context.Context) *Response {
	spec := &r.op.Spec
	ctx, cancel := context.WithTimeout(ctx, spec.TimeLimit())
	defer cancel()
	resp, err := guarded(func() (*Response, error) { return r.steps(ctx) })
	if err != nil {
		resp = Refuse(err, r.req.ID)
		r.rt.refuse(ctx, r.call, resp.Problem)
	}
	if limit := spec.StepUp; resp.Problem != nil && resp.Problem.Code == RuleStepUp.Code {
		resp.Header.Set("WWW-Authenticate", fmt.Sprintf("Bearer error=\"insufficient_user_authentication\", max_age=\"%d\"", int(limit.Seconds())))
	}
	if d := spec.Deprecated; d != nil {
		announce(resp.Header, d)
	}
	resp.Header.Set("X-Request-Id", r.req.ID)
	return resp
}

// guarded turns a broken invariant into a refusal: the call fails, the process goes on. Nothing has been committed, since a
// commit is the last thing that a call does.
func guarded(do func() (*Response, error)) (resp *Response, err error) {
	defer func() {
		if broken := recover(); broken != nil {
			err = fmt.Errorf("broken invariant: %v\n%s", broken, debug.Stack())
		}
	}()
	return do()
}

// steps are the life of a call: who, limits, right, decode, validate, key, then load, decide and commit.
func (r *run[D, In, Out]) steps(ctx context.Context) (*Response, error) {
	spec := &r.op.Spec
	if err := r.begin(); err != nil {
		return nil, err
	}
	ctx = r.rt.Acts.Begin(WithRunning(ctx, spec, r.call.Tenant), spec, r.call.Tenant)
	if len(r.req.Body) > spec.BodyLimit() {
		return nil, RuleTooLarge.Err()
	}
	if err := r.freshEnough(); err != nil {
		return nil, err
	}
	if spec.Public == "" && spec.HTTP() {
		grant, err := r.rt.Authz.Authorize(ctx, r.call.Identity, *spec, r.call.At)
		if err != nil {
			return nil, err
		}
		if grant.Breadth != All && !spec.Narrows {
			return nil, RuleForbidden.Err()
		}
		r.call.Grant = grant
	}
	if err := decode(r.req, &r.in); err != nil {
		return nil, err
	}
	if err := r.options(); err != nil {
		return nil, err
	}
	if !spec.Writes() {
		return r.answerOnly(ctx)
	}
	if err := r.idempotency(); err != nil {
		return nil, err
	}
	if r.instead != nil {
		return r.instead(ctx)
	}
	return r.commit(ctx)
}

// freshEnough asks a person for a recent sign-in where the operation does (RFC 9470). A machine has none to give: its key is
// what is trusted.
func (r *run[D, In, Out]) freshEnough() error {
	c := r.call
	if limit := r.op.Spec.StepUp; limit > 0 && c.Person != "" && c.At.Sub(c.AuthTime) > limit {
		return RuleStepUp.Err()
	}
	return nil
}

func (r *run[D, In, Out]) begin() error {
	r.call = &Call{At: r.rt.Clock(), Spec: &r.op.Spec, rt: r.rt, params: canonical(r.req.Query) + "|" + pathText(r.req.Path)}
	if r.req.Identity != nil {
		r.call.Identity = *r.req.Identity
		return nil
	}
	if r.op.Spec.Public == "" {
		return RuleNoToken.Err()
	}
	return nil
}

// options reads what every call may carry: dryRun, format, If-Match.
func (r *run[D, In, Out]) options() error {
	spec := &r.op.Spec
	if v, there := r.req.Query["dryRun"]; there {
		if spec.Kind == Query {
			return malformedParam("dryRun", RuleUnknown)
		}
		if len(v) != 1 || v[0] != "true" && v[0] != "false" {
			return malformedParam("dryRun", RuleType)
		}
		r.call.DryRun = v[0] == "true"
	}
	if v, there := r.req.Query["format"]; there {
		if len(v) != 1 || v[0] != "json" && (v[0] != "csv" || !r.op.Tabular()) {
			return malformedParam("format", RuleFormat)
		}
	}
	if !spec.HTTP() {
		return nil
	}
	return r.ifMatch()
}

func malformedParam(name string, rule fault.Rule) error {
	e := rule.At(name)
	e.Kind = fault.Malformed
	return e
}

var etagForm = regexp.MustCompile(`^"v([1-9][0-9]{0,9})"$`)

func (r *run[D, In, Out]) ifMatch() error {
	raw := r.req.Header.Get("If-Match")
	if raw == "" {
		if r.op.Spec.IfMatch {
			return RuleMatchNeeded.Err()
		}
		return nil
	}
	m := etagForm.FindStringSubmatch(raw)
	if m == nil {
		return RuleMatchForm.Err()
	}
	v, err := strconv.Atoi(m[1])
	if err != nil {
		return RuleMatchForm.Err()
	}
	r.call.Version = v
	return nil
}

// handle lets the operation load and decide. A right that is limited to entities counts for nothing where the handler did not
// ask which entity it was about.
func (r *run[D, In, Out]) handle(ctx context.Context) (Out, error) {
	out, err := r.op.Handle(ctx, r.call, r.deps, r.in)
	if err == nil && r.call.Grant.Entities != nil && !r.call.within {
		return out, RuleForbidden.Err()
	}
	return out, err
}

func (r *run[D, In, Out]) answerOnly(ctx context.Context) (*Response, error) {
	if err := r.open(ctx); err != nil {
		return nil, err
	}
	out, err := r.handle(ctx)
	if err != nil {
		return nil, err
	}
	return r.respond(out, r.op.Spec.SuccessStatus())
}

// idempotency takes the key and hashes key and request. The key is scoped to the tenant by the act's own key, to principal
// and operation by the hash.
func (r *run[D, In, Out]) idempotency() error {
	raw := r.req.Header.Get("Idempotency-Key")
	if len(r.req.Header.Values("Idempotency-Key")) > 1 { // which of them counts is not for us to guess
		return RuleKeyMissing.With("The header Idempotency-Key may stand once only.")
	}
	if raw == "" || len(raw) > keyCharsMax || strings.ContainsFunc(raw, func(c rune) bool { return c < '!' || c > '~' }) {
		return RuleKeyMissing.Err()
	}
	r.key = digest(r.call.Principal, r.op.Spec.ID, raw)
	r.hash = digest(r.op.Spec.ID, pathText(r.req.Path), canonical(r.req.Query), string(r.req.Body), r.req.Header.Get("If-Match"))
	return nil
}

func digest(parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		fmt.Fprintf(h, "%d:%s;", len(p), p)
	}
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil)[:hashPrefixBytes])
}

func pathText(p map[string]string) string {
	names := make([]string, 0, len(p))
	for n := range p {
		names = append(names, n+"="+p[n])
	}
	sort.Strings(names)
	return strings.Join(names, "&")
}

// commit loads, decides and commits, again while the store reports that someone was faster. A call that was answered before
// is recognised by its act, whatever the record's state is by now: on any refusal the act is looked up before it counts.
func (r *run[D, In, Out]) commit(ctx context.Context) (*Response, error) {
	for attempt := 0; ; attempt++ {
		resp, err := r.attempt(ctx)
		if err == nil {
			return resp, nil
		}
		if !r.call.DryRun {
			if again, findErr := r.replay(ctx); again != nil || findErr != nil {
				return again, findErr
			}
		}
		if errors.Is(err, ErrDuplicate) {
			return nil, fault.Of(err)
		}
		if !errors.Is(err, ErrConflict) {
			return nil, err
		}
		if attempt == attemptsMax {
			return nil, RuleKeyInFlight.Err().After(conflictAfter)
		}
		if err := pause(ctx, attempt); err != nil {
			return nil, RuleKeyInFlight.Err().After(conflictAfter).Because(err)
		}
	}
}

func pause(ctx context.Context, attempt int) error {
	d := min(backoffFirst<<attempt, backoffMax)
	return clock.Wait(ctx, d/2+rand.N(d/2)) //nolint:gosec // G404: spreads retries, guards nothing
}

// newAct begins the act of the call: who, what, when, under which key.
func (r *run[D, In, Out]) newAct() *Act {
	c, spec := r.call, &r.op.Spec
	return &Act{ID: c.NewID("act"), Tenant: c.Tenant, Operation: spec.ID, Principal: c.Principal, Person: c.Person, Session: c.Session,
		Key: r.key, RequestHash: r.hash, At: c.At, Status: spec.SuccessStatus()}
}

func (r *run[D, In, Out]) attempt(ctx context.Context) (*Response, error) {
	if err := r.open(ctx); err != nil {
		return nil, err
	}
	spec := &r.op.Spec
	c := r.call
	c.Act = r.newAct()
	out, err := r.handle(ctx)
	if err != nil {
		return nil, err
	}
	r.out = out
	resp, err := r.respond(out, c.Act.Status)
	if err != nil {
		return nil, err
	}
	if c.DryRun {
		resp.Header.Set("Dry-Run", "true")
		return resp, nil
	}
	if err := r.rt.Acts.Commit(ctx, spec, c.Act); err != nil {
		return nil, err
	}
	return resp, nil
}

// replay answers a call that was committed before, or gives nil.
func (r *run[D, In, Out]) replay(ctx context.Context) (*Response, error) {
	was, err := r.rt.Acts.Find(ctx, &r.op.Spec, r.call.Tenant, r.key)
	if err != nil || was == nil {
		return nil, err
	}
	if was.RequestHash != r.hash {
		return nil, RuleKeyReused.Err()
	}
	r.call.Act = nil
	out, err := r.op.Again(ctx, r.call, r.deps, r.in, *was)
	if err != nil {
		return nil, err
	}
	r.out = out
	resp, err := r.respond(out, was.Status)
	if err != nil {
		return nil, err
	}
	resp.Header.Set("Idempotency-Replayed", "true")
	return resp, nil
}
