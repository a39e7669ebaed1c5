package store

import (
	"iter"
	"slices"
	"time"

	"uacookie/jar/match"
)

// All returns the cookies that have not expired at now, site by site: those of one
// site in send order and as of one instant, when the site is reached.
func (s *Store) All(now time.Time) iter.Seq[Cookie] {
	return func(yield func(Cookie) bool) {
		for e := range s.entries() {
			if !e.cookie.Expired(now) && !yield(e.load()) {
				return
			}
		}
	}
}

// entries yields every entry.
func (s *Store) entries() iter.Seq[*entry] {
	return func(yield func(*entry) bool) {
		for i := range s.shards {
			for st := range s.shards[i].sites() {
				for _, e := range st.record.Load().entries {
					if !yield(e) {
						return
					}
				}
			}
		}
	}
}

// Delete removes the cookies for which pred returns true, and returns how many.
// It calls pred with no lock held; a cookie that is replaced meanwhile stays.
func (s *Store) Delete(now time.Time, pred func(Cookie) bool) int {
	return s.eachSite(func(sh *shard, st *site) int {
		doomed := make(map[*entry]bool)
		for _, e := range st.record.Load().entries {
			if !e.cookie.Expired(now) && pred(e.load()) {
				doomed[e] = true
			}
		}
		if len(doomed) == 0 {
			return 0
		}
		return s.removeFrom(sh, st, Deleted, func(e *entry) bool { return doomed[e] })
	})
}

// Clear removes all cookies.
func (s *Store) Clear() {
	s.removeAll(Deleted, func(*entry) bool { return true })
}

// DeleteExpired removes all cookies that have expired at now, and returns how
// many. See RFC 6265bis, Section 5.7.
func (s *Store) DeleteExpired(now time.Time) int {
	return s.removeAll(Expired, func(e *entry) bool { return e.cookie.Expired(now) })
}

// EndSession removes the cookies that are not persistent, and returns how many.
// See RFC 6265bis, Section 5.7.
func (s *Store) EndSession() int {
	return s.removeAll(Deleted, func(e *entry) bool { return !e.cookie.Persistent() })
}

func (s *Store) removeAll(cause Cause, gone func(*entry) bool) int {
	return s.eachSite(func(sh *shard, st *site) int { return s.removeFrom(sh, st, cause, gone) })
}

// eachSite calls f, with no lock held, for each site, and returns the sum of the
// results. If the list is replaced meanwhile it starts again, since cookies have
// moved between sites.
func (s *Store) eachSite(f func(*shard, *site) int) int {
	n := 0
	for {
		list := s.Sites()
		for i := range s.shards {
			for st := range s.shards[i].sites() {
				n += f(&s.shards[i], st)
			}
		}
		if s.Sites() == list {
			return n
		}
	}
}

// removeFrom is remove with the lock taken and the changes delivered. It does
// nothing to a site that is no longer the store's.
func (s *Store) removeFrom(sh *shard, st *site, cause Cause, gone func(*entry) bool) int {
	n := 0
	sh.mu.Lock()
	if sh.find(st.hash, st.name, st.partition) == st {
		n = s.remove(sh, st, cause, gone)
	}
	sh.mu.Unlock()
	s.deliver()
	return n
}

// lockAll stops all writers.
func (s *Store) lockAll() {
	for i := range s.shards {
		s.shards[i].mu.Lock()
	}
}

func (s *Store) unlockAll() {
	for i := range s.shards {
		s.shards[i].mu.Unlock()
	}
}

// CopyTo adds the cookies of s, as of one instant, to dst, which must be empty
// and not in use by anyone else, with their times, order and list.
func (s *Store) CopyTo(dst *Store) {
	s.lockAll()
	all := slices.Collect(s.entries())
	dst.list.Store(s.Sites())
	dst.order.Store(s.order.Load())
	s.unlockAll()
	for _, e := range all {
		dst.file(newEntry(e.load(), e.demands))
	}
}

// file adds an entry whose identity the store does not have. The caller holds all
// locks that are needed.
func (s *Store) file(e *entry) {
	name := s.Sites().Site(e.cookie.Domain)
	hash := s.hash(name, e.cookie.Partition)
	sh := s.shard(hash)
	st := sh.find(hash, name, e.cookie.Partition)
	if st == nil {
		st = sh.add(hash, name, e.cookie.Partition)
	}
	old := st.record.Load().entries
	next := make([]*entry, 0, len(old)+1)
	for len(old) > 0 && compare(old[0], e) < 0 {
		next, old = append(next, old[0]), old[1:]
	}
	next = append(append(next, e), old...)
	s.publish(sh, st, next)
}

// Refile replaces the list by which cookies are filed. Cookies whose domain, not
// being host-only, is now a public suffix are removed and returned; see RFC
// 6265bis, Section 5.8.3, step 3. Writers wait until all is done. Readers go on,
// but one that reads at the very end may miss, or see twice, the cookies of a
// site that the new list divides or joins.
func (s *Store) Refile(list match.Sites) []Cookie {
	s.lockAll()
	var next Store
	seed := s.seed()
	next.hashSeed.Store(&seed)
	next.list.Store(&list)
	var gone []Cookie
	for e := range s.entries() {
		if !e.cookie.HostOnly && list.IsPublicSuffix(e.cookie.Domain) {
			s.report(Disowned, e)
			gone = append(gone, e.load())
			continue
		}
		next.file(e)
	}
	for i := range s.shards {
		from, to := &next.shards[i], &s.shards[i]
		to.live, to.used, to.hand = from.live, from.used, 0
		to.table.Store(from.table.Load())
	}
	s.count.Store(next.count.Load())
	s.partitioned.Store(next.partitioned.Load())
	s.list.Store(&list)
	s.unlockAll()
	s.deliver()
	return gone
}
