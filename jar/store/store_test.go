package store

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"uacookie/jar/internal/clock"
	"uacookie/jar/internal/seam"
	"uacookie/jar/match"
	"uacookie/jar/store/internal/engine"
)

var epoch = time.Date(2026, 1, 15, 12, 0, 0, 0, time.UTC)

// newCookie returns a host-only cookie, created at now.
func newCookie(name, domain, path string, now time.Time) Cookie {
	return Cookie{Name: name, Value: "v", Domain: domain, HostOnly: true, Path: path, Created: now, LastAccess: now}
}

// mustPut puts c. It ends the test unless the outcome is Stored.
func mustPut(tb testing.TB, s *Store, c Cookie, g Conditions, now time.Time) Cookie {
	tb.Helper()
	g.Sites = s.Sites()
	if got := s.Put(&c, &g, now); got != seam.Stored {
		tb.Fatalf("Put(%v) = %d, want Stored", c, got)
	}
	return c
}

// checkIndex fails unless the memory engine below s keeps all its invariants.
func checkIndex(tb testing.TB, s *Store) {
	tb.Helper()
	if err := s.index.Check(); err != nil {
		tb.Error("the index is damaged:", err)
	}
}

func none(Cookie) bool { return false }

// names returns the names of what a query finds.
func names(s *Store, q *Query) []string {
	var all []string
	for _, m := range s.Select(nil, q) {
		name, _ := m.Pair()
		all = append(all, name)
	}
	return all
}

func TestSelectOrder(t *testing.T) {
	var s Store
	for i, path := range []string{"/", "/a/b", "/a", "/", "/a/b"} {
		mustPut(t, &s, newCookie(fmt.Sprint(i), "example.com", path, epoch.Add(time.Duration(i)*time.Second)), Conditions{}, epoch)
	}
	// An overwrite keeps the creation time: Section 5.7, step 23.3.
	mustPut(t, &s, newCookie("0", "example.com", "/", epoch.Add(time.Hour)), Conditions{}, epoch)
	got := names(&s, &Query{Host: "example.com", Path: "/a/b/c", Now: clock.At(epoch)})
	if want := []string{"1", "4", "2", "0", "3"}; !slices.Equal(got, want) {
		t.Errorf("Select = %q, want %q: longer paths first, then older cookies", got, want)
	}
}

// A host is sent the cookies of its own site only. s3.amazonaws.com is a public suffix below
// amazonaws.com. By the draft, a host below it would be sent the cookies of both: deviation
// "registrable-domain".
func TestSelectAboveTheSite(t *testing.T) {
	var s Store
	own := newCookie("own", "me.s3.amazonaws.com", "/", epoch.Add(time.Second))
	above := newCookie("above", "amazonaws.com", "/", epoch)
	above.HostOnly = false
	mustPut(t, &s, own, Conditions{}, epoch)
	mustPut(t, &s, above, Conditions{}, epoch)
	for _, test := range []struct{ host, want, why string }{
		{"me.s3.amazonaws.com", "own", "the cookie above is of another site"},
		{"you.s3.amazonaws.com", "", "the host has no cookie, and another site than the domain above"},
		{"s3.amazonaws.com", "", "a public suffix is a site of its own"},
		{"amazonaws.com", "above", "it is the domain of the cookie"},
		{"www.amazonaws.com", "above", "the host is of the cookie's site"},
	} {
		t.Run(test.host, func(t *testing.T) {
			q := &Query{Host: test.host, Path: "/", Now: clock.At(epoch)}
			if got := strings.Join(names(&s, q), " "); got != test.want {
				t.Errorf("Select = %q, want %q: %s", got, test.want, test.why)
			}
			if got := string(s.Send(nil, q)); got != "" != (test.want != "") || !strings.HasPrefix(got, test.want) {
				t.Errorf("Send = %q, want %q: %s", got, test.want, test.why)
			}
		})
	}
}

// Two cookies that differ in one part of their identity, by a text of the same length, are
// different cookies.
func TestIdentity(t *testing.T) {
	var s Store
	all := []Cookie{
		newCookie("name", "a.example.com", "/a", epoch),
		newCookie("nama", "a.example.com", "/a", epoch),
		newCookie("name", "b.example.com", "/a", epoch),
		newCookie("name", "a.example.com", "/b", epoch),
		newCookie("name", "a.example.com", "/a", epoch),
	}
	all[4].HostOnly = !all[4].HostOnly
	for range 2 {
		for _, c := range all {
			mustPut(t, &s, c, Conditions{}, epoch)
		}
	}
	if s.Len() != len(all) {
		t.Errorf("Len() = %d, want %d", s.Len(), len(all))
	}
}

