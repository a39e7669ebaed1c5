package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"uacookie/testdata/browsers/scenario"
)

// step carries out a step and notes in it what came of it.
func (t *tab) step(ctx context.Context, s *scenario.Step) error {
	s.Want, s.Requests, s.Blocked, s.Listed, s.Access, s.Heard = nil, nil, false, nil, "", nil
	if err := t.permit(ctx, s); err != nil {
		return err
	}
	t.server.dress(pageFields(s.Ctx))
	if s.Ctx.Refresh {
		return t.refresh(ctx, s)
	}
	from, err := t.stage(ctx, s)
	if err != nil {
		return err
	}
	if s.Ctx.AsksAccess {
		from.user = true
		access, err := from.ask(ctx, "askAccess")
		if err != nil || access == nil {
			return fmt.Errorf("storage access: %w", err)
		}
		s.Access = *access
		from.user = s.Ctx.User
	}
	if s.Ctx.Kind == scenario.Script {
		return t.script(ctx, from, s)
	}
	p := &plan{
		urls:   slices.Concat(s.Ctx.RedirectFrom, []string{handshake(s.URL)}),
		status: s.Ctx.RedirectStatus, cors: s.Ctx.CORS,
	}
	p.element, p.fields = s.Ctx.Element, s.Fields
	again := s.Ctx.Reload || s.Ctx.History != ""
	if again {
		p.document = true
		t.server.expect(p)
		if _, err = t.act(ctx, from, s, p); err != nil || !t.server.outcome().done() {
			return errors.Join(err, errors.New("there is nothing to reload"))
		}
		p = &plan{urls: []string{s.URL}, fields: s.Fields}
		if err := t.leave(ctx, from, s); err != nil {
			return err
		}
	}
	for _, line := range s.Lines {
		p.lines = append(p.lines, string(line))
	}
	if s.Date != nil {
		p.dates = []string{}
		for _, d := range s.Date {
			p.dates = append(p.dates, string(d))
		}
	}
	t.server.expect(p)
	blocked := false
	switch {
	case s.Ctx.Reload:
		err = from.reload(ctx)
	case again:
		err = t.stepBack(ctx, from, s, p)
	default:
		blocked, err = t.act(ctx, from, s, p)
	}
	t.server.outcome()
	if err != nil {
		return err
	}
	if t.detail {
		s.Requests, s.Blocked = p.requests(t.headers), blocked
	}
	if !p.done() && !p.asked && !s.Blocked && s.Ctx.Redirect != "manual" {
		return fmt.Errorf("no request for %s came", p.urls[0])
	}
	if s.Op == scenario.Get && (p.done() || p.asked) {
		got := scenario.Bytes(p.cookie())
		s.Want = &got
	}
	return nil
}

// pageFields returns the additional header fields of each page that has some.
func pageFields(c scenario.Ctx) map[string]string {
	all := map[string]string{}
	policy := func(url, policy string) {
		if policy != "" {
			all[url] += "Content-Security-Policy: " + policy + "\r\n"
		}
	}
	page := c.Top
	if page == "" {
		page = c.Initiator
	}
	policy(page, c.CSP)
	for _, f := range c.PageFields {
		all[page] += f + "\r\n"
	}
	for _, f := range c.Frames {
		policy(f.URL, f.CSP)
	}
	return all
}

// handshake returns the URL of the request that opens a WebSocket; other URLs it
// returns as they are.
func handshake(url string) string {
	if rest, ok := strings.CutPrefix(url, "ws"); ok {
		return "http" + rest
	}
	return url
}

// stage returns the document from which the request of a step is to come. For a typed
// address it is any.
func (t *tab) stage(ctx context.Context, s *scenario.Step) (document, error) {
	c := s.Ctx
	var p *page
	var err error
	switch fresh := c.User || len(pageFields(c)) > 0 || c.Target != "" || c.History != "" || c.AsksAccess; {
	case c.Opener != "":
		p, err = t.show(ctx, c.Opener, true, true)
	case c.Kind == scenario.Script && c.Top == "":
		p, err = t.open(ctx, s.URL, false)
	case c.Kind == scenario.Script && s.Calls != nil && len(c.Frames) == 0:
		p, err = t.open(ctx, c.Top, false)
	case c.Kind != scenario.Navigate || c.Top != "":
		p, err = t.show(ctx, c.Top, fresh, false)
	case c.Initiator != "":
		p, err = t.show(ctx, c.Initiator, fresh, c.Target == "_blank" || c.Target == "window")
	case c.Method != "":
		err = errors.New("a form needs an initiator")
	default:
		p, err = t.last(ctx)
	}
	if err != nil {
		return document{}, err
	}
	p.spent = p.spent || c.User || c.Reload || len(pageFields(c)) > 0 || c.Target != "" || c.History != "" || c.Opener != "" || c.AsksAccess
	d := p.document()
	for _, f := range c.Frames {
		if d, err = d.embed(ctx, f.URL, f.Sandbox, f.Credentialless); err != nil {
			return document{}, fmt.Errorf("frame %s: %w", f.URL, err)
		}
	}
	if framed(c) {
		if d, err = d.embed(ctx, c.Initiator, c.Sandbox, false); err != nil {
			return document{}, fmt.Errorf("frame %s: %w", c.Initiator, err)
		}
	}
	d.user = c.User
	return d, nil
}

// framed reports whether the request of c, of an iframe or a subresource, is started
// by the document in one more frame than those of c.Frames.
func framed(c scenario.Ctx) bool {
	return c.Kind != scenario.Navigate && c.Initiator != "" && (c.Initiator != c.Top || len(c.Frames) > 0)
}

