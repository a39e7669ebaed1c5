package inspect

import (
	"strconv"
	"time"
)

// A workerState is the state of a Worker, as text.
type workerState struct {
	Pending string `json:"pending"` // number of changes
	Hot     string `json:"hot"`     // number of sites
	Lag     string `json:"lag"`
}

// worker returns the state of Options.Worker, or nil without one.
func (h *Handler) worker() *workerState {
	w := h.options.Worker
	if w == nil {
		return nil
	}
	return &workerState{Pending: count(w.Pending()), Hot: count(w.HotSites()), Lag: lag(w.Lag())}
}

// lag formats the lag of a worker, rounded up so that only zero is "none".
func lag(d time.Duration) string {
	const unit = 100 * time.Millisecond
	switch {
	case d <= 0:
		return "none"
	case d < 10*time.Second:
		tenths := (d + unit - 1) / unit
		return strconv.FormatFloat(float64(tenths)/10, 'f', 1, 64) + " s"
	}
	return d.Round(time.Second).String()
}

// beat returns the maximum time between two messages to a page.
func (h *Handler) beat() time.Duration {
	if h.options.Worker != nil {
		return workerBeat
	}
	return heartbeat
}
