package profile

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// A realBrowser is a browser whose profile the test reads while it runs.
type realBrowser struct {
	program string
	cookies string // in the profile's folder
	ports   bool   // the browser can map a host to another address, but not to another port

	// prepare prepares an empty profile so that the browser accepts the site as the hosts
	// that it serves. It returns the browser's arguments.
	prepare func(t *testing.T, dir string, s *cookieSite) []string

	// keeps reports whether the browser writes a cookie to disk, and returns the text
	// that show returns for it.
	keeps func(shown string) (string, bool)
}

var realBrowsers = []realBrowser{
	{"chromium", "Default/Cookies", false, prepareChromium, func(shown string) (string, bool) { return shown, true }},
	{"firefox", "cookies.sqlite", true, prepareFirefox, func(shown string) (string, bool) {
		shown = strings.TrimSuffix(shown, " High") // only Chromium has priorities
		return shown, strings.Contains(shown, "EXPIRES")
	}},
}

// Real browsers are sent cookies of all kinds. The test reads the profile while the browser
// runs and after it has ended.
func TestRealBrowsers(t *testing.T) {
	for _, b := range realBrowsers {
		t.Run(b.program, func(t *testing.T) {
			program, err := exec.LookPath(b.program)
			if err != nil || runtime.GOOS != "linux" {
				t.Skipf("NOT TESTED: %s is not installed, so only databases made by hand speak for it", b.program)
			}
			dir, err := os.MkdirTemp("", "profile-") // t.TempDir fails if a process still writes to the folder
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = os.RemoveAll(dir) })
			site := newCookieSite(t, b.ports)
			cmd := exec.CommandContext(t.Context(), program, append(b.prepare(t, dir, site), "https://www.example.com"+site.port+"/")...)
			cmd.Env = append(os.Environ(), "HOME="+dir)
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() {
				_ = cmd.Process.Kill()
				_ = cmd.Wait()
			})
			select {
			case <-site.done:
			case <-time.After(time.Minute):
				t.Fatalf("%s has not visited the pages in a minute", b.program)
			}

			var want []string
			for _, shown := range site.want() {
				if shown, ok := b.keeps(shown); ok {
					want = append(want, shown)
				}
			}
			path := filepath.Join(dir, b.cookies)
			// The browser is writing to disk, and does not report when it is done.
			tick := time.NewTicker(50 * time.Millisecond)
			defer tick.Stop()
			var got []string
			for end := time.Now().Add(time.Minute); time.Now().Before(end); <-tick.C {
				if got = readReal(t, path, site); slices.Equal(got, want) {
					break
				}
			}
			compare := func(when string) {
				t.Helper()
				if !slices.Equal(got, want) {
					t.Errorf("Read %s =\n%s\nwant\n%s", when, strings.Join(got, "\n"), strings.Join(want, "\n"))
				}
			}
			compare("while it runs")

			if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
				t.Fatal(err)
			}
			_ = cmd.Wait() // its error reports the signal
			got = readReal(t, path, site)
			compare("after it has ended")
		})
	}
}

// readReal returns the cookies in a profile, sorted, without fillers and expired cookies.
func readReal(t *testing.T, path string, site *cookieSite) (got []string) {
	t.Helper()
	for c, err := range Read(t.Context(), path, nil) {
		if errors.Is(err, fs.ErrNotExist) {
			return nil // not yet
		}
		if err != nil {
			t.Fatalf("Read = %v", err)
		}
		// A browser removes expired cookies some time later.
		if strings.HasPrefix(c.Name, "filler") || c.Expired(time.Now()) {
			continue
		}
		for _, at := range []time.Time{c.Created, c.LastAccess} {
			if at.Before(site.started.Truncate(time.Second)) || at.After(time.Now()) {
				t.Errorf("%v was created %v and used %v, want both after %v", c, c.Created, c.LastAccess, site.started)
			}
		}
		got = append(got, site.show(c))
	}
	slices.Sort(got)
	return got
}

func writeFile(t *testing.T, path, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

func prepareChromium(t *testing.T, dir string, s *cookieSite) []string {
	// If the browser restores pages at its next start, it saves session cookies, too.
	writeFile(t, filepath.Join(dir, "Default", "Preferences"), `{"session":{"restore_on_startup":1}}`)
	return []string{
		"--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-quic",
		"--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-extensions",
		"--password-store=basic", // so that there is no keyring
		"--ignore-certificate-errors",
		fmt.Sprintf("--host-resolver-rules=MAP *.example %s, MAP *.example.com %[1]s, MAP * ~NOTFOUND", s.Listener.Addr()),
		"--user-data-dir=" + dir,
	}
}

func prepareFirefox(t *testing.T, dir string, s *cookieSite) []string {
	const sha256OID = "OID.2.16.840.1.101.3.4.2.1"
	sum := sha256.Sum256(s.Certificate().Raw)
	trusted := strings.ReplaceAll(fmt.Sprintf("% X", sum), " ", ":")
	var overrides strings.Builder
	for _, host := range siteHosts() {
		fmt.Fprintf(&overrides, "%s%s:\t%s\t%s\t\n", host, s.port, sha256OID, trusted)
	}
	writeFile(t, filepath.Join(dir, "cert_override.txt"), overrides.String())
	writeFile(t, filepath.Join(dir, "user.js"), `
user_pref("network.dns.forceResolve", "127.0.0.1");
user_pref("network.captive-portal-service.enabled", false);
user_pref("network.connectivity-service.enabled", false);
user_pref("app.normandy.enabled", false);
user_pref("browser.aboutwelcome.enabled", false);
user_pref("browser.shell.checkDefaultBrowser", false);
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("toolkit.telemetry.enabled", false);
`)
	return []string{"--headless", "--no-remote", "--profile", dir}
}
