package browser

import (
	"cmp"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"uacookie/jar"
	"uacookie/jar/match"
)

// A CookieInit is a cookie that a script sets.
type CookieInit struct {
	Name, Value string
	Expires     time.Time // zero for a session cookie, unless MaxAge says otherwise
	MaxAge      int       // in seconds; zero for none, below zero for a cookie that has expired
	Domain      string    // "" for a host-only cookie
	Path        string    // "" means "/"
	SameSite    string    // "strict", which "" means, "lax" or "none"
	Partitioned bool
}

// String describes c without its value.
func (c CookieInit) String() string {
	return strconv.Quote(c.Name) + " for " + strconv.Quote(cmp.Or(c.Domain, "the host")) + cmp.Or(c.Path, "/")
}

// Format implements fmt.Formatter. For every verb it writes String.
func (c CookieInit) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, c.String()) }

// LogValue implements slog.LogValuer, without the value.
func (c CookieInit) LogValue() slog.Value { return slog.StringValue(c.String()) }

// Set sets a cookie, which is Secure and not HttpOnly. If a rule about cookies refuses it, Chromium says so to
// the script, and Firefox does not: the log has the reason.
func (s *CookieStore) Set(c CookieInit) error {
	if err := s.unusable(); err != nil {
		return err
	}
	return s.set(c)
}

// Delete deletes a cookie: by its Name, Domain, Path and Partitioned, the other fields have no
// effect. It is no error if there is no such cookie. Firefox takes no account of whether the cookie is
// host-only.
func (s *CookieStore) Delete(c CookieInit) error {
	if err := s.unusable(); err != nil {
		return err
	}
	c.Value, c.Expires, c.MaxAge, c.SameSite = "", time.Unix(0, 0), 0, ""
	if !s.frame.browser.isFirefox() {
		if normalize(c.Name) == "" {
			c.Value = "x"
		}
		return s.set(c)
	}
	if c.Domain != "" {
		if _, err := s.domain(c.Domain, false); err != nil {
			return err
		}
	}
	if c.Partitioned && !s.partitions() {
		return nil
	}
	if name := normalize(c.Name); name == "" || forbidden(name) || strings.Contains(name, "=") || len(name) > maxPair {
		return nil // no cookie has such a name
	}
	c.SameSite = "none" // as even a third party deletes
	wide := c
	if c.Domain, wide.Domain = "", cmp.Or(c.Domain, s.url().Hostname()); !strings.HasPrefix(strings.ToLower(normalize(c.Name)), "__host-") {
		if err := s.set(wide); err != nil {
			return err
		}
	}
	return s.set(c)
}

// The limits of RFC 6265bis, Section 5.6.
const (
	maxPair      = 4096
	maxAttribute = 1024
)

// set sets a cookie. See Cookie Store API, "set a cookie", whose order this has.
func (s *CookieStore) set(c CookieInit) error {
	if s.frame.browser.averse(s.document) {
		return typeError("the document is cookie-averse, as those of blob: URLs are")
	}
	name, value := normalize(c.Name), normalize(c.Value)
	lower := strings.ToLower(name)
	switch {
	case forbidden(name) || forbidden(value):
		return typeError("the name or the value has a semicolon or a control character")
	case strings.Contains(name, "="):
		return typeError("the name has an equals sign")
	case name == "" && strings.Contains(value, "="):
		return typeError("a cookie without a name has an equals sign in its value")
	case name == "" && value == "":
		return typeError("the cookie has neither name nor value")
	case name == "" && s.frame.browser.isFirefox():
		return typeError("Firefox has no cookies without a name")
	case name == "" && hasAnyPrefix(strings.ToLower(value), "__host-", "__host-http-", "__http-", "__secure-"):
		return typeError("a cookie without a name has a value that begins with a prefix of names")
	case hasAnyPrefix(lower, "__host-http-", "__http-"):
		return typeError("a name with the prefix __Http- or __Host-Http- is not for scripts")
	case len(name)+len(value) > maxPair:
		return typeError("name and value have more than %d bytes", maxPair)
	}
	line := name + "=" + value
	if c.Domain != "" {
		domain, err := s.domain(c.Domain, strings.HasPrefix(lower, "__host-"))
		if err != nil {
			return err
		}
		line += "; Domain=" + domain
	}
	switch {
	case c.MaxAge != 0 && !c.Expires.IsZero():
		return typeError("a cookie has expires or maxAge, and not both")
	case c.MaxAge != 0:
		line += "; Max-Age=" + strconv.Itoa(c.MaxAge)
	case !c.Expires.IsZero():
		line += "; Expires=" + httpDate(c.Expires)
	}
	path := s.path(c.Path)
	switch {
	case path[0] != '/':
		return typeError("the path does not begin with a slash")
	case path != "/" && strings.HasPrefix(lower, "__host-"):
		return typeError("a name with the prefix __Host- wants the path /")
	case strings.Contains(path, ";"):
		return typeError("the path has a semicolon")
	case len(path) > maxAttribute:
		return typeError("the path has more than %d bytes", maxAttribute)
	}
	line += "; Path=" + path + "; Secure"
	switch c.SameSite {
	case "", "strict", "lax", "none":
		line += "; SameSite=" + map[string]string{"": "Strict", "strict": "Strict", "lax": "Lax", "none": "None"}[c.SameSite]
	default:
		return typeError("SameSite %q: want strict, lax or none", c.SameSite)
	}
	if c.Partitioned && s.partitions() {
		line += "; Partitioned"
	}
	b := s.frame.browser
	x := s.access("write", s.url())
	defer b.record(x)
	b.receive(x, []string{line}, true)
	if err := x.SetCookies[0].Err(); err != nil && !b.isFirefox() {
		return &Exception{"TypeError", err}
	}
	return nil
}

