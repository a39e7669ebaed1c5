package main

import (
	"bytes"
	"encoding/binary"
	"hash/maphash"
	"math"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"uacookie/jar"
)

// This file has programs that can do one thing each, for cookies of one shape, and write the
// same bytes as the jar. They are the limit of what a jar could reach: they follow no rule that
// their shape does not need. A row "to its limit" has such a program in place of
// net/http/cookiejar.

var began = time.Now()

// forever is the expiry of a session cookie.
const forever = time.Duration(math.MaxInt64)

// A limitCookie is a cookie of a limitSite.
type limitCookie struct {
	pair, path string
	secure     bool
	expires    time.Duration // since began
}

// A limitSite knows the cookies of one host, in the order in which they are sent.
type limitSite struct {
	host    string
	cookies []limitCookie
}

// newLimitSite returns the cookies of a jar that has no other site. All of them match host.
func newLimitSite(host string, j *jar.Jar) *limitSite {
	all := slices.SortedFunc(j.All(), func(a, b jar.Cookie) int {
		if n := len(b.Path) - len(a.Path); n != 0 {
			return n
		}
		return int(a.Order) - int(b.Order)
	})
	s := &limitSite{host: host}
	for _, c := range all {
		expires := forever
		if c.Persistent() {
			expires = c.Expires.Sub(began)
		}
		s.cookies = append(s.cookies, limitCookie{c.Name + "=" + c.Value, c.Path, c.Secure, expires})
	}
	return s
}

// appendHeader is the limit of a header for a hot site.
func (s *limitSite) appendHeader(dst []byte, u *url.URL) []byte {
	if u.Host != s.host {
		return dst
	}
	now, secure, n := time.Since(began), u.Scheme == "https", len(dst)
	for i := range s.cookies {
		c := &s.cookies[i]
		if c.expires <= now || c.secure && !secure || !limitPath(u.Path, c.path) {
			continue
		}
		if len(dst) > n {
			dst = append(dst, "; "...)
		}
		dst = append(dst, c.pair...)
	}
	return dst
}

// limitPath reports whether a request path matches a cookie's path.
func limitPath(request, path string) bool {
	n := len(path)
	return len(request) >= n && request[:n] == path && (path[n-1] == '/' || len(request) == n || request[n] == '/')
}

// A limitTable finds sites whose cookies all have the path / and the same expiry. A lookup
// waits for two cache misses, one after the other: for a cell, and for the record that it points to.
type limitTable struct {
	seed    maphash.Seed
	cells   []uint64 // the upper half of the hash, and the offset of a record; 0 is free
	records []byte   // expiry, length of the host, length of the header, host, header
}

// newLimitTable returns the cookies of sites, whose headers are all the same.
func newLimitTable(sites []site, header []byte) *limitTable {
	t := &limitTable{seed: maphash.MakeSeed(), records: make([]byte, 8)} // no record is at 0
	size := 1
	for size < 2*len(sites) {
		size *= 2
	}
	t.cells = make([]uint64, size)
	for _, s := range sites {
		hash := maphash.String(t.seed, s.url.Host)
		at := hash & uint64(size-1)
		for t.cells[at] != 0 {
			at = (at + 1) & uint64(size-1)
		}
		t.cells[at] = hash&^math.MaxUint32 | uint64(len(t.records)/8)
		r := binary.LittleEndian.AppendUint64(t.records, uint64(forever))
		r = append(r, byte(len(s.url.Host)), byte(len(header)>>8), byte(len(header)))
		r = append(append(r, s.url.Host...), header...)
		t.records = append(r, make([]byte, -len(r)&7)...)
	}
	return t
}

// appendHeader is the limit of a header for one of many sites.
func (t *limitTable) appendHeader(dst []byte, u *url.URL) []byte {
	hash, host := maphash.String(t.seed, u.Host), u.Host
	for at := hash; ; at++ {
		cell := t.cells[at&uint64(len(t.cells)-1)]
		if cell == 0 {
			return dst
		}
		if (cell^hash)>>32 != 0 {
			continue
		}
		r := t.records[(cell&math.MaxUint32)*8:]
		n := int(r[8])
		if n != len(host) || string(r[11:11+n]) != host {
			continue
		}
		if time.Since(began) >= time.Duration(binary.LittleEndian.Uint64(r)) {
			return dst
		}
		return append(dst, r[11+n:][:int(r[9])<<8|int(r[10])]...)
	}
}

// A limitLine stores lines of one cookie with the path / that are Secure, HttpOnly and Lax and
// have a Max-Age, in any order and case. It keeps two versions of the cookie: a reader takes no
// lock.
type limitLine struct {
	mu       sync.Mutex
	current  atomic.Uint32
	host     string
	versions [2]struct {
		pair    [128]byte
		n       int
		expires time.Duration
	}
}

