package match

// Path reports whether the path of a request path-matches the path of a cookie: they are
// identical, or the request's path is below the cookie's.
// See RFC 6265bis, Section 5.1.4, path-match.
//
// Path compares bytes: "/a" and "/%61" are different paths.
func Path(request, cookie string) bool {
	if cookie == "/" { // fast path: most cookies have this path
		return request != "" && request[0] == '/'
	}
	n := len(cookie)
	return len(request) >= n && request[:n] == cookie &&
		(len(request) == n || // 1
			n > 0 && cookie[n-1] == '/' || // 2
			request[n] == '/') // 3
}
