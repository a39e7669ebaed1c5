package jar_test

import (
	"net/http"
	"net/http/cookiejar"
	"slices"
	"strings"
	"testing"

	"uacookie/jar"
	"uacookie/jar/match"
	"uacookie/jar/policy"
)

// A cookie for a public suffix is refused in every spelling of the suffix, and never sent to
// other sites below the suffix.
//
// Learned from CVE-2014-3620 and CVE-2022-27779 (curl: top-level domains, then with
// a trailing dot), CVE-2023-46218 (curl: "co.UK"), and from jars that have no list by
// default.
func TestPublicSuffixInAnySpelling(t *testing.T) {
	suffixes := []struct {
		suffix    string
		spellings []string
	}{
		{"com", []string{"com", "COM", ".com", ".Com", "com.", ".com.", "..com", "com..", " com ", "c\u043em", "\uff43\uff4f\uff4d", "com\u3002"}},
		{"com.", []string{"com", "com.", ".com.", "COM.", "com..", "com\uff0e"}},
		{"co.uk", []string{"co.uk", "co.UK", "CO.uk", ".co.uk", "co.uk.", ".Co.Uk.", "co..uk", "uk", "UK", "\uff43\uff4f.\uff55\uff4b", "co\u3002uk", "co.u\u212a"}},
		{"github.io", []string{"github.io", "GitHub.IO", ".github.io", "github.io.", "gith\uff55b.io"}},
		{"xn--55qx5d.cn", []string{"xn--55qx5d.cn", "XN--55QX5D.CN", ".xn--55qx5d.cn", "\u516c\u53f8.cn", "\u516c\u53f8\u3002cn", "cn"}},
		{"xn--p1ai", []string{"xn--p1ai", "Xn--P1ai", "\u0440\u0444", ".\u0420\u0424"}},
		{"anything.ck", []string{"anything.ck", "ANYTHING.CK", "ck"}}, // by *.ck
		{"nowhere", []string{"nowhere", "NOWHERE", ".nowhere"}},       // in no list
	}
	for _, ua := range userAgents {
		for _, tt := range suffixes {
			t.Run(ua.String()+" "+tt.suffix, func(t *testing.T) {
				for _, evil := range []string{"evil." + tt.suffix, "EVIL." + strings.ToUpper(tt.suffix), "a.evil." + tt.suffix} {
					j, filled := mustJar(t, &jar.Options{UserAgent: ua}), mustJar(t, &jar.Options{UserAgent: ua})
					for _, spelling := range tt.spellings {
						v := j.Receive(host(evil), []string{"super=1; Domain=" + spelling})[0]
						if v.OK() && !v.Cookie.HostOnly {
							t.Errorf("%v: %s set a cookie with Domain=%s: %v", ua, evil, spelling, v)
						}
						j.SetCookies(host(evil).URL, []*http.Cookie{{Name: "super", Value: "1", Domain: spelling}})
						if v := filled.Accept(jar.Cookie{Name: "super", Value: "1", Domain: spelling, Path: "/"}); v.OK() && !v.Cookie.HostOnly {
							t.Errorf("%v: Accept took a cookie for %q: %v", ua, spelling, v)
						}
					}
					for _, bank := range []string{"bank." + tt.suffix, tt.suffix, "www.bank." + tt.suffix} {
						if got := j.Header(host(bank)); got != "" {
							t.Errorf("%v: set by %s, Header(%s) = %q, want none", ua, evil, bank, got)
						}
						if got := filled.Header(host(bank)); got != "" && bank != tt.suffix {
							t.Errorf("%v: taken ready-made, Header(%s) = %q, want none", ua, bank, got)
						}
					}
				}
			})
		}
	}
}

// A suffix in full-width letters or U-labels is the same suffix in the host of a URL, too.
// Learned from the URL standard, by which browsers read hosts.
func TestPublicSuffixInHost(t *testing.T) {
	for _, evil := range []string{"evil.\uff43\uff4f.uk", "evil\u3002co\uff0euk", "EVIL.CO.UK", "evil.co.u\u212a"} {
		t.Run(evil, func(t *testing.T) {
			j := mustJar(t, nil)
			if v := j.Receive(host(evil), []string{"super=1; Domain=co.uk"})[0]; v.Reason != policy.ReasonPublicSuffix {
				t.Errorf("%q with Domain=co.uk: %v, want %v", evil, v, policy.ReasonPublicSuffix)
			}
			if v := j.Receive(host(evil), []string{"own=1; Domain=evil.co.uk"})[0]; !v.OK() {
				t.Errorf("%q with Domain=evil.co.uk: %v, want it taken: they are one host", evil, v)
			}
			if got := j.Header(host("bank.co.uk")); got != "" {
				t.Errorf("set by %q, Header(bank.co.uk) = %q, want none", evil, got)
			}
		})
	}
}

