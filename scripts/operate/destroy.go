package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"backoffice/internal/clock"
	"backoffice/scripts/awscall"
)

const (
	deleteWait = 30 * time.Minute
	deletePoll = 5 * time.Second
)

// estate is everything of a stage that stands in the account.
type estate struct {
	stacks   []stack
	stateful []resource
	holding  []resource // the stateful ones that are not empty
}

// survey looks at the stage's stacks and at what they hold.
func (a account) survey(ctx context.Context, stage string, regions []string) (estate, error) {
	var e estate
	for _, region := range regions {
		here := a.in(region)
		found, err := here.stacks(ctx, prefix(stage))
		if err != nil {
			return e, err
		}
		e.stacks = append(e.stacks, found...)
		for _, s := range found {
			if err := here.inspect(ctx, s.Name, &e); err != nil {
				return e, fmt.Errorf("stack %s: %w", s.Name, err)
			}
		}
	}
	return e, nil
}

func (a account) inspect(ctx context.Context, stack string, e *estate) error {
	all, err := a.resources(ctx, stack)
	if err != nil {
		return err
	}
	for _, r := range all {
		if !slices.Contains([]string{typeTable, typeBucket, typeUserPool, typeSecret, typeKey, typeVault}, r.Type) {
			continue
		}
		e.stateful = append(e.stateful, r)
		empty, err := a.empty(ctx, r)
		if err != nil {
			return fmt.Errorf("%s: %w", r.ID, err)
		}
		if !empty {
			e.holding = append(e.holding, r)
		}
	}
	return nil
}

// refusals are the reasons not to take a stage away; none means that nothing would be lost.
func (e estate) refusals(stage, confirm string) []error {
	var out []error
	for _, s := range e.stacks {
		if s.Protected {
			out = append(out, fmt.Errorf("stack %s is protected from termination: take the stage's terminationProtection away in %s and deploy first", s.Name, stagesFile))
		}
	}
	for _, r := range e.holding {
		out = append(out, fmt.Errorf("%s %s is not empty: back it up and empty it, if its data may go", r.Type, r.ID))
	}
	if confirm != stage {
		out = append(out, fmt.Errorf("say CONFIRM=%s to take the stage %s away", stage, stage))
	}
	return out
}

// order gives the stacks so that each goes before what it was built on: the last made goes first.
func (e estate) order() []stack {
	out := slices.Clone(e.stacks)
	slices.SortStableFunc(out, func(a, b stack) int { return b.Created.Compare(a.Created) })
	return out
}

// destroy takes a stage away, or says why not.
func (a account) destroy(ctx context.Context, o order) error {
	s, err := readStage(o.stage)
	if err != nil {
		return err
	}
	e, err := a.survey(ctx, o.stage, s.regions(a.Config.Region))
	if err != nil {
		return err
	}
	if len(e.stacks) == 0 {
		return fmt.Errorf("the stage %s has no stacks in %v", o.stage, s.regions(a.Config.Region))
	}
	if no := e.refusals(o.stage, o.confirm); len(no) > 0 {
		return fmt.Errorf("the stage %s stays:\n%w", o.stage, errors.Join(no...))
	}
	for _, s := range e.order() {
		fmt.Println("deleting", s.Name)
		if err := a.in(s.region).deleteStack(ctx, s.Name, deletePoll); err != nil {
			return err
		}
	}
	for _, r := range e.stateful {
		if err := a.in(r.region).remove(ctx, r); err != nil && !gone(err) {
			return fmt.Errorf("%s %s: %w", r.Type, r.ID, err)
		}
	}
	return nil
}

// deleteStack deletes one stack and waits until it is gone.
func (a account) deleteStack(ctx context.Context, name string, poll time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, deleteWait)
	defer cancel()
	if err := a.Query(ctx, "cloudformation", cloudFormation, "DeleteStack", map[string]string{"StackName": name}, nil); err != nil {
		return err
	}
	for {
		left, err := a.stacks(ctx, name)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(left, func(s stack) bool { return s.Name == name })
		if i < 0 {
			return nil
		}
		if left[i].Status == "DELETE_FAILED" {
			return fmt.Errorf("%s cannot be deleted: its events say why", name)
		}
		if err := clock.Wait(ctx, poll); err != nil {
			return fmt.Errorf("%s is still there: %w", name, err)
		}
	}
}

// remove takes away what stayed when its stack went, which is empty, and whose name a new deployment would want.
func (a account) remove(ctx context.Context, r resource) error {
	switch r.Type {
	case typeTable:
		const target = "DynamoDB_20120810."
		if err := a.Call(ctx, "dynamodb", "1.0", target+"UpdateTable", map[string]any{"TableName": r.ID, "DeletionProtectionEnabled": false}, nil); err != nil {
			return err
		}
		return a.deleteTable(ctx, r.ID, deletePoll)
	case typeUserPool:
		const target = "AWSCognitoIdentityProviderService."
		if err := a.Call(ctx, "cognito-idp", "1.1", target+"UpdateUserPool", map[string]any{"UserPoolId": r.ID, "DeletionProtection": "INACTIVE"}, nil); err != nil {
			return err
		}
		return a.Call(ctx, "cognito-idp", "1.1", target+"DeleteUserPool", map[string]any{"UserPoolId": r.ID}, nil)
	case typeBucket:
		_, err := a.bucket(ctx, http.MethodDelete, r.ID, "")
		return err
	case typeVault:
		_, err := a.Send(ctx, "backup", http.MethodDelete, "/backup-vaults/"+r.ID, nil, nil)
		return err
	case typeSecret:
		return a.Call(ctx, "secretsmanager", "1.1", "secretsmanager.DeleteSecret", map[string]any{"SecretId": r.ID, "ForceDeleteWithoutRecovery": true}, nil)
	case typeKey:
		fmt.Printf("left: key %s, which backups may need; schedule its deletion by hand\n", r.ID)
	}
	return nil
}

// deleteTable deletes a table. Right after its protection was lifted it is still being changed, and refuses for a moment.
func (a account) deleteTable(ctx context.Context, name string, poll time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, deleteWait)
	defer cancel()
	for {
		err := a.Call(ctx, "dynamodb", "1.0", "DynamoDB_20120810.DeleteTable", map[string]any{"TableName": name}, nil)
		var no awscall.RefusalError
		if !errors.As(err, &no) || !strings.Contains(no.Text, "ResourceInUseException") {
			return err
		}
		if clock.Wait(ctx, poll) != nil {
			return err
		}
	}
}
