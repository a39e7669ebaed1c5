package main

import (
	"strings"
	"testing"
	"time"

	"uacookie/internal/testkit"
)

func TestUntil(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for _, test := range []struct {
		left time.Duration
		want string
	}{
		{30*24*time.Hour - time.Second, "in 30 days"},
		{24 * time.Hour, "in 1 day"},
		{5 * time.Hour, "in 5 hours"},
		{59 * time.Minute, "in 59 minutes"},
		{36 * time.Hour, "in 2 days"},
		{40 * time.Second, "in 1 minute"},
		{time.Second, "in moments"},
	} {
		if got := until(now.Add(test.left), now); got != test.want {
			t.Errorf("until(%s) = %s, want %s", test.left, got, test.want)
		}
	}
	if got := until(time.Time{}, now); got != "session" {
		t.Errorf("until() = %s, want session", got)
	}
}

func TestFormat(t *testing.T) {
	for _, test := range []struct{ got, want string }{
		{number(0), "0"},
		{number(999), "999"},
		{number(1000), "1,000"},
		{number(1234567), "1,234,567"},
		{bytes(0), "0 B"},
		{bytes(999), "999 B"},
		{bytes(1000), "1.0 kB"},
		{bytes(9990), "10 kB"},
		{bytes(999_999), "1.0 MB"},
		{bytes(12_345_678), "12 MB"},
		{plural(1, "page"), "1 page"},
		{plural(0, "page"), "0 pages"},
	} {
		if test.got != test.want {
			t.Errorf("got %q, want %q", test.got, test.want)
		}
	}
}

// A table that is too wide shortens the widest of the columns that may be shortened.
func TestTable(t *testing.T) {
	tab := table{columns: []column{{title: "NAME", least: 4}, {title: "N", right: true}, {title: "WHAT"}}}
	tab.head("heading", "note")
	tab.add("a-long-name", "1", "thing")
	tab.add("b", "22", "x")
	for _, test := range []struct {
		width int
		want  string
	}{
		{80, "  NAME          N  WHAT\nheading  note\n  a-long-name   1  thing\n  b            22  x\n"},
		{18, "  NAME    N  WHAT\nheading  note\n  a-lo…   1  thing\n  b      22  x\n"},
		{10, "  NAME   N  WHAT\nheading\n  a-l…   1  thing\n  b     22  x\n"},
	} {
		var got strings.Builder
		tab.write(&got, test.width, plain)
		if got.String() != test.want {
			t.Errorf("width %d:\n%s, want\n%s", test.width, got.String(), test.want)
		}
	}
}

func TestReadLinks(t *testing.T) {
	d := &document{url: testkit.URL(t, "https://a.test/dir/page")}
	d.readLinks(strings.NewReader(`<base href="/base/"><body onload="document.forms[0].submit()">
		<a href=one>1</a><a href="#here">here</a><a href="javascript:void(0)">no</a><a>none</a>
		<a href="http://[::1">bad</a><area href="https://b.test/two#frag">
		<img src="/i.png"><script src="s.js"></script><script>"<img src=x>"</script>
		<link rel=StyleSheet href=c.css><link rel=canonical href=/no><iframe src="f"></iframe>
		<img src="data:image/gif;base64,AA"><form method=POST action="post"></form><form action="get"></form>`))
	var got []string
	for _, l := range append(d.links, d.embedded...) {
		s := l.method() + " " + l.url.String()
		if l.frame {
			s += " frame"
		}
		got = append(got, s)
	}
	want := "GET https://a.test/base/one\nGET https://a.test/base/\nGET https://b.test/two\nPOST https://a.test/base/post\n" +
		"GET https://a.test/i.png\nGET https://a.test/base/s.js\nGET https://a.test/base/c.css\nGET https://a.test/base/f frame"
	if s := strings.Join(got, "\n"); s != want {
		t.Errorf("got\n%s\nwant\n%s", s, want)
	}
}

// On a terminal the progress is one live line, which other output replaces.
func TestProgress(t *testing.T) {
	var out strings.Builder
	p := newProgress(&out)
	p.width = func() int { return 40 }
	p.wave(1, 2, func() string { return "so far" })
	p.now(testkit.URL(t, "https://example.com/a/long/path/to/somewhere"))
	p.println("crawl: %s", "trouble")
	p.waveDone()
	p.stop()
	want := "\r\x1b[Kdepth 1  ╌╌╌╌╌╌╌╌╌╌╌╌  so far  https:/…\r\x1b[Kcrawl: trouble\ndepth 1  so far\n"
	if out.String() != want {
		t.Errorf("got %q, want %q", out.String(), want)
	}
}
