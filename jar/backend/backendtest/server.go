package backendtest

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"sync"
	"time"

	"uacookie/jar/backend"
	"uacookie/jar/store"
)

// A Server is a small fake of what Redis or Valkey is to a fleet of workers, and of what
// may go wrong on the way there. It is safe for concurrent use. The zero Server is empty.
type Server struct {
	// Clock returns the server's time. Nil means time.Now. Set it before the Server is used.
	Clock func() time.Time

	mu       sync.Mutex
	sites    map[string]*serverSite
	highest  uint64 // version
	protocol int
	watchers map[*watcher]bool
	broken   error
	delay    time.Duration
	holes    int
	applied  int
}

// Open returns a connection to the server.
func (s *Server) Open() *Conn { return &Conn{server: s} }

// Break makes every call but Close fail with err, and cuts those who watch, until Break is
// called with nil.
func (s *Server) Break(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.broken = err
	if err != nil {
		s.cut(err)
	}
}

// ErrCut is the error of Watch after Cut and Restart.
var ErrCut = errors.New("backendtest: the connection was cut")

// Cut ends every Watch.
func (s *Server) Cut() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cut(ErrCut)
}

func (s *Server) cut(err error) {
	for w := range s.watchers {
		w.end(err)
	}
	clear(s.watchers)
}

// Hole leaves out the next n changes from what is watched.
func (s *Server) Hole(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.holes = n
}

// Delay makes each call take that time before it has an effect, and each change arrive
// that much later.
func (s *Server) Delay(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.delay = d
}

// Restart cuts every Watch, and forgets the sites without records as if they had last
// changed before TombstoneLife: their deletions are remembered by the floor of all sites,
// the time that lies TombstoneLife before the server's.
func (s *Server) Restart() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cut(ErrCut)
	horizon := s.now().Add(-backend.TombstoneLife)
	maps.DeleteFunc(s.sites, func(_ string, site *serverSite) bool {
		return len(site.records) == 0 && site.changed.Before(horizon)
	})
}

// Trim forgets the tombstones of all sites, as a server does that has too many.
func (s *Server) Trim() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, site := range s.sites {
		site.trim()
	}
}

// Corrupt makes the record of that Key, if there is one, unreadable.
func (s *Server) Corrupt(k store.Key) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, site := range s.sites {
		if _, ok := site.records[k]; ok {
			if site.corrupt == nil {
				site.corrupt = map[store.Key]bool{}
			}
			site.corrupt[k] = true
		}
	}
}

// Applied returns how many batches were applied.
func (s *Server) Applied() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.applied
}

func (s *Server) now() time.Time {
	if s.Clock != nil {
		return s.Clock()
	}
	return time.Now()
}

// A Conn is a connection to a [Server].
type Conn struct {
	server *Server
	mu     sync.Mutex
	closed bool
}

var _ backend.Shared = (*Conn)(nil)

// lock waits for as long as a call takes, and locks the server, unless the call fails.
func (c *Conn) lock(ctx context.Context) error {
	c.mu.Lock()
	closed := c.closed
	c.mu.Unlock()
	if closed {
		return errClosed
	}
	c.server.mu.Lock()
	if d := c.server.delay; d > 0 {
		c.server.mu.Unlock()
		sleep(ctx, d)
		c.server.mu.Lock()
	}
	if err := errors.Join(ctx.Err(), c.server.broken); err != nil {
		c.server.mu.Unlock()
		return err
	}
	return nil
}

