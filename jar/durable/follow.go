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

// The connection of Watch is made again after watchFirst. If it cannot be made, an attempt costs
// little: the next one comes later by watchFirst, up to watchMost. If it is made and lost at
// once, all versions were compared, and the time doubles, up to retryMost. A connection that
// has lasted for watchLasted was a good one.
const (
	watchFirst  = 10 * time.Millisecond
	watchMost   = 2 * time.Second
	watchLasted = time.Second

	// watchFlaps bounds the number of failures that count, and so the time to wait, if
	// something came before the connection was lost.
	watchFlaps = 3
)

// watch does to the jar what other jars do to theirs. When the connection is lost, it
// watches again and compares the versions of all sites.
func (f *fleet) watch(events iter.Seq2[backend.Event, error]) {
	for failures := 0; ; failures++ {
		var err error
		wait := min(watchFirst*time.Duration(failures+1), watchMost)
		if events != nil {
			began := time.Now()
			var heard bool
			heard, err = f.follow(events)
			switch {
			case time.Since(began) >= watchLasted:
				failures = 0
			case heard:
				failures = min(failures, watchFlaps)
			}
			wait = min(watchFirst<<min(failures, 16), retryMost)
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
		if !sleep(f.ctx, wait) {
			return
		}
		events = f.watchAgain()
	}
}

// watchAgain makes a connection and compares the versions of all sites. It returns nil if it
// cannot.
func (f *fleet) watchAgain() iter.Seq2[backend.Event, error] {
	ctx, stop := context.WithCancel(f.ctx)
	events, err := f.server.Watch(ctx)
	if err != nil {
		stop()
		return nil
	}
	f.w.mu.Lock()
	f.watching = true
	f.w.mu.Unlock()
	if !f.compareAll() {
		stop() // what was missed is not known
		return nil
	}
	f.isBack()
	return func(yield func(backend.Event, error) bool) {
		defer stop()
		events(yield)
	}
}

// isBack makes the goroutines look at once that wait to try a call again.
func (f *fleet) isBack() {
	f.w.retryNow()
	select {
	case f.back <- struct{}{}:
	default:
	}
}

// follow does what comes from one connection, and returns whether anything came, and why it
// ended.
func (f *fleet) follow(events iter.Seq2[backend.Event, error]) (heard bool, _ error) {
	for e, err := range events {
		if err != nil {
			return heard, err
		}
		heard = true
		if e.Site != "" {
			f.applyEvent(&e)
		}
	}
	return heard, errors.New("the backend has stopped watching")
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
		timer := time.NewTimer(backoff(failures))
		select {
		case <-timer.C:
			failures++
		case <-f.back:
			failures = 0
		case <-f.ctx.Done():
		}
		timer.Stop()
		if f.ctx.Err() != nil {
			return
		}
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
	n := 0
	for name, s := range f.sites {
		f.breathe(&n)
		if f.sites[name] != s {
			continue // let go meanwhile
		}
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
