// Command operate helps whoever runs a stage in an account: it looks whether the account is ready, deploys what was shown before
// with alarms that roll it back, restores a stage's tables under new names, and takes a stage away unless data would go with it. It uses the credentials and the region that
// every AWS tool would use. docs/runbooks tell when to use what.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"

	awsconfig "github.com/aws/aws-sdk-go-v2/config"

	"backoffice/scripts/awscall"
)

const (
	stagesFile = "infra/cloud/stages.json"
	// edgeRegion is where AWS keeps what belongs to CloudFront, whichever region a stage is in.
	edgeRegion = "us-east-1"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "operate:", err)
		stop()
		os.Exit(1) //nolint:gocritic // exitAfterDefer: stopped the line before
	}
}

// order is what the command line asks for.
type order struct {
	stage   string
	assets  string // the cloud assembly to deploy
	confirm string // the stage's name again
	minutes int

	leaveOut string // stacks that are not deployed, comma separated
	outputs  string // file for what the stacks say of themselves; "" for none

	tables, at string // the generation to restore to, and the instant
	by, reason string
	work       string // where the copy is put that is verified
	dry        bool
}

func run(ctx context.Context, args []string) error {
	var o order
	flags := flag.NewFlagSet("operate", flag.ContinueOnError)
	flags.StringVar(&o.stage, "stage", "", "name of the stage, of infra/cloud/stages.json")
	flags.StringVar(&o.assets, "assembly", "cdk.out", "folder of what `cdk diff` has shown, for deploy and, if it is there, for doctor")
	flags.StringVar(&o.confirm, "confirm", "", "the stage's name once more, for destroy")
	flags.IntVar(&o.minutes, "minutes", watchMinutesDefault, "how long alarms are watched after a deployment")
	flags.StringVar(&o.leaveOut, "leave-out", "", "stacks that are not deployed, comma separated, such as those that a target cannot take")
	flags.StringVar(&o.outputs, "outputs", "", "file to write the stacks' outputs to")
	flags.StringVar(&o.tables, "tables", "", "generation of the tables to restore to, such as r1")
	flags.StringVar(&o.at, "at", "", "instant to restore to, such as 2026-11-23T10:17:00Z, or latest")
	flags.StringVar(&o.by, "by", "", "who restores; it is kept with the switch that shuts writes in the new tables")
	flags.StringVar(&o.reason, "reason", "", "why; likewise")
	flags.StringVar(&o.work, "work", "", "where a copy of the restored tables is put to be verified; the system's folder for such things unless given")
	flags.BoolVar(&o.dry, "dry-run", false, "say what restore would do, and do nothing")
	if len(args) == 0 {
		return errors.New("usage: operate doctor|deploy|restore|destroy -stage NAME")
	}
	if err := flags.Parse(args[1:]); err != nil {
		return err
	}
	s, err := readStage(o.stage)
	if err != nil {
		return err
	}
	cfg, err := awsconfig.LoadDefaultConfig(ctx)
	if err != nil {
		return err
	}
	a := account{awscall.Account{Config: cfg}}
	switch args[0] {
	case "doctor":
		return a.doctor(ctx, o, s)
	case "deploy":
		return a.deploy(ctx, o, s)
	case "restore":
		return a.restoration(o, s, os.Stdout).run(ctx)
	case "destroy":
		return a.destroy(ctx, o)
	}
	return fmt.Errorf("unknown: %s", args[0])
}

// stageFacts are what is asked of a stage's entry here; infra/cloud/stacks reads the rest.
type stageFacts struct {
	Edge   json.RawMessage
	Tables string
}

func readStage(name string) (stageFacts, error) {
	raw, err := os.ReadFile(stagesFile)
	if err != nil {
		return stageFacts{}, err
	}
	var all map[string]stageFacts
	if err := json.Unmarshal(raw, &all); err != nil {
		return stageFacts{}, fmt.Errorf("%s: %w", stagesFile, err)
	}
	s, known := all[name]
	if !known {
		var names []string
		for n := range all {
			names = append(names, n)
		}
		slices.Sort(names)
		return s, fmt.Errorf("unknown stage %q: %s knows %s", name, stagesFile, strings.Join(names, ", "))
	}
	return s, nil
}

// regions are where the stage has stacks.
func (s stageFacts) regions(home string) []string {
	if len(s.Edge) == 0 || home == edgeRegion {
		return []string{home}
	}
	return []string{home, edgeRegion}
}

// prefix begins the name of every stack of a stage, and of everything that has a name.
func prefix(stage string) string { return "backoffice-" + stage + "-" }
