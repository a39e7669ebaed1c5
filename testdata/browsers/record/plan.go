package main

import (
	"bytes"
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"uacookie/testdata/browsers/scenario"
)

// A plan is a request that the next step of a scenario leads to.
type plan struct {
	urls     []string // the redirect hops, then the URL itself
	status   int      // of the hops; 0 means 302
	lines    []string // Set-Cookie fields of the response to the last of urls
	dates    []string // its Date fields; nil means one with the true time
	cors     string   // what the responses allow: see scenario.Ctx
	document bool     // the response is a page, not 204
	element  string   // what the response is to be: see scenario.Ctx
	fields   []string // more header fields of the last response

	asked    bool          // for another request with storage access, which may not come
	seen     []request     // the plan's requests, and preflights of them, so far
	finished chan struct{} // closed when all have come; nil if nothing waits for that
}

// done reports whether all of the plan's requests have come.
func (p *plan) done() bool { return len(p.urls) == 0 }

// cookie returns the Cookie field of the last request.
func (p *plan) cookie() string {
	if len(p.seen) == 0 {
		return ""
	}
	return p.seen[len(p.seen)-1].header["cookie"]
}

// respond returns the response to a request for the first of p.urls.
func (p *plan) respond(r request) []byte {
	p.seen = append(p.seen, r)
	var b bytes.Buffer
	if r.method == "OPTIONS" {
		b.WriteString("HTTP/1.1 204 No Content\r\nAccess-Control-Max-Age: 0\r\n") // or it would be asked once only
		b.WriteString("Set-Cookie: preflight=1; Secure; SameSite=None\r\n")       // that it is not taken shows later
		p.allow(&b, r)
		b.WriteString("\r\n")
		return b.Bytes()
	}
	retry := len(p.urls) == 1 && p.retries(r)
	if p.asked = p.asked || retry; !retry {
		p.urls = p.urls[1:]
	}
	if p.done() && p.finished != nil {
		close(p.finished)
		p.finished = nil
	}
	switch key := r.header["sec-websocket-key"]; {
	case retry:
		e := elements[p.element] // an image shows whatever the status is
		fmt.Fprintf(&b, "HTTP/1.1 401 Unauthorized\r\nContent-Type: %s\r\nContent-Length: %d\r\n", cmp.Or(e.kind, "text/plain"), len(e.body))
	case !p.done():
		status := p.status
		if status == 0 {
			status = 302
		}
		fmt.Fprintf(&b, "HTTP/1.1 %d Elsewhere\r\nLocation: %s\r\nContent-Length: 0\r\n", status, p.urls[0])
	case key != "":
		fmt.Fprintf(&b, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: %s\r\n", accept(key))
	case p.document:
		fmt.Fprintf(&b, "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n", len(html))
	case p.element != "":
		e := elements[p.element]
		fmt.Fprintf(&b, "HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: %d\r\n", e.kind, len(e.body))
	default:
		b.WriteString("HTTP/1.1 204 No Content\r\n")
	}
	b.WriteString("Cache-Control: no-store\r\n")
	p.date(&b)
	p.allow(&b, r)
	if p.done() || retry {
		for _, f := range p.fields {
			b.WriteString(f + "\r\n")
		}
	}
	if p.done() {
		for _, line := range p.lines {
			b.WriteString("Set-Cookie: ")
			b.WriteString(line)
			b.WriteString("\r\n")
		}
	}
	b.WriteString("\r\n")
	switch {
	case !p.done() && !retry:
	case p.document:
		b.WriteString(html)
	case p.element != "":
		b.WriteString(elements[p.element].body)
	}
	return b.Bytes()
}

// retries reports whether the response to r, the last one, is to ask for a request with
// storage access instead. Without the header field the browser has nothing to activate.
func (p *plan) retries(r request) bool {
	return slices.ContainsFunc(p.fields, func(f string) bool { return strings.HasPrefix(f, "Activate-Storage-Access: retry") }) &&
		r.header["sec-fetch-storage-access"] == "inactive"
}

// elements are what markup loads.
var elements = map[string]struct{ kind, body string }{
	"img":    {"image/svg+xml", `<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>`},
	"script": {"text/javascript", "1"},
	"style":  {"text/css", "a{}"},

	"eventsource":   {"text/event-stream", "data: x\n\n"},
	"worker":        {"text/javascript", workerScript},
	"sharedworker":  {"text/javascript", workerScript},
	"serviceworker": {"text/javascript", workerScript},
	"prefetch":      {"text/plain", "x"},
	"beacon":        {"text/plain", "x"},
}

// date writes the Date fields of a response. Redirect hops have the true time.
func (p *plan) date(b *bytes.Buffer) {
	dates := p.dates
	if dates == nil || !p.done() {
		dates = []string{time.Now().UTC().Format(http.TimeFormat)}
	}
	for _, d := range dates {
		fmt.Fprintf(b, "Date: %s\r\n", d)
	}
}

// allow writes the header fields by which a response allows CORS what it may.
func (p *plan) allow(b *bytes.Buffer, r request) {
	switch p.cors {
	case scenario.CORSAllow:
		fmt.Fprintf(b, "Access-Control-Allow-Origin: %s\r\nAccess-Control-Allow-Credentials: true\r\n", r.header["origin"])
	case scenario.CORSStar:
		b.WriteString("Access-Control-Allow-Origin: *\r\n")
	default:
		return
	}
	for _, what := range []string{"Method", "Headers"} {
		if asked := r.header["access-control-request-"+strings.ToLower(what)]; asked != "" {
			fmt.Fprintf(b, "Access-Control-Allow-%ss: %s\r\n", strings.TrimSuffix(what, "s"), asked)
		}
	}
}

// told are the header fields that a recording has of each request.
var told = []string{
	"cookie", "origin", "referer", "sec-fetch-site", "sec-fetch-mode", "sec-fetch-dest", "sec-fetch-user",
	"sec-fetch-storage-access", "upgrade-insecure-requests", "cache-control", "content-type", "sec-purpose", "service-worker",
	"access-control-request-method", "access-control-request-headers",
}

// requests returns the plan's requests as a recording has them: with the header fields
// of told, and more.
func (p *plan) requests(more []string) []scenario.Request {
	var all []scenario.Request
	for _, r := range p.seen {
		header := map[string]scenario.Bytes{}
		for name, value := range r.header {
			if slices.Contains(told, name) || slices.Contains(more, name) {
				header[name] = scenario.Bytes(value)
			}
		}
		all = append(all, scenario.Request{Method: r.method, URL: r.url, Header: header})
	}
	return all
}
