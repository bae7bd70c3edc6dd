package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"backoffice/internal/e2e"
)

// unchecked are the actions that the emulator lets pass whatever a policy says, or that a call does without: their statements
// are held by the template tests alone.
var unchecked = []string{"logs:", "xray:", "kms:"}

// withdraw takes grants away from operations that have just worked, one statement at a time, sees the operation fail, gives the
// statement back, and sees it work again. So it was the grant that let it pass.
func withdraw(ctx context.Context, c *stopwatch, at *cloud, r *e2e.Run) error {
	taken := 0
	for _, p := range r.Probes() {
		n, err := withdrawFrom(ctx, at.emulator, p)
		if err != nil {
			return fmt.Errorf("%s: %w", p.Operation, err)
		}
		taken += n
	}
	c.done("%d grants of %d operations, taken away one by one: each was needed", taken, len(r.Probes()))
	return nil
}

func withdrawFrom(ctx context.Context, e *emulator, p e2e.Probe) (int, error) {
	role, err := e.roleOf(ctx, prefix+"-"+strings.ReplaceAll(p.Operation, ".", "-"))
	if err != nil {
		return 0, err
	}
	whole, err := e.policyOf(ctx, role)
	if err != nil {
		return 0, err
	}
	taken := takeable(p.Operation, whole)
	if len(taken) == 0 {
		return 0, errors.New("has no grant that could be taken away")
	}
	for _, n := range taken {
		if err := e.putPolicy(ctx, role, whole.without(n)); err != nil {
			return 0, err
		}
		failed := p.Do(ctx)
		if err := e.putPolicy(ctx, role, whole); err != nil {
			return 0, err
		}
		if s := whole.Statement[n]; failed == nil {
			return 0, fmt.Errorf("works without %v on %v", s.Action, s.Resource)
		}
		if err := p.Do(ctx); err != nil {
			return 0, fmt.Errorf("does not work with its whole policy again: %w", err)
		}
	}
	return len(taken), nil
}

// takeable gives the numbers of the statements without which an operation must fail.
func takeable(operation string, policy document) []int {
	var out []int
	for n, s := range policy.Statement {
		if checked(operation, s) {
			out = append(out, n)
		}
	}
	return out
}

// checked tells whether an operation must fail without a statement. What a function has read of its caller's rights it knows for
// a minute, so that the right to read the platform's table shows at the platform's own operations only, and at health, which asks
// each time.
func checked(operation string, s statement) bool {
	for _, action := range s.Action {
		for _, prefix := range unchecked {
			if strings.HasPrefix(action, prefix) {
				return false
			}
		}
	}
	for _, resource := range s.Resource {
		if strings.HasSuffix(resource, "-platform") && !strings.HasPrefix(operation, "platform.") && operation != e2e.About {
			return false
		}
	}
	return true
}
