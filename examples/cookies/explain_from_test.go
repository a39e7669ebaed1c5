package main

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

// explained returns, for each line that was explained, the method, URL, name, and what
// became of it.
func explained(t *testing.T, stdin string, args ...string) (got []string) {
	t.Helper()
	out, errs, _ := doExplain(t, stdin, append([]string{"-json", "-from", "-"}, args...)...)
	if errs != "" {
		t.Fatal(errs)
	}
	checkOutput(t, out)
	dec := json.NewDecoder(strings.NewReader(out))
	for dec.More() {
		var l struct {
			URL, Method, Name string
			Agents            []struct{ Verdict, Reason string }
		}
		if err := dec.Decode(&l); err != nil {
			t.Fatal(err)
		}
		a := l.Agents[0]
		got = append(got, strings.TrimSpace(strings.Join([]string{l.Method, l.URL, l.Name, a.Verdict, a.Reason}, " ")))
	}
	return got
}

const curlVerbose = "  % Total    % Received\n\r  0     0\r* Host shop.test:80 was resolved.\r\n* Connected to shop.test (127.0.0.1) port 80\r\n" +
	"> POST /login?x HTTP/1.1\r\n> Host: shop.test\r\n> Cookie: old=s3cr3t\r\n> Set-Cookie: sent=s3cr3t\r\n> \r\n} [9 bytes data]\r\n* upload done\r\n" +
	"< HTTP/1.1 100 Continue\r\n< \r\n" +
	"< HTTP/1.1 303 See Other\r\n< Set-Cookie: a=s3cr3t; Path=/\r\n* Added cookie\r\n< Location: https://shop.test/home\r\n< \r\n* Ignoring the response-body\n" +
	"* Issue another request to this URL: 'https://shop.test/home'\r\n> GET /home HTTP/2\r\n> Host: shop.test\r\n> \r\n" +
	"  0     0    0     0\r< HTTP/2 200 \r\n< set-cookie: b=s3cr3t; Secure\r\n<\r\n{ [40 bytes data]\r\n<html>\nSet-Cookie: body=s3cr3t\n< Set-Cookie: body2=s3cr3t\n* Connection #0 to host shop.test left intact\n"

const wget = "--2026-11-30 08:36:38--  http://shop.test/login\nResolving shop.test (shop.test)... 127.0.0.1\nConnecting to shop.test (shop.test)|127.0.0.1|:80... connected.\n" +
	"HTTP request sent, awaiting response... \n  HTTP/1.1 302 Found\n  Set-Cookie: a=s3cr3t\n  Set-Cookie: f=s3cr3t;\n   Path=/\n  Location: https://shop.test/home\n  Content-Length: 0\n" +
	"Location: https://shop.test/home [following]\n--2026-11-30 08:36:39--  https://shop.test/home\nReusing existing connection to shop.test:443.\n" +
	"HTTP request sent, awaiting response... \n  HTTP/1.1 200 OK\n  Set-Cookie: b=s3cr3t; Secure\nLength: unspecified [text/html]\nSaving to: 'home'\n\n     0K    0.00 =0s\n"

func TestExplainResponses(t *testing.T) {
	quiet := ""
	for line := range strings.Lines(wget) {
		if strings.HasPrefix(line, "  ") {
			quiet += line
		}
	}
	for _, tt := range []struct {
		id, stdin string
		args      []string
		want      []string
	}{
		{"curl -v", curlVerbose, []string{"http://shop.test/login"}, []string{"POST http://shop.test/login a stored", "GET https://shop.test/home b stored"}},
		{"curl -v, one", "< HTTP/1.1 200 OK\n< Set-Cookie: a=s3cr3t\n", []string{shop}, []string{"GET https://shop.test/ a stored"}},
		{"curl -i, a proxy", "HTTP/1.1 200 Connection established\r\n\r\nHTTP/2 200 \r\nset-cookie: a=s3cr3t\r\n\r\nbody", []string{shop}, []string{"GET https://shop.test/ a stored"}},
		{"curl -i, a body like a response", "HTTP/1.1 200 OK\r\nContent-Length: 39\r\nSet-Cookie: a=s3cr3t\r\n\r\nHTTP/1.1 200 OK\r\nSet-Cookie: b=1\r\n\r\nx\r\n", []string{shop}, []string{"GET https://shop.test/ a stored"}},
		{"curl -iL, no body of a redirect", "HTTP/1.1 302 Found\r\nContent-Length: 39\r\nLocation: /b\r\n\r\nHTTP/1.1 200 OK\r\nSet-Cookie: b=s3cr3t\r\n\r\n", []string{shop}, []string{"GET https://shop.test/b b stored"}},
		{"curl -i, with progress", "  % Total\n  0     0\rHTTP/1.1 200 OK\r\nSet-Cookie: a=s3cr3t\r\n\r\n", []string{shop}, []string{"GET https://shop.test/ a stored"}},
		{"wget -S", wget, nil, []string{"GET http://shop.test/login a stored", "GET http://shop.test/login f stored", "GET https://shop.test/home b stored"}},
		{"wget -S and a URL", wget, []string{shop}, []string{"GET http://shop.test/login a stored", "GET http://shop.test/login f stored", "GET https://shop.test/home b stored"}},
		{"wget -qS", quiet, []string{"http://shop.test/login"}, []string{"GET http://shop.test/login a stored", "GET http://shop.test/login f stored", "GET https://shop.test/home b stored"}},
	} {
		t.Run(tt.id, func(t *testing.T) {
			if got := explained(t, tt.stdin, tt.args...); !slices.Equal(got, tt.want) {
				t.Errorf("explain -from = %q, want %q", got, tt.want)
			}
		})
	}
	for _, stdin := range []string{curlVerbose, quiet, "HTTP/1.1 200 OK\r\nSet-Cookie: a=s3cr3t\r\n"} {
		if _, errs, code := doExplain(t, stdin, "-from", "-"); code != exitUsage || !strings.HasPrefix(errs, "cookies: a saved response needs its URL") {
			t.Errorf("explain without a URL = %d, %s", code, errs)
		}
	}
}