// path returns the path of a cookie. Chromium escapes it as a URL's, and adds a slash at its end, as the
// API once had it: a cookie for /app is then not sent to /app itself.
//
// Firefox takes any path as it is. Here it is part of a line, and so has what a line cannot have escaped: no
// request's path matches either.
func (s *CookieStore) path(path string) string {
	switch {
	case path == "":
		return "/"
	case path[0] != '/':
		return path
	}
	firefox := s.frame.browser.isFirefox()
	if !firefox && !strings.HasSuffix(path, "/") {
		path += "/"
	}
	var b strings.Builder
	for _, c := range []byte(path) {
		if c < ' ' || c == 0x7F || c > 0x7F && !firefox || c == ';' && firefox {
			fmt.Fprintf(&b, "%%%02X", c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

// partitions reports whether the API sets cookies in a partition. In Firefox that is
// a third party, where these are kept apart, and else it disregards Partitioned.
func (s *CookieStore) partitions() bool {
	t := s.frame.accessContext(s.document).ThirdParty
	if t == jar.ThirdPartyDefault {
		t = s.frame.browser.agent.ThirdParty()
	}
	return !s.frame.browser.isFirefox() || t == jar.ThirdPartyPartitioned && s.frame.isThirdParty(s.document)
}

// domain returns the value of the attribute Domain.
func (s *CookieStore) domain(domain string, hostPrefix bool) (string, error) {
	canonical, ok := match.Host(domain)
	host, _ := match.Host(s.url().Host)
	switch {
	case domain[0] == '.':
		return "", typeError("the domain begins with a dot")
	case hostPrefix:
		return "", typeError("a name with the prefix __Host- wants no domain")
	case !ok || strings.Contains(domain, ":") || !within(host, canonical) || !within(canonical, s.frame.browser.siteOf(s.url()).Name):
		return "", typeError("the domain is neither the host nor a domain above it, within its site")
	case len(canonical) > maxAttribute:
		return "", typeError("the domain has more than %d bytes", maxAttribute)
	}
	return canonical, nil
}

// within reports whether a host is a domain or below it.
func within(host, domain string) bool { return host == domain || strings.HasSuffix(host, "."+domain) }

// normalize returns a name or value without tabs and spaces around it. See Cookie Store API,
// "normalize".
func normalize(s string) string {
	return strings.Trim(strings.ToValidUTF8(s, string(utf8.RuneError)), " \t")
}

// forbidden reports whether s has a character that no name, value or path of a cookie may have.
func forbidden(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return r == ';' || r < ' ' && r != '\t' || r == 0x7F })
}

func hasAnyPrefix(s string, prefixes ...string) bool {
	return slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(s, p) })
}

// httpDate returns a time as Set-Cookie has it, whose year has four digits.
func httpDate(t time.Time) string {
	if last := time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC); t.After(last) {
		t = last
	}
	if first := time.Unix(0, 0); t.Before(first) {
		t = first
	}
	return t.UTC().Format(http.TimeFormat)
}