// When a domain becomes a public suffix, its cookies are removed, and do not come back when it
// is a plain domain again. Learned from browsers, whose list changes with each release while
// stored cookies stay.
func TestSuffixListChanges(t *testing.T) {
	parse := func(text string) jar.PublicSuffixList {
		list, err := match.ParseList(strings.NewReader(text), "test")
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	before, after := parse("example\n"), parse("example\nshop.example\n*.cloud.example\n")
	j := mustJar(t, &jar.Options{PublicSuffixList: before})
	j.Receive(host("a.shop.example"), []string{"shop=1; Domain=shop.example", "own=1; Domain=a.shop.example", "host=1"})
	j.Receive(host("x.eu.cloud.example"), []string{"cloud=1; Domain=cloud.example", "eu=1; Domain=eu.cloud.example", "host=1"})
	j.Receive(host("shop.example"), []string{"host=1"})
	check := func(when string, want map[string]string) {
		t.Helper()
		for h, want := range want {
			if got := j.Header(host(h)); got != want {
				t.Errorf("%s: Header(%s) = %q, want %q", when, h, got, want)
			}
		}
	}
	check("by the first list", map[string]string{
		"a.shop.example": "shop=1; own=1; host=1", "b.shop.example": "shop=1", "shop.example": "shop=1; host=1",
		"x.eu.cloud.example": "cloud=1; eu=1; host=1", "y.us.cloud.example": "cloud=1",
	})

	var gone []string
	for _, c := range j.SetPublicSuffixList(after) {
		gone = append(gone, c.Domain)
	}
	slices.Sort(gone)
	if want := []string{"eu.cloud.example", "shop.example"}; !slices.Equal(gone, want) {
		t.Errorf("SetPublicSuffixList removed the cookies of %q, want %q", gone, want)
	}
	second := map[string]string{
		"a.shop.example": "own=1; host=1", "b.shop.example": "", "shop.example": "host=1",
		// By the draft cloud=1 goes to both: deviation "registrable-domain".
		"x.eu.cloud.example": "host=1", "x.us.cloud.example": "",
		"cloud.example": "cloud=1",
	}
	check("by the second", second)
	for _, h := range []string{"a.shop.example", "x.eu.cloud.example"} {
		_, parent, _ := strings.Cut(h, ".")
		if v := j.Receive(host(h), []string{"again=1; Domain=" + parent})[0]; v.Reason != policy.ReasonPublicSuffix {
			t.Errorf("%s with Domain=%s: %v, want %v by the second list", h, parent, v, policy.ReasonPublicSuffix)
		}
	}
	j.SetPublicSuffixList(before)
	second["x.eu.cloud.example"], second["x.us.cloud.example"] = "cloud=1; host=1", "cloud=1" // of one site again
	check("by the first again", second)
	if v := j.Receive(host("a.shop.example"), []string{"again=1; Domain=shop.example"})[0]; !v.OK() {
		t.Errorf("by the first list again: %v, want it taken", v)
	}
}

// listFunc is a list that answers as it likes.
type listFunc func(string) string

func (f listFunc) PublicSuffix(domain string) string { return f(domain) }

func (f listFunc) String() string { return "broken" }

// With a broken list no domain cookies are stored; no site gets the cookies of another.
//
// Learned from net/http/cookiejar: if the list returns "" there, nothing is protected.
func TestBrokenList(t *testing.T) {
	broken := map[string]jar.PublicSuffixList{
		"empty":       listFunc(func(string) string { return "" }),
		"dot":         listFunc(func(string) string { return "." }),
		"whole":       listFunc(func(d string) string { return d }),
		"longer":      listFunc(func(d string) string { return "www." + d }),
		"other":       listFunc(func(string) string { return "org" }),
		"upper-case":  listFunc(strings.ToUpper),
		"half-label":  listFunc(func(d string) string { return d[len(d)/2:] }),
		"leading-dot": listFunc(func(d string) string { return d[max(0, strings.LastIndexByte(d, '.')):] }),
		"not-utf8":    listFunc(func(string) string { return "\xff" }),
		"fickle": func() jar.PublicSuffixList {
			n := 0
			return listFunc(func(d string) string { n++; return d[min(n%7, len(d)):] })
		}(),
	}
	for name, list := range broken {
		t.Run(name, func(t *testing.T) {
			var _ cookiejar.PublicSuffixList = list
			j := mustJar(t, &jar.Options{PublicSuffixList: list})
			j.Receive(host("a.shop.example.com"), []string{
				"own=1", "d=1; Domain=example.com", "d=2; Domain=com", "d=3; Domain=shop.example.com", "d=4; Domain=a.shop.example.com",
			})
			if got := j.Header(host("a.shop.example.com")); !strings.HasPrefix(got, "own=1") {
				t.Errorf("%s: Header = %q, want the host's own cookie first", name, got)
			}
			for _, other := range []string{"example.com", "bank.example.com", "bank.com", "com", "b.shop.example.com"} {
				if got := j.Header(host(other)); got != "" && name != "fickle" {
					t.Errorf("%s: Header(%s) = %q, want none: by that list nothing is shared", name, other, got)
				}
			}
			j.SetPublicSuffixList(nil)
			if got := j.Header(host("a.shop.example.com")); !strings.Contains(got, "own=1") {
				t.Errorf("%s: with the embedded list in its place Header = %q, want own=1 in it", name, got)
			}
			if got := j.Header(host("bank.com")); got != "" {
				t.Errorf("%s: Header(bank.com) = %q, want none", name, got)
			}
		})
	}
}
