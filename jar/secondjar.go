package jar

import (
	"fmt"
	"hash/maphash"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"uacookie/internal/identity"
	"uacookie/jar/match"
	"uacookie/jar/store"
)

// This file handles a client that has a jar of its own beside a Transport. Such a client adds
// the cookies of its jar to the Cookie header of a request, as [http.Request.AddCookie]
// writes them, and gives the lines of the response to its jar's SetCookies.

// A face records the use of a jar as an [http.CookieJar] beside a [Transport].
type face struct {
	used   atomic.Bool            // Cookies was called
	shared atomic.Pointer[shared] // nil until a Transport and Cookies both used the jar
}

// shared is the part of a [face] that a Transport and the CookieJar face both use.
type shared struct {
	handed recent       // hashes of the cookies that Cookies returned
	lines  identity.Set // lines that a Transport gave to the jar
}

// meetClient records that Cookies was called.
func (f *face) meetClient() {
	if !f.used.Load() {
		f.used.Store(true)
	}
}

// handOut records the cookies that Cookies returns, if a Transport uses the jar too.
func (f *face) handOut(cookies []*http.Cookie) {
	if s := f.shared.Load(); s != nil {
		var buf []byte
		for _, c := range cookies {
			buf = appendHTTP(buf[:0], c.Name, c.Value, c.Quoted)
			s.handed.add(maphash.Bytes(seed, buf))
		}
	}
}

// meetTransport returns the part that a Transport uses, or nil if Cookies was never called.
func (f *face) meetTransport() *shared {
	if !f.used.Load() {
		return nil
	}
	if f.shared.Load() == nil {
		f.shared.CompareAndSwap(nil, new(shared))
	}
	return f.shared.Load()
}

// unclaimed returns the cookies whose lines no Transport has given to the jar.
func (f *face) unclaimed(cookies []*http.Cookie) []*http.Cookie {
	s := f.shared.Load()
	if s == nil {
		return cookies
	}
	claimed := func(c *http.Cookie) bool { return c != nil && c.Raw != "" && s.lines.Has(c.Raw) }
	if !slices.ContainsFunc(cookies, claimed) {
		return cookies
	}
	return slices.DeleteFunc(slices.Clone(cookies), claimed)
}

// claim makes SetCookies skip the lines of resp, both in j, which gets them from the
// Transport, and in the Transport's Jar. It replaces the lines with copies, so that
// SetCookies recognizes them by the address of their bytes.
func (t *Transport) claim(resp *http.Response, j *Jar) {
	var claimants []*identity.Set
	for _, j := range []*Jar{j, t.Jar} {
		if j != nil {
			if s := j.face.meetTransport(); s != nil {
				claimants = append(claimants, &s.lines)
			}
		}
	}
	if len(claimants) == 0 {
		return
	}
	lines := slices.Clone(resp.Header["Set-Cookie"])
	for i := range lines {
		lines[i] = identity.Clone(lines[i], claimants...)
	}
	resp.Header = maps.Clone(resp.Header)
	resp.Header["Set-Cookie"] = lines
}

// callerOnly returns own, the cookie-string of the caller's request, without the cookies that
// came from a jar: from j, the jar for r, or from the Transport's Jar.
func (t *Transport) callerOnly(own []byte, j *Jar, r *Request) []byte {
	if len(own) == 0 {
		return nil
	}
	if j != nil {
		own = j.withoutStored(own, r)
	}
	if t.Jar != nil && t.Jar != j {
		own = t.Jar.withoutHanded(own, r)
	}
	return own
}

// withoutStored returns a cookie-string without the cookies that j sends with r itself, as
// net/http spells them, and without those that j handed out.
func (j *Jar) withoutStored(own []byte, r *Request) []byte {
	return j.withoutHanded(j.withoutSent(own, r), r)
}

// withoutHanded returns a cookie-string without the cookies that Cookies may have returned
// for the URL of r: those stored now, and those recorded, which may have been replaced since.
func (j *Jar) withoutHanded(own []byte, r *Request) []byte {
	s := j.face.meetTransport()
	if s == nil || len(own) == 0 {
		return own
	}
	own = j.withoutSent(own, &Request{URL: r.URL, Host: r.Host}) // the request that Cookies made up
	return without(own, func(cookie []byte) bool { return s.handed.has(maphash.Bytes(seed, cookie)) })
}

