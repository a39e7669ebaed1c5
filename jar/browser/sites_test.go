package browser_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"uacookie/jar"
	"uacookie/jar/browser"
	"uacookie/jar/policy"
)

func TestHandler(t *testing.T) {
	var got *http.Request
	b := browser.New(jar.Chromium, browser.Sites{
		"https://bank.test": http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			got = r
			_ = r.ParseForm()
			fmt.Fprint(w, r.Form.Encode())
		}),
	})
	r := b.Open("https://bank.test/x?a=1#top").SubmitGet("/find?gone=1", url.Values{"q": {"a b"}})
	if body, _ := io.ReadAll(r.Body); r.StatusCode != 200 || string(body) != "q=a+b" {
		t.Errorf("got %d %q, want 200 q=a+b", r.StatusCode, body)
	}
	if got.TLS == nil || got.TLS.ServerName != "bank.test" {
		t.Errorf("TLS = %+v, want a state for bank.test", got.TLS)
	}
	if _, _, err := net.SplitHostPort(got.RemoteAddr); err != nil {
		t.Errorf("RemoteAddr = %q: %v", got.RemoteAddr, err)
	}
	if got.Header.Get("Connection") != "" {
		t.Errorf("Connection = %q, want none", got.Header.Get("Connection"))
	}
}

func TestUnserved(t *testing.T) {
	b := browser.New(jar.Chromium, web("https://bank.test", "http://[::1]:8080"))
	r := b.Open("https://bnak.test/").Response()
	e, ok := errors.AsType[*browser.UnservedError](r.Err)
	const want = "browser: GET https://bnak.test/: no site serves https://bnak.test; Sites has http://[::1]:8080, https://bank.test: correct the URL, or add the site to Sites or by Serve"
	if !ok || e.Origin != "https://bnak.test" || r.Err.Error() != want {
		t.Errorf("Err = %v, want %s", r.Err, want)
	}
	for name, ask := range map[string]func(){
		"Sent":   func() { r.Sent("session") },
		"Submit": func() { b.Open("https://bnak.test/").Submit("https://bank.test/", nil) },
	} {
		if got := panics(ask); got == nil {
			t.Errorf("%s does not panic, want one: nothing was sent for another reason than cookies", name)
		}
	}
	if r := b.Open("http://[::1]:8080").Response(); r.Err != nil || r.StatusCode != 200 {
		t.Errorf("[::1]: %v", r.Err)
	}
	if err := b.Open("ftp://bank.test/").Response().Err; err == nil {
		t.Error("ftp: no error")
	}
}

func TestBadSites(t *testing.T) {
	for _, key := range []string{"bank.test", "https://bank.test/x", "https://bank.test?x", "wss://bank.test", "https://a@bank.test", "https://"} {
		if panics(func() { browser.New(jar.Chromium, web(key)) }) == nil {
			t.Errorf("Sites[%q] is taken, want a panic", key)
		}
	}
	browser.New(jar.Chromium, web("https://BANK.test:443/"))
}

func panics(f func()) (value any) {
	defer func() { value = recover() }()
	f()
	return nil
}

func TestForward(t *testing.T) {
	server := httptest.NewServer(kit)
	defer server.Close()
	b := browser.New(jar.Chromium, browser.Sites{"http://bank.test": browser.Forward(&http.Transport{
		DialContext:       dialTo(server),
		DisableKeepAlives: true,
	})})
	tab := b.Open("http://bank.test/")
	r := tab.Response()
	if r.Err != nil || !r.Stored("lax") || r.Refused("none") != policy.ReasonInsecureOrigin {
		t.Errorf("%v\n%v", r.Err, r)
	}
	if got := tab.Cookie(); got != "strict=1; lax=1; old=1" {
		t.Errorf("document.cookie: %q", got)
	}
}

// dialTo returns a function that connects to a server, whatever the address.
func dialTo(s *httptest.Server) func(context.Context, string, string) (net.Conn, error) {
	return func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "tcp", s.Listener.Addr().String())
	}
}

// A forward inside of a handler is a proxy.
func TestForwardInside(t *testing.T) {
	server := httptest.NewServer(kit)
	defer server.Close()
	dial := &http.Transport{
		DialContext:       dialTo(server),
		DisableKeepAlives: true,
	}
	mux := http.NewServeMux()
	mux.Handle("/api/", browser.Forward(dial))
	b := browser.New(jar.Chromium, browser.Sites{"http://bank.test": mux})
	if r := b.Open("http://bank.test/api/").Response(); r.Err != nil || !r.Stored("lax") {
		t.Errorf("%v\n%v", r.Err, r)
	}
}

