package main

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"sync"
)

// script is what every page of a [server] holds, for a [page] to call.
//
//go:embed page.js
var script string

// A page is a target of the browser that shows a document, or is about to. It
// is in no window: Chromium spends more on its windows than on their cookies.
type page struct {
	*devtools
	session string        // id of its DevTools session
	frame   string        // id of its top-level frame
	ended   chan struct{} // receives when a navigation of any frame has ended

	mu         sync.Mutex
	navigating map[string]bool // frames, by id
	url        string          // of its document
}

// newPage opens a page in the browser context of the id.
func newPage(ctx context.Context, d *devtools, store string) (*page, error) {
	var target struct{ TargetID, SessionID string }
	if err := d.call(ctx, "", "Target.createTarget", map[string]any{
		"url": "about:blank", "browserContextId": store, "hidden": true,
	}, &target); err != nil {
		return nil, err
	}
	if err := d.call(ctx, "", "Target.attachToTarget", map[string]any{
		"targetId": target.TargetID, "flatten": true,
	}, &target); err != nil {
		return nil, err
	}
	p := &page{
		devtools: d, session: target.SessionID, frame: target.TargetID,
		ended: make(chan struct{}, 1), navigating: map[string]bool{},
	}
	d.listen(p.session, p.hear)
	return p, p.call(ctx, "Page.enable", nil, nil)
}

// call calls a method on the page's session.
func (p *page) call(ctx context.Context, method string, params, result any) error {
	return p.devtools.call(ctx, p.session, method, params, result)
}

// close closes the page.
func (p *page) close(ctx context.Context) error {
	p.listen(p.session, nil)
	return p.devtools.call(ctx, "", "Target.closeTarget", map[string]any{"targetId": p.frame}, nil)
}

// enter types an address, and so starts a navigation that no page has asked for.
func (p *page) enter(ctx context.Context, url string) error {
	return p.navigate(ctx, func() error {
		// The answer calls a response without a page an error; it is none here.
		return p.call(ctx, "Page.navigate", map[string]any{"url": url, "transitionType": "typed"}, nil)
	})
}

// lead has a function of page.js start a navigation, of the page or of an
// iframe in it.
func (p *page) lead(ctx context.Context, function string, args ...string) error {
	return p.navigate(ctx, func() error { return p.do(ctx, function, args...) })
}

// navigate starts a navigation and returns when it has ended, be it with a new
// document or with a response that has none, which leaves the frame as it is.
func (p *page) navigate(ctx context.Context, start func() error) error {
	if err := start(); err != nil {
		return err
	}
	select {
	case <-ctx.Done():
		return fmt.Errorf("navigation: %w", ctx.Err())
	case <-p.ended:
		return nil
	}
}

// hear follows the navigations of the page's frames.
func (p *page) hear(m message) {
	var e struct {
		FrameID string
		Frame   struct{ ID, URL, UnreachableURL string }
	}
	if json.Unmarshal(m.Params, &e) != nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	switch m.Method {
	case "Page.frameStartedNavigating":
		p.navigating[e.FrameID] = true
	case "Page.frameNavigated":
		if e.Frame.ID == p.frame {
			p.url = e.Frame.URL
			if e.Frame.UnreachableURL != "" {
				p.url = "" // the browser's own page about an error
			}
		}
	case "Page.frameStoppedLoading":
		if p.navigating[e.FrameID] {
			delete(p.navigating, e.FrameID)
			select {
			case p.ended <- struct{}{}:
			default:
			}
		}
	}
}

// at reports whether the page shows the document at url.
func (p *page) at(url string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.url == url
}

// do calls a function of page.js and awaits its end.
func (p *page) do(ctx context.Context, function string, args ...string) error {
	js := function + "("
	for _, arg := range args {
		js += quote(arg) + ","
	}
	_, err := p.evaluate(ctx, js+")")
	return err
}

// evaluate evaluates JavaScript and returns its value, if that is a string.
func (p *page) evaluate(ctx context.Context, js string) (string, error) {
	var answer struct {
		Result           struct{ Value any }
		ExceptionDetails *struct {
			Text      string
			Exception struct{ Description string }
		}
	}
	if err := p.call(ctx, "Runtime.evaluate", map[string]any{
		"expression": js, "awaitPromise": true, "returnByValue": true,
	}, &answer); err != nil {
		return "", err
	}
	if e := answer.ExceptionDetails; e != nil {
		return "", fmt.Errorf("%s: %s", e.Text, e.Exception.Description)
	}
	value, _ := answer.Result.Value.(string)
	return value, nil
}

// quote returns s as a JavaScript string.
func quote(s string) string {
	data, _ := json.Marshal(s) // a string always has a JSON form
	return string(data)
}
