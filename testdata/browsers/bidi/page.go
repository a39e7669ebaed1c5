package bidi

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
)

// A Page is a tab of the browser.
type Page struct {
	b     *Browser
	id    string        // its browsing context
	ended chan struct{} // receives when a navigation of any frame has ended

	started bool // it has shown a document

	mu         sync.Mutex
	navigating map[string]bool // frames, by id
	url        string          // of its document
}

// NewPage opens a page.
func (b *Browser) NewPage(ctx context.Context) (*Page, error) {
	var created struct{ Context string }
	if err := b.Call(ctx, "browsingContext.create", map[string]any{"type": "tab", "background": true}, &created); err != nil {
		return nil, err
	}
	p := &Page{b: b, id: created.Context, ended: make(chan struct{}, 1), navigating: map[string]bool{}}
	b.mu.Lock()
	b.pages[p.id] = p
	b.mu.Unlock()
	return p, b.Call(ctx, "script.callFunction", map[string]any{
		"functionDeclaration": "(page, say) => recorder.watch(page, say)",
		"target":              map[string]any{"context": b.chrome}, "awaitPromise": false,
		"arguments": []any{
			map[string]any{"type": "string", "value": p.id},
			map[string]any{"type": "channel", "value": map[string]any{
				"channel": p.id, "serializationOptions": map[string]any{"maxObjectDepth": 1},
			}},
		},
	}, nil)
}

// heard has the page that an event is about follow it.
func (b *Browser) hear(params json.RawMessage) {
	var m struct {
		Channel string
		Data    struct{ Value [][2]json.RawMessage }
	}
	if json.Unmarshal(params, &m) != nil {
		return
	}
	b.mu.Lock()
	p := b.pages[m.Channel]
	b.mu.Unlock()
	if p == nil {
		return
	}
	said := map[string]string{}
	for _, field := range m.Data.Value {
		var name string
		var value struct{ Value string }
		if json.Unmarshal(field[0], &name) == nil && json.Unmarshal(field[1], &value) == nil {
			said[name] = value.Value
		}
	}
	p.follow(said["event"], said["frame"], said["url"])
}

// follow follows the navigations of the page's frames.
func (p *Page) follow(event, frame, url string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch event {
	case "started":
		p.navigating[frame] = true
	case "location":
		p.url = url
	case "ended":
		if p.navigating[frame] {
			delete(p.navigating, frame)
			select {
			case p.ended <- struct{}{}:
			default:
			}
		}
	}
}

// call has a function of privileged.js do something with the page.
func (p *Page) call(ctx context.Context, function string, args ...string) error {
	js := fmt.Sprintf("recorder.%s(%q", function, p.id)
	for _, arg := range args {
		text, err := json.Marshal(arg)
		if err != nil {
			return err
		}
		js += ", " + string(text)
	}
	_, err := p.b.Privileged(ctx, js+")")
	return err
}

// Enter types an address, and so starts a navigation that no page has asked for, and
// returns when it has ended.
func (p *Page) Enter(ctx context.Context, url string) error {
	if err := p.start(ctx); err != nil {
		return err
	}
	return p.Navigate(ctx, func() error { return p.call(ctx, "enter", url) })
}

// start has a page that is new show a blank document, and awaits it. Firefox may load
// one yet, which would pass for the end of another navigation.
func (p *Page) start(ctx context.Context) error {
	if p.started {
		return nil
	}
	p.started = true
	return p.Navigate(ctx, func() error { return p.call(ctx, "enter", "about:blank?") })
}

// Reload has the user reload the page.
func (p *Page) Reload(ctx context.Context) error {
	return p.Navigate(ctx, func() error { return p.call(ctx, "reload") })
}

// Navigate starts a navigation and returns when it has ended, with a new
// document or with a response that has none, which leaves the frame as it is.
func (p *Page) Navigate(ctx context.Context, start func() error) error {
	p.mu.Lock()
	clear(p.navigating)
	select {
	case <-p.ended: // late, of a navigation given up
	default:
	}
	p.mu.Unlock()
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

// At reports whether the page shows the document at url.
func (p *Page) At(url string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.url == url
}

// Top returns the page's top-level frame.
func (p *Page) Top() string { return p.id }

// Inner returns the frame in a frame of the page that came last.
func (p *Page) Inner(ctx context.Context, frame string) (string, error) {
	var tree struct {
		Contexts []struct{ Children []struct{ Context string } }
	}
	if err := p.b.Call(ctx, "browsingContext.getTree", map[string]any{"root": frame, "maxDepth": 1}, &tree); err != nil {
		return "", err
	}
	if len(tree.Contexts) == 0 || len(tree.Contexts[0].Children) == 0 {
		return "", fmt.Errorf("there is no frame in frame %s", frame)
	}
	children := tree.Contexts[0].Children
	return children[len(children)-1].Context, nil
}

// Close closes the page.
func (p *Page) Close(ctx context.Context) error {
	p.b.mu.Lock()
	delete(p.b.pages, p.id)
	p.b.mu.Unlock()
	if err := p.call(ctx, "forget"); err != nil {
		return err
	}
	return p.b.Call(ctx, "browsingContext.close", map[string]any{"context": p.id}, nil)
}
