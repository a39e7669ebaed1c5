package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// A browser is a running Chromium.
type browser struct {
	*devtools
	version string // such as "Chromium 156.0.8078.79"

	cmd     *exec.Cmd
	pipe    *os.File // to its descriptor 3
	profile string   // its user data directory
}

// flags make Chromium quiet and quick, and leave its cookies as they are.
var flags = []string{
	"--headless", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe",

	// It asks nobody for anything of its own accord.
	"--no-first-run", "--disable-quic", "--disable-background-networking", "--disable-component-update",
	"--disable-sync", "--disable-extensions", "--disable-default-apps", "--disable-auto-reload",

	// The servers' certificate is our own; see newTab for how they are reached.
	"--ignore-certificate-errors",

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

// preferences allow third-party cookies, which Debian's build blocks.
const preferences = `{"profile":{"cookie_controls_mode":0,"block_third_party_cookies":false}}`

// start starts the Chromium at path.
func start(ctx context.Context, path string) (*browser, error) {
	path, err := exec.LookPath(path)
	if err != nil {
		return nil, fmt.Errorf("no Chromium: %w (install Debian's package chromium, or name one with -chromium)", err)
	}
	profile, err := os.MkdirTemp("", "record-")
	if err != nil {
		return nil, err
	}
	b := &browser{profile: profile}
	if err := b.launch(path); err != nil {
		os.RemoveAll(profile)
		return nil, err
	}
	var version struct{ Product string }
	if err := b.call(ctx, "", "Browser.getVersion", nil, &version); err != nil {
		b.close()
		return nil, err
	}
	_, number, _ := strings.Cut(version.Product, "/")
	b.version = "Chromium " + number
	return b, nil
}

// launch starts the process. It reads calls from its descriptor 3 and writes
// answers to its descriptor 4, and ends when nobody holds the other ends.
func (b *browser) launch(path string) error {
	if err := os.Mkdir(filepath.Join(b.profile, "Default"), 0o700); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(b.profile, "Default", "Preferences"), []byte(preferences), 0o600); err != nil {
		return err
	}
	calls, w, err := os.Pipe()
	if err != nil {
		return err
	}
	defer calls.Close()
	r, answers, err := os.Pipe()
	if err != nil {
		w.Close()
		return err
	}
	defer answers.Close()
	b.cmd = exec.Command(path, append(slices.Clone(flags), "--user-data-dir="+b.profile, "about:blank")...)
	b.cmd.ExtraFiles = []*os.File{calls, answers}
	if err := b.cmd.Start(); err != nil {
		w.Close()
		r.Close()
		return fmt.Errorf("start Chromium: %w", err)
	}
	b.pipe, b.devtools = w, newDevtools(w, r)
	return nil
}

// close ends the browser and removes its profile.
func (b *browser) close() {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	b.call(ctx, "", "Browser.close", nil, nil) // if it does not answer, the rest will do
	b.pipe.Close()
	kill := time.AfterFunc(5*time.Second, func() { b.cmd.Process.Kill() })
	b.cmd.Wait()
	kill.Stop()
	os.RemoveAll(b.profile)
}
