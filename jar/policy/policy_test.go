package policy_test

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"uacookie/jar/policy"
	"uacookie/jar/store"
)

var now = time.Date(2026, 1, 15, 12, 0, 0, 0, time.UTC)

func mustURL(tb testing.TB, s string) *url.URL {
	tb.Helper()
	u, err := url.Parse(s)
	if err != nil {
		tb.Fatal(err)
	}
	return u
}

// request returns a request for a URL, optionally from a document at another.
func request(tb testing.TB, to, initiator string, documents ...string) *policy.Request {
	r := &policy.Request{URL: mustURL(tb, to), Context: new(policy.Context)}
	if initiator != "" {
		r.Context.Initiator = mustURL(tb, initiator)
	}
	for _, d := range documents {
		r.Context.Documents = append(r.Context.Documents, mustURL(tb, d))
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
	r.Context.BlockThirdParty = true
	return r
}

// Each reason for a refusal that policy finds, and a line that it refuses.
func TestRefusals(t *testing.T) {
	const shop, plain = "https://shop.test/", "http://shop.test/"
	tested := map[policy.Reason]bool{
		policy.TooMany:           true, // by the jar: TestMaxReceived
		policy.Malformed:         true, // TestAccept
		policy.SecureOverlay:     true, // by the store: TestSettle
		policy.HTTPOnlyOverwrite: true,
	}
	for _, test := range []struct {
		want policy.Reason
		r    *policy.Request
		line string
	}{
		{policy.Scheme, request(t, "ftp://shop.test/", ""), "a=1"},
		{policy.Scheme, &policy.Request{}, "a=1"},
		{policy.ControlOctet, request(t, shop, ""), "a=1\x00"},
		{policy.ControlOctet, request(t, shop, ""), "a=1; Path=/\x7f"},
		{policy.TooLong, request(t, shop, ""), "a=" + strings.Repeat("x", 4096)},
		{policy.Empty, request(t, shop, ""), " = ; Secure"},
		{policy.DomainNotASCII, request(t, shop, ""), "a=1; Domain=sh\u00f6p.test"},
		{policy.DomainNotASCII, request(t, "https://k.test", ""), "a=1; Domain=\u212a.test"}, // the Kelvin sign
		{policy.Host, &policy.Request{URL: &url.URL{Scheme: "https", Host: "a^b.test"}}, "a=1"},
		{policy.Host, &policy.Request{URL: &url.URL{Scheme: "https"}}, "a=1"},
		{policy.PublicSuffix, request(t, shop, ""), "a=1; Domain=test"},
		{policy.PublicSuffix, request(t, "https://evil.com./", ""), "a=1; Domain=com."},
		{policy.PublicSuffix, request(t, "https://a.co.uk/", ""), "a=1; Domain=co.UK"},
		{policy.PublicSuffix, request(t, "https://me.github.io/", ""), "a=1; Domain=github.io"},
		{policy.DomainMismatch, request(t, shop, ""), "a=1; Domain=www.shop.test"},
		{policy.DomainMismatch, request(t, shop, ""), "a=1; Domain=hop.test"},
		{policy.InsecureOrigin, request(t, plain, ""), "a=1; Secure"},
		{policy.HTTPOnlyScript, script(request(t, shop, "")), "a=1; HttpOnly"},
		{policy.CrossSiteScript, script(request(t, shop, "", "https://evil.test/")), "a=1"},
		{policy.CrossSiteStrict, request(t, shop, "", "https://evil.test/"), "a=1; SameSite=Strict"},
		{policy.CrossSiteLax, request(t, shop, "", "https://evil.test/"), "a=1; SameSite=Lax"},
		{policy.CrossSiteLax, request(t, shop, "", "http://shop.test/"), "a=1; SameSite=Lax"}, // schemeful
		{policy.CrossSiteDefault, request(t, shop, "", shop, "https://evil.test/", shop), "a=1"},
		{policy.CrossSiteDefault, request(t, shop, "", "data:text/html,x"), "a=1; SameSite=?"},
		{policy.NoneInsecure, request(t, shop, ""), "a=1; SameSite=None"},
		{policy.SecurePrefix, request(t, shop, ""), "__SECURE-a=1"},
		{policy.HostPrefix, request(t, shop, ""), "__Host-a=1; Secure"},
		{policy.HostPrefix, request(t, shop, ""), "__Host-a=1; Secure; Path=/; Domain=shop.test"},
		{policy.HTTPPrefix, request(t, shop, ""), "__Http-a=1; Secure"},
		{policy.HostHTTPPrefix, request(t, shop, ""), "__Host-Http-a=1; Secure; Path=/"},
		{policy.NamelessPrefix, request(t, shop, ""), "=__hosT-a=1; Secure; Path=/"},
		{policy.Partitioned, request(t, shop, ""), "a=1; Partitioned"},
		// Of several reasons, the first in the draft's order.
		{policy.PublicSuffix, request(t, plain, "", "https://evil.test/"), "__Host-a=1; Domain=test; Secure; SameSite=Strict"},
	} {
		tested[test.want] = true
		p := new(policy.Policy)
		v, _ := p.Receive(test.r, test.line, now)
		if v.Reason != test.want {
			t.Errorf("Receive(%v, %.60q) = %q, want %q", test.r.URL, test.line, v.Reason, test.want)
		}
		if err := v.Err(); !errors.Is(err, test.want) {
			t.Errorf("Receive(%v, %.60q).Err() = %v, want %v", test.r.URL, test.line, err, test.want)
		}
	}
	for _, r := range policy.Reasons() {
		if !r.Withholds() && !tested[r] {
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
		policy.NotStored:     true, // by the jar
		policy.CallerCookie:  true,
		policy.CallerHeader:  true,
		policy.SendLimit:     true,
		policy.NoCredentials: true, // by who asks
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
		{policy.Scheme, base, request(t, "about:blank", "")},
		{policy.Expired, with(func(c *store.Cookie) { c.Expires = now }), request(t, shop, "")},
		{policy.OtherPartition, with(func(c *store.Cookie) { c.Partition.TopLevelSite = evil }), request(t, shop, "")},
		{policy.OtherDomain, base, request(t, "https://www.shop.test/", "")},
		{policy.PublicSuffix, with(func(c *store.Cookie) { c.Domain, c.HostOnly = "test", false }), request(t, shop, "")},
		{policy.OtherPath, with(func(c *store.Cookie) { c.Path = "/x" }), request(t, shop, "")},
		{policy.SecureOnly, with(func(c *store.Cookie) { c.Secure = true }), request(t, "http://shop.test/", "")},
		{policy.HTTPOnly, with(func(c *store.Cookie) { c.HttpOnly = true }), script(request(t, shop, ""))},
		{policy.SameSiteStrict, flag(store.SameSiteStrict), request(t, shop, evil)},
		{policy.SameSiteLax, flag(store.SameSiteLax), request(t, shop, "", evil)},
		{policy.SameSiteLaxUnsafe, flag(store.SameSiteLax), post(request(t, shop, evil))},
		{policy.SameSiteDefault, base, request(t, shop, "", evil)},
		{policy.SameSiteDefaultUnsafe, base, post(request(t, shop, evil))},
		{policy.SameSiteDefault, base, script(request(t, shop, "", evil))},
		{policy.SameSiteDefault, base, blocking(request(t, shop, "", evil))}, // the draft's own reason first
		{policy.ThirdParty, flag(store.SameSiteNone), blocking(request(t, shop, "", evil))},
		{policy.ThirdParty, flag(store.SameSiteNone), script(blocking(request(t, shop, "", shop, evil)))},
		{policy.ThirdParty, flag(store.SameSiteNone), blocking(request(t, shop, "", "http://shop.test/"))}, // schemeful
		{policy.ThirdParty, flag(store.SameSiteNone), blocking(request(t, shop, "", "data:text/html,x"))},
		{0, flag(store.SameSiteNone), blocking(request(t, shop, evil))},
		{0, flag(store.SameSiteNone), blocking(request(t, shop, "", "https://www.shop.test/"))},
	} {
		tested[test.want] = true
		p := new(policy.Policy)
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
	p := &policy.Policy{UserAgent: policy.Compat} // it has no SameSite: another reason is none
	for _, test := range []struct {
		r                    *policy.Request
		plain, part, partOut policy.Reason
	}{
		{request(t, shop, "", evil), 0, 0, 0},
		{blocking(request(t, shop, "", evil)), policy.ThirdParty, 0, 0},
		{blocking(script(request(t, shop, "", evil))), policy.ThirdParty, 0, 0},
		{blocking(request(t, shop, "", shop, evil)), policy.ThirdParty, 0, policy.OtherPartition},
		{blocking(request(t, shop, "")), 0, 0, policy.OtherPartition},
		{blocking(request(t, shop, evil)), 0, 0, policy.OtherPartition},
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
		if got := new(policy.Policy).Explain(c, r, now).Reason; (got == policy.SameSiteStrict) != cross {
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
		{&policy.Request{URL: mustURL(t, wwwA)}, store.Partition{TopLevelSite: "https://a.test"}},
		{&policy.Request{URL: mustURL(t, a), Host: "b.test"}, store.Partition{TopLevelSite: "https://b.test"}},
		{request(t, a, b), store.Partition{TopLevelSite: "https://a.test"}},
		{request(t, a, "", wwwA), store.Partition{TopLevelSite: "https://a.test"}},
		{request(t, b, "", a), store.Partition{TopLevelSite: "https://a.test", CrossSiteAncestor: true}},
		{request(t, a, "", a, b), store.Partition{TopLevelSite: "https://a.test", CrossSiteAncestor: true}},
		{request(t, "http://a.test/", "", a), store.Partition{TopLevelSite: "https://a.test", CrossSiteAncestor: true}},
		{request(t, a, "", "data:text/html,x"), store.Partition{}},
		{&policy.Request{URL: mustURL(t, a), Context: &policy.Context{Partition: &own}}, own},
		{&policy.Request{}, store.Partition{}},
	} {
		p := new(policy.Policy)
		p.Sites = new(store.Store).Sites()
		if got := test.r.Partition(p.Sites); got != test.want {
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
		p := &policy.Policy{MaxAge: test.maxAge}
		v, _ := p.Receive(&policy.Request{URL: mustURL(t, "https://shop.test/")}, "a=1; "+test.attributes, now)
		got := time.Duration(0)
		if v.Cookie.Persistent() {
			got = v.Cookie.Expires.Sub(now)
		}
		if got != test.want || v.Capped != test.capped {
			t.Errorf("%q with a cap of %v: lives %v, capped %t, want %v, %t", test.attributes, test.maxAge, got, v.Capped, test.want, test.capped)
		}
	}
	for _, past := range []string{"Max-Age=0", "Max-Age=-99999999999999999999", "Expires=Mon, 01 Jan 1601 00:00:00 GMT"} {
		v, _ := new(policy.Policy).Receive(&policy.Request{URL: mustURL(t, "https://shop.test/")}, "a=1; "+past, now)
		if !v.OK() || !v.Cookie.Expired(time.Date(1601, 1, 1, 0, 0, 0, 0, time.UTC)) {
			t.Errorf("%q: %v, expires %v, want it long past", past, v, v.Cookie.Expires)
		}
	}
}

// A program's http.Cookie is judged as the line would be that it stands for.
func TestReceiveHTTP(t *testing.T) {
	r := &policy.Request{URL: mustURL(t, "https://shop.test/")}
	for _, test := range []struct {
		c    http.Cookie
		want policy.Reason
	}{
		{http.Cookie{Name: "a", Value: strings.Repeat("x", 4095)}, 0},
		{http.Cookie{Name: "a", Value: strings.Repeat("x", 4096)}, policy.TooLong},
		{http.Cookie{Name: "a", Value: strings.Repeat("x", 4094), Quoted: true}, policy.TooLong},
		{http.Cookie{Name: "a\x01"}, policy.ControlOctet},
		{http.Cookie{Name: "a", Value: "seven..\x7f"}, policy.ControlOctet},
		{http.Cookie{Name: "a", Domain: "shop\x00.test"}, policy.ControlOctet},
		{http.Cookie{Name: "a", Path: "/\n"}, policy.ControlOctet},
		{http.Cookie{Name: "a", Value: "in\tside", Path: "/\t"}, 0},
		{http.Cookie{Name: "a=b"}, policy.Malformed},
		{http.Cookie{Name: "a;b"}, policy.Malformed},
		{http.Cookie{Name: "a", Value: "longer than a word; Secure"}, policy.Malformed},
		{http.Cookie{Name: "a", Path: "/;"}, policy.Malformed},
		{http.Cookie{}, policy.Empty},
	} {
		if v, _ := new(policy.Policy).ReceiveHTTP(r, &test.c, now); v.Reason != test.want {
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
		{"name with =", func(c *store.Cookie) { c.Name = "a=b" }, policy.Malformed},
		{"no name, value with =", func(c *store.Cookie) { c.Name, c.Value = "", "a=b" }, policy.Malformed},
		{"value with ;", func(c *store.Cookie) { c.Value = "1; admin=1" }, policy.Malformed},
		{"value with space around", func(c *store.Cookie) { c.Value = " 1" }, policy.Malformed},
		{"relative path", func(c *store.Cookie) { c.Path = "a" }, policy.Malformed},
		{"domain not canonical", func(c *store.Cookie) { c.Domain = "SHOP.test" }, policy.Malformed},
		{"domain with a dot", func(c *store.Cookie) { c.Domain = ".shop.test:80" }, policy.Malformed},
		{"no domain", func(c *store.Cookie) { c.Domain = "" }, policy.Malformed},
		{"control in the value", func(c *store.Cookie) { c.Value = "a\nb" }, policy.ControlOctet},
		{"control in the path", func(c *store.Cookie) { c.Path = "/\x00" }, policy.ControlOctet},
		{"too long", func(c *store.Cookie) { c.Value = strings.Repeat("x", 4096) }, policy.TooLong},
		{"as long as it may be", func(c *store.Cookie) { c.Value = strings.Repeat("x", 4095) }, 0},
		{"empty", func(c *store.Cookie) { c.Name, c.Value = "", "" }, policy.Empty},
		{"public suffix", func(c *store.Cookie) { c.Domain = "co.uk" }, 0}, // host-only: see TestAcceptForSuffix
		{"public suffix, host-only", func(c *store.Cookie) { c.Domain, c.HostOnly = "co.uk", true }, 0},
		{"none, not secure", func(c *store.Cookie) { c.SameSite, c.Secure = store.SameSiteNone, false }, policy.NoneInsecure},
		{"__Host- for a domain", func(c *store.Cookie) { c.Name = "__Host-a" }, policy.HostPrefix},
		{"__Host-", func(c *store.Cookie) { c.Name, c.HostOnly = "__Host-a", true }, 0},
		{"partition, not secure", func(c *store.Cookie) { c.Secure, c.Partition.TopLevelSite = false, "https://a.test" }, policy.Partitioned},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := base
			test.change(&c)
			v, _ := new(policy.Policy).Accept(c, now)
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
	for outcome, want := range map[store.Outcome]policy.Reason{
		store.Stored:          0,
		store.Removed:         0,
		store.RefusedOverlay:  policy.SecureOverlay,
		store.RefusedHTTPOnly: policy.HTTPOnlyOverwrite,
		store.Oversize:        policy.TooLong,
	} {
		var v policy.Verdict
		v.Settle(outcome)
		if v.Reason != want || v.Removed != (outcome == store.Removed) {
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
		if r.Spec() == "" && r != policy.NotStored {
			t.Errorf("Reason %q does not say where it is written", r)
		}
	}
	if got := policy.Reason(250).String(); got != "reason 250" {
		t.Errorf("Reason(250) = %q", got)
	}
}

func TestUserAgentNames(t *testing.T) {
	for _, ua := range []policy.UserAgent{policy.Standard, policy.Compat} {
		if got, err := policy.ParseUserAgent(ua.String()); got != ua || err != nil {
			t.Errorf("ParseUserAgent(%q) = %v, %v", ua, got, err)
		}
	}
	if _, err := policy.ParseUserAgent("mosaic"); err == nil || !strings.Contains(err.Error(), "standard") {
		t.Errorf("ParseUserAgent(mosaic) = %v, want an error that says what there is", err)
	}
}
