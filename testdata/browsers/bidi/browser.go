package bidi

import (
	"bufio"
	"context"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

// A Browser is a running Firefox.
type Browser struct {
	*Conn
	Version string // such as "Firefox 153.8.0esr"

	cmd     *exec.Cmd
	profile string // its profile directory, which is its home directory too
	chrome  string // the browsing context of its own window, in which privileged scripts run

	mu    sync.Mutex
	pages map[string]*Page // by browsing context
}

// Start starts the Firefox at path, which is looked up as a command is, with a profile
// that has nothing but these preferences, besides those that keep it quiet. All its
// requests go to the HTTP proxy at that address. Close ends it.
func Start(ctx context.Context, path, proxy string, preferences map[string]any) (*Browser, error) {
	path, err := exec.LookPath(path)
	if err != nil {
		return nil, fmt.Errorf("no Firefox: %w (Debian's package is firefox-esr)", err)
	}
	profile, err := os.MkdirTemp("", "firefox-")
	if err != nil {
		return nil, err
	}
	all := maps.Clone(quiet)
	maps.Copy(all, through(proxy))
	maps.Copy(all, preferences)
	b := &Browser{profile: profile, pages: map[string]*Page{}}
	if err := b.launch(ctx, path, all); err != nil {
		b.Close()
		return nil, fmt.Errorf("start Firefox: %w", err)
	}
	return b, nil
}

// launch starts the process and connects to it.
func (b *Browser) launch(ctx context.Context, path string, preferences map[string]any) error {
	var js strings.Builder
	for _, name := range slices.Sorted(maps.Keys(preferences)) {
		value, err := json.Marshal(preferences[name])
		if err != nil {
			return err
		}
		fmt.Fprintf(&js, "user_pref(%q, %s);\n", name, value)
	}
	if err := os.WriteFile(filepath.Join(b.profile, "user.js"), []byte(js.String()), 0o600); err != nil {
		return err
	}
	cmd := exec.Command(path, "--headless", "--no-remote", "--profile", b.profile,
		"--remote-debugging-port", "0", "--remote-allow-system-access", "about:blank")
	cmd.Env = append(os.Environ(), "HOME="+b.profile, "XDG_RUNTIME_DIR="+b.profile, "MOZ_DISABLE_CONTENT_SANDBOX=1", "MOZ_CRASHREPORTER_DISABLE=1")
	out, err := cmd.StderrPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	b.cmd = cmd
	addr, err := listening(out)
	if err != nil {
		return err
	}
	if b.Conn, err = Dial(ctx, addr); err != nil {
		return err
	}
	return b.begin(ctx)
}

// listening returns the address that Firefox says it listens at, and has the rest of
// what it says read.
func listening(out io.Reader) (string, error) {
	in := bufio.NewScanner(out)
	for in.Scan() {
		if _, addr, ok := strings.Cut(in.Text(), "WebDriver BiDi listening on ws://"); ok {
			go io.Copy(io.Discard, out)
			return addr, nil
		}
	}
	return "", errors.Join(in.Err(), errors.New("it ended without listening for WebDriver BiDi"))
}

// begin begins the session and finds the browser's own window.
func (b *Browser) begin(ctx context.Context) error {
	if err := b.Call(ctx, "session.new", map[string]any{
		"capabilities": map[string]any{"alwaysMatch": map[string]any{"acceptInsecureCerts": true}},
	}, nil); err != nil {
		return err
	}
	var windows struct{ Contexts []struct{ Context string } }
	if err := b.Call(ctx, "browsingContext.getTree", map[string]any{"moz:scope": "chrome"}, &windows); err != nil {
		return err
	}
	if len(windows.Contexts) == 0 {
		return errors.New("it has no window")
	}
	b.chrome = windows.Contexts[0].Context
	if _, err := b.Privileged(ctx, privileged); err != nil {
		return fmt.Errorf("no privileged script runs, as in Firefox 140, which is too old: %w", err)
	}
	version, err := b.Privileged(ctx, "recorder.version()")
	if err != nil {
		return err
	}
	b.Version = "Firefox " + *version
	b.Listen("script.message", b.hear)
	return b.Call(ctx, "session.subscribe", map[string]any{"events": []string{"script.message"}}, nil)
}

// privileged is evaluated in the browser's own window, once.
//
//go:embed privileged.js
var privileged string

// Privileged evaluates JavaScript with all rights of the browser itself. See
// [Conn.Evaluate].
func (b *Browser) Privileged(ctx context.Context, js string) (*string, error) {
	return b.Evaluate(ctx, b.chrome, js, false)
}

// Clear empties the cookie store: WebDriver BiDi deletes the cookies of one partition at
// a time. It also takes back what was permitted.
func (b *Browser) Clear(ctx context.Context) error {
	_, err := b.Privileged(ctx, "recorder.clear()")
	return err
}

// Trust has Firefox trust an authority that signs the certificates of servers.
func (b *Browser) Trust(ctx context.Context, der []byte) error {
	_, err := b.Privileged(ctx, fmt.Sprintf("recorder.trust(%q)", base64.StdEncoding.EncodeToString(der)))
	return err
}

// Permit sets the permission for storage access of the documents of one URL's site below
// those of another.
func (b *Browser) Permit(ctx context.Context, embedded, top string, granted bool) error {
	_, err := b.Privileged(ctx, fmt.Sprintf("recorder.permit(%q, %q, %t)", embedded, top, granted))
	return err
}

// A Preference is what a preference is set to, and whether that is not what Firefox
// ships.
type Preference struct {
	Value   any  `json:"value"`
	Changed bool `json:"changed,omitempty"`
}

// Preferences returns the preferences that are about cookies, by their names.
func (b *Browser) Preferences(ctx context.Context) (map[string]Preference, error) {
	text, err := b.Privileged(ctx, "recorder.preferences()")
	if err != nil {
		return nil, err
	}
	var all map[string]Preference
	return all, json.Unmarshal([]byte(*text), &all)
}

// Close ends the browser and removes its profile.
func (b *Browser) Close() {
	if b.Conn != nil {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		b.Call(ctx, "browser.close", nil, nil) // if it does not answer, the rest will do
		cancel()
		b.Conn.Close()
	}
	if b.cmd != nil {
		kill := time.AfterFunc(5*time.Second, func() { b.cmd.Process.Kill() })
		b.cmd.Wait()
		kill.Stop()
	}
	os.RemoveAll(b.profile)
}
