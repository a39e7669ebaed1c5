package cookiefile

import (
	"errors"
	"io/fs"
	"strings"
	"testing"

	"uacookie/jar"
)

// foreignFiles are beginnings of files that are not read, each with what the error
// has to say.
var foreignFiles = []struct{ id, head, want string }{
	{"pickle, protocol 4", "\x80\x04\x95\x10\x00\x00\x00\x00\x00\x00\x00]\x94}\x94(\x8c\x06domain\x94\x8c\x0bexample.com\x94", "Python pickle"},
	{"pickle, protocol 2", "\x80\x02]q\x00}q\x01(X\x06\x00\x00\x00domainq\x02", "Python pickle"},
	{"pickle, protocol 1", "]q\x00}q\x01(X\x06\x00\x00\x00domainq\x02", "Python pickle"},
	{"pickle, protocol 0", "(lp0\n(dp1\nVdomain\np2\nV.example.com\np3\ns", "Python pickle"},
	{"pickle of a jar", "\x80\x04\x95\x00\x00\x00\x00\x00\x00\x00\x00\x8c\x10requests.cookies", "json.dump"},
	{"binarycookies", "cook\x00\x00\x00\x01\x00\x00\x01\x00", "binarycookies: export"},
	{"session of Firefox", "mozLz40\x00\x10\x00\x00\x00\xf1", "cookies.sqlite"},
	{"UTF-16", "\xff\xfe#\x00 \x00N\x00e\x00t\x00s\x00", "UTF-16"},
	{"gzip", "\x1f\x8b\x08\x00", "gzip"},
	{"zip", "PK\x03\x04", "zip"},
	{"YAML of Mechanize", "---\n- !ruby/object:HTTP::Cookie\n  name: sid\n  value: " + secret + "\n", "YAML"},
	{"YAML list", "# mine\n- name: sid\n  value: " + secret + "\n", "YAML"},
	{"YAML map", "cookies:\n  sid: " + secret + "\n", "YAML"},
	{"YAML pair", "sid: " + secret + "\nb: 2\n", "YAML"},
	{"header", "sid=" + secret + "; theme=dark", "Cookie header"},
	{"header of one", "sid=" + secret + "\n", "Cookie header"},
	{"header with its name", "Cookie: sid=" + secret + "; theme=dark\r\n", "Cookie header"},
	{"curl -i", "HTTP/1.1 200 OK\r\nSet-Cookie: a=" + secret + "\r\n", "explain -from"},
	{"curl -v", "* Connected to example.com\n> GET / HTTP/1.1\n< HTTP/1.1 200 OK\n", "explain -from"},
	{"Set-Cookie", "Set-Cookie: a=" + secret + "; Path=/\n", "explain -from"},
	{"HAR", `{"log":{"version":"1.2","entries":[{"response":{"cookies":[{"name":"a","value":"` + secret + `"}]}}]}}`, "HAR"},
	{"HTML", "<!DOCTYPE html>\n<html>", "HTML"},
	{"no first line", "Set-Cookie3: a=" + secret + "; domain=example.com\n", "#LWP-Cookies-2.0"},
	{"notes", "remember to buy milk\n", "want JSON, or cookies.txt"},
	{"comments", "# only\n# comments\n", "want JSON, or cookies.txt"},
	{"a table", "name\tvalue\nsid\t" + secret + "\n", "want JSON, or cookies.txt"},
	{"seven words", "a\tb\tc\td\te\tf\tg\n", "want JSON, or cookies.txt"},
	{"spaces for tabs", "example.com FALSE / FALSE 0 a " + secret + "\n", "want JSON, or cookies.txt"},
	{"CSV", "name,value,domain\nsid," + secret + ",example.com\n", "want JSON, or cookies.txt"},
	{"ELF", "\x7fELF\x02\x01\x01\x00\x00\x00", "want JSON, or cookies.txt"},
	{"zeros", strings.Repeat("\x00", 100), "want JSON, or cookies.txt"},
	{"one word", secret, "want JSON, or cookies.txt"},
}

// What is in no format is an error, in one line that shows nothing of the file, and
// not a cookies.txt of bad lines. What it is in is named if it is known.
func TestForeign(t *testing.T) {
	for _, tt := range foreignFiles {
		t.Run(tt.id, func(t *testing.T) {
			if f, err := Detect([]byte(tt.head)); f != FormatAuto || !errors.Is(err, ErrForeign) {
				t.Errorf("Detect = %v, %v, want %v", f, err, ErrForeign)
			}
			j, _ := jar.New(nil)
			n, err := Load(j, strings.NewReader(tt.head), &ReadOptions{Name: "f", Skipped: func(e *LineError) { t.Error("skipped", e) }})
			if _, ok := errors.AsType[*fs.PathError](err); n != 0 || !ok || !errors.Is(err, ErrForeign) {
				t.Fatalf("Load = %d, %v, want %v of the file", n, err, ErrForeign)
			}
			if text := err.Error(); !strings.Contains(text, tt.want) || strings.Contains(text, secret) || strings.Contains(text, "\n") {
				t.Errorf("Load = %q, want one line with %q", text, tt.want)
			}
		})
	}
}

