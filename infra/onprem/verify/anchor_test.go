package verify

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"backoffice/internal/catalog"
	"backoffice/internal/conformance/rehearsal"
	"backoffice/internal/store"
)

// anchoredBooks are books with a few acts in their chain, anchored.
func anchoredBooks(t *testing.T) (s *rehearsal.System, tenant, dir string) {
	t.Helper()
	s, err := rehearsal.Open(t.Context(), rehearsal.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	tn, err := s.Tenant(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	dir = t.TempDir()
	for _, id := range []string{"finance.record-journal", "finance.create-party"} {
		o, err := catalog.Find(id)
		if err != nil {
			t.Fatal(err)
		}
		r, err := tn.Prepare(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		if a, err := r.Send(t.Context()); err != nil || !a.OK() {
			t.Fatal(err, a)
		}
		if err := s.Settle(t.Context(), tn.ID); err != nil {
			t.Fatal(err)
		}
		if _, err := Anchor(t.Context(), s.DB, dir, s.Clock()); err != nil {
			t.Fatal(err)
		}
	}
	return s, tn.ID, dir
}

// Whoever can write to the table changes an act and rewrites the whole chain after it, so that it verifies; the roots outside
// the table give the act away.
func TestRewrittenChainIsFoundByItsRoots(t *testing.T) {
	s, tenant, dir := anchoredBooks(t)
	if found, err := Anchored(t.Context(), s.DB, dir); err != nil || len(found) > 0 {
		t.Fatalf("before: %v, %v", found, err)
	}
	act := rewrite(t, s.DB, tenant)
	if n, err := s.DB.VerifyChain(t.Context(), "finance", tenant); err != nil || n == 0 {
		t.Fatalf("the rewritten chain does not verify by itself: %v", err)
	}
	found, err := Anchored(t.Context(), s.DB, dir)
	if err != nil || len(found) != 1 || !strings.Contains(found[0].What, act) || !strings.Contains(found[0].What, s.Clock().Format("2006-01-02")) {
		t.Errorf("act %s was rewritten; found was %v, %v", act, found, err)
	}
}

// A root that was changed, or taken away from among the others, is named.
func TestSpoiltRootIsNamed(t *testing.T) {
	for name, spoil := range map[string]func(dir string) error{
		"changed": func(dir string) error {
			raw, err := os.ReadFile(rootPath(dir, 1))
			if err != nil {
				return err
			}
			return os.WriteFile(rootPath(dir, 1), []byte(strings.Replace(string(raw), `"acts": 1`, `"acts": 9`, 1)), rootMode)
		},
		"missing": func(dir string) error { return os.Remove(rootPath(dir, 1)) },
	} {
		s, _, dir := anchoredBooks(t)
		if err := spoil(dir); err != nil {
			t.Fatal(err)
		}
		if found, err := Anchored(t.Context(), s.DB, dir); err != nil || len(found) != 1 || !strings.Contains(found[0].What, "audit root 1") {
			t.Errorf("%s: %v, %v", name, found, err)
		}
	}
}

// rewrite changes the actor of the first act and makes every hash from there to the head anew.
func rewrite(t *testing.T, db *store.DB, tenant string) (act string) {
	t.Helper()
	put := func(it item) {
		if _, err := db.Client().PutItem(t.Context(), &dynamodb.PutItemInput{TableName: aws.String(db.TableName("finance")), Item: it}); err != nil {
			t.Fatal(err)
		}
	}
	acts, links := map[string]item{}, map[int]item{}
	var head item
	if err := each(t.Context(), db, func(table string, it item) {
		switch p := placeOf(table, it); {
		case table != "finance":
		case p.kind() == "ACT" && p.sk == "A":
			acts[strings.TrimPrefix(p.pk, tenant+"|")] = it
		case p.kind() == "CHAIN" && p.sk == "HEAD":
			head = it
		case p.kind() == "CHAIN":
			links[it.whole("n")] = it
		}
	}); err != nil {
		t.Fatal(err)
	}
	before := ""
	for n := 1; links[n] != nil; n++ {
		chained, err := db.Links(t.Context(), "finance", tenant, n-1, 1)
		if n > 1 {
			chained, err = chainedOf(links[n]), nil
		}
		if err != nil {
			t.Fatal(err)
		}
		if n == 1 {
			act = chained[0].Acts[0].Act
			forged := acts[chained[0].Acts[0].Key]
			forged["by"] = &types.AttributeValueMemberS{Value: "usr_somebody_else"}
			put(forged)
			sum := digest(forged, "pend", "pat", "don")
			chained[0].Acts[0].Hash = hex.EncodeToString(sum[:])
		}
		raw, err := json.Marshal(chained[0].Acts)
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(fmt.Appendf(nil, "%d\n%s\n%s", n, before, raw))
		links[n]["b"] = &types.AttributeValueMemberS{Value: before}
		if before == "" {
			delete(links[n], "b")
		}
		before = hex.EncodeToString(sum[:])
		links[n]["a"], links[n]["h"] = &types.AttributeValueMemberS{Value: string(raw)}, &types.AttributeValueMemberS{Value: before}
		put(links[n])
	}
	head["h"] = &types.AttributeValueMemberS{Value: before}
	put(head)
	return act
}

func chainedOf(it item) []store.Link {
	var p store.Packed
	if err := p.UnmarshalDynamo(it["a"]); err != nil {
		panic(err)
	}
	var l store.Link
	if err := json.Unmarshal([]byte(p), &l.Acts); err != nil {
		panic(err)
	}
	return []store.Link{l}
}
