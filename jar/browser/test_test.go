package browser_test

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"

	"uacookie/jar"
	"uacookie/jar/browser"
)

// A spy is the test of a browser. It notes what the browser does with it.
type spy struct {
	testing.TB
	fatal, log string
	failed     bool
	cleanups   []func()
}

func (s *spy) Helper()          {}
func (s *spy) Failed() bool     { return s.failed }
func (s *spy) Cleanup(f func()) { s.cleanups = append(s.cleanups, f) }
func (s *spy) Logf(format string, args ...any) {
	s.log += fmt.Sprintf(format, args...)
}
func (s *spy) Fatalf(format string, args ...any) {
	s.fatal, s.failed = fmt.Sprintf(format, args...), true
	runtime.Goexit()
}

// run runs f as a test, and returns how it ended.
func run(f func(testing.TB)) *spy {
	s := new(spy)
	done := make(chan struct{})
	go func() {
		defer close(done)
		f(s)
	}()
	<-done
	for _, f := range s.cleanups {
		f()
	}
	return s
}

// What a test does wrong ends it with a sentence, and the log is printed.
func TestErrorsEndTheTest(t *testing.T) {
	sites := web("https://bank.test", "https://evil.test")
	open := func(t testing.TB) (*browser.Browser, *browser.Tab) {
		b := browser.Test(t, jar.Chromium, sites)
		return b, b.Open("https://bank.test/set")
	}
	for name, tt := range map[string]struct {
		do   func(testing.TB)
		want string
	}{
		"agent": {func(t testing.TB) { browser.Test(t, jar.Standard, sites) },
			"browser: no browser keeps the rules of standard: want jar.Chromium or jar.Firefox"},
		"origin": {func(t testing.TB) { browser.Test(t, jar.Chromium, web("bank.test")) },
			`browser: Sites["bank.test"]: want an origin, such as https://bank.test, without a path`},
		"no handler": {func(t testing.TB) { browser.Test(t, jar.Chromium, browser.Sites{"https://bank.test": nil}) },
			`browser: Sites["https://bank.test"]: want a handler, and not nil`},
		"no transport": {func(t testing.TB) { b, _ := open(t); b.Serve("https://api.test", browser.Forward(nil)) },
			`browser: Sites["https://api.test"]: Forward wants a transport`},
		"mistyped": {func(t testing.TB) { b, _ := open(t); b.Open("https://bnak.test/").Click("/") },
			"browser: GET https://bnak.test/: no site serves https://bnak.test; Sites has https://bank.test, https://evil.test: correct the URL, or add the site to Sites or by Serve"},
		"mistyped, and asked for cookies": {func(t testing.TB) { _, tab := open(t); tab.Click("https://bnak.test/").Sent("lax") },
			"no site serves https://bnak.test"},
		"no scheme": {func(t testing.TB) { b, _ := open(t); b.Open("bank.test").Click("/") },
			`browser: URL "bank.test": want http, https, ws or wss, and a host, such as https://bank.test/`},
		"gone": {func(t testing.TB) {
			_, tab := open(t)
			f := tab.Embed("/")
			tab.Click("/")
			f.Click("/")
		}, "browser: the document that the frame is in is no longer shown"},
		"mode": {func(t testing.TB) { _, tab := open(t); tab.Fetch("/", &browser.FetchOptions{Mode: "x"}) },
			`browser: Mode "x": want CORS, NoCORS or SameOriginOnly`},
		"credentials": {func(t testing.TB) { _, tab := open(t); tab.Fetch("/", &browser.FetchOptions{Credentials: "x"}) },
			`browser: Credentials "x": want Omit, SameOrigin or Include`},
		"bad server": {func(t testing.TB) {
			b, tab := open(t)
			b.Serve("https://api.test", browser.ForwardTo("127.0.0.1:80", nil))
			tab.Click("https://api.test/").Sent("lax")
		}, `ForwardTo("127.0.0.1:80"): want the URL of a server, such as http://127.0.0.1:8080`},
	} {
		t.Run(name, func(t *testing.T) {
			s := run(tt.do)
			where, what, _ := strings.Cut(s.fatal, ": ")
			if !strings.HasPrefix(where, "test_test.go:") || !strings.Contains(what, tt.want) {
				t.Errorf("got %q, want the line of the test and %q", s.fatal, tt.want)
			}
			if strings.HasPrefix(tt.want, "browser: no ") || name == "origin" || name == "no handler" {
				return // there is no browser yet
			}
			if !strings.Contains(s.log, "the browser's log, chromium:\nGET   200  document   https://bank.test/set\n") {
				t.Errorf("the log is not printed: %q", s.log)
			}
		})
	}
	if s := run(func(t testing.TB) { open(t) }); s.log != "" {
		t.Errorf("a test that passes prints a log: %s", s.log)
	}
	var tab browser.Tab
	if panics(func() { tab.Click("/") }) == nil {
		t.Error("the zero Tab does not panic")
	}
}

