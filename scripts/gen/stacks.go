package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sort"

	"backoffice/internal/catalog"
)

const (
	stacksFile = "infra/cloud/stacks.json"
	// stackOperationsMax keeps a stack under 450 of CloudFormation's 500 resources, at 7 an operation.
	stackOperationsMax = 60
)

// assignStacks gives every operation the number of its domain's stack. The file is only ever added to, since an operation
// that changed its stack would be deleted in one and made in another, with its route gone in between.
func assignStacks(root string, domains []catalog.Domain) ([]byte, error) {
	assigned := map[string]int{}
	raw, err := os.ReadFile(filepath.Join(root, stacksFile))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	if err == nil {
		if err := json.Unmarshal(raw, &assigned); err != nil {
			return nil, fmt.Errorf("%s: %w", stacksFile, err)
		}
	}
	for _, d := range domains {
		ids := make([]string, 0, len(d.Operations))
		for _, o := range d.Operations {
			if o.Describe().Deployed() {
				ids = append(ids, o.Describe().ID)
			}
		}
		assign(assigned, d.Name, ids)
	}
	out, err := json.MarshalIndent(assigned, "", "  ")
	return append(out, '\n'), err
}

// assign puts a domain's new operations, by name, into the first stack that has room. A removed operation keeps its entry, so
// that its number is not given away while the deployed stack may still hold it.
func assign(assigned map[string]int, domain string, ids []string) {
	filled := map[int]int{}
	for id, n := range assigned {
		if len(id) > len(domain) && id[:len(domain)+1] == domain+"." {
			filled[n]++
		}
	}
	sort.Strings(ids)
	for _, id := range ids {
		if assigned[id] != 0 {
			continue
		}
		n := 1
		for filled[n] >= stackOperationsMax {
			n++
		}
		assigned[id] = n
		filled[n]++
	}
}
