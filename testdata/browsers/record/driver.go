package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// A driver is a running browser that carries out one scenario at a time: it has one
// cookie store.
type driver interface {
	// clear empties the cookie store, and undoes what else a scenario may have left.
	clear(ctx context.Context) error

	// permit sets the permission for storage access of the documents of one URL's site below
	// those of another.
	permit(ctx context.Context, embedded, top string, granted bool) error

	// newPage opens a page, in a window if it is to open others: Chromium can do without.
	newPage(ctx context.Context, window bool) (view, error)
}

// A view is a page of a browser. Frames have ids.
type view interface {
	// Enter types an address, and so starts a navigation that no page has asked for,
	// and returns when it has ended.
	Enter(ctx context.Context, url string) error

	// Navigate starts a navigation of a frame and returns when it has ended, with a
	// new document or with a response that has none.
	Navigate(ctx context.Context, start func() error) error

	// loadBlank is Navigate for an iframe that gets the document about:blank.
	loadBlank(ctx context.Context, start func() error) error

	// reload has the user reload the page.
	reload(ctx context.Context) error

	// At reports whether the page shows the document at url.
	At(url string) bool

	// Close closes the page.
	Close(ctx context.Context) error

	// top returns the top-level frame.
	top() string

	// inside returns the iframe that the document in a frame got last.
	inside(ctx context.Context, frame string) (string, error)

	// evaluate evaluates JavaScript in a frame, awaits it if it is a promise, and
	// returns its value, nil if that is no string. With user set, it counts as the
	// user's doing.
	evaluate(ctx context.Context, frame, js string, user bool) (*string, error)
}

// What is done with third-party cookies.
const (
	allow     = "allow"
	partition = "partition" // kept apart by top-level site
	block     = "block"
)

// A fleet is the running browsers of one kind and setting, a driver for each server.
type fleet struct {
	version string
	drivers []driver
	close   func()
}

// A launch starts a fleet. The drivers have the servers as their HTTP proxies.
type launch func(ctx context.Context, path, thirdParty string, servers []*server) (*fleet, error)

// A browser is a program that the recorder drives.
type browser struct {
	path    string // as Debian installs it
	launch  launch
	modes   bool     // it has several modes for third-party cookies, which a recording names
	headers []string // header fields that a recording has of it besides those of told
}

// browsers are the programs that the recorder drives, by the name of the flag.
var browsers = map[string]browser{
	"chromium": {path: "chromium", launch: launchChromium},
	"firefox":  {path: "firefox-esr", launch: launchFirefox, modes: true, headers: []string{"accept", "pragma"}},
}

// browserNamed returns the browser of that name.
func browserNamed(name string) (browser, error) {
	b, ok := browsers[name]
	if !ok {
		return b, fmt.Errorf("unknown browser %q: want %s", name, strings.Join(slices.Sorted(maps.Keys(browsers)), " or "))
	}
	return b, nil
}