// Put sets the times of an expired cookie as for a stored one, whether or not it removed a
// cookie.
func TestRemovedTimes(t *testing.T) {
	var s Store
	odd := epoch.Add(123456789).In(time.FixedZone("", 3600))
	for range 2 {
		c := newCookie("a", "example.com", "/", odd)
		c.Expires = epoch
		if got := s.Put(&c, &Conditions{Sites: s.Sites()}, odd); got != seam.Removed {
			t.Fatalf("Put = %d, want Removed", got)
		}
		if want := odd.Truncate(time.Microsecond).UTC(); c.Created != want || c.LastAccess != want {
			t.Errorf("Created is %v, LastAccess %v, want %v", c.Created, c.LastAccess, want)
		}
		mustPut(t, &s, newCookie("b", "example.com", "/", epoch), Conditions{}, epoch)
	}
}

func TestPartitions(t *testing.T) {
	var s Store
	p := Partition{TopLevelSite: "https://a.test"}
	q := Partition{TopLevelSite: "https://a.test", CrossSiteAncestor: true}
	if s.Partitioned() {
		t.Error("Partitioned() = true for an empty store")
	}
	for name, in := range map[string]Partition{"none": {}, "p": p, "q": q} {
		c := newCookie(name, "example.com", "/", epoch)
		c.Partition = in
		mustPut(t, &s, c, Conditions{}, epoch)
	}
	for _, test := range []struct {
		name string
		in   Partition
		want []string
		why  string
	}{
		{"unpartitioned", Partition{}, []string{"none"}, "the request reaches no partition"},
		{"same site", p, []string{"none", "p"}, "the request reaches one partition, and the unpartitioned cookies"},
		{"cross-site ancestor", q, []string{"none", "q"}, "the ancestor bit is part of the key"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := names(&s, &Query{Host: "example.com", Path: "/", Now: clock.At(epoch), Partition: test.in})
			slices.Sort(got)
			if !slices.Equal(got, test.want) {
				t.Errorf("Select in %q = %q, want %q: %s", test.in, got, test.want, test.why)
			}
		})
	}
	s.Clear()
	if s.Partitioned() || s.Len() != 0 {
		t.Errorf("after Clear: Partitioned() = %t, Len() = %d, want false, 0", s.Partitioned(), s.Len())
	}
}

// A query finds the cookies whose requirements the request meets.
func TestRequirements(t *testing.T) {
	var s Store
	created := epoch.Add(time.Minute)
	mustPut(t, &s, newCookie("old", "example.com", "/", epoch), Conditions{Requires: 1}, epoch)
	mustPut(t, &s, newCookie("new", "example.com", "/", created), Conditions{Requires: 3}, epoch)
	for _, test := range []struct {
		name           string
		always, recent seam.Requirements
		age            time.Duration // of the cookie "new"
		find           seam.Selection
		want, why      string
	}{
		{"none", 0, 0, 0, seam.OnlySent, "", "the request meets no requirement"},
		{"one", 1, 0, 0, seam.OnlySent, "old", "the new cookie has another requirement"},
		{"all", 3, 0, 0, seam.OnlySent, "old new", "the request meets both requirements"},
		{"recent", 1, 2, seam.RecentAge, seam.OnlySent, "old new", "the new cookie is just recent enough"},
		{"not recent", 1, 2, seam.RecentAge + 1, seam.OnlySent, "old", "the new cookie is a nanosecond too old"},
		{"withheld", 0, 0, 0, seam.AlsoWithheld, "old new", "the query asks for withheld cookies, too"},
	} {
		t.Run(test.name, func(t *testing.T) {
			q := &Query{
				Host: "example.com", Path: "/", Now: clock.At(created.Add(test.age)),
				Grants: seam.Grant(test.always, test.recent), Select: test.find,
			}
			if got := strings.Join(names(&s, q), " "); got != test.want {
				t.Errorf("Select for Grants %b, %b = %q, want %q: %s", test.always, test.recent, got, test.want, test.why)
			}
		})
	}
}

// The tables grow and shrink with the number of sites, and lose no cookie.
func TestManySites(t *testing.T) {
	var s Store
	const n = 20_000
	host := func(i int) string { return fmt.Sprintf("site%d.test", i) }
	for i := range n {
		mustPut(t, &s, newCookie("a", host(i), "/", epoch), Conditions{}, epoch)
	}
	if got := s.Len(); got != n {
		t.Fatalf("Len() = %d, want %d", got, n)
	}
	for i := range n {
		if got := names(&s, &Query{Host: host(i), Path: "/", Now: clock.At(epoch)}); len(got) != 1 {
			t.Fatalf("Select for %s = %q, want one cookie", host(i), got)
		}
	}
	grown := slots(&s)
	removed := s.Delete(epoch, func(c Cookie) bool { return c.Domain != host(7) })
	if removed != n-1 {
		t.Errorf("Delete = %d, want %d", removed, n-1)
	}
	if got := names(&s, &Query{Host: host(7), Path: "/", Now: clock.At(epoch)}); len(got) != 1 {
		t.Errorf("Select for the remaining site = %q, want one cookie", got)
	}
	if left := slots(&s); left > grown/16 {
		t.Errorf("%d of %d slots are left after all but one site were removed: want the tables to shrink", left, grown)
	}
}

