package stacks

import (
	"slices"

	"backoffice/internal/catalog"
	"backoffice/internal/op"
)

// deployed leaves out the operations that have no place in the cloud.
func deployed(domains []catalog.Domain) []catalog.Domain {
	out := slices.Clone(domains)
	for i := range out {
		out[i].Operations = slices.DeleteFunc(slices.Clone(out[i].Operations), func(o op.Operation) bool { return !o.Describe().Deployed() })
	}
	return out
}
