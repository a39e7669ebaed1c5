// Package jar is a cookie jar that keeps cookies as a browser does.
//
// A [Jar] implements [net/http.CookieJar]:
//
//	j, _ := jar.New(nil)
//	client := &http.Client{Jar: j}
//
// # Two faces
//
// http.CookieJar loses information. Before the jar sees a response, net/http silently
// drops lines with a name or value that it does not accept (with control octets, most
// non-ASCII bytes, or JSON with quotes and commas) and every line of a response with more
// than 3000 of them. After the jar has answered, net/http removes quotes and other bytes
// from values, quotes values with spaces or commas, and writes "=" before a value without
// a name. The jar restores what it can from [net/http.Cookie.Raw]. It does not see the
// rest of the response, so it cannot correct Expires by the Date field of a server whose
// clock is wrong.
//
// [Transport] is a [net/http.RoundTripper] that reads and writes the header fields
// themselves, byte for byte:
//
//	client := &http.Client{Transport: &jar.Transport{Jar: j}}
//
// It also takes what a browser would know about a request: see [WithContext]. It sees only
// what its Base delivers: http.Transport fails a whole HTTP/1 response for one control
// octet in its header, with an error that quotes the line and so may show a cookie's
// value.
//
// Use one or the other, not both on one client. Other clients have jars of their own
// that must be turned off: see "With other clients" at [Transport].
//
// A program that does not use net/http calls [Jar.Header] for a request and [Jar.Receive]
// for its response.
//
// # Answers
//
// In the repository, ANSWERS.md lists the examples by task and has answers by symptom, such as
// a cookie that is not stored; MIGRATING.md is for programs that had another jar.
//
// # Reading and removing
//
// [Jar.Cookies], [Jar.Header] and [Jar.AppendHeader] return what a request carries.
// [Jar.Retrieve] also returns a [Verdict] on each cookie, with all its attributes. These
// four update the last access of the cookies that they return. The others only look:
// [Jar.Explain] returns a Verdict on each cookie for the request's host, [Jar.Judge] on one
// cookie that the jar need not have, [Jar.Get] returns one cookie, and [Jar.All] all.
//
// [Jar.Accept] sets one cookie. [Jar.Remove] removes one, [Jar.Delete] those that a function selects,
// [Jar.EndSession] the session cookies, and [Jar.Clear] all.
//
// # Saving
//
// Package cookiefile writes the cookies of [Jar.All] as one value, and loads it into a jar.
// A Jar itself is no encoding.TextMarshaler: whatever logs or encodes it would show the
// secrets. Package durable keeps a jar in a database while it is in use.
//
// # Types of other packages
//
// Many types of this package are aliases. Their fields and methods are documented where
// they are declared: the cookie, its Key and the Limits in [uacookie/jar/store], the
// Request, its Context and the Verdict in [uacookie/jar/policy]. On the command line, go
// doc uacookie/jar/store.Cookie shows them. The constants of [Reason] are in package policy
// only; all other names that a program needs are in this package.
//
// # Specification
//
// The jar follows draft-ietf-httpbis-rfc6265bis-22, cited throughout as
// "RFC 6265bis". A comment such as "step 16" names a step of the section its
// function cites. Where the jar departs from the draft, the comment starts
// with "Deviation:" and gives the reason; testdata/deviations.json lists them.
// Options.UserAgent selects other rules than the draft's: see [UserAgent].
//
// # Concurrency
//
// A [Jar] is safe for concurrent use. Reading takes no lock. Iterators see a
// consistent view of each site, taken when it is reached.
//
// Storing is atomic for each cookie, not for a response: while a response with several
// Set-Cookie lines is received, a request may carry the first new cookie and not yet the
// second. Delete, EndSession and Clear are atomic for each site: a request carries all or
// none of the cookies that they remove from its site. They reach one site after the other,
// and may miss a cookie that is set while they run.
//
// # Secrets
//
// A cookie's value is a secret: no error, log line or String method shows it. log/slog
// calls the LogValue of each type that has a value, but not inside a slice, map or
// struct: its JSON handler shows the values of a []Cookie or []Verdict, and both handlers
// show those in unexported fields. [RedactAttr] takes them out:
//
//	slog.NewJSONHandler(os.Stderr, &slog.HandlerOptions{ReplaceAttr: jar.RedactAttr})
//
// [encoding/json] and the fields themselves show the value: programs save cookies with them.
package jar
