package rules_test

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"uacookie/internal/testkit"
	"uacookie/jar/internal/rules"
	"uacookie/jar/internal/seam"
	"uacookie/jar/policy"
	"uacookie/jar/store"
)

var now = time.Date(2026, 1, 15, 12, 0, 0, 0, time.UTC)

// request returns a request for a URL, optionally from a document at another.
func request(tb testing.TB, to, initiator string, documents ...string) *policy.Request {
	r := &policy.Request{URL: testkit.URL(tb, to), Context: new(policy.Context)}
	if initiator != "" {
		r.Context.Initiator = testkit.URL(tb, initiator)
	}
	for _, d := range documents {
		r.Context.Documents = append(r.Context.Documents, testkit.URL(tb, d))
	}
	return r
}

func script(r *policy.Request) *policy.Request {
	r.Context.Script = true
	return r
}

func post(r *policy.Request) *policy.Request {
	r.Method = "POST"
	return r
}

func blocking(r *policy.Request) *policy.Request {
	r.Context.ThirdParty = policy.ThirdPartyBlocked
	return r
}

// Each reason for a refusal that policy finds, and a line that it refuses.
func TestRefusals(t *testing.T) {
	const shop, plain = "https://shop.test/", "http://shop.test/"
	tested := map[policy.Reason]bool{
		policy.ReasonTooMany:           true, // by the jar: TestMaxReceived
		policy.ReasonMalformed:         true, // TestAccept
		policy.ReasonSecureOverlay:     true, // by the store: TestSettle
		policy.ReasonHTTPOnlyOverwrite: true,
	}
	for _, test := range []struct {
		want policy.Reason
		r    *policy.Request
		line string
	}{
		{policy.ReasonScheme, request(t, "ftp://shop.test/", ""), "a=1"},
		{policy.ReasonScheme, &policy.Request{}, "a=1"},
		{policy.ReasonControlOctet, request(t, shop, ""), "a=1\x00"},
		{policy.ReasonControlOctet, request(t, shop, ""), "a=1; Path=/\x7f"},
		{policy.ReasonTooLong, request(t, shop, ""), "a=" + strings.Repeat("x", 4096)},
		{policy.ReasonEmpty, request(t, shop, ""), " = ; Secure"},
		{policy.ReasonDomainNotASCII, request(t, shop, ""), "a=1; Domain=sh\u00f6p.test"},
		{policy.ReasonDomainNotASCII, request(t, "https://k.test", ""), "a=1; Domain=\u212a.test"}, // the Kelvin sign
		{policy.ReasonHost, &policy.Request{URL: &url.URL{Scheme: "https", Host: "a^b.test"}}, "a=1"},
		{policy.ReasonHost, &policy.Request{URL: &url.URL{Scheme: "https"}}, "a=1"},
		{policy.ReasonPublicSuffix, request(t, shop, ""), "a=1; Domain=test"},
		{policy.ReasonPublicSuffix, request(t, "https://evil.com./", ""), "a=1; Domain=com."},
		{policy.ReasonPublicSuffix, request(t, "https://a.co.uk/", ""), "a=1; Domain=co.UK"},
		{policy.ReasonPublicSuffix, request(t, "https://me.github.io/", ""), "a=1; Domain=github.io"},
		{policy.ReasonDomainMismatch, request(t, shop, ""), "a=1; Domain=www.shop.test"},
		{policy.ReasonDomainMismatch, request(t, shop, ""), "a=1; Domain=hop.test"},
		{policy.ReasonInsecureOrigin, request(t, plain, ""), "a=1; Secure"},
		{policy.ReasonHTTPOnlyScript, script(request(t, shop, "")), "a=1; HttpOnly"},
		{policy.ReasonCrossSiteScript, script(request(t, shop, "", "https://evil.test/")), "a=1"},
		{policy.ReasonCrossSiteStrict, request(t, shop, "", "https://evil.test/"), "a=1; SameSite=Strict"},
		{policy.ReasonCrossSiteLax, request(t, shop, "", "https://evil.test/"), "a=1; SameSite=Lax"},
		{policy.ReasonCrossSiteLax, request(t, shop, "", "http://shop.test/"), "a=1; SameSite=Lax"}, // schemeful
		{policy.ReasonCrossSiteDefault, request(t, shop, "", shop, "https://evil.test/", shop), "a=1"},
		{policy.ReasonCrossSiteDefault, request(t, shop, "", "data:text/html,x"), "a=1; SameSite=?"},
		{policy.ReasonNoneInsecure, request(t, shop, ""), "a=1; SameSite=None"},
		{policy.ReasonSecurePrefix, request(t, shop, ""), "__SECURE-a=1"},
		{policy.ReasonHostPrefix, request(t, shop, ""), "__Host-a=1; Secure"},
		{policy.ReasonHostPrefix, request(t, shop, ""), "__Host-a=1; Secure; Path=/; Domain=shop.test"},
		{policy.ReasonHTTPPrefix, request(t, shop, ""), "__Http-a=1; Secure"},
		{policy.ReasonHostHTTPPrefix, request(t, shop, ""), "__Host-Http-a=1; Secure; Path=/"},
		{policy.ReasonNamelessPrefix, request(t, shop, ""), "=__hosT-a=1; Secure; Path=/"},
		{policy.ReasonPartitioned, request(t, shop, ""), "a=1; Partitioned"},
		// Of several reasons, the first in the draft's order.
		{policy.ReasonPublicSuffix, request(t, plain, "", "https://evil.test/"), "__Host-a=1; Domain=test; Secure; SameSite=Strict"},
	} {
		tested[test.want] = true
		p := new(rules.Policy)
		v, _ := p.Receive(test.r, test.line, now)
		if v.Reason != test.want {
			t.Errorf("Receive(%v, %.60q) = %q, want %q", test.r.URL, test.line, v.Reason, test.want)
		}
		if err := v.Err(); !errors.Is(err, test.want) {
			t.Errorf("Receive(%v, %.60q).Err() = %v, want %v", test.r.URL, test.line, err, test.want)
		}
	}
	for _, r := range policy.Reasons() {
		if !r.Withholds() && !tested[r] && r != policy.ReasonVetoStore { // the jar's owner decides that
			t.Errorf("no line is refused as %q", r)
		}
	}
}

