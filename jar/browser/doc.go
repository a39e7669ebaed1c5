// Package browser is a small model of what decides about cookies in a browser, for
// tests of web services: does a cross-site POST carry the session, does the login
// survive the redirect back from single sign-on, does the embed see its cookie?
//
//	func TestTransfer(t *testing.T) {
//		b := browser.Test(t, jar.Chromium, browser.Sites{
//			"https://bank.test": bank,
//			"https://evil.test": http.NotFoundHandler(),
//		})
//		b.Open("https://bank.test/").Submit("/session", form)
//
//		r := b.Open("https://evil.test/").Submit("https://bank.test/transfer", form)
//		if r.Sent("session") {
//			t.Error("the session goes with a cross-site POST")
//		}
//	}
//
// If the test fails, all requests are printed, with the reason for each cookie. What a test does
// wrong, such as a mistyped URL, ends it with a sentence.
//
// Nothing leaves the process: sites are handlers, which are served over connections
// in memory ([ForwardTo] leads to an httptest.Server), and there is no HTML, no script and no rendering. The test does what a
// user or a script would do; the browser does the rest. It follows redirects, keeps
// cookies in a [jar.Jar] by the rules of Chromium or Firefox, and sends the header fields that
// servers decide by: Origin, Referer by the default policy, Sec-Fetch-Site, -Mode,
// -Dest and -User, and Upgrade-Insecure-Requests. So [http.CrossOriginProtection]
// answers what it answers in production.
//
// What a request carried and what its response stored is in its [Response]; all
// requests so far are in [Browser.Log], and a Browser prints as a browser's network
// panel. No log has the value of a cookie.
//
// # Sources
//
// The browser is held to recordings of Chromium and Firefox, testdata/browsers: which cookies go
// with navigations, reloads, forms, fetches and WebSockets, from documents at the top
// level, in frames up to four deep, sandboxed, about:srcdoc or about:blank; what
// document.cookie reads and writes there; all of it with third-party cookies allowed
// and blocked; and of each request, preflights and redirects among them, the method,
// the URL, and the header fields above, those of CORS, Sec-Fetch-Storage-Access,
// Cache-Control and Content-Type.
//
// Where a comment says "from the specification only", no recording confirms it: what
// is modelled is the Fetch or HTML standard. That is so of all other header fields.
package browser
