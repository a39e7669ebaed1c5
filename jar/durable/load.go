package durable

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"slices"
	"time"

	"uacookie/jar/backend"
	"uacookie/jar/match"
)

// Load loads the cookies of the site of u, if that has not been done: before each
// request, where Options.OnDemand is set. Otherwise it does nothing. After an error, the
// next call tries again. Sites are loaded independently of each other. After Close, a site
// that is not loaded is the error ErrClosed.
func (j *Jar) Load(ctx context.Context, u *url.URL) error {
	release, err := j.use(ctx, u.Host)
	release()
	return err
}

// use loads the site of a host and keeps it loaded until release is called, which is
// never nil.
func (j *Jar) use(ctx context.Context, host string) (release func(), _ error) {
	f := j.fleet
	if f == nil || !f.demand {
		return func() {}, nil
	}
	name, ok := match.Host(host)
	if !ok {
		return func() {}, fmt.Errorf("durable: load the site of %q: invalid host", host)
	}
	name = f.w.siteOf(name)
	f.w.mu.Lock()
	s := f.site(name)
	s.pins.Add(1)
	s.used.Store(f.tick.Add(1))
	loaded := s.loaded
	f.w.mu.Unlock()
	unpin := func() { s.pins.Add(-1) }
	if loaded {
		return unpin, nil
	}
	if err := f.loadFor(ctx, s); err != nil {
		return func() { unpin(); f.forget(s) }, fmt.Errorf("durable: load the site of %q: %w", host, err)
	}
	f.letGo()
	return unpin, nil
}

// loadFor is load for a caller of the jar.
func (f *fleet) loadFor(ctx context.Context, s *site) error {
	ctx, end, err := f.begin(ctx)
	if err != nil {
		return err
	}
	defer end()
	if err := f.load(ctx, s); err != nil {
		return cause(ctx, err)
	}
	return nil
}

// cause returns ErrClosed for an error that comes from Close.
func cause(ctx context.Context, err error) error {
	if context.Cause(ctx) == ErrClosed {
		return ErrClosed
	}
	return err
}

// forget removes what there is of a site that could not be loaded, and has no cookies.
func (f *fleet) forget(s *site) {
	select {
	case s.busy <- struct{}{}:
		defer func() { <-s.busy }()
	default:
		return
	}
	f.w.mu.Lock()
	defer f.w.mu.Unlock()
	if f.sites[s.name] == s && !s.loaded && len(s.held) == 0 && s.fresh == 0 && s.pins.Load() == 0 {
		delete(f.sites, s.name)
		delete(f.stale, s.name)
	}
}

// loadAll loads all sites.
func (f *fleet) loadAll(ctx context.Context, o *Options) error {
	loaded := 0
	for snapshot, err := range f.server.Load(ctx) {
		if err != nil {
			return err
		}
		f.w.mu.Lock()
		s := f.site(snapshot.Site)
		f.w.mu.Unlock()
		if err := f.mergeSnapshot(ctx, s, snapshot); err != nil {
			return err
		}
		before := loaded / progressStep
		if loaded += len(snapshot.Records); loaded/progressStep != before && o.Progress != nil {
			o.Progress(loaded, 0)
		}
	}
	if o.Progress != nil {
		o.Progress(loaded, 0)
	}
	return ctx.Err()
}

// reloads is how often in a row a site is loaded if the server answers with an older
// version than it should, or the site changes meanwhile and events are missing.
const reloads = 5

// load loads a site, or loads it again if something is missing.
func (f *fleet) load(ctx context.Context, s *site) error {
	select {
	case s.busy <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-s.busy }()
	for range reloads {
		f.w.mu.Lock()
		if f.sites[s.name] != s {
			f.w.mu.Unlock()
			return nil // it was let go meanwhile: its cookies would belong to no site
		}
		loaded, suspect, version, heard := s.loaded, s.suspect, s.version, s.heard
		if loaded && !suspect && version >= heard {
			delete(f.stale, s.name)
			f.w.mu.Unlock()
			return nil
		}
		s.suspect = false
		f.w.mu.Unlock()
		if suspect {
			version = 0
		}
		err := f.loadOnce(ctx, s, version, heard)
		if err != nil {
			f.w.mu.Lock()
			s.suspect = s.suspect || suspect
			f.w.mu.Unlock()
			return err
		}
	}
	// It changes all the time, or a copy of the server lags behind: try again later.
	f.w.mu.Lock()
	defer f.w.mu.Unlock()
	f.markStale(s)
	return nil
}

