package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"backoffice/infra/cloud/tables"
	"backoffice/infra/onprem/verify"
	"backoffice/internal/catalog"
	"backoffice/internal/clock"
	"backoffice/internal/platform"
	"backoffice/internal/platform/platformdb"
	"backoffice/internal/store"
)

// latest asks for the last instant to which every table can be brought back.
const latest = "latest"

// restorePoll is how often AWS is asked how far it is; a restore takes from minutes to hours.
const restorePoll = 10 * time.Second

// restoration brings every table of a stage back, as it was at one instant, under new names. What it has done already it leaves
// as it is, so it may be begun again after anything; it deletes nothing, and no function knows of the new tables yet.
type restoration struct {
	account account
	db      *dynamodb.Client
	stage   string
	from    string // prefixes of the tables' names
	to      string
	order   order
	at      time.Time
	poll    time.Duration
	out     io.Writer
}

func (a account) restoration(o order, s stageFacts, out io.Writer) *restoration {
	begin := strings.TrimSuffix(prefix(o.stage), "-")
	return &restoration{account: a, db: dynamodb.NewFromConfig(a.Config), stage: o.stage, from: tables.Prefix(begin, s.Tables), to: tables.Prefix(begin, o.tables),
		order: o, poll: restorePoll, out: out}
}

func (r *restoration) say(format string, args ...any) {
	_, _ = fmt.Fprintf(r.out, format+"\n", args...)
}

// run does it in its order. Nothing is begun before all that can be known beforehand is in order.
func (r *restoration) run(ctx context.Context) error {
	if err := r.ready(ctx); err != nil {
		return fmt.Errorf("nothing was restored:\n%w", err)
	}
	if r.order.dry {
		r.foretell()
		return nil
	}
	for _, step := range []func(context.Context) error{r.begin, r.await, r.fitOut, r.shut, r.verify} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	r.say(`%s is ready. Put "tables": %q into the stage %s of %s, then make deploy STAGE=%s.`, r.to, r.order.tables, r.stage, stagesFile, r.stage)
	return nil
}

func (r *restoration) foretell() {
	for _, d := range catalog.Domains() {
		r.say("would restore %s-%s to %s-%s as of %s, unless it is there already", r.from, d.Name, r.to, d.Name, r.at.Format(time.RFC3339))
	}
	r.say("would wait for them, and set stream, expiry, recovery, protection and tags as %s has them", r.from)
	r.say("would shut writes in %s (%s: %s) and verify its books", r.to, r.order.by, r.order.reason)
}

// ready gathers everything that speaks against beginning.
func (r *restoration) ready(ctx context.Context) error {
	all := []error{tables.CheckGeneration(r.order.tables)}
	if r.from == r.to {
		all = append(all, fmt.Errorf("the stage's tables are %s already: restore to another generation", r.to))
	}
	if strings.TrimSpace(r.order.by) == "" || strings.TrimSpace(r.order.reason) == "" {
		all = append(all, errors.New("say BY=… and REASON=…: they are kept with the switch"))
	}
	if err := errors.Join(all...); err != nil {
		return err
	}
	if err := r.instant(ctx); err != nil {
		return err
	}
	for _, d := range catalog.Domains() {
		all = append(all, r.free(ctx, d.Name))
	}
	return errors.Join(all...)
}

// instant finds the instant, to the second, as a restore takes it, and holds it against what each table can be brought back to.
func (r *restoration) instant(ctx context.Context) error {
	var all []error
	var first, last time.Time
	for _, d := range catalog.Domains() {
		name := r.from + "-" + d.Name
		out, err := r.db.DescribeContinuousBackups(ctx, &dynamodb.DescribeContinuousBackupsInput{TableName: &name})
		if err != nil {
			return fmt.Errorf("table %s: %w", name, err)
		}
		p := out.ContinuousBackupsDescription.PointInTimeRecoveryDescription
		if p == nil || p.PointInTimeRecoveryStatus != types.PointInTimeRecoveryStatusEnabled || p.EarliestRestorableDateTime == nil || p.LatestRestorableDateTime == nil {
			all = append(all, fmt.Errorf("table %s cannot be brought back to an instant: its recovery is off", name))
			continue
		}
		if p.EarliestRestorableDateTime.After(first) {
			first = *p.EarliestRestorableDateTime
		}
		if last.IsZero() || p.LatestRestorableDateTime.Before(last) {
			last = *p.LatestRestorableDateTime
		}
	}
	if err := errors.Join(all...); err != nil {
		return err
	}
	r.at = last.UTC().Truncate(time.Second)
	if r.order.at != latest {
		at, err := time.Parse(time.RFC3339, r.order.at)
		if err != nil {
			return fmt.Errorf("AT=%q: say an instant such as 2026-11-23T10:17:00Z, or %s", r.order.at, latest)
		}
		r.at = at.UTC()
	}
	if !r.at.Equal(r.at.Truncate(time.Second)) || r.at.Before(first) || r.at.After(last) {
		return fmt.Errorf("AT=%s: the tables can be brought back to whole seconds from %s to %s", r.order.at, first.UTC().Format(time.RFC3339), last.UTC().Format(time.RFC3339))
	}
	return nil
}

