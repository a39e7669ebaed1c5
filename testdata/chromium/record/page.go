package main

import (
	"context"
	_ "embed"
	"encoding/json"
	"sync"

	"uacookie/testdata/chromium/devtools"
)

// script is what every page of a [server] holds, for a [document] to call.
//
//go:embed page.js
var script string

// A page is one whose documents are of a [server], or are about to be.
type page struct {
	*devtools.Page

	// spent says that the page is not to be used again as it is: the user has done
	// something there, or its document came with a policy.
	spent bool

	mu       sync.Mutex
	top      string            // id of its top-level frame
	inner    map[string]string // the frame that a frame's document got last, by ids
	contexts map[string]int    // where scripts run in a frame, by its id
}

// newPage opens a page in the tab's browser context.
func (t *tab) newPage(ctx context.Context) (*page, error) {
	p := &page{inner: map[string]string{}, contexts: map[string]int{}}
	var err error
	if p.Page, err = t.NewPage(ctx, devtools.PageOptions{Context: t.store, Heard: p.hear}); err != nil {
		return nil, err
	}
	return p, p.Call(ctx, "Runtime.enable", nil, nil)
}

// hear follows the page's frames and what runs in them.
func (p *page) hear(m devtools.Message) {
	var e struct {
		FrameID, ParentFrameID string
		Frame                  struct{ ID, ParentID string }
		Context                struct {
			ID      int
			AuxData struct {
				FrameID   string
				IsDefault bool
			}
		}
	}
	if json.Unmarshal(m.Params, &e) != nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	switch m.Method {
	case "Page.frameAttached":
		p.inner[e.ParentFrameID] = e.FrameID
	case "Page.frameNavigated":
		if e.Frame.ParentID == "" {
			p.top = e.Frame.ID
		}
	case "Runtime.executionContextCreated":
		if e.Context.AuxData.IsDefault {
			p.contexts[e.Context.AuxData.FrameID] = e.Context.ID
		}
	}
}

// document returns the document of the page.
func (p *page) document() document {
	p.mu.Lock()
	defer p.mu.Unlock()
	return document{page: p, frame: p.top}
}

// reload has the user reload the page.
func (p *page) reload(ctx context.Context) error {
	return p.Navigate(ctx, func() error { return p.Call(ctx, "Page.reload", nil, nil) })
}
