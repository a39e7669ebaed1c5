// Package backendtest has the tests that every [backend.Backend] and every
// [backend.Shared] must pass, and a fake of each: [Memory] and [Server].
package backendtest

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math"
	"strings"
	"testing"
	"time"

	"uacookie/jar/backend"
	"uacookie/jar/store"
)

// Run runs the tests of a Backend. create makes a new, empty place to keep cookies in and
// returns a function that opens it, which is called again after each Close.
func Run(t *testing.T, create func(t *testing.T) (open func() (backend.Backend, error))) {
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) { test.run(&place{tb: t, connect: create(t)}) })
	}
}

var tests = []struct {
	name string
	run  func(*place)
}{
	{"Empty", testEmpty},
	{"Fields", testFields},
	{"Identity", testIdentity},
	{"Batch", testBatch},
	{"Twice", testTwice},
	{"Cancelled", testCancelled},
	{"Many", testMany},
}

// A place is where a test keeps cookies.
type place struct {
	tb
	connect func() (backend.Backend, error)
}

// tb is what of a testing.T the tests use.
type tb interface {
	Helper()
	Context() context.Context
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
	Skip(args ...any)
}

func (p *place) open() backend.Backend {
	p.Helper()
	b, err := p.connect()
	if err != nil {
		p.Fatalf("open: %v", err)
	}
	return b
}

func (p *place) close(b backend.Backend) {
	p.Helper()
	if err := b.Close(); err != nil {
		p.Errorf("Close() = %v", err)
	}
}

// apply applies a batch and overwrites it afterwards, since it is not the Backend's.
func (p *place) apply(b backend.Backend, batch ...backend.Op) {
	p.Helper()
	if err := b.Apply(p.Context(), batch); err != nil {
		p.Fatalf("Apply of %d Ops = %v", len(batch), err)
	}
	clear(batch)
}

// want has b hold these records and no others, before and after it is opened again. It
// closes b.
func (p *place) want(b backend.Backend, want ...backend.Record) {
	p.Helper()
	p.loads("before Close", b.Load(p.Context()), want)
	p.close(b)
	b = p.open()
	defer p.close(b)
	p.loads("opened again", b.Load(p.Context()), want)
	if c, ok := b.(backend.Counter); ok {
		if n, err := c.Count(p.Context()); err != nil || n != len(want) {
			p.Errorf("Count() = %d, %v; want %d", n, err, len(want))
		}
	}
}

// loads has a Load or LoadSite yield these records and no others.
func (p *place) loads(when string, records iter.Seq2[backend.Record, error], want []backend.Record) {
	p.Helper()
	got := map[store.Key]backend.Record{}
	for r, err := range records {
		if err != nil {
			p.Fatalf("%s, loading = %v", when, err)
		}
		if _, twice := got[r.Cookie.Key()]; twice {
			p.Errorf("%s, %v is loaded twice", when, r)
		}
		got[r.Cookie.Key()] = r
	}
	for _, w := range want {
		g, ok := got[w.Cookie.Key()]
		if !ok {
			p.Errorf("%s, %v is not there", when, w)
		} else if what := differ(w, g); what != "" {
			p.Errorf("%s, %v has another %s", when, w, what)
		}
		delete(got, w.Cookie.Key())
	}
	for _, g := range got {
		p.Errorf("%s, %v is there, and should not be", when, g)
	}
}

// differ returns in what a and b, of one Key, differ; "" if they do not.
func differ(a, b backend.Record) string {
	c, d := a.Cookie, b.Cookie
	for _, part := range []struct {
		name string
		same bool
	}{
		{"value", c.Value == d.Value},
		{"expiry", c.Expires.Equal(d.Expires) && c.Persistent() == d.Persistent()},
		{"Secure", c.Secure == d.Secure},
		{"HttpOnly", c.HttpOnly == d.HttpOnly},
		{"SameSite", c.SameSite == d.SameSite},
		{"priority", c.Priority == d.Priority},
		{"creation time", c.Created.Equal(d.Created)},
		{"last access", c.LastAccess.Equal(d.LastAccess)},
		{"order", c.Order == d.Order},
		{"list", a.List == b.List},
		{"stamp", a.Stamp == b.Stamp},
	} {
		if !part.same {
			return part.name
		}
	}
	return ""
}

