package jar_test

import (
	"math/big"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/net/publicsuffix"

	"uacookie/internal/parse"
)

// A modelJar is RFC 6265bis, Sections 5.6 to 5.8, word for word, with a slice and loops: the
// reference for the jar. Keep it literal; it need not be fast. It expects canonical hosts, and
// uses the jar's date parser, which has a model of its own. What the draft leaves open is as
// in policy.Standard.
type modelJar struct {
	now     time.Time
	cookies []modelCookie
	created int // cookies created so far: the order within one instant

	limit, purged int // cookies of a registrable domain; 0: none

	// draft turns off the deviation "registrable-domain", by which the jar keeps each
	// cookie within the site of its host.
	draft bool
}

type modelCookie struct {
	name, value, domain, path              string
	hostOnly, secure, httpOnly, persistent bool
	sameSite, partition, priority          string
	expiry, creation, access               time.Time
	order                                  int
}

// A modelRequest is a request in the model's terms.
type modelRequest struct {
	url       *url.URL
	method    string
	script    bool
	initiator *url.URL
	documents []*url.URL
	date      time.Time // of the server; zero: unknown
}

// modelHost is the host of a URL without its port.
func modelHost(u *url.URL) string {
	if i := strings.LastIndexByte(u.Host, ':'); i >= 0 && !strings.HasSuffix(u.Host, "]") {
		return u.Host[:i]
	}
	return u.Host
}

func modelIsIP(host string) bool {
	_, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return err == nil
}

func modelSuffix(host string) string {
	bare := strings.TrimSuffix(host, ".")
	suffix, _ := publicsuffix.PublicSuffix(bare)
	return suffix + host[len(bare):]
}

func modelIsSuffix(host string) bool {
	return host != "" && !modelIsIP(host) && modelSuffix(host) == host
}

// modelSite is the registrable domain, or the host if it has none.
func modelSite(host string) string {
	if modelIsIP(host) || modelIsSuffix(host) {
		return host
	}
	labels := strings.Split(strings.TrimSuffix(host, "."+modelSuffix(host)), ".")
	return labels[len(labels)-1] + "." + modelSuffix(host)
}

// modelOrigin is the schemeful site of a URL.
func modelOrigin(u *url.URL) string {
	return strings.Replace(u.Scheme, "ws", "http", 1) + "://" + modelSite(modelHost(u))
}

func modelSecure(u *url.URL) bool {
	host := modelHost(u)
	addr, _ := netip.ParseAddr(strings.Trim(host, "[]"))
	return u.Scheme == "https" || u.Scheme == "wss" ||
		host == "localhost" || strings.HasSuffix(host, ".localhost") || addr.IsLoopback()
}

// modelDomainMatch is Section 5.1.3.
func modelDomainMatch(s, domain string) bool {
	if s == domain {
		return true
	}
	return strings.HasSuffix(s, domain) && strings.HasSuffix(strings.TrimSuffix(s, domain), ".") && !modelIsIP(s)
}

// modelPathMatch is Section 5.1.4.
func modelPathMatch(request, cookie string) bool {
	if request == cookie {
		return true
	}
	if strings.HasPrefix(request, cookie) && strings.HasSuffix(cookie, "/") {
		return true
	}
	return strings.HasPrefix(request, cookie) && request[len(cookie)] == '/'
}

// modelDefaultPath is Section 5.1.4.
func modelDefaultPath(path string) string {
	if path == "" || path[0] != '/' {
		return "/"
	}
	if strings.Count(path, "/") <= 1 {
		return "/"
	}
	return path[:strings.LastIndex(path, "/")]
}

func modelPath(u *url.URL) string {
	if p := u.EscapedPath(); p != "" {
		return p
	}
	return "/"
}

// modelSameSite is Section 5.2.
func modelSameSite(r *modelRequest) bool {
	if r.initiator == nil && len(r.documents) == 0 {
		return true
	}
	own := modelOrigin(r.url)
	if r.initiator != nil && modelOrigin(r.initiator) != own {
		return false
	}
	for _, d := range r.documents {
		if modelOrigin(d) != own {
			return false
		}
	}
	return true
}

