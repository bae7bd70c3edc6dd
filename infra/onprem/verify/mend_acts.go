package verify

import (
	"cmp"
	"context"
	"encoding/hex"
	"slices"
	"strings"

	"backoffice/internal/store"
)

// close finds the acts that the torn tables lack and that something in them needs: an act that wrote what stands there, and
// every earlier one that wrote any of the same items. What nothing needs stays in the later copy, where it is later.
func (m *mender) close(context.Context) error {
	for more := true; more; {
		more = false
		for _, t := range m.past.trails {
			more = m.need(t) || more
		}
	}
	return nil
}

// need has an item's trail closed: as many acts as its version says, the one whose hash it has, and none before them lacking.
func (m *mender) need(t *trail) bool {
	absent := !t.there && vouched(t.place) && classOf(t.place) != fleeting && !m.cleared.has(t.place)
	if t.suspect == nil && !absent && !m.past.brought(t) {
		return false
	}
	slices.SortFunc(t.strokes, func(a, b stroke) int { return strings.Compare(m.past.acts[a.act].id, m.past.acts[b.act].id) })
	last, n := -1, 0
	for i, s := range t.strokes {
		if m.past.acts[s.act].here {
			last = i
			n++
		}
	}
	if t.suspect != nil {
		for i, s := range t.strokes {
			if s.half == t.suspect.half {
				last = max(last, i)
			}
		}
	}
	more := false
	for i, s := range t.strokes {
		a := &m.past.acts[s.act]
		if beyond := t.suspect != nil && classOf(t.place) != fleeting && n < t.suspect.version; !a.here && (i <= last || beyond) {
			a.here, more = true, true
			n++
		}
	}
	return more
}

// brought tells whether an act that only the later copy had, and that is needed, wrote the item.
func (h *past) brought(t *trail) bool {
	return slices.ContainsFunc(t.strokes, func(s stroke) bool { return h.acts[s.act].here && h.acts[s.act].raw != nil })
}

// planItems plans the items that are not what the acts leave there.
func (m *mender) planItems(ctx context.Context) error {
	for _, t := range m.past.inOrder() {
		if err := m.planItem(ctx, t); err != nil {
			return err
		}
	}
	return nil
}

func (h *past) inOrder() []*trail {
	out := make([]*trail, 0, len(h.trails))
	for _, t := range h.trails {
		out = append(out, t)
	}
	slices.SortFunc(out, func(a, b *trail) int {
		return cmp.Or(strings.Compare(a.place.table, b.place.table), strings.Compare(a.place.pk, b.place.pk), strings.Compare(a.place.sk, b.place.sk))
	})
	return out
}

// planItem has an item copied, if it is not what the acts leave there and the later copy has what they do.
func (m *mender) planItem(ctx context.Context, t *trail) error {
	acts, passing := m.past.writers(t), classOf(t.place) == fleeting
	wanted := t.suspect != nil || m.past.brought(t) || t.lost && len(acts) > 0 || !t.there && !passing && len(acts) > 0
	if !wanted || !vouched(t.place) || !t.there && m.cleared.has(t.place) {
		return nil
	}
	was, err := get(ctx, m.torn, t.place)
	if err != nil || was != nil && m.past.stands(t, was) {
		return err
	}
	if why := m.past.doubt(t, was); why != "" {
		m.refuse(t.place.String(), acts[max(0, len(acts)-1):], "%s", why)
		return nil
	}
	behind := acts[was.whole("v"):] // what stands there has the writes of those before
	is, err := get(ctx, m.later, t.place)
	switch {
	case err != nil:
		return err
	case passing && (is == nil || m.past.madeAgain(t, is)):
		m.notes = append(m.notes, Defect{t.place.String(), "such items are removed again in the end, and the later copy does not tell whether this one was by then; left as it is"})
	case is == nil:
		m.refuse(t.place.String(), behind, "act %s wrote it, and the later copy has it not", behind[len(behind)-1])
	case !m.past.stands(t, is):
		m.refuse(t.place.String(), behind, "the later copy does not have it as act %s left it: a copy nearer to the instant is needed", behind[len(behind)-1])
	default:
		m.copyItem(t, behind, was, is)
	}
	return nil
}

// writers lists the acts that wrote an item and that the torn tables have, or are to get, in their order.
func (h *past) writers(t *trail) []string {
	var out []string
	for _, s := range t.strokes {
		if h.acts[s.act].here {
			out = append(out, h.acts[s.act].id)
		}
	}
	slices.Sort(out)
	return out
}

