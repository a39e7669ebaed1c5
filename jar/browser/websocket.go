package browser

import (
	"net/http"
	"strings"
)

// WebSocket has a script of the document open a WebSocket at a ws or wss URL; http
// and https stand for those. It makes the handshake only. If the site agrees, with
// the status 101, the response's Body is the connection, an io.ReadWriteCloser that
// the caller must close.
//
// A WebSocket has cookies from wherever it is opened, but for SameSite, and CORS does
// not protect it: it is the server that must look at Origin. Like Chromium, the
// browser sends no Sec-Fetch fields with it.
func (f *Frame) WebSocket(url string) *Response {
	d := f.here()
	q := &request{
		browser:     f.browser,
		page:        f.page(),
		kind:        WebSocket,
		method:      http.MethodGet,
		mode:        socket,
		credentials: Include,
		context:     f.context(d),
		header: http.Header{
			"Connection":            {"Upgrade"},
			"Upgrade":               {"websocket"},
			"Sec-Websocket-Version": {"13"},
			"Sec-Websocket-Key":     {"dGhlIHNhbXBsZSBub25jZQ=="},
			"Cache-Control":         {"no-cache"},
			"Pragma":                {"no-cache"},
		},
	}
	q.from(d)
	q.referrer = nil
	q.url, q.err = resolve(d.url, url)
	if q.err == nil {
		q.url.Scheme = strings.Replace(q.url.Scheme, "http", "ws", 1)
	}
	return q.do()
}
