package cookiefile

import (
	"encoding/json"
	"net/http"
	"net/url"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"uacookie/jar"
	"uacookie/jar/store"
)

// toolLines are received by each tool from https://www.example.com/a/b.
var toolLines = []string{
	"sid=1; Domain=example.com; Path=/; HttpOnly; Secure; SameSite=Lax; Expires=Fri, 01 Jan 2100 00:00:00 GMT",
	"host=2; Path=/p",
	`quoted="x y"`,
	"empty=",
}

// checkTool compares what was read with the cookies of toolLines.
func checkTool(t *testing.T, file string, format Format) {
	t.Helper()
	if f, err := Detect([]byte(file)); f != format || err != nil {
		t.Errorf("Detect = %v, %v, want %v", f, err, format)
	}
	got, skipped, err := read(file, nil)
	if err != nil || len(skipped) > 0 {
		t.Errorf("Read = %v, skipped %q", err, skipped)
	}
	for i := range got {
		got[i].Created, got[i].LastAccess = time.Time{}, time.Time{}
	}
	slices.SortFunc(got, func(a, b jar.Cookie) int { return strings.Compare(a.Name, b.Name) })
	host := jar.Cookie{Domain: "www.example.com", HostOnly: true, Path: "/a"}
	want := []jar.Cookie{host, host, host, {
		Name: "sid", Value: "1", Domain: "example.com", Path: "/", Expires: time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC),
		Secure: true, HttpOnly: true, SameSite: store.SameSiteLax,
	}}
	want[0].Name = "empty"
	want[1].Name, want[1].Value, want[1].Path = "host", "2", "/p"
	want[2].Name, want[2].Value = "quoted", `"x y"`
	if d := diff(want, got); d != "" {
		t.Errorf("Read (-want +got)\n%s", d)
	}
}

const lwpTrip = `
import sys, email.message, urllib.request, http.cookiejar
class Response:
    def info(self):
        m = email.message.Message()
        for line in sys.argv[1:]: m.add_header("Set-Cookie", line)
        return m
jar = http.cookiejar.LWPCookieJar()
jar.extract_cookies(Response(), urllib.request.Request("https://www.example.com/a/b"))
print("#LWP-Cookies-2.0\n" + jar.as_lwp_str(ignore_discard=True), end="")
`

func TestPythonLWP(t *testing.T) {
	checkTool(t, run(t, tool(t, "python3"), append([]string{"-c", lwpTrip}, toolLines...)...), FormatLWP)
}

const toughTrip = `
const { CookieJar } = require("tough-cookie");
const jar = new CookieJar();
for (const line of process.argv.slice(1)) jar.setCookieSync(line, "https://www.example.com/a/b");
console.log(JSON.stringify(jar.serializeSync()));
`

// tough-cookie is looked for where NODE_PATH says.
func TestToughCookie(t *testing.T) {
	node := tool(t, "node")
	if exec.CommandContext(t.Context(), node, "-e", `require.resolve("tough-cookie")`).Run() != nil {
		t.Skip("NOT TESTED: tough-cookie is not installed, so only the vectors speak for it")
	}
	out, err := exec.CommandContext(t.Context(), node, append([]string{"-e", toughTrip, "--"}, toolLines...)...).Output()
	if err != nil {
		t.Fatal("node:", err)
	}
	checkTool(t, string(out), FormatToughCookie)
}

// Go's own cookies do not have the host of those without a Domain: these are skipped.
func TestGoCookies(t *testing.T) {
	var all []*http.Cookie
	for _, line := range append(slices.Clone(toolLines), "hour=1; Domain=example.com; Max-Age=3600", "gone=1; Domain=example.com; Max-Age=0") {
		c, err := http.ParseSetCookie(line)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, c)
	}
	file, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	if f, err := Detect(file); f != FormatGoCookies || err != nil {
		t.Errorf("Detect = %v, %v, want %v", f, err, FormatGoCookies)
	}
	j, _ := jar.New(&jar.Options{Now: func() time.Time { return today }})
	var skipped []string
	n, err := Load(j, strings.NewReader(string(file)), &ReadOptions{Skipped: func(e *LineError) { skipped = append(skipped, e.Error()) }})
	if n != 2 || err != nil || !slices.Equal(skipped, []string{"line 1: host", "line 1: host", "line 1: host"}) {
		t.Errorf("Load = %d, %v, skipped %q, want 2, and 3 without a host", n, err, skipped)
	}
	u := &url.URL{Scheme: "https", Host: "www.example.com", Path: "/"}
	if got := j.Header(&jar.Request{URL: u}); got != "sid=1; hour=1" {
		t.Errorf("Header = %q, want sid=1; hour=1", got)
	}
	for c := range j.All() {
		if c.Name == "hour" && !c.Expires.Equal(today.Add(time.Hour)) {
			t.Errorf("a Max-Age of an hour, read at %v, ends %v", today, c.Expires)
		}
	}
}
