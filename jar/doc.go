// Package jar is a cookie jar that keeps cookies as a browser does.
//
// It implements [net/http.CookieJar]:
//
//	j, _ := jar.New(nil)
//	client := &http.Client{Jar: j}
//
// # Two faces
//
// http.CookieJar loses information. On the way in, net/http drops lines whose
// name or value it dislikes before the jar sees them (control octets, most
// non-ASCII bytes, JSON values with quotes and commas in some places), all lines
// of a response with more than 3000 of them, and says so to nobody. On the way
// out it strips quotes and other bytes from values, quotes those with spaces or
// commas, and writes "=" before a value without a name. The jar gets back what it
// can from [net/http.Cookie.Raw].
//
// [Transport] is a [net/http.RoundTripper] that reads and writes the header
// fields themselves, byte for byte, and it can be told of a request what a browser
// would know: see [Context]. What its Base does not hand over it cannot keep:
// http.Transport fails a whole HTTP/1 response for one control octet in its header,
// with an error that quotes the line, which may hold a cookie's value.
//
//	client := &http.Client{Transport: &jar.Transport{Jar: j}}
//
// Use one or the other, not both on one client.
//
// # Specification
//
// The jar follows draft-ietf-httpbis-rfc6265bis-22, cited throughout as
// "RFC 6265bis". A comment such as "step 16" names a step of the section its
// function cites. Where the jar departs from the draft, the comment starts
// with "Deviation:" and gives the reason; testdata/deviations.json lists them.
// [UserAgent] chooses other rules than the draft's.
//
// # Concurrency
//
// A [Jar] is safe for concurrent use. Reading takes no lock. Iterators see a
// consistent view of each site, taken when it is reached.
//
// Each cookie is one step, and a response with several Set-Cookie lines is several: a
// request made meanwhile may carry the first new cookie and not yet the second. Delete,
// DeleteExpired, EndSession and Clear are one step for each site: a request sees all or
// none of what they remove from its site, and one to a site not yet reached still
// carries its cookies. A cookie set while they run may stay.
//
// # Secrets
//
// A cookie's value is a secret: no error, log line or String method shows it.
package jar
