package browser

import (
	"slices"
	"strings"
	"time"

	"uacookie/internal/parse"
	"uacookie/jar"
	"uacookie/jar/internal/rules"
	"uacookie/jar/policy"
)

// store returns where the cookies of x are.
func (x *Exchange) store(b *Browser) *jar.Jar {
	if x.jar != nil {
		return x.jar
	}
	return b.Jar
}

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
		x.Cookies = x.store(b).Explain(r)
		for i := range x.Cookies {
			if v := &x.Cookies[i]; v.OK() {
				v.Reason = policy.ReasonNoCredentials
			}
		}
		return ""
	}
	header, verdicts := x.store(b).Retrieve(r)
	for _, v := range x.store(b).Explain(r) { // Retrieve leaves out those for other paths
		if v.Reason == policy.ReasonOtherPath {
			verdicts = append(verdicts, v)
		}
	}
	x.Cookies = verdicts
	if b.isFirefox() && x.activated && b.thirdParty() == jar.ThirdPartyPartitioned {
		return b.chipsOnly(x)
	}
	return header
}

// chipsOnly leaves out the cookies that are in a partition without having asked for that, which
// Firefox does not send with storage access.
func (b *Browser) chipsOnly(x *Exchange) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	x.Cookies = slices.DeleteFunc(x.Cookies, func(v jar.Verdict) bool {
		return v.Cookie.Partition != jar.Partition{} && !b.chips[v.Cookie.Key()]
	})
	var pairs []string
	for i := range x.Cookies {
		if v := &x.Cookies[i]; v.OK() {
			pairs = append(pairs, strings.TrimPrefix(v.Cookie.Name+"="+v.Cookie.Value, "="))
		}
	}
	return strings.Join(pairs, "; ")
}

// noteChips notes which of the cookies that were stored in a partition asked for that.
func (b *Browser) noteChips(x *Exchange, lines []string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for i := range x.SetCookies {
		if v := &x.SetCookies[i]; v.OK() && v.Cookie.Partition != (jar.Partition{}) {
			b.chips[v.Cookie.Key()] = parse.SetCookie(lines[i], 0).Has&parse.Partitioned != 0
		}
	}
}

// receive handles Set-Cookie lines, and notes the verdicts.
func (b *Browser) receive(x *Exchange, lines []string, credentials bool) {
	r := x.cookieRequest()
	if x.Response != nil {
		r.ServerTime = b.agent.ServerTime(x.Response.Header["Date"])
		x.noteClocks(r, lines, b.now(), time.Now())
	}
	if credentials {
		x.SetCookies = x.store(b).Receive(r, lines)
		if b.isFirefox() {
			b.noteChips(x, lines)
		}
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
	n := x.store(b).ClearSiteData(r, fields)
	if x.note("Clear-Site-Data: %d cookies are removed", n); n == 0 {
		return
	}
	clears := (&rules.Policy{UserAgent: b.agent, Sites: &b.sites}).Clears(r)
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
