package match

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
