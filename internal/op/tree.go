package op

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"backoffice/internal/fault"
)

const depthMax = 32

var errDepth = errors.New("too deep")

// parseTree reads exactly one JSON value, refusing repeated members and deep nesting; numbers stay as they were written.
func parseTree(raw []byte) (any, error) {
	if !utf8.Valid(raw) {
		return nil, RuleSyntax.Err()
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	v, err := parseValue(dec, 0)
	if err != nil {
		if errors.Is(err, errDepth) {
			return nil, RuleDepth.Err()
		}
		return nil, RuleSyntax.Err().Because(err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, RuleSyntax.Err()
	}
	return v, nil
}

func parseValue(dec *json.Decoder, depth int) (any, error) {
	if depth > depthMax {
		return nil, errDepth
	}
	tok, err := dec.Token()
	if err != nil {
		return nil, err
	}
	switch tok {
	case json.Delim('{'):
		return parseObject(dec, depth)
	case json.Delim('['):
		out := []any{}
		for dec.More() {
			v, err := parseValue(dec, depth+1)
			if err != nil {
				return nil, err
			}
			out = append(out, v)
		}
		_, err := dec.Token()
		return out, err
	}
	return tok, nil
}

func parseObject(dec *json.Decoder, depth int) (any, error) {
	out := map[string]any{}
	for dec.More() {
		name, err := dec.Token()
		if err != nil {
			return nil, err
		}
		key, ok := name.(string)
		if !ok {
			return nil, errors.New("member name is no string")
		}
		if _, twice := out[key]; twice {
			return nil, fmt.Errorf("a member stands twice")
		}
		v, err := parseValue(dec, depth+1)
		if err != nil {
			return nil, err
		}
		out[key] = v
	}
	_, err := dec.Token()
	return out, err
}

// pointerTo appends a token to a JSON Pointer.
func pointerTo(at, token string) string { return at + "/" + fault.Escape(token) }