// Each reason for withholding a cookie that policy finds.
func TestWithheld(t *testing.T) {
	const shop, evil = "https://shop.test/", "https://evil.test/"
	base := store.Cookie{Name: "a", Value: "1", Domain: "shop.test", HostOnly: true, Path: "/", Created: now, LastAccess: now}
	with := func(change func(*store.Cookie)) store.Cookie {
		c := base
		change(&c)
		return c
	}
	flag := func(f store.SameSite) store.Cookie {
		return with(func(c *store.Cookie) { c.SameSite, c.Secure = f, true })
	}
	tested := map[policy.Reason]bool{
		policy.ReasonNotStored:     true, // by the jar
		policy.ReasonCallerCookie:  true,
		policy.ReasonCallerHeader:  true,
		policy.ReasonSendLimit:     true,
		policy.ReasonNoCredentials: true, // in package browser
		policy.ReasonVetoSend:      true, // by the jar's owner
	}
	for _, test := range []struct {
		want policy.Reason
		c    store.Cookie
		r    *policy.Request
	}{
		{0, base, request(t, shop, "")},
		{0, flag(store.SameSiteStrict), request(t, shop, shop, "https://www.shop.test/")},
		{0, flag(store.SameSiteLax), request(t, shop, evil)},
		{0, flag(store.SameSiteNone), request(t, shop, "", evil)},
		{policy.ReasonScheme, base, request(t, "about:blank", "")},
		{policy.ReasonExpired, with(func(c *store.Cookie) { c.Expires = now }), request(t, shop, "")},
		{policy.ReasonOtherPartition, with(func(c *store.Cookie) { c.Partition.TopLevelSite = evil }), request(t, shop, "")},
		{policy.ReasonOtherDomain, base, request(t, "https://www.shop.test/", "")},
		{policy.ReasonPublicSuffix, with(func(c *store.Cookie) { c.Domain, c.HostOnly = "test", false }), request(t, shop, "")},
		{policy.ReasonOtherPath, with(func(c *store.Cookie) { c.Path = "/x" }), request(t, shop, "")},
		{policy.ReasonSecureOnly, with(func(c *store.Cookie) { c.Secure = true }), request(t, "http://shop.test/", "")},
		{policy.ReasonHTTPOnly, with(func(c *store.Cookie) { c.HttpOnly = true }), script(request(t, shop, ""))},
		{policy.ReasonSameSiteStrict, flag(store.SameSiteStrict), request(t, shop, evil)},
		{policy.ReasonSameSiteLax, flag(store.SameSiteLax), request(t, shop, "", evil)},
		{policy.ReasonSameSiteLaxUnsafe, flag(store.SameSiteLax), post(request(t, shop, evil))},
		{policy.ReasonSameSiteDefault, base, request(t, shop, "", evil)},
		{policy.ReasonSameSiteDefaultUnsafe, base, post(request(t, shop, evil))},
		{policy.ReasonSameSiteDefault, base, script(request(t, shop, "", evil))},
		{policy.ReasonSameSiteDefault, base, blocking(request(t, shop, "", evil))}, // the draft's own reason first
		{policy.ReasonThirdParty, flag(store.SameSiteNone), blocking(request(t, shop, "", evil))},
		{policy.ReasonThirdParty, flag(store.SameSiteNone), script(blocking(request(t, shop, "", shop, evil)))},
		{policy.ReasonThirdParty, flag(store.SameSiteNone), blocking(request(t, shop, "", "http://shop.test/"))}, // schemeful
		{policy.ReasonThirdParty, flag(store.SameSiteNone), blocking(request(t, shop, "", "data:text/html,x"))},
		{0, flag(store.SameSiteNone), blocking(request(t, shop, evil))},
		{0, flag(store.SameSiteNone), blocking(request(t, shop, "", "https://www.shop.test/"))},
	} {
		tested[test.want] = true
		p := new(rules.Policy)
		if got := p.Explain(test.c, test.r, now).Reason; got != test.want {
			t.Errorf("Explain(%v, %v, %+v) = %q, want %q", test.c, test.r.URL, test.r.Context, got, test.want)
		}
	}
	for _, r := range policy.Reasons() {
		if r.Withholds() && !tested[r] {
			t.Errorf("no cookie is withheld as %q", r)
		}
	}
}

