package jobs

import "backoffice/internal/fault"

// The rules of jobs. A code is permanent: it is never given to another rule.
var (
	RuleState = fault.Rule{Code: "PLT-JOB-001", Kind: fault.Conflict, Text: "The job has ended, or is being cancelled already.", Help: "See its state; start the work again if it is still wanted."}
	RuleStep  = fault.Rule{Code: "PLT-JOB-002", Kind: fault.Conflict, Text: "The job is at another step, or belongs to another task.", Help: "Read the job, and go on from the step that it names."}
	RuleSpent = fault.Rule{Code: "PLT-JOB-003", Kind: fault.Unavailable, Text: "The job was given up after several attempts at one step.", Help: "The store or a service did not answer for long; start the work again, it goes on where it stopped."}
	RuleBusy  = fault.Rule{Code: "PLT-JOB-004", Kind: fault.Conflict, Text: "A job is at work on this record.", Help: "Wait for it, or cancel it."}
)

// Rules lists the rules of jobs.
func Rules() []fault.Rule { return []fault.Rule{RuleState, RuleStep, RuleSpent, RuleBusy} }