// start is when the cookies of the tests were made. No Backend looks at a clock.
var start = time.Date(2026, 1, 2, 3, 4, 5, 6007008, time.UTC)

// record returns a record of a cookie.
func record(domain, name, value string) backend.Record {
	return backend.Record{
		Cookie: store.Cookie{
			Name: name, Value: value, Domain: domain, Path: "/",
			Created: start, LastAccess: start, Order: 1,
		},
		List: "a list",
	}
}

func put(r backend.Record) backend.Op { return backend.Op{Record: r} }

func del(r backend.Record) backend.Op {
	k := r.Cookie.Key()
	return backend.Op{Delete: true, Record: backend.Record{Cookie: store.Cookie{
		Partition: k.Partition, Name: k.Name, Domain: k.Domain, HostOnly: k.HostOnly, Path: k.Path,
	}}}
}

func testEmpty(p *place) {
	b := p.open()
	p.apply(b)
	p.apply(b, del(record("example.com", "never", "there")))
	p.want(b)
}

// All fields come back as they were, whatever they hold.
func testFields(p *place) {
	var all []backend.Record
	add := func(edit func(r *backend.Record)) {
		r := record("example.com", fmt.Sprint("cookie", len(all)), "value")
		edit(&r)
		all = append(all, r)
	}
	add(func(r *backend.Record) {})
	add(func(r *backend.Record) { r.Cookie.Name, r.Cookie.Value = "", "no name" })
	add(func(r *backend.Record) { r.Cookie.Value = "" })
	add(func(r *backend.Record) { r.Cookie.Value = "\x80\xff\"',; \t{}" })
	add(func(r *backend.Record) { r.Cookie.Value = strings.Repeat("v", 4096) })
	add(func(r *backend.Record) { r.Cookie.Path = "/" + strings.Repeat("p", 100_000) })
	add(func(r *backend.Record) { r.Cookie.Domain, r.Cookie.HostOnly = "[2001:db8::1]", true })
	add(func(r *backend.Record) { r.Cookie.Domain = "example.com." })
	add(func(r *backend.Record) { r.Cookie.Expires = start.Add(time.Hour) })
	add(func(r *backend.Record) { r.Cookie.Expires = time.Unix(1<<38, 1) })
	add(func(r *backend.Record) { r.Cookie.Expires = time.Time{}.Add(1) })
	add(func(r *backend.Record) { r.Cookie.Created = start.Add(-time.Hour) })
	add(func(r *backend.Record) { r.Cookie.LastAccess = start.Add(time.Microsecond) })
	add(func(r *backend.Record) { r.Cookie.Created, r.Cookie.LastAccess = time.Time{}, time.Time{} })
	add(func(r *backend.Record) { r.Cookie.Order = math.MaxUint64 })
	add(func(r *backend.Record) { r.Cookie.Order = 0 })
	add(func(r *backend.Record) { r.Cookie.Secure = true })
	add(func(r *backend.Record) { r.Cookie.HttpOnly = true })
	add(func(r *backend.Record) { r.Cookie.SameSite = store.SameSiteNone })
	add(func(r *backend.Record) { r.Cookie.SameSite = store.SameSiteLax })
	add(func(r *backend.Record) { r.Cookie.SameSite = store.SameSiteStrict })
	add(func(r *backend.Record) { r.Cookie.Priority = store.PriorityLow })
	add(func(r *backend.Record) { r.Cookie.Priority = store.PriorityHigh })
	add(func(r *backend.Record) { r.Cookie.Partition.TopLevelSite = "https://example.org" })
	add(func(r *backend.Record) { r.List = "" })
	add(func(r *backend.Record) { r.List = "another list" })
	add(func(r *backend.Record) {
		r.Stamp = backend.Stamp{Time: math.MaxUint64, Counter: math.MaxUint32, Writer: math.MaxUint64}
	})
	add(func(r *backend.Record) { r.Stamp.Writer = 1 })
	b := p.open()
	var batch []backend.Op
	for _, r := range all {
		batch = append(batch, put(r))
	}
	p.apply(b, batch...)
	p.want(b, all...)
}

