package match

import (
	"strings"
	"testing"

	"uacookie/internal/testkit"
	"uacookie/jar/internal/hosts"

	"golang.org/x/net/publicsuffix"
)

type sitesVector struct {
	ID, Why, Spec                   string
	Host, Suffix, Registrable, Site string
}

func TestSites(t *testing.T) {
	var s Sites
	for _, v := range testkit.Vectors[sitesVector](t, "testdata/sites.json") {
		t.Run(v.ID, func(t *testing.T) {
			if got := s.publicSuffix(v.Host); got != v.Suffix {
				t.Errorf("PublicSuffix(%q) = %q, want %q: %s", v.Host, got, v.Suffix, v.Why)
			}
			if got := s.Registrable(v.Host); got != v.Registrable {
				t.Errorf("Registrable(%q) = %q, want %q: %s", v.Host, got, v.Registrable, v.Why)
			}
			if got := s.Site(v.Host); got != v.Site {
				t.Errorf("Site(%q) = %q, want %q: %s", v.Host, got, v.Site, v.Why)
			}
		})
	}
}

type publicSuffixVector struct {
	ID, Why, Spec string
	Host          string
	Want          bool
}

// A name has an empty label at two adjacent dots and at a dot at its start. One dot at its end
// does not count.
func TestEmptyLabels(t *testing.T) {
	for n := 1; n < 28; n++ {
		for at := range n {
			one := []byte(strings.Repeat("a", n))
			one[at] = '.'
			if got, want := hasEmptyLabel(string(one)), at == 0; got != want {
				t.Errorf("hasEmptyLabel(%q) = %t", one, got)
			}
			if at > 0 && at+1 < n {
				if one[at+1] = '.'; !hasEmptyLabel(string(one)) {
					t.Errorf("hasEmptyLabel(%q) = false", one)
				}
			}
		}
	}
}

// As in Chromium, the part of a name before an empty label does not affect its site.
func TestWithEmptyLabels(t *testing.T) {
	s := Sites{}.WithWildcardParents().WithEmptyLabels()
	for host, want := range map[string]string{
		"a..example.com": "example.com", ".example.com": "example.com", "..example.com.": "example.com.", "a..b..example.com": "example.com", "a..b.example.co.uk": "example.co.uk",
		"a.example.com": "example.com", "example.com": "example.com", "a..x.kawasaki.jp": "", "a..kawasaki.jp": "", "a..city.kawasaki.jp": "city.kawasaki.jp",
		"example..com": "", ".com": "", "co..uk": "", ".co.uk": "", "a..github.io": "", "example.com..": "", "a..example.com..": "", ".": "", "..": "", "...": "", "localhost": "", "127.0.0.1": "", "[::1]": "",
	} {
		if got := s.Registrable(host); got != want {
			t.Errorf("Registrable(%q) = %q, want %q", host, got, want)
		}
		if got, suffix := s.IsPublicSuffix(host), want == "" && !hosts.IsIP(host); got != suffix {
			t.Errorf("IsPublicSuffix(%q) = %t, want %t", host, got, suffix)
		}
	}
}

func TestIsPublicSuffix(t *testing.T) {
	var s Sites
	for _, v := range testkit.Vectors[publicSuffixVector](t, "testdata/public_suffix.json") {
		t.Run(v.ID, func(t *testing.T) {
			if got := s.IsPublicSuffix(v.Host); got != v.Want {
				t.Errorf("IsPublicSuffix(%q) = %t, want %t: %s", v.Host, got, v.Want, v.Why)
			}
		})
	}
}

// A fakeList returns the result of a function, right or wrong.
type fakeList func(domain string) string

func (f fakeList) PublicSuffix(domain string) string { return f(domain) }
func (f fakeList) String() string                    { return "fake" }

// With a broken list, no cookie is shared between hosts: each host is a site of its own, and
// may only name itself as a cookie's Domain.
func TestSitesBrokenList(t *testing.T) {
	const host = "www.example.com"
	for _, answer := range []string{
		"", ".", "org", "ple.com", ".com", "com.", "COM", "a.www.example.com", "xwww.example.com",
	} {
		s := NewSites(fakeList(func(string) string { return answer }))
		if suffix, domain, site := s.publicSuffix(host), s.Registrable(host), s.Site(host); suffix != "" || domain != "" || site != host {
			t.Errorf("a list that says %q: suffix %q, registrable %q, site %q, want none, none and the host", answer, suffix, domain, site)
		}
		if !s.IsPublicSuffix(host) {
			t.Errorf("a list that says %q: IsPublicSuffix(%q) = false, want true: nothing is known to be shared below it", answer, host)
		}
	}
}

// The argument of a list's PublicSuffix has the form that PublicSuffixList documents.
func TestSitesAsksCanonical(t *testing.T) {
	s := NewSites(fakeList(func(domain string) string {
		if got, ok := Host(domain); got != domain || !ok || strings.HasSuffix(domain, ".") || hosts.IsIP(domain) {
			t.Errorf("PublicSuffix is called with %q, want a canonical name without a trailing dot", domain)
		}
		return domain[strings.LastIndexByte(domain, '.')+1:]
	}))
	for _, v := range testkit.Vectors[publicSuffixVector](t, "testdata/public_suffix.json") {
		s.IsPublicSuffix(v.Host)
	}
	for _, v := range testkit.Vectors[sitesVector](t, "testdata/sites.json") {
		s.Site(v.Host)
	}
}