// A site that is added and removed repeatedly reuses its slot.
func TestSlotIsTakenAgain(t *testing.T) {
	var s Store
	for range 100 {
		mustPut(t, &s, newCookie("a", "example.com", "/", epoch), Conditions{}, epoch)
		s.Clear()
	}
	if _, used, live := s.index.Slots(); used != 1 || live != 0 {
		t.Errorf("one site, added and removed repeatedly, uses %d slots, with %d live sites", used, live)
	}
}

func slots(s *Store) int {
	all, _, _ := s.index.Slots()
	return all
}

// An expired cookie is invisible at once. The next write to its site removes and reports it,
// and so does the sweep, by writes to other sites.
func TestSweep(t *testing.T) {
	var expired []string
	s := Store{Changed: func(c Change) {
		if c.Cause == CauseExpired {
			expired = append(expired, c.Cookie.Domain)
		}
	}}
	const n = 200
	for i := range n {
		c := newCookie("a", fmt.Sprintf("site%d.test", i), "/", epoch)
		c.Expires = epoch.Add(time.Minute)
		mustPut(t, &s, c, Conditions{}, epoch)
	}
	later := epoch.Add(time.Minute)
	if got := len(slices.Collect(s.All(later))); got != 0 || s.Len() != n {
		t.Errorf("All yields %d expired cookies and Len() = %d, want 0 and %d", got, s.Len(), n)
	}
	mustPut(t, &s, newCookie("b", "site0.test", "/", later), Conditions{}, later)
	if !slices.Contains(expired, "site0.test") {
		t.Errorf("expired after a write to site0.test: %q, want its cookie among them", expired)
	}
	// The sweep of each shard reaches all slots.
	const writes = 16 * n
	for i := range writes {
		mustPut(t, &s, newCookie("b", fmt.Sprintf("other%d.test", i), "/", later), Conditions{}, later)
	}
	slices.Sort(expired)
	if got := len(slices.Compact(expired)); got != n {
		t.Errorf("%d of %d expired cookies were swept by %d writes to other sites", got, n, writes)
	}
}

// After the list was replaced, cookies are filed under their new sites. Cookies of domains
// that are public suffixes by the new list are removed and reported.
func TestRefile(t *testing.T) {
	var causes []string
	s := Store{Changed: func(c Change) { causes = append(causes, c.Cause.String()+" "+c.Cookie.Name) }}
	shared := newCookie("shared", "example.com", "/", epoch)
	shared.HostOnly = false
	mustPut(t, &s, shared, Conditions{}, epoch)
	mustPut(t, &s, newCookie("host", "example.com", "/", epoch), Conditions{}, epoch)
	mustPut(t, &s, newCookie("below", "www.example.com", "/", epoch), Conditions{}, epoch)
	stale := s.Sites()
	causes = nil

	list, err := match.ParseList(strings.NewReader("com\nexample.com\n"), "test")
	if err != nil {
		t.Fatal(err)
	}
	gone := s.SetSites(match.NewSites(list))
	if len(gone) != 1 || gone[0].Name != "shared" {
		t.Errorf("SetSites = %v, want the one cookie shared by all of example.com", gone)
	}
	if want := []string{"disowned shared"}; !slices.Equal(causes, want) {
		t.Errorf("changes: %q, want %q", causes, want)
	}
	for host, want := range map[string]string{"example.com": "host", "www.example.com": "below"} {
		if got := names(&s, &Query{Host: host, Path: "/", Now: clock.At(epoch)}); !slices.Equal(got, []string{want}) {
			t.Errorf("Select for %s = %q, want %q", host, got, want)
		}
	}
	if s.Len() != 2 {
		t.Errorf("Len() = %d, want 2", s.Len())
	}
	late := newCookie("late", "example.com", "/", epoch)
	if got := s.Put(&late, &Conditions{Sites: stale}, epoch); got != seam.Stale {
		t.Errorf("Put with the old list = %d, want Stale", got)
	}
}

// The changes that Changed itself makes are delivered by the call that called it.
func TestChangedMayCallBack(t *testing.T) {
	var s Store
	var log []string
	s.Changed = func(c Change) {
		log = append(log, c.Cause.String()+" "+c.Cookie.Name)
		if c.Cookie.Name == "a" && c.Cause == CauseStored {
			mustPut(t, &s, newCookie("b", "example.com", "/", epoch), Conditions{}, epoch)
			s.Clear()
		}
	}
	mustPut(t, &s, newCookie("a", "example.com", "/", epoch), Conditions{}, epoch)
	want := []string{"stored a", "stored b", "deleted a", "deleted b"}
	if !slices.Equal(log, want) {
		t.Errorf("changes: %q, want %q", log, want)
	}
}

