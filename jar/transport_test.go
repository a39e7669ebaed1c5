package jar_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"uacookie/internal/testkit"
	"uacookie/jar"
	"uacookie/jar/policy"
	"uacookie/jar/store"
)

// A web is a small web on loopback: every host name leads to it, over http, and
// over https on the ports 443 and 8443.
type web struct {
	base      *http.Transport
	transport *jar.Transport
	client    *http.Client
	routes    map[string]http.HandlerFunc // by "scheme://host:port/path", or "/path" for any host

	mu   sync.Mutex
	seen []string // the requests: "GET http://a.test/ Cookie: a=1"
}

// newWeb starts a web. A Transport with j is its client.
func newWeb(t *testing.T, j *jar.Jar) *web {
	t.Helper()
	w := &web{routes: map[string]http.HandlerFunc{}}
	plain := httptest.NewServer(w.handler("http"))
	t.Cleanup(plain.Close)
	secure := httptest.NewTLSServer(w.handler("https"))
	t.Cleanup(secure.Close)
	w.base = &http.Transport{
		DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
			_, port, err := net.SplitHostPort(addr)
			if err != nil {
				return nil, err
			}
			to := plain.Listener.Addr().String()
			if port == "443" || port == "8443" {
				to = secure.Listener.Addr().String()
			}
			return new(net.Dialer).DialContext(ctx, network, to)
		},
		TLSClientConfig:        &tls.Config{InsecureSkipVerify: true},
		MaxResponseHeaderBytes: 4 << 20,
	}
	t.Cleanup(w.base.CloseIdleConnections)
	w.transport = &jar.Transport{Base: w.base, Jar: j}
	w.client = &http.Client{Transport: w.transport}
	return w
}

func (w *web) handler(scheme string) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		line := r.Method + " " + scheme + "://" + r.Host + r.URL.Path
		for _, c := range r.Header["Cookie"] {
			line += " Cookie: " + c
		}
		w.mu.Lock()
		w.seen = append(w.seen, line)
		w.mu.Unlock()
		for _, key := range []string{scheme + "://" + r.Host + r.URL.Path, r.URL.Path} {
			if h := w.routes[key]; h != nil {
				h(rw, r)
				return
			}
		}
	})
}

// visits returns the requests since the last call.
func (w *web) visits() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	seen := w.seen
	w.seen = nil
	return seen
}

// do makes a request and returns what the servers saw.
func (w *web) do(t *testing.T, req *http.Request) []string {
	t.Helper()
	resp, err := w.client.Do(req)
	if err != nil {
		t.Fatalf("%s %s: %v", req.Method, req.URL, err)
	}
	io.Copy(io.Discard, resp.Body)
	resp.Body.Close()
	return w.visits()
}

func (w *web) get(t *testing.T, rawURL string) []string {
	t.Helper()
	return w.do(t, newRequest(t, t.Context(), http.MethodGet, rawURL, ""))
}

func newRequest(t *testing.T, ctx context.Context, method, rawURL, body string) *http.Request {
	t.Helper()
	var r io.Reader
	if body != "" {
		r = strings.NewReader(body)
	}
	req, err := http.NewRequestWithContext(ctx, method, rawURL, r)
	if err != nil {
		t.Fatal(err)
	}
	return req
}

// raw answers with these header lines byte for byte, past what net/http's server
// would do to them.
func raw(lines ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		conn, out, err := http.NewResponseController(w).Hijack()
		if err != nil {
			panic(err)
		}
		defer conn.Close()
		out.WriteString("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n")
		for _, l := range lines {
			out.WriteString("Set-Cookie: " + l + "\r\n")
		}
		out.WriteString("\r\n")
		out.Flush()
	}
}

// redirect answers with a redirect, and sets cookies with it.
func redirect(code int, to string, lines ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for _, l := range lines {
			w.Header().Add("Set-Cookie", l)
		}
		w.Header().Set("Location", to)
		w.WriteHeader(code)
	}
}

func compareVisits(t *testing.T, what string, got, want []string) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s: requests (-want +got):\n%s", what, diff)
	}
}

// A withheldLog collects refusals as "name reason".
type withheldLog struct {
	mu  sync.Mutex
	log []string
}

func (l *withheldLog) add(r *jar.Refusal) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.log = append(l.log, r.Name+" "+r.Reason.String())
}

func (l *withheldLog) take() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	log := l.log
	l.log = nil
	return log
}

// What a server sets comes back octet for octet.
func TestTransportBytes(t *testing.T) {
	tests := []struct{ name, line, want, why string }{
		{"json", `cart={"id":1,"items":["a b","c"]}`, `cart={"id":1,"items":["a b","c"]}`, "quotes, commas and spaces stay"},
		{"json-array", `a=[1, 2]; Path=/`, `a=[1, 2]`, ""},
		{"quoted", `a="x y"`, `a="x y"`, "quotes are part of the value"},
		{"one-quote", `a="x`, `a="x`, ""},
		{"backslash", `a=x\y`, `a=x\y`, ""},
		{"spaces", "a = x  y  ; Path=/", "a=x  y", "only outer white space goes"},
		{"comma", "a=1,b=2", "a=1,b=2", "a comma separates nothing"},
		{"equals", "a=b=c=", "a=b=c=", "the first equals sign ends the name"},
		{"tab", "a=x\ty", "a=x\ty", "a tab inside is kept"},
		{"utf8", "a=\u00e9\u4e16\U0001F36A", "a=\u00e9\u4e16\U0001F36A", ""},
		{"latin1", "a=\xe9\xff\x80", "a=\xe9\xff\x80", "no text encoding is assumed"},
		{"odd-name", `a[b]{c}@"d"/\=1`, `a[b]{c}@"d"/\=1`, "a name need not be a token"},
		{"space-name", "a b=1", "a b=1", ""},
		{"empty-value", "a=", "a=", ""},
		{"nameless", "token", "token", "no equals sign is added"},
		{"nameless-equals", "=token", "token", ""},
		{"nameless-pair", "=a=b", "a=b", "as the draft has it"},
		{"empty", "=", "", "neither name nor value"},
		{"unknown-attribute", "a=1; Foo={\"x\"}; =; ;", "a=1", ""},
		{"old-date", "a=1; Expires=Tue, 01-Jan-30 00:00:00 GMT", "a=1", "two digits for the year"},
		{"old-date-past", "a=1; Expires=Thu Jan  1 00:00:00 1970", "", "asctime's format, long ago"},
	}
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	j := mustJar(t, &jar.Options{Now: func() time.Time { return now }})
	w := newWeb(t, j)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			j.Clear()
			w.routes["/set"] = raw(tt.line)
			w.get(t, "http://a.test/set")
			want := "GET http://a.test/"
			if tt.want != "" {
				want += " Cookie: " + tt.want
			}
			if got := w.get(t, "http://a.test/"); len(got) != 1 || got[0] != want {
				t.Errorf("Set-Cookie: %q: then %q, want %q: %s", tt.line, got, want, tt.why)
			}
		})
	}
}

