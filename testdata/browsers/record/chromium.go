package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"

	"uacookie/testdata/browsers/devtools"
)

// flags make Chromium quick, and leave its cookies as they are.
var flags = []string{
	"--disable-auto-reload",

	"--ignore-certificate-errors", // of hosts whose names are not valid

	// What it would ask for of its own accord, not through a proxy, has no address.
	"--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",

	// There are many navigations in pages that nobody looks at, in few processes.
	"--disable-ipc-flooding-protection", "--disable-renderer-backgrounding",
	"--disable-background-timer-throttling", "--disable-backgrounding-occluded-windows",
	"--disable-site-isolation-trials", "--renderer-process-limit=1",

	"--disable-features=" + strings.Join([]string{
		"HttpsUpgrades", "HttpsFirstBalancedMode", "HttpsFirstBalancedModeAutoEnable", // http: stays http:
		"HttpsFirstModeIncognito", "HttpsFirstModeV2ForEngagedSites", "HttpsFirstModeV2ForTypicallySecureUsers",
		"LocalNetworkAccessChecks",                                             // any page may ask a loopback address
		"IsolateOrigins", "site-per-process", "SpareRendererForSitePerProcess", // few processes
		"BackForwardCache", "RenderDocument", // few frames
		"OptimizationHints", "MediaRouter", "Translate",
	}, ","),
}

// launchChromium starts one Chromium for all servers.
func launchChromium(ctx context.Context, path, thirdParty string, servers []*server) (*fleet, error) {
	start := devtools.Start
	switch thirdParty {
	case partition:
		return nil, errors.New("no Chromium has a mode that keeps third-party cookies apart")
	case block:
		start = devtools.StartBlocking
	}
	b, err := start(ctx, path, append(slices.Clip(flags), "--ignore-certificate-errors-spki-list="+servers[0].keyHash())...)
	if err != nil {
		return nil, err
	}
	f := &fleet{version: b.Version, close: b.Close}
	for _, s := range servers {
		c, err := newChromium(ctx, b, s)
		if err != nil {
			b.Close()
			return nil, err
		}
		f.drivers = append(f.drivers, c)
	}
	return f, nil
}

// A chromium is a browser context of Chromium, which has a cookie store and a proxy of
// its own.
type chromium struct {
	*devtools.Browser
	context string // its id

	permitted bool // there is a permission since it was cleared
}

func (c *chromium) permit(ctx context.Context, embedded, top string, granted bool) error {
	c.permitted = true
	setting := "denied"
	if granted {
		setting = "granted"
	}
	return c.Call(ctx, "", "Browser.setPermission", map[string]any{
		"permission": map[string]any{"name": "storage-access"}, "setting": setting,
		"origin": originOf(top), "embeddedOrigin": originOf(embedded), "browserContextId": c.context,
	}, nil)
}

// originOf returns the origin of a URL.
func originOf(s string) string {
	u, err := url.Parse(s)
	if err != nil {
		return ""
	}
	return u.Scheme + "://" + u.Host
}

// newChromium makes a browser context, which lives as long as the browser does.
func newChromium(ctx context.Context, b *devtools.Browser, s *server) (*chromium, error) {
	var created struct{ BrowserContextID string }
	if err := b.Call(ctx, "", "Target.createBrowserContext", map[string]any{
		"proxyServer":     "http://" + s.addr(),
		"proxyBypassList": "<-loopback>", // not even loopback hosts go without it
	}, &created); err != nil {
		return nil, err
	}
	return &chromium{Browser: b, context: created.BrowserContextID}, nil
}

func (c *chromium) clear(ctx context.Context) error {
	if c.permitted {
		c.permitted = false
		if err := c.Call(ctx, "", "Browser.resetPermissions", map[string]any{"browserContextId": c.context}, nil); err != nil {
			return err
		}
	}
	return c.Call(ctx, "", "Storage.clearCookies", map[string]any{"browserContextId": c.context}, nil)
}

// A chromiumView is a page of Chromium.
type chromiumView struct {
	*devtools.Page

	mu       sync.Mutex
	topmost  string            // id of its top-level frame
	inner    map[string]string // the frame that a frame's document got last, by ids
	contexts map[string]int    // where scripts run in a frame, by its id
}

func (c *chromium) newPage(ctx context.Context, window bool) (view, error) {
	p := &chromiumView{inner: map[string]string{}, contexts: map[string]int{}}
	var err error
	if p.Page, err = c.NewPage(ctx, devtools.PageOptions{Context: c.context, Window: window, Heard: p.hear}); err != nil {
		return nil, err
	}
	return p, p.Call(ctx, "Runtime.enable", nil, nil)
}

// hear follows the page's frames and what runs in them.
func (p *chromiumView) hear(m devtools.Message) {
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
			p.topmost = e.Frame.ID
		}
	case "Runtime.executionContextCreated":
		if e.Context.AuxData.IsDefault {
			p.contexts[e.Context.AuxData.FrameID] = e.Context.ID
		}
	}
}

// loadBlank need not wait: the document is there at once.
func (p *chromiumView) loadBlank(_ context.Context, start func() error) error { return start() }

func (p *chromiumView) reload(ctx context.Context) error {
	return p.Navigate(ctx, func() error { return p.Call(ctx, "Page.reload", nil, nil) })
}

func (p *chromiumView) top() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.topmost
}

func (p *chromiumView) inside(_ context.Context, frame string) (string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.inner[frame], nil
}

func (p *chromiumView) evaluate(ctx context.Context, frame, js string, user bool) (value *string, err error) {
	p.mu.Lock()
	where, ok := p.contexts[frame]
	p.mu.Unlock()
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
	if err := p.Call(ctx, "Runtime.evaluate", map[string]any{
		"expression": js, "contextId": where, "awaitPromise": true, "returnByValue": true, "userGesture": user,
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