// modelPartition is the partition key of CHIPS, as a string.
func modelPartition(r *modelRequest) string {
	if len(r.documents) == 0 {
		return modelOrigin(r.url) + " false"
	}
	cross := false
	for _, d := range r.documents {
		cross = cross || modelOrigin(d) != modelOrigin(r.url)
	}
	return modelOrigin(r.documents[0]) + " " + strconv.FormatBool(cross)
}

func modelControl(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return r <= 8 || r >= 0x0A && r <= 0x1F || r == 0x7F })
}

// modelAttribute is one attribute of the cookie-attribute-list.
type modelAttribute struct {
	name, value string
	time        time.Time
}

// modelCounted returns expires + (now - date), in numbers that no date overflows, or the
// nearest instant that a Time can hold.
func modelCounted(expires, date, now time.Time) time.Time {
	nanos := func(t time.Time) *big.Int {
		n := new(big.Int).Mul(big.NewInt(t.Unix()), big.NewInt(1e9))
		return n.Add(n, big.NewInt(int64(t.Nanosecond())))
	}
	sum := nanos(expires)
	sum.Add(sum.Sub(sum, nanos(date)), nanos(now))
	seconds, rest := new(big.Int).DivMod(sum, big.NewInt(1e9), new(big.Int))
	switch {
	case seconds.Cmp(big.NewInt(time.Time{}.Unix())) <= 0:
		return time.Time{}.Add(time.Second)
	case seconds.Cmp(big.NewInt(1e12)) > 0:
		return time.Unix(1e12, 0)
	}
	return time.Unix(seconds.Int64(), rest.Int64())
}

