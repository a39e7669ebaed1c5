package durable

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"uacookie/jar"
	"uacookie/jar/backend"
)

// A fleet is what a shared jar knows of the server and of the other workers. Its fields
// are guarded by mu of the writer.
type fleet struct {
	j      *Jar
	w      *writer
	server backend.Shared
	clock  *clock
	demand bool
	hot    int

	// ctx ends with Close; background are the goroutines that end with it.
	ctx        context.Context
	cancel     context.CancelFunc
	background sync.WaitGroup

	sites    map[string]*site
	empty    map[string]uint64 // the versions of loaded sites without cookies, which are not in sites
	complete bool              // all sites were loaded: the server does not have another one
	tick     atomic.Int64      // counts uses of sites

	repair map[key]bool  // a local change was undone by an older one from the server
	ended  backend.Stamp // session cookies that are no newer are not loaded
	ahead  backend.Stamp // the same from before the server's clock was set back

	doubtful bool      // there are changes with a doubt
	rest     time.Time // until when letGo does nothing

	stale  map[string]time.Time // sites to be loaded again, since when
	again  chan struct{}        // wakes reload; holds one
	back   chan struct{}        // wakes reload while it waits after a failure; holds one
	cutOff time.Time            // since when changes may be missing; zero if Watch works

	watching bool // Watch works, or did the last time
}

// A site is a site that is loaded, or is being loaded.
type site struct {
	name string
	busy chan struct{} // holds one while the site is loaded or merged
	used atomic.Int64
	pins atomic.Int32

	// Guarded by mu of the writer.
	loaded  bool
	suspect bool   // some cookies are not as in that version
	version uint64 // what the jar has
	heard   uint64 // the newest version that is known to exist
	held    map[key]held
	fresh   int // pending deletions that count counts
}

// held is what a worker has of a cookie.
type held struct {
	stamp  backend.Stamp
	known  bool      // the server has a record of the cookie, or had one
	absent bool      // the jar has evicted or deleted it, or never took it
	ended  bool      // since this worker's session has ended
	again  bool      // the jar's clock was set before it was written: load it then
	access time.Time // the last access that the server knows, by the jar's clock

	// expires is when the cookie expires by the server's clock, in microseconds since 1970, and
	// zero for a session cookie. What the jar has is wrong between the time when its clock is set and
	// the time when that is noticed.
	expires int64
}

// expiry returns held.expires of a cookie with the server's times.
func expiry(c *jar.Cookie) int64 {
	if !c.Persistent() {
		return 0
	}
	return c.Expires.UnixMicro()
}

// OpenShared returns a jar that shares its cookies with other workers through s. It takes
// over s, which is closed by Close, or here if OpenShared fails.
//
// When ctx is done, OpenShared gives up; afterwards ctx means nothing to the jar. The error
// wraps [backend.ErrProtocol] if the other workers have a version of this package that
// follows other rules.
//
// The jar writes what servers and the program set and delete. It does not write what it
// drops by itself, since it has expired, or by its Limits: another worker may have it still.
func OpenShared(ctx context.Context, s backend.Shared, o *Options) (*Jar, error) {
	if o == nil {
		o = new(Options)
	}
	j, err := openShared(ctx, s, o)
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return j, nil
}

// sharedBatchCount is the default of Options.BatchCount for a shared jar: one batch must
// not hold up the other workers.
const sharedBatchCount = 1000

// callTimeout is how long a call of the server made in the background may take.
const callTimeout = 30 * time.Second

func openShared(ctx context.Context, s backend.Shared, o *Options) (_ *Jar, err error) {
	if err := s.Join(ctx, backend.Protocol); err != nil {
		return nil, fmt.Errorf("durable: join the fleet: %w", err)
	}
	w := newWriter(o)
	if o.BatchCount <= 0 {
		w.count = sharedBatchCount
	}
	f := &fleet{
		w: w, server: s, clock: newClock(), demand: o.OnDemand, hot: cmp.Or(o.Hot, defaultHot),
		sites: map[string]*site{}, empty: map[string]uint64{}, repair: map[key]bool{},
		stale: map[string]time.Time{}, again: make(chan struct{}, 1), back: make(chan struct{}, 1), watching: true,
	}
	j := &Jar{w: w, fleet: f, closeBackend: s.Close}
	f.j = j
	w.outdated, w.prepare = f.outdated, f.settleDoubts
	w.change, w.apply, w.bySite, w.most, w.timeout = f.change, f.apply, true, w.count, callTimeout
	w.siteOf = func(domain string) string { return j.Sites().Site(domain) }
	f.ctx, f.cancel = context.WithCancel(w.ctx)
	defer func() {
		if err != nil {
			w.cancel()
		}
	}()
	if err := j.make(o); err != nil {
		return nil, err
	}
	f.clock.jar = j.now
	if _, err := f.clock.measure(ctx, s); err != nil {
		return nil, err
	}
	detach := context.AfterFunc(ctx, f.cancel) // Watch is given the context that ends with Close
	events, err := s.Watch(f.ctx)              // before loading, so that no change is missed
	if err != nil {
		return nil, fmt.Errorf("durable: watch: %w", cmp.Or(ctx.Err(), err))
	}
	if !o.OnDemand {
		if err := f.loadAll(ctx, o); err != nil {
			return nil, fmt.Errorf("durable: load: %w", err)
		}
		w.mu.Lock()
		f.complete = true
		for _, s := range f.sites {
			s.loaded = true
		}
		w.mu.Unlock()
	}
	if !detach() {
		return nil, fmt.Errorf("durable: open: %w", ctx.Err())
	}
	go w.run()
	f.background.Go(func() { f.watch(events) })
	f.background.Go(f.reload)
	f.background.Go(f.maintain)
	return j, nil
}

