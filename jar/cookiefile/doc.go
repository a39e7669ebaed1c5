// Package cookiefile imports and exports the cookie files of other programs. It reads and
// writes cookies.txt (curl, wget, yt-dlp, Python), the JSON of Playwright, Puppeteer, the
// Chrome DevTools Protocol, Selenium and Cypress, and a lossless JSON of its own. It only
// reads the JSON of browser extensions, tough-cookie (Node.js), Go's http.Cookie and
// persistent-cookiejar, and the files of libwww-perl.
//
//	j, _ := jar.New(nil)
//	n, err := cookiefile.Load(j, f, &cookiefile.ReadOptions{Name: "cookies.txt"})
//	...
//	err = cookiefile.Write(f, j.All(), &cookiefile.WriteOptions{Format: cookiefile.FormatNetscape})
//
// [Load] passes each cookie to [jar.Jar.Accept]; [Read] yields the cookies of the file
// without applying any rule. After a bad line or a refused cookie, both continue with the
// rest of the file. Memory is bounded by the maximum length of a line.
//
// For a file in an unknown format the error is [ErrForeign]. Its text names the format, if
// it is recognized, and says what to do: Python pickles, Safari's binarycookies, YAML, HAR
// files and bare Cookie header fields are recognized but not read. For a browser's
// database the error is [ErrDatabase]; package profile reads those.
//
// # Other programs' JSON
//
// Programs spell the members of a cookie differently. The name may be in name, key or Name;
// an object without any of them is skipped. The expiry may be in expires, expirationDate,
// expiry, expiresDate or expiresAt, as seconds, milliseconds or a date. A maxAge counts
// from the time of creation or last use that the file records, or from now if it records
// none. SameSite=None without Secure is what Firefox's tools and WebDriver write for a
// SameSite that is not set, and it is read as not set; ReadOptions.Noted reports it.
// [FormatJSON] is read exactly as it was written.
//
// # What a format can express
//
// Every format that can be written keeps name, value, domain, host-only, path, Secure,
// HttpOnly and the expiry: to the second in cookies.txt and WebDriver, to the microsecond
// in the JSON of browsers. Only [FormatJSON] keeps the times of creation and last access
// and the order of creation; in other formats, the order in the file is the order of
// creation. Everything else that a format cannot express is reported as a [Loss]. A
// cookie is left out of the file if reading it back would give a different cookie, such as
// an unpartitioned cookie for a partitioned one.
//
//	                 SameSite  Partition  Priority  no name  a tab  not UTF-8
//	Netscape            -      left out      -     left out  left out   yes
//	NetscapePython      -      left out      -        yes    left out left out
//	Playwright       see below   yes         -        yes      yes    left out
//	CDP, Puppeteer     yes       yes        yes       yes      yes    left out
//	WebDriver          yes     left out      -        yes      yes    left out
//	JSON               yes       yes        yes       yes      yes      yes
//
// Playwright refuses a whole file if one cookie has no SameSite or expires after the year
// 9999. So a SameSite that is not set is written as Lax, and a later expiry as the last
// second of 9999; both are reported.
//
// Some tools ignore part of the file: wget takes the lines of HttpOnly cookies for
// comments, and Python also sends host-only cookies to subdomains unless its policy is
// DomainStrictNonDomain.
//
// # Secrets
//
// No error of this package contains a cookie's value or quotes a line.
package cookiefile