// Cookies that differ in one part of their identity are two.
func testIdentity(p *place) {
	base := record("example.com", "name", "value")
	all := []backend.Record{base}
	for _, edit := range []func(c *store.Cookie){
		func(c *store.Cookie) { c.HostOnly = true },
		func(c *store.Cookie) { c.Name = "NAME" },
		func(c *store.Cookie) { c.Name = "" },
		func(c *store.Cookie) { c.Domain = "www.example.com" },
		func(c *store.Cookie) { c.Domain = "example.com." },
		func(c *store.Cookie) { c.Path = "/a" },
		func(c *store.Cookie) { c.Path = "/a/" },
		func(c *store.Cookie) { c.Name, c.Path = "e", "/nam" }, // the parts of one, cut elsewhere
		func(c *store.Cookie) { c.Name, c.Path = "", "/name" },
		func(c *store.Cookie) { c.Partition.TopLevelSite = "https://example.com" },
		func(c *store.Cookie) {
			c.Partition = store.Partition{TopLevelSite: "https://example.com", CrossSiteAncestor: true}
		},
	} {
		r := base
		edit(&r.Cookie)
		r.Cookie.Value = fmt.Sprint("value ", len(all))
		all = append(all, r)
	}
	b := p.open()
	for _, r := range all {
		p.apply(b, put(r))
	}
	p.loads("after putting one by one", b.Load(p.Context()), all)
	p.apply(b, del(all[0]))
	p.want(b, all[1:]...)
}

// A batch puts, replaces and deletes.
func testBatch(p *place) {
	stays, changes, goes := record("example.com", "stays", "1"), record("example.com", "changes", "1"), record("example.org", "goes", "1")
	b := p.open()
	p.apply(b, put(stays), put(changes), put(goes))
	changed, comes := changes, record("example.net", "comes", "2")
	changed.Cookie.Value, changed.Cookie.HttpOnly, changed.List = "2", true, "another list"
	p.apply(b, put(changed), del(goes), put(comes))
	p.want(b, stays, changed, comes)
}

// A batch may come again.
func testTwice(p *place) {
	a, gone := record("example.com", "a", "1"), record("example.com", "gone", "1")
	b := p.open()
	p.apply(b, put(gone))
	for range 2 {
		p.apply(b, put(a), del(gone))
	}
	p.want(b, a)
}

// With a context that is done, a batch is applied as a whole or not at all, and the
// error says which; loading ends.
func testCancelled(p *place) {
	done, cancel := context.WithCancel(p.Context())
	cancel()
	first, second := record("example.com", "a", "1"), record("example.org", "b", "1")
	b := p.open()
	var want []backend.Record
	if err := b.Apply(done, []backend.Op{put(first), put(second)}); err == nil {
		want = []backend.Record{first, second}
	} else if !errors.Is(err, context.Canceled) {
		p.Errorf("Apply with a context that is done = %v, want nil or context.Canceled", err)
	}
	p.loads("after a cancelled Apply", b.Load(p.Context()), want)
	p.apply(b, put(first), put(second))
	for _, err := range b.Load(done) {
		if err != nil && !errors.Is(err, context.Canceled) {
			p.Errorf("Load with a context that is done = %v, want context.Canceled", err)
		}
	}
	for range b.Load(p.Context()) {
		break // and all is given back
	}
	p.want(b, first, second)
}

// Thousands of cookies go in at once and come out.
func testMany(p *place) {
	var all []backend.Record
	var batch []backend.Op
	for i := range 5000 {
		r := record(fmt.Sprintf("host%d.example", i%700), fmt.Sprint("name", i), strings.Repeat("v", i%300))
		r.Cookie.Order = uint64(i)
		all, batch = append(all, r), append(batch, put(r))
	}
	b := p.open()
	p.apply(b, batch...)
	var half []backend.Op
	for _, r := range all[:2500] {
		half = append(half, del(r))
	}
	p.apply(b, half...)
	p.want(b, all[2500:]...)
}
