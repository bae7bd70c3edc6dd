package op

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"

	"backoffice/internal/fault"
	"backoffice/internal/money"
)

// locate finds the members whose own decoding fails, going down the tree beside the type, and notes each by its pointer.
func locate(k *checker, t reflect.Type, tree any, at string) {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	t = wholeOf(t)
	raw, err := json.Marshal(tree)
	if err != nil {
		return
	}
	err = json.Unmarshal(raw, reflect.New(t).Interface())
	if err == nil {
		return
	}
	if reflect.PointerTo(t).Implements(reflect.TypeFor[json.Unmarshaler]()) || t.Kind() != reflect.Struct && t.Kind() != reflect.Slice {
		k.invalid.Add(at, ruleOf(err))
		return
	}
	switch node := tree.(type) {
	case []any:
		for i, e := range node {
			locate(k, t.Elem(), e, fmt.Sprintf("%s/%d", at, i))
		}
	case map[string]any:
		locateFields(k, t, node, at)
	}
}

// wholeOf gives the type that stands in an input for the whole body: within a batch such an input is one item.
func wholeOf(t reflect.Type) reflect.Type {
	if t.Kind() == reflect.Struct {
		for i := range t.NumField() {
			if f := t.Field(i); f.Tag.Get("body") == "whole" {
				return f.Type
			}
		}
	}
	return t
}

func locateFields(k *checker, t reflect.Type, node map[string]any, at string) {
	for i := range t.NumField() {
		f := t.Field(i)
		if f.Anonymous && f.Type.Kind() == reflect.Struct {
			locateFields(k, f.Type, node, at)
			continue
		}
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if v, ok := node[name]; ok && name != "-" && name != "" {
			locate(k, f.Type, v, pointerTo(at, name))
		}
	}
}

// ruleOf takes the rule that a value type's error stands for.
func ruleOf(err error) fault.Rule {
	switch {
	case errors.Is(err, money.ErrTooManyDecimals):
		return RuleDecimals
	case errors.Is(err, money.ErrTooLarge):
		return RuleRange
	case errors.Is(err, money.ErrCurrency):
		return RuleCurrency
	}
	return RulePattern
}
