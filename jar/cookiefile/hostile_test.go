package cookiefile_test

import (
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"uacookie/internal/testkit"
	"uacookie/jar"
	"uacookie/jar/cookiefile"
)

// load loads a text and returns the jar, how many cookies there were, and what was
// skipped.
func load(t *testing.T, text string, o cookiefile.ReadOptions) (j *jar.Jar, n int, skipped []error) {
	t.Helper()
	j, _ = jar.New(&jar.Options{Limits: &jar.Limits{}})
	o.Skipped = func(e *cookiefile.LineError) { skipped = append(skipped, e) }
	n, err := cookiefile.Load(j, strings.NewReader(text), &o)
	if err != nil {
		skipped = append(skipped, err)
	}
	return j, n, skipped
}

// A line that is too long is skipped to its end: what is in it is not read as lines
// of their own, wherever a buffer may end.
//
// Learned from CVE-2016-8615: curl read its file with fgets, and what a server had
// put behind the end of the buffer became a cookie for any domain.
func TestLongLineIsOneLine(t *testing.T) {
	const evil = ".bank.test\tTRUE\t/\tFALSE\t0\tinjected\t1"
	const good = "good.test\tFALSE\t/\tFALSE\t0\tgood\t1\n"
	for _, maxLine := range []int{0, 1, 100, 4096, 5000} {
		for _, at := range []int{50, 99, 100, 101, 4094, 4095, 4096, 4097, 4098, 4999, 5000, 65534, 65535, 65536, 65537, 65538, 131072} {
			for _, end := range []string{"\n", "\r\n", ""} {
				line := "a.test\tFALSE\t/\tFALSE\t0\tlong\t"
				line += strings.Repeat("x", max(at-len(line), 0)) + evil
				text := line + end
				if end != "" {
					text += good
				}
				j, _, _ := load(t, text, cookiefile.ReadOptions{MaxLine: maxLine})
				for c := range j.All() {
					if c.Domain != "a.test" && c.Domain != "good.test" || c.Name == "injected" {
						t.Errorf("MaxLine %d, evil at %d, end %q: read %v", maxLine, at, end, c)
					}
				}
				if maxLine == 0 || maxLine > len(good) {
					if got := j.Header(&jar.Request{URL: testkit.URL(t, "http://good.test/")}); end != "" && got != "good=1" {
						t.Errorf("MaxLine %d, evil at %d, end %q: the line after it: Header = %q, want good=1", maxLine, at, end, got)
					}
				}
			}
		}
	}
}

// What is host-only stays so through every format, and what is not does not become
// it. Learned from cookies.txt, where a dot before the domain and a flag say the
// same and may contradict each other, and from tools that keep neither.
func TestHostOnlySurvives(t *testing.T) {
	for f := cookiefile.FormatJSON; f <= cookiefile.FormatWebDriver; f++ {
		from, _ := jar.New(nil)
		r := &jar.Request{URL: testkit.URL(t, "https://example.com/")}
		from.Receive(r, []string{"host=1", "domain=1; Domain=example.com"})
		var file strings.Builder
		if err := cookiefile.Write(&file, from.All(), &cookiefile.WriteOptions{Format: f}); err != nil {
			t.Fatal(err)
		}
		j, n, skipped := load(t, file.String(), cookiefile.ReadOptions{})
		if n != 2 || skipped != nil {
			t.Errorf("%v: Load = %d, %v, want 2, none skipped", f, n, skipped)
		}
		for u, want := range map[string]string{"https://example.com/": "host=1; domain=1", "https://www.example.com/": "domain=1", "https://xexample.com/": ""} {
			if got := j.Header(&jar.Request{URL: testkit.URL(t, u)}); got != want {
				t.Errorf("%v: then Header(%s) = %q, want %q", f, u, got, want)
			}
		}
	}
}

