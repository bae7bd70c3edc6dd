package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"

	"backoffice/internal/catalog"
	"backoffice/internal/clock"
	"backoffice/internal/e2e"
)

const (
	// restoring is the run that follows the runbook of restoring.
	restoring = "restore"
	// torn and whole are the generations that it restores: one that is spoilt, and the one that it goes over to.
	torn, whole = "r1", "r2"
	// runner is the state machine of the job that is under way meanwhile.
	runner        = prefix + "-migration-run-post-journals"
	executionWait = 10 * time.Minute
)

// rehearsal follows docs/runbooks/restore.md on the emulator, with every policy enforced.
type rehearsal struct {
	watch    *stopwatch
	tools    *tools
	emulator *emulator
	at       *cloud
	run      *e2e.Run
	tables   *dynamodb.Client
	bus      *eventbridge.Client
	job      string
}

// restored deploys, keeps books, and goes over to restored tables.
func restored(ctx context.Context, c *stopwatch, t *tools, a *assembly) error {
	after, err := synthesise(ctx, t, whole)
	if err != nil {
		return err
	}
	c.done("the stacks over restored tables are synthesised")
	err = onEmulator(ctx, c, t, a, enforced, func(at *cloud) error {
		r := &rehearsal{watch: c, tools: t, emulator: at.emulator, at: at, tables: dynamodb.NewFromConfig(at.emulator.config()),
			bus: eventbridge.NewFromConfig(at.emulator.config())}
		return r.follow(ctx, after)
	})
	if err == nil {
		fmt.Println("restore rehearsed")
	}
	return err
}

func (r *rehearsal) follow(ctx context.Context, after *assembly) error {
	var err error
	if r.run, err = e2e.Books(ctx, r.at, func(string) {}); err != nil {
		return err
	}
	r.watch.done("books are kept")
	for _, step := range []struct {
		what string
		do   func(context.Context) error
	}{
		{"a job is under way, and nobody at work on it", r.underWay},
		{"1. writes are shut", func(ctx context.Context) error { return errors.Join(r.maintenance(ctx, true), r.run.Shut(ctx)) }},
		{"2. every table is restored to one instant, fitted out, shut and verified", func(ctx context.Context) error { return r.restore(ctx, torn) }},
		{"3. a torn act is named", r.tear},
		{"   another generation is whole", func(ctx context.Context) error { return r.restore(ctx, whole) }},
		{"4. the stage is deployed over the restored tables", func(ctx context.Context) error { return r.goOver(ctx, after) }},
		{"   what was written is read from them, and writes are shut in them", r.answers},
		{"5. older executions are fenced", func(ctx context.Context) error { return r.fence(ctx) }},
		{"6. projections are made anew", r.rebuild},
		{"7. the books verify", func(ctx context.Context) error { return r.verify(ctx, whole) }},
		{"   writes are open", func(ctx context.Context) error { return errors.Join(r.maintenance(ctx, false), r.run.Opened(ctx)) }},
		{"   an execution from before the restore ends without moving its job", r.older},
		{"   the job goes on, and every row is in the books once", r.goOn},
	} {
		if err := step.do(ctx); err != nil {
			return fmt.Errorf("%s: not so: %w", strings.TrimSpace(step.what), err)
		}
		r.watch.done("%s", step.what)
	}
	return nil
}

// underWay has a job begin while no rule starts its machine, so that it stands at its first step when the tables are cut. The
// emulator drops the tables' recovery, which is switched on here as the template has it.
func (r *rehearsal) underWay(ctx context.Context) error {
	for _, d := range catalog.Domains() {
		if _, err := r.tables.UpdateContinuousBackups(ctx, &dynamodb.UpdateContinuousBackupsInput{TableName: aws.String(prefix + "-" + d.Name),
			PointInTimeRecoverySpecification: &types.PointInTimeRecoverySpecification{PointInTimeRecoveryEnabled: aws.Bool(true)}}); err != nil {
			return err
		}
	}
	var err error
	r.job, err = r.run.Begin(ctx, func(ctx context.Context) error {
		_, err := r.bus.DisableRule(ctx, &eventbridge.DisableRuleInput{Name: aws.String(runner), EventBusName: aws.String(prefix)})
		return err
	})
	return err
}

func (r *rehearsal) maintenance(ctx context.Context, on bool) error {
	return r.at.invoke(ctx, "platform.set-maintenance", "", map[string]any{"on": on, "by": "Rona Muir", "reason": "Restore rehearsal"}, nil)
}

// program runs one of the operator's programs and prints what it says.
func (r *rehearsal) program(ctx context.Context, name string, args ...string) (string, error) {
	fmt.Printf("         $ %s %s\n", name, strings.Join(args, " "))
	folder := map[string]string{"operate": "./scripts/operate", "onprem": "./infra/onprem"}[name]
	said, err := r.tools.output(ctx, r.tools.root, r.emulator.credentials(), "go", append([]string{"run", folder}, args...)...)
	for line := range strings.Lines(said) {
		fmt.Print("         ", line)
	}
	return said, err
}

func (r *rehearsal) restore(ctx context.Context, generation string) error {
	_, err := r.program(ctx, "operate", "restore", "-stage", stage, "-tables", generation, "-at", "latest", "-by", "Rona Muir", "-reason", "Restore rehearsal")
	return err
}

func (r *rehearsal) verify(ctx context.Context, generation string) error {
	_, err := r.program(ctx, "onprem", "verify", "-prefix", prefix+"-"+generation)
	return err
}

