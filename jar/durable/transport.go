package durable

import (
	"context"
	"net/http"
	"net/url"
	"sync"
	"time"

	"uacookie/jar"
)

// A Transport is a [jar.Transport] for a jar with Options.OnDemand. It loads the site of
// each request, redirects included, before the request is made, and keeps the site loaded
// until the cookies of the response are stored. If the site cannot be loaded, the request
// fails. For any other jar it is a jar.Transport.
//
// It is safe for concurrent use, and must not be copied or changed after first use.
type Transport struct {
	// Jar keeps the cookies. It must not be nil.
	Jar *Jar

	// Base, ServerTime and IgnoreCookieHeader are as in [jar.Transport].
	Base               http.RoundTripper
	ServerTime         bool
	IgnoreCookieHeader bool

	once sync.Once
	next jar.Transport
}

func (t *Transport) inner() *jar.Transport {
	t.once.Do(func() {
		t.next.Jar, t.next.Base = t.Jar.Jar, t.Base
		t.next.ServerTime, t.next.IgnoreCookieHeader = t.ServerTime, t.IgnoreCookieHeader
	})
	return &t.next
}

// RoundTrip implements [http.RoundTripper]. It does not change req.
func (t *Transport) RoundTrip(req *http.Request) (*http.Response, error) {
	release, err := t.Jar.use(req.Context(), hostOf(req.URL, req.Host))
	defer release()
	if err != nil {
		if req.Body != nil {
			_ = req.Body.Close()
		}
		return nil, err
	}
	return t.inner().RoundTrip(req)
}

// CloseIdleConnections forwards to Base, if it has such a method.
func (t *Transport) CloseIdleConnections() { t.inner().CloseIdleConnections() }

// hostOf returns the cookie host of a request.
func hostOf(u *url.URL, host string) string {
	if host == "" && u != nil {
		return u.Host
	}
	return host
}

// Receive loads the site of r, if need be, and handles Set-Cookie lines as
// [jar.Jar.Receive] does. If the site cannot be loaded, the lines are not handled, since
// they might replace cookies that they must leave alone; the error is nil otherwise.
func (j *Jar) Receive(ctx context.Context, r *jar.Request, lines []string) ([]jar.Verdict, error) {
	release, err := j.use(ctx, hostOf(r.URL, r.Host))
	defer release()
	if err != nil {
		return nil, err
	}
	return j.Jar.Receive(r, lines), nil
}

// faceTime is how long SetCookies and Cookies wait for a site to be loaded: they have
// no context.
const faceTime = 10 * time.Second

// SetCookies implements [http.CookieJar]. It loads the site first; if that fails, or takes
// longer than ten seconds, it reports the error to Options.Failed and sets nothing. Use
// [Transport] instead.
func (j *Jar) SetCookies(u *url.URL, cookies []*http.Cookie) {
	j.face(u, func() { j.Jar.SetCookies(u, cookies) })
}

// Cookies implements [http.CookieJar]. It loads the site first, as SetCookies does, and
// returns nil if that fails.
func (j *Jar) Cookies(u *url.URL) (cookies []*http.Cookie) {
	if j.fleet == nil || !j.fleet.demand {
		return j.Jar.Cookies(u)
	}
	j.face(u, func() { cookies = j.Jar.Cookies(u) })
	return cookies
}

func (j *Jar) face(u *url.URL, f func()) {
	ctx, cancel := context.WithTimeout(j.w.ctx, faceTime)
	defer cancel()
	release, err := j.use(ctx, u.Host)
	defer release()
	if err != nil {
		j.w.report(err)
		return
	}
	f()
}