// begin returns a context for calls of the server, which ends with ctx and with Close. Close
// waits until end is called.
func (f *fleet) begin(ctx context.Context) (_ context.Context, end func(), _ error) {
	f.w.mu.Lock()
	defer f.w.mu.Unlock()
	if f.ctx.Err() != nil {
		return nil, nil, ErrClosed
	}
	f.background.Add(1)
	ctx, cancel := context.WithCancelCause(ctx)
	detach := context.AfterFunc(f.ctx, func() { cancel(ErrClosed) })
	return ctx, func() {
		detach()
		cancel(nil)
		f.background.Done()
	}, nil
}

// site returns the site of that name, and makes it if need be. The caller holds w.mu.
func (f *fleet) site(name string) *site {
	s, ok := f.sites[name]
	if !ok {
		s = &site{name: name, busy: make(chan struct{}, 1), held: map[key]held{}, loaded: f.complete, version: f.empty[name]}
		s.heard = s.version
		delete(f.empty, name)
		f.sites[name] = s
	}
	return s
}

// apply writes batches to the server.
func (f *fleet) apply(ctx context.Context, batches []backend.Batch) []error {
	errs := make([]error, len(batches))
	var superseded []error
	answers := f.server.Apply(ctx, batches)
	f.w.mu.Lock()
	for i, b := range batches {
		if i >= len(answers) {
			errs[i] = errors.New("the backend did not answer")
			continue
		}
		if errs[i] = answers[i].Err; errs[i] == nil {
			superseded = append(superseded, f.applied(b, answers[i])...)
		}
	}
	f.w.mu.Unlock()
	for _, err := range superseded {
		f.w.report(err)
	}
	return errs
}

// ErrSuperseded is the error for a change that came too late: the cookie had been deleted
// since by another worker, or is one of those whose deletions the backend no longer
// remembers one by one. The jar drops the cookie.
var ErrSuperseded = errors.New("durable: the cookie was deleted after it was set here")

// applied notes the answer to a batch. The caller holds w.mu.
func (f *fleet) applied(b backend.Batch, a backend.Answer) (superseded []error) {
	w, s := f.w, f.site(b.Site)
	s.heard = max(s.heard, a.Version)
	sent := map[key]op{}
	for i := range b.Ops {
		k := b.Ops[i].Key()
		o, ok := w.flying[k]
		if !ok {
			continue
		}
		sent[k] = o
		delete(w.flying, k)
		f.count(o, -1)
		if h, ok := s.held[k]; ok {
			h.known = true
			if h.again && h.stamp == o.Stamp {
				h.again, h.stamp = false, backend.Stamp{}
				s.suspect = true
				f.markStale(s)
			}
			s.held[k] = h
		}
		if next, ok := w.ops[k]; ok {
			f.count(next, -1)
			next.known, next.fresh = true, false
			w.ops[k] = next
		}
	}
	lost := map[key]bool{}
	for i := range a.Newer {
		k, stamp := a.Newer[i].Key(), a.Newer[i].Stamp
		lost[k] = true
		f.clock.observe(stamp)
		if _, pending := w.ops[k]; pending {
			continue
		}
		h, ok := s.held[k]
		o, mine := sent[k]
		// If its Stamp was cut, it took effect.
		cut := stamp.Writer == o.Stamp.Writer && stamp.Counter == o.Stamp.Counter && a.Newer[i].Cookie.Value == o.Cookie.Value
		if mine && !cut && ok && h.stamp == o.Stamp && f.clock.ahead(stamp) {
			// The server's clock was set back. It goes on from the newest Stamp it has.
			o.known, o.fresh, o.Stamp = true, false, f.clock.after(stamp)
			h.stamp = o.Stamp
			w.ops[k], s.held[k] = o, h
			continue
		}
		if ok {
			h.stamp = backend.Stamp{} // whatever the server has is newer
			s.held[k] = h
		}
		if a.Newer[i].Delete {
			superseded = append(superseded, fmt.Errorf("%w: %q for %s", ErrSuperseded, k.Name, k.Domain))
		}
		s.suspect = true
		f.markStale(s)
	}
	for k, o := range sent {
		if h, ok := s.held[k]; ok && o.Delete && !lost[k] && h.stamp == o.Stamp && s.version >= a.Version {
			delete(s.held, k) // the Event came before the answer, and nothing older can come
		}
	}
	return superseded
}
