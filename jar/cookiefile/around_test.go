package cookiefile

import (
	"errors"
	"io"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"uacookie/jar"
	"uacookie/jar/store"
)

// What is around the cookies of the file that is replaced is copied to the byte.
func TestAround(t *testing.T) {
	c := jar.Cookie{Name: "new", Value: "1", Domain: "example.com", HostOnly: true, Path: "/"}
	const line = "\n" + `{"name":"new","value":"1","domain":"example.com","path":"/","expires":-1,"httpOnly":false,"secure":false,"sameSite":"Lax"}` + "\n"
	const full = "\n" + `{"name":"new","value":"1","domain":"example.com","path":"/","expires":-1,"httpOnly":false,"secure":false,"size":4,"session":true,"priority":"Medium"}` + "\n"
	origins := `"origins" : [ {"origin":"https://example.com","localStorage":[{"name":"cookies","value":"\"cookies\":[1],\\"},` +
		`{"name":"\ud83c","value":"` + strings.Repeat("long", 50000) + `"}]} ]`
	for _, tt := range []struct {
		id     string
		format Format
		old    string
		want   string
	}{
		{"none", FormatPlaywright, `{"cookies":[],"origins":[]}`, `{"cookies":[` + line + `],"origins":[]}`},
		{"origins after", FormatPlaywright, "{\n \"cookies\" : [ {\"name\":\"old\"} , 1 ] ,\n" + origins + "\n}\n", "{\n \"cookies\" : [" + line + "] ,\n" + origins + "\n}\n"},
		{"origins before", FormatPlaywright, " {" + origins + `,"cookies":[]}`, " {" + origins + `,"cookies":[` + line + `]}`},
		{"other members", FormatCDP, "\uFEFF" + `{"id":1.5e3,"cookies":[],"ok":true,"x":{"cookies":[2]}}` + "\r\n", `{"id":1.5e3,"cookies":[` + full + `],"ok":true,"x":{"cookies":[2]}}` + "\r\n"},
		{"an array", FormatPuppeteer, "[\n{}\n]\n\n", "[" + full + "]\n\n"},
		{"nothing around", FormatJSON, "not read", `{"format":"uacookie","version":1}` + "\n" + `{"name":"new","value":"1","domain":"example.com","hostOnly":true,"path":"/"}` + "\n" + `{"cookies":1}` + "\n"},
	} {
		t.Run(tt.id, func(t *testing.T) {
			for id, r := range map[string]io.Reader{"": strings.NewReader(tt.old), ", byte by byte": iotest.OneByteReader(strings.NewReader(tt.old))} {
				var b strings.Builder
				err := Write(&b, slices.Values([]jar.Cookie{c}), &WriteOptions{Format: tt.format, Around: r})
				if err != nil || b.String() != tt.want {
					t.Errorf("Write around %.200q%s = %v,\n%.500s\nwant\n%.500s", tt.old, id, err, b.String(), tt.want)
				}
			}
		})
	}
}

// A file that cannot be read fails the writing, and is named.
func TestAroundFails(t *testing.T) {
	broken := errors.New("broken")
	for _, tt := range []struct {
		id   string
		old  io.Reader
		want string
		is   error
	}{
		{"cut off", strings.NewReader(`{"cookies":[],` + "\n" + `"origins":`), "read f: line 2: unexpected EOF", io.ErrUnexpectedEOF},
		{"cut off in the cookies", strings.NewReader(`{"cookies":[{}`), "read f: line 1: unexpected EOF", io.ErrUnexpectedEOF},
		{"empty", strings.NewReader(""), "read f: line 1: unexpected EOF", io.ErrUnexpectedEOF},
		{"no cookies", strings.NewReader(`{"origins":[]}`), "read f: line 1: cookiefile: unknown file format", ErrForeign},
		{"cookies twice", strings.NewReader(`{"cookies":[],"cookies":[]}`), "read f: line 1: cookiefile: malformed file", ErrMalformed},
		{"more", strings.NewReader(`{"cookies":[]}{}`), "read f: line 1: cookiefile: malformed file", ErrMalformed},
		{"unreadable", io.MultiReader(strings.NewReader(`{"cookies":[`), iotest.ErrReader(broken)), "read f: line 1: broken", broken},
	} {
		t.Run(tt.id, func(t *testing.T) {
			err := Write(io.Discard, slices.Values(sample()), &WriteOptions{Name: "f", Format: FormatPlaywright, Around: tt.old, Lost: func(*Loss) {}})
			if _, ok := errors.AsType[*fs.PathError](err); !ok || err.Error() != tt.want || !errors.Is(err, tt.is) {
				t.Errorf("Write = %v, want %s", err, tt.want)
			}
		})
	}
}

// What is read from a file that was written around another is what was written, and
// nothing else of that file has changed.
func FuzzAround(f *testing.F) {
	for _, v := range vectors(f, "browser.json") {
		f.Add(v.Input)
	}
	f.Fuzz(func(t *testing.T, old string) {
		_, _, oldErr := read(old, &ReadOptions{Format: FormatPlaywright})
		want, lost := []jar.Cookie{sample()[0]}, "left out"
		want[0].SameSite = store.SameSiteLax
		var b strings.Builder
		err := Write(&b, slices.Values(want), &WriteOptions{Format: FormatPlaywright, Around: strings.NewReader(old), Lost: func(l *Loss) { lost = l.Error() }})
		if lost != "left out" {
			t.Fatal(lost)
		}
		if err != nil {
			return // cookies twice, say
		}
		if oldErr != nil {
			t.Fatalf("Write around what Read fails with %v = nil", oldErr)
		}
		got, skipped, err := read(b.String(), &ReadOptions{Format: FormatPlaywright})
		if d := diff(want, got); d != "" || err != nil || len(skipped) > 0 {
			t.Fatalf("Read of what was written = %v, skips %q (-want +got)\n%s", err, skipped, d)
		}
		// Written once more around the result, it is the same to the byte.
		var again strings.Builder
		if err := Write(&again, slices.Values(want), &WriteOptions{Format: FormatPlaywright, Around: strings.NewReader(b.String())}); err != nil || again.String() != b.String() {
			t.Errorf("Write around its own result = %v,\n%q\nwant\n%q", err, again.String(), b.String())
		}
	})
}
