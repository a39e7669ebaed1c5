package browser_test

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"uacookie/jar"
	"uacookie/jar/browser"
	"uacookie/jar/scenario"
)

// elsewhere is a page that has nothing to do with any recording.
const elsewhere = "https://elsewhere.test/"

// What a service meets besides cookies is acted out as it was recorded, and comes out the same:
// cookies, requests and their header fields, what is blocked, and who has storage access.
func TestDay(t *testing.T) {
	least := map[string]int{"chromium": 297, "firefox": 297, "firefox-shipped": 202}
	replayRecordings(t, "day", least, func(t *testing.T, s *scenario.Scenario, mode recordedMode) {
		b, web := newStage(t, mode.agent, s)
		for i := range s.Steps {
			compare(t, b, web, mode.agent, s, i, mode.third)
		}
	})
}

// A recordedMode is a browser as it was recorded.
type recordedMode struct {
	name  string
	agent jar.UserAgent
	third jar.ThirdParty
}

// replayRecordings calls act for each scored recording of a folder. It fails if a mode has fewer of
// them than least says.
func replayRecordings(t *testing.T, folder string, least map[string]int, act func(*testing.T, *scenario.Scenario, recordedMode)) {
	t.Helper()
	for _, mode := range []recordedMode{
		{"chromium", jar.Chromium, jar.ThirdPartyAllowed},
		{"firefox", jar.Firefox, jar.ThirdPartyAllowed},
		{"firefox-shipped", jar.Firefox, jar.ThirdPartyDefault},
	} {
		t.Run(mode.name, func(t *testing.T) {
			data, err := os.ReadFile(filepath.Join("../../testdata/browsers/recordings", folder, mode.name+".jsonl"))
			if err != nil {
				t.Fatal(err)
			}
			n := 0
			for s, err := range scenario.Read(bytes.NewReader(data)) {
				if err != nil {
					t.Fatal(err)
				}
				if s.Scored() {
					n++
					act(t, s, mode)
				}
			}
			if n < least[mode.name] {
				t.Errorf("%d recordings were replayed, want at least %d", n, least[mode.name])
			}
		})
	}
}

// compare carries out a step of a recording and compares what came of it.
func compare(t *testing.T, b *browser.Browser, web *stage, agent jar.UserAgent, s *scenario.Scenario, i int, third jar.ThirdParty) {
	t.Helper()
	step := &s.Steps[i]
	got, access := perform(t, b, web, agent, step, third)
	if access != step.Access {
		t.Errorf("%s, step %d, %s: storage access %q, recorded %q", s.ID, i, short(step), access, step.Access)
	}
	got.compare(t, s, i, agent, step.Ctx.Kind != "script")
}

// compare compares an outcome with what was recorded of a step, and its requests if they count.
func (o *outcome) compare(t *testing.T, s *scenario.Scenario, i int, agent jar.UserAgent, counts bool) {
	t.Helper()
	step := &s.Steps[i]
	ctx := short(step)
	if step.Want != nil && o.cookie != string(*step.Want) {
		t.Errorf("%s, step %d, %s: Cookie: %q, recorded %q", s.ID, i, ctx, o.cookie, *step.Want)
	}
	if o.blocked != step.Blocked {
		t.Errorf("%s, step %d, %s: blocked: %t, recorded %t", s.ID, i, ctx, o.blocked, step.Blocked)
	}
	if all := requests(agent, o.log); counts && !reflect.DeepEqual(step.Requests, all) {
		t.Errorf("%s, step %d, %s (-recorded +got):\n%s", s.ID, i, ctx, cmp.Diff(step.Requests, all))
	}
}

// short returns a context without what is empty.
func short(s *scenario.Step) string {
	v := reflect.ValueOf(s.Ctx)
	out := s.URL
	for i := range v.NumField() {
		if f := v.Field(i); !f.IsZero() {
			out += fmt.Sprintf(" %s=%v", v.Type().Field(i).Name, reflect.Indirect(f))
		}
	}
	return out
}

