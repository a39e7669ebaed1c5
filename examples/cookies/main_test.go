package main

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const file = `# Netscape HTTP Cookie File
#HttpOnly_.example.com	TRUE	/	TRUE	4102444800	session	s3cr3t
www.example.com	FALSE	/shop	FALSE	0	cart	{"items":[1,2]}
www.example.com	FALSE	/	FALSE	0	theme	dark
other.example	FALSE	/	FALSE	0	a	1
`

// do runs the program on file as standard input.
func do(t *testing.T, stdin string, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	var out, errs strings.Builder
	code = run(args, strings.NewReader(stdin), &out, &errs)
	return out.String(), errs.String(), code
}

func Example() {
	code := run([]string{"list", "-"}, strings.NewReader(file), os.Stdout, os.Stdout)
	fmt.Println(code)
	run([]string{"header", "-", "https://www.example.com/shop/cart"}, strings.NewReader(file), os.Stdout, os.Stdout)
	// Output:
	// DOMAIN           PATH   NAME     BYTES  EXPIRES           FOR
	// *.example.com    /      session  13     2100-01-01 00:00  Secure HttpOnly
	// www.example.com  /      theme    9      session
	//                  /shop  cart     19     session
	// other.example    /      a        2      session
	// 4 cookies
	// 0
	// Cookie: cart={"items":[1,2]}; session=s3cr3t; theme=dark
}

func TestConvert(t *testing.T) {
	dir := t.TempDir()
	in := filepath.Join(dir, "in.txt")
	if err := os.WriteFile(in, []byte(file), 0o600); err != nil {
		t.Fatal(err)
	}
	last := in
	for i, to := range []string{"puppeteer", "webdriver", "cdp", "python", "json", "netscape"} {
		out := filepath.Join(dir, fmt.Sprint(i))
		if stdout, stderr, code := do(t, "", "convert", "-to", to, last, out); code != 0 || stdout != "" || stderr != "" {
			t.Fatalf("convert -to %s = %d\n%s%s", to, code, stdout, stderr)
		}
		if info, err := os.Stat(out); err != nil || info.Mode().Perm()&0o077 != 0 {
			t.Errorf("Stat(%s) = %v, %v, want a file for its owner alone", out, info, err)
		}
		last = out
	}
	if data, err := os.ReadFile(last); err != nil || string(data) != file {
		t.Errorf("through all formats: %v,\n%s\nwant\n%s", err, data, file)
	}
}

// Playwright takes no cookie without SameSite, so one is written, and that is told. None
// without Secure is what others write there; that it was read so is told, and no failure.
func TestSameSiteNotSet(t *testing.T) {
	stdout, stderr, code := do(t, file, "convert", "-to", "playwright", "-name", "theme", "-", "-")
	want := "cookies: standard output: cookie \"theme\" for www.example.com/, as playwright: written as Lax, since it has no same-site\n"
	if code != exitFailed || stderr != want || !strings.Contains(stdout, `"sameSite":"Lax"`) {
		t.Errorf("convert -to playwright = %d\n%s%s\nwant 1 and\n%s", code, stdout, stderr, want)
	}
	stdout, stderr, code = do(t, `[{"name":"sid","value":"s3cr3t","domain":"example.com","expiry":4102444800,"sameSite":"None","secure":false}]`, "list", "-")
	want = "cookies: standard input:1: cookie \"sid\" for example.com/: SameSite=None without Secure was read as not set (same-site)\n"
	if code != 0 || stderr != want || !strings.Contains(stdout, "2100-01-01 00:00\n1 cookie\n") {
		t.Errorf("list = %d\n%s%s\nwant 0 and\n%s", code, stdout, stderr, want)
	}
}

// What is no file of cookies is named, in one line, with what to do.
func TestForeign(t *testing.T) {
	for stdin, want := range map[string]string{
		"sid=s3cr3t; theme=dark": "a Cookie header field",
		"\x80\x04\x95\x00":       "a Python pickle",
		"cook\x00\x00\x00\x01":   "Safari's Cookies.binarycookies",
		"- name: s3cr3t\n":       "probably YAML",
		"HTTP/1.1 200 OK\n":      "an HTTP response",
		`{"log":{"entries":[]}}`: "a HAR",
		"s3cr3t":                 "want JSON",
	} {
		out, stderr, code := do(t, stdin, "list", "-")
		if code != exitFailed || out != "" || !strings.HasPrefix(stderr, "cookies: read standard input: cookiefile: unknown file format: "+want) || strings.Count(stderr, "\n") != 1 || strings.Contains(stderr, "s3cr3t") {
			t.Errorf("list of %q = %d\n%s%s\nwant 1, and one line with %q", stdin, code, out, stderr, want)
		}
	}
}

