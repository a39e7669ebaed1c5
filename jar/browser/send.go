package browser

import "net/http"

// Beacon has a script of the document call navigator.sendBeacon with text: a POST request that outlives the
// document. Its response, which no script sees, may set cookies all the same.
//
// A Fetch with the option keepalive is as any other.
func (f *Frame) Beacon(url, text string) *Response {
	d := f.here()
	q := &request{
		browser:     f.browser,
		page:        f.page(),
		kind:        Beacon,
		method:      http.MethodPost,
		header:      http.Header{"Content-Type": {"text/plain;charset=UTF-8"}},
		body:        text,
		mode:        NoCORS,
		credentials: Include,
		context:     f.context(d),
	}
	q.from(d)
	q.setURL(d.url, url)
	return q.do()
}

// EventSource has a script of the document open an EventSource, with or without the option
// withCredentials, which asks other origins with cookies. The response's Body is streamed: the caller
// must close it. It is not asked for again when it ends.
func (f *Frame) EventSource(url string, withCredentials bool) *Response {
	d := f.here()
	q := &request{
		browser:     f.browser,
		page:        f.page(),
		kind:        EventSource,
		method:      http.MethodGet,
		header:      http.Header{},
		mode:        CORS,
		credentials: SameOrigin,
		context:     f.context(d),
		stream:      true,
	}
	if withCredentials {
		q.credentials = Include
	}
	q.from(d)
	q.setURL(d.url, url)
	return q.do()
}
