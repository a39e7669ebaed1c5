package browser

import (
	"errors"

	"uacookie/jar"
)

// Cookie returns what a script of the document reads in document.cookie. In a
// document of an opaque origin, where a script would get an exception, it is "". In Chromium it is "", too, in
// one from a blob: URL, whose scripts can set no cookie either.
func (f *Frame) Cookie() string {
	cookies, _ := f.read()
	return cookies
}

// Cookies returns a verdict on each cookie whose domain matches the host of the
// document: whether document.cookie and the Cookie Store API list it for a script,
// or else by which rule they do not. Firefox's Cookie Store API lists them in
// another order than document.cookie: those of a partition last.
func (f *Frame) Cookies() []jar.Verdict {
	_, verdicts := f.read()
	return verdicts
}

func (f *Frame) read() (string, []jar.Verdict) {
	x := f.script("read")
	if x == nil {
		return "", nil
	}
	defer f.browser.record(x)
	cookies := f.browser.cookies(x, true)
	return cookies, x.Cookies
}

// SetCookie has a script of the document assign to document.cookie. It returns an
// error, a [*jar.Refusal], if the cookie was refused, and another in a document of an
// opaque origin, where a script would get an exception.
func (f *Frame) SetCookie(line string) error {
	x := f.script("write")
	switch {
	case x != nil:
	case f.document.origin == nil:
		return errors.New("browser: a document of an opaque origin has no document.cookie")
	default:
		return errors.New("browser: a document from a blob: URL has no cookies")
	}
	defer f.browser.record(x)
	f.browser.receive(x, []string{line}, true)
	return x.SetCookies[0].Err()
}

// script returns an access to document.cookie, nil if the document has none.
func (f *Frame) script(verb string) *Exchange {
	d := f.here()
	if d.origin == nil || f.browser.averse(d) {
		return nil
	}
	return &Exchange{
		Kind: Script, Method: verb, URL: withoutFragment(d.origin), Time: f.browser.now(),
		Context: f.accessContext(d), activated: d.access, jar: f.browser.jarOf(f.page(), d.origin),
	}
}
