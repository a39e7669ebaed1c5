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
		return fmt.Errorf("%w: the fetch has mode: same-origin, and asks another origin", ErrBlocked)
	case q.mode == NoCORS && q.redirects != "" && q.redirects != follow && !sameOrigin(q.origin(), q.url):
		return fmt.Errorf("%w: the fetch has mode: no-cors and redirect: %s, and asks another origin", ErrBlocked, q.redirects)
	case q.mode == NoCORS && !(isSimpleMethod(q.method) && len(q.unsafeHeaders()) == 0):
		return fmt.Errorf("%w: the fetch has mode: no-cors, and a method or header field that needs CORS", ErrBlocked)
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
	if _, err := p.exchange(func(r *http.Response, _ *Exchange) error { return q.permits(&p, r) }); err != nil {
		return fmt.Errorf("preflight: %w", err)
	}
	return nil
}

// permits reports whether the response to the preflight p permits the request.
func (q *request) permits(p *request, r *http.Response) error {
	if err := p.checkPreflight(r, q.credentials); err != nil {
		return err
	}
	h, star := r.Header, q.credentials != Include
	methods, headers := list(h, "Access-Control-Allow-Methods"), list(h, "Access-Control-Allow-Headers")
	if r.StatusCode/100 != 2 {
		return fmt.Errorf("%w: CORS: status %d", ErrBlocked, r.StatusCode)
	}
	if !isSimpleMethod(q.method) && !methods[q.method] && !(star && methods["*"]) {
		return fmt.Errorf("%w: CORS: method %s is not in Access-Control-Allow-Methods", ErrBlocked, q.method)
	}
	for _, name := range q.unsafeHeaders() {
		if !headers[name] && !(star && headers["*"] && name != "authorization") {
			return fmt.Errorf("%w: CORS: header field %s is not in Access-Control-Allow-Headers", ErrBlocked, name)
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
		return fmt.Errorf("%w: CORS: Access-Control-Allow-Origin is %q, want %q", ErrBlocked, allow, q.serializedOrigin())
	case q.credentials == Include && !slices.Equal(r.Header.Values("Access-Control-Allow-Credentials"), []string{"true"}):
		return fmt.Errorf("%w: CORS: Access-Control-Allow-Credentials is not true, and the request has credentials", ErrBlocked)
	}
	return nil
}
