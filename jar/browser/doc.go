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
// # What is modelled
//
// Cookies with navigations, reloads, history, forms, fetches, elements, beacons, event sources,
// prefetches and WebSockets, from documents at the top level, in frames, sandboxed, credentialless, of
// about:, data: and blob: URLs, and in windows that they open; from workers, shared workers and
// service workers; document.cookie and the Cookie Store API; third-party cookies allowed, partitioned or
// blocked, exceptions for sites, and storage access; redirects, CORS with its preflights, mixed content,
// HSTS, Referrer-Policy, Refresh, Clear-Site-Data, Cross-Origin-Embedder-Policy and
// Cross-Origin-Resource-Policy; the end of a session, with or without restoring it, and private windows.
//
// The browser is held to recordings of Chromium and Firefox, testdata/browsers: which cookies a
// request carries, what is blocked, and of each request, preflights and redirects among them, the
// method, the URL, and the header fields above, those of CORS, Sec-Fetch-Storage-Access, Sec-Purpose,
// Service-Worker, Cache-Control and Content-Type; of the Cookie Store API, each result, exception and event. In 20 places a comment says "from the specification only": what
// stands there follows the standards, and no recording confirms it. Only Firefox is recorded with
// third parties partitioned, as it ships: Chromium has no such mode.
//
// # Not modelled
//
//   - HTML, scripts and rendering, and what markup says of a document: meta elements, base.
//   - Caches: each request reaches its site. There is no back/forward cache, no prerender or preload, and
//     no cached preflight. What is prefetched is asked for again. None of these changes a cookie, but that
//     fewer requests are made.
//   - Service workers that answer requests: theirs is to decide what reaches a site, and the test would have to be
//     the worker. A service worker has the scope of its script's folder.
//   - Navigations to a fragment, and pushState: a link makes a request, even to "#top".
//   - Content-Security-Policy but for its directive sandbox; X-Frame-Options; Permissions-Policy;
//     the policy for openers (COOP); Opaque Response Blocking and nosniff: they decide what is shown, after
//     cookies were sent and stored. A frame is shown, and an element has what it asked for, whatever
//     the status and the type of the response. Of COEP, its reports and the requests of workers that have none.
//   - Sandbox tokens other than allow-same-origin: a sandboxed document may submit forms and
//     open windows. Fenced frames.
//   - HTTPS upgrades other than HSTS and images in secure documents: HTTPS-First, the directive
//     upgrade-insecure-requests, the preload list of HSTS.
//   - Local Network Access: any page may ask for localhost.
//   - XMLHttpRequest with its own defaults, fonts, media, object, embed, CSS, module scripts, worklets and
//     downloads: a Fetch with the same mode and credentials has the same cookies. That an EventSource asks again.
//   - Of Firefox as shipped, Total Cookie Protection, beacons, data: and blob: documents, embedder policies and exceptions are
//     not recorded; with all cookies accepted, and with third parties blocked, they are.
//   - SharedWorker's option sameSiteCookies. Shared workers are not shared: each StartWorker starts one.
//   - Top-level documents of data: and blob: URLs: browsers let no page navigate there, and in a blob: URL that the user opens
//     there is no service to test.
//   - The options cache, integrity, priority and referrer of fetch.
//   - Forms by multipart/form-data or text/plain. The fields are encoded as url.Values are.
//   - Which frame may navigate which, the blocking of popups, named windows, messages between
//     windows, window.close, and the history of frames.
//   - A profile on disk, beyond its cookies: save [Browser.Jar] by jar/jarfile or jar/durable, and the rest is given
//     by the test. What a restored session shows: tabs stay open, and are not loaded again.
//   - Enterprise policies and extensions; settings for sites other than third-party cookies.
//   - Trackers: lists of them, bounce tracking protection, and the storage access that Firefox grants after
//     a popup or a redirect. Driven by a program, Firefox grants none, and so no recording shows it.
//   - Related Website Sets: Chromium 156, as Debian ships it, has no list of sets and no switch that gives it
//     one, and so nothing to record. What they permit is what [Browser.PermitStorageAccess] permits.
//   - FedCM, requestStorageAccessFor, requestStorageAccess with types, and other ways to permit
//     third-party cookies.
//   - Storage other than cookies, and the other values of Clear-Site-Data. In the Cookie Store API, the
//     arguments that Go cannot say: a path or domain that is the empty string.
//   - User-Agent Client Hints, Accept-Encoding, Priority, DNT and Sec-GPC.
//   - HTTP authentication, client certificates, certificates that browsers distrust, proxies, HTTP/2 and HTTP/3.
//   - URLs other than http, https, ws and wss, but for frames of about:srcdoc, about:blank, data: and blob:.
//   - Time: nothing is slow, times out, or happens at the same time as something else in a tab.
package browser
