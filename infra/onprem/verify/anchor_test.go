package verify_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"backoffice/infra/onprem/verify"
	"backoffice/internal/audit"
	"backoffice/internal/audit/audittest"
	"backoffice/internal/audit/diskroots"
	"backoffice/internal/conformance/rehearsal"
	"backoffice/internal/store"
)

// anchoredBooks are books with a few acts in their chain, anchored in a data directory.
func anchoredBooks(t *testing.T) (s *rehearsal.System, tenant, dir string) {
	t.Helper()
	s, tn := rehearsed(t)
	dir = t.TempDir()
	book := audit.NewBook(diskroots.Open(dir), diskroots.KeyOf(dir), store.NewChain(s.DB))
	for _, id := range []string{"finance.record-journal", "finance.create-party"} {
		play(t, s, tn, id)
		if a, err := book.Anchor(t.Context(), []string{"finance", "platform"}, []string{tn.ID}, s.Clock()); err != nil || a.Roots != 1 {
			t.Fatal(a, err)
		}
	}
	return s, tn.ID, dir
}

func anchored(t *testing.T, s *rehearsal.System, dir string) []verify.Defect {
	t.Helper()
	found, err := verify.Anchored(t.Context(), s.DB, dir)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// Whoever can write to the table changes what the chain tells of an act and rewrites the whole chain after it, so that it
// verifies; the roots outside the table give the act away.
func TestRewrittenChainIsFoundByItsRoots(t *testing.T) {
	s, tenant, dir := anchoredBooks(t)
	if found := anchored(t, s, dir); len(found) > 0 {
		t.Fatalf("before: %v", found)
	}
	act := ""
	audittest.Rewrite(t, s.DB, "finance", tenant, func(link int, acts []store.ChainedAct) {
		if link == 1 {
			act = acts[0].Act
			acts[0].Operation, acts[0].Record = "finance.get-entity", ""
		}
	})
	if n, err := s.DB.VerifyChain(t.Context(), "finance", tenant); err != nil || n == 0 {
		t.Fatalf("the rewritten chain does not verify by itself: %v", err)
	}
	found := anchored(t, s, dir)
	if len(found) != 1 || found[0].Record != "finance "+tenant+"|CHAIN" || !strings.Contains(found[0].What, act) || !strings.Contains(found[0].What, s.Clock().Format("2006-01-02")) {
		t.Errorf("act %s was rewritten; found was %v", act, found)
	}
}

// A root that was changed, or taken away from among the others, is named.
func TestSpoiltRootIsNamed(t *testing.T) {
	for name, spoil := range map[string]func(root string) error{
		"changed": func(root string) error {
			raw, err := os.ReadFile(root)
			if err != nil {
				return err
			}
			return os.WriteFile(root, []byte(strings.Replace(string(raw), `"acts": 1`, `"acts": 9`, 1)), 0o600)
		},
		"missing": os.Remove,
	} {
		s, _, dir := anchoredBooks(t)
		if err := spoil(filepath.Join(dir, "audit", audit.FileName(1))); err != nil {
			t.Fatal(err)
		}
		if found := anchored(t, s, dir); len(found) != 1 || !strings.Contains(found[0].What, "audit root 1") {
			t.Errorf("%s: %v", name, found)
		}
	}
}
