// Package urls has what the draft reads off the URL of a request: its path, and whether the
// connection is secure.
package urls

import (
	"net/url"
	"strings"
)

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