// free refuses a name that something else has already. A table that was restored from the same table to the same instant is
// what is wanted.
func (r *restoration) free(ctx context.Context, domain string) error {
	t, err := describe(ctx, r.db, r.to+"-"+domain)
	if err != nil || t == nil {
		return err
	}
	s := t.RestoreSummary
	if s != nil && strings.HasSuffix(aws.ToString(s.SourceTableArn), ":table/"+r.from+"-"+domain) &&
		s.RestoreDateTime != nil && s.RestoreDateTime.Equal(r.at) {
		return nil
	}
	return fmt.Errorf("table %s-%s is there, and is no restore of %s-%s as of %s: take another generation", r.to, domain, r.from, domain, r.at.Format(time.RFC3339))
}

// describe gives a table, nil when there is none.
func describe(ctx context.Context, db *dynamodb.Client, name string) (*types.TableDescription, error) {
	out, err := db.DescribeTable(ctx, &dynamodb.DescribeTableInput{TableName: &name})
	if none := (*types.ResourceNotFoundException)(nil); errors.As(err, &none) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("table %s: %w", name, err)
	}
	return out.Table, nil
}

// begin has every table restored to the same instant, side by side.
func (r *restoration) begin(ctx context.Context) error {
	for _, d := range catalog.Domains() {
		from, to := r.from+"-"+d.Name, r.to+"-"+d.Name
		if t, err := describe(ctx, r.db, to); err != nil || t != nil {
			if err != nil {
				return err
			}
			continue
		}
		if _, err := r.db.RestoreTableToPointInTime(ctx, &dynamodb.RestoreTableToPointInTimeInput{SourceTableName: &from, TargetTableName: &to,
			RestoreDateTime: &r.at}); err != nil {
			return fmt.Errorf("restore %s: %w", from, err)
		}
		r.say("restoring %s to %s as of %s", from, to, r.at.Format(time.RFC3339))
	}
	return nil
}

func (r *restoration) await(ctx context.Context) error {
	for _, d := range catalog.Domains() {
		if err := r.active(ctx, r.to+"-"+d.Name); err != nil {
			return err
		}
		r.say("%s-%s is there", r.to, d.Name)
	}
	return nil
}

// active waits until a table and its indexes take calls.
func (r *restoration) active(ctx context.Context, name string) error {
	for {
		t, err := describe(ctx, r.db, name)
		if err != nil {
			return err
		}
		if t == nil {
			return fmt.Errorf("table %s is not there", name)
		}
		ready := t.TableStatus == types.TableStatusActive
		for _, x := range t.GlobalSecondaryIndexes {
			ready = ready && (x.IndexStatus == types.IndexStatusActive || x.IndexStatus == "")
		}
		if ready {
			return nil
		}
		if err := clock.Wait(ctx, r.poll); err != nil {
			return fmt.Errorf("table %s is %s: %w; begin again at any time", name, t.TableStatus, err)
		}
	}
}

// shut shuts writes in the new tables, whose switch stands as it stood at the instant, before any function sees them.
func (r *restoration) shut(ctx context.Context) error {
	switches := platformdb.New(store.Open(r.account.Config, r.to))
	m, err := switches.Maintenance(ctx)
	if err != nil {
		return err
	}
	if !m.On {
		if m, err = platform.MoveSwitch(ctx, switches, platform.Maintenance{On: true, By: r.order.by, Reason: r.order.reason, Since: clock.System()}); err != nil {
			return err
		}
	}
	r.say("writes are shut in %s since %s (%s: %s)", r.to, m.Since.Format(time.RFC3339), m.By, m.Reason)
	now, err := platformdb.New(store.Open(r.account.Config, r.from)).Maintenance(ctx)
	if err == nil && !now.On {
		r.say("NOTE: writes are open in %s, and what is written there from %s on is not in %s", r.from, r.at.Format(time.RFC3339), r.to)
	}
	return err
}

// verify proves the new tables' books on a copy.
func (r *restoration) verify(ctx context.Context) (err error) {
	dir, err := os.MkdirTemp(r.order.work, ".verify-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	set, err := verify.Copy(ctx, r.account.Config, r.to, filepath.Join(dir, "store"))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, set.Close()) }()
	if err := set.Settle(ctx); err != nil {
		return err
	}
	found, err := verify.Check(ctx, set.DB)
	if err != nil {
		return err
	}
	if err := verify.Tell(r.out, found.Defects, fmt.Sprintf("%s is in order: %s.", r.to, found)); err != nil {
		return fmt.Errorf("%w; docs/runbooks/restore.md says how torn acts look: restore the next generation to an earlier instant", err)
	}
	return nil
}
