package rules_test

import (
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

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
	ways := map[string]func(*rules.Reception, *policy.Verdict, string){
		"Line": func(in *rules.Reception, v *policy.Verdict, line string) { in.Line(v, r, line) },
		"Cookie, of a line": func(in *rules.Reception, v *policy.Verdict, line string) {
			c, err := http.ParseSetCookie(line)
			if err != nil {
				c = &http.Cookie{Raw: line}
			}
			in.Cookie(v, r, c)
		},
		"Cookie, of a program": func(in *rules.Reception, v *policy.Verdict, line string) {
			in.Cookie(v, r, &http.Cookie{Name: line[:1], Value: line[len(line)-1:]})
		},
		"Accept": func(in *rules.Reception, v *policy.Verdict, line string) {
			in.Accept(v, &store.Cookie{Name: line[:1], Domain: "shop.test", HostOnly: true, Path: "/"}, rules.NotBefore)
		},
	}
	for name, judge := range ways {
		t.Run(name, func(t *testing.T) {
			var used policy.Verdict
			for _, line := range lines {
				var fresh policy.Verdict
				for _, v := range []*policy.Verdict{&fresh, &used} {
					var in rules.Reception
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
