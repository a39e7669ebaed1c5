package main

import (
	"context"
	_ "embed"
)

// script is what every page of a [server] holds, for a [document] to call.
//
//go:embed page.js
var pageScript string

// workerScript is what a page has in common with a worker, and all that a worker has.
//
//go:embed worker.js
var workerScript string

var script = workerScript + pageScript

// A page is one whose documents are of a [server], or are about to be.
type page struct {
	view

	// spent says that the page is not to be used again as it is: the user has done
	// something there, or its document came with a policy.
	spent bool

	window bool // it can open windows
}

// open opens a page of the tab's browser.
func (t *tab) newPage(ctx context.Context, window bool) (*page, error) {
	v, err := t.driver.newPage(ctx, window)
	return &page{view: v, window: window}, err
}

// document returns the document of the page.
func (p *page) document() document { return document{page: p, frame: p.top()} }
