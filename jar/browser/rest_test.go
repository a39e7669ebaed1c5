package browser_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"uacookie/jar"
	"uacookie/jar/browser"
	"uacookie/jar/scenario"
)

// The Cookie Store API, and requests by others than documents, their scripts and elements, are acted
// out as they were recorded, and come out the same.
func TestRest(t *testing.T) {
	least := map[string]int{"chromium": 460, "firefox": 460, "firefox-shipped": 81}
	replayRecordings(t, "rest", least, func(t *testing.T, s *scenario.Scenario, mode recordedMode) {
		if unmatched[mode.name] == s.ID {
			return
		}
		b, web := newStage(t, mode.agent, s)
		a := &actor{b: b, web: web, agent: mode.agent, third: mode.third, tabs: map[string]*browser.Tab{}}
		if s.Steps[0].Ctx.BlockThirdParty {
			b.ExceptThirdParty("", "https://trusting.test/", jar.ThirdPartyAllowed)
			b.ExceptThirdParty("https://trusted.test/", "", jar.ThirdPartyAllowed)
		}
		for i := range s.Steps {
			a.compare(t, s, i)
		}
	})
}

// unmatched is the recording that is not matched, by mode. Its Firefox told a service worker of a third party
// the name of its second cookie twice, and sent both cookies under their names.
var unmatched = map[string]string{"firefox-shipped": "rest-store-worker-22"}

// An actor acts out a scenario. It uses a tab again where the recorder does, as credentialless
// documents notice.
type actor struct {
	b     *browser.Browser
	web   *stage
	agent jar.UserAgent
	third jar.ThirdParty
	tabs  map[string]*browser.Tab
}

func (a *actor) compare(t *testing.T, s *scenario.Scenario, i int) {
	t.Helper()
	step := &s.Steps[i]
	c := &step.Ctx
	if !isRest(step) {
		compare(t, a.b, a.web, a.agent, s, i, a.third)
		return
	}
	a.b.ThirdParty = a.third
	if c.BlockThirdParty {
		a.b.ThirdParty = jar.ThirdPartyBlocked
	}
	a.web.expect(t, step, nil)
	a.web.redirects, a.web.target = nil, ""
	a.web.dress(step)
	frame := a.enter(step)
	if step.Calls != nil {
		a.call(t, frame, s, i)
		return
	}
	if c.Kind == "script" {
		if got := frame.Cookie(); step.Want != nil && got != string(*step.Want) {
			t.Errorf("%s, step %d, %s: document.cookie: %q, recorded %q", s.ID, i, short(step), got, *step.Want)
		}
		return
	}
	got := a.ask(t, frame, step)
	got.compare(t, s, i, a.agent, true)
}

// isRest reports whether a step needs an actor: TestDay has no such ones.
func isRest(step *scenario.Step) bool {
	c := &step.Ctx
	switch {
	case step.Calls != nil, c.Worker != "", c.Credentialless, c.Kind == "iframe" && len(c.PageFields) > 0:
		return true
	case !slices.Contains([]string{"", "img", "script", "style"}, c.Element):
		return true
	}
	return slices.ContainsFunc(c.Frames, func(f scenario.Frame) bool {
		return f.Credentialless || c.Kind == "script" && (f.URL == "blob:" || f.URL == "data:")
	})
}

// enter returns the document that a step starts in.
func (a *actor) enter(s *scenario.Step) *browser.Frame {
	c := &s.Ctx
	top := c.Top
	if top == "" {
		top = s.URL
	}
	tab := a.tabs[top]
	if tab == nil || len(c.PageFields) > 0 {
		tab = a.b.Open(top)
		a.tabs[top] = tab
	}
	frame := &tab.Frame
	for _, f := range c.Frames {
		if f.Credentialless {
			frame = frame.Credentialless(f.URL)
		} else {
			frame = embed(frame, f.URL, f.Sandbox)
		}
	}
	return frame
}

