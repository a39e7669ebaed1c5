package cookiefile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"uacookie/jar"
	"uacookie/jar/policy"
	"uacookie/jar/store"
)

// A day that tests take for today.
var today = time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC)

// secret is in all values that must not be shown.
const secret = "s3cr3t"

// sample is cookies with about everything that a cookie can have.
func sample() []jar.Cookie {
	base := jar.Cookie{Name: "a", Value: secret, Domain: "example.com", HostOnly: true, Path: "/"}
	with := func(change func(*jar.Cookie)) jar.Cookie {
		c := base
		change(&c)
		return c
	}
	return []jar.Cookie{
		base,
		with(func(c *jar.Cookie) { c.HostOnly = false }),
		with(func(c *jar.Cookie) { c.Name, c.Path = "all", "/p q"; c.Secure, c.HttpOnly = true, true }),
		with(func(c *jar.Cookie) { c.Name, c.Expires = "later", today.Add(time.Hour) }),
		with(func(c *jar.Cookie) { c.Name, c.Expires = "fraction", today.Add(time.Hour+123456789*time.Nanosecond) }),
		with(func(c *jar.Cookie) { c.Name, c.Domain = "v4", "127.0.0.1" }),
		with(func(c *jar.Cookie) { c.Name, c.Domain = "v6", "[::1]" }),
		with(func(c *jar.Cookie) { c.Name, c.Value = "empty", "" }),
		with(func(c *jar.Cookie) { c.Name, c.Value = "json", `{"a":["<b>",1]}` }),
		with(func(c *jar.Cookie) { c.Name, c.Value = "unicode", "é\u2028\U0001f36a\uFFFD" }),
		with(func(c *jar.Cookie) { c.Name = "" }),
		with(func(c *jar.Cookie) { c.Name, c.Value = "tab", "x\ty" }),
		with(func(c *jar.Cookie) { c.Name, c.Value = "bytes\xff", "\x80\xfe" }),
		with(func(c *jar.Cookie) { c.Name, c.SameSite = "strict", store.SameSiteStrict }),
		with(func(c *jar.Cookie) { c.Name, c.SameSite = "lax", store.SameSiteLax }),
		with(func(c *jar.Cookie) { c.Name, c.SameSite, c.Secure = "none", store.SameSiteNone, true }),
		with(func(c *jar.Cookie) { c.Name, c.Priority = "low", store.PriorityLow }),
		with(func(c *jar.Cookie) { c.Name, c.Priority = "high", store.PriorityHigh }),
		with(func(c *jar.Cookie) {
			c.Secure, c.Partition = true, jar.Partition{TopLevelSite: "https://top.example", CrossSiteAncestor: true}
		}),
		with(func(c *jar.Cookie) {
			c.Secure, c.Partition = true, jar.Partition{TopLevelSite: "https://example.com"}
		}),
		with(func(c *jar.Cookie) {
			c.Name, c.Created, c.LastAccess, c.Order = "times", today.Add(1), today.Add(time.Minute), 1<<63+7
		}),
	}
}

// kept returns c as a format keeps it; left out is what is lost with the cookie.
func kept(f Format, c jar.Cookie) (_ jar.Cookie, lost []string) {
	netscape := f == FormatNetscape || f == FormatNetscapePython
	if f == FormatJSON {
		return c, nil
	}
	c.Created, c.LastAccess, c.Order = time.Time{}, time.Time{}, 0
	switch {
	case netscape && strings.Contains(c.Value, "\t"):
		return c, []string{"left out: tab"}
	case !utf8.ValidString(c.Name+c.Value) && f != FormatNetscape:
		return c, []string{"left out: not-utf8"}
	case (netscape || f == FormatWebDriver) && c.Partition != jar.Partition{}:
		return c, []string{"left out: partition"}
	case f == FormatNetscape && c.Name == "":
		return c, []string{"left out: nameless"}
	}
	if c.SameSite != 0 && netscape {
		c.SameSite, lost = 0, append(lost, "loses its same-site")
	}
	if f == FormatPlaywright && c.SameSite == 0 {
		c.SameSite, lost = store.SameSiteLax, append(lost, "written as Lax, since it has no same-site")
	}
	if c.Priority != 0 && (netscape || f == FormatPlaywright || f == FormatWebDriver) {
		c.Priority, lost = 0, append(lost, "loses its priority")
	}
	if f == FormatNetscapePython && !strings.Contains(c.Domain, ".") {
		lost = append(lost, "loses its host")
	}
	if netscape || f == FormatWebDriver {
		c.Expires = c.Expires.Truncate(time.Second)
	} else {
		c.Expires = c.Expires.Truncate(time.Microsecond)
	}
	return c, lost
}

