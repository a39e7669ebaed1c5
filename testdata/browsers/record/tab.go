package main

import (
	"context"
	"errors"
	"slices"
	"time"

	"uacookie/testdata/browsers/scenario"
)

// A tab carries out one scenario at a time. Its browser has a cookie store of its own,
// and as its proxy a server of its own, so that tabs run side by side.
//
// Its pages outlive a scenario: as pages set no cookies, a step that needs a
// document may find it there from before.
type tab struct {
	driver  driver
	server  *server
	detail  bool     // requests are noted
	headers []string // of requests that are noted, besides those of told
	pages   []*page  // the most recently used first
}

const (
	maxPages = 64               // that a tab keeps
	timeout  = 60 * time.Second // of a scenario
)

// run carries out a scenario and notes in its steps what came of them. A step
// that fails ends it, but not without a second try from the start; nor does a browser
// that does not answer at first end the recording.
func (t *tab) run(ctx context.Context, s *scenario.Scenario) (err error) {
	for range 2 {
		var failed bool
		if failed, err = t.try(ctx, s); !failed && err == nil {
			return nil
		}
	}
	return err
}

// try carries out a scenario and reports whether a step failed.
func (t *tab) try(ctx context.Context, s *scenario.Scenario) (failed bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	if err := t.driver.clear(ctx); err != nil {
		return false, err
	}
	for i := range s.Steps {
		step := &s.Steps[i]
		step.Error = ""
		if err := t.step(ctx, step); err != nil {
			step.Error = err.Error()
			return true, t.reset()
		}
	}
	return false, nil
}

// show returns a page with the document at url, from before unless fresh is set.
func (t *tab) show(ctx context.Context, url string, fresh, window bool) (*page, error) {
	for i, p := range t.pages {
		if !fresh && !window && !p.spent && p.At(url) {
			t.use(i)
			return p, nil
		}
	}
	return t.open(ctx, url, window)
}

// open returns a page with the document at url, which it loads anew: a script
// is not to read the cookies that an older document remembers.
func (t *tab) open(ctx context.Context, url string, window bool) (*page, error) {
	if i := slices.IndexFunc(t.pages, func(p *page) bool { return p.window }); window && i >= 0 {
		t.use(i)
		return t.pages[0], t.pages[0].Enter(ctx, url)
	} else if len(t.pages) < maxPages || window {
		p, err := t.newPage(ctx, window)
		if err != nil {
			return nil, err
		}
		t.pages = append(t.pages, p)
	}
	p, _ := t.last(ctx)
	t.use(len(t.pages) - 1)
	p.spent = false
	return p, p.Enter(ctx, url)
}

// last returns the page whose document is missed the least.
func (t *tab) last(ctx context.Context) (*page, error) {
	if len(t.pages) == 0 {
		p, err := t.newPage(ctx, false)
		if err != nil {
			return nil, err
		}
		t.pages = []*page{p}
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
		errs = append(errs, p.Close(ctx))
	}
	t.pages = nil
	return errors.Join(errs...)
}
