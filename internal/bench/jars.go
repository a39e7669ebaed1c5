package main

import (
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"net/url"

	"golang.org/x/net/publicsuffix"

	"uacookie/jar"
)

// A site is a host, and a request to it, for both jars.
type site struct {
	url     *url.URL
	request *jar.Request
}

func newSite(rawURL string) site {
	u, err := url.Parse(rawURL)
	if err != nil {
		panic(err)
	}
	return site{u, &jar.Request{URL: u}}
}

// manySites returns n sites.
func manySites(n int) []site {
	all := make([]site, n)
	for i := range all {
		all[i] = newSite(fmt.Sprintf("https://www.site%d.com/a/b", i))
	}
	return all
}

func newStd() *cookiejar.Jar {
	j, err := cookiejar.New(&cookiejar.Options{PublicSuffixList: publicsuffix.List})
	if err != nil {
		panic(err)
	}
	return j
}

// newOwn returns a jar with the default limits or, if lifted is true, without limits.
func newOwn(lifted bool) *jar.Jar {
	var o jar.Options
	if lifted {
		o.Limits = &jar.Limits{}
	}
	j, err := jar.New(&o)
	if err != nil {
		panic(err)
	}
	return j
}

// newAgent returns a jar of a user agent, without limits. If list is nil, the jar uses the
// embedded public suffix list.
func newAgent(ua jar.UserAgent, list jar.PublicSuffixList) *jar.Jar {
	j, err := jar.New(&jar.Options{UserAgent: ua, PublicSuffixList: list, Limits: &jar.Limits{}})
	if err != nil {
		panic(err)
	}
	return j
}

// ownList hides that a list is the list of golang.org/x/net. So the jar cannot tell whether
// a domain has public suffixes below it.
type ownList struct{ cookiejar.PublicSuffixList }

// A setter puts Set-Cookie lines into a jar.
type setter interface{ set(s site, lines []string) }

type stdJar struct{ *cookiejar.Jar }

// set passes the lines to the jar as http.Client does.
func (j stdJar) set(s site, lines []string) {
	cookies := make([]*http.Cookie, 0, len(lines))
	for _, line := range lines {
		c, err := http.ParseSetCookie(line)
		if err != nil {
			panic(err)
		}
		cookies = append(cookies, c)
	}
	j.SetCookies(s.url, cookies)
}

type ownJar struct{ *jar.Jar }

func (j ownJar) set(s site, lines []string) {
	verdicts := j.Receive(s.request, lines)
	for i := range verdicts {
		if verdicts[i].Reason != 0 { // a verdict is large: OK would copy it
			panic(verdicts[i].Err())
		}
	}
}

// mixed are the lines of ten cookies with mixed attributes.
var mixed = []string{
	"session=5f3c8a1e9b7d4f60a2c4; Path=/; Secure; HttpOnly; SameSite=Lax",
	"csrf=Zk9yVXNlT25seQ; Path=/; Secure; SameSite=Strict",
	"theme=dark; Path=/; Max-Age=31536000",
	"lang=en; Path=/a; Max-Age=31536000; SameSite=Lax",
	"cart=3c1d5b7f; Path=/a; Secure; HttpOnly",
	"_ga=GA1.2.1034567890.1700000000; Domain=example.com; Path=/; Max-Age=31536000",
	"_gid=GA1.2.987654321.1700000000; Domain=example.com; Path=/; Max-Age=86400",
	"consent=yes; Domain=example.com; Path=/; SameSite=None; Secure",
	"ab=bucket-7; Path=/a/b; Max-Age=3600",
	"seen=1",
}

// few returns n lines of cookies with names of 16 bytes and values of 32.
func few(n int) []string {
	lines := make([]string, n)
	for i := range lines {
		lines[i] = fmt.Sprintf("name-of-16-oct%02d=%032d; Path=/", i, i)
	}
	return lines
}

// filled returns two jars that have received the lines from each of the sites.
func filled(sites []site, lines []string, lifted bool) (*cookiejar.Jar, *jar.Jar) {
	std, own := newStd(), newOwn(lifted)
	for _, s := range sites {
		stdJar{std}.set(s, lines)
		ownJar{own}.set(s, lines)
	}
	return std, own
}