// What is skipped or lost is told, with a cookie's name and never its value.
func TestReports(t *testing.T) {
	for _, tt := range []struct {
		id, stdin string
		args      []string
		stderr    string
		code      int
	}{
		{"bad line", file + "x\n", []string{"list", "-"}, "cookies: standard input:6: fields\n", 1},
		{"refused", ".a.test\tTRUE\t/\tFALSE\t0\t__Host-a\ts3cr3t\n", []string{"list", "-"}, "cookies: standard input:1: cookie \"__Host-a\" from a.test refused: host-prefix\n", 1},
		{"suffix", ".localhost\tTRUE\t/\tFALSE\t0\ta\ts3cr3t\n", []string{"convert", "-", "-"},
			"cookies: standard input:1: \"a\" for localhost/: taken as host-only, since its domain is a public suffix\n", 0},
		{"lost", `[{"name":"a","value":"s3cr3t","domain":"example.com","sameSite":"Lax"}]`, []string{"convert", "-to", "netscape", "-", "-"},
			"cookies: standard output: cookie \"a\" for example.com/, as netscape: loses its same-site\n", 1},
		{"cut off", `[{"name":"a","value":"s3cr3t","domain":"example.com"},`, []string{"list", "-"}, "cookies: read standard input: line 1: unexpected EOF\n", 1},
		{"no file", "", []string{"list", "no/such/file"}, "cookies: open no/such/file: no such file or directory\n", 1},
		{"no folder", file, []string{"convert", "-", "no/such/file"}, "cookies: open no/such/", 1},
		{"bad URL", "", []string{"header", "-", "example.com"}, "cookies: want a URL that starts with http:// or https://\n", 1},
		{"no verb", "", nil, "cookies: want a command: convert, list, header, explain; see cookies -h\n", 2},
		{"other verb", "", []string{"eat"}, "cookies: there is no command \"eat\": want convert, list, header, explain; see cookies -h\n", 2},
		{"near verb", "", []string{"lst"}, "cookies: there is no command \"lst\"; did you mean list? see cookies -h\n", 2},
		{"near flag", "", []string{"list", "-", "-nme", "a"}, "cookies: there is no flag -nme; did you mean -name? see cookies list -h\n", 2},
		{"flag without its value", file, []string{"list", "-", "-name"}, "cookies: flag needs an argument: -name; see cookies list -h\n", 2},
		{"other format", "", []string{"list", "-from", "xml", "-"}, `cookies: invalid value "xml" for flag -from: unknown format`, 2},
		{"no argument", "", []string{"list"}, "cookies: wrong number of arguments", 2},
	} {
		t.Run(tt.id, func(t *testing.T) {
			_, stderr, code := do(t, tt.stdin, tt.args...)
			if code != tt.code || !strings.HasPrefix(stderr, tt.stderr) || strings.Contains(stderr, "s3cr3t") {
				t.Errorf("cookies %q = %d\n%s\nwant %d\n%s", tt.args, code, stderr, tt.code, tt.stderr)
			}
		})
	}
}

// Expired cookies are counted, whatever the format and the verb, and what is good is
// used.
func TestExpired(t *testing.T) {
	const old = "a.example\tFALSE\t/\tFALSE\t1\told\ts3cr3t\n"
	const one, two = "1 cookie has expired and is left out\n", "2 cookies have expired and are left out\n"
	ours, _, _ := do(t, "a.example\tFALSE\t/\tFALSE\t4102444800\told\ts3cr3t\n", "convert", "-to", "json", "-", "-")
	ours = strings.ReplaceAll(ours, "2100-01-01", "1999-01-01")
	for _, tt := range []struct{ id, stdin, args, stdout, stderr string }{
		{"list", old, "list -", "0 cookies\n", one},
		{"list, more", old + file + strings.ReplaceAll(old, "old", "older"), "list -", "\n4 cookies\n", two},
		{"the same twice", old + old, "list -", "0 cookies\n", two},
		{"replaced by an expired one", strings.ReplaceAll(old, "\t1\t", "\t0\t") + old, "list -", "0 cookies\n", one},
		{"convert", old + file, "convert -to netscape - -", file, one},
		{"header", old + "a.example\tFALSE\t/\tFALSE\t0\tnew\t1\n", "header - http://a.example/", "Cookie: new=1\n", one},
		{"the last column of the curl format", "# Netscape HTTP Cookie File\n#HttpOnly_" + old, "list -", "0 cookies\n", one},
		{"Playwright", `{"cookies":[{"name":"old","value":"s3cr3t","domain":"a.example","path":"/","expires":1,"httpOnly":false,"secure":false,"sameSite":"Lax"}],"origins":[]}`,
			"list -", "0 cookies\n", one},
		{"the jar's own", ours, "list -", "0 cookies\n", one},
		{"selected by name", old + file, "list - -name old", "0 cookies\n", one},
		{"not selected by name", old + file, "list - -name cart", "1 cookie\n", ""},
		{"not selected by domain", old + file, "list - -domain example.com", "3 cookies\n", ""},
		{"not of the session", old + file, "list - -session", "3 cookies\n", ""},
	} {
		stdout, stderr, code := do(t, tt.stdin, strings.Fields(tt.args)...)
		want, wantCode := tt.stderr, 0
		if want != "" {
			want, wantCode = "cookies: standard input: "+want, exitFailed
		}
		if code != wantCode || stderr != want || !strings.HasSuffix(stdout, tt.stdout) {
			t.Errorf("%s: cookies %s = %d\n%s%s\nwant %d\n%s%s", tt.id, tt.args, code, stderr, stdout, wantCode, want, tt.stdout)
		}
	}

	// Explain tells it once, and its exit code is about the line.
	path := filepath.Join(t.TempDir(), "old.txt")
	if err := os.WriteFile(path, []byte(old), 0o600); err != nil {
		t.Fatal(err)
	}
	stdout, stderr, code := do(t, "", "explain", "-as", "standard,chromium", "-stored", path, "https://a.example/", "a=1")
	if want := "cookies: " + path + ": " + one; code != 0 || stderr != want || !strings.Contains(stdout, "stored") {
		t.Errorf("explain = %d\n%s%s\nwant 0\n%s", code, stderr, stdout, want)
	}
}