// shapes are texts that readers have been slow on, of about n bytes.
func shapes(n int) map[string]string {
	rep := func(s string) string { return strings.Repeat(s, n/len(s)+1) }
	netscape := "example.com\tTRUE\t/\tFALSE\t0\ta\t1\n"
	object := `{"name":"a","value":"1","domain":"example.com","path":"/"}`
	goObject := `{"Name":"a","Value":"1","Domain":"example.com","MaxAge":0}`
	lwp := "#LWP-Cookies-2.0\n"
	own := `{"format":"uacookie","version":1}` + "\n"
	return map[string]string{
		"lines":               rep(netscape),
		"bad lines":           rep("x\n"),
		"empty lines":         rep("\n"),
		"comments":            rep("#\n"),
		"one line":            "example.com\tTRUE\t/\tFALSE\t0\ta\t" + rep("x"),
		"tabs":                rep("\t"),
		"carriage returns":    rep("\r"),
		"spaces":              rep(" "),
		"prefixes":            rep("#HttpOnly_"),
		"long domain":         rep("a.") + "test\tTRUE\t/\tFALSE\t0\ta\t1\n",
		"long expiry":         "example.com\tTRUE\t/\tFALSE\t" + rep("9") + "\ta\t1\n",
		"NULs":                rep("\x00"),
		"objects":             "[" + rep(object+",") + object + "]",
		"brackets":            rep("["),
		"braces":              "[" + rep(`{"a":`),
		"nested":              `[{"name":` + rep("[") + rep("]") + "}]",
		"nested skipped":      `{"x":` + rep("[") + rep("]") + `,"cookies":[]}`,
		"one string":          `["` + rep("x") + `"]`,
		"backslashes":         `["` + rep(`\\`) + `"]`,
		"escapes":             `[{"name":"` + rep(`\u0061`) + `"}]`,
		"surrogates":          `[{"name":"` + rep(`\ud83c\udf6a`) + `"}]`,
		"commas":              "[" + rep(","),
		"members":             "{" + rep(`"x":1,`) + `"cookies":[]}`,
		"members of a cookie": "[{" + rep(`"x":1,`) + `"name":"a"}]`,
		"one key":             `{"` + rep("k") + `":1,"cookies":[]}`,
		"number":              `[{"expires":` + rep("9") + `}]`,
		"lists of cookies":    "{" + rep(`"cookies":[`+object+`],`) + `"x":1}`,
		"white space":         "[" + rep(" \t\r\n") + "]",
		"own lines":           own + rep(object+"\n") + `{"cookies":1}`,
		"own bad lines":       own + rep("{\n") + `{"cookies":1}`,
		"own one line":        own + `{"name":"` + rep("x") + `"}` + "\n" + `{"cookies":1}`,
		"own base64":          own + `{"name":{"base64":"` + rep("eHh4") + `"}}` + "\n" + `{"cookies":1}`,
		"byte order marks":    rep("\uFEFF"),
		"LWP lines":           lwp + rep("Set-Cookie3: a=1; path=\"/\"; domain=example.com\n"),
		"LWP one line":        lwp + "Set-Cookie3: a=1; domain=example.com" + rep("; x"),
		"LWP quotes":          lwp + "Set-Cookie3: a=" + rep(`"`),
		"LWP backslashes":     lwp + `Set-Cookie3: a="` + rep(`\\`) + `"; domain=example.com`,
		"LWP spaces":          lwp + "Set-Cookie3: a" + rep(" ") + "=1; domain=example.com",
		"Go cookies":          "[" + rep(goObject+",") + goObject + "]",
		"Go members":          `[{"Name":"a",` + rep(`"x":1,`) + `"Domain":"a.test"}]`,
		"Names":               "[{" + rep(`"Name":"a",`) + `"name":"a"}]`,
		"extensions":          `[{"key":"a","extensions":["` + rep("x") + `"]}]`,
		"more extensions":     `[{"key":"a","extensions":[` + rep(`"x",`) + `"x"]}]`,
		"a date":              `[{"name":"a","expires":"` + rep("1 ") + `GMT"}]`,
		"a number in quotes":  `[{"name":"a","expires":"` + rep("9") + `"}]`,
		"pairs":               rep("a=b; "),
		"YAML":                rep("- name: a\n"),
	}
}

