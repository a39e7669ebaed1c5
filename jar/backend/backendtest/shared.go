package backendtest

import (
	"errors"
	"slices"
	"testing"
	"time"

	"uacookie/jar/backend"
)

// A SharedServer is where the tests of a [backend.Shared] keep cookies: one server that is empty
// at first.
type SharedServer struct {
	// Open returns another connection to the server.
	Open func() (backend.Shared, error)

	// Cut ends every Watch with an error, and Restart restarts the server. What was
	// applied stays. Trim makes the server forget the tombstones of a site one by one.
	// Nil means that this cannot be done, and the test of it is skipped.
	Cut, Restart func()
	Trim         func(site string)
}

// RunShared runs the tests of a Shared. create makes a new, empty server.
func RunShared(t *testing.T, create func(t *testing.T) SharedServer) {
	for _, test := range sharedTests {
		t.Run(test.name, func(t *testing.T) { test.run(&fleet{tb: t, SharedServer: create(t)}) })
	}
}

var sharedTests = []struct {
	name string
	run  func(*fleet)
}{
	{"Join", testJoin},
	{"Order", testOrder},
	{"Again", testAgain},
	{"Drop", testDrop},
	{"Touch", testTouch},
	{"Ahead", testAhead},
	{"SetBack", testSetBack},
	{"Old", testOld},
	{"Bounds", testBounds},
	{"Sites", testSites},
	{"Versions", testVersions},
	{"Expired", testExpired},
	{"Cancelled", testSharedCancelled},
	{"Events", testEvents},
	{"Cut", testCut},
	{"Restart", testRestart},
	{"Trim", testTrim},
	{"History", testHistory},
}

// A fleet is a SharedServer in a test.
type fleet struct {
	tb
	SharedServer
	counter uint32
}

func (f *fleet) open() backend.Shared {
	f.Helper()
	b, err := f.Open()
	if err != nil {
		f.Fatalf("open: %v", err)
	}
	return b
}

func (f *fleet) close(b backend.Shared) {
	f.Helper()
	if err := b.Close(); err != nil {
		f.Errorf("Close() = %v", err)
	}
}

// now returns the server's time.
func (f *fleet) now(b backend.Shared) time.Time {
	f.Helper()
	now, err := b.Now(f.Context())
	if err != nil {
		f.Fatalf("Now = %v", err)
	}
	return now
}

// stamp returns a Stamp of the server's time and some, newer than those returned before
// for that time.
func (f *fleet) stamp(b backend.Shared, after time.Duration) backend.Stamp {
	f.Helper()
	f.counter++
	return backend.Stamp{Time: uint64(f.now(b).Add(after).UnixMicro()), Counter: f.counter, Writer: 7}
}

func stamped(o backend.Op, s backend.Stamp) backend.Op {
	o.Stamp = s
	return o
}

func drop(r backend.Record) backend.Op {
	o := del(r)
	o.Delete, o.Drop, o.Stamp = false, true, r.Stamp
	return o
}

// apply applies a batch and overwrites it afterwards, since it is not the backend's.
func (f *fleet) apply(b backend.Shared, site string, ops ...backend.Op) backend.Answer {
	f.Helper()
	answers := b.Apply(f.Context(), []backend.Batch{{Site: site, Ops: ops}})
	clear(ops)
	if len(answers) != 1 || answers[0].Err != nil {
		f.Fatalf("Apply to %s = %v, want one Answer without an error", site, answers)
	}
	return answers[0]
}

// has fails the test unless the site has these records and no others. It returns the
// version of the site.
func (f *fleet) has(b backend.Shared, when, site string, want ...backend.Record) uint64 {
	f.Helper()
	s, err := b.LoadSite(f.Context(), site, 0)
	if err != nil || len(s.Broken) > 0 {
		f.Fatalf("%s, LoadSite(%s) = %v, broken %v", when, site, err, s.Broken)
	}
	p := &place{tb: f.tb}
	p.loads(when, func(yield func(backend.Record, error) bool) {
		for _, r := range s.Records {
			if !yield(r, nil) {
				return
			}
		}
	}, want)
	return s.Version
}