// Help goes to standard output.
func TestHelp(t *testing.T) {
	for args, want := range map[string]string{
		"-h": "Cookies converts", "--help": "Cookies converts", "help": "Cookies converts",
		"list -h": "usage: cookies list", "list - --help": "usage: cookies list", "help list": "usage: cookies list",
		"convert -h": "usage: cookies convert", "header -h": "usage: cookies header", "explain -h": "Explain shows",
	} {
		stdout, stderr, code := do(t, "", strings.Fields(args)...)
		if code != 0 || stderr != "" || !strings.HasPrefix(stdout, want) || !strings.Contains(stdout, "Flags:") {
			t.Errorf("cookies %s = %d, %q\n%s\nwant 0 and %q", args, code, stderr, stdout, want)
		}
	}
}

// Flags may stand anywhere, with one dash or two, up to "--".
func TestFlagsAnywhere(t *testing.T) {
	want, stderr, code := do(t, file, "list", "-name", "cart", "-")
	if code != 0 || !strings.Contains(want, "cart") || strings.Contains(want, "theme") {
		t.Fatalf("list -name cart - = %d\n%s%s", code, want, stderr)
	}
	for _, args := range []string{
		"list - -name cart", "list - --name cart", "list --name=cart -", "list - -name=cart", "list -name cart -- -",
	} {
		if got, stderr, code := do(t, file, strings.Fields(args)...); got != want || code != 0 {
			t.Errorf("cookies %s = %d\n%s%s\nwant\n%s", args, code, got, stderr, want)
		}
	}
	if _, stderr, code := do(t, file, "list", "--", "-name"); code != 1 || stderr != "cookies: open -name: no such file or directory\n" {
		t.Errorf("list -- -name = %d, %q, want an error about that file", code, stderr)
	}
}

// The profile of a browser is read like any file.
func TestDatabase(t *testing.T) {
	path := filepath.Join(t.TempDir(), "cookies.sqlite")
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	_, err = db.Exec(`CREATE TABLE moz_cookies (id INTEGER PRIMARY KEY, name, value, host, path, expiry, lastAccessed, creationTime, isSecure, isHttpOnly);
		INSERT INTO moz_cookies VALUES (1, 'a', 's3cr3t', '.example.com', '/', 4102444800, 1, 1, 0, 0), (2, 'b', 's3cr3t', '.co.uk', '/', 4102444800, 1, 1, 0, 0)`)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(`INSERT INTO moz_cookies VALUES (3, 'old', 's3cr3t', '.example.com', '/', 1, 1, 1, 0, 0)`); err != nil {
		t.Fatal(err)
	}
	stdout, stderr, code := do(t, "", "convert", "-to", "netscape", path, "-")
	if want := "# Netscape HTTP Cookie File\n.example.com\tTRUE\t/\tFALSE\t4102444800\ta\ts3cr3t\nco.uk\tFALSE\t/\tFALSE\t4102444800\tb\ts3cr3t\n"; stdout != want || code != exitFailed {
		t.Errorf("convert = %d\n%s\nwant 1\n%s", code, stdout, want)
	}
	want := "cookies: " + path + ":2: \"b\" for co.uk/: taken as host-only, since its domain is a public suffix\n" +
		"cookies: " + path + ": 1 cookie has expired and is left out\n"
	if stderr != want {
		t.Errorf("convert reports %swant %s", stderr, want)
	}
}

func TestFilters(t *testing.T) {
	for _, tt := range []struct{ flag, value, want string }{
		{"-domain", "www.example.com", "2 cookies"},
		{"-domain", ".EXAMPLE.com", "3 cookies"},
		{"-domain", "a b", "0 cookies"},
		{"-name", "cart", "1 cookie"},
		{"-session=true", "--session", "3 cookies"},
	} {
		out, stderr, code := do(t, file, "list", tt.flag, tt.value, "-")
		if code != 0 || !strings.HasSuffix(out, "\n"+tt.want+"\n") {
			t.Errorf("list %s %s = %d\n%s%s\nwant %s", tt.flag, tt.value, code, out, stderr, tt.want)
		}
	}
	if out, _, code := do(t, file, "header", "-", "http://nothing.example/"); out != "" || code != 0 {
		t.Errorf("header for a host without cookies = %q, %d, want nothing, 0", out, code)
	}
}
