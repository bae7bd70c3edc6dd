package verify

import (
	"crypto/sha256"
	"fmt"
	"hash"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// item is an item as it stands in the store. This package reads the store by itself, not through the code that wrote it: what
// that code gets wrong, it could not see.
type item map[string]types.AttributeValue

func (it item) text(name string) string {
	if v, ok := it[name].(*types.AttributeValueMemberS); ok {
		return v.Value
	}
	return ""
}

func (it item) number(name string) string {
	if v, ok := it[name].(*types.AttributeValueMemberN); ok {
		return v.Value
	}
	return ""
}

func (it item) whole(name string) int {
	n, err := strconv.Atoi(it.number(name))
	if err != nil {
		return 0
	}
	return n
}

func (it item) list(name string) []item {
	v, ok := it[name].(*types.AttributeValueMemberL)
	if !ok {
		return nil
	}
	out := make([]item, 0, len(v.Value))
	for _, e := range v.Value {
		if m, ok := e.(*types.AttributeValueMemberM); ok {
			out = append(out, m.Value)
		}
	}
	return out
}

func (it item) inner(name string) item {
	if v, ok := it[name].(*types.AttributeValueMemberM); ok {
		return v.Value
	}
	return nil
}

// texts reads a map of texts.
func (it item) texts(name string) map[string]string {
	out := map[string]string{}
	for k := range it.inner(name) {
		out[k] = it.inner(name).text(k)
	}
	return out
}

// place names an item.
type place struct{ table, pk, sk string }

// String writes the place as a defect names it.
func (p place) String() string { return p.table + " " + p.pk + " / " + p.sk }

func placeOf(table string, it item) place { return place{table, it.text("pk"), it.text("sk")} }

// tenant gives the first part of the partition key, kind the second.
func (p place) tenant() string { t, _, _ := strings.Cut(p.pk, "|"); return t }

func (p place) kind() string {
	parts := strings.SplitN(p.pk, "|", 3)
	if len(parts) < 2 {
		return ""
	}
	return parts[1]
}

// digest is the SHA-256 of an item in the canonical form in which acts hold it: attributes by name, each with its type. It is
// written apart from the store kit on purpose: a defect in one of the two shows as a difference.
func digest(it item, without ...string) [sha256.Size]byte {
	h := sha256.New()
	digestMap(h, it, without)
	return [sha256.Size]byte(h.Sum(nil))
}

func digestMap(h hash.Hash, m item, without []string) {
	for _, name := range slices.Sorted(maps.Keys(m)) {
		if slices.Contains(without, name) {
			continue
		}
		_, _ = h.Write([]byte(strconv.Quote(name)))
		digestValue(h, m[name])
	}
}

func digestValue(h hash.Hash, v types.AttributeValue) {
	put := func(kind, text string) { _, _ = h.Write([]byte(kind + strconv.Quote(text))) }
	set := func(kind, member string, all []string) {
		put(kind, strconv.Itoa(len(all)))
		for _, e := range slices.Sorted(slices.Values(all)) {
			put(member, e)
		}
	}
	switch t := v.(type) {
	case *types.AttributeValueMemberS:
		put("S", t.Value)
	case *types.AttributeValueMemberN:
		put("N", t.Value)
	case *types.AttributeValueMemberBOOL:
		put("T", strconv.FormatBool(t.Value))
	case *types.AttributeValueMemberB:
		put("B", string(t.Value))
	case *types.AttributeValueMemberNULL:
		put("0", "")
	case *types.AttributeValueMemberL:
		put("L", strconv.Itoa(len(t.Value)))
		for _, e := range t.Value {
			digestValue(h, e)
		}
	case *types.AttributeValueMemberM:
		put("M", strconv.Itoa(len(t.Value)))
		digestMap(h, t.Value, nil)
	case *types.AttributeValueMemberSS:
		set("SS", "S", t.Value)
	case *types.AttributeValueMemberNS:
		set("NS", "N", t.Value)
	default:
		put("?", fmt.Sprintf("%T", v))
	}
}

// lists reads a list of lists of texts.
func lists(it item, name string) [][]string {
	v, ok := it[name].(*types.AttributeValueMemberL)
	if !ok {
		return nil
	}
	var out [][]string
	for _, e := range v.Value {
		var one []string
		if l, ok := e.(*types.AttributeValueMemberL); ok {
			for _, s := range l.Value {
				if s, ok := s.(*types.AttributeValueMemberS); ok {
					one = append(one, s.Value)
				}
			}
		}
		out = append(out, one)
	}
	return out
}
