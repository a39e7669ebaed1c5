package browser

import (
	"fmt"
	"mime"
	"net/http"
	"slices"
	"strings"
)

// isCORS reports whether another origin decides about the request.
func (q *request) isCORS() bool { return q.mode == CORS && q.tainted }

// checkMode reports what the mode of a fetch forbids outright.
func (q *request) checkMode() error {
	switch {
	case q.mode == SameOriginOnly && !sameOrigin(q.origin(), q.url):
		return fmt.Errorf("%w: mode same-origin, and another origin", ErrBlocked)
	case q.mode == NoCORS && !(isSimpleMethod(q.method) && len(q.unsafeHeaders()) == 0):
		return fmt.Errorf("%w: mode no-cors, and a method or header field that needs CORS", ErrBlocked)
	}
	return nil
}

// needsPreflight reports whether the request for the current URL is one that no form
// could make.
func (q *request) needsPreflight() bool {
	return q.isCORS() && !(isSimpleMethod(q.method) && len(q.unsafeHeaders()) == 0)
}

func isSimpleMethod(method string) bool {
	return method == http.MethodGet || method == http.MethodHead || method == http.MethodPost
}

// unsafeHeaders returns the names of the header fields that are not CORS-safelisted,
// in lower case and in order.
func (q *request) unsafeHeaders() []string {
	var names []string
	for name := range q.header {
		switch name {
		case "Accept", "Accept-Language", "Content-Language":
			continue
		case "Content-Type":
			kind, _, _ := mime.ParseMediaType(q.header.Get(name))
			switch kind {
			case "application/x-www-form-urlencoded", "multipart/form-data", "text/plain":
				continue
			}
		}
		names = append(names, strings.ToLower(name))
	}
	slices.Sort(names)
	return names
}

// preflight asks whether the request may be made. See Fetch, "CORS-preflight fetch".
func (q *request) preflight() error {
	p := *q
	p.followed = q.hasCredentials()
	p.kind, p.method, p.body, p.credentials, p.stream = Preflight, http.MethodOptions, "", Omit, false
	p.header = http.Header{"Access-Control-Request-Method": {q.method}}
	if names := q.unsafeHeaders(); len(names) > 0 {
		p.header.Set("Access-Control-Request-Headers", strings.Join(names, ","))
	}
	x, err := p.exchange()
	if err != nil {
		return fmt.Errorf("preflight: %w", err)
	}
	if err := p.checkPreflight(x.Response, q.credentials); err != nil {
		return fmt.Errorf("preflight: %w", err)
	}
	h, star := x.Response.Header, q.credentials != Include
	methods, headers := list(h, "Access-Control-Allow-Methods"), list(h, "Access-Control-Allow-Headers")
	if x.Response.StatusCode/100 != 2 {
		return fmt.Errorf("%w: preflight: status %d", ErrBlocked, x.Response.StatusCode)
	}
	if !isSimpleMethod(q.method) && !methods[q.method] && !(star && methods["*"]) {
		return fmt.Errorf("%w: preflight: method %s is not allowed", ErrBlocked, q.method)
	}
	for _, name := range q.unsafeHeaders() {
		if !headers[name] && !(star && headers["*"] && name != "authorization") {
			return fmt.Errorf("%w: preflight: header field %s is not allowed", ErrBlocked, name)
		}
	}
	return nil
}

// list returns the members of a header field that is a list: as they are, and in
// lower case.
func list(h http.Header, name string) map[string]bool {
	members := map[string]bool{}
	for _, value := range h.Values(name) {
		for m := range strings.SplitSeq(value, ",") {
			m = strings.TrimSpace(m)
			members[m], members[strings.ToLower(m)] = true, true
		}
	}
	return members
}

// checkPreflight is checkCORS for the response to the preflight p of a request with these
// credentials.
func (p *request) checkPreflight(r *http.Response, c Credentials) error {
	q := *p
	q.credentials = c
	return q.checkCORS(r)
}

// checkCORS reports whether a script may read the response. See Fetch, "CORS check".
func (q *request) checkCORS(r *http.Response) error {
	allow := r.Header.Values("Access-Control-Allow-Origin")
	switch {
	case len(allow) == 1 && allow[0] == "*" && q.credentials != Include:
		return nil
	case len(allow) != 1 || allow[0] != q.serializedOrigin():
		return fmt.Errorf("%w: Access-Control-Allow-Origin is %q", ErrBlocked, allow)
	case q.credentials == Include && !slices.Equal(r.Header.Values("Access-Control-Allow-Credentials"), []string{"true"}):
		return fmt.Errorf("%w: Access-Control-Allow-Credentials is not true", ErrBlocked)
	}
	return nil
}
