package browser

import (
	"strings"

	"uacookie/jar"
	"uacookie/jar/policy"
	"uacookie/jar/store"
)

// addCookies decides which cookies go with x, and adds them to its header.
func (b *Browser) addCookies(x *Exchange, credentials bool) {
	if cookies := b.cookies(x, credentials); cookies != "" {
		x.Header["Cookie"] = []string{cookies}
	}
}

// cookies returns the cookie-string for x, and notes the verdicts.
func (b *Browser) cookies(x *Exchange, credentials bool) string {
	r := x.cookieRequest()
	x.Cookies = b.Jar.Explain(r)
	why := b.blocks(r, credentials)
	if why == 0 {
		return b.Jar.Header(r)
	}
	var sent []string
	for i := range x.Cookies {
		v := &x.Cookies[i]
		if !v.OK() {
			continue
		}
		if why == policy.ThirdParty && v.Cookie.Partition != (store.Partition{}) {
			sent = append(sent, pair(&v.Cookie))
			continue
		}
		v.Reason = why
	}
	return strings.Join(sent, "; ")
}

// takeCookies handles the Set-Cookie lines of the response to x.
func (b *Browser) takeCookies(x *Exchange, credentials bool) {
	b.receive(x, x.Response.Header["Set-Cookie"], credentials)
}

// receive handles Set-Cookie lines, and notes the verdicts.
func (b *Browser) receive(x *Exchange, lines []string, credentials bool) {
	r := x.cookieRequest()
	why := b.blocks(r, credentials)
	if why == 0 {
		x.SetCookies = b.Jar.Receive(r, lines)
		return
	}
	rules := policy.Policy{UserAgent: jar.Chromium, Sites: &b.sites}
	for _, line := range lines {
		v, _ := rules.Receive(r, line, b.now())
		switch {
		case !v.OK():
		case why == policy.ThirdParty && v.Cookie.Partition != (store.Partition{}):
			v = b.Jar.Receive(r, []string{line})[0]
		default:
			v.Reason = why
		}
		x.SetCookies = append(x.SetCookies, v)
	}
}

// blocks returns why r has no cookies, or none but Partitioned ones; zero if nothing
// is against them.
func (b *Browser) blocks(r *jar.Request, credentials bool) jar.Reason {
	switch {
	case !credentials:
		return policy.NoCredentials
	case b.BlockThirdParty && b.isThirdParty(r):
		return policy.ThirdParty
	}
	return 0
}

// isThirdParty reports whether the site for cookies is not that of r.
func (b *Browser) isThirdParty(r *jar.Request) bool {
	if len(r.Context.Documents) == 0 {
		return false
	}
	p := r.Partition(&b.sites)
	return p.CrossSiteAncestor || p == store.Partition{}
}

func (x *Exchange) cookieRequest() *jar.Request {
	method := x.Method
	if x.Kind == Script {
		method = ""
	}
	return &jar.Request{URL: x.URL, Method: method, Context: x.Context}
}

// pair returns a cookie as it is sent.
func pair(c *jar.Cookie) string {
	if c.Name == "" {
		return c.Value
	}
	return c.Name + "=" + c.Value
}