// ask makes the request of a step, from the document of frame.
func (a *actor) ask(t *testing.T, frame *browser.Frame, s *scenario.Step) outcome {
	t.Helper()
	c := &s.Ctx
	var worker *browser.Worker
	if c.Worker != "" {
		var err error
		if worker, err = frame.StartWorker(workers[c.Worker], frame.URL().ResolveReference(mustParse("/worker.js")).String()); err != nil {
			return outcome{blocked: true}
		}
	}
	a.web.expect(t, s, s.Lines)
	n := len(a.b.Log())
	first := slices.Concat(c.RedirectFrom, []string{s.URL})[0]
	var err error
	switch {
	case worker != nil:
		err = worker.Fetch(first, fetchOptions(c)).Err
	case c.Element == "beacon":
		err = frame.Beacon(first, "x").Err
	case c.Element == "prefetch":
		err = frame.Load(browser.Prefetch, first, nil).Err
	case c.Element == "eventsource":
		r := frame.EventSource(first, c.CrossOrigin != nil)
		if err = r.Err; r.Body != nil {
			r.Body.Close()
		}
	case strings.HasSuffix(c.Element, "worker"):
		_, err = frame.StartWorker(browser.Kind(c.Element), first)
	case c.Credentialless:
		err = frame.Credentialless(first).Response().Err
	default:
		err = lead(frame, s, first).Err
	}
	if err != nil && !errors.Is(err, browser.ErrBlocked) && !strings.Contains(err.Error(), "Error: ") {
		t.Fatalf("%s: %v", short(s), err)
	}
	o := outcome{blocked: err != nil && c.Kind != "iframe" && c.Element != "beacon" && c.Element != "prefetch", log: a.b.Log()[n:]}
	if n := len(o.log); n > 0 && insecure(text(o.log[n-1].URL)) == insecure(mustText(t, s.URL)) {
		o.cookie = o.log[n-1].Header.Get("Cookie")
	}
	return o
}

var workers = map[string]browser.Kind{"dedicated": browser.DedicatedWorker, "shared": browser.SharedWorker, "service": browser.ServiceWorker}

// call calls the Cookie Store API, and compares what comes of it.
func (a *actor) call(t *testing.T, frame *browser.Frame, s *scenario.Scenario, i int) {
	t.Helper()
	step := &s.Steps[i]
	var store *browser.CookieStore
	if kind := step.Ctx.Worker; kind == "" {
		store = frame.CookieStore()
	} else {
		worker, err := frame.StartWorker(workers[kind], "/worker.js")
		if err != nil {
			t.Errorf("%s, step %d: %v", s.ID, i, err)
			return
		}
		store = worker.CookieStore()
	}
	var heard []any
	for j, c := range step.Calls {
		var got any
		switch c.Method {
		case "await":
			got = "undefined"
		case "fetch":
			a.web.expect(t, step, step.Lines)
			frame.Fetch(step.URL, &browser.FetchOptions{Mode: browser.NoCORS, Credentials: browser.Include})
			got = "undefined"
		case "write":
			_ = frame.SetCookie(decode(c.Args[0]).(string))
			got = "undefined"
		default:
			got = callStore(store, c, a.agent)
		}
		if all, ok := got.([]any); c.Result == "undefined" && (got == nil || ok && len(all) == 0) {
			got = "undefined" // as Firefox answers a third party that is blocked
		}
		if want := decodeResult(c.Result); !like(got, want) {
			args, _ := json.Marshal(c.Args)
			t.Errorf("%s, step %d, call %d, %s%.300s:\n got      %.1000v\n recorded %.1000v", s.ID, i, j, c.Method, args, asJSON(got), asJSON(want))
		}
	}
	for _, e := range store.Changes() {
		heard = append(heard, map[string]any{"changed": told1(e.Changed, a.agent, false), "deleted": told1(e.Deleted, a.agent, true)})
	}
	if heard == nil {
		heard = []any{}
	}
	var want any
	if err := json.Unmarshal(step.Heard, &want); err != nil {
		t.Fatal(err)
	}
	if !like(any(heard), want) {
		t.Errorf("%s, step %d, %s:\n heard    %.1500s\n recorded %.1500s", s.ID, i, short(step), asJSON(heard), asJSON(want))
	}
}

func asJSON(v any) string { b, _ := json.Marshal(v); return string(b) }