// perform is act for what is modelled besides cookies.
func perform(t *testing.T, b *browser.Browser, web *stage, agent jar.UserAgent, s *scenario.Step, third jar.ThirdParty) (o outcome, access string) {
	t.Helper()
	c := &s.Ctx
	if c.History == "" && !c.Refresh && c.Opener == "" && c.Target == "" && c.Element == "" && !c.AsksAccess && c.StorageAccess == "" &&
		len(s.Fields) == 0 && c.Redirect == "" && c.ReferrerPolicy == "" {
		return act(t, b, web, agent, s, third), ""
	}
	b.ThirdParty = third
	if c.BlockThirdParty {
		b.ThirdParty = jar.ThirdPartyBlocked
	}
	web.expect(t, s, nil)
	web.redirects, web.target = nil, ""
	web.dress(s)
	if c.StorageAccess != "" {
		embedded := s.URL
		if n := len(c.Frames); n > 0 {
			embedded = c.Frames[n-1].URL
		}
		b.PermitStorageAccess(embedded, c.Top, c.StorageAccess == "granted")
	}
	tab, frame := enter(b, s)
	if c.AsksAccess {
		access = "granted"
		if frame.RequestStorageAccess() != nil {
			access = "denied"
		}
	}
	if c.Kind == "script" {
		for _, l := range s.Lines {
			_ = frame.SetCookie(string(l))
		}
		return outcome{cookie: frame.Cookie()}, access
	}
	web.expect(t, s, s.Lines)
	n := len(b.Log())
	var r *browser.Response
	first := slices.Concat(c.RedirectFrom, []string{s.URL})[0]
	switch {
	case tab == nil && c.History != "":
		tab = b.Open(elsewhere)
		n = len(b.Log())
		r = tab.Open(first)
	case tab == nil:
		tab = b.Open(first)
		r = tab.Response()
	case c.Refresh:
		r = frame.Refresh()
	default:
		r = lead(frame, s, first)
	}
	if c.History != "" {
		again := *s
		again.Ctx.RedirectFrom = nil
		web.expect(t, &again, s.Lines)
		if c.History == "forward" {
			web.target = ""
			tab.Back()
			web.expect(t, &again, s.Lines)
			n = len(b.Log())
			r = tab.Forward()
		} else {
			web.target = ""
			tab.Open(elsewhere)
			web.expect(t, &again, s.Lines)
			n = len(b.Log())
			r = tab.Back()
		}
	}
	if r.Err != nil && !errors.Is(r.Err, browser.ErrBlocked) {
		t.Fatalf("%s: %v", short(s), r.Err)
	}
	o = outcome{blocked: r.Err != nil && isAsked(c), log: b.Log()[n:]}
	if x := r.Last(); x != nil && insecure(text(x.URL)) == insecure(mustText(t, s.URL)) {
		o.cookie = x.Header.Get("Cookie")
	}
	return o, access
}

// isAsked reports whether a script or an element would notice that it is blocked.
func isAsked(c *scenario.Ctx) bool { return c.Kind == "subresource" || c.Kind == "websocket" }

// lead makes the request of a step, from the document of frame.
func lead(frame *browser.Frame, s *scenario.Step, first string) *browser.Response {
	c := &s.Ctx
	n := browser.Navigation{URL: first, Method: c.Method, Script: !c.User, Rel: strings.Fields(c.Rel), ReferrerPolicy: c.ReferrerPolicy}
	switch {
	case c.Opener != "":
		return frame.Navigate(frame, n)
	case c.Target == "window":
		n.Script = true
		return frame.OpenWindow(n).Response()
	case c.Target == "_blank":
		return frame.OpenWindow(n).Response()
	case c.Target == "_top":
		return frame.Navigate(&frame.Top().Frame, n)
	case c.Target == "_parent":
		return frame.Navigate(frame.Parent(), n)
	case c.Element != "":
		cross := ""
		if c.CrossOrigin != nil {
			if cross = *c.CrossOrigin; cross == "" {
				cross = "anonymous"
			}
		}
		return frame.Load(map[string]browser.Kind{"img": browser.Image, "script": browser.ScriptFile, "style": browser.Style}[c.Element], first, &browser.LoadOptions{CrossOrigin: cross, ReferrerPolicy: c.ReferrerPolicy})
	case c.Kind == "subresource":
		return frame.Fetch(first, fetchOptions(c))
	case c.Kind == "navigate":
		return frame.Navigate(frame, n)
	}
	return request(frame, s)
}

// fetchOptions returns the options of a fetch, but for header fields.
func fetchOptions(c *scenario.Ctx) *browser.FetchOptions {
	o := &browser.FetchOptions{Mode: browser.NoCORS, Credentials: browser.Include, Method: c.Method, Redirect: c.Redirect, ReferrerPolicy: c.ReferrerPolicy, Header: http.Header{}}
	if c.Mode != "" {
		o.Mode = browser.Mode(c.Mode)
	}
	if c.Credentials != "" {
		o.Credentials = browser.Credentials(c.Credentials)
	}
	return o
}
