package jarfile

import (
	"cmp"
	"errors"
	"iter"
	"math"
	"slices"
	"time"

	"uacookie/jar"
	"uacookie/jar/store"
)

// A merge is a three-way merge: the changes between base, the cookies last loaded or saved,
// and the jar win over the file. It keeps none of the cookies of the jar and the file that
// have not changed, and reads the file once, while it is written.
type merge struct {
	base *table
	hash *hasher
	now  time.Time

	// hostOnly reports whether the jar has only host-only cookies of a domain, which is a
	// public suffix: it took those of the file for all hosts below the domain as host-only.
	hostOnly func(domain string) bool

	// sorted means that the result is in order of creation and is numbered again, as in
	// FormatJSON. Otherwise the cookies of the file keep their positions, and new cookies
	// follow.
	sorted bool

	// For each digest of base:
	access []int64 // the last access in the jar, or absent if it was deleted or changed there
	seen   []bool  // it was in the file

	changed map[identity]*change
	others  map[identity]bool // in the file, but neither in base nor in changed
}

// A change is a cookie that the jar set or changed since base.
type change struct {
	cookie jar.Cookie
	digest digest
	base   int  // index in base, or -1
	placed bool // it was written
}

const absent = math.MinInt64

// newMerge compares base with all, the cookies of the jar, which are about n.
func newMerge(base *table, hash *hasher, all iter.Seq[jar.Cookie], n int) *merge {
	m := &merge{
		base: base, hash: hash,
		access: make([]int64, len(base.all)), seen: make([]bool, len(base.all)),
		changed: make(map[identity]*change, max(0, n-len(base.all))), others: map[identity]bool{},
	}
	for i := range m.access {
		m.access[i] = absent
	}
	for c := range all {
		d := hash.digest(&c)
		i := base.find(d.id)
		if i >= 0 && base.all[i].content == d.content {
			m.access[i] = c.LastAccess.UnixMicro()
		} else {
			m.changed[d.id] = &change{c, d, i, false}
		}
	}
	for _, c := range m.changed { // if it changed while all was read, it may be in both
		if c.base >= 0 {
			m.access[c.base] = absent
		}
	}
	return m
}

// reset forgets which cookies were in the file and which were written.
func (m *merge) reset() {
	clear(m.seen)
	clear(m.others)
	for _, c := range m.changed {
		c.placed = false
	}
}

// errUnordered reports that the file has to be sorted before it can be merged.
var errUnordered = errors.New("the cookies of the file are not in order")

// cookies yields the new content of the file, whose cookies are theirs. It ends at the first
// error, and sets *failed to it. Unless theirs are ordered by order, it may fail with
// errUnordered.
func (m *merge) cookies(theirs iter.Seq2[jar.Cookie, error], ordered bool, failed *error) iter.Seq[jar.Cookie] {
	return func(yield func(jar.Cookie) bool) {
		var count uint64
		var added []*change // those to insert where they belong by their age
		if m.sorted {
			added = m.unplaced()
		}
		write := func(c *jar.Cookie) bool {
			if !m.sorted {
				return yield(*c)
			}
			order := c.Order
			count++
			c.Order = count
			more := yield(*c)
			c.Order = order // it may be written again, or be compared
			return more
		}
		var created time.Time // of the cookie before
		var order uint64
		for t, err := range theirs {
			if err != nil {
				*failed = err
				return
			}
			keep, again := m.keep(&t)
			if again && !ordered {
				*failed = errUnordered
				return
			}
			if !keep {
				continue
			}
			if m.sorted {
				if !ordered && cmp.Or(t.Created.Compare(created), cmp.Compare(t.Order, order)) < 0 {
					*failed = errUnordered
					return
				}
				created, order = t.Created, t.Order
			}
			for len(added) > 0 && compareAge(&added[0].cookie, &t) < 0 {
				if !write(&added[0].cookie) {
					return
				}
				added = added[1:]
			}
			if !write(&t) {
				return
			}
		}
		if !m.sorted {
			added = m.unplaced()
		}
		for _, c := range added {
			if !write(&c.cookie) {
				return
			}
		}
	}
}

