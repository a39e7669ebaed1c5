package browser_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"uacookie/jar"
	"uacookie/jar/browser"
)

// written returns a log with all that a log may have.
func written(t *testing.T) browser.Log {
	t.Helper()
	b := browser.Test(t, jar.Chromium, browser.Sites{
		"https://bank.test": http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			h := w.Header()
			h.Add("Set-Cookie", "session=s3cret; Path=/; Secure; SameSite=Lax; Max-Age=60")
			h.Add("Set-Cookie", "s3cret")
			h.Add("Set-Cookie", "__Host-x=s3cret")
			h.Set("Content-Type", "text/html")
			if r.URL.Path == "/to" {
				http.Redirect(w, r, "/", http.StatusFound)
			}
		}),
		"https://evil.test": http.NotFoundHandler(),
	})
	now := time.Date(2026, 1, 2, 3, 4, 5, 6e6, time.UTC)
	b.Now = func() time.Time { return now }
	tab := b.Open("https://bank.test/to?a=%3Cb%3E&c&%zz=")
	_ = tab.SetCookie("theme=s3cret")
	_ = tab.Cookie()
	tab.Fetch("/", &browser.FetchOptions{Header: http.Header{"Authorization": {"Bearer s3cret"}}})
	tab.Fetch("https://evil.test/", nil)
	tab.Fetch("http://evil.test/", nil)
	tab.Click("https://nowhere.test/")
	evil := b.Open("https://evil.test/")
	evil.Fetch("https://bank.test/", &browser.FetchOptions{Mode: browser.NoCORS, Credentials: browser.Include})
	evil.Sandbox("https://evil.test/").Click("/")
	return b.Log()
}

// A HAR file has all members that the format asks for, and secrets only if they are asked for.
func TestWriteHAR(t *testing.T) {
	log := written(t)
	for _, o := range []*browser.WriteOptions{nil, {}, {Values: true}} {
		var out bytes.Buffer
		if err := log.WriteHAR(&out, o); err != nil {
			t.Fatal(err)
		}
		if got, want := strings.Contains(out.String(), "s3cret"), o != nil && o.Values; got != want {
			t.Errorf("%+v: a value is written: %t\n%s", o, got, out.String())
		}
		var har struct {
			Log struct {
				Version string
				Creator map[string]string
				Entries []map[string]json.RawMessage
			}
		}
		if err := json.Unmarshal(out.Bytes(), &har); err != nil {
			t.Fatal(err)
		}
		if n := len(har.Log.Entries); n != len(log)-2 || har.Log.Version != "1.2" || har.Log.Creator["name"] == "" {
			t.Errorf("%d entries of version %q, want %d of 1.2", n, har.Log.Version, len(log)-2)
		}
		for _, e := range har.Log.Entries {
			for member, inside := range map[string]string{
				"startedDateTime": "", "time": "", "cache": "", "timings": "send wait receive",
				"request":  "method url httpVersion cookies headers queryString headersSize bodySize",
				"response": "status statusText httpVersion cookies headers content redirectURL headersSize bodySize",
			} {
				if e[member] == nil {
					t.Fatalf("an entry has no %s", member)
				}
				var in map[string]json.RawMessage
				if inside != "" && json.Unmarshal(e[member], &in) != nil {
					t.Fatalf("%s is no object", member)
				}
				for _, name := range strings.Fields(inside) {
					if in[name] == nil || string(in[name]) == "null" {
						t.Errorf("%s has no %s", member, name)
					}
				}
			}
		}
		for _, want := range []string{
			`"startedDateTime": "2026-01-02T03:04:05.006Z"`, `"name": "a",` + "\n" + `       "value": "<b>"`,
			`"_error": "` + browser.ErrBlocked.Error() + `: CORS: `, `"redirectURL": "/"`, `"expires": "2026-01-02T03:05:05.006Z"`,
		} {
			if !strings.Contains(out.String(), want) {
				t.Errorf("%s is not in\n%s", want, out.String())
			}
		}
	}
	if err := log.WriteHAR(broken{}, nil); err == nil {
		t.Error("a writer that fails, and no error")
	}
}

// A page has no script, no markup of a server's, and secrets only if they are asked for.
func TestWriteHTML(t *testing.T) {
	log := written(t)
	for _, o := range []*browser.WriteOptions{nil, {Values: true}} {
		var out bytes.Buffer
		if err := log.WriteHTML(&out, o); err != nil {
			t.Fatal(err)
		}
		page := out.String()
		if got := strings.Contains(page, "s3cret"); got != (o != nil) {
			t.Errorf("%+v: a value is written: %t", o, got)
		}
		for _, want := range []string{
			`<h2>GET 302 https://bank.test/to?a=%3Cb%3E&amp;c&amp;%zz=</h2>`,
			`<h2 class="blocked">GET CORS https://evil.test/</h2>`, `<h2 class="blocked">GET - http://evil.test/</h2>`,
			`<span class="fate withheld">withheld</span>`, `host-prefix <small>Section 5.7, step 21</small>: A name that begins with __Host-`,
			"from an opaque origin", "read - https://bank.test/",
		} {
			if !strings.Contains(page, want) {
				t.Errorf("%s is not on the page\n%s", want, page)
			}
		}
		for _, bad := range []string{"<script", "<b>", "src=", "ZgotmplZ"} {
			if strings.Contains(page, bad) {
				t.Errorf("%s is on the page", bad)
			}
		}
	}
	if err := log.WriteHTML(broken{}, nil); err == nil {
		t.Error("a writer that fails, and no error")
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("no space left") }
