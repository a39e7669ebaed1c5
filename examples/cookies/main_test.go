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
	for i, to := range []string{"playwright", "puppeteer", "cdp", "python", "json", "netscape"} {
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
		{"bad URL", "", []string{"header", "-", "example.com"}, "cookies: want a URL that begins with http:// or https://\n", 1},
		{"no verb", "", nil, "Cookies converts", 2},
		{"other verb", "", []string{"eat"}, "Cookies converts", 2},
		{"other format", "", []string{"list", "-from", "xml", "-"}, `invalid value "xml" for flag -from: unknown format`, 2},
		{"no argument", "", []string{"list"}, "cookies: wrong number of arguments", 2},
		{"help", "", []string{"-h"}, "Cookies converts", 0},
	} {
		t.Run(tt.id, func(t *testing.T) {
			_, stderr, code := do(t, tt.stdin, tt.args...)
			if code != tt.code || !strings.HasPrefix(stderr, tt.stderr) || strings.Contains(stderr, "s3cr3t") {
				t.Errorf("cookies %q = %d\n%s\nwant %d\n%s", tt.args, code, stderr, tt.code, tt.stderr)
			}
		})
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
	stdout, stderr, code := do(t, "", "convert", "-to", "netscape", path, "-")
	if want := "# Netscape HTTP Cookie File\n.example.com\tTRUE\t/\tFALSE\t4102444800\ta\ts3cr3t\nco.uk\tFALSE\t/\tFALSE\t4102444800\tb\ts3cr3t\n"; stdout != want || code != 0 {
		t.Errorf("convert = %d\n%s\nwant 0\n%s", code, stdout, want)
	}
	if want := "cookies: " + path + ":2: \"b\" for co.uk/: taken as host-only, since its domain is a public suffix\n"; stderr != want {
		t.Errorf("convert reports %swant %s", stderr, want)
	}
}

func TestFilters(t *testing.T) {
	for _, tt := range []struct{ flag, value, want string }{
		{"-domain", "www.example.com", "2 cookies"},
		{"-domain", ".EXAMPLE.com", "3 cookies"},
		{"-domain", "a b", "0 cookies"},
		{"-name", "cart", "1 cookie"},
		{"-session=true", "-session", "3 cookies"},
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
