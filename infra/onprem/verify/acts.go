package verify

import (
	"context"
	"encoding/hex"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"backoffice/internal/clock"
	"backoffice/internal/id"
	"backoffice/internal/store"
)

// overlap is longer than any command may run: of two acts that began further apart, the later one wrote later.
const overlap = 60 * time.Second

// image is what the latest acts say of an item: one act as a rule, several where they ran at the same time.
type image struct {
	at     time.Time // when the latest of them began
	hashes []written
	acts   int // that ever wrote it
	seen   bool
}

type written struct {
	at   time.Time
	hash string
	act  string
}

// last names the acts that wrote an item last, as a defect does.
func (im *image) last() string {
	names := make([]string, len(im.hashes))
	for i, w := range im.hashes {
		names[i] = w.act
	}
	slices.Sort(names)
	return "act " + strings.Join(slices.Compact(names), " or ")
}

// census learns who the tenants are, and which balances their entities keep.
func (c *checker) census(ctx context.Context) error {
	return each(ctx, c.db, func(table string, it item) {
		switch p := placeOf(table, it); {
		case table == "platform" && p.kind() == "TEN":
			c.tenants[p.sk] = true
			c.report.Tenants++
		case table == "finance" && p.kind() == "BOOK" && p.sk == "CHART":
			c.expected.views(p, it)
		}
	})
}

// chains verifies the tenants' audit chains: every act is there as it was committed.
func (c *checker) chains(ctx context.Context) error {
	all, err := tables(ctx, c.db)
	if err != nil {
		return err
	}
	for _, table := range all {
		for tenant := range c.tenants {
			_, err := c.db.VerifyChain(ctx, table, tenant)
			if broken, ok := errors.AsType[*store.BrokenChainError](err); ok {
				c.defect(table+" "+tenant+"|CHAIN", "%s", broken.Error())
			} else if err != nil {
				return err
			}
		}
	}
	return nil
}

// acts gathers what the acts say they wrote, and finds those that still wait.
func (c *checker) acts(ctx context.Context) error {
	chained, err := c.chained(ctx)
	if err != nil {
		return err
	}
	return each(ctx, c.db, func(table string, it item) {
		p := placeOf(table, it)
		if p.kind() != "ACT" || p.sk != "A" {
			return
		}
		c.report.Acts++
		id := it.text("id")
		switch {
		case it["pend"] != nil:
			c.defect(p.String(), "act %s is pending: its effects are not in the balances", id)
		case !chained[id]:
			c.defect(p.String(), "act %s is in no audit chain", id)
		}
		at, err := clock.Parse(it.text("at"))
		if err != nil {
			c.defect(p.String(), "act %s has no readable instant", id)
			return
		}
		for short, v := range it.inner("img") {
			if b, ok := v.(*types.AttributeValueMemberB); ok {
				c.wrote(imageName(p, short), written{at, hex.EncodeToString(b.Value), id})
			}
		}
	})
}

// chained lists the acts that stand in the audit chains.
func (c *checker) chained(ctx context.Context) (map[string]bool, error) {
	out := map[string]bool{}
	all, err := tables(ctx, c.db)
	if err != nil {
		return nil, err
	}
	for _, table := range all {
		for tenant := range c.tenants {
			for after, more := 0, true; more; {
				links, err := c.db.Links(ctx, table, tenant, after, linksAtOnce)
				if store.IsBrokenChain(err) {
					break // named already
				}
				if err != nil {
					return nil, err
				}
				for _, l := range links {
					after = l.Number
					for _, a := range l.Acts {
						out[a.Act] = true
					}
				}
				more = len(links) == linksAtOnce
			}
		}
	}
	return out, nil
}

const linksAtOnce = 100

// chain notes how far a chain goes, and how far its head says it does.
func (c *checker) chain(p place, it item) {
	name := p.table + " " + p.pk
	ends := c.ends[name]
	if p.sk == "HEAD" {
		c.held(p, it)
		ends.head = it.whole("n")
	} else {
		ends.last = max(ends.last, it.whole("n"))
	}
	c.ends[name] = ends
}

// held notes that a tenant's projections are being made anew, or were left in the middle of that.
func (c *checker) held(p place, it item) {
	if by := it.text("hld"); by != "" {
		c.defect(p.String(), "the projections are held by rebuild %s, which has not come to its end", by)
	}
}

// ends are the last link of a chain, and what its head names as the last.
type ends struct{ last, head int }

func (c *checker) heads() {
	for name, e := range c.ends {
		if e.last != e.head {
			c.defect(name+" / HEAD", "the audit chain goes to link %d, its head says %d", e.last, e.head)
		}
	}
}

// imageName gives the name under which images are gathered: what an act names in short, in full.
func imageName(act place, short string) string {
	table, key := act.table, short
	if colon := strings.IndexByte(short, ':'); colon >= 0 && !strings.ContainsAny(short[:colon], "|/") {
		table, key = short[:colon], short[colon+1:]
	}
	// What an act writes for another tenant, such as a client that it sets up, is named in full.
	if pk, _, _ := strings.Cut(key, "/"); !tenantless(place{table: table, pk: pk}) && !id.Valid("ten", place{pk: pk}.tenant()) {
		key = act.tenant() + "|" + key
	}
	return table + " " + key
}

func (p place) imageName() string { return p.table + " " + p.pk + "/" + p.sk }

func (c *checker) wrote(name string, w written) {
	im := c.images[name]
	if im == nil {
		im = &image{}
		c.images[name] = im
	}
	if w.at.After(im.at) {
		im.at = w.at
	}
	im.acts++
	im.hashes = append(im.hashes, w)
	if len(im.hashes) > 1 { // those that were surely overwritten are forgotten
		im.hashes = slices.DeleteFunc(im.hashes, func(w written) bool { return w.at.Before(im.at.Add(-overlap)) })
	}
}

// image holds an item against the acts that wrote it last.
func (c *checker) image(p place, it item) {
	im := c.images[p.imageName()]
	if im == nil {
		c.defect(p.String(), "no act wrote it: it was forged, or the act that did is lost")
		return
	}
	im.seen = true
	sum := digest(it)
	got := hex.EncodeToString(sum[:])
	if !slices.ContainsFunc(im.hashes, func(w written) bool { return w.hash == got }) {
		c.defect(p.String(), "it is not what the last act wrote, which was %s", im.last())
		return
	}
	// Acts that ran at the same time are known by no clock, but each makes one version of a record.
	if v := it.whole("v"); classOf(p) == recorded && v != 0 && v != im.acts {
		c.defect(p.String(), "it is at version %d, and %d acts wrote it, the last of them %s", v, im.acts, im.last())
	}
}

// absent finds what an act wrote and is no longer there.
func (c *checker) absent() {
	for name, im := range c.images {
		table, key, _ := strings.Cut(name, " ")
		slash := strings.LastIndexByte(key, '/')
		p := place{table, key[:slash], key[slash+1:]}
		if !im.seen && classOf(p) == recorded && !c.cleared.has(p) {
			c.defect(p.String(), "%s wrote it, and it is not there", im.last())
		}
	}
}