// Each format keeps all that it can express, and the rest is reported.
func TestRoundTrip(t *testing.T) {
	for f := FormatJSON; f < writableCount; f++ {
		for _, as := range []Format{FormatAuto, f} {
			t.Run(fmt.Sprintf("%v read as %v", f, as), func(t *testing.T) {
				var want []jar.Cookie
				var wantLost []string
				for _, c := range sample() {
					k, lost := kept(f, c)
					if len(lost) == 0 || !strings.HasPrefix(lost[0], "left out") {
						want = append(want, k)
					}
					for _, l := range lost {
						wantLost = append(wantLost, fmt.Sprintf("cookie %v, as %v: %s", c, f, l))
					}
				}

				var b strings.Builder
				var lost []string
				err := Write(&b, slices.Values(sample()), &WriteOptions{Format: f, Lost: func(l *Loss) {
					lost = append(lost, l.Error())
				}})
				if err != nil {
					t.Fatal("Write:", err)
				}
				if !slices.Equal(lost, wantLost) {
					t.Errorf("Write as %v reports\n%s\nwant\n%s", f, strings.Join(lost, "\n"), strings.Join(wantLost, "\n"))
				}
				got, skipped, err := read(b.String(), &ReadOptions{Format: as})
				if err != nil || len(skipped) > 0 {
					t.Errorf("Read = %v, skips %q, want all read", err, skipped)
				}
				if d := diff(want, got); d != "" {
					t.Errorf("Read of what Write wrote as %v (-want +got)\n%s", f, d)
				}
			})
		}
	}
}

// What goes into a jar from a file of JSON comes out again as it was.
func TestLoadKeepsAll(t *testing.T) {
	o := &jar.Options{Now: func() time.Time { return today }}
	j, _ := jar.New(o)
	for _, c := range sample() {
		c.Order = 0
		if v := j.Accept(c); !v.OK() {
			t.Fatal("Accept:", v)
		}
	}
	want := slices.Collect(j.All())
	var b strings.Builder
	if err := Write(&b, j.All(), nil); err != nil {
		t.Fatal("Write:", err)
	}
	j, _ = jar.New(o)
	if n, err := Load(j, strings.NewReader(b.String()), nil); n != len(want) || err != nil {
		t.Errorf("Load = %d, %v, want %d, nil", n, err, len(want))
	}
	byKey := func(a, b jar.Cookie) int { return strings.Compare(fmt.Sprint(a.Key()), fmt.Sprint(b.Key())) }
	got := slices.SortedFunc(j.All(), byKey)
	slices.SortFunc(want, byKey)
	if d := diff(want, got); d != "" {
		t.Errorf("the jar after Load (-want +got)\n%s", d)
	}
}

