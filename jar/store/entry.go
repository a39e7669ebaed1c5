package store

import (
	"sync/atomic"
	"time"
)

// An entry is a stored cookie.
type entry struct {
	page *page
	item *item
}

func (e entry) name() string { return e.page.at(e.item.pair, uint32(e.item.nameSize())) }

func (e entry) value() string {
	return e.page.at(e.item.pair+uint32(e.item.nameLen), uint32(e.item.valueLen))
}

// pair returns name and value as they stand in a cookie-string, with "; " after them.
func (e entry) pair() string { return e.page.at(e.item.pair, uint32(e.item.pairLen())) }

func (e entry) domain() string {
	domain, _ := e.page.place(e.item.place)
	return domain
}

func (e entry) pathLen() int { return e.page.pathLen(e.item.place) }

func (e entry) is(f flags) bool { return e.item.flags&f != 0 }

func (e entry) access() int64 { return atomic.LoadInt64(&e.item.access) }

func (e entry) expired(now int64) bool { return e.item.expires <= now }

// cookie returns the cookie with its last access as of now.
func (e entry) cookie() Cookie {
	domain, path := e.page.place(e.item.place)
	c := Cookie{
		Name: e.name(), Value: e.value(),
		Domain: domain, HostOnly: e.is(flagHostOnly), Path: path,
		Secure: e.is(flagSecure), HttpOnly: e.is(flagHTTPOnly),
		SameSite: e.item.flags.sameSite(), Priority: e.item.flags.priority(),
		Created: fromMicro(e.item.created), LastAccess: fromMicro(e.access()),
		Order: e.item.order,
	}
	if e.item.expires != never {
		c.Expires = fromMicro(e.item.expires)
	}
	c.Partition = e.page.partition()
	return c
}

// isAt reports whether that are the cookie's domain and path.
func (e entry) isAt(domain, path string) bool {
	return isPlace(e.page.text()[e.item.place:], domain, path)
}

// same reports whether two entries are the same but for the last access: a cookie
// that was looked at before is still there.
func (e entry) same(o entry) bool {
	a, b := e.item, o.item
	return a == b || a.order == b.order && a.created == b.created && a.expires == b.expires &&
		a.flags == b.flags && a.demands == b.demands &&
		e.name() == o.name() && e.value() == o.value() && e.isAt(o.page.place(o.item.place))
}

// compare orders entries as they are sent.
func compare(a, b entry) int { return compareSent(a.pathLen(), a.item, b.pathLen(), b.item) }

// compareSent orders items by the lengths of their paths and by age.
// See RFC 6265bis, Section 5.8.3, step 4.
func compareSent(aPath int, a *item, bPath int, b *item) int {
	if aPath != bPath {
		return bPath - aPath // 4.1
	}
	return compareAge(a, b) // 4.2
}

// compareAge orders entries by creation, the older first.
func compareAge(a, b *item) int {
	switch {
	case a.created < b.created || a.created == b.created && a.order < b.order:
		return -1
	case a.created == b.created && a.order == b.order:
		return 0
	}
	return 1
}

func fromMicro(t int64) time.Time { return time.UnixMicro(t).UTC() }