// A line with a control octet is refused, and the others of its response count.
// net/http's own Transport lets none through: it fails the whole response. Others,
// and HTTP/2, may.
func TestTransportControlOctets(t *testing.T) {
	var log withheldLog
	j := mustJar(t, &jar.Options{Refused: log.add})
	w := newWeb(t, j)
	j.Receive(to(t, "http://a.test/"), []string{"kept=1"})
	lines := []string{"a=x\x01y", "b=\x00", "c\x7f=1", "d=1; Path=/\x08", "e=1\r\nSet-Cookie: f=2", "ok=1", "tab=x\ty"}
	w.routes["/set"] = raw(lines...)
	if resp, err := w.client.Get("http://a.test/set"); err == nil {
		resp.Body.Close() // a Go release that lets them through
	}
	w.visits()
	log.take()
	w.transport.Base = roundTripFunc(func(r *http.Request) (*http.Response, error) {
		resp, err := w.base.RoundTrip(r)
		if resp != nil && r.URL.Path == "/add" {
			resp.Header["Set-Cookie"] = lines
		}
		return resp, err
	})
	w.get(t, "http://a.test/add")
	compareVisits(t, "after control octets", w.get(t, "http://a.test/"), []string{"GET http://a.test/ Cookie: kept=1; ok=1; tab=x\ty"})
	want := []string{"a control-octet", "b control-octet", "c\x7f control-octet", "d control-octet", "e control-octet"}
	if diff := cmp.Diff(want, log.take()); diff != "" {
		t.Errorf("refused (-want +got):\n%s", diff)
	}
}

// On the wire there is one Cookie field, written as browsers write it.
func TestTransportWire(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	head := make(chan string, 1)
	go func() {
		defer close(head)
		conn, err := l.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		var text strings.Builder
		in := bufio.NewReader(conn)
		for !strings.HasSuffix(text.String(), "\r\n\r\n") {
			line, err := in.ReadString('\n')
			if err != nil {
				return
			}
			text.WriteString(line)
		}
		io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
		head <- text.String()
	}()

	j := mustJar(t, nil)
	rawURL := "http://" + l.Addr().String() + "/"
	j.Receive(to(t, rawURL), []string{`j={"a":"b, c"}`, "\xff\xfe", "c=3"})
	base := &http.Transport{}
	defer base.CloseIdleConnections()
	client := &http.Client{Transport: &jar.Transport{Jar: j, Base: base}}
	req := newRequest(t, t.Context(), "GET", rawURL, "")
	req.Header["Cookie"] = []string{"own=1", "two=2"}
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	want := "\r\nCookie: own=1; two=2; j={\"a\":\"b, c\"}; \xff\xfe; c=3\r\n"
	if got := <-head; !strings.Contains(got, want) || strings.Count(got, "Cookie:") != 1 {
		t.Errorf("request head %q, want %q in it, and no other Cookie field", got, want)
	}
}

// A redirecting response's cookies count at the next hop, each hop has its own
// method and URL, and all have the context of the first.
func TestTransportRedirects(t *testing.T) {
	lines := []string{
		"strict=1; SameSite=Strict; Secure", "lax=1; SameSite=Lax; Secure", "none=1; SameSite=None; Secure", "default=1; Secure",
	}
	cross := &jar.Context{Initiator: testkit.URL(t, "https://evil.test/")}
	tests := []struct {
		name, method string
		context      *jar.Context
		code         int
		want         []string
		why          string
	}{
		{"get-302", "GET", nil, 302, []string{
			"GET https://a.test/start Cookie: strict=1; lax=1; none=1; default=1",
			"GET https://a.test/end Cookie: strict=1; lax=1; none=1; default=1; hop=1",
		}, "nobody else asked"},
		{"cross-post-302", "POST", cross, 302, []string{
			"POST https://a.test/start Cookie: none=1",
			"GET https://a.test/end Cookie: lax=1; none=1; default=1; hop=1",
		}, "the redirect is a GET, and so safe; it is still cross-site"},
		{"cross-post-303", "POST", cross, 303, []string{
			"POST https://a.test/start Cookie: none=1",
			"GET https://a.test/end Cookie: lax=1; none=1; default=1; hop=1",
		}, "like 302"},
		{"cross-post-307", "POST", cross, 307, []string{
			"POST https://a.test/start Cookie: none=1",
			"POST https://a.test/end Cookie: none=1",
		}, "307 keeps the method, so no hop is safe"},
		{"cross-put-308", "PUT", cross, 308, []string{
			"PUT https://a.test/start Cookie: none=1",
			"PUT https://a.test/end Cookie: none=1",
		}, "308 keeps the method too"},
		{"cross-get-302", "GET", cross, 302, []string{
			"GET https://a.test/start Cookie: lax=1; none=1; default=1",
			"GET https://a.test/end Cookie: lax=1; none=1; default=1; hop=1",
		}, "a cross-site link withholds Strict at all hops"},
		{"own-post-307", "POST", nil, 307, []string{
			"POST https://a.test/start Cookie: strict=1; lax=1; none=1; default=1",
			"POST https://a.test/end Cookie: strict=1; lax=1; none=1; default=1; hop=1",
		}, "same-site"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			j := mustJar(t, nil)
			j.Receive(to(t, "https://a.test/"), lines)
			w := newWeb(t, j)
			w.routes["/start"] = redirect(tt.code, "/end", "hop=1")
			ctx := t.Context()
			if tt.context != nil {
				ctx = jar.WithContext(ctx, tt.context)
			}
			got := w.do(t, newRequest(t, ctx, tt.method, "https://a.test/start", "body"))
			compareVisits(t, tt.why, got, tt.want)
		})
	}
}

