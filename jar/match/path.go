package match

import (
	"net/url"
	"strings"
)

// Path reports whether the path of a request path-matches a cookie's path:
// they are identical, or the request's is below it.
// See RFC 6265bis, Section 5.1.4, path-match.
//
// Octets are compared: "/a" and "/%61" are two paths.
func Path(request, cookie string) bool {
	if cookie == "/" { // as most are
		return request != "" && request[0] == '/'
	}
	n := len(cookie)
	return len(request) >= n && request[:n] == cookie &&
		(len(request) == n || // 1
			n > 0 && cookie[n-1] == '/' || // 2
			request[n] == '/') // 3
}

// DefaultPath returns the path of a cookie that does not bring its own: that of
// the request up to its last slash, which [RequestPath] gives.
// See RFC 6265bis, Section 5.1.4, default-path.
func DefaultPath(path string) string { // 1
	last := strings.LastIndexByte(path, '/')
	if last <= 0 || path[0] != '/' { // 2, and 3: the only slash is the first
		return "/"
	}
	return path[:last] // 4
}

// RequestPath returns the path of u, escaped as net/http sends it, and "/" if
// it is empty. It begins with a slash: one that is missing is added, as
// [url.URL.String] does, and "*", the request for no path, is "/".
func RequestPath(u *url.URL) string {
	if u.Opaque == "" && u.RawPath == "" && isPlainPath(u.Path) {
		return u.Path
	}
	path := u.EscapedPath()
	if u.Opaque != "" {
		path = opaquePath(u.Opaque)
	}
	switch {
	case path == "" || path == "*":
		return "/"
	case path[0] != '/':
		return "/" + path
	}
	return path
}

// isPlainPath reports whether a path is seen in one look to need no escaping and no
// slash, as most do.
func isPlainPath(path string) bool {
	for i := range len(path) {
		c := path[i]
		if (c < 'a' || c > 'z') && (c < '-' || c > '9') && (c < 'A' || c > 'Z') && c != '_' {
			return false
		}
	}
	return path != "" && path[0] == '/'
}

// opaquePath returns the path in [url.URL.Opaque], which net/http sends in place
// of all else: "/path" or "//host/path".
func opaquePath(opaque string) string {
	path, _, _ := strings.Cut(opaque, "?")
	if rest, ok := strings.CutPrefix(path, "//"); ok {
		host, _, _ := strings.Cut(rest, "/")
		return rest[len(host):]
	}
	return path
}
