package durable

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"sync"
	"time"

	"uacookie/jar/backend"
)

// loaders is how many sites are loaded again at once.
const loaders = 16

// watch does to the jar what other jars do to theirs. When the connection is lost, it
// watches again and compares the versions of all sites.
func (f *fleet) watch(events iter.Seq2[backend.Event, error]) {
	for failures := 0; ; failures++ {
		var err error
		if events != nil {
			began := time.Now()
			if err = f.follow(events); time.Since(began) > retryMost {
				failures = 0
			}
		}
		if f.ctx.Err() != nil {
			return
		}
		f.w.mu.Lock()
		f.watching = false
		first := f.cutOff.IsZero()
		if first {
			f.cutOff = time.Now()
		}
		f.w.mu.Unlock()
		if first {
			f.w.report(fmt.Errorf("durable: watch: %w: what other workers change is seen when the connection is back", err))
		}
		if !sleep(f.ctx, backoff(failures)) {
			return
		}
		if events, err = f.server.Watch(f.ctx); err != nil {
			events = nil
			continue
		}
		f.w.mu.Lock()
		f.watching = true
		f.w.mu.Unlock()
		f.compareAll() // or maintain does it later
	}
}

// follow does what comes from one connection, and returns why it ended.
func (f *fleet) follow(events iter.Seq2[backend.Event, error]) error {
	for e, err := range events {
		if err != nil {
			return err
		}
		if e.Site != "" {
			f.applyEvent(&e)
		}
	}
	return errors.New("the backend has stopped watching")
}

// applyEvent applies one Event to the jar.
func (f *fleet) applyEvent(e *backend.Event) {
	f.w.mu.Lock()
	s, ok := f.sites[e.Site]
	if !ok && f.complete {
		s, ok = f.site(e.Site), true
	}
	if !ok {
		f.w.mu.Unlock()
		return
	}
	s.heard = max(s.heard, e.Version)
	select {
	case s.busy <- struct{}{}:
	default:
		f.markStale(s) // it is being loaded, perhaps in an older state
		f.w.mu.Unlock()
		return
	}
	defer func() { <-s.busy }()
	switch {
	case !s.loaded || e.Version <= s.version:
		f.w.mu.Unlock()
		return
	case e.Before != s.version:
		f.markStale(s)
		f.w.mu.Unlock()
		return
	}
	f.w.mu.Unlock()
	if f.merge(f.ctx, s, e.Ops, e.Version, false) != nil {
		return // the jar is being closed
	}
}

// markStale has a site looked at again. The caller holds w.mu.
func (f *fleet) markStale(s *site) {
	if _, ok := f.stale[s.name]; !ok {
		f.stale[s.name] = time.Now()
	}
	select {
	case f.again <- struct{}{}:
	default:
	}
}

// reload loads stale sites again until the jar is closed.
func (f *fleet) reload() {
	for failures := 0; ; {
		select {
		case <-f.again:
		case <-f.ctx.Done():
			return
		}
		ctx, cancel := context.WithTimeout(f.ctx, callTimeout)
		err := f.loadStale(ctx)
		cancel()
		if err == nil {
			failures = 0
			continue
		}
		if failures == 0 {
			f.w.report(fmt.Errorf("durable: load what was missed: %w", err))
		}
		if !sleep(f.ctx, backoff(failures)) {
			return
		}
		failures++
		select {
		case f.again <- struct{}{}:
		default:
		}
	}
}

// loadStale loads all stale sites, several at once, and returns the first error.
func (f *fleet) loadStale(ctx context.Context) error {
	f.w.mu.Lock()
	var stale []*site
	for name := range f.stale {
		if s, ok := f.sites[name]; ok {
			stale = append(stale, s)
		} else {
			delete(f.stale, name)
		}
	}
	f.w.mu.Unlock()
	return f.loadSites(ctx, stale)
}

func (f *fleet) loadSites(ctx context.Context, sites []*site) error {
	var group sync.WaitGroup
	var once sync.Once
	var first error
	slots := make(chan struct{}, loaders)
	for _, s := range sites {
		slots <- struct{}{}
		group.Go(func() {
			defer func() { <-slots }()
			if err := f.load(ctx, s); err != nil {
				once.Do(func() { first = err })
			}
		})
	}
	group.Wait()
	return first
}

// compact keeps only the versions of the sites that have no cookies.
func (f *fleet) compact() {
	f.w.mu.Lock()
	defer f.w.mu.Unlock()
	if !f.complete {
		return
	}
	for name, s := range f.sites {
		_, stale := f.stale[name]
		if len(s.held) > 0 || s.fresh > 0 || s.suspect || s.version < s.heard || stale || len(s.busy) > 0 {
			continue
		}
		delete(f.sites, name)
		if s.version != 0 {
			f.empty[name] = s.version
		}
	}
}
