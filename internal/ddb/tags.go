package ddb

import (
	"context"
	"maps"
	"strings"

	"backoffice/internal/ddb/awserr"
	"backoffice/internal/ddb/wire"
)

// tagsRequest holds the parameters of the calls about tags.
type tagsRequest struct {
	ResourceArn string
	Tags        []tagShape
	TagKeys     []string
}

func (e *Engine) readTags(body string) (q tagsRequest, name string, err error) {
	if err := readShape(body, &q); err != nil {
		return q, "", err
	}
	if !strings.HasPrefix(q.ResourceArn, "arn:aws:dynamodb:") {
		return q, "", awserr.Validation("Invalid TableArn: Invalid ResourceArn provided as input %s", q.ResourceArn)
	}
	name = tableName(q.ResourceArn)
	t := e.cat.Load().tables[name]
	if t == nil || e.arn(t) != q.ResourceArn {
		return q, "", awserr.New(awserr.TypeNotFound, "Requested resource not found: ResourcArn: %s not found", q.ResourceArn)
	}
	return q, name, nil
}

// changeTags alters a table's tags.
func (e *Engine) changeTags(name string, f func(map[string]string) error) ([]byte, error) {
	err := e.define(func(cat *catalog, c *commit) error {
		now, err := cat.described(name)
		if err != nil {
			return err
		}
		t := now.copy()
		if t.Tags = maps.Clone(now.Tags); t.Tags == nil {
			t.Tags = map[string]string{}
		}
		if err := f(t.Tags); err != nil {
			return err
		}
		return cat.putTable(c, t)
	})
	return []byte("{}"), err
}

func (e *Engine) tagResource(_ context.Context, body string) ([]byte, error) {
	q, name, err := e.readTags(body)
	if err != nil {
		return nil, err
	}
	if len(q.Tags) == 0 {
		return nil, awserr.Validation("Atleast one Tag needs to be provided as Input.")
	}
	added, err := tagMap(q.Tags)
	if err != nil {
		return nil, err
	}
	return e.changeTags(name, func(tags map[string]string) error {
		maps.Copy(tags, added)
		if len(tags) > tagsMax {
			return awserr.New(awserr.TypeLimit, "Too many tags: at most %d", tagsMax)
		}
		return nil
	})
}

func (e *Engine) untagResource(_ context.Context, body string) ([]byte, error) {
	q, name, err := e.readTags(body)
	if err != nil {
		return nil, err
	}
	if len(q.TagKeys) == 0 {
		return nil, awserr.Validation("Atleast one Tag Key needs to be provided as Input.")
	}
	return e.changeTags(name, func(tags map[string]string) error {
		for _, k := range q.TagKeys {
			delete(tags, k)
		}
		return nil
	})
}

func (e *Engine) listTags(_ context.Context, body string) ([]byte, error) {
	_, name, err := e.readTags(body)
	if err != nil {
		return nil, err
	}
	t, err := e.cat.Load().described(name)
	if err != nil {
		return nil, err
	}
	out := []byte(`{"Tags":[`)
	for _, k := range sortedKeys(t.Tags) {
		out = append(wire.AppendComma(out), '{')
		out = wire.AppendString(wire.AppendKey(out, "Key"), k)
		out = wire.AppendString(wire.AppendKey(out, "Value"), t.Tags[k])
		out = append(out, '}')
	}
	return append(out, ']', '}'), nil
}
