package store

import (
	"uacookie/jar/internal/seam"
	"uacookie/jar/store/internal/engine"
)

// Send appends the cookie-string for q to dst, and sets the last access of its cookies to
// q.Now. It ignores q.Select, and sets it to what Select must return for a look at the cookies
// that were withheld, if there may be any. Send takes no lock.
// See RFC 6265bis, Section 5.8.3, steps 3 to 6.
func (s *Store) Send(dst []byte, q *Query) []byte {
	start, sources := len(dst), 0
	q.Select = seam.OnlySent
	s.sitesOf(q, func(from source) {
		// This is the walk of Select, written out: a View that is passed to a function value
		// escapes to the heap.
		before := len(dst)
		f := filter{q: q}
		f.begin()
		if p := from.page; !p.IsMultiPage() {
			v := p.View()
			dst = f.appendPairs(dst, &v, &from)
		} else {
			var buf [viewBuffer]engine.View
			pages := p.AppendViews(buf[:0])
			for i := range pages {
				dst = f.appendPairs(dst, &pages[i], &from)
			}
		}
		if len(dst) > before {
			sources++
		}
	})
	if sources > 1 { // slow path: the cookies of all sources must be sorted together
		var buf [4 * engine.MaxPageEntries]Match
		found := q.Select
		q.Select = seam.OnlySent
		dst = AppendCookies(dst[:start], s.Select(buf[:0], q))
		q.Select = found
		return dst
	}
	return trimEnd(dst, start)
}

// appendPairs appends the matching cookies of one page, each followed by "; ". It copies
// pairs that are adjacent in the text together.
func (f *filter) appendPairs(dst []byte, v *engine.View, from *source) []byte {
	f.scope = nil
	text := v.Pairs()
	start, end := uint32(0), uint32(0) // the run of pairs to be copied
	for o, n := v.Order, v.Order.Len(); n > 0; o, n = o.Next(), n-1 {
		it := v.Item(o.At(0))
		if it.Expires <= f.now {
			continue
		}
		if !f.compared(it) {
			f.compare(v.Page, it, from)
		}
		if !f.onPath {
			continue
		}
		if f.lacking(it) != 0 {
			f.q.Select = seam.AlsoWithheld
			continue
		}
		if f.ask && !f.isOwn(from) {
			continue
		}
		it.Touch(f.now, engine.AccessStep) // 5
		at, next := it.PairRange()
		if at != end {
			dst = append(dst, text[start:end]...)
			start = at
		}
		end = next
	}
	return append(dst, text[start:end]...)
}

// AppendCookies appends the cookie-string of cookies to dst.
// See RFC 6265bis, Section 5.8.3, step 6.
func AppendCookies(dst []byte, cookies []Match) []byte {
	start := len(dst)
	for _, m := range cookies {
		dst = append(dst, m.entry().Pair()...)
	}
	return trimEnd(dst, start)
}

// trimEnd removes the "; " after the last cookie if any cookie was appended after start.
func trimEnd(dst []byte, start int) []byte {
	if len(dst) > start {
		dst = dst[:len(dst)-len("; ")]
	}
	return dst
}
