package jobs

import "time"

// fenceSteps is by how many steps a fence moves a job on: far more than any job has.
const fenceSteps = 1_000_000

// Fence shuts out whoever is at work on a job, such as an execution that began before the store was restored to an earlier
// instant: the number of the next step leaps beyond every number that it can know, and its calls find the job at another
// step. How far the work is stands in the records that it is about, never in the number.
func (j Job) Fence(at time.Time) (Job, error) {
	if j.State.Final() {
		return j, RuleState.Err()
	}
	j.Step, j.UpdatedAt = (j.Step/fenceSteps+1)*fenceSteps, at
	j.Version++
	return j, nil
}