// entry is an entry of a HAR.
func entry(method, url, more, requestHeaders, setCookie, redirect string) string {
	return `{` + more + `"request":{"method":"` + method + `","url":"` + url + `","headers":[` + requestHeaders + `],"cookies":[]},` +
		`"response":{"status":200,"headers":[{"name":"set-cookie","value":"` + setCookie + `=s3cr3t; SameSite=Strict"}],"cookies":[],"redirectURL":"` + redirect + `"}}`
}

// A HAR says in which context a request was made. What tells one from another here is
// that a response to a cross-site request sets no SameSite=Strict cookie, but for one
// that navigates the top level.
func TestExplainHARContext(t *testing.T) {
	field := func(name, value string) string { return `{"name":"` + name + `","value":"` + value + `"}` }
	const page, kind = `"pageref":"page_1",`, `"_resourceType":`
	pages := `"pages":[{"id":"page_1","title":"https://shop.test/"}],`
	main := entry("GET", shop, page+kind+`"document",`, "", "main", "")
	for _, tt := range []struct {
		id, pages string
		entries   []string
		args      []string
		want      []string
	}{
		{"Chromium", pages, []string{
			main,
			entry("GET", "https://shop.test/a.png", page+kind+`"image","_initiator":{"type":"parser","url":"https://shop.test/"},`, field("Referer", shop), "img", ""),
			entry("GET", "https://evil.test/a.png", page+kind+`"image","_initiator":{"type":"parser","url":"https://shop.test/"},`, field("Referer", shop), "third", ""),
			entry("POST", "https://evil.test/api", page+kind+`"fetch","_initiator":{"type":"script","stack":{"callFrames":[]}},`, field("Referer", shop), "fetch", ""),
			entry("GET", "https://evil.test/frame", page+kind+`"document","_initiator":{"type":"parser","url":"https://shop.test/"},`, field("Referer", shop), "frame", ""),
			entry("GET", "https://evil.test/in.png", page+kind+`"image","_initiator":{"type":"parser","url":"https://evil.test/frame"},`, field("Referer", "https://evil.test/frame"), "inner", ""),
			entry("GET", "https://shop.test/back.png", page+kind+`"image","_initiator":{"type":"parser","url":"https://evil.test/frame"},`, field("Referer", evil), "back", ""),
		}, nil, []string{
			"GET https://shop.test/ main stored",
			"GET https://shop.test/a.png img stored",
			"GET https://evil.test/a.png third refused cross-site-strict",
			"POST https://evil.test/api fetch refused cross-site-strict",
			"GET https://evil.test/frame frame refused cross-site-strict",
			"GET https://evil.test/in.png inner refused cross-site-strict",
			"GET https://shop.test/back.png back refused cross-site-strict",
		}},
		{"a page without its URL, as in Firefox", `"pages":[{"id":"page_1","title":"The Shop"}],`, []string{
			entry("GET", shop, page, field("Sec-Fetch-Dest", "document")+","+field("Sec-Fetch-Site", "none"), "main", ""),
			entry("GET", "https://evil.test/a.js", page, field("Sec-Fetch-Dest", "script")+","+field("Sec-Fetch-Site", "cross-site"), "third", ""),
			entry("GET", "https://shop.test/frame", page, field("Sec-Fetch-Dest", "iframe")+","+field("Sec-Fetch-Site", "same-origin"), "frame", ""),
			entry("GET", "https://shop.test/hidden", page, field("Sec-Fetch-Dest", "empty")+","+field("Sec-Fetch-Site", "cross-site"), "hidden", ""),
		}, nil, []string{
			"GET https://shop.test/ main stored",
			"GET https://evil.test/a.js third refused cross-site-strict",
			"GET https://shop.test/frame frame stored",
			"GET https://shop.test/hidden hidden refused cross-site-strict",
		}},
		{"redirects of the page", pages, []string{
			entry("GET", "https://login.test/", page+kind+`"document",`, "", "first", "https://shop.test/"),
			main,
			entry("GET", "https://login.test/a.png", page+kind+`"image",`, "", "third", ""),
		}, nil, []string{
			"GET https://login.test/ first stored",
			"GET https://shop.test/ main stored",
			"GET https://login.test/a.png third refused cross-site-strict",
		}},
		{"without pages", "", []string{
			entry("GET", "https://shop.test/", "", "", "a", ""),
			entry("GET", "https://evil.test/", "", "", "b", ""),
			entry("GET", "https://evil.test/x", `"_resourceType":"image",`, field("Referer", shop), "c", ""),
			entry("GET", "https://evil.test/y", "", field("Sec-Fetch-Dest", "image")+","+field("Sec-Fetch-Site", "cross-site"), "d", ""),
		}, nil, []string{
			"GET https://shop.test/ a stored",
			"GET https://evil.test/ b stored",
			"GET https://evil.test/x c refused cross-site-strict",
			"GET https://evil.test/y d refused cross-site-strict",
		}},
		{"flags count before", pages, []string{
			main,
			entry("GET", "https://evil.test/a.png", page+kind+`"image",`, "", "third", ""),
		}, []string{"-top", evil}, []string{
			"GET https://shop.test/ main refused cross-site-strict",
			"GET https://evil.test/a.png third stored",
		}},
	} {
		t.Run(tt.id, func(t *testing.T) {
			text := `{"log":{` + tt.pages + `"entries":[` + strings.Join(tt.entries, ",") + `]}}`
			if got := explained(t, text, tt.args...); !slices.Equal(got, tt.want) {
				t.Errorf("explain -from =\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(tt.want, "\n"))
			}
		})
	}
	// The text says what the context is.
	text := `{"log":{` + pages + `"entries":[` + main + "," + entry("GET", "https://evil.test/a.png", page+kind+`"image",`, "", "third", "") + `]}}`
	if out, _, _ := doExplain(t, text, "-from", "-"); !strings.Contains(strings.Join(strings.Fields(out), " "), "GET https://evil.test/a.png, inside https://shop.test/") {
		t.Errorf("explain shows no context:\n%s", out)
	}
}

// Fields of one name are a string, an array, or a string with new lines; all fields
// are an array or an object.
func TestExplainHARHeaders(t *testing.T) {
	const request = `"request":{"method":"GET","url":"https://shop.test/","headers":{"Cookie":["x=s3cr3t"]}}`
	for id, headers := range map[string]string{
		"string":            `[{"name":"Set-Cookie","value":"a=s3cr3t"},{"name":"X","value":"y"},{"name":"set-cookie","value":"b=s3cr3t"}]`,
		"new lines":         `[{"name":"set-cookie","value":"a=s3cr3t\nb=s3cr3t"}]`,
		"array":             `[{"name":"set-cookie","value":["a=s3cr3t","b=s3cr3t"]},{"name":"x","value":[]}]`,
		"object of arrays":  `{"x":"y","Set-Cookie":["a=s3cr3t","b=s3cr3t"]}`,
		"object of strings": `{"Set-Cookie":"a=s3cr3t\nb=s3cr3t"}`,
		"numbers":           `[{"name":"content-length","value":12},{"name":"Set-Cookie","value":["a=s3cr3t",null,"b=s3cr3t"]},{"name":"x","value":[1,true]}]`,
		"null":              `[{"name":"Set-Cookie","value":null},{"name":"Set-Cookie","value":"a=s3cr3t\nb=s3cr3t"},{"name":"Set-Cookie"}]`,
	} {
		got := explained(t, `{"log":{"entries":[{`+request+`,"response":{"headers":`+headers+`}}]}}`)
		if want := []string{"GET https://shop.test/ a stored", "GET https://shop.test/ b stored"}; !slices.Equal(got, want) {
			t.Errorf("%s: explain -from = %q, want %q", id, got, want)
		}
	}
}

// A HAR that was exported without cookies says so; one of a site without cookies does
// not pretend to.
func TestExplainHARStripped(t *testing.T) {
	const request = `"request":{"method":"GET","url":"https://shop.test/","headers":[`
	for _, tt := range []struct{ id, entries, want string }{
		{"stripped", `{` + request + `]},"response":{"headers":[{"name":"date","value":"x"}],"cookies":[]}}`, "exported without cookies"},
		{"stripped of fields", `{` + request + `]},"response":{"headers":[],"cookies":[{"name":"a","value":"s3cr3t"}]}}`, "was exported without them"},
		{"whole", `{` + request + `{"name":"cookie","value":"a=s3cr3t"}]},"response":{"headers":[],"cookies":[]}}`, "no Set-Cookie field\n"},
		{"empty", ``, "no Set-Cookie field\n"},
	} {
		_, errs, code := doExplain(t, `{"log":{"entries":[`+tt.entries+`]}}`, "-from", "-")
		if code != exitUsage || !strings.Contains(errs, tt.want) || strings.Contains(errs, secret) || strings.Count(errs, "\n") != 1 {
			t.Errorf("%s: explain = %d, %q, want %q", tt.id, code, errs, tt.want)
		}
	}
}
