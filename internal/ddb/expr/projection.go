package expr

import (
	"slices"

	"backoffice/internal/ddb/attr"
)

// Projection is a list of the places of an item to answer with.
type Projection []Path

// ParseProjection reads a projection expression.
func ParseProjection(text string, scope *Scope) (Projection, error) {
	p := newParser("ProjectionExpression", text, scope)
	var out []Path
	for p.err == nil {
		out = append(out, p.path())
		if !p.accept(",") {
			break
		}
	}
	p.end()
	p.checkClashes(out)
	if p.err != nil {
		return nil, p.err
	}
	return out, nil
}

// Apply gives the part of an item that the projection names; a nil projection
// names everything. Lists keep the order of the elements that stay.
func (pr Projection) Apply(it attr.Item) attr.Item {
	if pr == nil {
		return it
	}
	paths := slices.Clone(pr)
	slices.SortFunc(paths, comparePaths)
	return projectItem(it, paths, 0)
}

// Tops gives the names that the projection starts from.
func (pr Projection) Tops() []string {
	out := make([]string, 0, len(pr))
	for _, p := range pr {
		out = append(out, p.Top())
	}
	return out
}

// groups calls f with each run of sorted paths that agree on step i.
func groups(paths []Path, i int, f func(s step, run []Path)) {
	for start := 0; start < len(paths); {
		end := start + 1
		for end < len(paths) && paths[end][i] == paths[start][i] {
			end++
		}
		f(paths[start][i], paths[start:end])
		start = end
	}
}

func projectItem(it attr.Item, paths []Path, i int) attr.Item {
	out := attr.Item{}
	groups(paths, i, func(s step, run []Path) {
		if !s.member {
			return
		}
		if v := projectValue(it.Get(s.name), run, i); !v.IsZero() {
			out = append(out, attr.Field{Name: s.name, Value: v})
		}
	})
	return out
}

// projectValue cuts a value that the first i+1 steps led to.
func projectValue(v attr.Value, run []Path, i int) attr.Value {
	if v.IsZero() || len(run[0]) == i+1 {
		return v
	}
	switch v.Type {
	case attr.M:
		v.Map = projectItem(v.Map, run, i+1)
		if len(v.Map) == 0 {
			return attr.Value{}
		}
		return v
	case attr.L:
		list := v.List
		v.List = nil
		groups(run, i+1, func(s step, run []Path) {
			if s.member || s.index >= len(list) {
				return
			}
			if e := projectValue(list[s.index], run, i+1); !e.IsZero() {
				v.List = append(v.List, e)
			}
		})
		if v.List != nil {
			return v
		}
	}
	return attr.Value{}
}