// receive is Sections 5.6 and 5.7. It reports whether the cookie was stored.
func (m *modelJar) receive(r *modelRequest, line string) bool {
	m.evictExpired()

	// Section 5.6, the set-cookie-string.
	if modelControl(line) {
		return false
	}
	pair, unparsed := line, ""
	if i := strings.Index(line, ";"); i >= 0 {
		pair, unparsed = line[:i], line[i:]
	}
	name, value := "", pair
	if i := strings.Index(pair, "="); i >= 0 {
		name, value = pair[:i], pair[i+1:]
	}
	name, value = strings.Trim(name, " \t"), strings.Trim(value, " \t")
	if len(name)+len(value) > 4096 {
		return false
	}

	// Section 5.6, the unparsed-attributes.
	const limit = 400 * 24 * time.Hour
	var list []modelAttribute
	for unparsed != "" {
		unparsed = unparsed[1:]
		av := unparsed
		if i := strings.Index(unparsed, ";"); i >= 0 {
			av = unparsed[:i]
		}
		unparsed = unparsed[len(av):]
		attribute, text := av, ""
		if i := strings.Index(av, "="); i >= 0 {
			attribute, text = av[:i], av[i+1:]
		}
		attribute, text = strings.ToLower(strings.Trim(attribute, " \t")), strings.Trim(text, " \t")
		if len(text) > 1024 {
			continue
		}
		a := modelAttribute{name: attribute, value: text}
		switch attribute {
		case "expires":
			t, ok := parse.Date(text, 0)
			if !ok {
				continue
			}
			if !r.date.IsZero() && !r.script { // the deviation server-clock
				t = modelCounted(t, r.date, m.now)
			}
			if t.After(m.now.Add(limit)) {
				t = m.now.Add(limit)
			}
			a.time = t
		case "max-age":
			digits := strings.TrimPrefix(text, "-")
			if digits == "" || strings.Trim(digits, "0123456789") != "" {
				continue
			}
			seconds, err := strconv.ParseInt(text, 10, 64)
			if err != nil && text[0] == '-' {
				seconds = -1
			}
			if err != nil && text[0] != '-' || seconds > int64(limit/time.Second) {
				seconds = int64(limit / time.Second)
			}
			a.time = time.Time{}
			if seconds > 0 {
				a.time = m.now.Add(time.Duration(seconds) * time.Second)
			}
		case "domain":
			a.value = strings.ToLower(strings.TrimPrefix(text, "."))
		case "path":
			if text == "" || text[0] != '/' {
				a.value = modelDefaultPath(modelPath(r.url))
			}
		case "samesite":
			a.value = "Default"
			for _, v := range []string{"None", "Strict", "Lax"} {
				if strings.EqualFold(text, v) {
					a.value = v
				}
			}
		}
		list = append(list, a)
		if attribute == "path" && text != "" && text[0] == '/' {
			// The layered draft's has-path attribute.
			list = append(list, modelAttribute{name: "has-path"})
		}
	}
	last := func(name string) (a modelAttribute, ok bool) {
		for _, x := range list {
			if x.name == name {
				a, ok = x, true
			}
		}
		return a, ok
	}
	has := func(name string) bool { _, ok := last(name); return ok }

	// Section 5.7.
	if name == "" && value == "" { // 2
		return false
	}
	c := modelCookie{name: name, value: value, creation: m.now, access: m.now} // 5
	if a, ok := last("max-age"); ok {                                          // 6
		c.persistent, c.expiry = true, a.time
	} else if a, ok := last("expires"); ok {
		c.persistent, c.expiry = true, a.time
	}
	domain, _ := last("domain") // 7
	if strings.ContainsFunc(domain.value, func(r rune) bool { return r > 0x7F }) {
		return false // 8
	}
	host := modelHost(r.url)
	if modelIsSuffix(domain.value) || modelIsSuffix(strings.TrimSuffix(domain.value, ".")) { // 9
		if domain.value != host {
			return false
		}
		domain.value = ""
	}
	if domain.value != "" { // 10
		if !modelDomainMatch(host, domain.value) {
			return false
		}
		if !m.draft && modelSite(host) != modelSite(domain.value) {
			return false
		}
		c.hostOnly, c.domain = false, domain.value
	} else {
		c.hostOnly, c.domain = true, host
	}
	c.path = modelDefaultPath(modelPath(r.url)) // 11
	if a, ok := last("path"); ok {
		c.path = a.value
	}
	c.secure = has("secure") // 12
	if c.secure && !modelSecure(r.url) {
		return false // 13
	}
	c.httpOnly = has("httponly") // 14
	if c.httpOnly && r.script {
		return false // 15
	}
	if has("partitioned") { // CHIPS
		if !c.secure {
			return false
		}
		c.partition = modelPartition(r)
	}
	if !c.secure && !modelSecure(r.url) { // 16
		for _, old := range m.cookies {
			if old.partition == c.partition && (m.draft || modelSite(old.domain) == modelSite(c.domain)) &&
				old.name == c.name && old.secure &&
				(modelDomainMatch(old.domain, c.domain) || modelDomainMatch(c.domain, old.domain)) &&
				modelPathMatch(c.path, old.path) {
				return false
			}
		}
	}
	c.priority = "medium"
	if a, ok := last("priority"); ok && (strings.EqualFold(a.value, "low") || strings.EqualFold(a.value, "high")) {
		c.priority = strings.ToLower(a.value)
	}
	c.sameSite = "Default" // 17
	if a, ok := last("samesite"); ok {
		c.sameSite = a.value
	}
	if c.sameSite != "None" { // 18
		topLevel := len(r.documents) == 0 && !r.script
		if !modelSameSite(r) && !topLevel {
			return false
		}
	}
	if c.sameSite == "None" && !c.secure { // 19
		return false
	}
	prefixed := func(s, prefix string) bool {
		return len(s) >= len(prefix) && strings.ToLower(s[:len(prefix)]) == prefix
	}
	hostOK := c.secure && c.hostOnly && has("has-path") && c.path == "/"
	if prefixed(name, "__secure-") && !c.secure || // 20
		prefixed(name, "__host-") && !hostOK || // 21
		prefixed(name, "__http-") && !(c.secure && c.httpOnly) ||
		prefixed(name, "__host-http-") && !(hostOK && c.httpOnly) {
		return false
	}
	if name == "" && (prefixed(value, "__secure-") || prefixed(value, "__host-") || prefixed(value, "__http-")) {
		return false // 22
	}
	m.created++
	c.order = m.created
	for i, old := range m.cookies { // 23
		if old.name == c.name && old.domain == c.domain && old.hostOnly == c.hostOnly && old.path == c.path && old.partition == c.partition {
			if r.script && old.httpOnly {
				return false
			}
			c.creation, c.order = old.creation, old.order
			m.cookies = slices.Delete(m.cookies, i, i+1)
			break
		}
	}
	m.cookies = append(m.cookies, c) // 24
	m.evictExpired()
	m.evictExcess(modelSite(c.domain), c.partition)
	return true
}

