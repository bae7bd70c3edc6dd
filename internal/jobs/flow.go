package jobs

import _ "embed" // the state machine is read as bytes, the same by stacks and tests

// RunJobFlow is the state machine that does in the cloud what the runner does on-premise, in Amazon States Language. It is
// made once for each task operation, whose id takes the place of ${task}. Its input is tenant, job and step.
//
//go:embed flows/run-job.asl.json
var RunJobFlow string