// loadOnce loads a site unless it has the given version still.
func (f *fleet) loadOnce(ctx context.Context, s *site, version, heard uint64) error {
	snapshot, err := f.server.LoadSite(ctx, s.name, version)
	switch {
	case err != nil:
		return err
	case version != 0 && snapshot.Version == version:
		f.w.mu.Lock()
		defer f.w.mu.Unlock()
		if s.heard == heard {
			s.heard = version
		}
		return nil
	}
	f.w.mu.Lock()
	if snapshot.Version < heard && s.heard == heard {
		s.heard = snapshot.Version // the server has forgotten the site, or lost it
	}
	f.w.mu.Unlock()
	return f.mergeSnapshot(ctx, s, snapshot)
}

// mergeSnapshot merges a Snapshot. The caller holds the site.
func (f *fleet) mergeSnapshot(ctx context.Context, s *site, snapshot backend.Snapshot) error {
	for _, broken := range snapshot.Broken {
		if f.w.failed == nil {
			return broken
		}
		f.w.report(broken)
	}
	ops := make([]backend.Op, len(snapshot.Records))
	for i, r := range snapshot.Records {
		ops[i].Record = r
	}
	if err := f.merge(ctx, s, ops, snapshot.Version, len(snapshot.Broken) == 0); err != nil {
		return err
	}
	f.w.mu.Lock()
	defer f.w.mu.Unlock()
	s.loaded = true
	return nil
}

// After more than manySteps in vain, letGo does nothing for restAfter.
const (
	manySteps = 10_000
	restAfter = time.Second
)

// letGo removes the sites from the jar that were used least recently, if there are more
// cookies than Options.Hot.
func (f *fleet) letGo() {
	over := func(most int) bool {
		f.w.mu.Lock()
		defer f.w.mu.Unlock()
		return f.j.Len() > most || len(f.sites) > most // a site without cookies takes memory too
	}
	if f.hot <= 0 || !over(f.hot) {
		return
	}
	f.w.mu.Lock()
	if time.Now().Before(f.rest) {
		f.w.mu.Unlock()
		return
	}
	n := 0
	dirty := map[string]bool{}
	for _, ops := range []map[key]op{f.w.ops, f.w.aside, f.w.flying} {
		for _, o := range ops {
			f.breathe(&n)
			dirty[o.site] = true
		}
	}
	var idle []*site
	for _, s := range f.sites {
		f.breathe(&n)
		if s.loaded && s.pins.Load() == 0 && !dirty[s.name] {
			idle = append(idle, s)
		}
	}
	f.w.mu.Unlock()
	slices.SortFunc(idle, func(a, b *site) int { return cmp.Compare(a.used.Load(), b.used.Load()) })
	for _, s := range idle {
		if !over(f.hot - f.hot/8) {
			return
		}
		f.unload(s)
	}
	if n > manySteps {
		// Nearly all sites have changes that are not written: the next caller would do all
		// this again for nothing.
		f.w.mu.Lock()
		defer f.w.mu.Unlock()
		f.rest = time.Now().Add(restAfter)
	}
}

// unload removes the cookies of a site from the jar, unless it is in use.
func (f *fleet) unload(s *site) {
	select {
	case s.busy <- struct{}{}:
		defer func() { <-s.busy }()
	default:
		return
	}
	f.noteSite(s)
	f.w.mu.Lock()
	if s.pins.Load() > 0 || !s.loaded || f.sites[s.name] != s {
		f.w.mu.Unlock()
		return
	}
	var todo []*expectation
	for k := range s.held {
		if f.unwritten(k) {
			f.w.mu.Unlock()
			return
		}
	}
	for k := range s.held {
		if f.w.siteOf(k.Domain) != s.name {
			continue // the list was replaced, and another site has it
		}
		e := &expectation{Op: deletion(k)}
		f.w.expectations[k] = e
		todo = append(todo, e)
	}
	s.loaded, s.version, s.heard = false, 0, 0
	clear(s.held)
	delete(f.stale, s.name)
	f.w.mu.Unlock()
	for len(todo) > 0 {
		for _, e := range todo {
			f.force(e)
		}
		if err := f.j.persistent.Settle(f.ctx); err != nil {
			return
		}
		f.w.mu.Lock()
		todo = f.settled(s, todo)
		f.w.mu.Unlock()
	}
	f.w.mu.Lock()
	defer f.w.mu.Unlock()
	if len(s.held) == 0 && s.pins.Load() == 0 {
		delete(f.sites, s.name)
	}
}
