package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"uacookie/jar"
	"uacookie/jar/policy"
)

var update = flag.Bool("update", false, "write the golden files")

// doExplain runs explain at a fixed time.
func doExplain(t *testing.T, stdin string, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	var out, errs strings.Builder
	now := time.Date(2026, 1, 15, 12, 0, 0, 0, time.UTC)
	code = runAt(now, append([]string{"explain"}, args...), strings.NewReader(stdin), &out, &errs)
	return out.String(), errs.String(), code
}

// golden compares got with a file of testdata/explain, which -update writes.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", "explain", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v: run go test ./cookies -update", err)
	}
	if got != string(want) {
		t.Errorf("got\n%s\nwant, as in %s,\n%s", got, path, want)
	}
}

const (
	shop, plain, evil = "https://shop.test/", "http://shop.test/", "https://evil.test/"
	stored            = "testdata/explain/stored.txt"
	secret            = "s3cr3t"
)

// For each rule there is a cookie that breaks it first, and what is said about it.
func TestExplainReasons(t *testing.T) {
	then := func(to string, more ...string) []string {
		return append([]string{"-then", to, shop}, more...)
	}
	cases := []struct {
		reason jar.Reason
		args   []string
	}{
		{policy.ReasonScheme, []string{"ftp://shop.test/", "a=s3cr3t"}},
		{policy.ReasonTooMany, []string{"-refused", "-from", "-", shop}},
		{policy.ReasonControlOctet, []string{shop, "a=s3cr3t\x07; Path=/"}},
		{policy.ReasonTooLong, []string{shop, "a=" + strings.Repeat(secret, 700) + "; Secure"}},
		{policy.ReasonEmpty, []string{shop, " = ; Secure"}},
		{policy.ReasonMalformed, []string{"-as", "standard,chromium", shop, "=a=s3cr3t"}},
		{policy.ReasonDomainNotASCII, []string{"-as", "standard,chromium", "https://xn--shp-tna.test/", "a=s3cr3t; Domain=sh\u00f6p.test"}},
		{policy.ReasonHost, []string{"https://1.2.3.4.5/", "a=s3cr3t"}},
		{policy.ReasonPublicSuffix, []string{"https://shop.co.uk/", "a=s3cr3t; Domain=co.uk; HttpOnyl; Max-Age=3 days"}},
		{policy.ReasonDomainMismatch, []string{shop, "a=s3cr3t; Domain=www.shop.test"}},
		{policy.ReasonInsecureOrigin, []string{plain, "a=s3cr3t; Secure"}},
		{policy.ReasonHTTPOnlyScript, []string{"-script", shop, "a=s3cr3t; HttpOnly"}},
		{policy.ReasonSecureOverlay, []string{"-stored", stored, plain, "session=s3cr3t"}},
		{policy.ReasonCrossSiteScript, []string{"-script", "-top", evil, shop, "a=s3cr3t"}},
		{policy.ReasonCrossSiteStrict, []string{"-top", evil, shop, "a=s3cr3t; SameSite=Strict"}},
		{policy.ReasonCrossSiteLax, []string{"-top", evil, "-frame", shop, shop, "a=s3cr3t; SameSite=Lax"}},
		{policy.ReasonCrossSiteDefault, []string{"-top", evil, shop, "a=s3cr3t; SameSite=Foo"}},
		{policy.ReasonNoneInsecure, []string{"-as", "standard,chromium,compat", shop, "a=s3cr3t; SameSite=None"}},
		{policy.ReasonSecurePrefix, []string{shop, "__Secure-a=s3cr3t"}},
		{policy.ReasonHostPrefix, []string{shop, "__Host-a=s3cr3t; Secure; Path=/; Domain=shop.test"}},
		{policy.ReasonHTTPPrefix, []string{shop, "__Http-a=s3cr3t; Secure"}},
		{policy.ReasonHostHTTPPrefix, []string{shop, "__Host-Http-a=s3cr3t; Secure; Path=/"}},
		{policy.ReasonNamelessPrefix, []string{shop, "=__Host-s3cr3t"}},
		{policy.ReasonPartitioned, []string{shop, "a=s3cr3t; Partitioned"}},
		{policy.ReasonHTTPOnlyOverwrite, []string{"-script", "-stored", stored, shop, "session=s3cr3t; Domain=shop.test; Secure"}},

		{policy.ReasonNotStored, then(shop, "a=s3cr3t", "a=s3cr3t; Max-Age=60", "b=s3cr3t; Max-Age=0")},
		{policy.ReasonExpired, then(shop, "-then-after", "1m", "a=s3cr3t; Max-Age=60")},
		{policy.ReasonOtherPartition, then(shop, "-top", evil, "-then-top", "https://other.test/", "a=s3cr3t; Secure; SameSite=None; Partitioned")},
		{policy.ReasonOtherDomain, then("https://www.shop.test/", "a=s3cr3t", "b=s3cr3t; Domain=shop.test")},
		{policy.ReasonOtherPath, then("https://shop.test/bc?q=s3cr3t", "a=s3cr3t; Path=/b")},
		{policy.ReasonSecureOnly, then(plain, "a=s3cr3t; Secure")},
		{policy.ReasonHTTPOnly, then(shop, "-then-script", "a=s3cr3t; HttpOnly")},
		{policy.ReasonSameSiteStrict, then(shop, "-then-initiator", evil, "a=s3cr3t; SameSite=Strict")},
		{policy.ReasonSameSiteLax, then(shop, "-then-top", evil, "a=s3cr3t; SameSite=Lax")},
		{policy.ReasonSameSiteLaxUnsafe, then(shop, "-then-initiator", evil, "-then-method", "post", "a=s3cr3t; SameSite=Lax")},
		{policy.ReasonSameSiteDefault, then(shop, "-then-top", evil, "a=s3cr3t")},
		{policy.ReasonSameSiteDefaultUnsafe, then(shop, "-as", "standard,chromium", "-then-initiator", evil, "-then-method", "POST", "a=s3cr3t")},
		{policy.ReasonThirdParty, then(shop, "-then-top", evil, "-then-block-third-party", "a=s3cr3t; Secure; SameSite=None")},
	}
	// What a jar.Transport, its caller or the jar's owner decides, not a rule.
	tested := map[jar.Reason]bool{
		policy.ReasonCallerCookie: true, policy.ReasonCallerHeader: true, policy.ReasonSendLimit: true, policy.ReasonNoCredentials: true,
		policy.ReasonVetoStore: true, policy.ReasonVetoSend: true,
	}
	for _, tt := range cases {
		t.Run(tt.reason.String(), func(t *testing.T) {
			stdin := "HTTP/1.1 200 OK\r\n" + strings.Repeat("Set-Cookie: a=s3cr3t\r\n", 3001) + "\r\n"
			out, errs, code := doExplain(t, stdin, tt.args...)
			if code != exitFailed || errs != "" {
				t.Errorf("explain %.200q = %d, %q, want 1", tt.args, code, errs)
			}
			if !strings.Contains(out, ": "+tt.reason.String()+"\n") {
				t.Errorf("explain %.200q does not say %q", tt.args, tt.reason.String())
			}
			checkOutput(t, out)
			golden(t, tt.reason.String()+".txt", out)

			// The JSON names the same reason, and all that the text does.
			out, _, code = doExplain(t, stdin, append([]string{"-json"}, tt.args...)...)
			if code != exitFailed || !strings.Contains(out, `"reason":"`+tt.reason.String()+`"`) {
				t.Errorf("explain -json %.200q = %d,\n%s\nwant 1 and %q", tt.args, code, out, tt.reason.String())
			}
			checkOutput(t, out)
			if lines := strings.SplitAfter(out, "\n"); !json.Valid([]byte(lines[0])) {
				t.Errorf("explain -json %.200q: no JSON in %s", tt.args, lines[0])
			}
		})
		tested[tt.reason] = true
	}
	for _, r := range jar.Reasons() {
		if !tested[r] {
			t.Errorf("no golden output for %q", r)
		}
	}
	for _, why := range []string{"unknown", "repeated", "too-long", "invalid", "unread"} {
		if whyIgnored[why] == "" {
			t.Errorf("nothing is said about a piece that is %s", why)
		}
	}

}