// Cookies of a redirecting response are set, replaced and deleted before the next
// hop, at the site that sent them.
func TestTransportRedirectSets(t *testing.T) {
	j := mustJar(t, nil)
	w := newWeb(t, j)
	w.routes["http://sso.test/login"] = redirect(302, "http://sso.test/check", "step=1", `state={"n":1}`)
	w.routes["http://sso.test/check"] = redirect(302, "http://shop.test/back", "step=; Max-Age=0", "sso=yes; Path=/", "x=evil; Domain=shop.test")
	w.routes["http://shop.test/back"] = redirect(303, "http://shop.test/home", "sid=s")
	compareVisits(t, "a login", w.get(t, "http://sso.test/login"), []string{
		"GET http://sso.test/login",
		`GET http://sso.test/check Cookie: step=1; state={"n":1}`,
		"GET http://shop.test/back",
		"GET http://shop.test/home Cookie: sid=s",
	})
	compareVisits(t, "after the login", w.get(t, "http://sso.test/"), []string{
		`GET http://sso.test/ Cookie: state={"n":1}; sso=yes`,
	})
}

// What WithContext and WithJar say holds for all hops.
func TestTransportContext(t *testing.T) {
	lines := []string{
		"strict=1; SameSite=Strict; Secure", "lax=1; SameSite=Lax; Secure", "none=1; SameSite=None; Secure",
		"http=1; HttpOnly; Secure",
	}
	a, b := testkit.URL(t, "https://a.test/"), testkit.URL(t, "https://b.test/")
	other := mustJar(t, nil)
	other.Receive(to(t, "https://a.test/"), []string{"other=1"})
	tests := []struct {
		name string
		ctx  func(context.Context) context.Context
		want string
		why  string
	}{
		{"none", func(ctx context.Context) context.Context { return ctx },
			"strict=1; lax=1; none=1; http=1; hop=1", "no client"},
		{"nil", func(ctx context.Context) context.Context { return jar.WithContext(ctx, nil) },
			"strict=1; lax=1; none=1; http=1; hop=1", "a nil Context is none"},
		{"same-site-initiator", func(ctx context.Context) context.Context { return jar.WithContext(ctx, &jar.Context{Initiator: a}) },
			"strict=1; lax=1; none=1; http=1; hop=1", "the site itself asked"},
		{"cross-site-link", func(ctx context.Context) context.Context { return jar.WithContext(ctx, &jar.Context{Initiator: b}) },
			"lax=1; none=1; http=1; hop=1", "Strict is withheld"},
		{"cross-site-image", func(ctx context.Context) context.Context {
			return jar.WithContext(ctx, &jar.Context{Documents: []*url.URL{b}})
		}, "none=1", "only None reaches a subresource of another site, and hop may not be set by it"},
		{"same-site-image", func(ctx context.Context) context.Context {
			return jar.WithContext(ctx, &jar.Context{Documents: []*url.URL{a}})
		}, "strict=1; lax=1; none=1; http=1; hop=1", "a page's own image"},
		{"script", func(ctx context.Context) context.Context { return jar.WithContext(ctx, &jar.Context{Script: true}) },
			"strict=1; lax=1; none=1; hop=1", "HttpOnly is withheld from scripts"},
		{"partition", func(ctx context.Context) context.Context {
			return jar.WithContext(ctx, &jar.Context{Partition: &store.Partition{TopLevelSite: "https://p.test"}})
		}, "strict=1; lax=1; none=1; http=1; chips=1; hop=1", "the partition that was named"},
		{"another-jar", func(ctx context.Context) context.Context { return jar.WithJar(ctx, other) },
			"other=1; hop=1", "the other jar's cookies"},
		{"no-jar", func(ctx context.Context) context.Context { return jar.WithJar(ctx, nil) },
			"", "neither sent nor set"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			j := mustJar(t, nil)
			r := to(t, "https://a.test/")
			j.Receive(r, lines)
			r.Context = &jar.Context{Partition: &store.Partition{TopLevelSite: "https://p.test"}}
			j.Receive(r, []string{"chips=1; Secure; Partitioned"})
			w := newWeb(t, j)
			w.routes["/start"] = redirect(302, "/next")
			w.routes["/next"] = redirect(302, "/end", "hop=1")
			before := j.Len()
			got := w.do(t, newRequest(t, tt.ctx(t.Context()), "GET", "https://a.test/start", ""))
			want := "GET https://a.test/end"
			if tt.want != "" {
				want += " Cookie: " + tt.want
			}
			if len(got) != 3 || got[2] != want {
				t.Errorf("%s: third hop of %q, want %q: %s", tt.name, got, want, tt.why)
			}
			if strings.HasSuffix(tt.name, "-jar") && j.Len() != before {
				t.Errorf("%s: the Transport's own jar has %d cookies, want %d: it had no part in this", tt.name, j.Len(), before)
			}
		})
	}
}