// Python reads a file only if that is its first line, and takes no other expiry
// for a session cookie's.
func TestDialects(t *testing.T) {
	c := jar.Cookie{Name: "a", Value: "1", Domain: "example.com", Path: "/", HttpOnly: true}
	for f, want := range map[Format]string{
		FormatNetscape:       "# Netscape HTTP Cookie File\n#HttpOnly_.example.com\tTRUE\t/\tFALSE\t0\ta\t1\n",
		FormatNetscapePython: "# Netscape HTTP Cookie File\n#HttpOnly_.example.com\tTRUE\t/\tFALSE\t\ta\t1\n",
		FormatPlaywright:     "{\"cookies\":[\n" + `{"name":"a","value":"1","domain":".example.com","path":"/","expires":-1,"httpOnly":true,"secure":false,"sameSite":"Lax"}` + "\n],\"origins\":[]}\n",
		FormatCDP:            "{\"cookies\":[\n" + `{"name":"a","value":"1","domain":".example.com","path":"/","expires":-1,"httpOnly":true,"secure":false,"size":2,"session":true,"priority":"Medium"}` + "\n]}\n",
		FormatPuppeteer:      "[\n" + `{"name":"a","value":"1","domain":".example.com","path":"/","expires":-1,"httpOnly":true,"secure":false,"size":2,"session":true,"priority":"Medium"}` + "\n]\n",
		FormatWebDriver:      "[\n" + `{"name":"a","value":"1","domain":".example.com","path":"/","httpOnly":true,"secure":false}` + "\n]\n",
		FormatJSON:           `{"format":"uacookie","version":1}` + "\n" + `{"name":"a","value":"1","domain":"example.com","path":"/","httpOnly":true}` + "\n" + `{"cookies":1}` + "\n",
	} {
		var b strings.Builder
		if err := Write(&b, slices.Values([]jar.Cookie{c}), &WriteOptions{Format: f}); err != nil || b.String() != want {
			t.Errorf("Write as %v = %v,\n%s\nwant\n%s", f, err, b.String(), want)
		}
	}
}

// A time that has passed is never written as the 0 or -1 of a session cookie.
func TestPastIsNotSession(t *testing.T) {
	for _, at := range []time.Time{firstTime, time.Unix(-1, 0), time.Unix(0, 0), time.Unix(0, 1), time.Unix(0, 999999999)} {
		c := jar.Cookie{Name: "a", Value: "1", Domain: "example.com", HostOnly: true, Path: "/", Expires: at}
		for f := FormatJSON; f < writableCount; f++ {
			var b strings.Builder
			if err := Write(&b, slices.Values([]jar.Cookie{c}), &WriteOptions{Format: f}); err != nil {
				t.Error("Write:", err)
			}
			got, _, err := read(b.String(), nil)
			if err != nil || len(got) != 1 || !got[0].Persistent() || got[0].Expires.After(time.Unix(1, 0)) {
				t.Errorf("expiry %v as %v: read back %v, %v, want one that is past", at, f, got, err)
			}
		}
	}
}

// Nothing in a cookie can make lines of its own.
func TestNoInjection(t *testing.T) {
	evil := "x\nevil.example\tTRUE\t/\tFALSE\t0\tb\t2"
	base := jar.Cookie{Name: "a", Value: "1", Domain: "example.com", HostOnly: true, Path: "/"}
	for _, field := range []*string{&base.Name, &base.Value, &base.Domain, &base.Path} {
		was := *field
		for _, text := range []string{evil, strings.ReplaceAll(evil, "\t", " "), "x\r", "x\x00"} {
			*field = text
			for _, f := range []Format{FormatNetscape, FormatNetscapePython} {
				var b strings.Builder
				err := Write(&b, slices.Values([]jar.Cookie{base}), &WriteOptions{Format: f})
				if b.String() != netscapeHeader || err == nil {
					t.Errorf("Write of %q as %v = %v, want it left out, and an error", text, f, err)
				}
			}
		}
		*field = was
	}
}

func TestFormats(t *testing.T) {
	for f := FormatAuto; f < formatCount; f++ {
		if got, err := ParseFormat(f.String()); got != f || err != nil {
			t.Errorf("ParseFormat(%q) = %v, %v, want %[2]v", f, got, err)
		}
	}
	if _, err := ParseFormat("xml"); err == nil {
		t.Error("ParseFormat(xml) = nil, want an error")
	}
	for name, want := range map[string]Format{"cookies.txt": FormatNetscape, "C.TXT": FormatNetscape, "jar.json": FormatJSON, "jar": FormatJSON} {
		if got := FormatOf(name); got != want {
			t.Errorf("FormatOf(%q) = %v, want %v", name, got, want)
		}
	}
	for s := Skip(0); s < skipCount; s++ {
		if s.String() == "" {
			t.Errorf("Skip(%d) has no text", s)
		}
	}
	for l := Lost(0); l < lostCount; l++ {
		if l.String() == "" {
			t.Errorf("Lost(%d) has no text", l)
		}
	}
}