// tear takes the job out of the platform's restored table, as if that had been cut before the act that wrote it and the others
// after it, and wants the act to be named.
func (r *rehearsal) tear(ctx context.Context) error {
	table := prefix + "-" + torn + "-platform"
	page, err := r.tables.Scan(ctx, &dynamodb.ScanInput{TableName: &table, FilterExpression: aws.String("sk = :job"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":job": &types.AttributeValueMemberS{Value: r.job}}})
	if err != nil || len(page.Items) != 1 {
		return errors.Join(fmt.Errorf("the restored table holds %d items of the job %s", len(page.Items), r.job), err)
	}
	if _, err := r.tables.DeleteItem(ctx, &dynamodb.DeleteItemInput{TableName: &table, Key: map[string]types.AttributeValue{"pk": page.Items[0]["pk"], "sk": page.Items[0]["sk"]}}); err != nil {
		return err
	}
	said, err := r.program(ctx, "onprem", "verify", "-prefix", prefix+"-"+torn)
	return refusing(said, err, r.job+": act act_", "wrote it, and it is not there")
}

// goOver deploys the stage anew. CloudFormation takes the restored tables into the stacks and lets go of the former ones, which
// stay as they were.
func (r *rehearsal) goOver(ctx context.Context, after *assembly) error {
	before, err := r.count(ctx, prefix)
	if err != nil {
		return err
	}
	if _, err := deploy(ctx, r.tools, r.emulator, after); err != nil {
		return err
	}
	now, err := r.count(ctx, prefix)
	if err != nil || !slices.Equal(before, now) {
		return errors.Join(fmt.Errorf("the former tables held %v items and hold %v", before, now), err)
	}
	role, err := r.emulator.roleOf(ctx, prefix+"-finance-get-trial-balance")
	if err != nil {
		return err
	}
	policy, err := r.emulator.policyOf(ctx, role)
	if err != nil {
		return err
	}
	raw, err := json.Marshal(policy)
	if err != nil {
		return err
	}
	if !bytes.Contains(raw, []byte("table/"+prefix+"-"+whole+"-finance")) || bytes.Contains(raw, []byte("table/"+prefix+"-finance")) {
		return fmt.Errorf("a report may reach %s", raw)
	}
	return nil
}

// count counts the items of each table.
func (r *rehearsal) count(ctx context.Context, begin string) ([]int32, error) {
	var out []int32
	for _, d := range catalog.Domains() {
		n := int32(0)
		pages := dynamodb.NewScanPaginator(r.tables, &dynamodb.ScanInput{TableName: aws.String(begin + "-" + d.Name), Select: types.SelectCount})
		for pages.HasMorePages() {
			page, err := pages.NextPage(ctx)
			if err != nil {
				return nil, err
			}
			n += page.Count
		}
		out = append(out, n)
	}
	return out, nil
}

func (r *rehearsal) answers(ctx context.Context) error {
	return errors.Join(r.run.Shut(ctx), r.run.Answers(ctx, func(string) {}))
}

// fence fences the one job that has not ended.
func (r *rehearsal) fence(ctx context.Context) error {
	var fenced struct{ Jobs int }
	if err := r.at.invoke(ctx, "platform.fence-jobs", "", map[string]any{}, &fenced); err != nil || fenced.Jobs != 1 {
		return errors.Join(fmt.Errorf("%d jobs were fenced", fenced.Jobs), err)
	}
	return nil
}

func (r *rehearsal) rebuild(ctx context.Context) error {
	var job struct{ ID string }
	if err := r.at.invoke(ctx, "finance.begin-rebuild", r.run.Tenant(), map[string]any{"reason": "Restored"}, &job); err != nil {
		return err
	}
	return r.run.Done(ctx, job.ID)
}

// older starts an execution by the announcement from before the restore, as one would be that was late, and wants it to end
// where the step is refused.
func (r *rehearsal) older(ctx context.Context) error {
	input, err := json.Marshal(map[string]any{"tenant": r.run.Tenant(), "subject": r.job, "data": map[string]int{"step": 0}})
	if err != nil {
		return err
	}
	var started struct{ ExecutionArn string }
	if err := r.emulator.account().Call(ctx, "states", "1.0", "AWSStepFunctions.StartExecution", map[string]any{"input": string(input), "name": "older",
		"stateMachineArn": "arn:aws:states:" + region + ":" + account + ":stateMachine:" + runner}, &started); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, executionWait)
	defer cancel()
	for {
		var history struct {
			Events []struct {
				Type                     string
				StateEnteredEventDetails struct{ Name string }
			}
		}
		if err := r.emulator.account().Call(ctx, "states", "1.0", "AWSStepFunctions.GetExecutionHistory", map[string]any{"executionArn": started.ExecutionArn}, &history); err != nil {
			return err
		}
		var states []string
		ended := ""
		for _, e := range history.Events {
			if e.StateEnteredEventDetails.Name != "" {
				states = append(states, e.StateEnteredEventDetails.Name)
			}
			if strings.HasPrefix(e.Type, "Execution") && e.Type != "ExecutionStarted" {
				ended = e.Type
			}
		}
		if ended != "" {
			if ended != "ExecutionSucceeded" || !slices.Equal(states, []string{"Begin", "Step", "Taken"}) {
				return fmt.Errorf("the execution went through %v: %s", states, ended)
			}
			return nil
		}
		if err := clock.Wait(ctx, pollPause); err != nil {
			return err
		}
	}
}

// goOn announces the job anew: what was announced while writes were shut has ended at once.
func (r *rehearsal) goOn(ctx context.Context) error {
	if _, err := r.bus.EnableRule(ctx, &eventbridge.EnableRuleInput{Name: aws.String(runner), EventBusName: aws.String(prefix)}); err != nil {
		return err
	}
	if err := r.fence(ctx); err != nil {
		return err
	}
	if err := r.run.End(ctx, r.job); err != nil {
		return err
	}
	return r.verify(ctx, whole)
}