// set is the limit of a line that is parsed and stored over an old one. It reports whether line
// has the shape.
func (l *limitLine) set(u *url.URL, line string) bool {
	if u.Host != l.host || u.Scheme != "https" {
		return false
	}
	pair, rest := limitCut(line)
	if len(pair) > len(l.versions[0].pair) {
		return false
	}
	for i := range len(pair) {
		if pair[i] < ' ' || pair[i] == 0x7F {
			return false
		}
	}
	var age time.Duration
	count := 0
	for ; rest != ""; count++ {
		var a string
		a, rest = limitCut(rest)
		name, value, _ := strings.Cut(strings.TrimLeft(a, " "), "=")
		ok := false
		switch len(name) {
		case 4:
			ok = strings.EqualFold(name, "path") && value == "/"
		case 6:
			ok = strings.EqualFold(name, "secure")
		case 7:
			for i := range len(value) {
				if value[i]-'0' > 9 || age > math.MaxInt32 {
					return false
				}
				age = age*10 + time.Duration(value[i]-'0')
			}
			ok = strings.EqualFold(name, "max-age")
		case 8:
			ok = strings.EqualFold(name, "httponly") || strings.EqualFold(name, "samesite") && strings.EqualFold(value, "lax")
		}
		if !ok {
			return false
		}
	}
	if count != 5 {
		return false
	}
	now := time.Since(began)
	l.mu.Lock()
	next := 1 - l.current.Load()
	v := &l.versions[next]
	v.n, v.expires = copy(v.pair[:], pair), now+age*time.Second
	l.current.Store(next)
	l.mu.Unlock()
	return true
}

// limitCut cuts s at its first semicolon.
func limitCut(s string) (before, after string) {
	if i := strings.IndexByte(s, ';'); i >= 0 {
		return s[:i], s[i+1:]
	}
	return s, ""
}

// header returns the cookie.
func (l *limitLine) header() []byte {
	v := &l.versions[l.current.Load()]
	return v.pair[:v.n]
}

// hotLimit compares a header for one site with its limit.
func hotLimit() sides {
	s := newSite("https://www.example.com/a/b/c")
	_, own := filled([]site{s}, mixed, false)
	limit := newLimitSite(s.url.Host, own)
	a, b := make([]byte, 0, 4096), make([]byte, 0, 4096)
	return sameHeaders(sides{
		std: func(n int) {
			for range n {
				a = limit.appendHeader(a[:0], s.url)
			}
		},
		own: func(n int) {
			for range n {
				b = own.AppendHeader(b[:0], s.request)
			}
		},
	}, &a, &b)
}

// coldLimit compares a header for one of n sites with its limit.
func coldLimit(n int) func() sides {
	return func() sides {
		sites, lines, own := manySites(n), few(3), newOwn(false)
		for _, s := range sites {
			ownJar{own}.set(s, lines)
		}
		limit := newLimitTable(sites, own.AppendHeader(nil, sites[0].request))
		hosts := ask(sites, min(n*8, 1<<20))
		asked := newSite(sites[0].url.String())
		a, b := make([]byte, 0, 4096), make([]byte, 0, 4096)
		i, j := 0, 0
		return sameHeaders(sides{
			std: func(n int) {
				for range n {
					asked.url.Host = hosts[i%len(hosts)]
					a = limit.appendHeader(a[:0], asked.url)
					i++
				}
			},
			own: func(n int) {
				for range n {
					asked.url.Host = hosts[j%len(hosts)]
					b = own.AppendHeader(b[:0], asked.request)
					j++
				}
			},
		}, &a, &b)
	}
}

// lineLimit compares a line of five attributes over an old one with its limit.
func lineLimit() sides {
	s := newSite("https://www.example.com/a/b")
	lines := [2][]string{
		{"session=5f3c8a1e9b7d4f60a2c4; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=3600"},
		{"session=60a2c45f3c8a1e9b7d4f; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=3600"},
	}
	_, own := filled([]site{s}, lines[0], false)
	limit := &limitLine{host: s.url.Host}
	var a, b []byte
	result := sides{
		std: func(n int) {
			for i := range n {
				if !limit.set(s.url, lines[i%2][0]) {
					panic("the limit cannot store a line")
				}
			}
			a = limit.header()
		},
		own: func(n int) {
			for i := range n {
				ownJar{own}.set(s, lines[i%2])
			}
			b = own.AppendHeader(b[:0], s.request)
		},
	}
	return sameHeaders(result, &a, &b)
}

// sameHeaders returns s, both sides of which wrote the same bytes to a and b.
func sameHeaders(s sides, a, b *[]byte) sides {
	for range 2 {
		s.std(1)
		s.own(1)
		if len(*a) == 0 || !bytes.Equal(*a, *b) {
			panic("the limit does not write what the jar writes")
		}
	}
	return s
}
