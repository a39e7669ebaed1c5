package devtools

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

// A Browser is a running Chromium.
type Browser struct {
	*Conn
	Version string // such as "Chromium 156.0.8078.79"

	cmd     *exec.Cmd
	pipe    *os.File // to its descriptor 3
	profile string   // its user data directory
}

// quiet has Chromium show no window and ask nobody for anything of its own accord.
var quiet = []string{
	"--headless", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe",
	"--no-first-run", "--disable-quic", "--disable-background-networking", "--disable-component-update",
	"--disable-sync", "--disable-extensions", "--disable-default-apps",
}

// The preferences allow third-party cookies, which Debian's build blocks, or do not.
const (
	allowThirdParty = `{"profile":{"cookie_controls_mode":0,"block_third_party_cookies":false}}`
	blockThirdParty = `{"profile":{"cookie_controls_mode":1,"block_third_party_cookies":true,"content_settings":{"exceptions":{"cookies":{` +
		`"*,[*.]trusting.test":{"setting":1},"[*.]trusted.test,*":{"setting":1}}}}}}`
)

// Start starts the Chromium at path, which is looked up as a command is, with an
// empty profile and with flags besides those that keep it quiet. Close ends it.
func Start(ctx context.Context, path string, flags ...string) (*Browser, error) {
	return start(ctx, path, allowThirdParty, flags)
}

// StartBlocking is Start for a browser that blocks third-party cookies, but at trusting.test, and
// of trusted.test.
func StartBlocking(ctx context.Context, path string, flags ...string) (*Browser, error) {
	return start(ctx, path, blockThirdParty, flags)
}

func start(ctx context.Context, path, preferences string, flags []string) (*Browser, error) {
	path, err := exec.LookPath(path)
	if err != nil {
		return nil, fmt.Errorf("no Chromium: %w (Debian's package is chromium)", err)
	}
	profile, err := os.MkdirTemp("", "chromium-")
	if err != nil {
		return nil, err
	}
	b := &Browser{profile: profile}
	if err := b.launch(path, preferences, flags); err != nil {
		os.RemoveAll(profile)
		return nil, err
	}
	var version struct{ Product string }
	if err := b.Call(ctx, "", "Browser.getVersion", nil, &version); err != nil {
		b.Close()
		return nil, err
	}
	_, number, _ := strings.Cut(version.Product, "/")
	b.Version = "Chromium " + number
	return b, nil
}

// launch starts the process. It reads calls from its descriptor 3 and writes
// answers to its descriptor 4, and ends when nobody holds the other ends.
func (b *Browser) launch(path, preferences string, flags []string) error {
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
	b.cmd = exec.Command(path, append(slices.Concat(quiet, flags), "--user-data-dir="+b.profile, "about:blank")...)
	b.cmd.ExtraFiles = []*os.File{calls, answers}
	if err := b.cmd.Start(); err != nil {
		w.Close()
		r.Close()
		return fmt.Errorf("start Chromium: %w", err)
	}
	b.pipe, b.Conn = w, NewConn(w, r)
	return nil
}

// Close ends the browser and removes its profile.
func (b *Browser) Close() {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	b.Call(ctx, "", "Browser.close", nil, nil) // if it does not answer, the rest will do
	b.pipe.Close()
	kill := time.AfterFunc(5*time.Second, func() { b.cmd.Process.Kill() })
	b.cmd.Wait()
	kill.Stop()
	os.RemoveAll(b.profile)
}
