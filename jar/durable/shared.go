package durable

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/url"
	"sync"

	"uacookie/jar/backend"
	"uacookie/jar/match"
)

// sites are those that are loaded.
type sites struct {
	loader backend.SiteLoader // nil if Open has loaded everything

	// mu is held while anything comes from the backend, so that a site is not
	// loaded in an older state than what was heard of it.
	mu sync.Mutex

	loaded sync.Map // site to whether it is loaded whole
}

// loadSite loads the site of u unless it is loaded.
func (j *Jar) loadSite(ctx context.Context, u *url.URL) error {
	host, ok := match.Host(u.Host)
	if !ok {
		return errors.New("no such host can be")
	}
	site := j.Sites().Site(host)
	s := &j.sites
	if whole, _ := s.loaded.Load(site); whole == true {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if whole, _ := s.loaded.Load(site); whole == true {
		return nil
	}
	failed := j.w.report
	if j.w.failed == nil {
		failed = nil
	}
	s.loaded.Store(site, false)
	for r, err := range s.loader.LoadSite(ctx, site) {
		if err := j.restore(r, err, failed); err != nil {
			return err
		}
	}
	if err := j.settle(ctx); err != nil {
		return err
	}
	s.loaded.Store(site, true)
	return nil
}

// settle waits for what came from the backend to be delivered.
func (j *Jar) settle(ctx context.Context) error {
	err := j.persistent.Settle(ctx)
	if err == nil {
		j.w.forget()
	}
	return err
}

// follow does to the jar what other jars have done to theirs.
func (j *Jar) follow(changes iter.Seq2[[]backend.Op, error]) {
	for batch, err := range changes {
		if err == nil {
			err = j.apply(batch)
		}
		if err != nil {
			if j.hear.Err() == nil {
				j.w.fallSilent(err)
			}
			return
		}
	}
}

// apply does one batch.
func (j *Jar) apply(batch []backend.Op) error {
	j.sites.mu.Lock()
	defer j.sites.mu.Unlock()
	for i := range batch {
		o := &batch[i]
		if !j.w.expect(o) {
			continue
		}
		switch {
		case o.Delete:
			j.Remove(o.Cookie.Key())
		case j.holds(o.Cookie.Domain):
			j.persistent.Restore(o.Cookie, o.List)
		}
	}
	return j.settle(j.hear)
}

// holds reports whether cookies of that domain are kept in memory: others are loaded
// with their site.
func (j *Jar) holds(domain string) bool {
	if j.sites.loader == nil {
		return true
	}
	_, ok := j.sites.loaded.Load(j.Sites().Site(domain))
	return ok
}

// fallSilent notes that nothing more is heard of what other jars do.
func (w *writer) fallSilent(err error) {
	err = fmt.Errorf("durable: watch: %w: what other jars do from now on is not heard", err)
	w.report(err)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.deaf, w.unseen = err, nil
}
