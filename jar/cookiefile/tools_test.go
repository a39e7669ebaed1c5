package cookiefile

import (
	"bytes"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"uacookie/jar"
)

// A web is all hosts at once: a server that tools use as their proxy. It sets
// cookies and keeps the Cookie header fields it was sent.
type web struct {
	*httptest.Server
	set []string // Set-Cookie field values

	mu   sync.Mutex
	sent map[string]string // by URL
}

func newWeb(t *testing.T, set ...string) *web {
	w := &web{set: set, sent: make(map[string]string)}
	w.Server = httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.sent[r.URL.String()] = strings.Join(r.Header["Cookie"], "\n")
		for _, line := range w.set {
			rw.Header().Add("Set-Cookie", line)
		}
		fmt.Fprintln(rw, "ok")
	}))
	t.Cleanup(w.Close)
	return w
}

// sentTo returns the Cookie header field of the last request for a URL.
func (w *web) sentTo(url string) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.sent[url]
}

// tool returns the path of a program, or skips the test and says so.
func tool(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Skipf("NOT TESTED: %s is not installed, so only the vectors speak for it", name)
	}
	return path
}

// run runs a tool without any configuration of the user's.
func run(t *testing.T, path string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), path, args...)
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir(), "LC_ALL=C.UTF-8", "PYTHONPATH=" + os.Getenv("PYTHONPATH")}
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s", path, err, stderr.String())
	}
	return string(out)
}

// A netscapeTool asks for URLs by way of a proxy, reading cookies from one file
// and, if it is not empty, writing them to another.
type netscapeTool struct {
	name    string
	dialect Format
	get     func(t *testing.T, path, proxy, in, out string, urls ...string)

	defaultPath  string // what it makes of /p/x, where the draft says /p
	skipHTTPOnly bool   // it reads no HttpOnly cookies
	loseHTTPOnly bool   // it writes HttpOnly cookies like others
}

// Left to its own, Python sends the cookies of a host to those below it too.
const pythonGet = `
import sys, urllib.request, http.cookiejar
proxy, src, dst = sys.argv[1:4]
jar = http.cookiejar.MozillaCookieJar(policy=http.cookiejar.DefaultCookiePolicy(
    strict_ns_domain=http.cookiejar.DefaultCookiePolicy.DomainStrictNonDomain))
if src: jar.load(src, ignore_discard=True)
opener = urllib.request.build_opener(urllib.request.ProxyHandler({"http": proxy}), urllib.request.HTTPCookieProcessor(jar))
for url in sys.argv[4:]: opener.open(url).read()
if dst: jar.save(dst, ignore_discard=True)
`

var netscapeTools = []netscapeTool{
	{"curl", FormatNetscape, func(t *testing.T, path, proxy, in, out string, urls ...string) {
		args := []string{"-q", "-sS", "--fail", "-x", proxy, "-b", in}
		if out != "" {
			args = append(args, "-c", out)
		}
		run(t, path, append(args, urls...)...)
	}, "/p/", false, false},
	{"wget", FormatNetscape, func(t *testing.T, path, proxy, in, out string, urls ...string) {
		args := []string{"--no-config", "-q", "-O", os.DevNull, "--no-hsts", "-e", "use_proxy=yes", "-e", "http_proxy=" + proxy}
		if in != "" {
			args = append(args, "--load-cookies", in)
		}
		if out != "" {
			args = append(args, "--keep-session-cookies", "--save-cookies", out)
		}
		run(t, path, append(args, urls...)...)
	}, "/p/", true, true},
	{"python3", FormatNetscapePython, func(t *testing.T, path, proxy, in, out string, urls ...string) {
		run(t, path, append([]string{"-c", pythonGet, proxy, in, out}, urls...)...)
	}, "/p", false, true},
}

// The tools send the cookies that we write as the jar would.
func TestToolsRead(t *testing.T) {
	later := time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC)
	cookies := []jar.Cookie{
		{Name: "host", Value: "1", Domain: "a.example.com", HostOnly: true, Path: "/"},
		{Name: "domain", Value: "2", Domain: "example.com", Path: "/", Expires: later},
		{Name: "path", Value: "3", Domain: "a.example.com", HostOnly: true, Path: "/p", Expires: later},
		{Name: "secure", Value: "4", Domain: "example.com", Path: "/", Secure: true},
		{Name: "httponly", Value: "5", Domain: "a.example.com", HostOnly: true, Path: "/", HttpOnly: true},
		{Name: "past", Value: "6", Domain: "a.example.com", HostOnly: true, Path: "/", Expires: time.Unix(0, 0)},
		{Name: "json", Value: `{"a":[1,2]}`, Domain: "a.example.com", HostOnly: true, Path: "/"},
		{Name: "empty", Value: "", Domain: "a.example.com", HostOnly: true, Path: "/"},
		{Name: "other", Value: "8", Domain: "other.example", HostOnly: true, Path: "/"},
		{Name: "v4", Value: "9", Domain: "127.0.0.1", HostOnly: true, Path: "/"},
	}
	want := map[string][]string{
		"http://a.example.com/":     {`empty=`, "domain=2", "host=1", "httponly=5", `json={"a":[1,2]}`},
		"http://a.example.com/p/q":  {`empty=`, "domain=2", "host=1", "httponly=5", `json={"a":[1,2]}`, "path=3"},
		"http://b.a.example.com/":   {"domain=2"}, // not what is for a.example.com alone
		"http://example.com/":       {"domain=2"},
		"http://other.example/":     {"other=8"},
		"http://www.other.example/": nil,
		"http://127.0.0.1/":         {"v4=9"},
	}
	for _, tt := range netscapeTools {
		t.Run(tt.name, func(t *testing.T) {
			path := tool(t, tt.name)
			file := filepath.Join(t.TempDir(), "cookies.txt")
			f, err := os.Create(file)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			if err := Write(f, slices.Values(cookies), &WriteOptions{Format: tt.dialect}); err != nil {
				t.Fatal("Write:", err)
			}
			w := newWeb(t)
			tt.get(t, path, w.URL, file, "", slices.Sorted(maps.Keys(want))...)
			for url, want := range want {
				var got []string
				if s := w.sentTo(url); s != "" {
					got = strings.Split(s, "; ")
				}
				slices.Sort(got)
				want := slices.Clone(want)
				if tt.skipHTTPOnly {
					want = slices.DeleteFunc(want, func(s string) bool { return s == "httponly=5" })
				}
				slices.Sort(want)
				if !slices.Equal(got, want) {
					t.Errorf("%s sends to %s %q, want %q", tt.name, url, got, want)
				}
			}
		})
	}
}