// withoutSent returns a cookie-string without the cookies that j sends with r, as
// net/http spells them.
func (j *Jar) withoutSent(own []byte, r *Request) []byte {
	var buf [matchBuffer]store.Match
	matches := j.peek(buf[:0], r)
	if len(matches) == 0 {
		return own
	}
	spelled := make(map[string]bool, len(matches))
	for _, m := range matches {
		name, value := m.Pair()
		value, quoted := unquote(value)
		spelled[string(appendHTTP(nil, name, value, quoted))] = true
	}
	return without(own, func(cookie []byte) bool { return spelled[string(cookie)] })
}

// checkRefused returns own. It fails if own has a cookie of the site of r that a jar refused.
func (t *Transport) checkRefused(own []byte, j *Jar, r *Request) ([]byte, error) {
	if len(own) == 0 || j == nil || t.IgnoreCookieHeader || t.refused.empty() {
		return own, nil
	}
	for _, piece := range pieces(own) {
		cookie := trimmed(piece)
		if len(cookie) > 0 && t.refused.has(refusedKey(j, r, cookie)) {
			return nil, fmt.Errorf("jar: the request to %q brings back the cookie %q, which the jar of the Transport refused: "+
				"the client has a second cookie jar; leave Jar of its http.Client nil (resty, req: SetCookieJar(nil); colly: DisableCookies()), "+
				"or set IgnoreCookieHeader of the Transport", hostOf(r), cookieName(cookie))
		}
	}
	return own, nil
}

// noteRefused records the cookies that j refused and that another jar may store. It skips
// cookies that the request already carried: servers repeat what a caller sends.
func (t *Transport) noteRefused(req *http.Request, r *Request, j *Jar, lines []string, verdicts []Verdict) {
	var own [][]byte
	for i := range verdicts {
		if verdicts[i].OK() {
			continue
		}
		c, err := http.ParseSetCookie(lines[i])
		if err != nil || c.Value == "" || c.MaxAge < 0 {
			continue // no other jar stores it, or it has no value to recognize it by
		}
		cookie := appendHTTP(nil, c.Name, c.Value, c.Quoted)
		if own == nil {
			own = pieces(callerCookies(req.Header))
		}
		if !slices.ContainsFunc(own, func(piece []byte) bool { return string(trimmed(piece)) == string(cookie) }) {
			t.refused.add(refusedKey(j, r, cookie))
		}
	}
}

// refusedKey returns the key of a refused cookie: a hash of the site and of the cookie as
// net/http spells it.
func refusedKey(j *Jar, r *Request, cookie []byte) uint64 {
	host, _ := match.Host(hostOf(r))
	if site := j.Sites().Registrable(host); site != "" {
		host = site
	}
	var h maphash.Hash
	h.SetSeed(seed)
	_, _ = h.WriteString(host)
	_ = h.WriteByte(0)
	_, _ = h.Write(cookie)
	return h.Sum64()
}

// hostOf returns the host whose cookies r means, as the caller wrote it.
func hostOf(r *Request) string {
	if r.Host == "" && r.URL != nil {
		return r.URL.Host
	}
	return r.Host
}

// seed is the random seed of the hashes: no server can choose two cookies that collide.
var seed = maphash.MakeSeed()

// appendHTTP appends a cookie to dst as [http.Request.AddCookie] spells it.
func appendHTTP(dst []byte, name, value string, quoted bool) []byte {
	for i := range len(name) {
		b := name[i]
		if b == '\n' || b == '\r' {
			b = '-'
		}
		dst = append(dst, b)
	}
	dst = append(dst, '=')
	if quoted = quoted || strings.ContainsAny(value, " ,"); quoted {
		dst = append(dst, '"')
	}
	for i := range len(value) {
		if b := value[i]; 0x20 <= b && b < 0x7f && b != '"' && b != ';' && b != '\\' {
			dst = append(dst, b)
		}
	}
	if quoted {
		dst = append(dst, '"')
	}
	return dst
}

// recentSize is the number of hashes that a recent does not forget.
const recentSize = 4096

// A recent is a set of the hashes that were added last: at least recentSize, and at most
// twice that number. The zero recent is empty. It is safe for concurrent use.
type recent struct {
	mu         sync.RWMutex
	young, old map[uint64]struct{}
}

func (s *recent) add(hash uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.young) >= recentSize {
		s.young, s.old = nil, s.young
	}
	if s.young == nil {
		s.young = make(map[uint64]struct{})
	}
	s.young[hash] = struct{}{}
}

func (s *recent) has(hash uint64) bool {
	s.mu.RLock()
	defer s.mu.RUnlock()
	_, young := s.young[hash]
	_, old := s.old[hash]
	return young || old
}

func (s *recent) empty() bool {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return len(s.young) == 0
}
