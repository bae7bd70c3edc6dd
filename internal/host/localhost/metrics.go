package localhost

import (
	"context"
	"net/http"

	"backoffice/internal/metrics"
	"backoffice/internal/op"
	"backoffice/internal/store"
)

// measure begins to gather the figures of one call, by the names that a function's line of metrics has; end adds them to the
// host's totals.
func (h *Host) measure(ctx context.Context, spec *op.Spec) (measured context.Context, end func(requestID string, resp *op.Response)) {
	meter, start := &store.Meter{}, h.runtime.Clock()
	ctx, sample := metrics.With(store.WithMeter(ctx, meter))
	return ctx, func(requestID string, resp *op.Response) {
		metrics.Answered(ctx, requestID, resp)
		cost := meter.Count()
		sample.Took(h.runtime.Clock().Sub(start), spec.TimeLimit())
		sample.Stored(cost.Calls, cost.Retries, cost.ReadUnits, cost.WriteUnits)
		h.totals.Take(spec, sample)
	}
}

// serveMetrics answers /metrics: what the operations' calls came to, and every request by its route and status, those without
// a route among them.
func (h *Host) serveMetrics(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; version=0.0.4")
	h.totals.Write(w)
	h.stats.write(w)
}
