package browser_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"uacookie/internal/testkit"
	"uacookie/jar"
	"uacookie/jar/browser"
	"uacookie/jar/scenario"
)

// An outcome is what came of a step.
type outcome struct {
	cookie  string // that was sent last, or read
	blocked bool
	listed  []string // cookies, to a script
	log     browser.Log
}

// act carries out a step.
func act(tb testing.TB, b *browser.Browser, web *stage, agent jar.UserAgent, s *scenario.Step, third jar.ThirdParty) outcome {
	tb.Helper()
	b.ThirdParty = third
	if s.Ctx.BlockThirdParty {
		b.ThirdParty = jar.ThirdPartyBlocked
	}
	web.expect(tb, s, nil)
	web.redirects, web.target = nil, ""
	web.dress(s)
	tab, frame := enter(b, s)

	if s.Ctx.Kind == "script" {
		for _, l := range s.Lines {
			_ = frame.SetCookie(string(l)) // that it is refused shows in what is read
		}
		n := len(b.Log())
		o := outcome{cookie: frame.Cookie()}
		o.blocked = len(b.Log()) == n
		verdicts := frame.Cookies()
		if agent == jar.Firefox { // its Cookie Store API lists one partition after the other
			slices.SortStableFunc(verdicts, func(v, w jar.Verdict) int {
				return strings.Compare(v.Cookie.Partition.TopLevelSite, w.Cookie.Partition.TopLevelSite)
			})
		}
		for _, v := range verdicts {
			if v.OK() {
				o.listed = append(o.listed, strings.TrimPrefix(v.Cookie.Name+"="+v.Cookie.Value, "="))
			}
		}
		return o
	}

	web.expect(tb, s, s.Lines)
	if s.Ctx.Reload {
		web.lines = nil
	}
	n := len(b.Log())
	var r *browser.Response
	if tab == nil { // typed
		tab = b.Open(slices.Concat(s.Ctx.RedirectFrom, []string{s.URL})[0])
		r = tab.Response()
	} else {
		r = request(frame, s)
	}
	if s.Ctx.Reload {
		again := *s
		again.Ctx.RedirectFrom = nil
		web.expect(tb, &again, s.Lines)
		n = len(b.Log())
		r = tab.Reload()
	}
	if r.Err != nil && !errors.Is(r.Err, browser.ErrBlocked) {
		tb.Fatal(r.Err)
	}
	o := outcome{blocked: r.Err != nil, log: b.Log()[n:]}
	if x := r.Last(); x != nil && insecure(text(x.URL)) == insecure(mustText(tb, s.URL)) { // unless it was upgraded
		o.cookie = x.Header.Get("Cookie")
	}
	return o
}

// enter opens the document that a step starts in, and its tab; nil if it starts in
// none.
func enter(b *browser.Browser, s *scenario.Step) (*browser.Tab, *browser.Frame) {
	c := &s.Ctx
	top := c.Top
	switch {
	case c.Kind == "script" && top == "":
		top = s.URL
	case c.Kind == "navigate" && top != "": // to _top, from a frame
	case c.Kind == "navigate" && c.Initiator == "":
		return nil, nil
	case c.Kind == "navigate":
		top = c.Initiator
	}
	var tab *browser.Tab
	if c.Opener != "" {
		tab = b.Open(c.Opener).OpenWindow(browser.Navigation{URL: top, Script: true})
	} else {
		tab = b.Open(top)
	}
	frame := &tab.Frame
	for _, f := range c.Frames {
		frame = embed(frame, f.URL, f.Sandbox)
	}
	if inFrame(c) {
		frame = embed(frame, c.Initiator, c.Sandbox)
	}
	return tab, frame
}

// inFrame reports whether the initiator is a document in one more frame.
func inFrame(c *scenario.Ctx) bool {
	return c.Kind != "navigate" && c.Initiator != "" && (c.Initiator != c.Top || len(c.Frames) > 0)
}

func embed(f *browser.Frame, url string, sandbox *string) *browser.Frame {
	if sandbox == nil {
		return f.Embed(url)
	}
	return f.Sandbox(url, strings.Fields(*sandbox)...)
}

