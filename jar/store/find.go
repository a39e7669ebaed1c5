package store

import (
	"math/bits"

	"uacookie/jar/match"
)

// A pageRef is a page, and an octet of the hash of each name in it, so that a name is
// sought without a look at the pages.
type pageRef struct {
	*page
	prints [pageSize / 8]uint64
}

// ref returns p with its prints.
func (p *page) ref() pageRef {
	f := pageRef{page: p}
	for i := range p.items {
		f.prints[i/8] |= uint64(uint8(p.items[i].nameHash)) << (i % 8 * 8)
	}
	return f
}

// next returns the first item from at on whose name may have that hash; pageSize if
// there is none.
func (f *pageRef) next(at int, hash uint16) int {
	const ones = 0x0101010101010101
	for ; at < pageSize; at = at/8*8 + 8 {
		x := f.prints[at/8] ^ uint64(uint8(hash))*ones
		x |= 1<<(at%8*8) - 1                           // not those before
		if x = (x - ones) &^ x & (ones << 7); x != 0 { // the octets that are zero, and some above
			return at/8*8 + bits.TrailingZeros64(x)/8
		}
	}
	return pageSize
}

// find returns the first cookie from item at of the i-th page on whose name may have
// that hash, and where it is; the zero entry if there is none.
func (r *record) find(i, at int, hash uint16) (e entry, inPage, item int) {
	for ; i < r.pages(); i, at = i+1, 0 {
		if r.more != nil {
			at = r.more.pages[i].next(at, hash)
		}
		p := r.page(i)
		for ; at < len(p.items); at++ {
			if p.items[at].nameHash == hash {
				return entry{p, &p.items[at]}, i, at
			}
			if r.more != nil {
				at = r.more.pages[i].next(at+1, hash) - 1
			}
		}
	}
	return entry{}, 0, 0
}

// lookFor returns the cookie that has the identity of c, and in which page and where
// in it: the entry is zero if there is none. Expired ones are none.
// See RFC 6265bis, Section 5.7, step 23.1.
func (r *record) lookFor(c *Cookie, hash uint16, now int64) (e entry, i, at int) {
	for e, i, at = r.find(0, 0, hash); e.item != nil; e, i, at = r.find(i, at+1, hash) {
		if e.name() == c.Name && e.is(flagHostOnly) == c.HostOnly && e.domain() == c.Domain && e.path() == c.Path &&
			!e.expired(now) {
			break
		}
	}
	return e, i, at
}

// overlaid reports whether c, which is not Secure and came over an insecure
// connection, would overlay a cookie of r. See RFC 6265bis, Section 5.7, step 16.
func (r *record) overlaid(c *Cookie, hash uint16, now int64) bool {
	for e, i, at := r.find(0, 0, hash); e.item != nil; e, i, at = r.find(i, at+1, hash) {
		if !e.expired(now) && overlays(c, e) {
			return true
		}
	}
	return false
}

// overlays is overlaid for one cookie.
func overlays(c *Cookie, old entry) bool {
	return old.name() == c.Name && // 16.1
		old.is(flagSecure) && // 16.2
		(match.Domain(old.domain(), c.Domain) || match.Domain(c.Domain, old.domain())) && // 16.3
		match.Path(c.Path, old.path()) // 16.4: one way only; see the Note
}

// has reports whether r is seen to have a cookie of that domain without those flags.
// It looks at the first page only: it may miss a cookie, but not invent one.
func (r *record) has(domain string, not flags) bool {
	p := &r.first
	for i := range p.items {
		if e := (entry{p, &p.items[i]}); !e.is(not) && int(e.item.domainLen) == len(domain) && e.domain() == domain {
			return true
		}
	}
	return false
}
