package browser_test

import (
	"bytes"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"

	"uacookie/jar/browser"
	"uacookie/jar/scenario"
)

// A stage is the web of one scenario: what its server answers is laid down before
// each step, as in the recorder.
type stage struct {
	lines     []string          // of the next response from target
	redirects map[string]string // from one URL to the next
	target    string
}

func (s *stage) RoundTrip(r *http.Request) (*http.Response, error) {
	resp := &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: http.NoBody, Request: r}
	resp.Header.Set("Access-Control-Allow-Origin", "*")
	at := text(r.URL)
	if next, ok := s.redirects[at]; ok {
		delete(s.redirects, at)
		resp.StatusCode = http.StatusFound
		resp.Header.Set("Location", next)
	} else if at == s.target {
		resp.Header["Set-Cookie"] = s.lines
		s.target, s.lines = "", nil
	}
	return resp, nil
}

// text returns a URL as it is compared.
func text(u *url.URL) string { return u.Scheme + "://" + u.Host + u.RequestURI() }

func mustText(tb testing.TB, s string) string {
	tb.Helper()
	u, err := url.Parse(s)
	if err != nil {
		tb.Fatal(err)
	}
	return text(u)
}

// newStage returns a browser for the web of s.
func newStage(tb testing.TB, s *scenario.Scenario) (*browser.Browser, *stage) {
	tb.Helper()
	web := &stage{redirects: map[string]string{}}
	sites := browser.Sites{}
	for i := range s.Steps {
		c := &s.Steps[i].Ctx
		for _, at := range append([]string{s.Steps[i].URL, c.Top, c.Initiator}, c.RedirectFrom...) {
			u, err := url.Parse(at)
			if err != nil {
				tb.Fatal(err)
			}
			if at != "" {
				sites[u.Scheme+"://"+u.Host] = browser.Forward(web)
			}
		}
	}
	b := browser.New(sites)
	b.Now = func() time.Time { return s.Now }
	return b, web
}

// act carries out a step, and returns the cookies that were sent or read.
func act(tb testing.TB, b *browser.Browser, web *stage, s *scenario.Step) string {
	tb.Helper()
	if s.Ctx.Kind == "script" {
		tab := b.Open(s.URL)
		for _, l := range s.Lines {
			_ = tab.SetCookie(string(l)) // that it is refused shows in what is read
		}
		return tab.Cookie()
	}
	from := s.Ctx.Initiator
	var tab *browser.Tab
	var frame *browser.Frame
	switch {
	case s.Ctx.Kind == "navigate" && from != "":
		tab = b.Open(from)
		frame = &tab.Frame
	case s.Ctx.Kind == "navigate":
	default:
		tab = b.Open(s.Ctx.Top)
		frame = &tab.Frame
		if from != "" && from != s.Ctx.Top {
			frame = tab.Embed(from)
		}
	}

	urls := append(append([]string{}, s.Ctx.RedirectFrom...), s.URL)
	for i, u := range urls[1:] {
		web.redirects[mustText(tb, urls[i])] = u
	}
	first := urls[0]
	web.target = mustText(tb, s.URL)
	for _, l := range s.Lines {
		web.lines = append(web.lines, string(l))
	}

	var r *browser.Response
	switch {
	case s.Ctx.Kind == "navigate" && from == "":
		r = b.Open(first).Response()
	case s.Ctx.Kind == "navigate" && s.Ctx.Method == http.MethodPost:
		r = frame.Submit(first, nil)
	case s.Ctx.Kind == "navigate":
		r = frame.Go(first)
	case s.Ctx.Kind == "iframe" && frame != &tab.Frame:
		r = frame.Go(first)
	case s.Ctx.Kind == "iframe":
		r = frame.Embed(first).Response()
	default:
		r = frame.Fetch(first, &browser.FetchOptions{Mode: browser.NoCORS, Credentials: browser.Include})
	}
	if r.Err != nil {
		tb.Fatal(r.Err)
	}
	return r.Last().Header.Get("Cookie")
}

// Every recording of Chromium is acted out in the browser, and comes out the same.
func TestRecordings(t *testing.T) {
	files, err := filepath.Glob("../../testdata/chromium/recordings/*.jsonl")
	if err != nil || len(files) == 0 {
		t.Fatalf("no recordings: %v", err)
	}
	n := 0
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for s, err := range scenario.Read(bytes.NewReader(data)) {
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if !s.Scored() {
				continue
			}
			b, web := newStage(t, s)
			for i := range s.Steps {
				got, want := act(t, b, web, &s.Steps[i]), s.Steps[i].Want
				if want != nil && got != string(*want) {
					t.Errorf("%s, step %d: Cookie: %q, recorded %q\n%v", s.ID, i, got, *want, b)
				}
			}
			n++
		}
	}
	if n < 1000 {
		t.Errorf("%d recordings were replayed: want all", n)
	}
}
