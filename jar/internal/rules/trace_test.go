package rules_test

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"uacookie/jar"
	"uacookie/jar/internal/rules"
	"uacookie/jar/policy"
	"uacookie/jar/store"
)

// texts returns steps by their texts, those that are broken with a mark.
func texts(steps []policy.Step) []string {
	all := make([]string, len(steps))
	for i, s := range steps {
		all[i] = s.Rule.String()
		if s.Broken {
			all[i] += "!"
		}
	}
	return all
}

func TestSteps(t *testing.T) {
	const shop, plain, evil = "https://shop.test/", "http://shop.test/", "https://evil.test/"
	ago := now.Add(-time.Hour)
	for _, tt := range []struct {
		agent policy.UserAgent
		r     *policy.Request
		line  string
		want  string
	}{
		{0, request(t, shop, ""), "a=1",
			"scheme control-octet too-long empty host cross-site-default"},
		{0, request(t, "ftp://shop.test/", ""), "a=1",
			"scheme! control-octet too-long"},
		{0, request(t, shop, ""), "a=1\x00; Secure",
			"scheme control-octet! too-long"},
		{0, request(t, plain, ""), "a=1; Domain=test; Secure; HttpOnly; SameSite=None; Partitioned",
			"scheme control-octet too-long empty domain-not-ascii host public-suffix! domain-mismatch insecure-origin! http-only-script none-insecure partitioned"},
		{0, request(t, plain, ""), "__Host-a=1; SameSite=Strict",
			"scheme control-octet too-long empty host cross-site-strict host-prefix!"},
		{0, request(t, shop, ""), "__Host-Http-a=1; Secure; Path=/",
			"scheme control-octet too-long empty host insecure-origin cross-site-default host-prefix host-http-prefix!"},
		{0, request(t, shop, ""), "=__Secure-a",
			"scheme control-octet too-long empty host cross-site-default nameless-prefix!"},
		{0, request(t, plain, ""), "a=1; SameSite=Lax",
			"scheme control-octet too-long empty host secure-overlay cross-site-lax"},
		{0, script(request(t, shop, "")), "a=1",
			"scheme control-octet too-long empty host cross-site-script http-only-overwrite"},
		{policy.Chromium, request(t, shop, ""), "=a=1; Domain=shop.test",
			"scheme control-octet too-long empty malformed! host public-suffix domain-mismatch cross-site-default nameless-prefix"},
		{0, blocking(request(t, shop, "", evil)), "a=1; Secure; SameSite=None; Partitioned",
			"scheme control-octet too-long empty host insecure-origin none-insecure partitioned third-party"},
		{policy.Compat, request(t, plain, evil), "__Host-a=1; Secure",
			"scheme control-octet too-long empty host"},
	} {
		p := &rules.Policy{UserAgent: tt.agent}
		v, _ := p.Receive(tt.r, tt.line, now)
		if got, want := texts(v.Steps()), strings.Fields(tt.want); !slices.Equal(got, want) {
			t.Errorf("%v: Receive(%v, %q).Steps() =\n%q, want\n%q", tt.agent, tt.r.URL, tt.line, got, want)
		}
	}

	c := store.Cookie{Name: "a", Domain: "shop.test", Path: "/x", Created: ago, Secure: true, HttpOnly: true, Expires: now}
	v := new(rules.Policy).Explain(c, post(request(t, "http://www.shop.test/", evil)), now)
	want := []string{"expired!", "other-domain", "other-path!", "secure-only!", "http-only", "samesite-default-unsafe!"}
	if got := texts(v.Steps()); !slices.Equal(got, want) {
		t.Errorf("Explain(%v).Steps() = %q, want %q", c, got, want)
	}
	c = store.Cookie{Name: "a", Domain: "shop.test", Path: "/", Created: ago, SameSite: store.SameSiteStrict}
	v = new(rules.Policy).Explain(c, request(t, "http://www.shop.test/", ""), now)
	want = []string{"other-domain", "public-suffix", "other-path", "samesite-strict"}
	if got := texts(v.Steps()); !slices.Equal(got, want) {
		t.Errorf("Explain(%v).Steps() = %q, want %q", c, got, want)
	}
	c = store.Cookie{Name: "a", Domain: "shop.test", HostOnly: true, Path: "/", Created: ago, Secure: true, SameSite: store.SameSiteNone}
	v2 := new(rules.Policy).Explain(c, blocking(request(t, shop, "", evil)), now)
	want2 := []string{"other-domain", "other-path", "secure-only", "third-party!"}
	if got := texts(v2.Steps()); !slices.Equal(got, want2) {
		t.Errorf("Explain(%v).Steps() = %q, want %q", c, got, want2)
	}
	if got, want := v.Steps()[1].Spec, policy.ReasonOtherDomain.Spec(); got != want {
		t.Errorf("Explain(%v).Steps() places public-suffix at %q, want %q", c, got, want)
	}

	accepted, _ := new(rules.Policy).Readmit(store.Cookie{Name: "a", Domain: "test", Path: "x"}, now, false)
	want = []string{"control-octet", "too-long", "empty", "malformed!", "public-suffix!"}
	if got := texts(accepted.Steps()); !slices.Equal(got, want) {
		t.Errorf("Readmit.Steps() = %q, want %q", got, want)
	}
}

