package e2e

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// About is the name by which an [Installation] knows the address of what the system says of itself.
const About = "about"

// selfDescription reads what the system says of itself, without a token: that it is well, the page of a rule, and a document for
// the whole and for each domain.
func selfDescription(ctx context.Context, r *Run) error {
	if err := r.well(ctx); err != nil {
		return err
	}
	rules, err := r.open(ctx, "/problems", "application/json")
	if err != nil {
		return err
	}
	if !strings.Contains(rules, `"code":"API-020"`) {
		return fmt.Errorf("the list of rules is %.200s", rules)
	}
	for _, path := range []string{"/openapi.json", "/platform/v1/openapi.json", "/finance/v1/openapi.json", "/migration/v1/openapi.json"} {
		raw, err := r.open(ctx, path, "application/json")
		if err != nil {
			return err
		}
		var document struct {
			OpenAPI string
			Paths   map[string]any
		}
		if err := json.Unmarshal([]byte(raw), &document); err != nil || document.OpenAPI == "" || len(document.Paths) == 0 {
			return errors.Join(fmt.Errorf("%s is no OpenAPI document", path), err)
		}
	}
	return nil
}

// well asks whether the tables can be reached.
func (r *Run) well(ctx context.Context) error {
	health, err := r.open(ctx, "/health", "application/json")
	if err == nil && strings.TrimSpace(health) != `{"status":"ok"}` {
		return fmt.Errorf("health is %s", health)
	}
	return err
}

// rulePage follows the type of a problem document to the page of its rule.
func (r *Run) rulePage(ctx context.Context, kind, code string) error {
	text, err := r.open(ctx, kind, "text/html; charset=utf-8")
	if err == nil && !strings.Contains(text, code) {
		return fmt.Errorf("%s does not tell of %s: %s", kind, code, text)
	}
	return err
}

// open reads what needs no token.
func (r *Run) open(ctx context.Context, path, kind string) (string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, r.at.Base(About)+path, http.NoBody)
	if err != nil {
		return "", err
	}
	resp, err := r.at.Client().Do(req)
	if err != nil {
		return "", err
	}
	body, err := io.ReadAll(resp.Body)
	if err := errors.Join(err, resp.Body.Close()); err != nil {
		return "", err
	}
	if resp.StatusCode != http.StatusOK || resp.Header.Get("Content-Type") != kind {
		return "", fmt.Errorf("GET %s answered %d %s: %.200s", path, resp.StatusCode, resp.Header.Get("Content-Type"), body)
	}
	return string(body), nil
}
