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

func (e entry) name() string { return e.page.text.at(e.item.pair, uint32(e.item.nameLen)) }

func (e entry) value() string {
	start := e.item.pair + uint32(e.item.nameLen)
	if e.item.nameLen > 0 {
		start += uint32(len("="))
	}
	return e.page.text.at(start, uint32(e.item.valueLen))
}

// pair returns name and value as they stand in a cookie-string, with "; " after them.
func (e entry) pair() string { return e.page.text.at(e.item.pair, uint32(e.item.pairLen())) }

func (e entry) domain() string { return e.page.text.at(e.item.place, e.item.domainLen) }

func (e entry) path() string {
	return e.page.text.at(e.item.place+e.item.domainLen, e.item.pathLen)
}

func (e entry) hasPlace(domain, path string) bool {
	return int(e.item.domainLen) == len(domain) && int(e.item.pathLen) == len(path) &&
		e.domain() == domain && e.path() == path
}

func (e entry) is(f flags) bool { return e.item.flags&f != 0 }

func (e entry) access() int64 { return atomic.LoadInt64(&e.item.access) }

func (e entry) expired(now int64) bool { return e.item.expires <= now }

// cookie returns the cookie with its last access as of now.
func (e entry) cookie() Cookie {
	c := Cookie{
		Name: e.name(), Value: e.value(),
		Domain: e.domain(), HostOnly: e.is(flagHostOnly), Path: e.path(),
		Secure: e.is(flagSecure), HttpOnly: e.is(flagHTTPOnly),
		SameSite: e.item.flags.sameSite(), Priority: e.item.flags.priority(),
		Created: fromMicro(e.item.created), LastAccess: fromMicro(e.access()),
		Order: e.item.order,
	}
	if e.item.expires != never {
		c.Expires = fromMicro(e.item.expires)
	}
	if p := e.page.partition; p != nil {
		c.Partition = *p
	}
	return c
}

// same reports whether two entries are the same but for the last access: a cookie
// that was looked at before is still there.
func (e entry) same(o entry) bool {
	a, b := e.item, o.item
	return a == b || a.order == b.order && a.created == b.created && a.expires == b.expires &&
		a.flags == b.flags && a.demands == b.demands &&
		e.name() == o.name() && e.value() == o.value() && e.domain() == o.domain() && e.path() == o.path()
}

// compare orders entries as they are sent.
// See RFC 6265bis, Section 5.8.3, step 4.
func compare(a, b *item) int {
	if d := int(b.pathLen) - int(a.pathLen); d != 0 {
		return d // 4.1
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