// A file that cannot be read to its end gives an error with its name, after the
// part that is good.
func TestBroken(t *testing.T) {
	one := `{"name":"a","value":"` + secret + `","domain":"example.com","path":"/"}`
	own := `{"format":"uacookie","version":1}` + "\n"
	tests := []struct {
		id, input string
		o         ReadOptions
		cookies   int
		want      string
		is        error
	}{
		{"state cut off", `{"cookies":[` + one + `,{"name":"b"`, ReadOptions{}, 1, "read f: line 1: unexpected EOF", io.ErrUnexpectedEOF},
		{"state without end", `{"cookies":[` + one + `]`, ReadOptions{}, 1, "read f: line 1: unexpected EOF", io.ErrUnexpectedEOF},
		{"state without comma", "[" + one + "\n" + one + "]", ReadOptions{}, 1, "read f: line 2: cookiefile: malformed file", ErrMalformed},
		{"state and more", "[" + one + "]\n[]", ReadOptions{}, 1, "read f: line 2: cookiefile: malformed file", ErrMalformed},
		{"state without cookies", `{"origins":[]}`, ReadOptions{}, 0, "read f: line 1: cookiefile: unknown file format", ErrForeign},
		{"state of other cookies", `{"cookies":{"a":1}}`, ReadOptions{}, 0, "read f: line 1: cookiefile: unknown file format", ErrForeign},
		{"no key", `{,}`, ReadOptions{}, 0, "read f: line 1: cookiefile: malformed file", ErrMalformed},
		{"not JSON", "# Netscape\n", ReadOptions{Format: FormatPlaywright}, 0, "read f: line 1: cookiefile: unknown file format", ErrForeign},
		{"empty JSON", "", ReadOptions{Format: FormatCDP}, 0, "read f: line 1: unexpected EOF", io.ErrUnexpectedEOF},
		{"own cut off at a line", own + one + "\n", ReadOptions{}, 1, "read f: line 3: unexpected EOF after 1 cookies", io.ErrUnexpectedEOF},
		{"own with a line lost", own + one + "\n" + `{"cookies":2}`, ReadOptions{}, 1, "read f: line 3: cookiefile: malformed file: 1 cookies, want 2", ErrMalformed},
		{"own and more", own + `{"cookies":0}` + "\n" + one, ReadOptions{}, 0, "read f: line 3: cookiefile: malformed file", ErrMalformed},
		{"own of the future", `{"format":"uacookie","version":2}`, ReadOptions{}, 0, "read f: line 1: cookiefile: unknown version 2: want 1", ErrVersion},
		{"own without header", one, ReadOptions{Format: FormatJSON}, 0, "read f: line 1: cookiefile: unknown file format", ErrForeign},
		{"own, empty", "", ReadOptions{Format: FormatJSON}, 0, "read f: line 1: unexpected EOF", io.ErrUnexpectedEOF},
		{"a database", "SQLite format 3\x00....", ReadOptions{}, 0, "read f: cookiefile: an SQLite database, not a cookie file", ErrDatabase},
		{"too large", strings.Repeat("# comment\n", 10) + strings.Repeat("example.com\tFALSE\t/\tFALSE\t0\ta\t"+secret+"\n", 9), ReadOptions{MaxBytes: 150}, 1, "read f: line 12: cookiefile: file too large", ErrTooLarge},
		{"too large, skipped", `{"origins":"` + strings.Repeat("x", 1000) + `"}`, ReadOptions{MaxBytes: 999}, 0, "read f: line 1: cookiefile: file too large", ErrTooLarge},
	}
	for _, tt := range tests {
		t.Run(tt.id, func(t *testing.T) {
			tt.o.Name = "f"
			cookies, _, err := read(tt.input, &tt.o)
			if len(cookies) != tt.cookies || fmt.Sprint(err) != tt.want || !errors.Is(err, tt.is) {
				t.Errorf("Read yields %d cookies, then %v, want %d, then %s", len(cookies), err, tt.cookies, tt.want)
			}
			if _, ok := errors.AsType[*fs.PathError](err); !ok {
				t.Errorf("Read yields %T, want *fs.PathError", err)
			}
		})
	}
}

