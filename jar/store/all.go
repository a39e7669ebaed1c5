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
		for r := range s.pages() {
			for e := range r.all() {
				if !e.expired(now.UnixMicro()) && !yield(e.cookie()) {
					return
				}
			}
		}
	}
}

// pages yields what each site holds: a page, or the head of a large.
func (s *Store) pages() iter.Seq[*page] {
	return func(yield func(*page) bool) {
		for i := range s.shards {
			for _, r := range s.shards[i].sites() {
				if !yield(r) {
					return
				}
			}
		}
	}
}

// Delete removes the cookies for which pred returns true, and returns how many.
// It calls pred with no lock held; a cookie that is replaced meanwhile stays.
func (s *Store) Delete(now time.Time, pred func(Cookie) bool) int {
	return s.eachSite(func(sl slot, r *page) int {
		doomed := make(map[uint64][]entry) // by order, which is nearly unique
		for e := range r.all() {
			if !e.expired(now.UnixMicro()) && pred(e.cookie()) {
				doomed[e.item.order] = append(doomed[e.item.order], e)
			}
		}
		if len(doomed) == 0 {
			return 0
		}
		return s.removeFrom(sl, Deleted, func(e entry) bool {
			return slices.ContainsFunc(doomed[e.item.order], e.same)
		})
	})
}

// Clear removes all cookies.
func (s *Store) Clear() {
	s.removeAll(Deleted, func(entry) bool { return true })
}

// DeleteExpired removes all cookies that have expired at now, and returns how
// many. See RFC 6265bis, Section 5.7.
func (s *Store) DeleteExpired(now time.Time) int {
	at := now.UnixMicro()
	return s.removeAll(Expired, func(e entry) bool { return e.expired(at) })
}

// EndSession removes the cookies that are not persistent, and returns how many.
// See RFC 6265bis, Section 5.7.
func (s *Store) EndSession() int {
	return s.removeAll(Deleted, func(e entry) bool { return e.item.expires == never })
}

func (s *Store) removeAll(cause Cause, gone func(entry) bool) int {
	return s.eachSite(func(sl slot, _ *page) int { return s.removeFrom(sl, cause, gone) })
}

// eachSite calls f, with no lock held, for each site, and returns the sum of the
// results. If the list is replaced meanwhile it starts again, since cookies have
// moved between sites.
func (s *Store) eachSite(f func(slot, *page) int) int {
	n := 0
	for {
		list := s.Sites()
		for i := range s.shards {
			for sl, r := range s.shards[i].sites() {
				n += f(sl, r)
			}
		}
		if s.Sites() == list {
			return n
		}
	}
}

// removeFrom is remove with the lock taken and the changes delivered. The slot may be of
// a table that is not in use any more.
func (s *Store) removeFrom(sl slot, cause Cause, gone func(entry) bool) int {
	n := 0
	sh := s.shard(sl.hash())
	sh.mu.Lock()
	if sl, r := sh.table.Load().current(sl); r != nil {
		n = s.remove(sh, sl, cause, gone)
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
	dst.hash.Store(s.hasher()) // so that a site's hash is the same
	s.lockAll()
	defer s.unlockAll()
	dst.list.Store(s.Sites())
	dst.order.Store(s.order.Load())
	for i := range s.shards {
		for sl, r := range s.shards[i].sites() {
			dst.publish(&dst.shards[i], slot{}, sl.hash(), r.clone(), 0, never)
		}
	}
}

// Refile replaces the list by which cookies are filed. Cookies whose domain, not
// being host-only, is now a public suffix are removed and returned; see RFC
// 6265bis, Section 5.8.3, step 3. Writers wait until all is done. Readers go on,
// but one that reads at the very end may miss, or see twice, the cookies of a
// site that the new list divides or joins.
//
// If the list panics, so does Refile, and the store keeps the list that it has.
func (s *Store) Refile(list match.Sites) []Cookie {
	gone := s.refile(&list)
	s.deliver()
	return gone
}

// refile is Refile without delivering the changes.
func (s *Store) refile(list *match.Sites) []Cookie {
	s.lockAll()
	defer s.unlockAll() // even if the list panics
	var disowned []entry
	sites := make(map[siteKey][]entry)
	whole := make(map[siteKey]bool)
	for r := range s.pages() {
		for e := range r.all() {
			if !e.is(flagHostOnly) && list.IsPublicSuffix(e.domain()) {
				disowned = append(disowned, e)
				continue
			}
			name, undivided := locate(list, e.domain())
			k := s.key(name, r.partition())
			sites[k] = append(sites[k], e)
			whole[k] = undivided
		}
	}
	var next Store
	for k, entries := range sites {
		slices.SortFunc(entries, compare)
		r := newSite(&siteName{k.name, k.partition, whole[k]}, entries)
		next.publish(next.shard(k.hash), slot{}, k.hash, r, 0, never)
	}

	// From here on nothing panics: the list is not asked any more.
	for i := range s.shards {
		from, to := &next.shards[i], &s.shards[i]
		to.live, to.used = from.live, from.used
		to.hand, to.expires, to.passed = 0, from.expires, never
		to.table.Store(from.table.Load())
	}
	s.count.Store(next.count.Load())
	s.partitioned.Store(next.partitioned.Load())
	s.list.Store(list)
	var gone []Cookie
	for _, e := range disowned {
		s.report(Disowned, e)
		gone = append(gone, e.cookie())
	}
	return gone
}
