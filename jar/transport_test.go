package jar_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"uacookie/internal/testkit"
	"uacookie/jar"
	"uacookie/jar/store"
)

// A value comes back to the server octet for octet.
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

// A line with a control octet is refused, and the other lines of the response are not.
// http.Transport fails the whole HTTP/1 response; other transports and HTTP/2 may not.
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

// WithContext and WithJar apply to all hops.
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
			"strict=1; lax=1; none=1; http=1; hop=1", "a nil Context means no Context"},
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

// MaxSent and MaxSentBytes limit the field as a whole, the caller's own cookies included.
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
