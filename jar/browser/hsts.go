package browser

import (
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"

	"uacookie/jar"
	"uacookie/jar/match"
)

// A pledge is what a browser remembers of a host that has asked for HTTP Strict Transport
// Security.
type pledge struct {
	until      time.Time
	subdomains bool
}

// A pledgeKey is where a pledge holds. Firefox keeps those that third parties made apart for each
// top-level site.
type pledgeKey struct{ top, host string }

// pledgeTop returns the top of a key for requests with a context for u.
func (b *Browser) pledgeTop(c *jar.Context, u *url.URL) string {
	if !b.isFirefox() || len(c.Documents) == 0 {
		return ""
	}
	top := b.siteOf(c.Documents[0])
	if own := b.siteOf(u); top.Name == own.Name {
		return ""
	}
	return top.String()
}

// learn remembers what the Strict-Transport-Security field of a response asks for. An insecure
// response cannot ask, and an IP address neither. See RFC 6797, Section 8.1.
//
// That IP addresses have none, and that a pledge ends, is from the specification only.
func (b *Browser) learn(x *Exchange) {
	u := x.URL
	host, ok := match.Host(u.Host)
	fields := x.Response.Header["Strict-Transport-Security"]
	if _, err := netip.ParseAddr(strings.Trim(host, "[]")); !ok || err == nil || len(fields) == 0 || httpScheme(u.Scheme) != "https" {
		return
	}
	age, subdomains, ok := parsePledge(fields[0])
	if !ok {
		return
	}
	key := pledgeKey{b.pledgeTop(x.Context, u), host}
	b.mu.Lock()
	defer b.mu.Unlock()
	if age <= 0 {
		delete(b.pledges, key)
		return
	}
	b.pledges[key] = pledge{b.now().Add(age), subdomains}
}

// parsePledge parses a Strict-Transport-Security field. See RFC 6797, Section 6.1.
func parsePledge(field string) (age time.Duration, subdomains, ok bool) {
	seen := map[string]bool{}
	for directive := range strings.SplitSeq(field, ";") {
		name, value, has := strings.Cut(directive, "=")
		name, value = strings.ToLower(strings.TrimSpace(name)), strings.TrimSpace(value)
		if seen[name] && name != "" {
			return 0, false, false
		}
		seen[name] = true
		switch name {
		case "max-age":
			if len(value) > 1 && value[0] == '"' && value[len(value)-1] == '"' {
				value = value[1 : len(value)-1]
			}
			n, err := strconv.ParseUint(value, 10, 32)
			if err != nil {
				return 0, false, false
			}
			age, ok = time.Duration(n)*time.Second, true
		case "includesubdomains":
			if has {
				return 0, false, false
			}
			subdomains = true
		}
	}
	return age, subdomains, ok
}

// pledged returns the host that has asked that another host, or itself, be reached by TLS
// only; "" for none. See RFC 6797, Section 8.2.
func (b *Browser) pledged(top, host string) string {
	now := b.now()
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.pledges) == 0 {
		return ""
	}
	for h := host; h != ""; {
		if p, ok := b.pledges[pledgeKey{top, h}]; ok && now.Before(p.until) && (h == host || p.subdomains) {
			return h
		}
		_, h, _ = strings.Cut(h, ".")
	}
	return ""
}

// upgrade sends the request by https if the host has asked for that. See RFC 6797, Section
// 8.3. To browsers this is a redirect: it drops the Referer of a secure document, and in
// Chromium the Origin becomes "null". For WebSockets it is from the specification only.
func (q *request) upgrade() {
	if httpScheme(q.url.Scheme) != "http" {
		return
	}
	host, _ := match.Host(q.url.Host)
	by := q.browser.pledged(q.browser.pledgeTop(q.context, q.url), host)
	if by == "" {
		return
	}
	q.note("HSTS: %s is upgraded to https, as %s asked by Strict-Transport-Security", q.url.Redacted(), by)
	q.referer()
	q.url = secured(q.url)
	if q.browser.isFirefox() {
		q.hops[len(q.hops)-1] = q.url
	} else {
		q.hops = append(q.hops, q.url)
	}
}

// secured returns an http or ws URL with the secure scheme.
func secured(u *url.URL) *url.URL {
	v := *u
	v.Scheme = map[string]string{"http": "https", "ws": "wss"}[u.Scheme]
	if v.Port() == defaultPorts["https"] {
		v.Host = strings.TrimSuffix(v.Host, ":443")
	}
	return &v
}
