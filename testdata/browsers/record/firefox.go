package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"sync"

	"uacookie/testdata/browsers/bidi"
)

// cookieBehavior are the values of Firefox's preference of that name. It ships with that
// of partition: Total Cookie Protection.
var cookieBehavior = map[string]int{allow: 0, block: 1, partition: 5}

// preferencesOf returns the preferences that have Firefox do so.
func preferencesOf(thirdParty string) map[string]any {
	if thirdParty == partition {
		return nil // as it ships
	}
	return map[string]any{"network.cookie.cookieBehavior": cookieBehavior[thirdParty]}
}

// writePreferences starts a Firefox and writes its version and its preferences about
// cookies to a file.
func writePreferences(ctx context.Context, name, path, thirdParty string) error {
	if path == "" {
		path = browsers["firefox"].path
	}
	cert, err := newCertificate()
	if err != nil {
		return err
	}
	s, err := newServer(cert)
	if err != nil {
		return err
	}
	defer s.close()
	b, err := bidi.Start(ctx, path, s.addr(), preferencesOf(thirdParty))
	if err != nil {
		return err
	}
	defer b.Close()
	all, err := b.Preferences(ctx)
	if err != nil {
		return err
	}
	data, err := json.MarshalIndent(map[string]any{"browser": b.Version, "preferences": all}, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(name, append(data, '\n'), 0o644)
}

// launchFirefox starts a Firefox for each server, as Firefox has one proxy for all.
func launchFirefox(ctx context.Context, path, thirdParty string, servers []*server) (*fleet, error) {
	all, errs := make([]*bidi.Browser, len(servers)), make([]error, len(servers))
	var starting sync.WaitGroup
	for i, s := range servers {
		starting.Go(func() {
			if all[i], errs[i] = bidi.Start(ctx, path, s.addr(), preferencesOf(thirdParty)); errs[i] == nil {
				errs[i] = errors.Join(all[i].Trust(ctx, s.cert.Certificate[0]), behaves(ctx, all[i], thirdParty))
			}
		})
	}
	starting.Wait()
	f := &fleet{close: func() {
		var closing sync.WaitGroup
		for _, b := range all {
			if b != nil {
				closing.Go(b.Close)
			}
		}
		closing.Wait()
	}}
	if err := errors.Join(errs...); err != nil {
		f.close()
		return nil, err
	}
	f.version = all[0].Version
	for _, b := range all {
		f.drivers = append(f.drivers, firefox{b})
	}
	return f, nil
}

// behaves reports an error if b does otherwise with third-party cookies: what it is told
// does not count if Firefox no longer knows that preference, or ships another.
func behaves(ctx context.Context, b *bidi.Browser, thirdParty string) error {
	all, err := b.Preferences(ctx)
	if err != nil {
		return err
	}
	const name = "network.cookie.cookieBehavior"
	if got := all[name].Value; got != float64(cookieBehavior[thirdParty]) {
		return fmt.Errorf("%s: %s is %v, want %d", b.Version, name, got, cookieBehavior[thirdParty])
	}
	return nil
}

// A firefox is a running Firefox.
type firefox struct{ *bidi.Browser }

func (f firefox) clear(ctx context.Context) error { return f.Clear(ctx) }

func (f firefox) permit(ctx context.Context, embedded, top string, granted bool) error {
	return f.Permit(ctx, embedded, top, granted)
}

func (f firefox) newPage(ctx context.Context, _ bool) (view, error) {
	p, err := f.NewPage(ctx)
	if err != nil {
		return nil, err
	}
	return firefoxView{p, f.Browser}, nil
}

// A firefoxView is a page of Firefox.
type firefoxView struct {
	*bidi.Page
	b *bidi.Browser
}

// loadBlank waits as for any document: Firefox replaces the one that is there at once.
func (p firefoxView) loadBlank(ctx context.Context, start func() error) error {
	return p.Navigate(ctx, start)
}

func (p firefoxView) reload(ctx context.Context) error { return p.Reload(ctx) }

func (p firefoxView) top() string { return p.Top() }

func (p firefoxView) inside(ctx context.Context, frame string) (string, error) {
	return p.Inner(ctx, frame)
}

func (p firefoxView) evaluate(ctx context.Context, frame, js string, user bool) (*string, error) {
	return p.b.Evaluate(ctx, frame, js, user)
}