// act starts a request for url from a document that is staged, and returns when it
// has ended, and whether the browser blocked it.
func (t *tab) act(ctx context.Context, d document, s *scenario.Step, p *plan) (blocked bool, err error) {
	c, url := s.Ctx, p.urls[0]
	switch {
	case c.Opener != "" || c.Target == "_blank" || c.Target == "window":
		return false, t.window(ctx, d, c, p)
	case c.Target != "" && c.Method != "":
		return false, d.lead(ctx, "submit", c.Method, url, c.Target)
	case c.Target != "":
		return false, d.lead(ctx, "click", url, c.Target, c.Rel)
	case c.Element == "prefetch", c.Element == "beacon":
		return false, t.await(ctx, p, func() error { return d.do(ctx, c.Element, url) })
	case c.Element == "eventsource":
		return d.asks(ctx, "eventSource", url, c.CrossOrigin)
	case strings.HasSuffix(c.Element, "worker"):
		kind := map[string]string{"worker": "dedicated", "sharedworker": "shared", "serviceworker": "service"}[c.Element]
		return d.asks(ctx, "start", kind, url)
	case c.Worker != "":
		return d.asks(ctx, "inWorker", c.Worker, "get", []any{url, fetchOptions(c)})
	case c.Element != "":
		return d.asks(ctx, "element", c.Element, url, c.CrossOrigin, c.ReferrerPolicy)
	case c.Kind == scenario.Subresource:
		return d.asks(ctx, "get", url, fetchOptions(c))
	case c.Kind == scenario.WebSocket:
		return d.asks(ctx, "socket", s.URL)
	case c.Kind == scenario.Navigate && c.Initiator == "":
		return false, d.Enter(ctx, url)
	case c.Kind == scenario.Iframe && !framed(c):
		return false, d.lead(ctx, "frame", url, c.Sandbox, "", c.Credentialless)
	case c.Method == "GET":
		url = strings.TrimSuffix(url, "?") // which a form without fields adds
		return false, d.lead(ctx, "submit", c.Method, url)
	case c.Method != "":
		return false, d.lead(ctx, "submit", c.Method, url)
	case c.User:
		return false, d.lead(ctx, "click", url, c.Target, c.Rel, c.ReferrerPolicy)
	}
	return false, d.lead(ctx, "go", url)
}

// asks has a function of page.js make a request that may be blocked.
func (d document) asks(ctx context.Context, function string, args ...any) (blocked bool, err error) {
	outcome, err := d.ask(ctx, function, args...)
	return outcome != nil && *outcome == "blocked", err
}

// fetchOptions returns the second argument of the fetch of c.
func fetchOptions(c scenario.Ctx) map[string]any {
	o := map[string]any{"mode": "no-cors", "credentials": "include"}
	if c.Mode != "" {
		o["mode"] = c.Mode
	}
	if c.Credentials != "" {
		o["credentials"] = c.Credentials
	}
	if c.Method != "" {
		o["method"] = c.Method
	}
	if c.Redirect != "" {
		o["redirect"] = c.Redirect
	}
	if c.ReferrerPolicy != "" {
		o["referrerPolicy"] = c.ReferrerPolicy
	}
	if c.Keepalive {
		o["keepalive"] = true
	}
	if c.Header != nil {
		o["headers"] = maps.Clone(c.Header)
	}
	return o
}

// store calls the Cookie Store API.
func (t *tab) store(ctx context.Context, d document, s *scenario.Step) error {
	p := &plan{urls: []string{s.URL}, cors: s.Ctx.CORS, fields: s.Fields}
	for _, line := range s.Lines {
		p.lines = append(p.lines, string(line))
	}
	t.server.expect(p)
	defer t.server.outcome()
	calls := make([]scenario.Call, len(s.Calls))
	for i, c := range s.Calls {
		calls[i] = scenario.Call{Method: c.Method, Args: c.Args}
	}
	var text *string
	var err error
	if s.Ctx.Worker != "" {
		text, err = d.ask(ctx, "inWorker", s.Ctx.Worker, "store", []any{calls, s.URL})
	} else {
		text, err = d.ask(ctx, "store", calls, s.URL)
	}
	if err != nil {
		return err
	}
	var said struct {
		Results []string
		Heard   json.RawMessage
	}
	if text == nil {
		return errors.New("the script says nothing")
	}
	if err := json.Unmarshal([]byte(*text), &said); err != nil || len(said.Results) != len(s.Calls) {
		return fmt.Errorf("the script says %s", *text)
	}
	for i := range s.Calls {
		s.Calls[i].Result = said.Results[i]
	}
	s.Heard = said.Heard
	return nil
}

// script assigns the lines to document.cookie and notes what it reads.
func (t *tab) script(ctx context.Context, d document, s *scenario.Step) error {
	if s.Calls != nil {
		return t.store(ctx, d, s)
	}
	lines := []string{}
	for _, line := range s.Lines {
		if !utf8.ValidString(string(line)) {
			return errors.New("a line is not valid UTF-8")
		}
		lines = append(lines, string(line))
	}
	read, err := d.ask(ctx, "cookies", lines)
	if err != nil {
		return err
	}
	got := scenario.Bytes("")
	if read != nil {
		got = scenario.Bytes(*read)
	}
	if s.Op == scenario.Get {
		s.Want = &got
	}
	if !t.detail {
		return nil
	}
	s.Blocked = read == nil
	list, err := d.ask(ctx, "list")
	if list != nil {
		all := scenario.Bytes(*list)
		s.Listed = &all
	}
	return err
}
