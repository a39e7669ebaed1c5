package main

import (
	"context"
	"encoding/json"
	"strings"
)

// A document is where scripts run: the page's own, or one in a frame of it.
type document struct {
	*page
	frame string // id of its frame
	user  bool   // what is done there is the user's doing
}

// embed has the document put an iframe into itself and load url, and returns the
// document in it.
func (d document) embed(ctx context.Context, url string, sandbox *string, credentialless bool) (document, error) {
	load := d.Navigate
	if url == "about:blank" {
		load = d.loadBlank
	}
	if err := load(ctx, func() error { return d.do(ctx, "frame", url, sandbox, html, credentialless) }); err != nil {
		return document{}, err
	}
	frame, err := d.inside(ctx, d.frame)
	inner := document{page: d.page, frame: frame}
	if err == nil && url == "about:blank" {
		_, err = inner.evaluate(ctx, script)
	}
	return inner, err
}

// lead has a function of page.js start a navigation, of the document or of an iframe
// in it, and returns when that has ended.
func (d document) lead(ctx context.Context, function string, args ...any) error {
	return d.Navigate(ctx, func() error { return d.do(ctx, function, args...) })
}

// do calls a function of page.js and awaits its end.
func (d document) do(ctx context.Context, function string, args ...any) error {
	_, err := d.ask(ctx, function, args...)
	return err
}

// ask calls a function of page.js, awaits its end, and returns its value, nil if that
// is no string.
func (d document) ask(ctx context.Context, function string, args ...any) (value *string, err error) {
	var list []string
	for _, arg := range args {
		data, err := json.Marshal(arg)
		if err != nil {
			return nil, err
		}
		list = append(list, string(data))
	}
	return d.evaluate(ctx, function+"("+strings.Join(list, ", ")+")")
}

// evaluate evaluates JavaScript in the document. See [view].
func (d document) evaluate(ctx context.Context, js string) (value *string, err error) {
	return d.view.evaluate(ctx, d.frame, js, d.user)
}