// checkOutput finds what must not be in an output: values, and what a terminal acts on.
func checkOutput(t *testing.T, out string) {
	t.Helper()
	if strings.Contains(out, secret) {
		t.Errorf("a value is in\n%s", out)
	}
	for i, c := range []byte(out) {
		if c != '\n' && (c < ' ' || c > '~') {
			t.Fatalf("octet %#x at %d of\n%q", c, i, out)
		}
	}
	if !strings.HasPrefix(out, "{") {
		for line := range strings.Lines(out) {
			if strings.TrimRight(line, " \n")+"\n" != line || len(line) > 81 {
				t.Errorf("line %q ends in a space, or is too long", line)
			}
		}
	}
}

// A cookie that is stored, and sent, is told of as well.
func TestExplainKept(t *testing.T) {
	args := []string{"-as", "standard,chromium", "-then", "https://shop.test/pay", shop,
		"Set-Cookie: __Host-sid=s3cr3t; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=99999999",
		"theme=s3cr3t; Expires=Fri, 16 Jan 2026 00:00:00 GMT; Priority=High; Version=1"}
	out, errs, code := doExplain(t, "", args...)
	if code != 0 || errs != "" {
		t.Errorf("explain = %d, %q, want 0", code, errs)
	}
	checkOutput(t, out)
	golden(t, "stored-and-sent.txt", out)

	out, _, _ = doExplain(t, "", append([]string{"-json"}, args...)...)
	checkOutput(t, out)
	golden(t, "stored-and-sent.jsonl", out)

	if out, _, code = doExplain(t, "", append([]string{"-refused"}, args...)...); code != 0 || strings.Contains(out, "theme") {
		t.Errorf("explain -refused = %d\n%s\nwant 0 and no cookie", code, out)
	}
	for _, format := range []string{"-values", "-values=1 -json"} {
		out, _, _ = doExplain(t, "", append(strings.Fields(format), args...)...)
		if strings.Count(out, secret) < 2 {
			t.Errorf("explain %s shows no values:\n%s", format, out)
		}
	}
}

