package verify

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"backoffice/internal/store"
)

// An audit chain that stands in the table alone can be rewritten there, from an act to the head, so that it verifies again. A
// root holds what the chains were on a day, outside the table: a signed file, one after the other, each with the hash of the
// one before. Whoever keeps copies of the roots elsewhere can prove every act that they cover.

const (
	auditDir   = "audit"
	auditKey   = "audit.key"
	rootMode   = 0o600
	rootFormat = 1
)

// Root is what was anchored at an instant: the hashes of the links that came since the root before.
type Root struct {
	Format    int         `json:"format"`
	Number    int         `json:"number"`
	At        time.Time   `json:"at"`
	Before    string      `json:"before"` // SHA-256 of the file of the root before
	Chains    []RootChain `json:"chains"`
	Signature []byte      `json:"signature,omitempty"` // Ed25519, over the root without it
}

// RootChain is one tenant's chain in one table.
type RootChain struct {
	Table  string   `json:"table"`
	Tenant string   `json:"tenant"`
	After  int      `json:"after"` // number of the last link of the root before
	Links  []string `json:"links"` // hashes of those that follow
	Acts   int      `json:"acts"`  // in these links
}

// Anchor writes a root over every audit chain of a store into a data directory, and gives it. Its key is made on first use.
func Anchor(ctx context.Context, db *store.DB, dir string, at time.Time) (Root, error) {
	key, err := rootKey(dir)
	if err != nil {
		return Root{}, err
	}
	roots, last, err := Roots(dir)
	if err != nil {
		return Root{}, err
	}
	r := Root{Format: rootFormat, Number: len(roots) + 1, At: at.UTC(), Before: last}
	ends := map[string]int{}
	for _, old := range roots {
		for _, c := range old.Chains {
			ends[c.Table+" "+c.Tenant] = c.After + len(c.Links)
		}
	}
	tenants, err := Tenants(ctx, db)
	if err != nil {
		return Root{}, err
	}
	all, err := tables(ctx, db)
	if err != nil {
		return Root{}, err
	}
	for _, table := range all {
		for _, t := range tenants {
			c, err := newLinks(ctx, db, RootChain{Table: table, Tenant: t, After: ends[table+" "+t]})
			if err != nil {
				return Root{}, err
			}
			if len(c.Links) > 0 {
				r.Chains = append(r.Chains, c)
			}
		}
	}
	unsigned, err := json.Marshal(r)
	if err != nil {
		return Root{}, err
	}
	r.Signature = ed25519.Sign(key, unsigned)
	raw, err := json.MarshalIndent(r, "", " ")
	if err != nil {
		return Root{}, err
	}
	f, err := os.OpenFile(rootPath(dir, r.Number), os.O_WRONLY|os.O_CREATE|os.O_EXCL, rootMode)
	if err != nil {
		return Root{}, err
	}
	_, err = f.Write(raw)
	return r, errors.Join(err, f.Sync(), f.Close())
}

func newLinks(ctx context.Context, db *store.DB, c RootChain) (RootChain, error) {
	for {
		links, err := db.Links(ctx, c.Table, c.Tenant, c.After+len(c.Links), linksAtOnce)
		if err != nil {
			return c, err
		}
		for _, l := range links {
			c.Links = append(c.Links, l.Hash)
			c.Acts += len(l.Acts)
		}
		if len(links) < linksAtOnce {
			return c, nil
		}
	}
}

func rootPath(dir string, n int) string {
	return filepath.Join(dir, auditDir, fmt.Sprintf("%06d.json", n))
}

func rootKey(dir string) (ed25519.PrivateKey, error) {
	path := filepath.Join(dir, "keys", auditKey)
	seed, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		seed = make([]byte, ed25519.SeedSize)
		if _, err = rand.Read(seed); err == nil {
			err = errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.MkdirAll(filepath.Join(dir, auditDir), 0o700), os.WriteFile(path, seed, rootMode))
		}
	}
	if err == nil && len(seed) != ed25519.SeedSize {
		err = fmt.Errorf("%s is no key", path)
	}
	if err != nil {
		return nil, err
	}
	return ed25519.NewKeyFromSeed(seed), nil
}