// A cookie set in one partition is not sent in another.
func TestTransportPartition(t *testing.T) {
	j := mustJar(t, nil)
	w := newWeb(t, j)
	w.routes["/set"] = raw("chips=1; Secure; Partitioned; SameSite=None")
	below := func(top string) context.Context {
		return jar.WithContext(t.Context(), &jar.Context{Documents: []*url.URL{testkit.URL(t, top)}})
	}
	w.do(t, newRequest(t, below("https://one.test/"), "GET", "https://cdn.test/set", ""))
	for _, tt := range []struct{ top, want string }{
		{"https://one.test/other", "GET https://cdn.test/ Cookie: chips=1"},
		{"https://www.one.test/", "GET https://cdn.test/ Cookie: chips=1"},
		{"https://two.test/", "GET https://cdn.test/"},
		{"http://one.test/", "GET https://cdn.test/"},
		{"https://cdn.test/", "GET https://cdn.test/"},
	} {
		got := w.do(t, newRequest(t, below(tt.top), "GET", "https://cdn.test/", ""))
		compareVisits(t, "below "+tt.top, got, []string{tt.want})
	}
}

// A caller's own cookies come first, and win by name.
func TestTransportCallerCookie(t *testing.T) {
	tests := []struct {
		name   string
		stored []string
		header []string
		want   string
		log    []string
		why    string
	}{
		{"alone", nil, []string{"own=1"}, "own=1", nil, ""},
		{"merges", []string{"s=1"}, []string{"own=1"}, "own=1; s=1", nil, "different names"},
		{"wins", []string{"a=stored", "s=1"}, []string{"a=own"}, "a=own; s=1", []string{"a caller-cookie"}, "the caller knows best"},
		{"two-fields", []string{"b=stored", "s=1"}, []string{"a=1", "b=2"}, "a=1; b=2; s=1", []string{"b caller-cookie"}, "both fields count"},
		{"several", []string{"a=0", "b=0", "c=0"}, []string{"b=1;c=2 ;  d=3"}, "b=1;c=2 ;  d=3; a=0", []string{"b caller-cookie", "c caller-cookie"}, "the caller's bytes stay"},
		{"case", []string{"A=stored"}, []string{"a=own"}, "a=own; A=stored", nil, "names have case"},
		{"value-like-a-name", []string{"x=stored"}, []string{"a=x=1"}, "a=x=1; x=stored", nil, "a name ends at the first equals sign"},
		{"nameless-caller", []string{"token", "s=1"}, []string{"own"}, "own; s=1", []string{" caller-cookie"}, "a cookie without a name has the empty name"},
		{"nameless-stored", []string{"token"}, []string{"a=1"}, "a=1; token", nil, ""},
		{"trailing-semicolon", []string{"token"}, []string{"a=1;"}, "a=1;; token", nil, "nothing after a semicolon is no cookie"},
		{"json", []string{"s=1"}, []string{`j={"a":"b, c"}`}, `j={"a":"b, c"}; s=1`, nil, ""},
		{"empty-field", []string{"s=1"}, []string{""}, "s=1", nil, "an empty field is none"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var log withheldLog
			j := mustJar(t, &jar.Options{Withheld: log.add})
			j.Receive(to(t, "http://a.test/"), tt.stored)
			w := newWeb(t, j)
			req := newRequest(t, t.Context(), "GET", "http://a.test/", "")
			req.Header["Cookie"] = tt.header
			compareVisits(t, tt.name+": "+tt.why, w.do(t, req), []string{"GET http://a.test/ Cookie: " + tt.want})
			if diff := cmp.Diff(tt.log, log.take()); diff != "" {
				t.Errorf("%s: withheld (-want +got):\n%s", tt.name, diff)
			}
		})
	}
}

// A caller's own cookies reach the origin they were meant for and no other.
func TestTransportCallerCookieStaysAtItsOrigin(t *testing.T) {
	tests := []struct {
		name string
		hops []string
		want int // how many hops get the header
		why  string
	}{
		{"same-origin", []string{"https://a.test/1", "https://a.test/2", "https://a.test/3"}, 3, "it was meant for it"},
		{"default-port", []string{"https://a.test/1", "https://a.test:443/2", "http://a.test/3"}, 2, "443 is https's own port; http is another scheme"},
		{"a-b-a", []string{"https://a.test/1", "https://b.test/2", "https://a.test/3"}, 1, "b could have sent it back with any URL"},
		{"a-b-b", []string{"https://a.test/1", "https://b.test/2", "https://b.test/3"}, 1, "b is another site, however often"},
		{"a-a-b", []string{"https://a.test/1", "https://a.test/2", "https://b.test/3"}, 2, "another site"},
		{"https-http", []string{"https://a.test/1", "http://a.test/2", "http://a.test/3"}, 1, "anyone could read it there"},
		{"https-http-https", []string{"https://a.test/1", "http://a.test/2", "https://a.test/3"}, 1, "anyone could have redirected it back"},
		{"http-https", []string{"http://a.test/1", "https://a.test/2", "https://a.test/3"}, 1, "another origin"},
		{"port", []string{"https://a.test/1", "https://a.test:8443/2", "https://a.test:8443/3"}, 1, "another server"},
		{"port-and-back", []string{"https://a.test/1", "https://a.test:8443/2", "https://a.test/3"}, 1, "another server in between"},
		{"subdomain", []string{"https://a.test/1", "https://sub.a.test/2", "https://sub.a.test/3"}, 1, "net/http sends it there, a browser would not"},
		{"subdomain-and-back", []string{"https://a.test/1", "https://sub.a.test/2", "https://a.test/3"}, 1, "another host in between"},
		{"parent", []string{"https://sub.a.test/1", "https://a.test/2", "https://sub.a.test/3"}, 1, "another host"},
	}
	for _, key := range []string{"Cookie", "cookie"} { // net/http sends both
		for _, tt := range tests {
			t.Run(key+"/"+tt.name, func(t *testing.T) {
				var log withheldLog
				j := mustJar(t, &jar.Options{Withheld: log.add})
				w := newWeb(t, j)
				for i, from := range tt.hops[:len(tt.hops)-1] {
					w.routes[testkit.URL(t, from).Path] = redirect(307, tt.hops[i+1])
				}
				req := newRequest(t, t.Context(), "GET", tt.hops[0], "")
				req.Header[key] = []string{"secret=1"}
				var want []string
				for i, hop := range tt.hops {
					hop = strings.Replace("GET "+hop, ":443", "", 1)
					if i < tt.want {
						hop += " Cookie: secret=1"
					}
					want = append(want, hop)
				}
				got := w.do(t, req)
				for i := range got {
					got[i] = strings.Replace(got[i], ":443", "", 1)
				}
				compareVisits(t, tt.name+": "+tt.why, got, want)
				// What the client itself holds back is not the Transport's to report.
				for _, l := range log.take() {
					if l != "secret caller-header" {
						t.Errorf("withheld %q, want only %q", l, "secret caller-header")
					}
				}
			})
		}
	}
}