// The trace shows the decision itself: the first broken rule is the reason. In a jar,
// too, where the store, or the jar, has the last word.
func TestStepsAgree(t *testing.T) {
	const shop, plain, evil = "https://shop.test/", "http://shop.test/", "https://evil.test/"
	requests := []*policy.Request{
		nil, {},
		request(t, shop, ""), request(t, plain, ""), request(t, "ftp://shop.test/", ""), request(t, shop, evil),
		post(request(t, shop, evil)), request(t, shop, "", evil), blocking(request(t, shop, "", evil)),
		script(request(t, shop, "")), script(request(t, shop, "", evil)), request(t, "https://co.uk/", ""),
		{URL: &url.URL{Scheme: "https", Host: "a^b.test"}},
	}
	names := []string{"a=1", "=1", "=", "=a=b", "__Secure-a=1", "__Host-a=1", "__Http-a=1", "__Host-Http-a=1", "=__Host-a", "a=\x00", "a=\t1\tb", "a=1\nb"}
	attributes := []string{"", "; Secure", "; HttpOnly", "; SameSite=Strict", "; SameSite=None", "; Domain=shop.test", "; Domain=test",
		"; Domain=b\xff", "; Domain=x.test", "; Path=/; Secure; HttpOnly", "; Secure; Partitioned", "; Partitioned", "; Max-Age=-1", "; Path=/x"}
	check := func(what string, v policy.Verdict) {
		t.Helper()
		steps := v.Steps()
		i := slices.IndexFunc(steps, func(s policy.Step) bool { return s.Broken })
		if v.OK() && (i >= 0 || len(steps) == 0) || !v.OK() && (i < 0 || steps[i].Rule != v.Reason) {
			t.Errorf("%s: steps %q for %v", what, texts(steps), v)
		}
		for i := range steps {
			if s := steps[i]; i > 0 && s.Rule <= steps[i-1].Rule && s.Rule != policy.ReasonPublicSuffix || s.Spec == "" {
				t.Errorf("%s: steps %+v", what, steps)
			}
		}
	}
	for _, ua := range []policy.UserAgent{policy.Standard, policy.Chromium, policy.Compat, policy.Firefox} {
		j, err := jar.New(&jar.Options{UserAgent: ua, Now: func() time.Time { return now }})
		if err != nil {
			t.Fatal(err)
		}
		p := &rules.Policy{UserAgent: ua}
		for _, name := range names {
			for _, attribute := range attributes {
				line := name + attribute
				for _, r := range requests {
					v, _ := p.Receive(r, line, now)
					check(fmt.Sprintf("%v: Receive(%+v, %q)", ua, r, line), v)
					for _, v := range j.Receive(r, []string{line}) {
						if p.Readable(r, []string{line}) == 0 {
							continue // the jar refuses it unseen
						}
						check(fmt.Sprintf("%v: jar's Receive(%+v, %q)", ua, r, line), v)
					}
					for _, to := range requests {
						v = p.Explain(v.Cookie, to, now)
						check(fmt.Sprintf("%v: Explain(%v, %+v)", ua, v.Cookie, to), v)
					}
				}
			}
		}
		for _, r := range requests {
			for _, v := range j.Explain(r) {
				check(fmt.Sprintf("%v: jar's Explain(%+v) of %v", ua, r, v.Cookie), v)
				if got := p.Explain(v.Cookie, r, now); got.Reason != v.Reason {
					t.Errorf("%v: Explain(%v) = %q, the jar says %q", ua, v.Cookie, got.Reason, v.Reason)
				}
			}
		}
	}
}