// BadRootError names the first root that is not what was written.
type BadRootError struct {
	Number int
	What   string
}

// Error names the root and what is wrong with it.
func (e *BadRootError) Error() string { return fmt.Sprintf("audit root %d %s", e.Number, e.What) }

// Roots reads the roots of a data directory in their order, holds each against its signature and the one before, and gives the
// hash of the last file. There are none where nothing was ever anchored.
func Roots(dir string) (roots []Root, last string, err error) {
	files, err := filepath.Glob(filepath.Join(dir, auditDir, "*.json"))
	if err != nil || len(files) == 0 {
		return nil, "", err
	}
	key, err := rootKey(dir)
	if err != nil {
		return nil, "", err
	}
	slices.Sort(files)
	for i, path := range files {
		raw, err := os.ReadFile(path)
		if err != nil {
			return nil, "", err
		}
		r, err := readRoot(raw, key.Public().(ed25519.PublicKey))
		if err != nil || r.Number != i+1 || r.Before != last {
			return nil, "", &BadRootError{i + 1, "is not what was written, or one before it is missing"}
		}
		sum := sha256.Sum256(raw)
		last = hex.EncodeToString(sum[:])
		roots = append(roots, r)
	}
	return roots, last, nil
}

func readRoot(raw []byte, key ed25519.PublicKey) (Root, error) {
	var r Root
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(&r); err != nil {
		return r, err
	}
	signature := r.Signature
	r.Signature = nil
	unsigned, err := json.Marshal(r)
	if err == nil && !ed25519.Verify(key, unsigned, signature) {
		err = errors.New("the signature is wrong")
	}
	return r, err
}

// Anchored holds the audit chains of a store against the roots of a data directory, and names the first link of each chain
// that is not what was anchored, with its acts and the day.
func Anchored(ctx context.Context, db *store.DB, dir string) ([]Defect, error) {
	roots, _, err := Roots(dir)
	if bad := (*BadRootError)(nil); errors.As(err, &bad) {
		return []Defect{{auditDir, bad.Error()}}, nil
	}
	if err != nil {
		return nil, err
	}
	var out []Defect
	broken := map[string]bool{}
	for _, r := range roots {
		for _, c := range r.Chains {
			name := c.Table + " " + c.Tenant
			if broken[name] {
				continue
			}
			what, err := c.holds(ctx, db)
			if err != nil {
				return nil, err
			}
			if what != "" {
				broken[name] = true
				out = append(out, Defect{name + "|CHAIN", what + " on " + r.At.Format(time.DateOnly) + ", in root " + fmt.Sprint(r.Number)})
			}
		}
	}
	return out, nil
}

// holds compares a chain's links with the anchored ones, and says what differs.
func (c RootChain) holds(ctx context.Context, db *store.DB) (string, error) {
	for at := 0; at < len(c.Links); {
		links, err := db.Links(ctx, c.Table, c.Tenant, c.After+at, linksAtOnce)
		if store.IsBrokenChain(err) {
			return err.Error() + "; it was anchored", nil
		}
		if err != nil {
			return "", err
		}
		if len(links) == 0 {
			return fmt.Sprintf("link %d is missing; it was anchored", c.After+at+1), nil
		}
		for _, l := range links {
			if at == len(c.Links) {
				break
			}
			if l.Number != c.After+at+1 || l.Hash != c.Links[at] {
				acts := make([]string, len(l.Acts))
				for i, a := range l.Acts {
					acts[i] = a.Act
				}
				return fmt.Sprintf("link %d with act %s is not what was anchored", l.Number, strings.Join(acts, ", ")), nil
			}
			at++
		}
	}
	return "", nil
}