// Where third-party cookies are blocked, those that are Partitioned are taken and
// sent, and no others.
func TestBlockThirdParty(t *testing.T) {
	const shop, evil = "https://shop.test/", "https://evil.test/"
	p := &rules.Policy{UserAgent: policy.Compat} // it ignores SameSite, so no other reason applies
	for _, test := range []struct {
		r                    *policy.Request
		plain, part, partOut policy.Reason
	}{
		{request(t, shop, "", evil), 0, 0, 0},
		{blocking(request(t, shop, "", evil)), policy.ReasonThirdParty, 0, 0},
		{blocking(script(request(t, shop, "", evil))), policy.ReasonThirdParty, 0, 0},
		{blocking(request(t, shop, "", shop, evil)), policy.ReasonThirdParty, 0, policy.ReasonOtherPartition},
		{blocking(request(t, shop, "")), 0, 0, policy.ReasonOtherPartition},
		{blocking(request(t, shop, evil)), 0, 0, policy.ReasonOtherPartition},
	} {
		if v, _ := p.Receive(test.r, "a=1; Secure; SameSite=None", now); v.Reason != test.plain {
			t.Errorf("Receive(%+v) = %q, want %q", test.r.Context, v.Reason, test.plain)
		}
		if v, _ := p.Receive(test.r, "a=1; Secure; SameSite=None; Partitioned", now); v.Reason != test.part {
			t.Errorf("Receive(%+v) of a Partitioned cookie = %q, want %q", test.r.Context, v.Reason, test.part)
		}
		c := store.Cookie{Name: "a", Domain: "shop.test", HostOnly: true, Path: "/", Secure: true, SameSite: store.SameSiteNone}
		c.Partition = store.Partition{TopLevelSite: "https://evil.test", CrossSiteAncestor: true}
		if got := p.Explain(c, test.r, now).Reason; got != test.partOut {
			t.Errorf("Explain(%+v) of a Partitioned cookie = %q, want %q", test.r.Context, got, test.partOut)
		}
	}
}