type roundTripFunc func(*http.Request) (*http.Response, error)

func (f roundTripFunc) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// Where the chain of redirects cannot be followed, a caller's own cookies are
// dropped, and those of the jar are not.
func TestTransportBrokenChain(t *testing.T) {
	const from, sub1, sub2 = "http://a.test/1", "http://sub.a.test/2", "http://sub.a.test/3"
	for _, tt := range []struct {
		name string
		// broken returns the client's RoundTripper, given the Transport.
		broken func(*jar.Transport) http.RoundTripper
		hops   []string
		want   []string
		log    []string
	}{
		{
			name: "nil-request-from-outside",
			broken: func(t *jar.Transport) http.RoundTripper {
				return roundTripFunc(func(r *http.Request) (*http.Response, error) {
					resp, err := t.RoundTrip(r)
					if resp != nil {
						resp.Request = nil
					}
					return resp, err
				})
			},
			hops: []string{from, "http://a.test/2"},
			want: []string{"GET http://a.test/1 Cookie: own=1; stored=1", "GET http://a.test/2 Cookie: stored=1"},
			log:  []string{"own caller-header"},
		},
		{
			name: "nil-request-from-base",
			broken: func(t *jar.Transport) http.RoundTripper {
				base := t.Base
				t.Base = roundTripFunc(func(r *http.Request) (*http.Response, error) {
					resp, err := base.RoundTrip(r)
					if resp != nil {
						resp.Request = nil
					}
					return resp, err
				})
				return t
			},
			hops: []string{from, "http://a.test/2"},
			want: []string{"GET http://a.test/1 Cookie: own=1; stored=1", "GET http://a.test/2 Cookie: own=1; stored=1"},
		},
		{
			name: "request-of-base's-own",
			broken: func(t *jar.Transport) http.RoundTripper {
				base := t.Base
				t.Base = roundTripFunc(func(r *http.Request) (*http.Response, error) {
					resp, err := base.RoundTrip(r)
					if resp != nil {
						// The chain ends here, so that the next hop seems to be
						// the second.
						resp.Request = &http.Request{Method: r.Method, URL: r.URL, Header: r.Header}
					}
					return resp, err
				})
				return t
			},
			hops: []string{from, sub1, sub2},
			want: []string{"GET http://a.test/1 Cookie: own=1; stored=1", "GET http://sub.a.test/2", "GET http://sub.a.test/3"},
			log:  []string{"own caller-header", "own caller-header"},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var log withheldLog
			j := mustJar(t, &jar.Options{Withheld: log.add})
			j.Receive(to(t, from), []string{"stored=1"})
			w := newWeb(t, j)
			w.client.Transport = tt.broken(w.transport)
			for i, hop := range tt.hops[:len(tt.hops)-1] {
				w.routes[hop] = redirect(302, tt.hops[i+1])
			}
			req := newRequest(t, t.Context(), "GET", tt.hops[0], "")
			req.Header.Set("Cookie", "own=1")
			compareVisits(t, tt.name, w.do(t, req), tt.want)
			if diff := cmp.Diff(tt.log, log.take()); diff != "" {
				t.Errorf("withheld (-want +got):\n%s", diff)
			}
		})
	}
}

// RoundTrip does not change the caller's request, nor what is in it.
func TestTransportLeavesRequestAlone(t *testing.T) {
	j := mustJar(t, nil)
	j.Receive(to(t, "http://a.test/"), []string{"a=1", "own=stored"})
	for _, tt := range []struct {
		name   string
		header http.Header
	}{
		{"nil-header", nil},
		{"empty-header", http.Header{}},
		{"own-cookie", http.Header{"Cookie": {"own=1", "two=2"}, "X": {"y", "z"}}},
		{"empty-cookie", http.Header{"Cookie": {""}}},
		{"nil-cookie", http.Header{"Cookie": nil}},
	} {
		for _, redirected := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/redirected=%t", tt.name, redirected), func(t *testing.T) {
				body := io.NopCloser(strings.NewReader("body"))
				req := &http.Request{
					Method: "POST", URL: testkit.URL(t, "http://a.test/x"), Header: tt.header, Body: body,
					ContentLength: 4, Host: "", Trailer: http.Header{"T": {"t"}},
				}
				if redirected {
					first := &http.Request{Method: "GET", URL: testkit.URL(t, "http://b.test/"), Header: http.Header{"Cookie": {"x=y"}}}
					req.Response = &http.Response{Request: first, Header: http.Header{"Set-Cookie": {"r=1"}}}
				}
				before, beforeHeader, beforeURL := *req, tt.header.Clone(), *req.URL
				var sent *http.Request
				transport := &jar.Transport{Jar: j, Base: roundTripFunc(func(r *http.Request) (*http.Response, error) {
					sent = r
					return &http.Response{StatusCode: 200, Header: http.Header{"Set-Cookie": {"n=1"}}, Body: http.NoBody}, nil
				})}
				resp, err := transport.RoundTrip(req)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(beforeHeader, req.Header); diff != "" || (tt.header == nil) != (req.Header == nil) {
					t.Errorf("the request's Header was changed (-before +after):\n%s", diff)
				}
				if *req.URL != beforeURL || req.Method != before.Method || req.Host != before.Host || req.Body != before.Body ||
					req.Response != before.Response || req.ContentLength != before.ContentLength || req.URL != before.URL {
					t.Errorf("the request was changed: %+v, want %+v", req, before)
				}
				if sent.Body != body || sent.Method != "POST" || sent.ContentLength != 4 {
					t.Errorf("base got %+v, want the caller's body and method", sent)
				}
				if !strings.Contains(sent.Header.Get("Cookie"), "a=1") {
					t.Errorf("base got Cookie %q, want a=1 in it", sent.Header["Cookie"])
				}
				if resp.Request == nil || resp.Request.URL != req.URL {
					t.Errorf("Response.Request = %v, want the request", resp.Request)
				}
			})
		}
	}
}