// A handler's panic is what the response's error says.
func TestHandlerPanics(t *testing.T) {
	b := browser.New(jar.Chromium, browser.Sites{
		"https://bank.test": http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/abort" {
				panic(http.ErrAbortHandler)
			}
			panic("no such account")
		}),
	})
	err := b.Open("https://bank.test/").Response().Err
	if err == nil || !strings.Contains(err.Error(), "the handler panicked: no such account\n") || !strings.Contains(err.Error(), "test_test.go") {
		t.Errorf("Err = %v, want the panic and where it was", err)
	}
	if err := b.Open("https://bank.test/abort").Response().Err; err == nil || strings.Contains(err.Error(), "panicked") {
		t.Errorf("Err = %v, want what an aborted connection has", err)
	}
}

// Sites are added, replaced and removed while the test runs.
func TestServe(t *testing.T) {
	status := func(code int) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) })
	}
	b := browser.Test(t, jar.Chromium, nil)
	if e, ok := errors.AsType[*browser.UnservedError](b.Open("https://bank.test/").Response().Err); !ok || !strings.Contains(e.Error(), "Sites has none") {
		t.Errorf("before: %v", e)
	}
	b.Serve("https://bank.test", status(201))
	tab := b.Open("https://bank.test/")
	if got := tab.Response().StatusCode; got != 201 {
		t.Errorf("added: %d", got)
	}
	b.Serve("https://BANK.test:443/", status(202))
	if got := tab.Click("/").StatusCode; got != 202 {
		t.Errorf("replaced: %d", got)
	}
	b.Serve("https://bank.test", nil)
	if err := tab.Click("/").Err; err == nil {
		t.Error("removed, and still there")
	}
	for i := range 12 {
		b.Serve(fmt.Sprintf("https://site%02d.test", i), status(200))
	}
	if err := b.Open("https://bank.test/").Response().Err; err == nil || !strings.Contains(err.Error(), "https://site09.test and 2 more:") {
		t.Errorf("Err = %v, want ten sites by name", err)
	}
}

// A server of net/http/httptest is forwarded to, and sees the host of the site.
func TestForwardTo(t *testing.T) {
	var host string
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host = r.Host
		kit.ServeHTTP(w, r)
	})
	plain, secure := httptest.NewServer(handler), httptest.NewUnstartedServer(handler)
	secure.StartTLS()
	defer plain.Close()
	defer secure.Close()
	b := browser.Test(t, jar.Chromium, browser.Sites{
		"https://bank.test": browser.ForwardTo(plain.URL, nil),
		"https://shop.test": browser.ForwardTo(secure.URL, secure.Client().Transport),
		"https://weak.test": browser.ForwardTo(secure.URL, distrust{}),
		"https://gone.test": browser.ForwardTo("http://127.0.0.1:1", nil),
	})
	for _, url := range []string{"https://bank.test/", "https://shop.test/"} {
		r := b.Open(url).Response()
		if r.Err != nil || !r.Stored("none") || "https://"+host+"/" != url {
			t.Errorf("%s: %v, Host %q\n%v", url, r.Err, host, r)
		}
	}
	if err := b.Open("https://weak.test/").Response().Err; err == nil || !strings.Contains(err.Error(), "server.Client().Transport") {
		t.Errorf("distrusted: %v, want what to do", err)
	}
	if err := b.Open("https://gone.test/").Response().Err; err == nil {
		t.Error("nothing listens there, and no error")
	}
}

// distrust is a transport that finds a server's certificate untrusted.
type distrust struct{}

func (distrust) RoundTrip(*http.Request) (*http.Response, error) {
	return nil, &tls.CertificateVerificationError{Err: x509.UnknownAuthorityError{}}
}