func TestDetect(t *testing.T) {
	for _, tt := range []struct {
		head string
		want Format
	}{
		{"", FormatNetscape},
		{" \r\n", FormatNetscape},
		{"\uFEFF", FormatNetscape},
		{"# Netscape HTTP Cookie File\n", FormatNetscape},
		{"\uFEFF# HTTP Cookie File\n", FormatNetscape},
		{"# made by a tool\n\n#HttpOnly_example.com\tFALSE\t/\tFALSE\t0\ta\t1\n", FormatNetscape},
		{"x\nexample.com\tFALSE\t/\tFALSE\t0\ta\t1\n", FormatNetscape},
		{"#LWP-Cookies-2.0\n", FormatLWP},
		{`{"format":"uacookie","version":1}` + "\n", FormatJSON},
		{`[]`, FormatPuppeteer},
		{`[{"name":"a","expires":1,"expiry":1}]`, FormatPuppeteer},
		{"[\n {\n  \"name\" : \"a\",\n  \"expiry\" : 1\n }\n]", FormatWebDriver},
		{`[{"name":"a"},{"name":"b","expiry":1}]`, FormatWebDriver},
		{`[{"name":"\"expiry\":1","value":"expiry"}]`, FormatPuppeteer},
		{`[{"name":"a","x":{"expiry":1}}]`, FormatPuppeteer},
		{`[{"name":"a","expirationDate":1}]`, FormatPuppeteer},
		{`{"cookies":[{"name":"a","session" : true}]}`, FormatCDP},
		{`{"cookies":[{"name":"a"}],"origins":[]}`, FormatPlaywright},
		{`{"origins":[{"cookies":[{"session":true}]}],"cookies":[]}`, FormatPlaywright},
		{`{"cookies":[],"storeType":"MemoryCookieStore"}`, FormatToughCookie},
		{`{"version":"tough-cookie@2.5.0","cookies":[]}`, FormatToughCookie},
		{`{"cookies":[{"key":"a"}]}`, FormatToughCookie},
		{`[{"key":"a"}]`, FormatToughCookie},
		{`[{"key":"a","name":"b"}]`, FormatPuppeteer},
		{`[{"Name":"a","MaxAge":0}]`, FormatGoCookies},
		{`[{"Name":"a","CanonicalHost":"a.test"}]`, FormatPersistentCookiejar},
		{`[{"name":"a","value":"` + strings.Repeat("x", 2*HeadLen) + `","session":true}]`, FormatPuppeteer},
	} {
		for _, head := range []string{tt.head, "\uFEFF" + strings.TrimPrefix(tt.head, "\uFEFF")} {
			if got, err := Detect([]byte(head)); got != tt.want || err != nil {
				t.Errorf("Detect(%.80q) = %v, %v, want %v", head, got, err, tt.want)
			}
		}
	}
}

// SameSite=None without Secure is noted where the file is another program's, and left
// as it is, for the jar to refuse, where it is ours.
func TestNoneWithoutSecure(t *testing.T) {
	for _, tt := range []struct{ id, file, want string }{
		{"Playwright", `{"cookies":[{"name":"a","value":"` + secret + `","domain":"example.com","path":"/","sameSite":"None","secure":false}]}`, "f:1: "},
		{"extension", "[\n" + `{"name":"a","value":"` + secret + `","domain":"example.com","sameSite":"no_restriction"}]`, "f:2: "},
		{"tough-cookie", `[{"key":"a","value":"` + secret + `","domain":"example.com","hostOnly":true,"sameSite":"none"}]`, "f:1: "},
		{"LWP", "#LWP-Cookies-2.0\nSet-Cookie3: a=" + secret + "; path=/; domain=example.com; SameSite=None\n", "f:2: "},
		{"own", `{"format":"uacookie","version":1}` + "\n" + `{"name":"a","value":"` + secret + `","domain":"example.com","hostOnly":true,"path":"/","sameSite":"None"}` + "\n" + `{"cookies":1}` + "\n", ""},
	} {
		t.Run(tt.id, func(t *testing.T) {
			j, _ := jar.New(nil)
			var noted []string
			o := &ReadOptions{Name: "f", Noted: func(e *LineError) {
				noted = append(noted, e.Error())
				if !errors.Is(e, LostSameSite) {
					t.Errorf("noted %v, want %v", e, LostSameSite)
				}
			}}
			n, err := Load(j, strings.NewReader(tt.file), o)
			if tt.want == "" {
				if n != 0 || err == nil || len(noted) > 0 {
					t.Errorf("Load = %d, %v, notes %q, want it refused", n, err, noted)
				}
				return
			}
			want := tt.want + `cookie "a" for example.com/: SameSite=None without Secure was read as not set (same-site)`
			if n != 1 || err != nil || len(noted) != 1 || noted[0] != want {
				t.Errorf("Load = %d, %v, notes %q, want 1 and %q", n, err, noted, want)
			}
			for c := range j.All() {
				if c.SameSite != 0 {
					t.Errorf("SameSite = %v, want none", c.SameSite)
				}
			}
			if n, err := Load(j, strings.NewReader(tt.file), nil); n != 1 || err != nil {
				t.Errorf("Load without a hook = %d, %v, want 1", n, err)
			}
		})
	}
}

// A format that is read only, or none at all, is an error of Write, before anything is
// written.
func TestNotWritable(t *testing.T) {
	for _, f := range []Format{FormatToughCookie, FormatLWP, FormatGoCookies, FormatPersistentCookiejar, formatCount, 255} {
		var b strings.Builder
		err := Write(&b, func(func(jar.Cookie) bool) { t.Error("asked for cookies") }, &WriteOptions{Name: "f", Format: f})
		if p, ok := errors.AsType[*fs.PathError](err); !ok || p.Path != "f" || b.Len() > 0 {
			t.Errorf("Write as %v = %v, %q, want an error and nothing", f, err, &b)
		}
	}
}