// Of a response with too many Set-Cookie lines the first are read and the rest
// reported. net/http reads none of them.
func TestTransportFlood(t *testing.T) {
	const lines = 10_000
	var first, many sync.Once
	refused := 0
	j := mustJar(t, &jar.Options{
		Limits: &jar.Limits{},
		Refused: func(r *jar.Refusal) {
			if !errors.Is(r, policy.ReasonTooMany) {
				first.Do(func() { t.Errorf("refused: %v, want %v", r, policy.ReasonTooMany) })
			}
			refused++
		},
	})
	w := newWeb(t, j)
	w.routes["/flood"] = func(rw http.ResponseWriter, _ *http.Request) {
		for i := range lines {
			rw.Header().Add("Set-Cookie", fmt.Sprintf("c%d=%d", i, i))
		}
	}
	j.Receive(to(t, witnessURL), []string{"kept=1"})
	w.get(t, "http://a.test/flood")
	if got := j.Len() - 1; got != 3000 || refused != lines-3000 {
		t.Errorf("%d lines: %d kept and %d refused, want 3000 and %d", lines, got, refused, lines-3000)
	}
	for c := range j.All() {
		var n int
		if _, err := fmt.Sscanf(c.Name, "c%d", &n); err == nil && n >= 3000 {
			many.Do(func() { t.Errorf("%s was kept, want the first 3000", c.Name) })
		}
	}
	got := w.get(t, "http://a.test/")
	if n := strings.Count(got[0], ";") + 1; n != 3000 || !strings.Contains(got[0], "Cookie: c0=0; c1=1; ") {
		t.Errorf("then %d cookies are sent: %s, want 3000 in order", n, shorten(got[0]))
	}
	if got, want := j.Header(to(t, witnessURL)), "kept=1"; got != want {
		t.Errorf("another site's Header = %q, want %q", got, want)
	}
}

type idleCloser struct {
	http.RoundTripper
	closed int
}

func (c *idleCloser) CloseIdleConnections() { c.closed++ }

// http.Client.CloseIdleConnections reaches the base.
func TestTransportCloseIdleConnections(t *testing.T) {
	base := &idleCloser{}
	(&http.Client{Transport: &jar.Transport{Base: base}}).CloseIdleConnections()
	if base.closed != 1 {
		t.Errorf("CloseIdleConnections reached the base %d times, want once", base.closed)
	}
	(&jar.Transport{Base: roundTripFunc(nil)}).CloseIdleConnections() // it has no such method
}

// Where the base does not say to what it responds, the Transport does; where it
// does, that stays.
func TestTransportResponseRequest(t *testing.T) {
	own := &http.Request{Method: "GET", URL: testkit.URL(t, "http://a.test/own")}
	for _, tt := range []struct {
		name string
		base *http.Request
	}{{"nil", nil}, {"own", own}} {
		transport := &jar.Transport{Base: roundTripFunc(func(*http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: 200, Body: http.NoBody, Request: tt.base}, nil
		})}
		req := newRequest(t, t.Context(), "GET", "http://a.test/", "")
		resp, err := transport.RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		want := req.URL
		if tt.base != nil {
			want = tt.base.URL
		}
		if resp.Request == nil || resp.Request.URL != want {
			t.Errorf("%s: Response.Request = %v, want one for %s", tt.name, resp.Request, want)
		}
	}
}

type countingBody struct {
	io.Reader
	closed int
}

func (b *countingBody) Close() error { b.closed++; return nil }

// An error of the base is the caller's to see, and nothing is set. The body is
// closed by the base, as every RoundTripper must.
func TestTransportError(t *testing.T) {
	failure := errors.New("no route")
	j := mustJar(t, nil)
	j.Receive(to(t, "http://a.test/"), []string{"a=1"})
	transport := &jar.Transport{Jar: j, Base: &http.Transport{
		DialContext: func(context.Context, string, string) (net.Conn, error) { return nil, failure },
	}}
	body := &countingBody{Reader: strings.NewReader("x")}
	req := newRequest(t, t.Context(), "POST", "http://a.test/", "")
	req.Body = body
	if resp, err := transport.RoundTrip(req); !errors.Is(err, failure) || resp != nil {
		t.Errorf("RoundTrip = %v, %v, want the base's error", resp, err)
	}
	if body.closed == 0 {
		t.Error("the body was not closed")
	}

	both := &http.Response{StatusCode: 200, Header: http.Header{"Set-Cookie": {"b=1"}}}
	transport.Base = roundTripFunc(func(*http.Request) (*http.Response, error) { return both, failure })
	if resp, err := transport.RoundTrip(req); err != failure || resp != both {
		t.Errorf("RoundTrip = %v, %v, want what the base returned", resp, err)
	}
	if got, want := j.Header(to(t, "http://a.test/")), "a=1"; got != want {
		t.Errorf("after errors: Header = %q, want %q: a failed exchange sets nothing", got, want)
	}

	// A base that breaks its contract is an error, as with http.Client alone.
	transport.Base = roundTripFunc(func(*http.Request) (*http.Response, error) { return nil, nil })
	func() {
		defer func() {
			if p := recover(); p != nil {
				t.Errorf("a base that returns nil, nil: panic: %v, want an error", p)
			}
		}()
		if _, err := (&http.Client{Transport: transport}).Get("http://a.test/"); err == nil {
			t.Error("a base that returns nil, nil: no error")
		}
	}()
	// So is a request without a URL.
	transport.Base = &http.Transport{}
	if _, err := transport.RoundTrip(&http.Request{Header: http.Header{}}); err == nil {
		t.Error("RoundTrip of a request without a URL: no error")
	}
}

