package audit

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// linksHeldMax bounds one call of Hold: the root in which it is reached is the last.
const linksHeldMax = 100_000

// Held tells how chains stand against a stretch of the roots.
type Held struct {
	Holds  bool     `json:"holds" doc:"Whether everything is what was anchored"`
	Roots  int      `json:"roots" doc:"Roots that were read"`
	Links  int      `json:"links" doc:"Links of audit chains that these roots hold"`
	Broken []Broken `json:"broken" doc:"The first link of each chain that is not what was anchored"`
	// BadRoots stops at the first root that is not what was written; one that was laid over is read as it was first.
	BadRoots []string `json:"badRoots" doc:"Roots that somebody has tried to change, and the first that is not what was written; nothing beyond that one is looked at"`
	Last     int      `json:"last" doc:"Number of the last root that was read"`
	More     bool     `json:"more" doc:"Whether there are more roots: call again with the last one's number"`
}

// Hold holds the chains against the roots after one, and names the first link of each chain that is not what was anchored,
// with its acts and the day. It reads the chains' links; that each act is what its link says is for the chains' own
// verification.
func (b *Book) Hold(ctx context.Context, after int) (Held, error) {
	out := Held{Broken: []Broken{}, BadRoots: []string{}, Last: after}
	err := b.hold(ctx, &out)
	if bad := (*BadRootError)(nil); errors.As(err, &bad) {
		out.BadRoots, err = append(out.BadRoots, bad.Error()), nil
	}
	out.Holds = err == nil && len(out.BadRoots) == 0 && len(out.Broken) == 0
	return out, err
}

func (b *Book) hold(ctx context.Context, out *Held) error {
	kept, err := b.shelf.List(ctx)
	if err != nil {
		return err
	}
	if err := whole(kept, out); err != nil {
		return err
	}
	before := ""
	if out.Last > 0 {
		_, raw, err := b.read(ctx, out.Last)
		if err != nil {
			return err
		}
		before = hashOf(raw)
	}
	broken := map[name]bool{}
	for n := out.Last + 1; n <= len(kept); n++ {
		if out.Links >= linksHeldMax {
			out.More = true
			return nil
		}
		r, raw, err := b.read(ctx, n)
		if err == nil && r.Before != before {
			err = forged(n)
		}
		if err != nil {
			return err
		}
		if err := b.holdRoot(ctx, r, broken, out); err != nil {
			return err
		}
		before, out.Last = hashOf(raw), n
		out.Roots++
	}
	return nil
}

// whole wants every number from the first to the last, and notes those that somebody has tried to change.
func whole(kept []Kept, out *Held) error {
	for i, k := range kept {
		if k.Number != i+1 {
			return forged(i + 1)
		}
		if k.Touched != "" && k.Number > out.Last {
			out.BadRoots = append(out.BadRoots, (&BadRootError{k.Number, k.Touched}).Error())
		}
	}
	return nil
}

func (b *Book) holdRoot(ctx context.Context, r Root, broken map[name]bool, out *Held) error {
	for _, c := range r.Chains {
		out.Links += len(c.Links)
		if broken[c.name()] {
			continue
		}
		what, err := b.holds(ctx, c)
		if err != nil {
			return err
		}
		if what != "" {
			broken[c.name()] = true
			out.Broken = append(out.Broken, Broken{c.Table, c.Tenant, fmt.Sprintf("%s on %s, in root %d", what, r.At.Format(time.DateOnly), r.Number)})
		}
	}
	return nil
}

// holds compares a chain's links with the anchored ones, and says what differs.
func (b *Book) holds(ctx context.Context, c Chain) (string, error) {
	for at := 0; at < len(c.Links); {
		links, broken, err := b.chains.Stretch(ctx, c.Table, c.Tenant, c.After+at, min(linksAtOnce, len(c.Links)-at))
		if err != nil {
			return "", err
		}
		if broken != "" {
			return broken + "; it was anchored", nil
		}
		if len(links) == 0 {
			return missing(c.After + at + 1), nil
		}
		for _, l := range links {
			if what := differs([]Link{l}, c.After+at+1, c.Links[at]); what != "" {
				return what, nil
			}
			at++
		}
	}
	return "", nil
}

// differs says how the first of some links is not the one that was anchored; "" when it is.
func differs(links []Link, number int, hash string) string {
	if len(links) == 0 || links[0].Number > number {
		return missing(number)
	}
	if links[0].Hash != hash {
		return fmt.Sprintf("link %d with act %s is not what was anchored", number, strings.Join(links[0].Acts, ", "))
	}
	return ""
}

func missing(number int) string { return fmt.Sprintf("link %d is missing; it was anchored", number) }