// evictExpired is Section 5.7: at any time.
func (m *modelJar) evictExpired() {
	m.cookies = slices.DeleteFunc(m.cookies, func(c modelCookie) bool {
		return c.persistent && !c.expiry.After(m.now)
	})
}

// evictExcess enforces the limit for a site, in Chromium's rounds, and then in the same rounds
// without their quotas. In each round the least recently accessed cookies go first.
func (m *modelJar) evictExcess(site, partition string) {
	of := func(c modelCookie) bool { return c.partition == partition && modelSite(c.domain) == site }
	count := func(priority string) (n int) {
		for _, c := range m.cookies {
			if of(c) && (priority == "" || c.priority == priority) {
				n++
			}
		}
		return n
	}
	if m.limit == 0 || partition != "" || count("") <= m.limit {
		return
	}
	for _, kept := range []map[string]int{{"low": 30, "medium": 50, "high": 70}, {}} {
		for _, round := range []struct {
			priority string
			secure   bool
		}{{"low", false}, {"low", true}, {"medium", false}, {"high", false}, {"medium", true}, {"high", true}} {
			for count("") > m.purged && count(round.priority) > kept[round.priority] {
				worst := -1
				for i, c := range m.cookies {
					if !of(c) || c.priority != round.priority || c.secure && !round.secure {
						continue
					}
					if worst < 0 || c.access.Before(m.cookies[worst].access) ||
						c.access.Equal(m.cookies[worst].access) && older(c, m.cookies[worst]) {
						worst = i
					}
				}
				if worst < 0 {
					break
				}
				m.cookies = slices.Delete(m.cookies, worst, worst+1)
			}
		}
	}
}

func older(a, b modelCookie) bool {
	return a.creation.Before(b.creation) || a.creation.Equal(b.creation) && a.order < b.order
}

// header is Section 5.8.3.
func (m *modelJar) header(r *modelRequest) string {
	m.evictExpired()
	var list []*modelCookie
	for i := range m.cookies {
		c := &m.cookies[i]
		host := modelHost(r.url)
		if c.hostOnly && host != c.domain || !c.hostOnly && !modelDomainMatch(host, c.domain) {
			continue
		}
		if !m.draft && modelSite(host) != modelSite(c.domain) {
			continue
		}
		if c.partition != "" && c.partition != modelPartition(r) {
			continue
		}
		if !modelPathMatch(modelPath(r.url), c.path) ||
			c.secure && !modelSecure(r.url) ||
			c.httpOnly && r.script {
			continue
		}
		if c.sameSite != "None" && !modelSameSite(r) {
			safe := r.method == "GET" || r.method == "HEAD" || r.method == "OPTIONS" || r.method == "TRACE"
			if r.script || c.sameSite == "Strict" || !safe || len(r.documents) > 0 {
				continue
			}
		}
		list = append(list, c)
	}
	slices.SortFunc(list, func(a, b *modelCookie) int {
		switch {
		case len(a.path) != len(b.path):
			return len(b.path) - len(a.path)
		case older(*a, *b):
			return -1
		}
		return 1
	})
	var out []string
	for _, c := range list {
		if m.now.Sub(c.access) >= time.Minute {
			c.access = m.now
		}
		s := c.value
		if c.name != "" {
			s = c.name + "=" + c.value
		}
		out = append(out, s)
	}
	return strings.Join(out, "; ")
}
