package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
	"unicode/utf8"

	"uacookie/testdata/chromium/scenario"
)

// A tab carries out one scenario at a time. It has a browser context and so a
// cookie store of its own, and as that context's proxy a server of its own, so
// that tabs run side by side.
//
// Its pages outlive a scenario: as pages set no cookies, a step that needs a
// document may find it there from before.
type tab struct {
	*browser
	server *server
	store  string  // id of its browser context
	pages  []*page // the most recently used first
}

const (
	maxPages = 64               // that a tab keeps
	timeout  = 20 * time.Second // of a scenario
)

// newTab opens a tab, which lives as long as the browser does.
func newTab(ctx context.Context, b *browser, s *server) (*tab, error) {
	var created struct{ BrowserContextID string }
	if err := b.call(ctx, "", "Target.createBrowserContext", map[string]any{
		"proxyServer":     "http://" + s.addr(),
		"proxyBypassList": "<-loopback>", // not even loopback hosts go without it
	}, &created); err != nil {
		return nil, err
	}
	return &tab{browser: b, server: s, store: created.BrowserContextID}, nil
}

// run carries out a scenario and notes in its steps what came of them. A step
// that fails ends it, but not without a second try from the start.
func (t *tab) run(ctx context.Context, s *scenario.Scenario) error {
	for range 2 {
		failed, err := t.try(ctx, s)
		if !failed || err != nil {
			return err
		}
	}
	return nil
}

// try carries out a scenario and reports whether a step failed.
func (t *tab) try(ctx context.Context, s *scenario.Scenario) (failed bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	if err := t.call(ctx, "", "Storage.clearCookies", map[string]any{"browserContextId": t.store}, nil); err != nil {
		return false, err
	}
	for i := range s.Steps {
		step := &s.Steps[i]
		got, err := t.step(ctx, step)
		step.Want, step.Error = nil, ""
		if err != nil {
			step.Error = err.Error()
			return true, t.reset()
		}
		if step.Op == scenario.Get {
			want := scenario.Bytes(got)
			step.Want = &want
		}
	}
	return false, nil
}

// step carries out a step and returns the cookies that were sent or read.
func (t *tab) step(ctx context.Context, s *scenario.Step) (string, error) {
	if s.Ctx.Kind == scenario.Script {
		return t.script(ctx, s)
	}
	return t.request(ctx, s)
}

// script assigns the lines to document.cookie and reads it.
func (t *tab) script(ctx context.Context, s *scenario.Step) (string, error) {
	p, err := t.open(ctx, s.URL)
	if err != nil {
		return "", err
	}
	js := ""
	for _, line := range s.Lines {
		if !utf8.ValidString(string(line)) {
			return "", errors.New("a line is not valid UTF-8")
		}
		js += fmt.Sprintf("document.cookie = %s\n", quote(string(line)))
	}
	return p.evaluate(ctx, js+"document.cookie")
}

// request has a request made and returns the Cookie field that the server saw.
func (t *tab) request(ctx context.Context, s *scenario.Step) (string, error) {
	p, err := t.stage(ctx, s.Ctx)
	if err != nil {
		return "", err
	}
	want := &plan{urls: slices.Concat(s.Ctx.RedirectFrom, []string{s.URL})}
	for _, line := range s.Lines {
		want.lines = append(want.lines, string(line))
	}
	t.server.expect(want)
	err = act(ctx, p, s.Ctx, want.urls[0])
	cookie, ok := t.server.outcome()
	if err == nil && !ok {
		err = fmt.Errorf("no request for %s came", want.urls[0])
	}
	return cookie, err
}

// stage returns the page from which a request of c is to come, all set.
func (t *tab) stage(ctx context.Context, c scenario.Ctx) (*page, error) {
	switch {
	case c.Kind != scenario.Navigate:
		p, err := t.show(ctx, c.Top)
		if err == nil && framed(c) {
			err = p.lead(ctx, "frame", c.Initiator)
		}
		return p, err
	case c.Initiator != "":
		return t.show(ctx, c.Initiator)
	case c.Method == "POST":
		return nil, errors.New("a form post needs an initiator")
	default:
		return t.last(ctx)
	}
}

// act starts a request for url from a page that is staged, and returns when it
// has ended.
func act(ctx context.Context, p *page, c scenario.Ctx, url string) error {
	switch {
	case c.Kind == scenario.Navigate && c.Initiator == "":
		return p.enter(ctx, url)
	case c.Kind == scenario.Navigate && c.Method == "POST":
		return p.lead(ctx, "post", url)
	case c.Kind == scenario.Navigate:
		return p.lead(ctx, "go", url)
	case c.Kind == scenario.Iframe && framed(c):
		return p.lead(ctx, "within", "go", url)
	case c.Kind == scenario.Iframe:
		return p.lead(ctx, "frame", url)
	case framed(c):
		return p.do(ctx, "within", "get", url)
	default:
		return p.do(ctx, "get", url)
	}
}

// framed reports whether it is not the top-level document itself that starts
// the request of c, an iframe or subresource, but a document in a frame of it.
func framed(c scenario.Ctx) bool { return c.Initiator != "" && c.Initiator != c.Top }

// show returns a page with the document at url.
func (t *tab) show(ctx context.Context, url string) (*page, error) {
	for i, p := range t.pages {
		if p.at(url) {
			t.use(i)
			return p, nil
		}
	}
	return t.open(ctx, url)
}

// open returns a page with the document at url, which it loads anew: a script
// is not to read the cookies that an older document remembers.
func (t *tab) open(ctx context.Context, url string) (*page, error) {
	if len(t.pages) < maxPages {
		p, err := newPage(ctx, t.devtools, t.store)
		if err != nil {
			return nil, err
		}
		t.pages = append(t.pages, p)
	}
	p, _ := t.last(ctx)
	t.use(len(t.pages) - 1)
	return p, p.enter(ctx, url)
}

// last returns the page whose document is missed the least.
func (t *tab) last(ctx context.Context) (*page, error) {
	if len(t.pages) == 0 {
		p, err := newPage(ctx, t.devtools, t.store)
		t.pages = []*page{p}
		return p, err
	}
	return t.pages[len(t.pages)-1], nil
}

// use makes the page at i the most recently used.
func (t *tab) use(i int) {
	p := t.pages[i]
	copy(t.pages[1:i+1], t.pages[:i])
	t.pages[0] = p
}

// reset closes all pages, as a step that failed leaves them in an unknown state.
func (t *tab) reset() error {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	var errs []error
	for _, p := range t.pages {
		errs = append(errs, p.close(ctx))
	}
	t.pages = nil
	return errors.Join(errs...)
}
