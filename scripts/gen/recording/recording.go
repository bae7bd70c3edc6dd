// Package recording plays every operation's example against the whole system and keeps what was asked and what was answered,
// for the documents to show. The clock stands still and ids follow from a seed, so a recording changes only when the
// operation's behaviour does.
//
// Every example is played twice, with the same clock and ids but other keys and other secret randomness. What differs between
// the two takes is a secret (a token, a code, a signed address), and stands in the recording as a placeholder.
package recording

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"runtime"
	"strings"
	"sync"

	"backoffice/internal/authn"
	"backoffice/internal/catalog"
	"backoffice/internal/conformance/rehearsal"
	"backoffice/internal/op"
	"backoffice/internal/platform/platformwire"
)

// Recording is one call of an operation and its answer.
type Recording struct {
	Path    map[string]string
	Query   map[string]string
	Header  map[string]string // of the request: Idempotency-Key, If-Match
	Body    json.RawMessage   // of the request; nil for none
	Status  int
	Headers map[string]string // of the answer: ETag, Location, Link
	Answer  json.RawMessage   // nil for an answer without a body
	Refusal Refusal
}

// Refusal is a call that is refused, and the problem that says why.
type Refusal struct {
	Why     string // what was wrong with the call
	Status  int
	Problem json.RawMessage
}

// takes is how often an example is played: once more than once tells what is secret.
const takes = 2

// All plays the examples of every operation that is called over HTTPS.
func All(ctx context.Context, domains []catalog.Domain) (map[string]Recording, error) {
	var keys [takes]authn.Key
	for i := range keys {
		key, err := authn.NewKey()
		if err != nil {
			return nil, err
		}
		keys[i] = key
	}
	out := map[string]Recording{}
	var failed error
	var mu sync.Mutex
	var all sync.WaitGroup
	work := make(chan op.Operation)
	for range runtime.GOMAXPROCS(0) {
		all.Go(func() {
			for o := range work {
				r, err := record(ctx, o, keys)
				mu.Lock()
				if out[o.Describe().ID] = r; err != nil && failed == nil {
					failed = fmt.Errorf("record the example of %s: %w", o.Describe().ID, err)
				}
				mu.Unlock()
			}
		})
	}
	for _, d := range domains {
		for _, o := range d.Operations {
			if o.Describe().HTTP() {
				work <- o
			}
		}
	}
	close(work)
	all.Wait()
	return out, failed
}

// record plays an operation's example and makes one recording of its takes.
func record(ctx context.Context, o op.Operation, keys [takes]authn.Key) (Recording, error) {
	var made [takes]take
	for i, key := range keys {
		t, err := play(ctx, o, key, i)
		if err != nil {
			return Recording{}, err
		}
		made[i] = t
	}
	return made[0].masked(made[1])
}

// stream gives randomness that follows from a name alone.
func stream(name string) io.Reader { return rand.NewChaCha8(sha256.Sum256([]byte(name))) }

// shown stands in an example for the one-time code that an installation shows.
const shown = "the-code-that-was-shown"

// play makes one take, in a system of its own: what other operations do cannot show in it.
func play(ctx context.Context, o op.Operation, key authn.Key, n int) (t take, err error) {
	secret := fmt.Sprintf("secret %d", n)
	sys, err := rehearsal.Open(ctx, rehearsal.Options{Random: stream("ids"), Secrets: stream(secret), Key: key, CursorKey: []byte(strings.Repeat(fmt.Sprint(n), 32))})
	if err != nil {
		return t, err
	}
	defer func() {
		if closed := sys.Close(); err == nil {
			err = closed
		}
	}()
	tenant, err := sys.Tenant(ctx)
	if err != nil {
		return t, err
	}
	tenant.Keys = "example-"
	r, err := tenant.Prepare(ctx, o)
	if err != nil {
		return t, err
	}
	if strings.Contains(string(r.Body), shown) {
		code, err := platformwire.OfferClaim(ctx, sys.Env)
		if err != nil {
			return t, err
		}
		r.Body = []byte(strings.ReplaceAll(string(r.Body), shown, code))
	}
	why, bad := spoil(o, r)
	refusal, err := bad.Send(ctx)
	if err != nil {
		return t, err
	}
	a, err := r.Send(ctx)
	if err != nil {
		return t, err
	}
	if !a.OK() && o.Describe().ExemptFrom("example") != "" {
		a = rehearsal.Answer{} // its example cannot work anywhere: the documents show the call alone
	} else if !a.OK() || refusal.OK() {
		return t, fmt.Errorf("the example answers %s, and spoilt (%s) it answers %s", a, why, refusal)
	}
	return newTake(r, a, why, refusal), nil
}

// spoil gives a copy of a call that is refused, for the most telling reason that its kind allows, and names the reason.
func spoil(o op.Operation, r *rehearsal.Request) (string, *rehearsal.Request) {
	registry := op.NewRegistry()
	_, body, _ := o.Shapes(registry)
	if body != nil && body.Ref != "" {
		body = registry.SchemaFromRef(body.Ref)
	}
	bad := r.Clone()
	bad.Header.Set("Idempotency-Key", "example-refused")
	if r.Spec.Kind == op.Query {
		bad.Header.Del("Idempotency-Key")
	}
	switch {
	case r.Spec.IfMatch:
		bad.Header.Set("If-Match", `"v99"`)
		return "The record has another version by now", &bad
	case body != nil && len(body.Required) > 0:
		bad.Body = []byte("{}")
		return "Members are missing", &bad
	case len(r.Path) > 0:
		for name, v := range bad.Path {
			bad.Path[name] = unknown(v)
		}
		return "There is no such record", &bad
	}
	bad.Query.Set("colour", "red")
	return "There is no such parameter", &bad
}

// unknown gives an id of the same kind that no record has.
func unknown(id string) string {
	prefix, _, ok := strings.Cut(id, "_")
	if !ok {
		return "unknown"
	}
	return prefix + "_01JD2M8G3S6QX4T5V7W9Y0Z1A2"
}
