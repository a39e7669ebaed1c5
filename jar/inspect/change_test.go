package inspect

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"uacookie/jar"
)

func TestDelete(t *testing.T) {
	setUp := func() (*jar.Jar, string) {
		j := mustJar(t, nil)
		receive(t, j, "https://www.shop.example/", "a=1", "b=1; Domain=shop.example")
		receive(t, j, "https://news.example/", "c=1; Secure", "c=1; Secure; Path=/x")
		key := ""
		for c := range j.All() {
			if c.Name == "c" && c.Path == "/" {
				key = id(c.Key())
			}
		}
		return j, key
	}
	_, c := setUp()
	for _, test := range []struct {
		name, path string
		form       url.Values
		status     int
		left       []string
	}{
		{"one", "/delete", url.Values{"cookie": {c}}, 303, []string{"a", "b", "c"}},
		{"a site", "/delete", url.Values{"site": {"shop.example"}}, 303, []string{"c", "c"}},
		{"a host that is no site", "/delete", url.Values{"site": {"www.shop.example"}}, 303, []string{"a", "b", "c", "c"}},
		{"all", "/clear", nil, 303, nil},
		{"a bad id", "/delete", url.Values{"cookie": {"x"}}, 400, []string{"a", "b", "c", "c"}},
		{"nothing", "/delete", nil, 400, []string{"a", "b", "c", "c"}},
		{"too much", "/delete", url.Values{"cookie": {c}, "return": {strings.Repeat("x", maxForm)}}, 400, []string{"a", "b", "c", "c"}},
	} {
		for _, allow := range []bool{true, false} {
			j, _ := setUp()
			h := New(j, &Options{AllowDelete: allow})
			status, _, body := serve(h, local("POST", test.path, test.form))
			want, left := test.status, test.left
			if !allow {
				want, left = 403, []string{"a", "b", "c", "c"}
			}
			var got []string
			for c := range j.All() {
				got = append(got, c.Name)
			}
			slices.Sort(got)
			if status != want || !slices.Equal(got, left) {
				t.Errorf("delete %s, allowed: %t: status %d, left %q; want %d, %q\n%s", test.name, allow, status, got, want, left, body)
			}
		}
	}
}

// The page has buttons only if they do anything, and they work without a script.
func TestDeleteForms(t *testing.T) {
	j := mustJar(t, nil)
	receive(t, j, "https://news.example/", "c=1")
	var key string
	for c := range j.All() {
		key = id(c.Key())
	}
	target := "/?q=c&site=news.example&cookie=" + key
	if body := get(t, New(j, nil), target); strings.Contains(body, `method="post"`) || strings.Contains(body, "Delete") {
		t.Error("a read-only page has a form that deletes")
	}
	body := get(t, New(j, &Options{AllowDelete: true}), target)
	for _, want := range []string{
		`<form id="clear" action="clear" method="post">`, `<form id="delete-site" action="delete" method="post"><input type="hidden" name="site" value="news.example">`,
		`<form id="delete-cookie" action="delete" method="post"><input type="hidden" name="cookie" value="` + key + `">`,
		`<button form="clear"`, `<button form="delete-site"`, `<button form="delete-cookie"`,
	} {
		if !strings.Contains(body, want) {
			t.Errorf("the page does not have %s", want)
		}
	}
}

// What is posted leads back to the page as it was, and never to another site.
func TestBack(t *testing.T) {
	h := New(mustJar(t, nil), &Options{AllowDelete: true})
	for back, want := range map[string]string{
		"":                                   "./?",
		"q=a+b&site=s&sort=-name&cookie=abc": "./?q=a+b&site=s&sort=-name",
		"https://attacker.example/":          "./?",
		"//attacker.example/?q=1":            "./?",
		"q=1&evil=2\r\nSet-Cookie: a=b":      "./?q=1",
		"%zz":                                "./?",
	} {
		_, header, _ := serve(h, local("POST", "/clear", url.Values{"return": {back}}))
		if got := header.Get("Location"); got != want {
			t.Errorf("return=%q leads to %q, want %q", back, got, want)
		}
	}
}
