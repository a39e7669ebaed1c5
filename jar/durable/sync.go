package durable

import (
	"context"
	"fmt"
	"time"
)

// Versions are compared for changes lost in silence: once in maintainEvery, and later by
// maintainSite for each site.
const (
	maintainEvery = time.Minute
	maintainSite  = time.Millisecond
)

// maintain measures the clock, compares versions and notes last accesses now and then, and
// when the clock seems to have been set.
func (f *fleet) maintain() {
	noted := time.Now()
	for {
		timer := time.NewTimer(maintainEvery + maintainSite*time.Duration(f.size()))
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

// compareAll measures the clock and marks the sites as stale that have changed. If it
// cannot, it reports false, and is called again later.
func (f *fleet) compareAll() bool {
	ctx, cancel := context.WithTimeout(f.ctx, callTimeout)
	defer cancel()
	began := time.Now()
	if f.measure(ctx) != nil {
		return false
	}
	if _, err := f.compare(ctx); err != nil {
		return false
	}
	f.w.mu.Lock()
	defer f.w.mu.Unlock()
	switch {
	case f.watching:
		f.cutOff = time.Time{}
	case !f.cutOff.IsZero():
		f.cutOff = began
	}
	return true
}

// breathe is called at each step of a loop that holds w.mu, and lets others have it now and
// then: there may be a million sites. A map that is ranged over may change meanwhile.
func (f *fleet) breathe(n *int) {
	if *n++; *n%1000 == 0 {
		f.w.mu.Unlock()
		f.w.mu.Lock()
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
	n := 0
	for name, version := range f.empty {
		f.breathe(&n)
		known[name] = version
	}
	for name, s := range f.sites {
		f.breathe(&n)
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
		f.breathe(&n)
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

// Pending returns the number of changes that the backend is not known to have yet.
func (j *Jar) Pending() int {
	j.w.mu.Lock()
	defer j.w.mu.Unlock()
	return len(j.w.ops) + len(j.w.aside) + len(j.w.flying)
}

// HotSites returns the number of sites that a shared jar has in memory, and zero for a jar
// that is alone.
func (j *Jar) HotSites() int {
	f := j.fleet
	if f == nil {
		return 0
	}
	f.w.mu.Lock()
	defer f.w.mu.Unlock()
	return len(f.sites)
}
