package lambdahost

import (
	"context"
	"log/slog"

	"backoffice/internal/metrics"
	"backoffice/internal/store"
)

// Report has the handler write a line of metrics for each invocation.
func (h *Handler) Report(to *metrics.EMF) *Handler {
	h.metrics = to
	return h
}

// measured answers an invocation and writes what it took and cost: one line, whether it went well or not.
func (h *Handler) measured(ctx context.Context, payload []byte) ([]byte, error) {
	var meter store.Meter
	start := h.rt.Clock()
	ctx, sample := metrics.With(store.WithMeter(ctx, &meter))
	answer, err := h.invoke(ctx, payload)
	end := h.rt.Clock()
	spec, cost := h.op.Describe(), meter.Count()
	sample.Took(end.Sub(start), spec.TimeLimit())
	sample.Stored(cost.Calls, cost.Retries, cost.ReadUnits, cost.WriteUnits)
	if lost := h.metrics.Write(end, spec, sample); lost != nil {
		h.rt.Log.LogAttrs(ctx, slog.LevelError, "metrics lost", slog.String("operation", spec.ID), slog.Any("cause", lost))
	}
	return answer, err
}
