package durable

import (
	"context"
	"errors"
	"fmt"
	"time"

	"uacookie/jar/backend"
)

// write writes what is pending, in batches of a bounded size, and reports and returns the
// first failure. It tries each batch once; if the backend seems to be away, it stops. If
// all is false, and no call of flush waits, what was set aside waits for its time. One
// goroutine calls it at a time.
func (w *writer) write(all bool) error {
	if w.prepare != nil {
		w.prepare()
	}
	w.mu.Lock()
	served := w.flushes
	w.flushes = nil
	w.take(all || len(served) > 0)
	taken := w.flying
	w.mu.Unlock()

	batches := w.batches(taken)
	var first error
	for len(batches) > 0 {
		n := w.round(batches)
		round := batches[:n]
		batches = batches[n:]
		away, err := w.try(round)
		if err != nil {
			if first == nil {
				first = err
			}
			w.report(err)
		}
		if away {
			w.putBack(round)
			w.putBack(batches)
			break
		}
	}

	w.mu.Lock()
	defer w.mu.Unlock()
	w.flying = map[key]op{} // to clear a large map takes long
	if w.err = first; first == nil {
		w.tries = 0
	}
	w.schedule()
	answer(served, first)
	return first
}

// take moves what is pending into flying. The caller holds w.mu.
func (w *writer) take(all bool) {
	now := time.Now()
	for k, o := range w.aside {
		if _, newer := w.ops[k]; !newer && (all || !o.retry.After(now)) {
			w.ops[k] = o
			delete(w.aside, k)
		}
	}
	w.since = time.Time{}
	if len(w.ops) == 0 {
		return
	}
	w.flying, w.ops = w.ops, make(map[key]op, min(len(w.ops), defaultBatchCount))
}

// batches returns what is in flying as batches. After an outage there may be very many Ops, so
// that the caller does not hold w.mu: others only read flying.
func (w *writer) batches(taken map[key]op) []backend.Batch {
	if len(taken) == 0 {
		return nil
	}
	if !w.bySite && len(taken) <= w.most {
		b := backend.Batch{Ops: make([]backend.Op, 0, len(taken))}
		for _, o := range taken {
			b.Ops = append(b.Ops, o.Op)
		}
		return []backend.Batch{b}
	}
	bySite := map[string][]backend.Op{}
	for k, o := range taken {
		if o.site == "" {
			o.site = w.siteOf(k.Domain)
		}
		bySite[o.site] = append(bySite[o.site], o.Op)
	}
	var batches []backend.Batch
	for site, ops := range bySite {
		for ; len(ops) > w.most; ops = ops[w.most:] {
			batches = append(batches, backend.Batch{Site: site, Ops: ops[:w.most:w.most]})
		}
		if last := len(batches) - 1; !w.bySite && last >= 0 && len(batches[last].Ops)+len(ops) <= w.most {
			batches[last].Ops = append(batches[last].Ops, ops...)
			continue
		}
		batches = append(batches, backend.Batch{Site: site, Ops: ops})
	}
	return batches
}

// round returns how many of the batches make up one call of apply.
func (w *writer) round(batches []backend.Batch) int {
	if !w.bySite {
		return 1
	}
	ops := 0
	for n, b := range batches {
		if ops += len(b.Ops); ops > w.most && n > 0 {
			return n
		}
	}
	return len(batches)
}

