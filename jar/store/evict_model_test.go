package store

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"uacookie/jar/internal/clock"
	"uacookie/jar/internal/seam"
)

// A modelStore is the literal model of Limits, word for word: a slice and loops, with which
// the tests compare eviction. It need not be fast. All its cookies have the same path, and
// each host is a site.
type modelStore struct {
	limits     Limits
	secureLast bool // the rule seam.SecureLast
	cookies    []Cookie
}

// put is Put for a cookie that has not expired.
func (m *modelStore) put(c Cookie, now time.Time) {
	m.cookies = slices.DeleteFunc(m.cookies, func(old Cookie) bool {
		return old.Key() == c.Key() || m.siteOf(old) == m.siteOf(c) && old.Expired(now)
	})
	m.cookies = append(m.cookies, c)
	if m.secureLast {
		m.enforceSecureLast(c)
	} else if c.Partition != (Partition{}) {
		m.enforcePartition(m.siteOf(c))
	} else {
		m.enforceSite(m.siteOf(c))
	}
	if m.limits.Total > 0 && m.limits.TotalUnused > 0 {
		m.enforceUnused(now)
	} else if m.limits.Total > 0 {
		m.enforceTotal(now)
	}
}

func (m *modelStore) siteOf(c Cookie) string { return c.Partition.String() + " " + c.Domain }

func (m *modelStore) count(of func(Cookie) bool) (n int) {
	for _, c := range m.cookies {
		if of(c) {
			n++
		}
	}
	return n
}

// evictOne evicts the least recently accessed cookie for which of returns true, and reports
// whether there was one.
func (m *modelStore) evictOne(of func(Cookie) bool) bool {
	least := -1
	for i, c := range m.cookies {
		if !of(c) {
			continue
		}
		if least < 0 || accessedBefore(c, m.cookies[least]) {
			least = i
		}
	}
	if least < 0 {
		return false
	}
	m.cookies = slices.Delete(m.cookies, least, least+1)
	return true
}

func accessedBefore(a, b Cookie) bool {
	if !a.LastAccess.Equal(b.LastAccess) {
		return a.LastAccess.Before(b.LastAccess)
	}
	if !a.Created.Equal(b.Created) {
		return a.Created.Before(b.Created)
	}
	return a.Order < b.Order
}

func (m *modelStore) enforceSite(site string) {
	here := func(c Cookie) bool { return m.siteOf(c) == site }
	if m.limits.Site == 0 || m.count(here) <= m.limits.Site {
		return
	}
	goal := m.limits.SitePurged
	if goal == 0 {
		goal = m.limits.Site
	}
	for _, once := range []struct{ low, medium, high int }{{30, 50, 70}, {0, 0, 0}} {
		for _, round := range []struct {
			priority Priority
			secure   bool
			keep     int
		}{
			{PriorityLow, false, once.low}, {PriorityLow, true, once.low},
			{PriorityMedium, false, once.medium}, {PriorityHigh, false, once.high},
			{PriorityMedium, true, once.medium}, {PriorityHigh, true, once.high},
		} {
			all := func(c Cookie) bool { return here(c) && c.Priority == round.priority }
			may := func(c Cookie) bool { return all(c) && (round.secure || !c.Secure) }
			for m.count(here) > goal && m.count(all) > round.keep && m.evictOne(may) {
			}
		}
	}
}

func (m *modelStore) size(site string) (n int) {
	for _, c := range m.cookies {
		if m.siteOf(c) == site {
			n += len(c.Name) + len(c.Value)
		}
	}
	return n
}

func (m *modelStore) enforcePartition(site string) {
	here := func(c Cookie) bool { return m.siteOf(c) == site }
	l := &m.limits
	for l.PartitionCount > 0 && m.count(here) > l.PartitionCount || l.PartitionBytes > 0 && m.size(site) > l.PartitionBytes {
		m.evictOne(here)
	}
}