// Request.Host, where set, is the cookie host, for that request alone.
func TestTransportHost(t *testing.T) {
	j := mustJar(t, nil)
	w := newWeb(t, j)
	w.routes["http://virtual.test/set"] = raw("v=1", "d=1; Domain=virtual.test", "no=1; Domain=a.test")
	w.routes["http://virtual.test/rel"] = redirect(302, "/landed", "r=1")
	w.routes["http://virtual.test/abs"] = redirect(302, "http://a.test/landed")
	get := func(host, rawURL string) []string {
		req := newRequest(t, t.Context(), "GET", rawURL, "")
		req.Host = host
		return w.do(t, req)
	}
	j.Receive(to(t, "http://a.test/"), []string{"a=1"})
	compareVisits(t, "set", get("virtual.test", "http://a.test/set"), []string{"GET http://virtual.test/set"})
	compareVisits(t, "same host again", get("virtual.test", "http://a.test/"), []string{"GET http://virtual.test/ Cookie: v=1; d=1"})
	compareVisits(t, "Host is not kept", get("", "http://a.test/"), []string{"GET http://a.test/ Cookie: a=1"})
	compareVisits(t, "the host itself", get("", "http://virtual.test/"), []string{"GET http://virtual.test/ Cookie: v=1; d=1"})
	compareVisits(t, "a relative redirect keeps Host", get("virtual.test", "http://a.test/rel"),
		[]string{"GET http://virtual.test/rel Cookie: v=1; d=1", "GET http://virtual.test/landed Cookie: v=1; d=1; r=1"})
	compareVisits(t, "an absolute one drops it", get("virtual.test", "http://a.test/abs"),
		[]string{"GET http://virtual.test/abs Cookie: v=1; d=1; r=1", "GET http://a.test/landed Cookie: a=1"})

	// A caller's own cookies were for the host that was named.
	req := newRequest(t, t.Context(), "GET", "http://a.test/abs", "")
	req.Host = "virtual.test"
	req.Header.Set("Cookie", "own=1")
	compareVisits(t, "own cookies of a named host", w.do(t, req),
		[]string{"GET http://virtual.test/abs Cookie: own=1; v=1; d=1; r=1", "GET http://a.test/landed Cookie: a=1"})
}

// Hosts and domains that have fooled cookie jars.
func TestTransportOddHosts(t *testing.T) {
	tests := []struct {
		name, set string
		lines     []string
		get       map[string]string // URL to the Cookie field
		refused   []string
		why       string
	}{
		{"public-suffix", "http://evil.co.uk/set", []string{"a=1; Domain=co.UK", "b=1; Domain=CO.uk.", "ok=1"},
			map[string]string{"http://evil.co.uk/": "ok=1", "http://good.co.uk/": ""},
			[]string{"a public-suffix", "b public-suffix"}, "suffixes have no case"},
		{"trailing-dot", "http://evil.com./set", []string{"a=1; Domain=com.", "b=1; Domain=com", "ok=1"},
			map[string]string{"http://evil.com./": "ok=1", "http://evil.com/": "", "http://good.com./": ""},
			[]string{"a public-suffix", "b public-suffix"}, "a trailing dot makes no suffix a name, and another host"},
		{"ipv6-zone", "http://[fe80::1%25eth0]/set", []string{"z=1", "d=1; Domain=fe80::1", "e=1; Domain=eth0"},
			map[string]string{"http://[fe80::1%25eth0]/": "z=1", "http://[fe80::1%25eth1]/": "", "http://[fe80::1]/": ""},
			[]string{"d domain-mismatch", "e public-suffix"}, "an address on an interface is itself alone"},
		{"zone-like-a-name", "http://[::1%25.www.example.com]/set", []string{"z=1", "d=1; Domain=example.com"},
			map[string]string{"http://www.example.com/": "", "http://[::1%25.www.example.com]/": "z=1"},
			[]string{"d domain-mismatch"}, "no name under example.com"},
		{"ipv4", "http://127.0.0.1/set", []string{"a=1; Domain=0.0.1", "b=1; Domain=127.0.0.1"},
			map[string]string{"http://127.0.0.1/": "b=1", "http://127.1/": "b=1"},
			[]string{"a domain-mismatch"}, "an address has no parents, and many spellings"},
		{"sibling", "http://a.a.test/set", []string{"s=1; Domain=b.a.test", "p=1; Domain=a.test"},
			map[string]string{"http://b.a.test/": "p=1", "http://a.test/": "p=1"},
			[]string{"s domain-mismatch"}, "a parent may be named, a sibling not"},
		{"lookalike", "http://eviltest.test/set", []string{"a=1; Domain=st.test", "b=1; Domain=test.test"},
			map[string]string{"http://test.test/": "", "http://eviltest.test/": ""},
			[]string{"a domain-mismatch", "b domain-mismatch"}, "a label is matched whole"},
		{"upper-case-host", "http://WWW.A.test/set", []string{"a=1", "d=1; Domain=.A.TEST"},
			map[string]string{"http://www.a.test/": "a=1; d=1", "http://a.test/": "d=1"}, nil, "hosts have no case"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var log withheldLog
			j := mustJar(t, &jar.Options{Refused: log.add})
			w := newWeb(t, j)
			w.routes["/set"] = raw(tt.lines...)
			w.get(t, tt.set)
			if diff := cmp.Diff(tt.refused, log.take()); diff != "" {
				t.Errorf("%s: refused (-want +got):\n%s", tt.why, diff)
			}
			for u, want := range tt.get {
				if got := w.get(t, u); len(got) != 1 || !strings.HasSuffix(got[0]+" ", " Cookie: "+want+" ") && want != "" || want == "" && strings.Contains(got[0], "Cookie:") {
					t.Errorf("%s: %q, want Cookie: %q: %s", u, got, want, tt.why)
				}
			}
		})
	}
}

