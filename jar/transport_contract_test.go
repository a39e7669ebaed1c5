package jar_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"uacookie/internal/testkit"
	"uacookie/jar"
	"uacookie/jar/policy"
)

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

// The first lines of a response with too many Set-Cookie lines are read, and the others are
// reported. net/http reads none.
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

type countingBody struct {
	io.Reader
	closed int
}

func (b *countingBody) Close() error { b.closed++; return nil }

// An error of the base is returned, and no cookie is stored. The base closes the body, as every
// RoundTripper must.
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

// The zero Transport has a jar of its own and uses http.DefaultTransport.
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

// Concurrent requests to several sites go through one Transport.
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
