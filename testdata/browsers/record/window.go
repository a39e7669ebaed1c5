package main

import (
	"context"
	"fmt"
	"time"

	"uacookie/testdata/browsers/scenario"
)

// settle is how long a browser has to take the cookies of a response in a window that
// no driver follows.
const settle = 200 * time.Millisecond

// patience is how long such a window has to make the requests of a plan.
const patience = 4 * time.Second

// permit sets the permission for storage access of the document that asks in s.
func (t *tab) permit(ctx context.Context, s *scenario.Step) error {
	c := s.Ctx
	if c.StorageAccess == "" {
		return nil
	}
	embedded := s.URL
	if n := len(c.Frames); n > 0 {
		embedded = c.Frames[n-1].URL
	}
	return t.driver.permit(ctx, embedded, c.Top, c.StorageAccess == "granted")
}

// await lays down a plan and has start lead to its requests, in whatever window, and
// returns when they have come.
func (t *tab) await(ctx context.Context, p *plan, start func() error) error {
	finished := make(chan struct{})
	p.finished = finished
	t.server.expect(p)
	if err := start(); err != nil {
		return err
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(patience):
		return fmt.Errorf("no request for %s came", p.urls[0])
	case <-finished:
		time.Sleep(settle)
		return nil
	}
}

// window has a document open a window, or a document in a window that it opens go on.
func (t *tab) window(ctx context.Context, d document, c scenario.Ctx, p *plan) error {
	url := p.urls[0]
	d.user = true // or the window would not open
	return t.await(ctx, p, func() error {
		switch {
		case c.Opener != "" && c.Method != "":
			return d.do(ctx, "popupThat", c.Initiator, "submit", []string{c.Method, url})
		case c.Opener != "":
			return d.do(ctx, "popupThat", c.Initiator, "go", []string{url})
		case c.Target == "window":
			return d.do(ctx, "popup", url, c.Rel)
		case c.Method != "":
			return d.do(ctx, "submit", c.Method, url, c.Target, c.Rel)
		}
		return d.do(ctx, "click", url, c.Target, c.Rel, c.ReferrerPolicy)
	})
}

// elsewhere is a page that has nothing to do with any scenario.
const elsewhere = "https://elsewhere.test/"

// leave leaves the document that a step is to come back to.
func (t *tab) leave(ctx context.Context, d document, s *scenario.Step) error {
	switch s.Ctx.History {
	case "back":
		return d.Enter(ctx, elsewhere)
	case "forward":
		d.frame = d.top()
		return d.lead(ctx, "step", -1)
	}
	return nil
}

// stepBack goes a step through the history of the page.
func (t *tab) stepBack(ctx context.Context, d document, s *scenario.Step, p *plan) error {
	by := -1
	if s.Ctx.History == "forward" {
		by = 1
	}
	d.frame = d.top()
	return t.await(ctx, p, func() error { return d.do(ctx, "step", by) })
}

// refresh loads a page that refreshes itself.
func (t *tab) refresh(ctx context.Context, s *scenario.Step) error {
	c := s.Ctx
	p := &plan{urls: []string{s.URL}, fields: s.Fields}
	for _, line := range s.Lines {
		p.lines = append(p.lines, string(line))
	}
	fields := pageFields(c)
	fields[c.Initiator] += "Refresh: 0; url=" + s.URL + "\r\n"
	t.server.dress(fields)
	page, err := t.last(ctx)
	if err != nil {
		return err
	}
	page.spent = true
	err = t.await(ctx, p, func() error { return page.Enter(ctx, c.Initiator) })
	t.server.outcome()
	if err != nil {
		return err
	}
	if t.detail {
		s.Requests = p.requests(t.headers)
	}
	if s.Op == scenario.Get {
		got := scenario.Bytes(p.cookie())
		s.Want = &got
	}
	return nil
}