// Where user agents differ, each has its say.
func TestExplainSideBySide(t *testing.T) {
	out, _, code := doExplain(t, "", "-as", "standard,chromium,compat", plain,
		"a=s3cr3t; Max-Age=60; Max-Age=x; Secure", "__Host-b=s3cr3t\nx; Max-Age=999999999999")
	if code != exitFailed {
		t.Errorf("explain = %d, want 1", code)
	}
	checkOutput(t, out)
	golden(t, "side-by-side.txt", out)
}

// Firefox alone reads which URLs redirected to the later request.
func TestExplainRedirects(t *testing.T) {
	for _, hop := range []string{"https://login.test/", "https://www.shop.test/"} {
		out, errs, _ := doExplain(t, "", "-as", "standard,chromium,firefox", "-then", shop, "-then-redirect", "https://shop.test/go", "-then-redirect", hop,
			"-redirect", hop, shop, "a=1; SameSite=Strict")
		withheld := strings.Contains(out, "firefox:\n   withheld: samesite-strict")
		if errs != "" || withheld != (hop == "https://login.test/") {
			t.Errorf("redirected by %s, Firefox withholds the cookie: %t\n%s%s", hop, withheld, out, errs)
		}
		for _, want := range []string{"redirected by " + hop, "redirected by https://shop.test/go, " + hop} {
			if !strings.Contains(strings.Join(strings.Fields(out), " "), want) {
				t.Errorf("want %q in\n%s", want, out)
			}
		}
	}
	if _, errs, code := doExplain(t, "", "-redirect", "login.test", shop, "a=1"); code != exitUsage || !strings.Contains(errs, "want a URL") {
		t.Errorf("a redirect that is no URL: %d, %q", code, errs)
	}
}

// Nothing of what a server writes reaches the terminal raw, wherever it stands.
func TestExplainHostile(t *testing.T) {
	var all strings.Builder
	for c := 1; c < 256; c++ {
		all.WriteByte(byte(c))
	}
	bad := strings.ReplaceAll(all.String(), ";", "") + "\u009b31m\u202e\U000e0041\xff" + strings.Repeat("x", 200)
	for _, line := range []string{
		bad, bad + "=1", "a=" + bad, "a=1; " + bad, "a=1; Path=/" + bad, "a=1; Domain=" + bad, "a=1; " + bad + "=1",
		"a=1; Max-Age=" + bad, "a\u009b31m=1; Path=/\u009b31m; Domain=\u009b; x\u009b", "\u202e\u009b=1; SameSite=\u009b", "a=\t\u009b\tb",
	} {
		for _, args := range [][]string{{}, {"-json"}, {"-values"}, {"-json", "-values"}} {
			for _, u := range []string{shop, "https://shop.test/\u009b31m%1b\u202e", "https://sh\u009b31m.test/"} {
				args := append(slices.Clone(args), "-as", "standard,chromium,compat", "-then", u, "-then-top", "data:\u009b31m", "-then-method", "\u009bX", u, line)
				out, errs, _ := doExplain(t, "", args...)
				if out == "" || errs != "" {
					t.Errorf("explain %q: %q, %q", args, out, errs)
				}
				checkOutput(t, out)
				if slices.Contains(args, "-json") && !json.Valid([]byte(out)) {
					t.Errorf("explain %q: no JSON: %s", args, out)
				}
			}
		}
	}
}