func TestSitesString(t *testing.T) {
	for _, s := range []Sites{{}, NewSites(nil)} {
		if got := s.String(); !strings.Contains(got, "publicsuffix.org") {
			t.Errorf("Sites.String() = %q, want the embedded list's String()", got)
		}
	}
	if got := NewSites(fakeList(nil)).String(); got != "fake" {
		t.Errorf("Sites.String() = %q, want the list's String()", got)
	}
}

// FuzzSites checks what the store relies on: a site is a suffix of its hosts, and the site of
// a site is itself.
func FuzzSites(f *testing.F) {
	for _, v := range testkit.Vectors[sitesVector](f, "testdata/sites.json") {
		f.Add(v.Host)
	}
	f.Fuzz(func(t *testing.T, host string) {
		host, ok := Host(host)
		if !ok {
			return
		}
		var s Sites
		site := s.Site(host)
		if !Domain(host, site) || s.Site(site) != site {
			t.Errorf("Site(%q) = %q, whose site is %q", host, site, s.Site(site))
		}
		suffix, domain := s.publicSuffix(host), s.Registrable(host)
		if domain != "" && (s.IsPublicSuffix(domain) || !Domain(domain, suffix) || domain == suffix) {
			t.Errorf("Registrable(%q) = %q, with public suffix %q", host, domain, suffix)
		}
		if !Domain(host, suffix) && suffix != "" {
			t.Errorf("PublicSuffix(%q) = %q, which is not a suffix of the host", host, suffix)
		}
	})
}

// checkSites checks what the store relies on for the hosts: the registrable domain of a
// registrable domain is itself, and if it has no suffixes below it, it is the registrable
// domain of all names below it.
func checkSites(t *testing.T, s Sites, hosts []string) {
	t.Helper()
	for _, site := range hosts {
		site, ok := Host(site)
		if !ok {
			continue
		}
		if site = s.Registrable(site); site == "" {
			continue
		}
		if got := s.Registrable(site); got != site {
			t.Errorf("%s: Registrable(%q) = %q, want itself, since it is a registrable domain", s, site, got)
		}
		for _, host := range hosts {
			for _, host := range []string{host, "a." + site, "z.a." + site} {
				host, ok := Host(host)
				if !ok || !Domain(host, site) || hasEmptyLabel(host) {
					continue
				}
				if got := s.Site(host); got != site && !s.SuffixesBelow(site) {
					t.Errorf("%s: Site(%q) = %q, and SuffixesBelow(%q) = false", s, host, got, site)
				}
			}
		}
	}
}

// SuffixesBelow returns true if a list has rules below a registrable domain, and if it cannot
// tell.
func TestSuffixesBelow(t *testing.T) {
	for _, test := range []struct {
		domain string
		want   bool
	}{
		{"amazonaws.com", true}, {"amazonaws.com.", true}, {"kawasaki.jp", true}, {"www.ck", false},
		{"example.com", false}, {"example.com.", false}, {"shop.co.uk", false}, {"me.github.io", false}, {"x.unlisted", false},
	} {
		if got := (Sites{}).SuffixesBelow(test.domain); got != test.want {
			t.Errorf("SuffixesBelow(%q) = %t, want %t", test.domain, got, test.want)
		}
		if !NewSites(fakeList(func(string) string { return "" })).SuffixesBelow(test.domain) {
			t.Errorf("SuffixesBelow(%q) = false with a list that cannot tell, want true", test.domain)
		}
	}
	defer func(known bool) { embeddedKnown = known }(embeddedKnown)
	embeddedKnown = false
	if !(Sites{}).SuffixesBelow("example.com") {
		t.Error("SuffixesBelow(example.com) = false with an embedded list of another version, want true")
	}
}

// A registrable domain that the list contradicts is not a site.
func TestSitesContradiction(t *testing.T) {
	s := NewSites(fakeList(func(domain string) string {
		if domain == "a.b.example.com" {
			return "example.com"
		}
		return "com"
	}))
	if got := s.Site("a.b.example.com"); got != "a.b.example.com" {
		t.Errorf("Site = %q, want the host: b.example.com is of the site %q", got, s.Site("b.example.com"))
	}
}

// Typed nils and the list of golang.org/x/net are the embedded list.
func TestNewSitesEmbedded(t *testing.T) {
	for _, list := range []PublicSuffixList{nil, (*List)(nil), publicsuffix.List} {
		if got := NewSites(list); got != (Sites{}) {
			t.Errorf("NewSites(%T) = %v, want the zero Sites", list, got)
		}
	}
}

func BenchmarkSite(b *testing.B) {
	var s Sites
	b.ReportAllocs()
	for b.Loop() {
		if got := s.Site("www.example.co.uk"); got != "example.co.uk" {
			b.Fatalf("got %q", got)
		}
	}
}
