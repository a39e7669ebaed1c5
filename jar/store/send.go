package store

// Send appends to dst the cookie-string for q, and makes q.Now the last access of the
// cookies in it. Q.Withheld and q.OffPath must not be set. It takes no lock.
// See RFC 6265bis, Section 5.8.3, steps 3 to 6.
func (s *Store) Send(dst []byte, q *Query) []byte {
	start, sources := len(dst), 0
	s.each(q, func(from source) {
		before := len(dst)
		f := filter{q: q}
		f.begin()
		if l := from.head.large(); l != nil {
			dst = l.send(dst, &f, &from)
		} else {
			v := from.head.view()
			dst = v.send(dst, &f, &from)
		}
		if len(dst) > before {
			sources++
		}
	})
	if sources > 1 { // they are to be sorted
		var buf [4 * pageSize]Match
		return AppendCookies(dst[:start], s.Select(buf[:0], q))
	}
	return trimEnd(dst, start)
}

// send appends the cookies of one page, each with "; " after it.
func (v *view) send(dst []byte, f *filter, from *source) []byte {
	f.place = noPlace
	text := v.text()
	start := v.item(v.order.at(0)).pair
	till := start // a run of cookies that are sent
	for o, n := v.order, v.order.len(); n > 0; o, n = o>>5, n-1 {
		it := v.item(o.at(0))
		if it.expires <= f.now {
			continue
		}
		if !f.isAt(it) {
			f.at(v.page, it, from)
		}
		if !f.onPath || f.lacking(it.demands, it.created) != 0 || f.ask && !f.isOwn(from) {
			continue
		}
		it.touch(f.now) // 5
		if it.pair != till {
			dst = append(dst, text[start:till]...)
			start = it.pair
		}
		till = it.pair + uint32(it.pairLen())
	}
	return append(dst, text[start:till]...)
}

// send appends the cookies of all pages, each with "; " after it.
func (l *large) send(dst []byte, f *filter, from *source) []byte {
	var buf [pagesRead]view
	pages := l.views(buf[:0])
	for i := range pages {
		dst = pages[i].send(dst, f, from)
	}
	return dst
}

// AppendCookies appends the cookie-string of cookies.
// See RFC 6265bis, Section 5.8.3, step 6.
func AppendCookies(dst []byte, cookies []Match) []byte {
	start := len(dst)
	for _, m := range cookies {
		dst = append(dst, m.entry().pair()...)
	}
	return trimEnd(dst, start)
}

// trimEnd cuts off the "; " after the last cookie of those from start on.
func trimEnd(dst []byte, start int) []byte {
	if len(dst) > start {
		dst = dst[:len(dst)-len("; ")]
	}
	return dst
}
