package jar_test

import (
	"context"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"uacookie/jar"
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

// raw answers with these header lines byte for byte, without net/http's server, which would
// change them.
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

type roundTripFunc func(*http.Request) (*http.Response, error)

func (f roundTripFunc) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
