package cookiefile

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"uacookie/jar"
	"uacookie/jar/store"
)

// playwrightCookie is what playwright-core 1.65 demands of each cookie in a
// storageState, in the schema SetNetworkCookie and in rewriteCookies: a member that is
// missing here may be missing there.
type playwrightCookie struct {
	Name         *string  `json:"name"`
	Value        *string  `json:"value"`
	Domain       *string  `json:"domain"`
	Path         *string  `json:"path"`
	Expires      *float64 `json:"expires"`
	HTTPOnly     *bool    `json:"httpOnly"`
	Secure       *bool    `json:"secure"`
	SameSite     *string  `json:"sameSite"` // optional for a browser, but not for all versions of request.newContext
	PartitionKey string   `json:"partitionKey"`
	Ancestor     *bool    `json:"_crHasCrossSiteAncestor"`
}

// checkPlaywright returns why Playwright would refuse a file, or nil.
func checkPlaywright(data string) error {
	var state struct {
		Cookies []playwrightCookie `json:"cookies"`
		Origins []struct{}         `json:"origins"`
	}
	dec := json.NewDecoder(strings.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&state); err != nil {
		return err
	}
	for _, c := range state.Cookies {
		switch {
		case c.Name == nil || c.Value == nil || c.HTTPOnly == nil || c.Secure == nil || c.Expires == nil:
			return errors.New("a member is missing")
		case c.Domain == nil || *c.Domain == "" || c.Path == nil || *c.Path == "":
			return errors.New("Cookie should have a url or a domain/path pair")
		case *c.Expires < 0 && *c.Expires != -1, *c.Expires > 253402300799:
			return errors.New("Cookie should have a valid expires")
		case c.SameSite == nil || *c.SameSite != "Strict" && *c.SameSite != "Lax" && *c.SameSite != "None":
			return errors.New("sameSite: expected one of (Strict|Lax|None)")
		}
	}
	return nil
}

// playwrightCookies are what a storageState has failed on.
func playwrightCookies() []jar.Cookie {
	all := sample()
	for i, at := range []time.Time{
		lastTime, time.Unix(253402300799, 0), time.Unix(253402300799, 1000), time.Unix(253402300800, 0), time.Unix(1<<40, 0),
		firstTime, time.Unix(-1, 0), time.Unix(0, 0), time.Unix(0, 999), time.Unix(1, 0),
	} {
		c := all[0]
		c.Name, c.Expires = "expires"+string(rune('a'+i)), at
		all = append(all, c)
	}
	return all
}

// Each cookie is written so that Playwright takes the file, and what that changes is
// told.
func TestPlaywrightAccepts(t *testing.T) {
	for _, c := range playwrightCookies() {
		var lost []string
		var b strings.Builder
		o := &WriteOptions{Format: FormatPlaywright, Lost: func(l *Loss) { lost = append(lost, l.Lost.String()) }}
		if err := Write(&b, slices.Values([]jar.Cookie{c}), o); err != nil {
			t.Fatal("Write:", err)
		}
		if err := checkPlaywright(b.String()); err != nil {
			t.Errorf("Playwright takes no file with %v that expires %v: %v\n%s", c, c.Expires, err, &b)
		}
		if left := strings.Contains(b.String(), `"name"`); left {
			if got := slices.Contains(lost, "same-site"); got != (c.SameSite == 0) {
				t.Errorf("%v with SameSite %q loses %q", c, c.SameSite, lost)
			}
			late := c.Expires.After(time.Unix(253402300799, 0))
			if got := slices.Contains(lost, "expiry"); got != late {
				t.Errorf("%v that expires %v loses %q", c, c.Expires, lost)
			}
			back, _, err := read(b.String(), nil)
			if err != nil || len(back) != 1 || c.SameSite == 0 && back[0].SameSite != store.SameSiteLax || back[0].Persistent() != c.Persistent() {
				t.Errorf("%v written and read again: %v, %v", c, back, err)
			}
		}
	}
}

// Our own JSON keeps a SameSite that is not set, and the latest time.
func TestOwnKeepsUnset(t *testing.T) {
	for _, c := range []jar.Cookie{sample()[0], {Name: "a", Value: "1", Domain: "example.com", Path: "/", Expires: lastTime}} {
		var b strings.Builder
		if err := Write(&b, slices.Values([]jar.Cookie{c}), &WriteOptions{Lost: func(l *Loss) { t.Error(l) }}); err != nil {
			t.Fatal("Write:", err)
		}
		back, _, err := read(b.String(), nil)
		if d := diff([]jar.Cookie{c}, back); d != "" || err != nil {
			t.Errorf("Read = %v (-want +got)\n%s", err, d)
		}
	}
}