// A trace costs nothing that is not asked for.
func TestStepsAllocs(t *testing.T) {
	p, r := new(rules.Policy), request(t, "https://shop.test/", "")
	for _, line := range []string{"a=1", "__Host-a=1; Path=/; Secure", "a=1; Path=x; Secure; SameSite=Lax", "a=\x00"} {
		if n := testing.AllocsPerRun(100, func() { p.Receive(r, line, now) }); n != 0 {
			t.Errorf("Receive(%q) allocates %v times, want 0", line, n)
		}
	}
}

// A Verdict that policy did not make has its reason for a step.
func TestStepsOfReason(t *testing.T) {
	v := policy.Verdict{Reason: policy.ReasonSendLimit}
	if got := texts(v.Steps()); !slices.Equal(got, []string{"send-limit!"}) {
		t.Errorf("Steps() = %q, want send-limit!", got)
	}
	if got := (policy.Verdict{}).Steps(); len(got) != 0 {
		t.Errorf("Steps() of nothing = %q", texts(got))
	}
}

func TestParts(t *testing.T) {
	for _, tt := range []struct {
		agent  policy.UserAgent
		script bool
		line   string
		want   string
	}{
		{0, false, "a=1; Path=/; Secure", "name value Path Secure"},
		{0, false, "a=1; Path=x; Domain=; Domain=.; SameSite=Foo; Priority=Low; HttpOnyl", "name value Path:invalid Domain:repeated Domain:invalid SameSite:invalid Priority :unknown"},
		{0, false, "a=1; SameSite=lax; Priority=medium; expires=x; MAX-AGE=1; Partitioned", "name value SameSite Priority Expires:invalid Max-Age Partitioned"},
		{0, false, "a=1; Priority=urgent; Path=/" + strings.Repeat("x", 1024), "name value Priority:invalid Path:too-long"},
		{0, false, "a=1\x01; Path=/", "name value Path:unread"},
		{0, false, "a=1\n; Path=/", "name value Path:unread"},
		{policy.Chromium, false, "a=1\n; Path=/", "name value :unread"},
		{policy.Chromium, true, "a=1\n; Path=/", "name value Path:unread"},
		{policy.Chromium, false, "a=1; Max-Age=1; Max-Age=x", "name value Max-Age:repeated Max-Age:invalid"},
	} {
		r := request(t, "https://shop.test/", "")
		r.Context.Script = tt.script
		p := &rules.Policy{UserAgent: tt.agent}
		var got []string
		end := 0
		for _, part := range p.Parts(r, tt.line) {
			s := part.Name
			if part.Ignored != "" {
				s += ":" + part.Ignored
			}
			got = append(got, s)
			end = part.End
		}
		if got := strings.Join(got, " "); got != tt.want || end != len(tt.line) {
			t.Errorf("%v: Parts(%.60q) = %s, up to %d; want %s, %d", tt.agent, tt.line, got, end, tt.want, len(tt.line))
		}
	}
}