// A file is read in a time that its length says, whatever is in it, as every format,
// and with lines as long as one allows.
//
// Learned from CVE-2016-1000232 and CVE-2017-15010 (tough-cookie): see the test of
// the parser.
func TestLinear(t *testing.T) {
	if testing.Short() {
		t.Skip("reads many megabytes")
	}
	const (
		length = 1 << 13
		times  = 16
		limit  = 100
	)
	cost := func(f func()) time.Duration {
		least := time.Duration(1<<63 - 1)
		for range 3 {
			start := time.Now()
			f()
			least = min(least, time.Since(start))
		}
		return max(least, 2*time.Microsecond)
	}
	short, long := shapes(length), shapes(times*length)
	for name := range short {
		for _, format := range []cookiefile.Format{cookiefile.FormatAuto, cookiefile.FormatJSON, cookiefile.FormatNetscape, cookiefile.FormatCDP, cookiefile.FormatLWP} {
			for _, maxLine := range []int{0, 1 << 30} {
				if maxLine > 0 {
					maxLine = 2 * times * length
				}
				read := func(text string) func() {
					return func() {
						j, _ := jar.New(nil)
						_, _ = cookiefile.Load(j, strings.NewReader(text), &cookiefile.ReadOptions{Format: format, MaxLine: maxLine})
					}
				}
				var quick, slow time.Duration
				for range 3 {
					if quick, slow = cost(read(short[name])), cost(read(long[name])); slow <= limit*quick {
						break
					}
				}
				if slow > limit*quick {
					t.Errorf("%s as %v with lines of %d: %d bytes took %v, %d bytes %v", name, format, maxLine, len(short[name]), quick, len(long[name]), slow)
				}
			}
		}
	}
}

// endless repeats a text, up to a number of bytes.
type endless struct {
	text string
	at   int
	left int
}

func (e *endless) Read(p []byte) (int, error) {
	if e.left <= 0 {
		return 0, io.EOF
	}
	n := copy(p, e.text[e.at:])
	e.at = (e.at + n) % len(e.text)
	e.left -= n
	return n, nil
}

// Reading takes memory for a line, not for a file: one that never ends its line, or
// has nothing but lines that are skipped, is read in the same memory.
func TestReadMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("reads many megabytes")
	}
	size := 2 << 20
	if os.Getenv("SOAK") != "" { // make soak
		size = 1 << 30
	}
	for name, text := range map[string]string{
		"one line": "x", "bad lines": "x\n", "comments": "# comment\n", "one string": `x`, "backslashes": `\`, "brackets": "[", "skipped": `{"x":[`,
	} {
		for _, head := range []string{"", "[\"", "{\"x\":\"", `{"format":"uacookie","version":1}` + "\n", "#LWP-Cookies-2.0\n", "# Netscape HTTP Cookie File\n", `[{"Name":"`} {
			t.Run(name+" after "+head, func(t *testing.T) {
				var before, after runtime.MemStats
				runtime.GC()
				runtime.ReadMemStats(&before)
				j, _ := jar.New(nil)
				_, err := cookiefile.Load(j, io.MultiReader(strings.NewReader(head), &endless{text: text, left: size}), nil)
				runtime.GC()
				runtime.ReadMemStats(&after)
				if used := int64(after.HeapAlloc) - int64(before.HeapAlloc); used > 512<<10 {
					t.Errorf("%d bytes in use after %d were read, want less than 512 KiB", used, size)
				}
				if n := strings.Count(fmt.Sprint(err), "\n"); n > 100 {
					t.Errorf("the error has %d lines, want few: %d bad lines are no reason to keep them all", n, size)
				}
				runtime.KeepAlive(err)
			})
		}
	}
}

// Bytes past MaxBytes are not read, however often a caller reads.
func TestMaxBytesHolds(t *testing.T) {
	for _, format := range []cookiefile.Format{cookiefile.FormatAuto, cookiefile.FormatJSON, cookiefile.FormatNetscape, cookiefile.FormatCDP, cookiefile.FormatLWP} {
		r := &endless{text: "[ \n", left: 1 << 30}
		j, _ := jar.New(nil)
		_, err := cookiefile.Load(j, r, &cookiefile.ReadOptions{Format: format, MaxBytes: 1000, Skipped: func(*cookiefile.LineError) {}})
		if read := 1<<30 - r.left; read > 8192 {
			t.Errorf("%v: %d bytes were read, want about 1000", format, read)
		}
		if err == nil {
			t.Errorf("%v: no error, want one", format)
		}
		if format == cookiefile.FormatNetscape && !errors.Is(err, cookiefile.ErrTooLarge) {
			t.Errorf("%v: %v, want %v", format, err, cookiefile.ErrTooLarge)
		}
	}
}