// A user-initiated reload of what was navigated to from another site is
// cross-site, as that navigation was.
func TestReload(t *testing.T) {
	c := store.Cookie{Name: "a", Domain: "shop.test", HostOnly: true, Path: "/", SameSite: store.SameSiteStrict}
	r := request(t, "https://shop.test/", "")
	for _, cross := range []bool{false, true} {
		r.Context.CrossSiteReload = cross
		if got := new(rules.Policy).Explain(c, r, now).Reason; (got == policy.ReasonSameSiteStrict) != cross {
			t.Errorf("Explain for CrossSiteReload %t = %q", cross, got)
		}
	}
}

func TestPartitionKey(t *testing.T) {
	const a, wwwA, b = "https://a.test/", "https://www.a.test:8443/", "https://b.test/"
	own := store.Partition{TopLevelSite: "https://x.test"}
	for _, test := range []struct {
		r    *policy.Request
		want store.Partition
	}{
		{&policy.Request{URL: testkit.URL(t, wwwA)}, store.Partition{TopLevelSite: "https://a.test"}},
		{&policy.Request{URL: testkit.URL(t, a), Host: "b.test"}, store.Partition{TopLevelSite: "https://b.test"}},
		{request(t, a, b), store.Partition{TopLevelSite: "https://a.test"}},
		{request(t, a, "", wwwA), store.Partition{TopLevelSite: "https://a.test"}},
		{request(t, b, "", a), store.Partition{TopLevelSite: "https://a.test", CrossSiteAncestor: true}},
		{request(t, a, "", a, b), store.Partition{TopLevelSite: "https://a.test", CrossSiteAncestor: true}},
		{request(t, "http://a.test/", "", a), store.Partition{TopLevelSite: "https://a.test", CrossSiteAncestor: true}},
		{request(t, a, "", "data:text/html,x"), store.Partition{}},
		{&policy.Request{URL: testkit.URL(t, a), Context: &policy.Context{Partition: &own}}, own},
		{&policy.Request{}, store.Partition{}},
	} {
		p := new(rules.Policy)
		p.Sites = new(store.Store).Sites()
		if got := rules.PartitionOf(policy.Standard, test.r, p.Sites); got != test.want {
			t.Errorf("Partition of %v, %+v = %+v, want %+v", test.r.URL, test.r.Context, got, test.want)
		}
	}
}

