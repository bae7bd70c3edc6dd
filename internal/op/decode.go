package op

import (
	"encoding"
	"encoding/json"
	"fmt"
	"mime"
	"net/url"
	"reflect"
	"sort"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"backoffice/internal/fault"
)

// reservedParams are the query parameters that the pipeline itself takes from every write or report.
var reservedParams = map[string]bool{"dryRun": true, "format": true}

// pathBytesMax is longer than any id; what is longer names no record, and would be too long for a key of the store.
const pathBytesMax = 256

// decode reads path, query and body into an input value. All faults of one class are told at once.
func decode(req *Request, into any) error {
	v := reflect.ValueOf(into).Elem()
	s := shapeOf(v.Type())
	k := &checker{registry: s.registry, malformed: fault.Collect(), invalid: fault.Collect(), nullOK: s.merge >= 0}
	for _, raw := range req.Path {
		if len(raw) > pathBytesMax {
			return RuleNotFound.Err()
		}
	}
	// Parameters and body are read to their ends before anything is told, so that a caller learns of all faults in one answer.
	bindParams(k, s, req, v)
	tree, err := readBody(k, s, req)
	if err != nil {
		return err
	}
	if err := k.unreadable(); err != nil {
		return err
	}
	if err := fill(k, s, tree, req.Body, v); err != nil {
		return err
	}
	// The input's own checks may rely on what the schema promises, so they wait until it is kept.
	if val, ok := into.(Validator); ok && k.invalid.Len() == 0 {
		val.Validate(k.invalid)
	}
	if k.invalid.Len() > 0 {
		return sorted(fault.Of(k.invalid.Err()))
	}
	return nil
}

// sorted puts the faults into the order of their pointers: members of an object come in no order of their own, and an answer
// must not change from one call to the next.
func sorted(e *fault.Error) *fault.Error {
	sort.SliceStable(e.Fields, func(i, j int) bool { return e.Fields[i].Pointer < e.Fields[j].Pointer })
	return e
}

// readBody reads the body as a tree and holds it against the schema. An operation without a body takes none, or an empty
// object, which is what some clients send where they have nothing to say.
func readBody(k *checker, s *shape, req *Request) (any, error) {
	if !s.hasBody {
		if len(req.Body) > 0 && strings.TrimSpace(string(req.Body)) != "{}" {
			return nil, RuleNoContent.Err()
		}
		return nil, nil
	}
	if ct := req.Header.Get("Content-Type"); ct != "" {
		media, _, err := mime.ParseMediaType(ct)
		if err != nil || media != "application/json" && media != "application/merge-patch+json" {
			return nil, RuleMedia.Err()
		}
	}
	tree, err := parseTree(req.Body)
	if err != nil {
		return nil, err
	}
	if _, ok := tree.(map[string]any); !ok {
		return nil, RuleSyntax.Err()
	}
	k.check(s.body, tree, "")
	return tree, nil
}

// fill decodes the checked body into the value. A value type that refuses its text here (an impossible date, an amount with
// too many decimals) is reported by the pointer of the member that holds it.
func fill(k *checker, s *shape, tree any, raw []byte, v reflect.Value) error {
	if !s.hasBody || k.invalid.Len() > 0 {
		return nil
	}
	if s.merge >= 0 {
		v.Field(s.merge).Addr().Interface().(interface{ setPatch(any) }).setPatch(tree)
		return nil
	}
	if s.whole >= 0 {
		v = v.Field(s.whole)
	}
	if err := json.Unmarshal(raw, v.Addr().Interface()); err != nil {
		locate(k, v.Type(), tree, "")
		if k.invalid.Len() == 0 {
			return RuleType.Err().Because(err)
		}
	}
	return nil
}

// bindParams sets the fields that stand for path and query parameters. A parameter that is given twice is refused rather than
// read in one of the ways that servers differ in.
func bindParams(k *checker, s *shape, req *Request, v reflect.Value) {
	known := map[string]bool{}
	for _, p := range s.params {
		known[p.Name] = true
		var raw string
		var there bool
		if p.In == "path" {
			raw, there = req.Path[p.Name], true
		} else if values, ok := req.Query[p.Name]; ok {
			there = true
			raw = values[0]
			if len(values) > 1 {
				k.malformed.Say(p.Name, RuleType, "The parameter may stand once only; separate several values by commas.")
				continue
			}
		}
		if !there {
			if p.Required {
				k.invalid.Add(p.Name, RuleRequired)
			}
			continue
		}
		bindParam(k, p, raw, v.FieldByIndex(p.index))
	}
	for name := range req.Query {
		if !known[name] && !reservedParams[name] {
			k.malformed.Add(name, RuleUnknown)
		}
	}
}

// bindParam sets one parameter; a list is written with commas.
func bindParam(k *checker, p Param, raw string, field reflect.Value) {
	if p.list {
		parts := strings.Split(raw, ",")
		if p.Schema.MaxItems != nil && len(parts) > *p.Schema.MaxItems {
			k.malformed.Say(p.Name, RuleTooMany, fmt.Sprintf("At most %d values are allowed.", *p.Schema.MaxItems))
			return
		}
		for _, part := range parts {
			e := reflect.New(field.Type().Elem()).Elem()
			before := k.malformed.Len() + k.invalid.Len()
			bindScalar(k, p.Name, p.Schema.Items, part, e)
			if k.malformed.Len()+k.invalid.Len() == before {
				field.Set(reflect.Append(field, e))
			}
		}
		return
	}
	bindScalar(k, p.Name, p.Schema, raw, field)
}

// bindScalar sets one value by the type of its field. A type that reads itself from text (a date, a period) says itself what
// it takes; what it refuses is malformed, since a parameter that cannot be read has no meaning that a rule could break.
func bindScalar(k *checker, name string, s *huma.Schema, raw string, field reflect.Value) {
	if s.Ref != "" {
		s = k.registry.SchemaFromRef(s.Ref)
	}
	if u, ok := field.Addr().Interface().(encoding.TextUnmarshaler); ok {
		if err := u.UnmarshalText([]byte(raw)); raw == "" || err != nil {
			k.malformed.Add(name, RuleType)
		}
		return
	}
	switch field.Kind() {
	case reflect.String:
		k.text(s, raw, name)
		field.SetString(raw)
	case reflect.Bool:
		b, err := strconv.ParseBool(raw)
		if err != nil || raw != "true" && raw != "false" {
			k.malformed.Say(name, RuleType, "true or false is expected.")
			return
		}
		field.SetBool(b)
	case reflect.Int, reflect.Int64:
		n, err := strconv.ParseInt(raw, 10, 64)
		if err != nil {
			k.malformed.Say(name, RuleType, "A whole number is expected.")
			return
		}
		if s.Minimum != nil && float64(n) < *s.Minimum || s.Maximum != nil && float64(n) > *s.Maximum {
			k.malformed.Say(name, RuleRange, rangeOf(s))
			return
		}
		field.SetInt(n)
	default:
		panic("op: parameter of unsupported type: " + name)
	}
}

// canonical renders the query without cursor, limit and the pipeline's own parameters: what a cursor is bound to.
func canonical(q url.Values) string {
	keep := url.Values{}
	for name, v := range q {
		if name != "cursor" && name != "limit" && !reservedParams[name] {
			keep[name] = v
		}
	}
	return keep.Encode()
}
