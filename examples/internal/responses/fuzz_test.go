package responses

import (
	"fmt"
	"net/url"
	"testing"
)

// A file of responses, whatever is in it, is read or is an error that quotes nothing,
// and what is read has a URL for each line, and no more lines than the file has.
func FuzzRead(f *testing.F) {
	for _, s := range []string{
		"  0     0\r* Connected\r\n> POST /login HTTP/1.1\r\n> \r\n< HTTP/1.1 303 See Other\r\n< Set-Cookie: a=1\r\n< Location: /home\r\n< \r\n< HTTP/2 200 \r\n",
		"--2026-11-30 08:36:38--  http://shop.test/login\n  HTTP/1.1 302 Found\n  Set-Cookie: f=1;\n   Path=/\n  Location: //b.test\nLength: 1\n",
		"HTTP/1.1 200 OK\r\nSet-Cookie: a=1;\r\n Secure\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
		"Set-Cookie: a=1\n",
		`{"log":{"pages":[{"id":"p","title":"https://shop.test/"}],"entries":[{"pageref":"p","_resourceType":"document","_initiator":{"type":"parser","url":"https://a.test/"},` +
			`"request":{"method":"GET","url":"https://shop.test/","headers":[{"name":"Sec-Fetch-Dest","value":"iframe"}],"cookies":[]},` +
			`"response":{"headers":[{"name":"set-cookie","value":"a\nb"}],"cookies":[],"redirectURL":"https://shop.test/"}}]}}`,
		`{"log":{"entries":[{"request":{"url":"https://a.test/","headers":{"Referer":["https://b.test/"]}},"response":{"headers":{"Set-Cookie":["a","b"]}}}]}}`,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		u := &url.URL{Scheme: "https", Host: "shop.test", Path: "/"}
		for id, read := range map[string]func() ([]Exchange, error){
			"HAR":       func() ([]Exchange, error) { return HAR([]byte(text)) },
			"responses": func() ([]Exchange, error) { return HTTP([]byte(text), u) },
			"no URL":    func() ([]Exchange, error) { return HTTP([]byte(text), nil) },
		} {
			all, err := read()
			if err != nil && len(fmt.Sprint(err)) > 300 {
				t.Errorf("%s: an error of %d bytes", id, len(fmt.Sprint(err)))
			}
			lines := 0
			for _, e := range all {
				if e.URL == nil || e.Context != nil && len(e.Context.Documents) > deepest {
					t.Errorf("%s: a response of %v in %v", id, e.URL, e.Context)
				}
				lines += len(e.Lines)
			}
			if lines > len(text) {
				t.Errorf("%s: %d lines in %d bytes", id, lines, len(text))
			}
		}
	})
}
