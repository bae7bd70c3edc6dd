package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"
	"golang.org/x/term"

	"backoffice/internal/boclient"
)

// errJobFailed is a job that did not come to a good end.
var errJobFailed = errors.New("the job did not succeed")

var jobColumns = []column{{"id", "id"}, {"kind", "kind"}, {"state", "state"}, {"done", "progress.done"}, {"total", "progress.total"}, {"unit", "progress.unit"},
	{"subject", "subject"}, {"created", "createdAt"}}

func (a *app) jobs() *cobra.Command {
	var states []string
	show := a.lists(listing{use: "list", short: "List jobs, the newest first", path: "/platform/v1/jobs", columns: jobColumns, query: func(q url.Values) {
		if len(states) > 0 {
			q.Set("state", strings.Join(states, ","))
		}
	}})
	show.Flags().StringSliceVar(&states, "state", nil, "only these states: queued, running, cancelling, cancelled, done, failed")
	watch := &cobra.Command{Use: "watch ID", Short: "Follow a job to its end", Args: cobra.ExactArgs(1),
		Long: "Follows a job to its end. Ends with 0 when it is done, and with 2 when it failed or was cancelled.",
		RunE: func(cmd *cobra.Command, args []string) error {
			c, _, err := a.connect()
			if err != nil {
				return err
			}
			j, err := a.watch(cmd.Context(), c, args[0])
			if err != nil {
				return err
			}
			return a.ended(j)
		}}
	var w write
	cancel := w.flags(&cobra.Command{Use: "cancel ID", Short: "Have a job stop before its next step", Args: cobra.ExactArgs(1), RunE: func(cmd *cobra.Command, args []string) error {
		c, _, err := a.connect()
		if err != nil {
			return err
		}
		j, err := w.call(cmd.Context(), c, post("/platform/v1/jobs/"+url.PathEscape(args[0])+"/cancel", nil))
		if err != nil {
			return err
		}
		return a.doneOne(j, w, jobColumns)
	}})
	return group("jobs", "List, follow and cancel jobs", show, watch, cancel)
}

// job is a job as far as following it needs.
type job struct {
	ID       string `json:"id"`
	Kind     string `json:"kind"`
	State    string `json:"state"`
	Progress struct {
		Done  int64  `json:"done"`
		Total int64  `json:"total"`
		Unit  string `json:"unit"`
	} `json:"progress"`
	Problem *boclient.Problem `json:"problem"`
}

func (j job) final() bool {
	return j.State == "done" || j.State == "failed" || j.State == "cancelled"
}

const (
	lookFirst = 50 * time.Millisecond
	lookMax   = time.Second
)

// watch follows a job to its end, with a bar on standard error while somebody looks on.
func (a *app) watch(ctx context.Context, c *boclient.Client, id string) (job, error) {
	var bar *progressbar.ProgressBar
	pause := lookFirst
	for {
		var j job
		if err := c.Get(ctx, "/platform/v1/jobs/"+url.PathEscape(id), nil, &j); err != nil {
			return j, err
		}
		if bar == nil && j.Progress.Total > 0 {
			bar = a.bar(j.Progress.Total, j.Kind, progressbar.OptionSetItsString(j.Progress.Unit))
		}
		if bar != nil {
			_ = bar.Set64(min(j.Progress.Done, j.Progress.Total))
		}
		if j.final() {
			return j, nil
		}
		if err := c.Wait(ctx, pause); err != nil {
			return j, err
		}
		pause = min(2*pause, lookMax)
	}
}

// bar makes a progress bar on standard error, which nobody sees where that is no terminal.
func (a *app) bar(total int64, what string, more ...progressbar.Option) *progressbar.ProgressBar {
	f, ok := a.errs.(*os.File)
	options := append([]progressbar.Option{progressbar.OptionSetWriter(a.errs), progressbar.OptionSetDescription(what), progressbar.OptionShowCount(),
		progressbar.OptionSetWidth(barChars), progressbar.OptionThrottle(barEvery), progressbar.OptionSetVisibility(ok && term.IsTerminal(int(f.Fd()))),
		progressbar.OptionOnCompletion(func() { _, _ = fmt.Fprintln(a.errs) })}, more...)
	return progressbar.NewOptions64(total, options...)
}

const (
	barChars = 30
	barEvery = 100 * time.Millisecond
)

// ended tells how a job ended; anything but done is an error.
func (a *app) ended(j job) error {
	if j.State == "done" {
		_, _ = fmt.Fprintf(a.errs, "Job %s is done: %d %s.\n", j.ID, j.Progress.Done, j.Progress.Unit)
		return nil
	}
	if j.Problem != nil {
		return fmt.Errorf("%w: %s: %s", errJobFailed, j.State, j.Problem.Error())
	}
	return fmt.Errorf("%w: it was %s", errJobFailed, j.State)
}
