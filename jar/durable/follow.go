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

const (
	// Versions are compared for changes lost in silence: once in tendEvery, and later by
	// tendSite for each site.
	tendEvery = time.Minute
	tendSite  = time.Millisecond

	// loaders is how many sites are loaded again at once.
	loaders = 16
)

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
		f.compareAll() // or tend does it later
	}
}

// follow does what comes from one connection, and returns why it ended.
func (f *fleet) follow(events iter.Seq2[backend.Event, error]) error {
	for e, err := range events {
		if err != nil {
			return err
		}
		if e.Site != "" {
			f.heed(&e)
		}
	}
	return errors.New("the backend has stopped watching")
}

// heed does one Event to the jar.
func (f *fleet) heed(e *backend.Event) {
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

// tend measures the clock, compares versions and notes last accesses now and then, and
// when the clock seems to have been set.
func (f *fleet) tend() {
	noted := time.Now()
	for {
		timer := time.NewTimer(tendEvery + tendSite*time.Duration(f.size()))
		select {
		case <-timer.C:
		case <-f.clock.set:
			timer.Stop()
		case <-f.ctx.Done():
			timer.Stop()
			return
		}
		f.compareAll()
		f.compact()
		if time.Since(noted) >= accessEvery {
			noted = time.Now()
			f.noteAll()
		}
	}
}

// size returns the number of sites.
func (f *fleet) size() int {
	f.w.mu.Lock()
	defer f.w.mu.Unlock()
	return len(f.sites) + len(f.empty)
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

// compareAll measures the clock and marks the sites as stale that have changed. If it
// cannot, it is called again later.
func (f *fleet) compareAll() {
	ctx, cancel := context.WithTimeout(f.ctx, callTimeout)
	defer cancel()
	began := time.Now()
	if f.measure(ctx) != nil {
		return
	}
	if _, err := f.compare(ctx); err != nil {
		return
	}
	f.w.mu.Lock()
	defer f.w.mu.Unlock()
	switch {
	case f.watching:
		f.cutOff = time.Time{}
	case !f.cutOff.IsZero():
		f.cutOff = began
	}
}

// measure measures the server's clock, and does what follows if a clock was set.
func (f *fleet) measure(ctx context.Context) error {
	f.clock.mu.Lock()
	before := f.clock.measured
	f.clock.mu.Unlock()
	set, err := f.clock.measure(ctx, f.server)
	if err != nil {
		return err
	}
	f.resume(time.Since(before))
	if set {
		f.retime()
	}
	f.w.mu.Lock()
	defer f.w.mu.Unlock()
	f.doubtful = false
	for _, o := range f.w.flying {
		f.doubtful = f.doubtful || o.doubt != nil // it may come back
	}
	for _, ops := range []map[key]op{f.w.ops, f.w.aside} {
		for k, o := range ops {
			if o.doubt == nil {
				continue
			}
			stamp, s := o.Stamp, f.site(o.site)
			f.clock.settle(&o)
			ops[k] = o
			if h, ok := s.held[k]; ok && h.stamp == stamp {
				h.stamp, h.expires = o.Stamp, expiry(&o.Cookie)
				s.held[k] = h
			}
		}
	}
	return nil
}

// settleDoubts measures the server's clock if the times of what is to be written depend on
// it, or if this clock has jumped: after a sleep, what other workers wrote meanwhile would
// look as if the server's clock had been ahead.
func (f *fleet) settleDoubts() {
	jumped, _ := f.clock.check()
	f.w.mu.Lock()
	doubtful := f.doubtful || jumped != nil
	f.w.mu.Unlock()
	if doubtful {
		ctx, cancel := context.WithTimeout(f.w.ctx, callTimeout)
		defer cancel()
		_ = f.measure(ctx) // if the server is away, the changes stay pending
	}
}

// retime marks all sites as stale after the jar's clock was set: by the new time, cookies
// have expired too early or would live too long.
func (f *fleet) retime() {
	f.w.mu.Lock()
	defer f.w.mu.Unlock()
	for _, s := range f.sites {
		for k, h := range s.held {
			switch {
			case h.ended:
				continue
			case f.unwritten(k):
				h.again = true
			case h.known:
				h.stamp = backend.Stamp{} // so that whatever the server has is taken
			}
			s.held[k] = h
		}
		if s.loaded {
			s.suspect = true
			f.markStale(s)
		}
	}
}

// compare asks for the versions of the sites that are loaded. It marks those as stale that
// differ, and returns them. A site that is being loaded must come in that version.
func (f *fleet) compare(ctx context.Context) ([]*site, error) {
	var names []string // nil means all
	known := map[string]uint64{}
	f.w.mu.Lock()
	if f.demand {
		names = []string{}
	}
	for name, version := range f.empty {
		known[name] = version
	}
	for name, s := range f.sites {
		known[name] = s.version // zero if it is not loaded
		if f.demand {
			names = append(names, name)
		}
	}
	f.w.mu.Unlock()
	differ := map[string]uint64{}
	if !f.demand || len(names) > 0 {
		for v, err := range f.server.Versions(ctx, names) {
			if err != nil {
				return nil, err
			}
			if was, ok := known[v.Site]; !ok || was != v.Version {
				differ[v.Site] = v.Version
			}
			delete(known, v.Site)
		}
	}
	for name, version := range known {
		if version != 0 {
			differ[name] = 0 // the server has forgotten it
		}
	}
	f.w.mu.Lock()
	defer f.w.mu.Unlock()
	var stale []*site
	for name, version := range differ {
		s, ok := f.sites[name]
		switch {
		case !ok && f.demand:
			continue // let go meanwhile
		case !ok && version == 0:
			delete(f.empty, name)
			continue
		case !ok:
			s = f.site(name)
		case s.version == version:
			continue // heard meanwhile
		}
		if s.heard = max(s.heard, version); version < s.version {
			s.suspect = true
		}
		if s.loaded {
			f.markStale(s)
			stale = append(stale, s)
		}
	}
	return stale, nil
}

// Sync returns nil when the jar has all that other workers had flushed before the call. A
// site that is not loaded is loaded in a state no older than that. Without OpenShared it
// does nothing.
func (j *Jar) Sync(ctx context.Context) error {
	f := j.fleet
	if f == nil {
		return nil
	}
	ctx, end, err := f.begin(ctx)
	if err != nil {
		return err
	}
	defer end()
	stale, err := f.compare(ctx)
	if err == nil {
		err = f.loadSites(ctx, stale)
	}
	if err == nil {
		err = f.loadStale(ctx) // those that were stale before
	}
	if err != nil {
		return fmt.Errorf("durable: sync: %w", cause(ctx, err))
	}
	return nil
}

// Lag returns for how long the jar may have missed changes of other workers: since the
// connection was lost, or since it noticed that something is missing. It is zero while
// the jar follows, although a change may be on its way, and for a jar that is alone.
func (j *Jar) Lag() time.Duration {
	f := j.fleet
	if f == nil {
		return 0
	}
	f.w.mu.Lock()
	defer f.w.mu.Unlock()
	since := f.cutOff
	for _, at := range f.stale {
		if since.IsZero() || at.Before(since) {
			since = at
		}
	}
	if since.IsZero() {
		return 0
	}
	return time.Since(since)
}