// What remains of a value with a semicolon in it is not shown.
func TestExplainSemicolon(t *testing.T) {
	for _, line := range []string{`a={"b":1;"` + secret + `":2}`, "a=1;" + secret, "a=1; " + secret + "=" + secret, "a=1; Foo=" + secret} {
		for _, args := range [][]string{{shop}, {"-json", shop}} {
			out, _, _ := doExplain(t, "", append(args, line)...)
			checkOutput(t, out)
		}
	}
}

func TestExplainFiles(t *testing.T) {
	responses := "HTTP/1.1 301 Moved\r\nLocation: https://shop.test/b/\r\nset-cookie: a=s3cr3t;\r\n Secure\r\n\r\n" +
		"HTTP/2 200 \r\nSet-Cookie: c=s3cr3t; Secure\r\nX: Set-Cookie: d=s3cr3t\r\nSET-COOKIE:e=s3cr3t\r\n\r\nSet-Cookie: body=s3cr3t\r\n"
	har := "\ufeff" + `{"log":{"entries":[
		{"request":{"method":"GET","url":"http://shop.test/"},"response":{"headers":[{"name":"X","value":"y"}]}},
		{"request":{"method":"GET","url":"http://shop.test/"},"response":{"headers":[{"name":"set-cookie","value":"a=s3cr3t; Secure"}]}},
		{"request":{"method":"POST","url":"https://shop.test/b/c?q=s3cr3t"},"response":{"headers":[{"name":"Set-Cookie","value":"c=s3cr3t; Secure\ne=s3cr3t"}]}}]}}`
	for _, tt := range []struct {
		name, stdin string
		args        []string
		want        []string // the URL of each line, its cookie, what became of it
	}{
		{"responses", responses, []string{plain}, []string{
			"GET http://shop.test/ a / refused", "GET https://shop.test/b/ c /b stored", "GET https://shop.test/b/ e /b stored"}},
		{"HAR", har, nil, []string{
			"GET http://shop.test/ a / refused", "POST https://shop.test/b/c c /b stored", "POST https://shop.test/b/c e /b stored"}},
		{"HAR with a method", har, []string{"-method", "PUT"}, []string{
			"PUT http://shop.test/ a / refused", "PUT https://shop.test/b/c c /b stored", "PUT https://shop.test/b/c e /b stored"}},
		{"fields alone", "Set-Cookie: a=s3cr3t\nSet-Cookie: b=s3cr3t", []string{shop}, []string{
			"GET https://shop.test/ a / stored", "GET https://shop.test/ b / stored"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			out, errs, _ := doExplain(t, tt.stdin, append([]string{"-json", "-from", "-"}, tt.args...)...)
			if errs != "" {
				t.Fatal(errs)
			}
			checkOutput(t, out)
			var got []string
			dec := json.NewDecoder(strings.NewReader(out))
			for dec.More() {
				var l struct {
					Line              int
					URL, Method, Name string
					Agents            []struct {
						Verdict string
						Cookie  struct{ Path string }
					}
				}
				if err := dec.Decode(&l); err != nil {
					t.Fatal(err)
				}
				if l.Line != len(got)+1 {
					t.Errorf("line %d, want %d", l.Line, len(got)+1)
				}
				got = append(got, strings.Join([]string{l.Method, l.URL, l.Name, l.Agents[0].Cookie.Path, l.Agents[0].Verdict}, " "))
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("explain -from = %q, want %q", got, tt.want)
			}
		})
	}
}

