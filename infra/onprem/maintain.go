package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"

	"backoffice/infra/onprem/door"
	"backoffice/infra/onprem/rebuild"
	"backoffice/infra/onprem/system"
	"backoffice/infra/onprem/verify"
	"backoffice/internal/audit"
	"backoffice/internal/clock"
	"backoffice/internal/platform"
)

// rebuildIn asks for projections to be made anew; no tenant means all of them.
type rebuildIn struct {
	Tenant string `json:"tenant"`
	Reason string `json:"reason"`
}

// addMaintenance adds what operators do to an installation as a whole to its door.
func addMaintenance(mux *http.ServeMux, sys *system.System) {
	mux.HandleFunc("POST /rebuild", door.Answer(func(ctx context.Context, in rebuildIn) ([]rebuild.Rebuilt, error) {
		return rebuild.All(ctx, sys, in.Tenant, in.Reason)
	}))
	mux.HandleFunc("POST /maintenance", door.Answer(func(ctx context.Context, in platform.MaintenanceIn) (platform.MaintenanceView, error) {
		return maintain(ctx, sys, in)
	}))
	mux.HandleFunc("POST /anchor", door.Answer(func(ctx context.Context, _ struct{}) (audit.Anchored, error) {
		return anchor(ctx, sys)
	}))
	mux.HandleFunc("POST /fence", door.Answer(func(ctx context.Context, _ struct{}) (platform.FencedJobs, error) {
		return fence(ctx, sys)
	}))
}

func maintain(ctx context.Context, sys *system.System, in platform.MaintenanceIn) (platform.MaintenanceView, error) {
	return invoke[platform.MaintenanceView](ctx, sys, platform.SetMaintenance.Spec.ID, in)
}

func fence(ctx context.Context, sys *system.System) (platform.FencedJobs, error) {
	return invoke[platform.FencedJobs](ctx, sys, platform.FenceJobs.Spec.ID, nil)
}

func anchor(ctx context.Context, sys *system.System) (audit.Anchored, error) {
	return invoke[audit.Anchored](ctx, sys, platform.AnchorAudit.Spec.ID, nil)
}

// invoke calls an operation that belongs to no tenant.
func invoke[Out any](ctx context.Context, sys *system.System, operation string, in any) (out Out, err error) {
	var raw []byte
	if in != nil {
		if raw, err = json.Marshal(in); err != nil {
			return out, err
		}
	}
	if raw, err = sys.Host.Invoke(ctx, operation, "", "", raw); err != nil {
		return out, err
	}
	return out, json.Unmarshal(raw, &out)
}

// installation is what an operator does something to as a whole.
type installation struct {
	dataset
	service
}

// installationFlags adds the flags that say which installation is meant.
func installationFlags(f *flag.FlagSet) *installation {
	i := &installation{}
	f.StringVar(&i.dir, "data", ".data", "data directory")
	f.StringVar(&i.prefix, "prefix", "", "what the names of tables begin with that are meant instead of a data directory, such as backoffice-prod-r1")
	i.flags(f)
	return i
}

// through does something by the door of a running system or, where none runs, in a system of its own. Tables have no door: what is
// done to them is done in a system over them, beside whoever serves them.
func through[Out any](ctx context.Context, i *installation, path string, in any, do func(*system.System) (Out, error)) (out Out, err error) {
	if err = i.of(i.dataset); err != nil {
		return out, err
	}
	options := system.Options{Dir: i.dir, Address: "http://127.0.0.1:0", Clock: clock.System}
	if i.prefix == "" {
		if err = door.Call(ctx, i.dir, path, in, &out); !errors.Is(err, door.ErrClosed) {
			return out, err
		}
	} else {
		options.Tables = &system.Tables{Prefix: i.prefix}
		if options.Tables.Config, err = i.config(ctx); err != nil {
			return out, err
		}
		if options.Dir, err = os.MkdirTemp("", "onprem-"); err != nil { // keys that sign and encrypt nothing
			return out, err
		}
		defer func() { err = errors.Join(err, os.RemoveAll(options.Dir)) }()
	}
	sys, err := system.Open(ctx, options)
	if err != nil {
		return out, err
	}
	out, err = do(sys)
	return out, errors.Join(err, sys.Close())
}

func runRebuild(ctx context.Context, args []string, out, errs io.Writer) error {
	f := flag.NewFlagSet("onprem rebuild", flag.ContinueOnError)
	where := installationFlags(f)
	var in rebuildIn
	f.StringVar(&in.Tenant, "tenant", "", "tenant whose projections are made anew; all unless given")
	f.StringVar(&in.Reason, "reason", "Asked for by an operator", "why; it is kept with the rebuild")
	if err := parseFlags(f, args, errs); err != nil {
		return err
	}
	all, err := through(ctx, where, "/rebuild", in, func(sys *system.System) ([]rebuild.Rebuilt, error) {
		return rebuild.All(ctx, sys, in.Tenant, in.Reason)
	})
	for _, r := range all {
		_, _ = fmt.Fprintf(out, "Rebuilt %s of %s from %d acts.\n", r.Domain, r.Tenant, r.Acts)
	}
	return err
}

func runMaintenance(ctx context.Context, args []string, out, errs io.Writer) error {
	if len(args) == 0 || args[0] != "on" && args[0] != "off" {
		return errors.New("say maintenance on or maintenance off")
	}
	f := flag.NewFlagSet("onprem maintenance", flag.ContinueOnError)
	where := installationFlags(f)
	in := platform.MaintenanceIn{On: args[0] == "on"}
	f.StringVar(&in.By, "by", "", "who asks for it")
	f.StringVar(&in.Reason, "reason", "", "why")
	if err := parseFlags(f, args[1:], errs); err != nil {
		return err
	}
	view, err := through(ctx, where, "/maintenance", in, func(sys *system.System) (platform.MaintenanceView, error) { return maintain(ctx, sys, in) })
	if err != nil {
		return err
	}
	state := "open"
	if view.On {
		state = "shut"
	}
	_, err = fmt.Fprintf(out, "Writes are %s since %s (%s: %s).\n", state, view.Since.Format(time.RFC3339), view.By, view.Reason)
	return err
}

func runAnchor(ctx context.Context, args []string, out, errs io.Writer) error {
	f := flag.NewFlagSet("onprem anchor", flag.ContinueOnError)
	data := f.String("data", ".data", "data directory")
	if err := parseFlags(f, args, errs); err != nil {
		return err
	}
	a, err := through(ctx, &installation{dataset: dataset{dir: *data}}, "/anchor", struct{}{}, func(sys *system.System) (audit.Anchored, error) { return anchor(ctx, sys) })
	if err != nil {
		return err
	}
	_, _ = fmt.Fprintf(out, "Anchored %d acts in %d roots; the last root is %d.\n", a.Acts, a.Roots, a.Root)
	for _, b := range a.Broken {
		_, _ = fmt.Fprintf(out, "DEFECT %s of %s: %s\n", b.Table, b.Tenant, b.What)
	}
	if len(a.Broken) > 0 {
		return verify.ErrDefects
	}
	return nil
}

func runFence(ctx context.Context, args []string, out, errs io.Writer) error {
	f := flag.NewFlagSet("onprem fence", flag.ContinueOnError)
	where := installationFlags(f)
	if err := parseFlags(f, args, errs); err != nil {
		return err
	}
	fenced, err := through(ctx, where, "/fence", struct{}{}, func(sys *system.System) (platform.FencedJobs, error) { return fence(ctx, sys) })
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "Fenced %d jobs.\n", fenced.Jobs)
	return err
}
