package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// firstStacks are few, but hold one of everything that stays when its stack goes: table, buckets, keys, secrets, user pool.
func firstStacks() []string {
	return []string{prefix + "-shared", prefix + "-identity", prefix + "-platform"}
}

// operate runs the operators' program on the emulator's account, as make does.
func operate(ctx context.Context, t *tools, e *emulator, args ...string) (string, error) {
	return t.output(ctx, t.root, e.credentials(), "go", append([]string{"run", "./scripts/operate"}, args...)...)
}

// target runs one of the Makefile's targets on the emulator's account.
func target(ctx context.Context, t *tools, e *emulator, args ...string) (string, error) {
	return t.output(ctx, t.root, e.credentials(), "make", append([]string{"--no-print-directory", "STAGE=" + stage}, args...)...)
}

// refusing wants a program to refuse, and to say why.
func refusing(said string, err error, whys ...string) error {
	if err == nil {
		return fmt.Errorf("it was done, not refused: %s", said)
	}
	for _, why := range whys {
		if !strings.Contains(said, why) {
			return fmt.Errorf("the refusal does not say %q: %w", why, err)
		}
	}
	return nil
}

// tryBefore does what an operator does before a stage stands: the doctor names what the account lacks and, once that is there,
// is content; a stage that holds nothing is taken away whole, so that its names are free for the deployment that follows.
func tryBefore(ctx context.Context, c *stopwatch, t *tools, e *emulator, a *assembly) error {
	said, err := target(ctx, t, e, "doctor")
	if err := refusing(said, err, "cdk bootstrap aws://"+account+"/"+region); err != nil {
		return err
	}
	if err := bootstrap(ctx, t, e); err != nil {
		return err
	}
	if _, err := target(ctx, t, e, "doctor"); err != nil {
		return err
	}
	if _, err := deploy(ctx, t, e, a.only(firstStacks())); err != nil {
		return err
	}
	said, err = target(ctx, t, e, "destroy")
	if err := refusing(said, err, "CONFIRM="+stage); err != nil {
		return err
	}
	if _, err := target(ctx, t, e, "destroy", "CONFIRM="+stage); err != nil {
		return err
	}
	said, err = target(ctx, t, e, "destroy", "CONFIRM="+stage)
	if err := refusing(said, err, "has no stacks"); err != nil {
		return err
	}
	c.done("the doctor asked for a bootstrap, and was content with it; an empty stage was taken away whole")
	return nil
}

// tryAfter sees that nothing is left to be changed once everything is deployed.
func tryAfter(ctx context.Context, c *stopwatch, t *tools, e *emulator, a *assembly) error {
	err := t.command(ctx, e.credentials(), "cdk", append([]string{"diff", "--fail", "--exclusively", "--app", a.dir, "--build", "true", "--notices=false"}, a.stacks...)...)
	if err == nil {
		c.done("what is deployed is what was shown: there is nothing left to change")
	}
	return err
}

// tryToDestroy sees that a stage which holds something stays as it is.
func tryToDestroy(ctx context.Context, c *stopwatch, t *tools, at *cloud) error {
	said, err := target(ctx, t, at.emulator, "destroy", "CONFIRM="+stage)
	err = refusing(said, err, "AWS::DynamoDB::Table "+prefix+"-finance is not empty", "AWS::Cognito::UserPool "+at.pool.id+" is not empty", "AWS::S3::Bucket "+prefix+"-files-"+account+" is not empty")
	if err != nil {
		return err
	}
	if strings.Contains(said, "deleting") {
		return errors.New("something was deleted all the same: " + said)
	}
	c.done("a stage that holds something stays")
	return nil
}

// only gives an assembly of which fewer stacks are deployed.
func (a *assembly) only(stacks []string) *assembly {
	out := &assembly{dir: a.dir, stacks: stacks, unproven: maps.Clone(a.unproven)}
	for _, name := range a.stacks {
		if !slices.Contains(stacks, name) {
			out.unproven[name] = "it is deployed later"
		}
	}
	return out
}

// others are the stacks of an assembly that are not deployed.
func (a *assembly) others() []string { return slices.Sorted(maps.Keys(a.unproven)) }