// The cap on lifetimes: 400 days, another, or none; and no integer is too large.
func TestLifetime(t *testing.T) {
	const day = 24 * time.Hour
	for _, test := range []struct {
		attributes string
		maxAge     time.Duration
		want       time.Duration // from now; 0: session
		capped     bool
	}{
		{"", 0, 0, false},
		{"Max-Age=60", 0, time.Minute, false},
		{"Max-Age=34560000", 0, 400 * day, false},
		{"Max-Age=34560001", 0, 400 * day, true},
		{"Max-Age=99999999999999999999999", 0, 400 * day, true},
		{"Max-Age=99999999999999999999999", -1, 9223372036 * time.Second, false},
		{"Max-Age=86401", day, day, true},
		{"Expires=Thu, 15 Jan 2026 12:00:01 GMT", 0, time.Second, false},
		{"Expires=Fri, 31 Dec 9999 23:59:59 GMT", 0, 400 * day, true},
		{"Expires=Fri, 31 Dec 9999 23:59:59 GMT; Max-Age=5", 0, 5 * time.Second, false},
		{"Max-Age=5; Expires=Fri, 31 Dec 9999 23:59:59 GMT", 0, 5 * time.Second, false},
		{"Max-Age=x; Expires=Thu, 15 Jan 2026 12:00:01 GMT", 0, time.Second, false},
	} {
		p := &rules.Policy{MaxAge: test.maxAge}
		v, _ := p.Receive(&policy.Request{URL: testkit.URL(t, "https://shop.test/")}, "a=1; "+test.attributes, now)
		got := time.Duration(0)
		if v.Cookie.Persistent() {
			got = v.Cookie.Expires.Sub(now)
		}
		if got != test.want || v.Capped != test.capped {
			t.Errorf("%q with a cap of %v: lives %v, capped %t, want %v, %t", test.attributes, test.maxAge, got, v.Capped, test.want, test.capped)
		}
	}
	for _, past := range []string{"Max-Age=0", "Max-Age=-99999999999999999999", "Expires=Mon, 01 Jan 1601 00:00:00 GMT"} {
		v, _ := new(rules.Policy).Receive(&policy.Request{URL: testkit.URL(t, "https://shop.test/")}, "a=1; "+past, now)
		if !v.OK() || !v.Cookie.Expired(time.Date(1601, 1, 1, 0, 0, 0, 0, time.UTC)) {
			t.Errorf("%q: %v, expires %v, want it long past", past, v, v.Cookie.Expires)
		}
	}
}

// A program's http.Cookie is judged as the line would be that it stands for.
func TestReceiveHTTP(t *testing.T) {
	r := &policy.Request{URL: testkit.URL(t, "https://shop.test/")}
	for _, test := range []struct {
		c    http.Cookie
		want policy.Reason
	}{
		{http.Cookie{Name: "a", Value: strings.Repeat("x", 4095)}, 0},
		{http.Cookie{Name: "a", Value: strings.Repeat("x", 4096)}, policy.ReasonTooLong},
		{http.Cookie{Name: "a", Value: strings.Repeat("x", 4094), Quoted: true}, policy.ReasonTooLong},
		{http.Cookie{Name: "a\x01"}, policy.ReasonControlOctet},
		{http.Cookie{Name: "a", Value: "seven..\x7f"}, policy.ReasonControlOctet},
		{http.Cookie{Name: "a", Domain: "shop\x00.test"}, policy.ReasonControlOctet},
		{http.Cookie{Name: "a", Path: "/\n"}, policy.ReasonControlOctet},
		{http.Cookie{Name: "a", Value: "in\tside", Path: "/\t"}, 0},
		{http.Cookie{Name: "a=b"}, policy.ReasonMalformed},
		{http.Cookie{Name: "a;b"}, policy.ReasonMalformed},
		{http.Cookie{Name: "a", Value: "longer than a word; Secure"}, policy.ReasonMalformed},
		{http.Cookie{Name: "a", Path: "/;"}, policy.ReasonMalformed},
		{http.Cookie{}, policy.ReasonEmpty},
	} {
		if v, _ := new(rules.Policy).ReceiveHTTP(r, &test.c, now); v.Reason != test.want {
			t.Errorf("ReceiveHTTP(%.40q) = %q, want %q", test.c.String(), v.Reason, test.want)
		}
	}
}

