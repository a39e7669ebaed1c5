package browser

import (
	"time"

	"uacookie/jar"
	"uacookie/jar/internal/rules"
	"uacookie/jar/policy"
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
	if !credentials {
		x.Cookies = b.Jar.Explain(r)
		for i := range x.Cookies {
			if v := &x.Cookies[i]; v.OK() {
				v.Reason = policy.ReasonNoCredentials
			}
		}
		return ""
	}
	header, verdicts := b.Jar.Retrieve(r)
	for _, v := range b.Jar.Explain(r) { // Retrieve leaves out those for other paths
		if v.Reason == policy.ReasonOtherPath {
			verdicts = append(verdicts, v)
		}
	}
	x.Cookies = verdicts
	return header
}

// receive handles Set-Cookie lines, and notes the verdicts.
func (b *Browser) receive(x *Exchange, lines []string, credentials bool) {
	r := x.cookieRequest()
	if x.Response != nil {
		r.ServerTime = b.agent.ServerTime(x.Response.Header["Date"])
		x.noteClocks(r, lines, b.now(), time.Now())
	}
	if credentials {
		x.SetCookies = b.Jar.Receive(r, lines)
		return
	}
	rules := rules.Policy{UserAgent: b.agent, Sites: &b.sites}
	for _, line := range lines {
		v, _ := rules.Receive(r, line, b.now())
		if v.OK() {
			v.Reason = policy.ReasonNoCredentials
		}
		x.SetCookies = append(x.SetCookies, v)
	}
}

// clear removes what the Clear-Site-Data of the response does.
func (b *Browser) clear(x *Exchange) {
	fields := x.Response.Header["Clear-Site-Data"]
	if len(fields) == 0 {
		return
	}
	r := x.cookieRequest()
	n := b.Jar.ClearSiteData(r, fields)
	if x.note("Clear-Site-Data: %d cookies are removed", n); n == 0 {
		return
	}
	clears := rules.Clears(b.agent, r, &b.sites)
	for i := range x.SetCookies {
		if v := &x.SetCookies[i]; v.OK() && clears(v.Cookie) {
			v.Removed = true
		}
	}
}

func (x *Exchange) cookieRequest() *jar.Request {
	method := x.Method
	if x.Kind == Script {
		method = ""
	}
	return &jar.Request{URL: x.URL, Method: method, Context: x.Context}
}
