package lambdahost_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"os"
	"strings"
	"testing"
	"time"

	"backoffice/internal/clock"
	"backoffice/internal/host/lambdahost"
	"backoffice/internal/id"
	"backoffice/internal/op"
	"backoffice/internal/page"
)

const secretText = "password of the store is hunter2"

type box struct {
	ID      string `json:"id"`
	Colour  string `json:"colour"`
	Tenant  string `json:"tenant"`
	Person  string `json:"person,omitempty"`
	DryRun  bool   `json:"dryRun"`
	Version int    `json:"version"`
}

// RecordVersion is the ETag.
func (b box) RecordVersion() int { return b.Version }

type openInput struct {
	Box    string `path:"boxId" json:"-"`
	Note   string `query:"note" json:"-" maxLength:"40"`
	Colour string `json:"colour" maxLength:"12"`
}

type ports struct{}

func open(_ context.Context, c *op.Call, _ ports, in openInput) (box, error) {
	switch in.Colour {
	case "broken":
		return box{}, errors.New(secretText)
	case "panic":
		panic(secretText)
	case "huge":
		return box{Colour: strings.Repeat("x", 6<<20)}, nil
	}
	c.Act.Record(in.Box, c.Version+1)
	return box{ID: in.Box, Colour: in.Colour, Tenant: c.Tenant, Person: c.Person, DryRun: c.DryRun, Version: c.Version + 1}, nil
}

func again(context.Context, *op.Call, ports, openInput, op.Recorded) (box, error) {
	return box{}, errors.New("nothing is repeated here")
}

func openBox() *op.Op[ports, openInput, box] {
	return &op.Op[ports, openInput, box]{Handle: open, Again: again, Spec: op.Spec{ID: "sample.open-box", Kind: op.Command,
		Route: "POST /sample/v1/boxes/{boxId}/open", Permission: "boxes.open", IfMatch: true}}
}

type paintInput struct {
	Colour string `json:"colour" maxLength:"12"`
}

func paint(_ context.Context, c *op.Call, _ ports, in paintInput) (box, error) {
	if in.Colour == "loud" {
		c.Act.Emit("sample.box.painted.v1", "box_2", 1, map[string]string{"colour": in.Colour})
	}
	if in.Colour == "broken" {
		return box{}, errors.New(secretText)
	}
	if in.Colour == "panic" {
		panic(secretText)
	}
	return box{ID: "box_2", Colour: in.Colour, Tenant: c.Tenant, Version: 1}, nil
}

func paintBox() *op.Op[ports, paintInput, box] {
	return &op.Op[ports, paintInput, box]{Handle: paint, Spec: op.Spec{ID: "sample.paint-box", Kind: op.Task},
		Again: func(context.Context, *op.Call, ports, paintInput, op.Recorded) (box, error) { return box{}, nil }}
}

// heldActs is the store of acts in memory.
type heldActs struct{ committed []*op.Act }

func (h *heldActs) Begin(ctx context.Context, _ *op.Spec, _ string) context.Context { return ctx }
func (h *heldActs) Find(context.Context, *op.Spec, string, string) (*op.Recorded, error) {
	return nil, nil //nolint:nilnil // the port's way of saying that there is none
}
func (h *heldActs) Commit(_ context.Context, _ *op.Spec, a *op.Act) error {
	h.committed = append(h.committed, a)
	return nil
}

type allowAll struct{}

func (allowAll) Authorize(context.Context, op.Identity, op.Spec, time.Time) (op.Grant, error) {
	return op.Grant{Breadth: op.All}, nil
}

type rig struct {
	acts heldActs
	log  bytes.Buffer
	rt   *op.Runtime
}

func newRig(t *testing.T) *rig {
	t.Helper()
	r := &rig{}
	cursors, err := page.NewSigner(bytes.Repeat([]byte{7}, 32))
	if err != nil {
		t.Fatal(err)
	}
	now := clock.Fixed(time.Date(2025, 12, 1, 12, 0, 10, 0, time.UTC))
	r.rt = &op.Runtime{Clock: now, IDs: id.NewSource(now, nil), Authz: allowAll{}, Acts: &r.acts, Cursors: cursors,
		Log: slog.New(slog.NewJSONHandler(&r.log, nil))}
	return r
}

func (r *rig) handler(o op.Operation) *lambdahost.Handler { return lambdahost.New(o, r.rt, ports{}) }

func postEvent(t *testing.T) string {
	t.Helper()
	raw, err := os.ReadFile("testdata/http-post.json")
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}