func (f *fleet) newer(when string, got backend.Answer, want ...backend.Op) {
	f.Helper()
	if !sameOps(got.Newer, want) {
		f.Errorf("%s, the Answer has Newer %v, want %v", when, got.Newer, want)
	}
}

func testJoin(f *fleet) {
	b := f.open()
	defer f.close(b)
	for range 2 {
		if err := b.Join(f.Context(), backend.Protocol); err != nil {
			f.Errorf("Join = %v", err)
		}
	}
	other := f.open()
	defer f.close(other)
	if err := other.Join(f.Context(), backend.Protocol+1); !errors.Is(err, backend.ErrProtocol) {
		f.Errorf("Join with another protocol = %v, want ErrProtocol", err)
	}
}

// The newest Stamp wins, in whatever order writes arrive, and the writer of a loser is told.
func testOrder(f *fleet) {
	b := f.open()
	defer f.close(b)
	r := record("example.com", "a", "1")
	first, second, third := f.stamp(b, 0), f.stamp(b, 0), f.stamp(b, 0)
	f.newer("put", f.apply(b, "example.com", stamped(put(r), second)))
	r.Stamp = second
	older := r
	older.Cookie.Value, older.Stamp = "older", first
	f.newer("an older put", f.apply(b, "example.com", put(older)), put(r))
	f.newer("an older Delete", f.apply(b, "example.com", stamped(del(r), first)), put(r))
	f.has(b, "after what is older", "example.com", r)
	tie := r
	tie.Cookie.Value, tie.Stamp.Writer = "tie", r.Stamp.Writer+1
	f.newer("a put by a greater writer", f.apply(b, "example.com", put(tie)))
	f.has(b, "after a tie", "example.com", tie)
	f.newer("a newer Delete", f.apply(b, "example.com", stamped(del(r), third)))
	f.newer("a put older than a deletion", f.apply(b, "example.com", put(tie)), stamped(del(r), third))
	f.has(b, "after a deletion", "example.com")
	fresh := r
	fresh.Stamp = f.stamp(b, 0)
	f.newer("a newer put", f.apply(b, "example.com", put(fresh)))
	f.has(b, "after a newer put", "example.com", fresh)
}

// A batch that comes again changes nothing, not even the version.
func testAgain(f *fleet) {
	b := f.open()
	defer f.close(b)
	gone, stays := record("example.com", "gone", "1"), record("example.com", "stays", "1")
	gone.Stamp, stays.Stamp = f.stamp(b, 0), f.stamp(b, 0)
	f.apply(b, "example.com", put(gone))
	at := f.stamp(b, 0)
	var versions []uint64
	for range 3 {
		a := f.apply(b, "example.com", put(stays), stamped(del(gone), at))
		f.newer("again", a)
		versions = append(versions, a.Version)
	}
	if got := f.has(b, "again", "example.com", stays); slices.Max(versions) != versions[0] || got != versions[0] {
		f.Errorf("a batch that comes again has the versions %v, then %d: want no change", versions, got)
	}
}

// A Drop removes what has its Stamp and nothing else, and an older put does not come back.
func testDrop(f *fleet) {
	b := f.open()
	defer f.close(b)
	old, fresh := record("example.com", "sid", "old"), record("example.com", "sid", "fresh")
	older := old
	older.Stamp, old.Stamp, fresh.Stamp = f.stamp(b, 0), f.stamp(b, 0), f.stamp(b, 0)
	f.apply(b, "example.com", put(old))
	f.apply(b, "example.com", put(fresh))
	f.newer("a Drop of what was replaced", f.apply(b, "example.com", drop(old)))
	f.has(b, "after a Drop of what was replaced", "example.com", fresh)
	f.newer("a Drop", f.apply(b, "example.com", drop(fresh)))
	f.has(b, "after a Drop", "example.com")
	f.newer("an older put", f.apply(b, "example.com", put(older)), stamped(del(old), fresh.Stamp))
	f.has(b, "after an older put", "example.com")
}

