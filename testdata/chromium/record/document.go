package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// A document is where scripts run: that of a page, or one in a frame of it.
type document struct {
	*page
	frame string // id of its frame
	user  bool   // what is done there is the user's doing
}

// embed has the document put an iframe into itself and load url, and returns the
// document in it.
func (d document) embed(ctx context.Context, url string, sandbox *string) (document, error) {
	load := func() error { return d.do(ctx, "frame", url, sandbox, html) }
	if url != "about:blank" {
		err := d.Navigate(ctx, load)
		return d.inside(), err
	}
	if err := load(); err != nil { // at once
		return document{}, err
	}
	inner := d.inside()
	_, err := inner.evaluate(ctx, script)
	return inner, err
}

// inside returns the document in the iframe that the document got last.
func (d document) inside() document {
	d.mu.Lock()
	defer d.mu.Unlock()
	return document{page: d.page, frame: d.inner[d.frame]}
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

// evaluate evaluates JavaScript, awaits it if it is a promise, and returns its value,
// nil if that is no string.
func (d document) evaluate(ctx context.Context, js string) (value *string, err error) {
	d.mu.Lock()
	where, ok := d.contexts[d.frame]
	d.mu.Unlock()
	if !ok {
		return nil, errors.New("no script runs in the document")
	}
	var answer struct {
		Result           struct{ Value any }
		ExceptionDetails *struct {
			Text      string
			Exception struct{ Description string }
		}
	}
	if err := d.Call(ctx, "Runtime.evaluate", map[string]any{
		"expression": js, "contextId": where, "awaitPromise": true, "returnByValue": true, "userGesture": d.user,
	}, &answer); err != nil {
		return nil, err
	}
	if e := answer.ExceptionDetails; e != nil {
		return nil, fmt.Errorf("%s: %s", e.Text, e.Exception.Description)
	}
	if s, ok := answer.Result.Value.(string); ok {
		value = &s
	}
	return value, nil
}