// We read what the tools write, and what they wrote themselves they still read
// after it has been through us.
func TestToolsWrite(t *testing.T) {
	set := []string{
		"session=1",
		"host=2; Max-Age=1000000",
		"domain=3; Domain=example.com; Path=/",
		"path=4; Path=/p",
		"httponly=5; HttpOnly",
		`json={"a":1}`,
		"empty=",
	}
	for _, tt := range netscapeTools {
		t.Run(tt.name, func(t *testing.T) {
			path := tool(t, tt.name)
			dir := t.TempDir()
			first, second := filepath.Join(dir, "1.txt"), filepath.Join(dir, "2.txt")
			w := newWeb(t, set...)
			tt.get(t, path, w.URL, "", first, "http://a.example.com/p/x")

			in, err := os.Open(first)
			if err != nil {
				t.Fatal(err)
			}
			defer in.Close()
			j, _ := jar.New(nil)
			if _, err := Load(j, in, &ReadOptions{Name: first}); err != nil {
				t.Errorf("Load of what %s wrote: %v", tt.name, err)
			}
			var got []string
			for c := range j.All() {
				s := c.Name + "=" + c.Value + " " + c.String()
				if c.Persistent() {
					s += " persistent"
				}
				if c.HttpOnly {
					s += " HttpOnly"
				}
				got = append(got, s)
			}
			slices.Sort(got)
			httpOnly := " HttpOnly"
			if tt.loseHTTPOnly {
				httpOnly = ""
			}
			want := []string{
				`domain=3 "domain" for *.example.com/`,
				`empty= "empty" for a.example.com` + tt.defaultPath,
				`host=2 "host" for a.example.com` + tt.defaultPath + ` persistent`,
				`httponly=5 "httponly" for a.example.com` + tt.defaultPath + httpOnly,
				`json={"a":1} "json" for a.example.com` + tt.defaultPath,
				`path=4 "path" for a.example.com/p`,
				`session=1 "session" for a.example.com` + tt.defaultPath,
			}
			if !slices.Equal(got, want) {
				t.Errorf("the jar after reading what %s wrote\n%s\nwant\n%s", tt.name, strings.Join(got, "\n"), strings.Join(want, "\n"))
			}

			out, err := os.Create(second)
			if err != nil {
				t.Fatal(err)
			}
			defer out.Close()
			if err := Write(out, j.All(), &WriteOptions{Format: tt.dialect}); err != nil {
				t.Fatal("Write:", err)
			}
			const url = "http://a.example.com/p/y"
			tt.get(t, path, w.URL, first, "", url)
			before := strings.Split(w.sentTo(url), "; ")
			tt.get(t, path, w.URL, second, "", url)
			after := strings.Split(w.sentTo(url), "; ")
			slices.Sort(before)
			slices.Sort(after)
			if len(before) != len(set) || !slices.Equal(before, after) {
				t.Errorf("%s sends %q with its own file and %q with ours", tt.name, before, after)
			}
		})
	}
}

// yt-dlp reads cookies.txt with a reader of its own.
func TestYtDlp(t *testing.T) {
	python, found := tool(t, "python3"), false
	for _, path := range []string{python, "/usr/bin/python3"} { // Debian's yt-dlp is for Debian's Python
		if !found && exec.Command(path, "-c", "import yt_dlp.cookies").Run() == nil {
			python, found = path, true
		}
	}
	if !found {
		t.Skip("NOT TESTED: yt-dlp is not installed, so only the vectors speak for it")
	}
	file := filepath.Join(t.TempDir(), "cookies.txt")
	var b bytes.Buffer
	cookies := []jar.Cookie{
		{Name: "session", Value: "1", Domain: "example.com", HostOnly: true, Path: "/", HttpOnly: true},
		{Name: "domain", Value: "2", Domain: "example.com", Path: "/", Expires: time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC)},
	}
	if err := Write(&b, slices.Values(cookies), &WriteOptions{Format: FormatNetscape}); err != nil {
		t.Fatal("Write:", err)
	}
	if err := os.WriteFile(file, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	got := run(t, python, "-c", `
import sys, yt_dlp.cookies
jar = yt_dlp.cookies.YoutubeDLCookieJar(sys.argv[1])
jar.load(ignore_discard=True, ignore_expires=True)
print(sorted((c.name, c.value, c.domain, bool(c.expires)) for c in jar))
jar.save(ignore_discard=True, ignore_expires=True)
`, file)
	if want := "[('domain', '2', '.example.com', True), ('session', '1', 'example.com', False)]\n"; got != want {
		t.Errorf("yt-dlp reads %swant %s", got, want)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	back, skipped, err := read(string(data), nil)
	if err != nil || len(skipped) > 0 || len(back) != len(cookies) {
		t.Errorf("Read of what yt-dlp wrote: %d cookies, skipped %q, %v", len(back), skipped, err)
	}
}
