package rules_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"uacookie/jar/policy"
	"uacookie/jar/scenario"
)

// An example is a small scenario that shows a quirk: lines that are set, and then a request.
// Where a field is empty, both are typed navigations to https://shop.test/.
type example struct {
	lines []string
	date  []string // of the response
	at    string   // that sets the lines
	to    string   // that may carry the cookies
	in    string   // ctx of the response, in JSON
	out   string   // ctx of the request
	note  string   // what the reader does not see in the lines

	shipped bool // third-party cookies are as each browser ships; else they are allowed
}

const (
	shop     = "https://shop.test/"
	typed    = `{"kind":"navigate"}`
	embeds   = `{"kind":"subresource","top":"https://news.test/"}`
	blocked  = `{"kind":"subresource","top":"https://news.test/","block_third_party":true}`
	byScript = `{"kind":"script"}`
)

// longText is too long for an attribute. The page has dots for it.
var longText = strings.Repeat("x", 1025)

// examples has one for each quirk of a browser.
var examples = map[string]example{
	"server-clock": {lines: []string{"a=1; Expires=Thu, 01 Jan 2026 00:30:00 GMT"}, date: []string{"Thu, 01 Jan 2026 00:00:00 GMT"},
		note: "in 2035, from a server whose clock shows 2026"},
	"tab-refused":         {lines: []string{"a=1\t2"}},
	"nul-response":        {lines: []string{"a=1", "b=\x00"}},
	"line-ends":           {lines: []string{"a=1\nx"}},
	"return-ends":         {lines: []string{"a=1\rx"}},
	"nameless-equals":     {lines: []string{"=a=1"}},
	"last-wins":           {lines: []string{"a=1; Max-Age=0; Max-Age=soon"}},
	"loose-dates":         {lines: []string{"a=1; Expires=Wed, 21 Oct 1500 07:28:00 GMT"}},
	"loose-max-age":       {lines: []string{"a=1", "a=2; Max-Age=+0"}},
	"domain-itself":       {lines: []string{"a=1; Domain=."}},
	"domain-as-host":      {lines: []string{"a=1; Domain=b\u00fccher.test"}, at: "https://xn--bcher-kva.test/", to: "https://xn--bcher-kva.test/"},
	"wildcard-parents":    {lines: []string{"a=1; Domain=kawasaki.jp", "a=2"}, at: "https://kawasaki.jp/", to: "https://kawasaki.jp/", note: "of kawasaki.jp"},
	"empty-labels":        {lines: []string{"a=1; Domain=shop.test"}, at: "https://a..shop.test/", note: "from a..shop.test"},
	"host-prefix-by-text": {lines: []string{"__Host-a=1; Secure; Path=/; Path=x"}},
	"order-by-value":      {lines: []string{"a=1", "b=1", "a=2"}},
	"lax-allowing-unsafe": {lines: []string{"a=1; Secure"}, out: `{"kind":"navigate","method":"POST","initiator":"https://news.test/"}`,
		note: "sent with a POST from another site"},
	"script-utf-8": {lines: []string{"a=\xff"}, out: byScript, note: "read by a script"},

	"no-nameless":     {lines: []string{"a"}},
	"value-utf-8":     {lines: []string{"a=\xff"}},
	"long-flags":      {lines: []string{"a=1; Secure=" + longText}, to: "http://shop.test/", note: "with 1025 octets for the dots; sent to http://shop.test/"},
	"no-empty-labels": {lines: []string{"a=1"}, at: "https://a..shop.test/", to: "https://a..shop.test/", note: "at a..shop.test"},
	"nspr-dates":      {lines: []string{"a=1", "a=2; Expires=1/31/2020"}},
	"signed-max-age":  {lines: []string{"a=1", "a=2; Max-Age=-x"}},
	"default-none":    {lines: []string{"a=1"}, out: embeds, note: "sent with a fetch from another site"},
	"schemeless-sites": {lines: []string{"a=1; SameSite=Strict"}, out: `{"kind":"navigate","initiator":"http://shop.test/"}`,
		note: "sent with a click on a page of http://shop.test"},
	"redirect-sites": {lines: []string{"a=1; SameSite=Strict"}, out: `{"kind":"navigate","redirect_from":["https://news.test/"]}`,
		note: "typed, redirected by another site"},
	"overlay-host-only": {lines: []string{"a=1; Secure"}, to: "http://www.shop.test/", at: shop,
		note: "and then http://www.shop.test/ sets a=2, and is asked"},
	"host-prefix-default-path": {lines: []string{"__Host-a=1; Secure"}},
	"short-default-path":       {lines: []string{"a=1"}, at: shop + strings.Repeat("x", 1100) + "/", to: shop + strings.Repeat("x", 1100) + "/", note: "from a path of 1100 octets"},
	"third-party-apart":        {lines: []string{"a=1; Secure; SameSite=None"}, out: embeds, note: "sent with a fetch from another site, by browsers as shipped", shipped: true},
	"blocked-partitioned": {lines: []string{"a=1; Secure; SameSite=None; Partitioned"}, in: blocked, out: blocked,
		note: "a third party, where these are blocked"},
	"site-limits": {note: "175 Secure cookies, and 6 that are not"},
}

// sent returns what a user agent sends in an example.
func (x *example) sent(tb testing.TB, ua policy.UserAgent) string {
	tb.Helper()
	or := func(s, other string) string {
		if s == "" {
			return other
		}
		return s
	}
	step := func(op, url, ctx string, lines []string) scenario.Step {
		s := scenario.Step{Op: op, URL: url}
		for _, l := range lines {
			s.Lines = append(s.Lines, scenario.Bytes(l))
		}
		if err := json.Unmarshal([]byte(ctx), &s.Ctx); err != nil {
			tb.Fatal(err)
		}
		return s
	}
	lines := x.lines
	if lines == nil { // for the limits
		for i := range 181 {
			line := fmt.Sprintf("n%d=1", i)
			if i < 175 {
				line += "; Secure"
			}
			lines = append(lines, line)
		}
	}
	s := scenario.Scenario{ID: "example", Now: time.Date(2035, 1, 1, 0, 0, 0, 0, time.UTC)}
	set := step("set", or(x.at, shop), or(x.in, typed), lines)
	for _, d := range x.date {
		set.Date = append(set.Date, scenario.Bytes(d))
	}
	s.Steps = append(s.Steps, set)
	if strings.Contains(x.note, "sets a=2") {
		s.Steps = append(s.Steps, step("set", x.to, typed, []string{"a=2"}))
	}
	s.Steps = append(s.Steps, step("get", or(x.to, shop), or(x.out, typed), nil))
	third := policy.ThirdPartyAllowed
	if x.shipped {
		third = policy.ThirdPartyDefault
	}
	got := string(s.Replay(ua, third, time.Time{})[0].Got)
	if x.lines == nil {
		return fmt.Sprintf("%d cookies", len(strings.Split(got, "; ")))
	}
	return got
}