// request makes the request of a step, from the document of frame.
func request(frame *browser.Frame, s *scenario.Step) *browser.Response {
	c := &s.Ctx
	first := slices.Concat(c.RedirectFrom, []string{s.URL})[0]
	switch {
	case c.Kind == "subresource":
		o := &browser.FetchOptions{Mode: browser.NoCORS, Credentials: browser.Include, Method: c.Method, Header: http.Header{}}
		if c.Mode != "" {
			o.Mode = browser.Mode(c.Mode)
		}
		if c.Credentials != "" {
			o.Credentials = browser.Credentials(c.Credentials)
		}
		for name, value := range c.Header {
			o.Header.Set(name, value)
		}
		return frame.Fetch(first, o)
	case c.Kind == "websocket":
		return frame.WebSocket(first)
	case c.Kind == "iframe" && !inFrame(c):
		return embed(frame, first, c.Sandbox).Response()
	case c.Method == http.MethodPost && c.User:
		return frame.Submit(first, nil)
	case c.Method == http.MethodPost:
		return frame.Post(first, nil)
	case c.Method == http.MethodGet:
		return frame.SubmitGet(strings.TrimSuffix(first, "?"), nil) // which the form adds
	case c.User:
		return frame.Click(first)
	}
	return frame.Go(first)
}

// Every recording is acted out in the browser that it is of, and comes out the same.
// Where the recording has all requests, so do all their header fields.
func TestRecordings(t *testing.T) {
	for _, test := range []struct {
		name, folder string
		agent        jar.UserAgent
		third        jar.ThirdParty
		n, detailed  int // at least
	}{
		{"chromium", "", jar.Chromium, jar.ThirdPartyAllowed, 4000, 2000},
		{"firefox", "firefox", jar.Firefox, jar.ThirdPartyAllowed, 4000, 2000},
		{"firefox-shipped", "firefox-shipped", jar.Firefox, jar.ThirdPartyDefault, 1200, 1000},
	} {
		t.Run(test.name, func(t *testing.T) {
			n, detailed := replay(t, test.name, test.folder, test.agent, test.third)
			if testkit.Race && testing.Short() {
				detailed *= 4
			}
			if n < test.n || detailed < test.detailed {
				t.Errorf("%d recordings were replayed, %d steps with all requests: want all", n, detailed)
			}
		})
	}
}

// replay replays a folder, and returns the number of recordings, and of steps with all requests.
func replay(t *testing.T, mode, folder string, agent jar.UserAgent, third jar.ThirdParty) (n, detailed int) {
	files, err := filepath.Glob(filepath.Join("../../testdata/browsers/recordings", folder, "*.jsonl"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no recordings: %v", err)
	}
	var unmatched map[string]map[string]string
	data, err := os.ReadFile("../../testdata/browsers/unmatched.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &unmatched); err != nil {
		t.Fatal(err)
	}
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
			if unmatched[mode][s.ID] != "" && !strings.HasPrefix(s.ID, "by-") {
				continue // those are matched here
			}
			n++
			if testkit.Race && testing.Short() && n%4 != 0 {
				continue // a race shows in few as well as in many
			}
			b, web := newStage(t, agent, s)
			for i := range s.Steps {
				step := &s.Steps[i]
				got := act(t, b, web, agent, step, third)
				if step.Want != nil && got.cookie != string(*step.Want) {
					t.Errorf("%s, step %d: Cookie: %q, recorded %q\n%v", s.ID, i, got.cookie, *step.Want, b)
				}
				if listed := strings.Join(got.listed, "; "); step.Listed != nil && listed != string(*step.Listed) {
					t.Errorf("%s, step %d: listed: %q, recorded %q\n%v", s.ID, i, listed, *step.Listed, b)
				}
				if step.Requests == nil && !step.Blocked {
					continue
				}
				detailed++
				if got.blocked != step.Blocked {
					t.Errorf("%s, step %d: blocked: %t, recorded %t\n%v", s.ID, i, got.blocked, step.Blocked, b)
				}
				if all := requests(agent, got.log); !reflect.DeepEqual(step.Requests, all) {
					t.Errorf("%s, step %d, %+v (-recorded +got):\n%s", s.ID, i, step.Ctx, cmp.Diff(step.Requests, all))
				}
			}
		}
	}
	return n, detailed
}
