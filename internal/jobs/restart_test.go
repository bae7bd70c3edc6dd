package jobs_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"backoffice/internal/jobs"
)

// crier notes whom it was told to announce.
type crier struct {
	cried []string
	fails string // id of the job that it cannot announce
}

var errHoarse = errors.New("hoarse")

func (c *crier) Announce(_ context.Context, j jobs.Job, _ time.Time) error {
	if j.ID == c.fails {
		return errHoarse
	}
	c.cried = append(c.cried, j.ID)
	return nil
}

// Only what has stood still for long is announced, and one that cannot be announced holds up no other.
func TestRestartAnnouncesWhatStandsStill(t *testing.T) {
	at := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	idle := func(id string, d time.Duration) jobs.Job {
		return jobs.Job{ID: id, State: jobs.Running, UpdatedAt: at.Add(-d)}
	}
	waiting := active{all: []jobs.Job{idle("job_fresh", 0), idle("job_busy", 29*time.Minute), idle("job_hoarse", time.Hour), idle("job_still", 30*time.Minute), idle("job_old", 48*time.Hour)}}
	c := &crier{fails: "job_hoarse"}
	if err := jobs.Restart(t.Context(), waiting, c, at); !errors.Is(err, errHoarse) || !slices.Equal(c.cried, []string{"job_still", "job_old"}) {
		t.Errorf("announced %v, error %v", c.cried, err)
	}
	lost := errors.New("lost")
	if err := jobs.Restart(t.Context(), active{err: lost}, c, at); !errors.Is(err, lost) {
		t.Errorf("error %v", err)
	}
}
