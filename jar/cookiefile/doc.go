// Package cookiefile reads and writes the files that people keep cookies in:
// cookies.txt of curl, wget, yt-dlp and Python, the JSON of Playwright, Puppeteer
// and the Chrome DevTools Protocol, and a JSON of its own that loses nothing.
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
// # What a format can hold
//
// All formats keep name, value, domain, host-only, path, Secure, HttpOnly and when
// a cookie expires: to the second in cookies.txt, to the microsecond in the
// browsers' JSON. Times of creation and of last access, and the order of creation,
// are in [JSON] alone; elsewhere the order in the file stands for the latter. What
// else a format cannot express of a cookie is a [Loss], and is reported. A cookie is
// left out, rather than written, where whoever reads the file would take it for
// another one: one in a partition for one that is not, say.
//
//	                 SameSite  Partition  Priority  no name  a tab  not UTF-8
//	Netscape            -      left out      -     left out  left out   yes
//	NetscapePython      -      left out      -        yes    left out left out
//	Playwright         yes       yes         -        yes      yes    left out
//	CDP, Puppeteer     yes       yes        yes       yes      yes    left out
//	JSON               yes       yes        yes       yes      yes      yes
//
// Some tools heed less than is in the file: wget takes the lines of HttpOnly cookies
// for comments, and Python sends host-only cookies to the hosts below as well, unless
// its policy is DomainStrictNonDomain.
//
// # Secrets
//
// No error of this package shows a cookie's value or quotes a line.
package cookiefile