// After Changed panicked, the store still delivers changes.
func TestChangedMayPanic(t *testing.T) {
	var s Store
	calls := 0
	s.Changed = func(Change) {
		if calls++; calls == 1 {
			panic("hook")
		}
	}
	func() {
		defer func() { _ = recover() }()
		c := newCookie("a", "example.com", "/", epoch)
		s.Put(&c, &Conditions{Sites: s.Sites()}, epoch)
	}()
	mustPut(t, &s, newCookie("b", "example.com", "/", epoch), Conditions{}, epoch)
	if calls != 2 {
		t.Errorf("Changed was called %d times, want 2", calls)
	}
}

func TestCopyTo(t *testing.T) {
	var s, copied Store
	mustPut(t, &s, newCookie("a", "example.com", "/", epoch), Conditions{Requires: 4}, epoch)
	mustPut(t, &s, newCookie("b", "www.example.com", "/", epoch), Conditions{}, epoch)
	s.CopyTo(&copied)
	collect := func(s *Store) map[Key]Cookie {
		m := map[Key]Cookie{}
		for c := range s.All(epoch) {
			m[c.Key()] = c
		}
		return m
	}
	if want, got := collect(&s), collect(&copied); !maps.Equal(want, got) {
		t.Errorf("copied %v, want %v", got, want)
	}
	copied.Clear()
	if s.Len() != 2 {
		t.Errorf("Len() = %d after the copy was cleared, want 2", s.Len())
	}
	c := mustPut(t, &copied, newCookie("c", "example.com", "/", epoch), Conditions{}, epoch)
	if c.Order != 3 {
		t.Errorf("the next cookie of the copy has Order %d, want 3", c.Order)
	}
}

// A cookie from a file keeps its order, and later cookies get higher orders.
func TestOwnOrder(t *testing.T) {
	var s Store
	c := newCookie("a", "example.com", "/", epoch)
	c.Order = 40
	mustPut(t, &s, c, Conditions{Rules: seam.OwnTimes}, epoch)
	if got := mustPut(t, &s, newCookie("b", "example.com", "/", epoch), Conditions{}, epoch).Order; got != 41 {
		t.Errorf("the next Order = %d, want 41", got)
	}
	c.Created, c.Order = epoch.Add(-time.Hour), 7
	if got := mustPut(t, &s, c, Conditions{Rules: seam.OwnTimes}, epoch); !got.Created.Equal(c.Created) || got.Order != 7 {
		t.Errorf("an overwrite with OwnTimes has Created %v and Order %d, want its own, %v and 7", got.Created, got.Order, c.Created)
	}
}

// After a cookie was overwritten by one with a later expiry, the sweep does not keep running
// from the earlier expiry on.
func TestSweepEnds(t *testing.T) {
	var s Store
	for _, lifetime := range []time.Duration{time.Minute, time.Minute, time.Hour} { // the last overwrite is in place
		c := newCookie("a", "example.com", "/", epoch)
		c.Expires = epoch.Add(lifetime)
		mustPut(t, &s, c, Conditions{}, epoch)
	}
	sh := s.index.Shard(engine.SiteHash("example.com", nil))
	later := epoch.Add(2 * time.Minute).UnixMicro()
	for range 2 * 8 { // enough: a sweep passes four slots
		sh.Sweep(later, func(sl engine.Slot) { s.removeExpired(sh, sl, later) })
	}
	if want := epoch.Add(time.Hour).UnixMicro(); sh.NextExpiry() < later || sh.NextExpiry() > want {
		t.Errorf("the next sweep is at %v, want after %v and not after %v", fromMicro(sh.NextExpiry()), fromMicro(later), fromMicro(want))
	}
	if s.Len() != 1 {
		t.Errorf("%d cookies are left, want 1", s.Len())
	}
}

// The sweep still works after 2106, when the seconds in a summary overflow.
func TestSweepAfterSummaries(t *testing.T) {
	var s Store
	at := time.Date(2106, 3, 1, 0, 0, 0, 0, time.UTC)
	const n = 200
	for i := range n {
		c := newCookie("a", fmt.Sprintf("site%d.test", i), "/", at)
		c.Expires = at.Add(time.Minute)
		mustPut(t, &s, c, Conditions{}, at)
	}
	const writes = 16 * n
	for i := range writes {
		mustPut(t, &s, newCookie("b", fmt.Sprintf("other%d.test", i), "/", at), Conditions{}, at.Add(time.Hour))
	}
	if s.Len() != writes {
		t.Errorf("%d cookies are left, want the %d that do not expire", s.Len(), writes)
	}
}
