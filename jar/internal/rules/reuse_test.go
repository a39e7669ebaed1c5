package rules_test

import (
	"net/http"
	"reflect"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"uacookie/internal/testkit"
	"uacookie/jar/internal/rules"
	"uacookie/jar/policy"
	"uacookie/jar/store"
)

// A Verdict that was used before does not affect the next one: a cookie gets no attribute,
// reason or trace of another.
func TestUsedVerdict(t *testing.T) {
	r := request(t, "https://shop.test/dir/", "")
	const full = "a=1; Max-Age=99999999999; SameSite=Strict; Secure; HttpOnly; Priority=High; Partitioned; Domain=shop.test; Path=/x"
	lines := []string{full, "b=2", "=", "__Host-c=3", "d=4; Max-Age=0", "e=\x01", full}
	ways := map[string]func(*rules.Admission, *policy.Verdict, string){
		"Line": func(in *rules.Admission, v *policy.Verdict, line string) { in.Line(v, r, line) },
		"Cookie, of a line": func(in *rules.Admission, v *policy.Verdict, line string) {
			c, err := http.ParseSetCookie(line)
			if err != nil {
				c = &http.Cookie{Raw: line}
			}
			in.Cookie(v, r, c)
		},
		"Cookie, of a program": func(in *rules.Admission, v *policy.Verdict, line string) {
			in.Cookie(v, r, &http.Cookie{Name: line[:1], Value: line[len(line)-1:]})
		},
		"Accept": func(in *rules.Admission, v *policy.Verdict, line string) {
			in.Accept(v, &store.Cookie{Name: line[:1], Domain: "shop.test", HostOnly: true, Path: "/"}, rules.NotBefore)
		},
	}
	for name, judge := range ways {
		t.Run(name, func(t *testing.T) {
			var used policy.Verdict
			for _, line := range lines {
				var fresh policy.Verdict
				for _, v := range []*policy.Verdict{&fresh, &used} {
					var in rules.Admission
					in.Begin(r, now)
					judge(&in, v, line)
				}
				if diff := cmp.Diff(fresh, used); diff != "" {
					t.Errorf("%q: a used Verdict differs from a fresh one (-fresh +used):\n%s", line, diff)
				}
			}
		})
	}
}

// An Admission and a Retrieval that were used before do not affect the next request.
func TestUsedRequests(t *testing.T) {
	script := request(t, "http://shop.test/", "", "https://other.test/")
	script.Context.Script = true
	plain := &policy.Request{URL: testkit.URL(t, "https://www.shop.test/dir/"), ServerTime: now.Add(-time.Hour)}
	posted := request(t, "https://shop.test/x", "https://other.test/")
	posted.Method = "POST"
	broken := &policy.Request{URL: testkit.URL(t, "ftp://shop.test/")}
	for _, agent := range []policy.UserAgent{policy.Standard, policy.Chromium, policy.Firefox} {
		p := rules.Policy{UserAgent: agent}
		usedIn, usedOut := rules.Admission{Policy: p}, rules.Retrieval{}
		for i, r := range []*policy.Request{plain, script, posted, broken, nil, plain, posted, script, plain} {
			freshIn, freshOut := rules.Admission{Policy: p}, rules.Retrieval{}
			var fresh, used policy.Verdict
			for in, v := range map[*rules.Admission]*policy.Verdict{&freshIn: &fresh, &usedIn: &used} {
				in.Begin(r, now)
				in.Line(v, r, "a=1; Domain=shop.test; Expires=Wed, 21 Jan 2026 07:28:00 GMT")
			}
			if !reflect.DeepEqual(fresh, used) || !reflect.DeepEqual(freshIn, usedIn) {
				t.Errorf("%s, request %d: a used Admission differs from a fresh one: verdict %v, want %v", agent, i, used, fresh)
			}
			a, b := p.Retrieve(&freshOut, r, i%2 == 0), p.Retrieve(&usedOut, r, i%2 == 0)
			if a == b && a != 0 {
				continue // the request has no cookies
			}
			if a != b || !reflect.DeepEqual(freshOut, usedOut) {
				t.Errorf("%s, request %d: a used Retrieval differs from a fresh one:\n%+v\nwant\n%+v", agent, i, usedOut, freshOut)
			}
		}
	}
}
