// Package urls derives from the URL of a request what the draft needs: its path, and
// whether the connection is secure.
package urls

import (
	"net/url"
	"strings"
)

// DefaultPath returns the path of a cookie without a Path attribute: the path of the
// request, as [RequestPath] returns it, up to its last slash.
// See RFC 6265bis, Section 5.1.4, default-path.
func DefaultPath(path string) string { // 1
	last := strings.LastIndexByte(path, '/')
	if last <= 0 || path[0] != '/' { // 2, and 3: the only slash is the first
		return "/"
	}
	return path[:last] // 4
}

// RequestPath returns the path of u, escaped as net/http sends it. The result always begins
// with a slash: RequestPath adds a missing one, as [url.URL.String] does. It returns "/" for
// an empty path and for "*".
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

// isPlainPath reports whether one pass over the bytes of a path shows that it needs neither
// escaping nor a slash at its start. Most paths need neither.
func isPlainPath(path string) bool {
	for i := range len(path) {
		c := path[i]
		if (c < 'a' || c > 'z') && (c < '-' || c > '9') && (c < 'A' || c > 'Z') && c != '_' {
			return false
		}
	}
	return path != "" && path[0] == '/'
}

// opaquePath returns the path in an [url.URL.Opaque] such as "/path" or "//host/path".
// net/http sends Opaque in place of the host and the path.
func opaquePath(opaque string) string {
	path, _, _ := strings.Cut(opaque, "?")
	if rest, ok := strings.CutPrefix(path, "//"); ok {
		host, _, _ := strings.Cut(rest, "/")
		return rest[len(host):]
	}
	return path
}
