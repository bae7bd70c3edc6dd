package metrics

import (
	"encoding/json"
	"fmt"
	"io"
	"sort"
	"sync"
	"time"

	"backoffice/internal/op"
)

// EMF writes a line of CloudWatch's embedded metric format for each invocation. CloudWatch makes metrics of the line when it
// takes it into the log, so nothing waits for that and nothing is lost with the process.
type EMF struct {
	mu    sync.Mutex
	out   io.Writer
	stage string
	warm  bool
}

// NewEMF makes a writer; out is the function's standard output.
func NewEMF(out io.Writer, stage string) *EMF { return &EMF{out: out, stage: stage} }

// directive tells CloudWatch which members of the line are metrics, and by which dimensions.
type directive struct {
	Namespace  string
	Dimensions [][]string
	Metrics    []definition
}

type definition struct{ Name, Unit string }

// The members of a line that are no metrics. They are there for searching the log.
const (
	memberMetadata = "_aws"
	memberKind     = "kind"
	memberRequest  = "request"
	memberStatus   = "status"
	memberCode     = "code"
)

// Write writes the line of one invocation. The first of the process is marked as its cold start.
func (e *EMF) Write(at time.Time, spec *op.Spec, s *Sample) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if !e.warm {
		e.warm = true
		s.Add(ColdStarts, 1)
	}
	raw, err := json.Marshal(e.line(at, spec, s))
	if err != nil {
		return fmt.Errorf("metrics of %s: %w", spec.ID, err)
	}
	_, err = e.out.Write(append(raw, '\n'))
	return err
}

func (e *EMF) line(at time.Time, spec *op.Spec, s *Sample) map[string]any {
	s.mu.Lock()
	defer s.mu.Unlock()
	line := map[string]any{DimensionStage: e.stage, DimensionDomain: spec.Domain(), DimensionOperation: spec.ID, memberKind: spec.Kind}
	if s.status != 0 {
		line[memberRequest], line[memberStatus] = s.request, s.status
	}
	if s.code != "" {
		line[memberCode] = s.code
	}
	domain, operation := []string{DimensionStage, DimensionDomain}, []string{DimensionStage, DimensionDomain, DimensionOperation}
	byOperation := directive{Namespace: Namespace, Dimensions: [][]string{domain, operation}}
	byDomain := directive{Namespace: Namespace, Dimensions: [][]string{domain}}
	business := directive{Namespace: Namespace, Dimensions: [][]string{{DimensionStage}}}
	for _, m := range All() {
		v, there := s.values[m.Name]
		if !there {
			continue
		}
		line[string(m.Name)] = v
		to := &byDomain
		if m.ByOperation {
			to = &byOperation
		}
		to.Metrics = append(to.Metrics, definition{string(m.Name), string(m.Unit)})
	}
	for _, t := range sortedTypes(s.events) {
		line[t] = s.events[t]
		business.Metrics = append(business.Metrics, definition{t, string(Count)})
	}
	var directives []directive
	for _, d := range []directive{byOperation, byDomain, business} {
		if len(d.Metrics) > 0 {
			directives = append(directives, d)
		}
	}
	line[memberMetadata] = map[string]any{"Timestamp": at.UnixMilli(), "CloudWatchMetrics": directives}
	return line
}

func sortedTypes(events map[string]int) []string {
	out := make([]string, 0, len(events))
	for t := range events {
		out = append(out, t)
	}
	sort.Strings(out)
	return out
}
