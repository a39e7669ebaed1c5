package jarfile

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"uacookie/jar/cookiefile"
)

// hooks are options with and without a hook for what is skipped.
func hooks() map[string]*Options {
	skipped := options()
	skipped.Skipped = func(*cookiefile.LineError) {}
	return map[string]*Options{"": options(), " with Skipped": skipped}
}

// checkSame fails if the file has changed, or anything was left beside it but the lock.
func checkSame(t *testing.T, path, content string) {
	t.Helper()
	if data, err := os.ReadFile(path); err != nil || string(data) != content {
		t.Errorf("the file has changed: %v, %d bytes, want %d", err, len(data), len(content))
	}
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.Name() != filepath.Base(path) && e.Name() != filepath.Base(path)+".lock" {
			t.Errorf("%s was left beside it", e.Name())
		}
	}
}

// A file that is not understood whole is not written over, by a File that was opened
// before it was there, with or without a hook, and in whichever format it is to be.
func TestNotUnderstood(t *testing.T) {
	const line = "example.com\tFALSE\t/\tFALSE\t0\ta\ts3cr3t\n"
	const object = `{"name":"a","value":"s3cr3t","domain":"example.com","path":"/"}`
	const key = `{"key":"a","value":"s3cr3t","domain":"example.com","path":"/","hostOnly":true}`
	for id, content := range map[string]string{
		"bad line":            line + "x\n",
		"bad line first":      "x\n" + line,
		"bad expiry":          strings.Replace(line, "\t0\t", "\tsoon\t", 1),
		"control octet":       line + strings.Replace(line, "s3cr3t", "\x01", 1),
		"long line":           line + strings.Replace(line, "s3cr3t", strings.Repeat("x", 1<<17), 1),
		"header without dots": "sid=s3cr3t; theme=dark\n",
		"pickle":              "\x80\x04\x95\x10\x00\x00\x00\x00\x00\x00\x00]\x94.",
		"binarycookies":       "cook\x00\x00\x00\x01",
		"YAML":                "---\n- name: a\n  value: s3cr3t\n",
		"notes":               "s3cr3t\n",
		"comments":            "# notes\n# more\n",
		"tough-cookie":        `{"version":"tough-cookie@4.1.4","storeType":"MemoryCookieStore","cookies":[` + key + `]}`,
		"tough-cookie, array": "[" + key + "]",
		"LWP":                 "#LWP-Cookies-2.0\nSet-Cookie3: a=s3cr3t; path=\"/\"; domain=example.com; discard; version=0\n",
		"Go":                  `[{"Name":"a","Value":"s3cr3t","Domain":"example.com","Path":"/","MaxAge":0}]`,
		"persistent":          `[{"Name":"a","Value":"s3cr3t","Domain":"example.com","Path":"/","HostOnly":true,"CanonicalHost":"example.com","Creation":"2030-01-01T00:00:00Z"}]`,
		"no name":             "[" + object + `,{"value":"s3cr3t","domain":"example.com"}]`,
		"bad attribute":       `{"cookies":[` + object + `,` + strings.Replace(object, "{", `{"sameSite":"Maybe",`, 1) + `],"origins":[]}`,
		"bad partition":       "[" + strings.Replace(object, "{", `{"partitionKey":7,`, 1) + "]",
		"half a pair":         "[" + object + `,{"name":"b","value":"\ud83c","domain":"example.com"}]`,
		"not a cookie":        "[" + object + ",1]",
		"HAR":                 `{"log":{"entries":[]}}`,
		"other JSON":          `{"a":1}`,
		"own, bad line":       `{"format":"uacookie","version":1}` + "\n{}x\n" + `{"cookies":1}` + "\n",
		"own, cut off":        `{"format":"uacookie","version":1}` + "\n",
		"own, newer":          `{"format":"uacookie","version":2}` + "\n",
		"zeros":               strings.Repeat("\x00", 4096),
	} {
		for hook, o := range hooks() {
			for format := cookiefile.FormatAuto; format <= cookiefile.FormatWebDriver; format++ {
				t.Run(id+hook+" as "+format.String(), func(t *testing.T) {
					if format != cookiefile.FormatAuto && id == "comments" {
						t.Skip("as a cookies.txt, the text has another meaning")
					}
					o := *o
					o.Format = format
					path := filepath.Join(t.TempDir(), "jar")
					before := open(t, path, &o)
					if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
						t.Fatal(err)
					}
					set(t, before, cookie("mine", "1"))
					files := []*File{before}
					f, err := Open(path, &o)
					switch {
					case err == nil && o.Skipped == nil:
						t.Error("Open = nil, want an error")
					case err == nil:
						set(t, f, cookie("mine", "1"))
						files = append(files, f)
					case strings.Contains(err.Error(), "s3cr3t") || !strings.Contains(err.Error(), path):
						t.Errorf("Open = %v, want the file's name and no value", err)
					}
					for _, f := range files {
						err := f.Save(t.Context())
						if err == nil || strings.Contains(err.Error(), "s3cr3t") || !strings.Contains(err.Error(), path) {
							t.Errorf("Save = %v, want an error with the file's name and no value", err)
						}
						checkSame(t, path, content)
					}
				})
			}
		}
	}
}