// endless is a file without end.
type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }

// A file without end is not read without end.
func TestEndless(t *testing.T) {
	cookies, skipped, err := readFrom(endless{}, &ReadOptions{Format: FormatNetscape})
	if len(cookies) != 0 || len(skipped) != 0 || !errors.Is(err, ErrTooLarge) {
		t.Errorf("Read of a file without end: %d cookies, %d skipped, %v, want 0, 0, TooLarge", len(cookies), len(skipped), err)
	}
}

// Lines longer than MaxLine are skipped, and what is around them is read.
func TestTooLong(t *testing.T) {
	long := strings.Repeat("x", 5000)
	for id, input := range map[string]string{
		"netscape":   "example.com\tFALSE\t/\tFALSE\t0\ta\t1\nexample.com\tFALSE\t/\tFALSE\t0\tb\t" + long + "\nexample.com\tFALSE\t/\tFALSE\t0\tc\t1\n",
		"playwright": "{\"x\":\"" + long + "\",\"cookies\":[{\"name\":\"a\",\"domain\":\"example.com\"},\n{\"name\":\"b\",\"value\":\"" + long + "\",\"domain\":\"example.com\"},{\"name\":\"c\",\"domain\":\"example.com\"}]}",
		"own":        "{\"format\":\"uacookie\",\"version\":1}\n{\"name\":\"" + long + "\"}\n{\"name\":\"a\"}\n{\"name\":\"c\"}\n{\"cookies\":3}\n",
	} {
		cookies, skipped, err := read(input, &ReadOptions{MaxLine: 100})
		if len(cookies) != 2 || !slices.Equal(skipped, []string{"2 too-long"}) || err != nil {
			t.Errorf("%s: %d cookies, skipped %q, %v, want 2, line 2 skipped, nil", id, len(cookies), skipped, err)
		}
	}
	// A line that is as long as may be is read.
	line := "example.com\tFALSE\t/\tFALSE\t0\ta\t" + long
	for _, end := range []string{"", "\n", "\r\n"} {
		if cookies, skipped, err := read(line+end, &ReadOptions{MaxLine: len(line)}); len(cookies) != 1 || err != nil {
			t.Errorf("a line of MaxLine with end %q: %d cookies, skipped %q, %v, want 1", end, len(cookies), skipped, err)
		}
		if cookies, skipped, err := read(line+end, &ReadOptions{MaxLine: len(line) - 1}); len(cookies) != 0 || len(skipped) != 1 || err != nil {
			t.Errorf("a line of MaxLine+1 with end %q: %d cookies, skipped %q, %v, want it skipped", end, len(cookies), skipped, err)
		}
	}
}