const playwrightTrip = `
const { chromium, request } = require("playwright-core");
const [browserPath, from, to, toRequest] = process.argv.slice(-4);
(async () => {
  const browser = await chromium.launch({ executablePath: browserPath, args: ["--no-sandbox"] });
  const context = await browser.newContext({ storageState: from });
  await context.storageState({ path: to });
  await browser.close();
  const api = await request.newContext({ storageState: from });
  await api.storageState({ path: toRequest });
  await api.dispose();
})().catch((e) => { console.error(e.message); process.exit(1); });
`

// Playwright takes our storageState into Chromium, and into a request context of its
// own, and writes it again. One cookie that it dislikes would fail the whole.
// playwright-core is looked for where NODE_PATH says.
func TestPlaywright(t *testing.T) {
	node, browser := tool(t, "node"), tool(t, "chromium")
	resolve := exec.CommandContext(t.Context(), node, "-e", `require.resolve("playwright-core")`)
	if resolve.Run() != nil {
		t.Skip("NOT TESTED: playwright-core is not installed, so only the vectors speak for it")
	}
	later := time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC)
	cookies := []jar.Cookie{
		{Name: "host", Value: "1", Domain: "a.example.com", HostOnly: true, Path: "/", SameSite: store.SameSiteLax},
		{Name: "domain", Value: "2", Domain: "example.com", Path: "/p", HttpOnly: true, Secure: true, SameSite: store.SameSiteNone, Expires: later},
		{Name: "strict", Value: `{"a":1}`, Domain: "example.com", HostOnly: true, Path: "/", SameSite: store.SameSiteStrict},
		{Name: "p", Value: "3", Domain: "example.com", HostOnly: true, Path: "/", Secure: true, SameSite: store.SameSiteNone,
			Partition: jar.Partition{TopLevelSite: "https://top.example", CrossSiteAncestor: true}},
		{Name: "unset", Value: "4", Domain: "example.com", HostOnly: true, Path: "/"},
		{Name: "year9999", Value: "5", Domain: "example.com", HostOnly: true, Path: "/", SameSite: store.SameSiteLax, Expires: lastTime},
		{Name: "", Value: "6", Domain: "example.com", HostOnly: true, Path: "/", SameSite: store.SameSiteLax},
		{Name: "v6", Value: "7", Domain: "[::1]", HostOnly: true, Path: "/", SameSite: store.SameSiteLax},
	}
	dir := t.TempDir()
	from, to, toRequest := filepath.Join(dir, "from.json"), filepath.Join(dir, "to.json"), filepath.Join(dir, "request.json")
	var b bytes.Buffer
	const around = `{"cookies":[],"origins":[{"origin":"https://example.com","localStorage":[{"name":"key","value":"in localStorage"}]}]}`
	if err := Write(&b, slices.Values(cookies), &WriteOptions{Format: FormatPlaywright, Around: strings.NewReader(around), Lost: func(*Loss) {}}); err != nil {
		t.Fatal("Write:", err)
	}
	if err := os.WriteFile(from, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), node, "-e", playwrightTrip, "--", browser, from, to, toRequest)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("playwright: %v\n%s", err, out)
	}
	for i := range cookies { // Chromium caps lifetimes
		if cookies[i].Persistent() {
			cookies[i].Expires = later
		}
		if cookies[i].SameSite == 0 {
			cookies[i].SameSite = store.SameSiteLax // so it was written
		}
	}
	byName := func(a, b jar.Cookie) int { return strings.Compare(a.Name, b.Name) }
	slices.SortFunc(cookies, byName)
	for _, path := range []string{to, toRequest} {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		got, skipped, err := read(string(data), nil)
		if err != nil || len(skipped) > 0 {
			t.Errorf("Read of what Playwright wrote: skipped %q, %v", skipped, err)
		}
		if !strings.Contains(string(data), "in localStorage") {
			t.Error("Playwright did not take the origins around the cookies")
		}
		for i := range got {
			if got[i].Persistent() {
				got[i].Expires = later
			}
		}
		slices.SortFunc(got, byName)
		if d := diff(cookies, got); d != "" {
			t.Errorf("through Playwright, %s (-want +got)\n%s", filepath.Base(path), d)
		}
	}
}
