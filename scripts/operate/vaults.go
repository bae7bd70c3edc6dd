package main

import (
	"context"
	"encoding/json"
	"net/http"
)

// copies tells whether a backup vault holds any copy: 0 for none.
func (a account) copies(ctx context.Context, vault string) (int, error) {
	raw, err := a.Send(ctx, "backup", http.MethodGet, "/backup-vaults/"+vault+"/recovery-points/?maxResults=1", nil, nil)
	if err != nil {
		return 0, err
	}
	var page struct{ RecoveryPoints []struct{} }
	err = json.Unmarshal(raw, &page)
	return len(page.RecoveryPoints), err
}
