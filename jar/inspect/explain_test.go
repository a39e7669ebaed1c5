package inspect

import (
	"net/url"
	"regexp"
	"strings"
	"testing"

	"uacookie/jar"
)

func TestExplain(t *testing.T) {
	j := mustJar(t, nil)
	receive(t, j, "https://example.com/", "lax=1; SameSite=Lax", "strict=1; SameSite=Strict", "none=1; SameSite=None; Secure", "cart=1; Path=/cart", "h=1; HttpOnly; SameSite=Lax")
	h := New(j, nil)
	for _, test := range []struct {
		form url.Values
		want string
	}{
		{url.Values{"url": {"https://example.com/"}}, "cart:other-path lax:sent strict:sent none:sent h:sent"},
		{url.Values{"url": {"http://example.com/cart"}}, "cart:sent lax:sent strict:sent none:secure-only h:sent"},
		{url.Values{"url": {" https://example.com/ "}, "initiator": {"https://other.example/"}, "method": {"POST"}},
			"cart:other-path lax:samesite-lax-unsafe strict:samesite-strict none:sent h:samesite-lax-unsafe"},
		{url.Values{"url": {"https://example.com/"}, "documents": {"https://other.example/\r\n\r\nhttps://example.com/\r\n"}},
			"cart:other-path lax:samesite-lax strict:samesite-strict none:sent h:samesite-lax"},
		{url.Values{"url": {"https://example.com/"}, "script": {"on"}}, "cart:other-path lax:sent strict:sent none:sent h:http-only"},
		{url.Values{"url": {"https://example.com/"}, "initiator": {"https://other.example/"}, "reload": {"on"}},
			"cart:other-path lax:sent strict:samesite-strict none:sent h:sent"},
		{url.Values{"url": {"https://example.com/"}, "block": {"on"}, "documents": {"https://other.example/"}},
			"cart:other-path lax:samesite-lax strict:samesite-strict none:third-party h:samesite-lax"},
		{url.Values{"url": {"https://unknown.example/"}}, "The jar has no cookie whose domain matches this host."},
		{url.Values{"url": {"ftp://example.com/"}}, "Such a URL has no cookies: scheme (RFC 6265bis, Section 5.3). Only http, https, ws and wss URLs have cookies."},
		{url.Values{"url": {"https://a b/"}}, "the URL is not valid: "},
		{url.Values{"url": {"example.com"}}, "the URL has no scheme"},
		{url.Values{"url": {"https://example.com/"}, "documents": {"https://a.example/\nnews.example"}}, "line 2 of the documents has no scheme"},
		{url.Values{"url": {"https://example.com/"}, "initiator": {"news.example"}}, "the initiator has no scheme"},
		{url.Values{"url": {"https://example.com/"}, "redirects": {"https://a.example/\nlogin.example"}}, "line 2 of the redirects has no scheme"},
	} {
		body := get(t, h, "/explain?"+test.form.Encode())
		var all []string
		row := regexp.MustCompile(`(?s)<td><span class="outcome \w+">(\w+)</span></td>\s*<td class="name"><a [^>]*>(.*?)</a>.*?<summary>(?:<span class="reason">([^<]*)</span>|passes all \d+ rules)</summary>`)
		for _, m := range row.FindAllStringSubmatch(body, -1) {
			what := m[1]
			if what == "withheld" {
				what = m[3]
			}
			all = append(all, m[2]+":"+what)
		}
		got := strings.Join(all, " ")
		if strings.HasPrefix(test.want, "cart:") {
			if got != test.want {
				t.Errorf("%v: %s, want %s", test.form, got, test.want)
			}
		} else if got != "" || !strings.Contains(body, test.want) {
			t.Errorf("%v: want %q and no verdicts, got %q", test.form, test.want, got)
		}
	}
	for c := range j.All() {
		if !c.LastAccess.Equal(c.Created) {
			t.Errorf("%v counts as used", c)
		}
	}
	if body := get(t, h, "/explain"); strings.Contains(body, "Verdict") || strings.Contains(body, `role="alert"`) {
		t.Error("with no URL, there is a verdict or an error")
	}
}

// A jar that judges as Firefox does asks for redirects, and judges by them. Others show them
// only if they are given.
func TestExplainRedirects(t *testing.T) {
	for _, test := range []struct {
		agent      jar.UserAgent
		redirects  string
		sent, asks bool
	}{
		{jar.Standard, "", true, false},
		{jar.Standard, "https://login.example/", true, true},
		{jar.Firefox, "", true, true},
		{jar.Firefox, "https://www.example.com/", true, true},
		{jar.Firefox, "https://example.com/\nhttps://login.example/", false, true},
	} {
		j := mustJar(t, &jar.Options{UserAgent: test.agent})
		receive(t, j, "https://example.com/", "a=1; SameSite=Strict")
		body := get(t, New(j, nil), "/explain?"+url.Values{"url": {"https://example.com/"}, "redirects": {test.redirects}}.Encode())
		if got := strings.Contains(body, `<span class="outcome sent">`); got != test.sent {
			t.Errorf("as %s, redirected by %q: sent is %t, want %t", test.agent, test.redirects, got, test.sent)
		}
		if got := strings.Contains(body, `name="redirects"`); got != test.asks {
			t.Errorf("as %s, redirected by %q: the page asks for redirects: %t, want %t", test.agent, test.redirects, got, test.asks)
		}
	}
}

// A veto is named, with its explanation, where a request is explained.
func TestExplainVeto(t *testing.T) {
	j := mustJar(t, &jar.Options{Veto: func(op jar.Op, r *jar.Request, c jar.Cookie) bool { return op == jar.Sending }})
	receive(t, j, "https://example.com/", "a=1")
	body := get(t, New(j, nil), "/explain?url=https://example.com/")
	for _, want := range []string{`<li class="broken">veto-send`, "does not want the cookie sent with this request"} {
		if !strings.Contains(body, want) {
			t.Errorf("the page does not have %s", want)
		}
	}
}

// Each rule that was tried is there, and the one that was broken is marked.
func TestExplainSteps(t *testing.T) {
	j := mustJar(t, nil)
	receive(t, j, "https://example.com/", "a=1; Secure")
	body := get(t, New(j, nil), "/explain?url=http://example.com/")
	for _, want := range []string{
		`<li class="met">other-domain <small>RFC 6265bis, Section 5.8.3, step 3.1</small></li>`,
		`<li class="broken">secure-only <small>RFC 6265bis, Section 5.8.3, step 3.3</small></li>`,
		`<div class="explanation">A Secure cookie is sent over https only.</div>`,
	} {
		if !strings.Contains(body, want) {
			t.Errorf("the page does not have %s", want)
		}
	}
	for _, v := range j.Explain(&jar.Request{URL: mustURL(t, "http://example.com/")}) {
		if got := strings.Count(body, `<li class="`); got != len(v.Steps()) {
			t.Errorf("the page has %d steps, want %d", got, len(v.Steps()))
		}
	}
}