// What is wrong with the command line, or a file, is told without what is in it.
func TestExplainErrors(t *testing.T) {
	for _, tt := range []struct {
		id, stdin string
		args      []string
		stderr    string
		code      int
	}{
		{"later without -then", "", []string{"-then-script", shop, "a=s3cr3t"}, "cookies: -then-script needs -then", 2},
		{"no argument", "", nil, "cookies: wrong number of arguments", 2},
		{"no line", "", []string{shop}, "cookies: wrong number of arguments", 2},
		{"file and lines", "", []string{"-from", "-", shop, "a=s3cr3t"}, "cookies: wrong number of arguments", 2},
		{"no URL", "", []string{"s3cr3t", "a=s3cr3t"}, "cookies: want a URL", 2},
		{"bad URL", "", []string{"https://s3cr3t%zz/", "a=s3cr3t"}, "cookies: want a URL", 2},
		{"bad -then", "", []string{"-then", "s3cr3t", shop, "a=s3cr3t"}, "cookies: want a URL", 2},
		{"bad -top", "", []string{"-top", "s3cr3t", shop, "a=s3cr3t"}, "cookies: want a URL", 2},
		{"frame without top", "", []string{"-frame", evil, shop, "a=s3cr3t"}, "cookies: a frame needs", 2},
		{"bad agent", "", []string{"-as", "netscape", shop, "a=s3cr3t"}, `cookies: invalid value "netscape" for flag -as: unknown user agent`, 2},
		{"bad flag", "", []string{shop, "a=s3cr3t", "-eat"}, "cookies: there is no flag -eat", 2},
		{"no file", "", []string{"-from", "no/such/file", shop}, "cookies: open no/such/file", 2},
		{"no stored file", "", []string{"-stored", "no/such/file", shop, "a=s3cr3t"}, "cookies: open no/such/file", 2},
		{"stored on standard input", "", []string{"-stored", "-", shop, "a=s3cr3t"}, "cookies: -stored cannot be standard input", 2},
		{"no HAR", `{"s3cr3t"`, []string{"-from", "-"}, "cookies: standard input: it is neither", 2},
		{"other JSON", `{"log":{}}`, []string{"-from", "-"}, "cookies: standard input: it is neither", 2},
		{"HAR and URL", `{}`, []string{"-from", "-", shop}, "cookies: a HAR contains its URLs", 2},
		{"HAR with a bad URL", `{"log":{"entries":[{"request":{"url":"s3cr3t"},"response":{"headers":[{"name":"set-cookie","value":"a"}]}}]}}`,
			[]string{"-from", "-"}, "cookies: standard input: entry 1: want a URL", 2},
		{"response without URL", "HTTP/1.1 200 OK\n\n", []string{"-from", "-"}, "cookies: a saved response needs its URL", 2},
		{"no response", "s3cr3t\n", []string{"-from", "-", shop}, "cookies: standard input: response 1: it is neither", 2},
		{"nothing", "", []string{"-from", "-", shop}, "cookies: standard input: it is neither", 2},
		{"no cookie", "HTTP/1.1 200 OK\n\nSet-Cookie: a=s3cr3t", []string{"-from", "-", shop}, "cookies: standard input: no Set-Cookie field", 2},
		{"a line like a flag", "", []string{shop, "--", "-a=s3cr3t"}, "", 0},
	} {
		t.Run(tt.id, func(t *testing.T) {
			out, errs, code := doExplain(t, tt.stdin, tt.args...)
			if code != tt.code || !strings.HasPrefix(errs, tt.stderr) || (errs == "") != (tt.stderr == "") {
				t.Errorf("explain %q = %d\n%s\nwant %d\n%s", tt.args, code, errs, tt.code, tt.stderr)
			}
			checkOutput(t, out)
			if strings.Contains(errs, secret) {
				t.Errorf("explain %q tells a secret:\n%s", tt.args, errs)
			}
		})
	}
	for _, help := range []string{"-h", "--help"} {
		if out, errs, code := doExplain(t, "", help); code != 0 || errs != "" || !strings.HasPrefix(out, "Explain shows") || !strings.Contains(out, "Examples:") || !strings.Contains(out, "-then-top URL") {
			t.Errorf("explain %s = %d, %q\n%s", help, code, errs, out)
		}
	}
	var out, errs strings.Builder
	if code := run([]string{"explain", shop, "a=1"}, strings.NewReader(""), &out, &errs); code != 0 || !strings.Contains(out.String(), "stored") {
		t.Errorf("cookies explain = %d\n%s%s", code, &out, &errs)
	}
}

