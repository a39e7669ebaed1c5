package inspect

import (
	"bytes"
	"net/url"
	"strings"
	"testing"

	"uacookie/jar"
	"uacookie/jar/cookiefile"
)

// Every format that can be written can be exported, as cookiefile writes it.
func TestExport(t *testing.T) {
	j := mustJar(t, nil)
	receive(t, j, "https://example.com/", "a=1; Secure; SameSite=Strict", "b=2; Max-Age=60")
	tracker := &jar.Request{URL: mustURL(t, "https://ads.example/"), Context: &jar.Context{Documents: []*url.URL{mustURL(t, "https://news.example/")}}}
	j.Receive(tracker, []string{"uid=1; Secure; SameSite=None; Partitioned"})
	h := New(j, nil)
	page := get(t, h, "/export")
	n := 0
	for f := cookiefile.FormatAuto + 1; ; f++ {
		name := f.String()
		if _, err := cookiefile.ParseFormat(name); err != nil {
			break
		}
		var want bytes.Buffer
		if f >= cookiefile.FormatToughCookie { // this one and what follows are read only
			if err := cookiefile.Write(&want, j.All(), &cookiefile.WriteOptions{Format: f}); err == nil {
				t.Errorf("%s can be written, and is not offered", name)
			}
			continue
		}
		n++
		status, header, body := serve(h, local("GET", "/export?format="+name, nil))
		if err := cookiefile.Write(&want, j.All(), &cookiefile.WriteOptions{Format: f, Lost: func(*cookiefile.Loss) {}}); err != nil {
			t.Fatal(err)
		}
		if status != 200 || body != want.String() {
			t.Errorf("%s: status %d, %d bytes; want the %d of cookiefile.Write", name, status, len(body), want.Len())
		}
		if got := header.Get("Content-Disposition"); !strings.HasPrefix(got, "attachment; filename=") {
			t.Errorf("%s: Content-Disposition: %q, want an attachment", name, got)
		}
		if !strings.Contains(page, `href="export?format=`+name+`"`) {
			t.Errorf("the page does not offer %s", name)
		}
	}
	if n != len(formats) {
		t.Errorf("%d formats are offered, there are %d", len(formats), n)
	}
	for _, want := range []string{"<b>3</b> cookies", "1 left out for partition", "1 written without same-site", "<small>nothing</small>"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	for _, bad := range []string{"auto", "xml", "../json"} {
		if status, _, _ := serve(h, local("GET", "/export?format="+bad, nil)); status != 400 {
			t.Errorf("format %s: status %d, want 400", bad, status)
		}
	}
}
