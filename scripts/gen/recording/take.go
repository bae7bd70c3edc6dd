package recording

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"backoffice/internal/conformance/rehearsal"
)

// take is an example as it was played once. Its parts are JSON, so that two takes can be compared member by member.
type take struct {
	parts map[string]json.RawMessage
	r     Recording
}

// told are the headers of an answer that a caller goes on with.
var told = []string{"ETag", "Location", "Link"}

func newTake(r *rehearsal.Request, a rehearsal.Answer, why string, refusal rehearsal.Answer) take {
	query, header, headers := map[string]string{}, map[string]string{}, map[string]string{}
	for name := range r.Query {
		query[name] = r.Query.Get(name)
	}
	for name := range r.Header {
		header[name] = r.Header.Get(name)
	}
	for _, name := range told {
		if v := a.Header.Get(name); v != "" {
			headers[name] = v
		}
	}
	t := take{parts: map[string]json.RawMessage{"body": r.Body, "answer": a.Body, "problem": refusal.Body},
		r: Recording{Status: a.Status, Refusal: Refusal{Why: why, Status: refusal.Status}}}
	for name, m := range map[string]map[string]string{"path": r.Path, "query": query, "header": header, "headers": headers} {
		raw, err := json.Marshal(m)
		if err != nil {
			panic("recording: texts that cannot be encoded: " + err.Error())
		}
		t.parts[name] = raw
	}
	return t
}

// masked makes a recording of two takes.
func (t take) masked(other take) (Recording, error) {
	r := t.r
	if r.Status != other.r.Status || r.Refusal.Status != other.r.Refusal.Status {
		return r, errors.New("two takes have different statuses")
	}
	for name, into := range map[string]any{"path": &r.Path, "query": &r.Query, "header": &r.Header, "headers": &r.Headers, "body": &r.Body,
		"answer": &r.Answer, "problem": &r.Refusal.Problem} {
		if len(t.parts[name]) == 0 {
			continue
		}
		part, err := mask(t.parts[name], other.parts[name])
		if err != nil {
			return r, fmt.Errorf("%s: %w", name, err)
		}
		if err := json.Unmarshal(part, into); err != nil {
			return r, fmt.Errorf("%s: %w", name, err)
		}
	}
	return r, nil
}

// mask gives a JSON text with a placeholder for every text that is another one in the other take. The order of members stays.
func mask(a, b json.RawMessage) (json.RawMessage, error) {
	if bytes.Equal(a, b) {
		return a, nil
	}
	var x, y any
	if err := errors.Join(decode(a, &x), decode(b, &y)); err != nil {
		return nil, err
	}
	secrets := map[string]string{}
	if err := compare(x, y, "", secrets); err != nil {
		return nil, err
	}
	out := string(a)
	for secret, placeholder := range secrets {
		from, err := json.Marshal(secret)
		if err != nil {
			return nil, err
		}
		out = strings.ReplaceAll(out, string(from), strconv.Quote(placeholder))
	}
	return json.RawMessage(out), nil
}

func decode(raw []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	return d.Decode(into)
}

// compare gathers the texts that differ, each with the placeholder that stands for it: the name of its member.
func compare(x, y any, name string, secrets map[string]string) error {
	switch a := x.(type) {
	case map[string]any:
		b, _ := y.(map[string]any)
		if len(a) != len(b) {
			return fmt.Errorf("two takes have different members at %q", name)
		}
		for member := range a {
			if err := compare(a[member], b[member], member, secrets); err != nil {
				return err
			}
		}
	case []any:
		b, _ := y.([]any)
		if len(a) != len(b) {
			return fmt.Errorf("two takes have lists of different lengths at %q", name)
		}
		for i := range a {
			if err := compare(a[i], b[i], name, secrets); err != nil {
				return err
			}
		}
	case string:
		b, text := y.(string)
		switch {
		case !text:
			return fmt.Errorf("two takes have different types at %q", name)
		case a != b:
			secrets[a] = placeholderFor(name, a)
		}
	default:
		if x != y {
			return fmt.Errorf("two takes differ at %q, which is no text: %v and %v", name, x, y)
		}
	}
	return nil
}

// placeholderFor is what the documents show in place of a secret.
func placeholderFor(name, secret string) string {
	if slices.ContainsFunc([]string{"http://", "https://"}, func(p string) bool { return strings.HasPrefix(secret, p) }) {
		return "https://backoffice.example/signed-" + name
	}
	if strings.Trim(secret, "0123456789") == "" { // a code of digits keeps its form, which its schema may ask for
		return "1234567890"[:min(len(secret), 10)]
	}
	return "example-" + name
}