// try applies batches. It sets aside what fails while something else does not, and
// reports whether the backend seems to be away.
func (w *writer) try(round []backend.Batch) (away bool, _ error) {
	errs := w.call(round)
	var failed []backend.Batch
	var first error
	for i, err := range errs {
		if err != nil {
			if first == nil {
				first = err
			}
			failed = append(failed, round[i])
		}
	}
	if first == nil {
		w.mu.Lock()
		w.tries = 0
		w.mu.Unlock()
		return false, nil
	}
	n := 0
	for _, b := range failed {
		n += len(b.Ops)
	}
	err := fmt.Errorf("durable: write %d changes: %w", n, first)
	alive := len(failed) < len(round) || w.failedBefore(failed)
	w.mu.Lock()
	tries := w.tries
	w.mu.Unlock()
	var poison []backend.Batch
	for _, b := range failed {
		if len(b.Ops) > 1 && (tries > 0 || w.failedBefore(failed)) {
			if parts := w.isolate(b, tries); parts != nil {
				poison, alive = append(poison, parts...), true
				continue
			}
		}
		poison = append(poison, b)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if !alive {
		w.retry = time.Now().Add(backoff(w.tries))
		w.tries++
		return true, err
	}
	w.tries = 0
	for _, b := range poison {
		w.setAside(b)
	}
	return false, err
}

// call calls apply and returns an error for each batch.
func (w *writer) call(round []backend.Batch) []error {
	ctx := w.ctx
	if w.timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, w.timeout)
		defer cancel()
	}
	return w.apply(ctx, round)
}

// failedBefore reports whether all Ops of these batches were set aside before, so that it
// says nothing about the backend if they fail again.
func (w *writer) failedBefore(batches []backend.Batch) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, b := range batches {
		for i := range b.Ops {
			if w.flying[b.Ops[i].Key()].tries == 0 {
				return false
			}
		}
	}
	return true
}

// isolate applies the halves of a batch that fails, then the halves of those that fail, and
// so on. It returns what still fails, or nil if nothing succeeds: then the backend is away.
// The more often the backend has failed, the smaller are the parts before it gives up.
func (w *writer) isolate(b backend.Batch, tries int) []backend.Batch {
	var poison []backend.Batch
	parts := []backend.Batch{b}
	alive := false
	for calls := 0; len(parts) > 0; {
		if !alive && calls >= 2<<min(tries, 4)-2 && calls > 0 || len(parts) > maxParts {
			break
		}
		part := parts[0]
		parts = parts[1:]
		half := len(part.Ops) / 2
		if half == 0 {
			poison = append(poison, part)
			continue
		}
		for _, h := range []backend.Batch{
			{Site: part.Site, Ops: part.Ops[:half:half]},
			{Site: part.Site, Ops: part.Ops[half:]},
		} {
			calls++
			if err := errors.Join(w.call([]backend.Batch{h})...); err == nil {
				alive = true
			} else {
				parts = append(parts, h)
			}
		}
	}
	if !alive {
		return nil
	}
	return append(poison, parts...)
}

// maxParts is how many failing parts of a batch isolate goes on to divide.
const maxParts = 64

// setAside keeps the Ops of a batch for a later try of their own. The caller holds w.mu.
func (w *writer) setAside(b backend.Batch) {
	w.takeBack(b, func(k key, o op) {
		o.retry = time.Now().Add(backoff(o.tries))
		o.tries++
		if newer, ok := w.ops[k]; ok {
			newer.known, newer.tries, newer.retry = true, o.tries, o.retry
			delete(w.ops, k)
			o = newer
		}
		w.aside[k] = o
	})
}

// putBack makes the Ops of batches pending again. It holds w.mu for some batches at a time
// only: after an outage there may be very many.
func (w *writer) putBack(batches []backend.Batch) {
	for len(batches) > 0 {
		n := w.round(batches)
		w.mu.Lock()
		for _, b := range batches[:n] {
			w.takeBack(b, func(k key, o op) {
				if newer, ok := w.ops[k]; ok {
					newer.known = true
					o = newer
				}
				w.ops[k] = o
			})
		}
		w.mu.Unlock()
		batches = batches[n:]
	}
}

// takeBack takes the Ops of a batch that was not applied out of w.flying, and passes those that
// are still to be written to keep.
func (w *writer) takeBack(b backend.Batch, keep func(key, op)) {
	for i := range b.Ops {
		k := b.Ops[i].Key()
		o, ok := w.flying[k]
		if !ok {
			continue
		}
		delete(w.flying, k)
		if w.outdated != nil && w.outdated(k, &o) {
			continue
		}
		o.known = true // the backend may have applied it all the same
		keep(k, o)
	}
}
