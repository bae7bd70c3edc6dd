package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

const (
	watchMinutesDefault = 10
	// triggersMax is how many alarms CloudFormation watches during one deployment.
	triggersMax = 5
	// stacksAtOnce is how many stacks are deployed side by side, as far as they do not wait for one another.
	stacksAtOnce = 4
)

// rollbackAlarms end the names of the alarms that take a deployment back, the most telling first: what callers notice.
var rollbackAlarms = []string{"operation-errors", "function-errors", "api-errors", "stream-lag", "dead-letters"}

// deploy deploys an assembly that was synthesised before, so that what is deployed is what was shown. Stacks of the stage's own
// region are rolled back when one of its alarms goes off; those of the edge's region have no alarm there when they are deployed.
func (a account) deploy(ctx context.Context, o order, s stageFacts) error {
	all, err := assembly(o.assets, prefix(o.stage), a.Config.Region)
	if err != nil {
		return err
	}
	names, err := all.without(o.leaveOut)
	if err != nil {
		return err
	}
	if err := a.unprotect(ctx, o.stage, s.regions(a.Config.Region)); err != nil {
		return err
	}
	adopted, err := a.adopt(ctx, o.assets, names.home, s)
	if err != nil {
		return err
	}
	for _, w := range adopted {
		fmt.Printf("%s takes over the table %s as it is\n", w.stack, w.table)
	}
	triggers, err := a.triggers(ctx, o.stage)
	if err != nil {
		return err
	}
	for _, args := range plan(o, names, triggers, len(adopted) > 0) {
		cmd := exec.CommandContext(ctx, filepath.Join("node_modules", ".bin", "cdk"), args...) //nolint:gosec // G204: our own tool
		cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
		if err := cmd.Run(); err != nil {
			return fmt.Errorf("cdk deploy: %w; docs/runbooks/rollback.md says what now", err)
		}
	}
	return nil
}

// placed are an assembly's stacks by where they stand.
type placed struct{ home, elsewhere []string }

// assembly reads which stacks an assembly has, and refuses one of another stage.
func assembly(dir, begin, home string) (placed, error) {
	var p placed
	raw, err := os.ReadFile(filepath.Join(dir, "manifest.json"))
	if err != nil {
		return p, fmt.Errorf("nothing is synthesised: run `make diff` first: %w", err)
	}
	var m struct {
		Artifacts map[string]struct{ Type, Environment string }
	}
	if err := json.Unmarshal(raw, &m); err != nil {
		return p, err
	}
	for name, artifact := range m.Artifacts {
		if artifact.Type != "aws:cloudformation:stack" {
			continue
		}
		if !strings.HasPrefix(name, begin) {
			return p, fmt.Errorf("%s holds the stack %s, which is of another stage: run `make diff` again", dir, name)
		}
		region := artifact.Environment[strings.LastIndex(artifact.Environment, "/")+1:]
		if region == home || region == "unknown-region" {
			p.home = append(p.home, name)
		} else {
			p.elsewhere = append(p.elsewhere, name)
		}
	}
	slices.Sort(p.home)
	slices.Sort(p.elsewhere)
	if len(p.home) == 0 {
		return p, errors.New("the assembly holds no stack")
	}
	return p, nil
}

// without leaves stacks out. One that is not there is a mistake.
func (p placed) without(list string) (placed, error) {
	out := placed{slices.Clone(p.home), slices.Clone(p.elsewhere)}
	for name := range strings.SplitSeq(list, ",") {
		if name == "" {
			continue
		}
		if !slices.Contains(p.home, name) && !slices.Contains(p.elsewhere, name) {
			return p, fmt.Errorf("the assembly holds no stack %s to leave out", name)
		}
		is := func(other string) bool { return other == name }
		out.home, out.elsewhere = slices.DeleteFunc(out.home, is), slices.DeleteFunc(out.elsewhere, is)
	}
	if len(out.home) == 0 {
		return out, errors.New("every stack is left out")
	}
	return out, nil
}

// plan gives the calls of the CDK command line. Stacks elsewhere go first, with what they are built on, and unwatched.
// What is there and is to be taken over is taken as it is, where CloudFormation would refuse to make it anew.
func plan(o order, names placed, triggers []string, adopts bool) [][]string {
	// Nothing is built again: cdk.json's build is for what is synthesised.
	common := []string{"deploy", "--app", o.assets, "--build", "true", "--require-approval", "never", "--notices=false", "--progress", "events", "--concurrency", strconv.Itoa(stacksAtOnce)}
	var out [][]string
	if len(names.elsewhere) > 0 {
		out = append(out, slices.Concat(common, names.elsewhere))
	}
	home := slices.Concat(common, []string{"--exclusively"}, names.home)
	if o.outputs != "" {
		home = append(home, "--outputs-file", o.outputs)
	}
	if adopts {
		home = append(home, "--import-existing-resources")
	}
	if len(triggers) > 0 {
		home = append(home, "--monitoring-time-minutes", strconv.Itoa(o.minutes))
		for _, t := range triggers {
			home = append(home, "--rollback-trigger-alarm-arns", t)
		}
	}
	return append(out, home)
}

type alarm struct {
	Name  string `xml:"AlarmName"`
	ARN   string `xml:"AlarmArn"`
	State string `xml:"StateValue"`
}

// triggers gives the alarms that will watch a deployment. None at the first deployment: there are none yet.
func (a account) triggers(ctx context.Context, stage string) ([]string, error) {
	var all []alarm
	for token := ""; ; {
		ask := map[string]string{"AlarmNamePrefix": prefix(stage), "MaxRecords": "100"}
		if token != "" {
			ask["NextToken"] = token
		}
		var page struct {
			Alarms []alarm `xml:"DescribeAlarmsResult>MetricAlarms>member"`
			Next   string  `xml:"DescribeAlarmsResult>NextToken"`
		}
		if err := a.Query(ctx, "monitoring", cloudWatch, "DescribeAlarms", ask, &page); err != nil {
			return nil, err
		}
		all = append(all, page.Alarms...)
		if token = page.Next; token == "" {
			return choose(all), nil
		}
	}
}

// choose takes the alarms that tell most. One that is already on would roll every deployment back, even the one that mends it,
// and is left out with a word.
func choose(all []alarm) []string {
	rank := func(x alarm) int {
		return slices.IndexFunc(rollbackAlarms, func(end string) bool { return strings.HasSuffix(x.Name, end) })
	}
	fit := slices.DeleteFunc(slices.Clone(all), func(x alarm) bool { return rank(x) < 0 })
	slices.SortFunc(fit, func(x, y alarm) int { return cmp.Or(cmp.Compare(rank(x), rank(y)), cmp.Compare(x.Name, y.Name)) })
	var out []string
	for _, x := range fit {
		if x.State == "ALARM" {
			fmt.Printf("%s is on already and does not watch this deployment\n", x.Name)
			continue
		}
		if len(out) < triggersMax {
			out = append(out, x.ARN)
		}
	}
	return out
}