// madeAgain tells whether an act that stays in the later copy made the same item anew.
func (h *past) madeAgain(t *trail, is item) bool {
	sum := half(is)
	return slices.ContainsFunc(t.strokes, func(s stroke) bool { return s.half == sum && !h.acts[s.act].here })
}

// doubt tells why an item is not simply behind its acts, "" when it is: only that is tearing, and anything else is not mended
// by copying over it.
func (h *past) doubt(t *trail, was item) string {
	for _, s := range t.strokes {
		if a := h.acts[s.act]; a.here && !a.both && a.raw == nil {
			return "act " + a.id + ", which the later copy does not know, wrote it"
		}
	}
	if was == nil {
		return ""
	}
	sum := half(was)
	if !slices.ContainsFunc(t.strokes, func(s stroke) bool { return s.half == sum && h.acts[s.act].here }) {
		return "no act of either copy wrote what stands there"
	}
	if was["v"] == nil || was.whole("v") >= len(h.writers(t)) {
		return "what stands there is not older than what the acts say"
	}
	return ""
}

func (m *mender) copyItem(t *trail, acts []string, was, is item) {
	cond, args, what := "attribute_not_exists(pk)", []any(nil), "copied; it was not there"
	if was != nil {
		cond, args, what = "v = ?", []any{was.whole("v")}, "copied, version "+is.number("v")+" over "+was.number("v")
	}
	last := m.past.acts[m.past.byID[acts[len(acts)-1]]]
	m.patches = append(m.patches, patch{Mended: Mended{t.place.String(), what, acts}, place: t.place, tenant: last.place.tenant(), item: is, cond: cond, args: args})
}

// planActs brings the acts that are needed, as they were committed, has marks and audit chain agree about the others, and drops
// everything that only a part of an act would get.
func (m *mender) planActs(ctx context.Context) error {
	for _, a := range m.past.acts {
		if !a.here {
			continue
		}
		if err := m.planAct(ctx, a); err != nil {
			return err
		}
	}
	m.dropParts()
	return nil
}

func (m *mender) planAct(ctx context.Context, a knownAct) error {
	tenant, acts := a.place.tenant(), []string{a.id}
	put := func(it item, cond, what string) {
		m.patches = append(m.patches, patch{Mended: Mended{a.place.String(), what, acts}, place: a.place, tenant: tenant, item: it, cond: cond})
	}
	sum, chained := m.links[a.id]
	switch {
	case a.raw != nil && !m.wholeChain(a.place):
		m.refuse(a.place.String(), acts, "act %s is not brought back: its audit chain does not hold", a.id)
	case chained && sum != hex.EncodeToString(a.sum[:]):
		m.refuse(a.place.String(), acts, "act %s is not what the audit chain holds", a.id)
	case a.raw != nil && chained:
		put(store.Unmarked(a.raw), "attribute_not_exists(pk)", "act "+a.id+" brought back; the audit chain names it")
	case a.raw != nil:
		put(store.Marked(a.raw, tenant, a.id), "attribute_not_exists(pk)", "act "+a.id+" brought back, to be taken up")
	case chained == a.marked && m.wholeChain(a.place):
		raw, err := get(ctx, m.torn, a.place)
		if err != nil {
			return err
		}
		if chained {
			put(store.Unmarked(raw), "attribute_exists(pend)", "act "+a.id+" waits no more; the audit chain names it")
		} else {
			put(store.Marked(raw, tenant, a.id), "attribute_not_exists(pend)", "act "+a.id+" waits again; the audit chain does not name it")
		}
	}
	return nil
}

// dropParts drops what was planned for acts of which something cannot be had, and for whatever they share an item with.
func (m *mender) dropParts() {
	for more := true; more; {
		more = false
		for _, p := range m.patches {
			if !slices.ContainsFunc(p.Acts, func(a string) bool { return m.refused[a] }) {
				continue
			}
			for _, a := range p.Acts {
				more = more || !m.refused[a]
				m.refused[a] = true
			}
		}
	}
	kept := m.patches[:0]
	for _, p := range m.patches {
		if slices.ContainsFunc(p.Acts, func(a string) bool { return m.refused[a] }) {
			m.left = append(m.left, Defect{p.Record, "left as it is: not all that act " + strings.Join(p.Acts, " or ") + " wrote can be had"})
			continue
		}
		kept = append(kept, p)
	}
	m.patches = kept
}
