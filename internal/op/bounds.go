package op

import "github.com/danielgtaylor/huma/v2"

// entryCharsMax bounds the texts inside a list or an open object, and the names of an open object's members, where the type
// states no limit of its own.
const entryCharsMax = 200

// bound gives every text inside a list or an open object of a body its limit: the maxLength that the list's own tag states,
// or the common one. A tag on a field cannot speak of what stands inside it, so without this they would have none.
func bound(r huma.Registry, s *huma.Schema, seen map[*huma.Schema]bool) {
	if s == nil {
		return
	}
	if s.Ref != "" {
		s = r.SchemaFromRef(s.Ref)
	}
	if seen[s] {
		return
	}
	seen[s] = true
	for _, p := range s.Properties {
		bound(r, p, seen)
	}
	inner, open := s.AdditionalProperties.(*huma.Schema)
	if s.Type == huma.TypeArray {
		inner, open = s.Items, true
	}
	if !open {
		return
	}
	bound(r, inner, seen)
	if inner.Type != huma.TypeString || inner.MaxLength != nil {
		return
	}
	limit := entryCharsMax
	if s.MaxLength != nil {
		limit = *s.MaxLength
	}
	s.MaxLength, inner.MaxLength = nil, &limit
	inner.PrecomputeMessages()
}