// A ready-made cookie is judged by what a line could have said.
func TestAccept(t *testing.T) {
	base := store.Cookie{Name: "a", Value: "1", Domain: "shop.test", Path: "/", Secure: true}
	for _, test := range []struct {
		name   string
		change func(*store.Cookie)
		want   policy.Reason
	}{
		{"as it is", func(c *store.Cookie) {}, 0},
		{"no name", func(c *store.Cookie) { c.Name = "" }, 0},
		{"name with =", func(c *store.Cookie) { c.Name = "a=b" }, policy.ReasonMalformed},
		{"no name, value with =", func(c *store.Cookie) { c.Name, c.Value = "", "a=b" }, policy.ReasonMalformed},
		{"value with ;", func(c *store.Cookie) { c.Value = "1; admin=1" }, policy.ReasonMalformed},
		{"value with space around", func(c *store.Cookie) { c.Value = " 1" }, policy.ReasonMalformed},
		{"relative path", func(c *store.Cookie) { c.Path = "a" }, policy.ReasonMalformed},
		{"domain not canonical", func(c *store.Cookie) { c.Domain = "SHOP.test" }, policy.ReasonMalformed},
		{"domain with a dot", func(c *store.Cookie) { c.Domain = ".shop.test:80" }, policy.ReasonMalformed},
		{"no domain", func(c *store.Cookie) { c.Domain = "" }, policy.ReasonMalformed},
		{"control in the value", func(c *store.Cookie) { c.Value = "a\nb" }, policy.ReasonControlOctet},
		{"control in the path", func(c *store.Cookie) { c.Path = "/\x00" }, policy.ReasonControlOctet},
		{"too long", func(c *store.Cookie) { c.Value = strings.Repeat("x", 4096) }, policy.ReasonTooLong},
		{"as long as it may be", func(c *store.Cookie) { c.Value = strings.Repeat("x", 4095) }, 0},
		{"empty", func(c *store.Cookie) { c.Name, c.Value = "", "" }, policy.ReasonEmpty},
		{"public suffix", func(c *store.Cookie) { c.Domain = "co.uk" }, 0}, // host-only: see TestAcceptForSuffix
		{"public suffix, host-only", func(c *store.Cookie) { c.Domain, c.HostOnly = "co.uk", true }, 0},
		{"none, not secure", func(c *store.Cookie) { c.SameSite, c.Secure = store.SameSiteNone, false }, policy.ReasonNoneInsecure},
		{"__Host- for a domain", func(c *store.Cookie) { c.Name = "__Host-a" }, policy.ReasonHostPrefix},
		{"__Host-", func(c *store.Cookie) { c.Name, c.HostOnly = "__Host-a", true }, 0},
		{"partition, not secure", func(c *store.Cookie) { c.Secure, c.Partition.TopLevelSite = false, "https://a.test" }, policy.ReasonPartitioned},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := base
			test.change(&c)
			v, _ := new(rules.Policy).Accept(c, now)
			if v.Reason != test.want {
				t.Errorf("Accept(%v) = %q, want %q", c, v.Reason, test.want)
			}
			if v.OK() && !v.Cookie.Created.Equal(now) {
				t.Errorf("Accept(%v): created %v, want now, %v", c, v.Cookie.Created, now)
			}
		})
	}
}

func TestSettle(t *testing.T) {
	for outcome, want := range map[seam.Outcome]policy.Reason{
		seam.Stored:          0,
		seam.Removed:         0,
		seam.RefusedOverlay:  policy.ReasonSecureOverlay,
		seam.RefusedHTTPOnly: policy.ReasonHTTPOnlyOverwrite,
		seam.Oversize:        policy.ReasonTooLong,
	} {
		var v policy.Verdict
		new(rules.Admission).Settle(&v, outcome)
		if v.Reason != want || v.Removed != (outcome == seam.Removed) {
			t.Errorf("Settle(%d): %q, removed %t, want %q", outcome, v.Reason, v.Removed, want)
		}
	}
}

// Texts are stable and unique, and each reason says where its rule is written.
func TestReasons(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range policy.Reasons() {
		s := r.String()
		if s == "" || seen[s] || strings.ToLower(s) != s || strings.ContainsAny(s, " _") {
			t.Errorf("Reason %d is called %q, want a unique kebab-case text", r, s)
		}
		seen[s] = true
		unwritten := r == policy.ReasonNotStored || r == policy.ReasonVetoStore || r == policy.ReasonVetoSend
		if (r.Spec() == "") != unwritten {
			t.Errorf("Reason %q says that it is written in %q, want none only of what is no rule of a text", r, r.Spec())
		}
	}
	if got := policy.Reason(250).String(); got != "reason 250" {
		t.Errorf("Reason(250) = %q", got)
	}
}