// Colours are a terminal's; without them the text is the same.
func TestExplainColors(t *testing.T) {
	x := &explainer{agents: []jar.UserAgent{jar.Standard}, args: []string{shop, "a=1; Foo; Domain=test"}, then: shop, now: time.Unix(1e9, 0)}
	exchanges, err := x.exchanges()
	if err != nil {
		t.Fatal(err)
	}
	all, err := x.judge(exchanges)
	if err != nil {
		t.Fatal(err)
	}
	plain := &explainText{width: 80, now: x.now}
	plain.all(all)
	colored := &explainText{width: 80, now: x.now, color: true}
	colored.all(all)
	if got := stripSGR(colored.b.String()); got != plain.b.String() || !strings.Contains(colored.b.String(), "\x1b[1;31mFAILED\x1b[0m") {
		t.Errorf("in colours:\n%q\nwithout:\n%q", colored.b.String(), plain.b.String())
	}

	// A pipe or a file is no terminal, and the width is kept within reason.
	t.Setenv("NO_COLOR", "")
	f, err := os.Create(filepath.Join(t.TempDir(), "out"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for columns, want := range map[string]int{"": 80, "x": 80, "1": 60, "100": 100, "9999": 120} {
		t.Setenv("COLUMNS", columns)
		if width, color := layoutFor(f); width != want || color {
			t.Errorf("layoutFor(file) with COLUMNS=%q = %d, %t, want %d, false", columns, width, color, want)
		}
	}
}

func stripSGR(s string) string {
	var b bytes.Buffer
	for s != "" {
		before, after, _ := strings.Cut(s, "\x1b[")
		b.WriteString(before)
		_, s, _ = strings.Cut(after, "m")
	}
	return b.String()
}

// Whatever the width, no line is longer, unless a table of one column is.
func TestExplainWidths(t *testing.T) {
	x := &explainer{agents: []jar.UserAgent{jar.Standard, jar.Chromium, jar.Compat},
		args: []string{shop, strings.Repeat("n", 300) + "=1; Path=/" + strings.Repeat("p", 300) + "; Secure; Domain=shop.test; SameSite=None; Version=1; x y z"}, then: shop, now: time.Unix(1e9, 0)}
	exchanges, err := x.exchanges()
	if err != nil {
		t.Fatal(err)
	}
	all, err := x.judge(exchanges)
	if err != nil {
		t.Fatal(err)
	}
	for width := 60; width <= 120; width++ {
		text := &explainText{width: width}
		text.all(all)
		for line := range strings.Lines(text.b.String()) {
			if len(line)-1 > width {
				t.Errorf("at width %d: %q", width, line)
			}
		}
	}
}

// A server cannot fill the screen with a line of nothing but semicolons.
func TestExplainManyPieces(t *testing.T) {
	out, _, _ := doExplain(t, "", shop, "a=1"+strings.Repeat(";x", 4000))
	if n := strings.Count(out, "\n"); n > 60 || !strings.Contains(out, "... and 3978 more attributes") {
		t.Errorf("%d rows:\n%.2000s", n, out)
	}
	checkOutput(t, out)
}

// A line without "=" is shown without one.
func TestExplainPieces(t *testing.T) {
	for line, want := range map[string]string{
		"": "[0 bytes]", " ab": "[2 bytes]", " = ab ": "=[2 bytes]", "a": "[1 byte]", "a = b ;;x": "a=[1 byte]; x", "; Path = /": "[0 bytes]; Path = /",
	} {
		out, _, _ := doExplain(t, "", shop, line)
		if got := strings.Split(out, "\n")[3]; got != "   "+want {
			t.Errorf("explain %q shows %q, want %q", line, got, want)
		}
	}
}

func TestSpan(t *testing.T) {
	for d, want := range map[time.Duration]string{
		time.Second: "1 seconds", 119 * time.Second: "119 seconds", 2 * time.Minute: "2 minutes", 90 * time.Minute: "90 minutes",
		2 * time.Hour: "2 hours", 47 * time.Hour: "47 hours", 400 * 24 * time.Hour: "400 days", 1<<63 - 1: "centuries",
	} {
		if got := span(d); got != want {
			t.Errorf("span(%v) = %q, want %q", d, got, want)
		}
	}
}
