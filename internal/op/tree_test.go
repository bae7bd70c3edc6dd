package op

import (
	"encoding/json"
	"strings"
	"testing"

	"backoffice/internal/fault"
)

// What the parser takes is JSON to the standard library, too, and means the same; nothing makes it panic.
func FuzzParseTree(f *testing.F) {
	for _, seed := range []string{`{}`, `{"a":[1,2.50,null,true,"x"]}`, `{"a":1,"a":2}`, `[[[[]]]]`, `{"a":1}{"b":2}`, `"`, `{"é":"\ud800"}`, "\xef\xbb\xbf{}", strings.Repeat("[", 40)} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		tree, err := parseTree(raw)
		if err != nil {
			if !fault.OfKind(err, fault.Malformed) {
				t.Fatalf("refused as %v", err)
			}
			return
		}
		if !json.Valid(raw) {
			t.Fatalf("%q was taken", raw)
		}
		again, err := json.Marshal(tree)
		if err != nil {
			t.Fatal(err)
		}
		second, err := parseTree(again)
		if err != nil {
			t.Fatalf("%s, made from what was taken, is refused: %v", again, err)
		}
		if third, err := json.Marshal(second); err != nil || string(third) != string(again) {
			t.Fatalf("%s became %s: %v", again, third, err)
		}
	})
}

func TestParseTreeRefuses(t *testing.T) {
	for _, tt := range []struct {
		name, raw string
		rule      fault.Rule
	}{
		{"nothing", "", RuleSyntax},
		{"half an object", `{"a":`, RuleSyntax},
		{"two values", `{} {}`, RuleSyntax},
		{"another encoding than UTF-8", "{\"a\":\"\xff\"}", RuleSyntax},
		{"a member twice", `{"a":1,"a":1}`, RuleSyntax},
		{"a member twice further down", `{"a":{"b":1,"b":1}}`, RuleSyntax},
		{"one level too many", strings.Repeat("[", depthMax+2) + strings.Repeat("]", depthMax+2), RuleDepth},
	} {
		if _, err := parseTree([]byte(tt.raw)); !fault.Is(err, tt.rule.Code) {
			t.Errorf("%s: %v, want %s", tt.name, err, tt.rule.Code)
		}
	}
	deep := strings.Repeat("[", depthMax) + strings.Repeat("]", depthMax)
	if _, err := parseTree([]byte(deep)); err != nil {
		t.Errorf("%d levels: %v", depthMax, err)
	}
}

// Numbers stay as they were written: an amount of many digits is not rounded on its way.
func TestParseTreeKeepsNumbers(t *testing.T) {
	tree, err := parseTree([]byte(`{"n":12345678901234567890.10}`))
	if err != nil {
		t.Fatal(err)
	}
	if n := tree.(map[string]any)["n"]; n != json.Number("12345678901234567890.10") {
		t.Errorf("n is %v", n)
	}
}