// Load tells file, line and reason of what it skips, and loads the rest.
func TestLoad(t *testing.T) {
	input := "# Netscape HTTP Cookie File\n" +
		"example.com\tFALSE\t/\tFALSE\t0\ta\t" + secret + "\n" +
		"example.com\tFALSE\t/\tFALSE\tsoon\tb\t" + secret + "\n" +
		".a.test\tTRUE\t/\tFALSE\t0\t__Host-c\t" + secret + "\n" +
		"example.com\tFALSE\t/\tFALSE\t1\td\t" + secret + "\n" + // expired
		"example.com\tFALSE\t/\tFALSE\t0\te\t" + secret + "\n"
	j, _ := jar.New(nil)
	n, err := Load(j, strings.NewReader(input), &ReadOptions{Name: "c.txt"})
	want := "c.txt:3: expiry\nc.txt:4: cookie \"__Host-c\" from a.test refused: host-prefix"
	if n != 2 || fmt.Sprint(err) != want || j.Len() != 2 {
		t.Errorf("Load = %d, %v, want 2 and\n%s", n, err, want)
	}
	if !errors.Is(err, SkipExpiry) || !errors.Is(err, policy.ReasonHostPrefix) {
		t.Errorf("Load = %v, want SkipExpiry and policy.ReasonHostPrefix", err)
	}
	var skipped []string
	n, err = Load(j, strings.NewReader(input), &ReadOptions{Skipped: func(e *LineError) { skipped = append(skipped, e.Error()) }})
	if n != 2 || err != nil || len(skipped) != 2 || skipped[0] != "line 3: expiry" {
		t.Errorf("Load = %d, %v, skipped %q, want 2, nil, 2 skipped", n, err, skipped)
	}
	_, err = Load(j, strings.NewReader(strings.Repeat("x\n", 100)), &ReadOptions{Format: FormatNetscape})
	if got := strings.Count(err.Error(), "\n"); got != maxErrors || !strings.HasSuffix(err.Error(), "and 80 more") {
		t.Errorf("Load of 100 bad lines = %v, want the first %d and how many more", err, maxErrors)
	}
}

// The loops of a caller may end at any time.
func TestBreak(t *testing.T) {
	for f := FormatJSON; f < writableCount; f++ {
		var b strings.Builder
		if err := Write(&b, slices.Values(sample()), &WriteOptions{Format: f, Lost: func(*Loss) {}}); err != nil {
			t.Fatal(err)
		}
		for c, err := range Read(strings.NewReader(b.String()), nil) {
			if err != nil {
				t.Errorf("%v: Read yields %v, %v", f, c, err)
			}
			break
		}
	}
}

// A writer that fails is named, and asked no more.
func TestWriteFails(t *testing.T) {
	broken := errors.New("broken")
	calls := 0
	w := writerFunc(func(p []byte) (int, error) { calls++; return 0, broken })
	many := func(yield func(jar.Cookie) bool) {
		for n := 0; yield(sample()[0]); n++ {
			if n > 1e6 {
				t.Fatal("Write goes on after the writer has failed")
			}
		}
	}
	for f := FormatJSON; f < writableCount; f++ {
		calls = 0
		err := Write(w, many, &WriteOptions{Format: f, Name: "out"})
		if !errors.Is(err, broken) || err.Error() != "write out: broken" || calls != 1 {
			t.Errorf("Write as %v = %v after %d calls, want write out: broken, after 1", f, err, calls)
		}
	}
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

// Files that are cut off, or have a bit flipped, never show a value in an error and
// never yield more than there was.
func TestDamaged(t *testing.T) {
	for f := FormatJSON; f < writableCount; f++ {
		var b bytes.Buffer
		if err := Write(&b, slices.Values(sample()), &WriteOptions{Format: f, Lost: func(*Loss) {}}); err != nil {
			t.Fatal(err)
		}
		check := func(data []byte) error {
			cookies, skipped, err := read(string(data), nil)
			if len(cookies)+len(skipped) > len(sample())+2 { // a header or a trailer may be taken for a cookie
				t.Errorf("%v: %d cookies and %d skipped lines from %d", f, len(cookies), len(skipped), len(sample()))
			}
			if text := fmt.Sprint(skipped, err); strings.Contains(text, secret) {
				t.Errorf("%v: an error shows a value: %s", f, text)
			}
			return err
		}
		whole := bytes.TrimRight(b.Bytes(), "\n")
		for n := 0; n < len(whole); n += 5 {
			if err := check(whole[:n]); err == nil && n > 0 && f != FormatNetscape && f != FormatNetscapePython {
				t.Errorf("%v: no error where %d of %d bytes are read", f, n, len(whole))
			}
			data := slices.Clone(whole)
			data[n] ^= 1 << (n / 5 % 8)
			_ = check(data) // not all damage can be seen
		}
	}
}

func TestMain(m *testing.M) {
	// Tests may use what is in time zones other than UTC.
	time.Local = time.FixedZone("east", 5*60*60)
	os.Exit(m.Run())
}
