package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
)

const (
	numbersFile = "infra/cloud/stacks.json"
	// bootstrapVersionMin is the version of the bootstrap stack that the CDK command line asks for.
	bootstrapVersionMin = 21
	// rolesBesides is how many roles a stage has beside one for each operation: triggers, schedules, state machines.
	rolesBesides = 40
	// concurrencyMin is how many functions must be able to run at once; new accounts start with 10.
	concurrencyMin = 100
	// unreservedMin is what AWS wants left when functions reserve executions.
	unreservedMin = 100
)

// health is what is known of an account before a deployment.
type health struct {
	account     string
	region      string
	bootstraps  map[string]int // region -> version, 0 for none
	roles       int
	rolesMax    int
	operations  int
	deployed    bool // the stage stands already, and its roles are counted in roles
	concurrency int
	unreserved  int // of these, that no function has to itself
	reserve     int // that the stage's functions would have to themselves; 0 where nothing is synthesised yet
}

// complaints name what would stop a deployment, each with what to do about it.
func (h health) complaints() []error {
	var out []error
	for region, version := range h.bootstraps {
		if version < bootstrapVersionMin {
			out = append(out, fmt.Errorf("the account is bootstrapped for CDK in %s with version %d, %d is needed: `node_modules/.bin/cdk bootstrap aws://%s/%s`",
				region, version, bootstrapVersionMin, h.account, region))
		}
	}
	if need := h.operations + rolesBesides; !h.deployed && h.roles+need > h.rolesMax {
		out = append(out, fmt.Errorf("the account has %d of %d roles, and a stage takes about %d: raise the quota IAM / Roles per account, or give the stage an account of its own",
			h.roles, h.rolesMax, need))
	}
	if h.concurrency < concurrencyMin {
		out = append(out, fmt.Errorf("at most %d functions run at once, at least %d are needed: raise the quota Lambda / Concurrent executions", h.concurrency, concurrencyMin))
	}
	if !h.deployed && h.reserve > 0 && h.unreserved-h.reserve < unreservedMin {
		out = append(out, fmt.Errorf("the stage's functions reserve %d executions, the account has %d left and must keep %d: raise the quota Lambda / Concurrent executions, or lower `reserved` in %s",
			h.reserve, h.unreserved, unreservedMin, stagesFile))
	}
	return out
}

// doctor says whether an account is ready for a stage.
func (a account) doctor(ctx context.Context, o order, s stageFacts) error {
	fmt.Printf("ok       stage    %s is in %s\n", o.stage, stagesFile)
	if a.Config.Region == "" {
		return errors.New("no region: set AWS_REGION, or choose a profile with AWS_PROFILE")
	}
	h, err := a.examine(ctx, o, s)
	if err != nil {
		return err
	}
	fmt.Printf("ok       account  %s in %s\n", h.account, h.region)
	if no := h.complaints(); len(no) > 0 {
		return errors.Join(no...)
	}
	fmt.Printf("ok       quotas   %d of %d roles, %d functions at once\n", h.roles, h.rolesMax, h.concurrency)
	return nil
}

func (a account) examine(ctx context.Context, o order, s stageFacts) (health, error) {
	h := health{region: a.Config.Region, bootstraps: map[string]int{}}
	var who struct {
		Account string `xml:"GetCallerIdentityResult>Account"`
	}
	if err := a.Query(ctx, "sts", "2011-06-15", "GetCallerIdentity", nil, &who); err != nil {
		return h, fmt.Errorf("the credentials are not accepted: %w", err)
	}
	h.account = who.Account
	for _, region := range s.regions(a.Config.Region) {
		version, err := a.in(region).bootstrapped(ctx)
		if err != nil {
			return h, err
		}
		h.bootstraps[region] = version
	}
	there, err := a.stacks(ctx, prefix(o.stage))
	if err != nil {
		return h, err
	}
	h.deployed = len(there) > 0
	if h.operations, err = operations(); err != nil {
		return h, err
	}
	if h.reserve, err = reservations(o.assets); err != nil {
		return h, err
	}
	return h, a.quotas(ctx, &h)
}

// bootstrapped gives the version of the CDK's bootstrap stack in the account's region, 0 for none.
func (a account) bootstrapped(ctx context.Context) (int, error) {
	found, err := a.stacks(ctx, "CDKToolkit")
	if err != nil || len(found) == 0 {
		return 0, err
	}
	return strconv.Atoi(found[0].output("BootstrapVersion"))
}

func (a account) quotas(ctx context.Context, h *health) error {
	var summary struct {
		Entries []struct {
			Key   string `xml:"key"`
			Value int    `xml:"value"`
		} `xml:"GetAccountSummaryResult>SummaryMap>entry"`
	}
	if err := a.Query(ctx, "iam", "2010-05-08", "GetAccountSummary", nil, &summary); err != nil {
		return err
	}
	for _, e := range summary.Entries {
		switch e.Key {
		case "Roles":
			h.roles = e.Value
		case "RolesQuota":
			h.rolesMax = e.Value
		}
	}
	raw, err := a.Send(ctx, "lambda", http.MethodGet, "/2016-08-19/account-settings/", nil, nil)
	if err != nil {
		return fmt.Errorf("GetAccountSettings: %w", err)
	}
	var settings struct {
		AccountLimit struct{ ConcurrentExecutions, UnreservedConcurrentExecutions int }
	}
	err = json.Unmarshal(raw, &settings)
	h.concurrency, h.unreserved = settings.AccountLimit.ConcurrentExecutions, settings.AccountLimit.UnreservedConcurrentExecutions
	return err
}

// operations counts the functions that a stage has.
func operations() (int, error) {
	raw, err := os.ReadFile(numbersFile)
	if err != nil {
		return 0, err
	}
	var numbers map[string]int
	err = json.Unmarshal(raw, &numbers)
	return len(numbers), err
}

// reservations sums what the functions of an assembly reserve; nothing where nothing is synthesised yet.
func reservations(dir string) (int, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.template.json"))
	if err != nil {
		return 0, err
	}
	sum := 0
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			return 0, err
		}
		var template struct {
			Resources map[string]struct {
				Properties struct {
					Reserved json.RawMessage `json:"ReservedConcurrentExecutions"`
				}
			}
		}
		if err := json.Unmarshal(raw, &template); err != nil {
			return 0, fmt.Errorf("%s: %w", file, err)
		}
		for _, r := range template.Resources {
			if n, err := strconv.Atoi(string(r.Properties.Reserved)); err == nil {
				sum += n
			}
		}
	}
	return sum, nil
}