// enforceSecureLast is what Firefox does after c was stored.
func (m *modelStore) enforceSecureLast(c Cookie) {
	site := m.siteOf(c)
	here := func(c Cookie) bool { return m.siteOf(c) == site }
	insecure := func(c Cookie) bool { return here(c) && !c.Secure }
	most := m.limits.Site
	if c.Partition != (Partition{}) {
		most = m.limits.PartitionCount
	}
	if count := m.count(here); most > 0 && count > most {
		goal := m.limits.SitePurged
		if goal == 0 || goal > most {
			goal = most
		}
		n, of := m.count(insecure), insecure
		switch {
		case n == 0: // the new one stays
			n, of = count-1, here
		case !c.Secure && n > 1: // the new one stays
			n--
		}
		for range min(n, count-goal) {
			m.evictOne(of)
		}
	}
	bytes := m.limits.PartitionBytes
	if c.Partition == (Partition{}) || bytes == 0 || m.size(site) <= bytes+bytes/5 {
		return
	}
	for m.size(site) > bytes {
		m.evictOne(here)
	}
}

// enforceTotal follows the draft. The store samples sites, and in this test the sample is all
// sites. See RFC 6265bis, Section 5.7, removal.
func (m *modelStore) enforceTotal(now time.Time) {
	crowded := func(c Cookie) bool {
		others := m.count(func(o Cookie) bool { return m.siteOf(o) == m.siteOf(c) }) - 1
		return m.limits.Domain > 0 && others > m.limits.Domain
	}
	for len(m.cookies) > m.limits.Total {
		_ = m.evictOne(func(c Cookie) bool { return c.Expired(now) }) || // 1
			m.evictOne(func(c Cookie) bool { return crowded(c) && !c.Secure }) || // 2
			m.evictOne(crowded) || // 3
			m.evictOne(func(Cookie) bool { return true }) // 4
	}
}

func (m *modelStore) enforceUnused(now time.Time) {
	counts := func(c Cookie) bool { return c.Partition == (Partition{}) }
	unused := func(c Cookie) bool { return counts(c) && c.LastAccess.Before(now.Add(-m.limits.TotalUnused)) }
	if m.count(counts) <= m.limits.Total || m.count(unused) == 0 {
		return
	}
	m.cookies = slices.DeleteFunc(m.cookies, func(c Cookie) bool { return c.Expired(now) })
	if m.count(counts) <= m.limits.Total {
		return
	}
	for m.count(counts) > m.limits.TotalPurged && m.evictOne(func(c Cookie) bool { return unused(c) && !c.Secure }) {
	}
	for m.count(counts) > m.limits.TotalPurged && m.evictOne(unused) {
	}
}

// A limitStory applies the same random operations to a store and to the model.
type limitStory struct {
	hosts, names int
	partitioned  bool
	expiring     bool
	ownTimes     bool
	secureLast   bool
	limits       Limits
}

// run returns the number of evicted cookies.
func (st limitStory) run(t *testing.T, seed uint64, steps int) (evicted int) {
	rng := rand.New(rand.NewPCG(seed, uint64(steps)))
	s := Store{Changed: func(c Change) {
		if c.Cause == CauseEvicted {
			evicted++
		}
	}}
	m := modelStore{limits: st.limits, secureLast: st.secureLast}
	now := epoch
	var log []string
	for step := range steps {
		switch n := rng.IntN(20); {
		case n < 15:
			c := newCookie(fmt.Sprint("n", rng.IntN(st.names)), fmt.Sprintf("h%d.test", rng.IntN(st.hosts)), "/", now)
			c.Value = strings.Repeat("v", rng.IntN(8))
			c.Secure = rng.IntN(2) == 0
			c.Priority = Priority(rng.IntN(3))
			if st.partitioned && rng.IntN(4) > 0 {
				c.Partition.TopLevelSite = "https://top.test"
			}
			if st.expiring && rng.IntN(4) == 0 {
				c.Expires = now.Add(time.Duration(1+rng.IntN(7000)) * time.Second)
			}
			if st.ownTimes {
				c.Created = now.Add(-time.Duration(rng.IntN(5000)) * time.Second)
				c.LastAccess = c.Created.Add(time.Duration(rng.IntN(2000)) * time.Second)
			}
			g := Conditions{Limits: &st.limits}
			seam.Set(&g.Rules, seam.OwnTimes, st.ownTimes)
			seam.Set(&g.Rules, seam.SecureLast, st.secureLast)
			seam.Set(&g.Rules, seam.SameValue, rng.IntN(2) == 0)
			stored := mustPut(t, &s, c, g, now)
			log = append(log, fmt.Sprintf("put %s, priority %s, secure %t, accessed %s", c, c.Priority, c.Secure, c.LastAccess))
			m.put(stored, now)
		case n < 17:
			host := fmt.Sprintf("h%d.test", rng.IntN(st.hosts))
			for _, match := range s.Select(nil, &Query{Host: host, Path: "/", Now: clock.At(now)}) {
				if match.Cookie().Order%3 == 0 {
					match.Touch(now)
					for i := range m.cookies {
						c := &m.cookies[i]
						if found := match.Cookie(); c.Key() == found.Key() && now.Sub(c.LastAccess) >= time.Minute {
							c.LastAccess = now
						}
					}
				}
			}
		case n == 17 && rng.IntN(4) == 0:
			name := fmt.Sprint("n", rng.IntN(st.names))
			s.Delete(now, func(c Cookie) bool { return c.Name == name })
			m.cookies = slices.DeleteFunc(m.cookies, func(c Cookie) bool { return c.Name == name && !c.Expired(now) })
		default:
			now = now.Add(time.Duration(rng.IntN(200)) * time.Second)
		}
		checkIndex(t, &s)
		if step%8 > 0 {
			continue
		}
		got, want := describe(slices.Collect(s.All(now)), now), describe(m.cookies, now)
		if !slices.Equal(got, want) {
			t.Fatalf("limits %+v, secureLast %t: the store contains\n%s\nthe model contains\n%s\nafter\n%s", st.limits, st.secureLast,
				strings.Join(got, "\n"), strings.Join(want, "\n"), strings.Join(log[max(0, len(log)-30):], "\n"))
		}
	}
	return evicted
}