// keep sets t, a cookie of the file, to the cookie that the file will have in its place, and
// reports whether it will have one. again reports whether there was a cookie of the same
// identity before t.
func (m *merge) keep(t *jar.Cookie) (keep, again bool) {
	id := m.hash.identity(t, t.HostOnly || m.hostOnly(t.Domain))
	if len(m.changed) > 0 {
		if c := m.changed[id]; c != nil {
			if again, c.placed = c.placed, true; again || m.sorted {
				return false, again // if sorted, it is written by its age
			}
			*t = c.cookie
			return !t.Expired(m.now), false
		}
	}
	i := m.base.find(id)
	if i < 0 {
		again, m.others[id] = m.others[id], true
		return !t.Expired(m.now), again
	}
	again, m.seen[i] = m.seen[i], true
	if access := m.access[i]; access == absent {
		// Deleted here, unless it only expired: another process may have renewed it.
		return m.base.all[i].expired(m.now) && !t.Expired(m.now), again
	} else if access > t.LastAccess.UnixMicro() {
		t.LastAccess = time.UnixMicro(access).UTC()
	}
	return !t.Expired(m.now), again
}

// unplaced returns the changes that were not written yet, the oldest first.
func (m *merge) unplaced() []*change {
	// The keys are sorted, since a comparison of two of a million cookies misses the cache.
	type key struct {
		created int64 // 0 unless sorted
		order   uint64
		change  *change
	}
	var keys []key
	for _, c := range m.changed {
		if c.placed || c.cookie.Expired(m.now) {
			continue
		}
		k := key{order: c.cookie.Order, change: c}
		if m.sorted {
			k.created = c.cookie.Created.UnixMicro() // exact for a cookie of a jar
		}
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b key) int {
		return cmp.Or(cmp.Compare(a.created, b.created), cmp.Compare(a.order, b.order))
	})
	all := make([]*change, len(keys))
	for i, k := range keys {
		all[i] = k.change
	}
	return all
}

// compareAge compares the times of creation. Several processes created the cookies, each
// with its own numbers.
func compareAge(a, b *jar.Cookie) int {
	return cmp.Or(a.Created.Compare(b.Created), cmp.Compare(a.Order, b.Order))
}

// ordered returns the cookies of a file in the order that cookies expects: without those
// that a later line replaces, and by age if the result is sorted. All are in memory.
func (m *merge) ordered(theirs iter.Seq2[jar.Cookie, error]) (iter.Seq2[jar.Cookie, error], error) {
	var list []jar.Cookie
	at := map[store.Key]int{}
	for t, err := range theirs {
		if err != nil {
			return nil, err
		}
		at[t.Key()] = len(list)
		list = append(list, t)
	}
	i := -1
	list = slices.DeleteFunc(list, func(t jar.Cookie) bool {
		i++
		return at[t.Key()] != i
	})
	if m.sorted {
		slices.SortStableFunc(list, func(a, b jar.Cookie) int { return compareAge(&a, &b) })
	}
	return func(yield func(jar.Cookie, error) bool) {
		for _, t := range list {
			if !yield(t, nil) {
				return
			}
		}
	}, nil
}

// commit changes base to what the jar had when m was made.
func (m *merge) commit() {
	more := make([]digest, 0, len(m.changed))
	for _, c := range m.changed {
		if c.base < 0 {
			more = append(more, c.digest)
			continue
		}
		m.base.all[c.base] = c.digest // in the same bucket
		m.access[c.base] = 0          // not absent
	}
	if slices.Contains(m.access, absent) {
		i := -1
		m.base.all = slices.DeleteFunc(m.base.all, func(digest) bool {
			i++
			return m.access[i] == absent
		})
		m.base.add(more)
	} else if len(more) > 0 {
		m.base.add(more)
	}
}
