package inspect

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"uacookie/jar"
)

// An events reads server-sent events.
type events struct {
	t    *testing.T
	body *http.Response
	in   *bufio.Scanner
}

// listen asks h, which s serves, for its stream.
func listen(t *testing.T, s *httptest.Server, query, last string) *events {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), "GET", s.URL+"/events"+query, nil)
	if err != nil {
		t.Fatal(err)
	}
	if last != "" {
		r.Header.Set("Last-Event-ID", last)
	}
	resp, err := s.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { resp.Body.Close() })
	in := bufio.NewScanner(resp.Body)
	in.Buffer(nil, 1<<20)
	return &events{t, resp, in}
}

// next returns the next message and its id; false at the end.
func (e *events) next() (id string, m message, ok bool) {
	e.t.Helper()
	for e.in.Scan() {
		key, value, _ := strings.Cut(e.in.Text(), ": ")
		switch key {
		case "id":
			id = value
		case "data":
			if err := json.Unmarshal([]byte(value), &m); err != nil {
				e.t.Fatalf("%s: %v", value, err)
			}
		case "":
			return id, m, true
		}
	}
	return "", m, false
}

func TestStream(t *testing.T) {
	j := mustJar(t, nil)
	h := New(j, &Options{Decisions: 4})
	s := httptest.NewServer(h)
	defer s.Close()
	e := listen(t, s, "", "")
	if got := e.body.Header.Get("Content-Type"); got != "text/event-stream" {
		t.Errorf("Content-Type: %q", got)
	}
	if id, m, ok := e.next(); !ok || id != "0" || len(m.Decisions) != 0 {
		t.Fatalf("the first message is %q %+v, %t; want an empty one", id, m, ok)
	}

	u := mustURL(t, "http://user:sesame@example.com/a?token=sesame")
	j.Receive(&jar.Request{URL: u, Method: "POST"}, []string{"a=sesame", "<b>=sesame; Secure", "gone=sesame; Max-Age=0"})
	id, m, _ := e.next()
	if id != "3" || m.Cookies != 1 || m.Missed != 0 || len(m.Decisions) != 3 {
		t.Fatalf("message %s is %+v", id, m)
	}
	want := []entry{
		{Event: 1, Op: "receiving", Outcome: "stored", Name: "a", Scope: "example.com/"},
		{Event: 1, Op: "receiving", Outcome: "refused", Reason: "insecure-origin", Why: "A Secure cookie can be set over https only.", Rule: "RFC 6265bis, Section 5.7, step 13", Name: "<b>", Scope: "example.com/"},
		{Event: 1, Op: "receiving", Outcome: "removed", Name: "gone", Scope: "example.com/"},
	}
	for i, w := range want {
		w.Time = epoch.UnixMilli()
		w.Request, w.Explain = "POST http://example.com/a", "method=POST&url=http%3A%2F%2Fexample.com%2Fa"
		if m.Decisions[i] != w {
			t.Errorf("decision %d is\n%+v, want\n%+v", i, m.Decisions[i], w)
		}
	}

	// Past what is kept, a page is told how much it missed.
	j.Accept(jar.Cookie{Name: "d", Value: "1", Domain: "example.org", Path: "/", HostOnly: true})
	if id, m, _ := e.next(); id != "4" || len(m.Decisions) != 1 || m.Decisions[0].Op != "accepting" || m.Decisions[0].Request != "" {
		t.Errorf("message %s is %+v", id, m)
	}
	receive(t, j, "http://example.com/", "a=1", "b=1", "c=1", "d=1", "e=1")
	if id, m, _ := e.next(); id != "9" || m.Missed != 1 || len(m.Decisions) != 4 || m.Decisions[0].Name != "b" {
		t.Errorf("message %s is %+v, want the last 4 and 1 missed", id, m)
	}

	// A page that comes back gets what it has not seen.
	for _, again := range []*events{listen(t, s, "?last=8", ""), listen(t, s, "", "8"), listen(t, s, "?last=1", "8")} {
		if _, m, _ := again.next(); m.Missed != 0 || len(m.Decisions) != 1 || m.Decisions[0].Name != "e" {
			t.Errorf("a page that saw 8 gets %+v, want the one after", m)
		}
	}

	h.Close()
	if _, _, ok := e.next(); ok {
		t.Error("the stream goes on after Close")
	}
}

// Recording ends when the last page is closed.
func TestStreamEnds(t *testing.T) {
	j := mustJar(t, nil)
	h := New(j, nil)
	ended := make(chan bool, 1)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.ServeHTTP(w, r)
		ended <- true
	}))
	defer s.Close()
	e := listen(t, s, "", "")
	e.next()
	recording := func() bool {
		h.recorder.mu.Lock()
		defer h.recorder.mu.Unlock()
		return h.recorder.stop != nil
	}
	if !recording() {
		t.Error("while a page is open, nothing is recorded")
	}
	e.body.Body.Close()
	<-ended
	if recording() {
		t.Error("after the page was closed, decisions are recorded")
	}
}

func TestTooManyStreams(t *testing.T) {
	h := New(mustJar(t, nil), nil)
	for range maxStreams {
		if h.recorder.stream() == nil {
			t.Fatal("too few may look")
		}
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if status, _, _ := serve(h, local("GET", "/events", nil).WithContext(gone)); status != http.StatusServiceUnavailable {
		t.Errorf("status %d, want 503", status)
	}
}