// A Touch moves the last access of the record that has its Stamp.
func testTouch(f *fleet) {
	b := f.open()
	defer f.close(b)
	r := record("example.com", "sid", "1")
	r.Stamp = f.stamp(b, 0)
	f.apply(b, "example.com", put(r))
	touch := del(r)
	touch.Delete, touch.Touch, touch.Stamp = false, true, r.Stamp
	touch.Cookie.LastAccess = start.Add(time.Hour)
	f.apply(b, "example.com", touch)
	r.Cookie.LastAccess = start.Add(time.Hour)
	f.has(b, "after a Touch", "example.com", r)
	touch.Cookie.LastAccess = start
	f.apply(b, "example.com", touch)
	touch.Cookie.LastAccess, touch.Stamp.Counter = start.Add(2*time.Hour), touch.Stamp.Counter+1
	f.apply(b, "example.com", touch)
	f.has(b, "after a Touch that is older, and one for another Stamp", "example.com", r)
}

// Sites have nothing to do with each other, whatever the domains of their cookies.
func testSites(f *fleet) {
	b := f.open()
	defer f.close(b)
	all := map[string]backend.Record{}
	var batches []backend.Batch
	for _, site := range []string{"com", "example.com", "www.example.com", "xample.com", "[2001:db8::1]", "example.com."} {
		r := record(site, "sid", site)
		r.Stamp = f.stamp(b, 0)
		all[site] = r
		batches = append(batches, backend.Batch{Site: site, Ops: []backend.Op{put(r)}})
	}
	for i, a := range b.Apply(f.Context(), batches) {
		if a.Err != nil || a.Version == 0 || len(a.Newer) > 0 {
			f.Errorf("Apply to %s is answered %+v", batches[i].Site, a)
		}
	}
	for site, r := range all {
		f.has(b, "with several sites", site, r)
	}
	f.has(b, "with several sites", "other.example")
	n := 0
	for s, err := range b.Load(f.Context()) {
		if err != nil {
			f.Fatalf("Load yields the error %v", err)
		}
		n++
		if r, ok := all[s.Site]; !ok || len(s.Records) != 1 || differ(s.Records[0], r) != "" || s.Version == 0 {
			f.Errorf("Load yields %s with %v in version %d, want %v", s.Site, s.Records, s.Version, r)
		}
	}
	if n != len(all) {
		f.Errorf("Load yields %d sites, want %d", n, len(all))
	}
}

// Each change makes the version larger, and a site is not loaded again without one.
func testVersions(f *fleet) {
	b := f.open()
	defer f.close(b)
	r := record("example.com", "sid", "1")
	last := uint64(0)
	for range 5 {
		r.Stamp = f.stamp(b, 0)
		a := f.apply(b, "example.com", put(r))
		if a.Version <= last {
			f.Errorf("after another change, version %d follows %d", a.Version, last)
		}
		last = a.Version
		if got := f.has(b, "after a change", "example.com", r); got != last {
			f.Errorf("LoadSite has version %d, the Answer %d", got, last)
		}
	}
	if s, err := b.LoadSite(f.Context(), "example.com", last); err != nil || s.Version != last || len(s.Records) > 0 {
		f.Errorf("LoadSite of version %d = %d records of version %d, %v; want none: nothing has changed", last, len(s.Records), s.Version, err)
	}
	for _, sites := range [][]string{{"example.com", "other.example"}, nil} {
		got := map[string]uint64{}
		for v, err := range b.Versions(f.Context(), sites) {
			if err != nil {
				f.Fatalf("Versions yields the error %v", err)
			}
			got[v.Site] = v.Version
		}
		if len(got) != 1 || got["example.com"] != last {
			f.Errorf("Versions(%q) = %v, want %d for example.com alone", sites, got, last)
		}
	}
	for v, err := range b.Versions(f.Context(), []string{}) {
		f.Errorf("Versions of no sites yields %v, %v", v, err)
	}
}