// With a hook, bad lines do not keep the rest from being loaded, but they keep the
// file from being saved. It can be saved once it was mended.
func TestSkipped(t *testing.T) {
	const bad, good = "x\n", "example.com\tFALSE\t/\tFALSE\t0\ta\t1\n"
	path := filepath.Join(t.TempDir(), "cookies.txt")
	if err := os.WriteFile(path, []byte(bad+good), 0o600); err != nil {
		t.Fatal(err)
	}
	o := options()
	var skipped []string
	o.Skipped = func(e *cookiefile.LineError) { skipped = append(skipped, e.Error()) }
	f := open(t, path, o)
	if want := []string{path + ":1: fields"}; f.Jar().Len() != 1 || !slices.Equal(skipped, want) {
		t.Errorf("%d cookies, skipped %q, want 1 and %q", f.Jar().Len(), skipped, want)
	}
	if err := f.Save(t.Context()); !errors.Is(err, cookiefile.SkipFields) {
		t.Errorf("Save = %v, want %v", err, cookiefile.SkipFields)
	}
	checkSame(t, path, bad+good)
	if err := os.WriteFile(path, []byte(good), 0o600); err != nil {
		t.Fatal(err)
	}
	set(t, f, cookie("b", "2"))
	save(t, f)
	if got := pairs(t, path); got != "a=1 b=2" {
		t.Errorf("in the file that was mended: %q, want a=1 b=2", got)
	}
}

// What the jar refuses was understood: it stays in the file.
func TestRefusedStays(t *testing.T) {
	path := filepath.Join(t.TempDir(), "cookies.txt")
	if err := os.WriteFile(path, []byte(".co.uk\tTRUE\t/\tFALSE\t0\ta\t1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	o := options()
	o.Skipped = func(*cookiefile.LineError) {}
	f := open(t, path, o)
	set(t, f, cookie("b", "2"))
	save(t, f)
	if data, err := os.ReadFile(path); err != nil || !strings.Contains(string(data), ".co.uk\tTRUE\t/\tFALSE\t0\ta\t1\n") {
		t.Errorf("the file = %q, %v, want the cookie still in it", data, err)
	}
}

// A login that Selenium saved is one after it has been through a jar, in the member
// where Selenium looks for it. One with SameSite=None and no Secure fails nothing.
func TestWebDriver(t *testing.T) {
	path := filepath.Join(t.TempDir(), "cookies.json")
	const old = `[{"domain":".example.com","expiry":4102444800,"httpOnly":true,"name":"sid","path":"/","sameSite":"None","secure":false,"value":"1"}]`
	if err := os.WriteFile(path, []byte(old), 0o600); err != nil {
		t.Fatal(err)
	}
	var noted []string
	o := &Options{Jar: options().Jar, Noted: func(e *cookiefile.LineError) { noted = append(noted, e.Error()) }}
	o.Jar.MaxAge = -1
	f := open(t, path, o)
	if len(noted) != 1 || !strings.Contains(noted[0], "SameSite=None without Secure") {
		t.Errorf("noted %q, want one", noted)
	}
	c := cookie("b", "2")
	c.Expires = today.Add(time.Hour)
	set(t, f, c)
	save(t, f)
	const want = `[
{"name":"sid","value":"1","domain":".example.com","path":"/","expiry":4102444800,"httpOnly":true,"secure":false},
{"name":"b","value":"2","domain":"example.com","path":"/","expiry":1893557045,"httpOnly":false,"secure":false}
]`
	if data, err := os.ReadFile(path); err != nil || string(data) != want {
		t.Errorf("the file = %v,\n%s\nwant\n%s", err, data, want)
	}
	if len(noted) != 1 {
		t.Errorf("Save notes %q as well", noted[1:])
	}
}

// A format that is read only fails before anything is set, not at the end.
func TestReadOnlyFormat(t *testing.T) {
	for format, want := range map[cookiefile.Format]string{
		cookiefile.FormatToughCookie: "read only", cookiefile.FormatLWP: "read only", cookiefile.FormatGoCookies: "read only",
		cookiefile.FormatPersistentCookiejar: "read only", 255: "unknown format",
	} {
		t.Run(format.String(), func(t *testing.T) {
			f, err := Open(filepath.Join(t.TempDir(), "jar"), &Options{Format: format})
			if f != nil || err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("Open as %v = %v, %v, want an error with %q", format, f, err, want)
			}
		})
	}
}
