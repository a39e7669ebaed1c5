package main

import (
	"fmt"
	"html"
	"net/http"
	"net/url"
	"strings"
)

// setCookies adds Set-Cookie lines to a response unchanged. http.SetCookie would not write
// JSON values or cookies without a name.
func setCookies(w http.ResponseWriter, lines ...string) {
	for _, line := range lines {
		w.Header().Add("Set-Cookie", line)
	}
}

// cookies returns the cookies of a request by name, byte for byte: r.Cookies
// would strip the quotes of JSON values and drop cookies without a name.
func cookies(r *http.Request) map[string]string {
	all := make(map[string]string)
	for c := range strings.SplitSeq(strings.Join(r.Header["Cookie"], "; "), "; ") {
		name, value, named := strings.Cut(c, "=")
		if !named {
			name, value = "", name
		}
		all[name] = value
	}
	return all
}

// page returns the HTML of a page.
func page(title string, parts ...string) string {
	return body("", title, parts...)
}

func body(attributes, title string, parts ...string) string {
	title = html.EscapeString(title)
	return "<!doctype html><title>" + title + "</title><body" + attributes + "><h1>" + title + "</h1>\n" +
		strings.Join(parts, "\n") + "\n"
}

// write answers with a page.
func write(w http.ResponseWriter, page string) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	fmt.Fprint(w, page)
}

// The parts of a page.

func text(s string) string  { return "<p>" + html.EscapeString(s) + "</p>" }
func image(u string) string { return `<img src="` + html.EscapeString(u) + `">` }
func style(u string) string { return `<link rel="stylesheet" href="` + html.EscapeString(u) + `">` }
func inner(u string) string { return `<iframe src="` + html.EscapeString(u) + `"></iframe>` }

func anchors(urls ...string) string {
	var b strings.Builder
	for _, u := range urls {
		u = html.EscapeString(u)
		fmt.Fprintf(&b, "<a href=\"%s\">%s</a>\n", u, u)
	}
	return b.String()
}

// pixel returns the tracker's invisible image, whose URL has the page that embeds it.
func pixel(on string) string {
	return image("https://tracker.test/pixel.gif?on=" + url.QueryEscape(on))
}

// asset answers with something that is not a page.
func asset(contentType, content string, cookies ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		setCookies(w, cookies...)
		w.Header().Set("Content-Type", contentType)
		fmt.Fprint(w, content)
	}
}

// moved redirects to another site.
func moved(to string) http.Handler {
	return http.RedirectHandler(to, http.StatusMovedPermanently)
}

// gif is a GIF image of minimum size.
const gif = "GIF89a\x01\x00\x01\x00\x00\x00\x00;"
