package durable

import (
	"context"
	"fmt"
	"net/url"
	"time"

	"uacookie/jar"
	"uacookie/jar/backend"
)

// accessStep is by how much a last access moves at least.
const accessStep = time.Minute

// noteAccess writes the cookies that were read since Open: reading moves their last access
// and is no change.
func (j *Jar) noteAccess(ctx context.Context) error {
	if err := j.persistent.Settle(ctx); err != nil {
		return fmt.Errorf("durable: close: %w", err)
	}
	w := j.w
	if j.fleet != nil {
		j.fleet.noteAll()
		return nil
	}
	w.mu.Lock()
	j.solo.touched = map[key]bool{}
	w.mu.Unlock()
	for c := range j.All() {
		if !c.LastAccess.After(j.opened) || c.LastAccess.Sub(c.Created) < accessStep {
			continue
		}
		k, list := c.Key(), j.persistent.SuffixList()
		w.mu.Lock()
		// A change that is not in c has been noted since, or will be and prevails.
		if _, changed := w.ops[k]; !changed && !j.solo.touched[k] {
			w.ops[k] = op{Op: backend.Op{Record: backend.Record{Cookie: c, List: list}}, known: true}
			w.schedule()
		}
		w.mu.Unlock()
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("durable: close: %w", err)
		}
	}
	return nil
}

// A shared jar writes last accesses that have moved by accessEvery, when it lets go of a
// site, and once in that time.
const accessEvery = time.Hour

// noteAll writes the last accesses of all cookies.
func (f *fleet) noteAll() {
	for c := range f.j.All() {
		f.noteCookie(c)
	}
}

// noteSite writes the last accesses of a site's cookies.
func (f *fleet) noteSite(s *site) {
	type place struct {
		host      string
		partition jar.Partition
	}
	places := map[place]bool{}
	f.w.mu.Lock()
	for k := range s.held {
		places[place{k.Domain, k.Partition}] = true
	}
	f.w.mu.Unlock()
	for p := range places {
		r := &jar.Request{URL: &url.URL{Scheme: "https", Host: p.host, Path: "/"}, Context: &jar.Context{Partition: &p.partition}}
		for _, v := range f.j.Jar.Explain(r) {
			f.noteCookie(v.Cookie)
		}
	}
}

func (f *fleet) noteCookie(c jar.Cookie) {
	k, w := c.Key(), f.w
	w.mu.Lock()
	defer w.mu.Unlock()
	s, ok := f.sites[w.siteOf(k.Domain)]
	if !ok {
		return
	}
	h, ok := s.held[k]
	if !ok || h.absent || f.unwritten(k) || c.LastAccess.Sub(h.access) < accessEvery || h.stamp == (backend.Stamp{}) {
		return
	}
	if _, pending := w.ops[k]; pending {
		return // a Drop
	}
	h.access = c.LastAccess
	s.held[k] = h
	o := op{Op: deletion(k), site: s.name, known: true}
	o.Delete, o.Touch, o.Stamp, o.Cookie.LastAccess = false, true, h.stamp, c.LastAccess
	o.Record = f.clock.toServer(o.Record)
	w.ops[k] = o
	w.schedule()
}
