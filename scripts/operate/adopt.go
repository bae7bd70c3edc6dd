package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
)

// wanted is a table that a stack of the assembly has.
type wanted struct{ stack, table string }

// tablesOf reads which tables the stacks of an assembly have.
func tablesOf(dir string, stacks []string) ([]wanted, error) {
	var out []wanted
	for _, stack := range stacks {
		raw, err := os.ReadFile(filepath.Join(dir, stack+".template.json"))
		if err != nil {
			return nil, err
		}
		var template struct {
			Resources map[string]struct {
				Type       string
				Properties struct{ TableName json.RawMessage }
			}
		}
		if err := json.Unmarshal(raw, &template); err != nil {
			return nil, fmt.Errorf("%s: %w", stack, err)
		}
		for _, r := range template.Resources {
			var name string
			if r.Type == typeTable && json.Unmarshal(r.Properties.TableName, &name) == nil {
				out = append(out, wanted{stack, name})
			}
		}
	}
	return out, nil
}

// adopt finds the tables of an assembly that are there and belong to no stack yet, such as restored ones: CloudFormation is to
// take them over as they are. It sets nothing on them, so they must have everything. A stage that names restored tables and does
// not have one of them would get an empty one in its place, and is refused.
func (a account) adopt(ctx context.Context, dir string, stacks []string, s stageFacts) ([]wanted, error) {
	all, err := tablesOf(dir, stacks)
	if err != nil {
		return nil, err
	}
	var out []wanted
	var no []error
	for _, w := range all {
		take, err := a.takes(ctx, w, s.Tables)
		if err != nil {
			no = append(no, err)
		}
		if take {
			out = append(out, w)
		}
	}
	return out, errors.Join(no...)
}

// takes tells whether a table is there and belongs to no stack.
func (a account) takes(ctx context.Context, w wanted, generation string) (bool, error) {
	db := dynamodb.NewFromConfig(a.Config)
	t, err := describe(ctx, db, w.table)
	if err != nil {
		return false, err
	}
	if t == nil && generation != "" {
		return false, fmt.Errorf("table %s is not there, and the stage names the restored tables %q: `operate restore` makes them", w.table, generation)
	}
	if t == nil {
		return false, nil
	}
	held, err := a.holds(ctx, w)
	if err != nil || held {
		return false, err
	}
	missing, err := lacks(ctx, db, w.table)
	if err == nil && len(missing) > 0 {
		err = fmt.Errorf("table %s belongs to no stack and lacks %s, which no deployment would set", w.table, strings.Join(missing, ", "))
	}
	return err == nil, err
}

// retained is the state of what a stack let go of and left standing, such as a stack whose making was taken back: it is about to be
// made anew, and then has to take the table over.
const retained = "DELETE_SKIPPED"

// holds tells whether a stack has a table already.
func (a account) holds(ctx context.Context, w wanted) (bool, error) {
	there, err := a.stacks(ctx, w.stack)
	if err != nil || !slices.ContainsFunc(there, func(s stack) bool { return s.Name == w.stack }) {
		return false, err
	}
	all, err := a.resources(ctx, w.stack)
	return slices.ContainsFunc(all, func(r resource) bool { return r.Type == typeTable && r.ID == w.table && r.Status != retained }), err
}
