package backendtest

import (
	"fmt"
	"math"
	"time"

	"uacookie/jar/backend"
)

// A Stamp from the future is cut, and the worker is told.
func testAhead(f *fleet) {
	b := f.open()
	defer f.close(b)
	r := record("example.com", "sid", "1")
	r.Stamp = f.stamp(b, 24*time.Hour)
	a := f.apply(b, "example.com", put(r))
	most := uint64(f.now(b).Add(backend.MaxAhead).UnixMicro())
	if len(a.Newer) != 1 || a.Newer[0].Stamp.Time > most || a.Newer[0].Cookie.Value != "1" {
		f.Fatalf("a put from tomorrow is answered %v, want the cookie with a Stamp of now", a.Newer)
	}
	cut := r
	cut.Stamp = a.Newer[0].Stamp
	f.has(b, "after a put from tomorrow", "example.com", cut)
	if cut.Stamp.Counter != r.Stamp.Counter || cut.Stamp.Writer != r.Stamp.Writer {
		f.Errorf("the Stamp %v was cut to %v, want the same counter and writer", r.Stamp, cut.Stamp)
	}
}

// A Stamp that is cut is newer than all that the site has: so a worker, or a server, whose
// clock was set back by a second does not lose its writes for that long.
func testSetBack(f *fleet) {
	b := f.open()
	defer f.close(b)
	old, fresh := record("example.com", "sid", "old"), record("example.com", "sid", "fresh")
	old.Stamp, fresh.Stamp = f.stamp(b, backend.MaxAhead/2), f.stamp(b, 24*time.Hour)
	old.Stamp.Counter = math.MaxUint32
	f.apply(b, "example.com", put(old))
	a := f.apply(b, "example.com", put(fresh))
	if len(a.Newer) != 1 || a.Newer[0].Cookie.Value != "fresh" || a.Newer[0].Stamp.Compare(old.Stamp) <= 0 {
		f.Fatalf("a later put, which is cut, is answered %v, want the cookie with a Stamp newer than the one before, %v", a.Newer, old.Stamp)
	}
	fresh.Stamp = a.Newer[0].Stamp
	f.has(b, "after a later put, which is cut", "example.com", fresh)
}

// What was written before TombstoneLife loses where the cookie is not there.
func testOld(f *fleet) {
	b := f.open()
	defer f.close(b)
	r := record("example.com", "sid", "1")
	r.Stamp = f.stamp(b, -backend.TombstoneLife-time.Minute)
	if a := f.apply(b, "example.com", put(r)); len(a.Newer) != 1 || !a.Newer[0].Delete || a.Newer[0].Stamp.Compare(r.Stamp) < 0 {
		f.Errorf("a put from before TombstoneLife is answered %v, want a newer Delete", a.Newer)
	}
	f.has(b, "after a put from before TombstoneLife", "example.com")
	r.Stamp = f.stamp(b, -backend.TombstoneLife+time.Minute)
	f.newer("a put from within TombstoneLife", f.apply(b, "example.com", put(r)))
	f.has(b, "after a put from within TombstoneLife", "example.com", r)
}

// However many deletions a site has, none is undone, and its records have a bound.
func testBounds(f *fleet) {
	b := f.open()
	defer f.close(b)
	late := f.stamp(b, -time.Hour)
	const n = backend.MaxTombstones + 100
	var ops []backend.Op
	for i := range n {
		ops = append(ops, stamped(del(record("example.com", fmt.Sprint("n", i), "")), f.stamp(b, -time.Minute)))
	}
	f.apply(b, "example.com", ops...)
	for _, i := range []int{0, 50, n - 1} {
		r := record("example.com", fmt.Sprint("n", i), "late")
		r.Stamp = late
		if a := f.apply(b, "example.com", put(r)); len(a.Newer) != 1 || !a.Newer[0].Delete {
			f.Errorf("a put older than deletion %d of %d is answered %v, want a Delete", i, n, a.Newer)
		}
	}
	f.has(b, "after deletions and older puts", "example.com")
	ops = nil
	w := f.watch(b)
	for i := range backend.MaxRecords + 1 {
		r := record("many.example", fmt.Sprint("n", i), "1")
		r.Stamp = f.stamp(b, 0)
		if ops = append(ops, put(r)); len(ops) == 1000 || i == backend.MaxRecords {
			f.apply(b, "many.example", ops...)
			ops = nil
		}
	}
	s, err := b.LoadSite(f.Context(), "many.example", 0)
	if n := len(s.Records); err != nil || n > backend.MaxRecords || n < backend.MaxRecords*7/8 {
		f.Errorf("a site with %d records has %d of them, %v; want at most %d, and at least seven eighths of that", backend.MaxRecords+1, n, err, backend.MaxRecords)
	}
	w.until("many.example", s.Version)
	heard := map[string]bool{}
	for _, e := range w.stop() {
		for _, o := range e.Ops {
			heard[o.Cookie.Name] = !o.Drop
		}
	}
	// The records that it gave up are those with the oldest Stamps.
	kept := map[string]bool{}
	for _, r := range s.Records {
		kept[r.Cookie.Name] = true
	}
	for i := range backend.MaxRecords + 1 {
		if gone := backend.MaxRecords + 1 - len(s.Records); kept[fmt.Sprint("n", i)] != (i >= gone) {
			f.Errorf("past its bound, a site has given up %d records, and record %d in the order of the Stamps is there: %t", gone, i, i < gone)
			break
		}
		if name := fmt.Sprint("n", i); heard[name] != kept[name] {
			f.Errorf("past its bound, a site has record %d: %t; by its Events: %t, want a Drop for each that it gave up", i, kept[name], heard[name])
			break
		}
	}
}

// Whether a server keeps what has expired is its own business; its Stamp stays.
func testExpired(f *fleet) {
	b := f.open()
	defer f.close(b)
	older, r := record("example.com", "sid", "older"), record("example.com", "sid", "1")
	older.Stamp, r.Stamp = f.stamp(b, 0), f.stamp(b, 0)
	r.Cookie.Expires = f.now(b).Add(-time.Hour)
	f.apply(b, "example.com", put(r))
	f.apply(b, "example.com", put(older))
	s, err := b.LoadSite(f.Context(), "example.com", 0)
	if err != nil || len(s.Records) > 1 || len(s.Records) == 1 && s.Records[0].Stamp != r.Stamp {
		f.Errorf("after a put that has expired and an older one there is %v, %v; want the first, or nothing", s.Records, err)
	}
}