// describe returns the cookies that have not expired, sorted.
func describe(all []Cookie, now time.Time) []string {
	var texts []string
	for _, c := range all {
		if !c.Expired(now) {
			texts = append(texts, fmt.Sprintf("%s %s %t accessed %s created %s", c, c.Priority, c.Secure, c.LastAccess, c.Created))
		}
	}
	slices.Sort(texts)
	return texts
}

// story returns random limits and random parameters for the operations.
func story(rng *rand.Rand) limitStory {
	st := limitStory{hosts: 1 + rng.IntN(2), names: 2 + rng.IntN(120), expiring: rng.IntN(3) == 0, ownTimes: rng.IntN(4) == 0}
	switch rng.IntN(4) {
	case 0, 1:
		st.limits.Site = 1 + rng.IntN(60)
		st.limits.SitePurged = rng.IntN(st.limits.Site + 1)
		if rng.IntN(4) == 0 {
			st.limits = Limits{Site: 180, SitePurged: 100 + rng.IntN(81)}
			st.names = 250
		}
	case 2:
		st.partitioned = true
		st.limits.PartitionCount = rng.IntN(60)
		st.limits.PartitionBytes = rng.IntN(300)
		st.limits.Site = rng.IntN(60)
	default:
		st.limits.Total = 1 + rng.IntN(60)
		st.limits.Domain = rng.IntN(10)
		if st.hosts = 1 + rng.IntN(8); rng.IntN(2) == 0 {
			st.limits.TotalUnused = time.Duration(1+rng.IntN(3000)) * time.Second
			st.limits.TotalPurged = rng.IntN(st.limits.Total + 1)
			st.partitioned = rng.IntN(2) == 0
			st.limits.Site = rng.IntN(30)
		}
	}
	if st.secureLast = rng.IntN(3) == 0; st.secureLast && st.partitioned {
		st.limits.SitePurged = rng.IntN(60)
	}
	return st
}

// The store evicts the same cookies as the literal model, for random limits.
func TestLimitsModel(t *testing.T) {
	stories := uint64(120)
	if testing.Short() {
		stories = 20
	}
	evicting := 0
	for seed := range stories {
		if story(rand.New(rand.NewPCG(seed, 7))).run(t, seed, 400) > 0 {
			evicting++
		}
	}
	if evicting < int(stories)/2 {
		t.Errorf("cookies were evicted in %d of %d stories, want most: the test checks too little", evicting, stories)
	}
}

func FuzzLimits(f *testing.F) {
	for seed := range uint64(8) {
		f.Add(seed, uint16(200))
	}
	f.Fuzz(func(t *testing.T, seed uint64, steps uint16) {
		story(rand.New(rand.NewPCG(seed, 11))).run(t, seed, int(steps%256))
	})
}