func sleep(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// Join implements [backend.Shared].
func (c *Conn) Join(ctx context.Context, protocol int) error {
	if err := c.lock(ctx); err != nil {
		return err
	}
	defer c.server.mu.Unlock()
	if c.server.protocol == 0 {
		c.server.protocol = protocol
	}
	if c.server.protocol != protocol {
		return fmt.Errorf("backendtest: protocol %d, the fleet has %d: %w", protocol, c.server.protocol, backend.ErrProtocol)
	}
	return nil
}

// Now implements [backend.Shared].
func (c *Conn) Now(ctx context.Context) (time.Time, error) {
	if err := c.lock(ctx); err != nil {
		return time.Time{}, err
	}
	defer c.server.mu.Unlock()
	return c.server.now(), nil
}

// Apply implements [backend.Shared].
func (c *Conn) Apply(ctx context.Context, batches []backend.Batch) []backend.Answer {
	answers := make([]backend.Answer, len(batches))
	if err := c.lock(ctx); err != nil {
		for i := range answers {
			answers[i].Err = err
		}
		return answers
	}
	defer c.server.mu.Unlock()
	for i, b := range batches {
		answers[i] = c.server.apply(b)
	}
	return answers
}

func (s *Server) apply(b backend.Batch) backend.Answer {
	now := s.now()
	if s.sites == nil {
		s.sites = map[string]*serverSite{}
	}
	site, ok := s.sites[b.Site]
	if !ok {
		site = newServerSite()
	}
	site.expire(now)
	before := site.version
	effect, newer := site.apply(b.Ops, now)
	s.applied++
	if len(effect) > 0 {
		s.sites[b.Site] = site
		site.changed = now
		if site.version++; before == 0 {
			site.version = max(micros(now), s.highest+1)
		}
		s.highest = max(s.highest, site.version)
		if s.holes > 0 {
			s.holes--
		} else {
			for w := range s.watchers {
				w.add(timedEvent{backend.Event{Site: b.Site, Before: before, Version: site.version, Ops: slices.Clone(effect)}, time.Now().Add(s.delay)})
			}
		}
	}
	return backend.Answer{Version: site.version, Newer: newer}
}

// Load implements [backend.Shared].
func (c *Conn) Load(ctx context.Context) iter.Seq2[backend.Snapshot, error] {
	return func(yield func(backend.Snapshot, error) bool) {
		if err := c.lock(ctx); err != nil {
			yield(backend.Snapshot{}, err)
			return
		}
		var all []backend.Snapshot
		for name, site := range c.server.sites {
			if site.expire(c.server.now()); len(site.records) > 0 {
				all = append(all, site.snapshot(name))
			}
		}
		c.server.mu.Unlock()
		for _, s := range all {
			if err := ctx.Err(); err != nil {
				yield(backend.Snapshot{}, err)
				return
			}
			if !yield(s, nil) {
				return
			}
		}
	}
}

// LoadSite implements [backend.Shared].
func (c *Conn) LoadSite(ctx context.Context, name string, version uint64) (backend.Snapshot, error) {
	if err := c.lock(ctx); err != nil {
		return backend.Snapshot{}, err
	}
	defer c.server.mu.Unlock()
	site, ok := c.server.sites[name]
	switch {
	case !ok:
		return backend.Snapshot{Site: name}, nil
	case site.version == version:
		return backend.Snapshot{Site: name, Version: version}, nil
	}
	site.expire(c.server.now())
	return site.snapshot(name), nil
}

// Versions implements [backend.Shared].
func (c *Conn) Versions(ctx context.Context, sites []string) iter.Seq2[backend.Version, error] {
	return func(yield func(backend.Version, error) bool) {
		if err := c.lock(ctx); err != nil {
			yield(backend.Version{}, err)
			return
		}
		var all []backend.Version
		if sites == nil {
			for name, site := range c.server.sites {
				all = append(all, backend.Version{Site: name, Version: site.version})
			}
		}
		for _, name := range sites {
			if site, ok := c.server.sites[name]; ok {
				all = append(all, backend.Version{Site: name, Version: site.version})
			}
		}
		c.server.mu.Unlock()
		for _, v := range all {
			if !yield(v, nil) {
				return
			}
		}
	}
}

// Watch implements [backend.Shared].
func (c *Conn) Watch(ctx context.Context) (iter.Seq2[backend.Event, error], error) {
	if err := c.lock(ctx); err != nil {
		return nil, err
	}
	defer c.server.mu.Unlock()
	w := &watcher{more: make(chan struct{}, 1)}
	if c.server.watchers == nil {
		c.server.watchers = map[*watcher]bool{}
	}
	c.server.watchers[w] = true
	leave := func() {
		c.server.mu.Lock()
		defer c.server.mu.Unlock()
		delete(c.server.watchers, w)
	}
	context.AfterFunc(ctx, leave) // the iterator may never be used
	return func(yield func(backend.Event, error) bool) {
		defer leave()
		for {
			events, err := w.take()
			for _, e := range events {
				if d := time.Until(e.due); d > 0 {
					sleep(ctx, d)
				}
				if ctx.Err() == nil && !yield(e.Event, nil) {
					return
				}
			}
			if err = errors.Join(err, ctx.Err()); err != nil {
				yield(backend.Event{}, err)
				return
			}
			select {
			case <-w.more:
			case <-ctx.Done():
			}
		}
	}, nil
}

// Close implements [backend.Shared].
func (c *Conn) Close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return errClosed
	}
	c.closed = true
	return nil
}