// Trustworthy loopback counts as secure; another plain host does not.
func TestTransportSecure(t *testing.T) {
	var log withheldLog
	j := mustJar(t, &jar.Options{Refused: log.add, Withheld: log.add})
	w := newWeb(t, j)
	w.routes["/set"] = raw("s=1; Secure")
	for _, tt := range []struct {
		origin string
		want   bool
	}{
		{"http://localhost", true}, {"http://app.localhost:8080", true}, {"http://127.0.0.1", true}, {"http://[::1]:81", true},
		{"http://a.test", false}, {"http://localhost.a.test", false}, {"https://a.test", true},
	} {
		j.Clear()
		w.get(t, tt.origin+"/set")
		if got := strings.HasSuffix(w.get(t, tt.origin+"/")[0], " Cookie: s=1"); got != tt.want {
			t.Errorf("%s: a Secure cookie set and sent: %t, want %t", tt.origin, got, tt.want)
		}
	}
	log.take()
	if got := w.get(t, "http://a.test/"); got[0] != "GET http://a.test/" {
		t.Errorf("what https set, http got: %q", got)
	}
	if diff := cmp.Diff([]string{"s secure-only"}, log.take()); diff != "" {
		t.Errorf("withheld (-want +got):\n%s", diff)
	}
}

// The zero Transport keeps a jar of its own and uses http.DefaultTransport.
func TestTransportZero(t *testing.T) {
	var got []string
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = append(got, r.Header.Get("Cookie"))
		w.Header().Add("Set-Cookie", `a={"x":1}`)
	}))
	defer srv.Close()
	client := &http.Client{Transport: &jar.Transport{}}
	defer client.CloseIdleConnections()
	for range 2 {
		resp, err := client.Get(srv.URL)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
	}
	if want := []string{"", `a={"x":1}`}; !slices.Equal(got, want) {
		t.Errorf("Cookie fields %q, want %q", got, want)
	}
}

// Many requests at once, to several sites, through one Transport.
func TestTransportConcurrent(t *testing.T) {
	const workers, requests = 8, 15
	j := mustJar(t, nil)
	w := newWeb(t, j)
	w.routes["/"] = func(rw http.ResponseWriter, r *http.Request) {
		rw.Header().Add("Set-Cookie", "last="+r.URL.Query().Get("n"))
		rw.Header().Add("Set-Cookie", "shared=1; Domain=shared.test")
	}
	var wg sync.WaitGroup
	for i := range workers {
		wg.Go(func() {
			for n := range requests {
				u := fmt.Sprintf("http://w%d.shared.test/?n=%d", i, n)
				resp, err := w.client.Get(u)
				if err != nil {
					t.Errorf("%s: %v", u, err)
					return
				}
				resp.Body.Close()
				for range j.All() {
				}
				j.Header(&jar.Request{URL: resp.Request.URL})
			}
		})
	}
	wg.Wait()
	for i := range workers {
		u := fmt.Sprintf("http://w%d.shared.test/", i)
		got := strings.Split(j.Header(to(t, u)), "; ")
		slices.Sort(got)
		if want := []string{fmt.Sprintf("last=%d", requests-1), "shared=1"}; !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", u, got, want)
		}
	}
}

// On a response that is not HTTP/1.1's 200 the cookies count too.
func TestTransportStatuses(t *testing.T) {
	j := mustJar(t, nil)
	w := newWeb(t, j)
	for _, code := range []int{201, 204, 304, 400, 401, 404, 500, 503} {
		j.Clear()
		w.routes["/set"] = func(rw http.ResponseWriter, _ *http.Request) {
			rw.Header().Add("Set-Cookie", "a=1")
			rw.WriteHeader(code)
		}
		w.get(t, "http://a.test/set")
		if got := j.Header(to(t, "http://a.test/")); got != "a=1" {
			t.Errorf("status %d: Header = %q, want a=1: RFC 6265bis, Section 5.3, heeds all but 1xx", code, got)
		}
	}
}

// MaxSent and MaxSentBytes bound the field together with the caller's own.
func TestTransportMaxSent(t *testing.T) {
	for _, tt := range []struct {
		options jar.Options
		own     string
		want    string
	}{
		{jar.Options{MaxSent: 2}, "", "a=1; b=2"},
		{jar.Options{MaxSent: 2}, "own=1", "own=1; a=1"},
		{jar.Options{MaxSent: 2}, "own=1; two=2; three=3", "own=1; two=2; three=3"},
		{jar.Options{MaxSentBytes: len("own=1; a=1")}, "own=1", "own=1; a=1"},
		{jar.Options{MaxSentBytes: len("own=1; a=1") - 1}, "own=1", "own=1"},
	} {
		j := mustJar(t, &tt.options)
		j.Receive(to(t, "http://a.test/"), []string{"a=1", "b=2", "c=3"})
		w := newWeb(t, j)
		req := newRequest(t, t.Context(), "GET", "http://a.test/", "")
		if tt.own != "" {
			req.Header.Set("Cookie", tt.own)
		}
		what := fmt.Sprintf("MaxSent %d, MaxSentBytes %d, own %q", tt.options.MaxSent, tt.options.MaxSentBytes, tt.own)
		compareVisits(t, what, w.do(t, req), []string{"GET http://a.test/ Cookie: " + tt.want})
	}
}

// The body of a redirected POST and of its response pass through untouched.
func TestTransportBodies(t *testing.T) {
	w := newWeb(t, mustJar(t, nil))
	w.routes["/echo"] = func(rw http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		rw.Write(body)
	}
	w.routes["/start"] = redirect(307, "/echo", "a=1")
	body := bytes.Repeat([]byte("0123456789"), 10_000)
	resp, err := w.client.Post("http://a.test/start", "text/plain", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if got, err := io.ReadAll(resp.Body); err != nil || !bytes.Equal(got, body) {
		t.Errorf("the echo has %d bytes, %v, want the %d that were sent", len(got), err, len(body))
	}
}
