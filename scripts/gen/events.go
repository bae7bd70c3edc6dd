package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"backoffice/internal/catalog"
	"backoffice/internal/op"
)

const (
	eventsDir     = "events"
	schemaDialect = "https://json-schema.org/draft/2020-12/schema"
	defsPrefix    = "#/$defs/"
)

// addEvents makes the JSON Schema and the example of every kind of event, from the event's own struct.
func addEvents(files map[string][]byte, domains []catalog.Domain) error {
	for _, d := range domains {
		for _, o := range d.Operations {
			for _, e := range o.Describe().AllEmits() {
				owner := d.Name
				if !slices.Contains(o.Describe().Emits, e) { // a contribution's, which belongs to the domain that offers it
					owner, _, _ = strings.Cut(e.Type, ".")
				}
				if err := addEvent(files, owner, e); err != nil {
					return fmt.Errorf("operation %s: %w", o.Describe().ID, err)
				}
			}
		}
	}
	return nil
}

func addEvent(files map[string][]byte, domain string, e *op.Event) error {
	name, ok := strings.CutPrefix(e.Type, domain+".")
	if !ok {
		return fmt.Errorf("event %q: its type must begin with its domain, %s", e.Type, domain)
	}
	if e.Data == nil || e.Example == "" || e.Summary == "" {
		return fmt.Errorf("event %s lacks its struct, its example or its summary", e.Type)
	}
	schema, err := eventSchema(e)
	if err != nil {
		return err
	}
	var example bytes.Buffer
	if err := json.Indent(&example, []byte(e.Example), "", "  "); err != nil {
		return fmt.Errorf("event %s: its example is not JSON: %w", e.Type, err)
	}
	example.WriteByte('\n')
	base := eventsDir + "/" + domain + "/" + name
	if was, there := files[base+".schema.json"]; there && !bytes.Equal(was, schema) {
		return fmt.Errorf("event %s has two different structs", e.Type)
	}
	files[base+".schema.json"], files[base+".example.json"] = schema, example.Bytes()
	return nil
}

// eventSchema is the schema of an event's data. It is open: within a version an event may gain members.
func eventSchema(e *op.Event) ([]byte, error) {
	r := op.NewRegistry()
	t := reflect.TypeOf(e.Data)
	top, err := tree(r.Schema(t, false, t.Name()))
	if err != nil {
		return nil, err
	}
	defs, err := tree(r)
	if err != nil {
		return nil, err
	}
	used := map[string]any{}
	collect(top, defs.(map[string]any), used)
	doc := top.(map[string]any)
	doc["$schema"], doc["$id"], doc["description"] = schemaDialect, e.Type, e.Summary
	if len(used) > 0 {
		doc["$defs"] = used
	}
	raw, err := json.MarshalIndent(doc, "", "  ")
	return append(raw, '\n'), err
}

func tree(v any) (any, error) {
	raw, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	var out any
	return out, json.Unmarshal(raw, &out)
}

// collect points references at the document's own definitions, gathers those that are used, and opens every object.
func collect(node any, defs, used map[string]any) {
	switch n := node.(type) {
	case []any:
		for _, e := range n {
			collect(e, defs, used)
		}
	case map[string]any:
		if n["additionalProperties"] == false {
			delete(n, "additionalProperties")
		}
		if ref, ok := n["$ref"].(string); ok {
			name := strings.TrimPrefix(ref, op.SchemaPrefix)
			n["$ref"] = defsPrefix + name
			if _, there := used[name]; !there {
				used[name] = defs[name]
				collect(defs[name], defs, used)
			}
		}
		for _, e := range n {
			collect(e, defs, used)
		}
	}
}
