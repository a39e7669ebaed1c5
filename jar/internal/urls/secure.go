package urls

import (
	"strings"

	"uacookie/jar/internal/hosts"
	"uacookie/jar/match"
)

// Secure reports whether a connection is "secure". The draft leaves the definition to the
// user agent (RFC 6265bis, Section 5.8.3, step 3). Here a connection is secure if its
// scheme is https or wss, in any case, or its host is loopback.
//
// As in Chromium, localhost and the names under it are loopback, with or without a trailing
// dot, and so are 127.0.0.0/8 and ::1. An IPv4-mapped 127.0.0.1 is not.
func Secure(scheme, host string) bool {
	return scheme == "https" || secure(scheme, host)
}

func secure(scheme, host string) bool {
	return strings.EqualFold(scheme, "https") || strings.EqualFold(scheme, "wss") || loopback(host)
}

func loopback(host string) bool {
	return host == "[::1]" ||
		strings.HasPrefix(host, "127.") && hosts.IsIP(host) ||
		match.Domain(strings.TrimSuffix(host, "."), "localhost")
}
