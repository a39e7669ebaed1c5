// Package cookiefile reads and writes the files that people keep cookies in:
// cookies.txt of curl, wget, yt-dlp and Python, the JSON of Playwright, Puppeteer,
// the Chrome DevTools Protocol, Selenium and Cypress, and a JSON of its own that loses
// nothing. It also reads the JSON of browser extensions, of tough-cookie (Node.js), of
// Go's http.Cookie and of persistent-cookiejar, and the files of libwww-perl.
//
//	j, _ := jar.New(nil)
//	n, err := cookiefile.Load(j, f, &cookiefile.ReadOptions{Name: "cookies.txt"})
//	...
//	err = cookiefile.Write(f, j.All(), &cookiefile.WriteOptions{Format: cookiefile.Netscape})
//
// [Load] puts each cookie through [jar.Jar.Accept]; [Read] yields what the file
// says, unjudged. A bad line, or a cookie that is refused, does not keep the rest
// of the file from being read. All memory is bounded by the length of a line.
//
// A file that is in no known format is an error, which is [Foreign]. It names what
// the file is in, if that is known, and what to do: Python pickles, Safari's
// binarycookies, YAML, HARs and bare Cookie header fields are recognized, and are not
// read. Databases of browsers, which are [Database], are read by package profile.
//
// # Other programs' JSON
//
// Programs have their own spellings. The name of a cookie is its name, key or Name; an
// object without it is skipped. The expiry is expires, expirationDate, expiry,
// expiresDate or expiresAt, in seconds or milliseconds, or a date. A maxAge counts from
// when the file says that the cookie was set or used, and from now where it does not.
// SameSite=None without Secure is how Firefox's tools and WebDriver write a SameSite
// that is not set, and is read so; ReadOptions.Noted reports it. [JSON] is read as it
// was written.
//
// # What a format can hold
//
// All formats that are written keep name, value, domain, host-only, path, Secure,
// HttpOnly and when a cookie expires: to the second in cookies.txt and WebDriver, to
// the microsecond in the browsers' JSON. Times of creation and of last access, and the order of creation,
// are in [JSON] alone; elsewhere the order in the file stands for the latter. What
// else a format cannot express of a cookie is a [Loss], and is reported. A cookie is
// left out, rather than written, where whoever reads the file would take it for
// another one: one in a partition for one that is not, say.
//
//	                 SameSite  Partition  Priority  no name  a tab  not UTF-8
//	Netscape            -      left out      -     left out  left out   yes
//	NetscapePython      -      left out      -        yes    left out left out
//	Playwright       see below   yes         -        yes      yes    left out
//	CDP, Puppeteer     yes       yes        yes       yes      yes    left out
//	WebDriver          yes     left out      -        yes      yes    left out
//	JSON               yes       yes        yes       yes      yes      yes
//
// Playwright refuses a whole file for one cookie without SameSite, or one that expires
// after the year 9999. So what is not set is written as Lax, and the expiry as the last
// second of that year; both are reported.
//
// Some tools ignore part of the file: wget takes the lines of HttpOnly cookies
// for comments, and Python sends host-only cookies to the hosts below as well, unless
// its policy is DomainStrictNonDomain.
//
// # Secrets
//
// No error of this package shows a cookie's value or quotes a line.
package cookiefile