func TestHijack(t *testing.T) {
	echo := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Upgrade") != "websocket" {
			return
		}
		c, rw, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer c.Close()
		fmt.Fprint(c, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSet-Cookie: ws=1\r\n\r\n")
		line, _ := rw.ReadString('\n')
		fmt.Fprint(c, "echo "+line)
	})
	b := browser.New(jar.Chromium, browser.Sites{"https://chat.test": echo})
	tab := b.Open("https://chat.test/")
	r := tab.WebSocket("wss://chat.test/ws")
	if r.StatusCode != http.StatusSwitchingProtocols || !r.Stored("ws") {
		t.Fatalf("%v\n%v", r.Err, r)
	}
	c := r.Body.(io.ReadWriteCloser)
	defer c.Close()
	fmt.Fprint(c, "hello\n")
	if got, err := bufio.NewReader(c).ReadString('\n'); got != "echo hello\n" {
		t.Errorf("read %q, %v", got, err)
	}
	if got := r.Hops[0].Header.Get("Origin"); got != "https://chat.test" {
		t.Errorf("Origin: %q", got)
	}
}

// A stream that is closed before its end leaves nothing behind that keeps a synctest
// bubble from ending, whatever the handler is at.
func TestStream(t *testing.T) {
	feed := func(w http.ResponseWriter, r *http.Request) {
		for i := 0; ; i++ {
			fmt.Fprintf(w, "data: %d\n", i)
			if http.NewResponseController(w).Flush() != nil {
				return
			}
			select {
			case <-r.Context().Done():
				return
			case <-time.After(time.Hour):
			}
		}
	}
	long := func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i < 1e6; i++ {
			if _, err := fmt.Fprintf(w, "data: %d\n", i); err != nil {
				return
			}
		}
	}
	for _, tt := range []struct {
		id      string
		handler http.HandlerFunc
		lines   int // that are read before Close
	}{
		{"unread", feed, 0},
		{"some", feed, 3},
		{"handler that writes", long, 3},
		{"announced length", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "100000")
			feed(w, r)
		}, 1},
		{"longer than net/http reads on", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "10000000")
			long(w, r)
		}, 1},
		{"compressed", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			feed(w, r)
		}, 0},
		{"all", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "data: 0\n") }, 1},
	} {
		for _, scheme := range []string{"http", "https"} {
			t.Run(tt.id+" over "+scheme, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					mux := http.NewServeMux()
					mux.HandleFunc("/", func(http.ResponseWriter, *http.Request) {})
					mux.HandleFunc("/feed", tt.handler)
					b := browser.New(jar.Chromium, browser.Sites{scheme + "://news.test": mux})
					r := b.Open(scheme+"://news.test/").Fetch("/feed", &browser.FetchOptions{Stream: true})
					if r.Err != nil {
						t.Fatal(r.Err)
					}
					lines := bufio.NewReaderSize(r.Body, 16)
					for i := range tt.lines {
						if got, err := lines.ReadString('\n'); got != fmt.Sprintf("data: %d\n", i) {
							t.Errorf("read %q, %v", got, err)
						}
					}
					if err := r.Body.Close(); err != nil {
						t.Error(err)
					}
				})
			})
		}
	}
}

// A hundred sites and a thousand navigations take less than a second.
func TestMany(t *testing.T) {
	var origins []string
	for i := range 100 {
		origins = append(origins, fmt.Sprintf("https://site%d.test", i))
	}
	b := browser.New(jar.Chromium, web(origins...))
	tab := b.Open(origins[0])
	for i := range 1000 {
		if r := tab.Click(origins[i%100] + "/set"); r.Err != nil || r.StatusCode != 200 || !r.Stored("lax") {
			t.Fatalf("%v\n%v", r.Err, r)
		}
	}
	if n := len(b.Log()); n != 1001 {
		t.Errorf("%d requests in the log, want 1001", n)
	}
}

// Tabs of one browser are used by several goroutines.
func TestConcurrent(t *testing.T) {
	b := browser.New(jar.Chromium, web("https://a.test", "https://b.test"))
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			tab := b.Open("https://a.test/set")
			for range 20 {
				if r := tab.Embed("https://b.test/").Fetch("https://a.test/", nil); r.Err != nil && !errors.Is(r.Err, browser.ErrBlocked) {
					t.Error(r.Err)
				}
				_ = b.String()
			}
		})
	}
	wg.Wait()
	if n := len(b.Log()); n != 4+4*20*2 {
		t.Errorf("%d requests in the log, want %d", n, 4+4*20*2)
	}
}
