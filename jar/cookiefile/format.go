package cookiefile

import (
	"fmt"
	"path/filepath"
	"strings"
)

// A Format is a kind of file.
type Format uint8

// The formats.
const (
	// Auto means, for reading, whatever the content says; for writing, JSON.
	FormatAuto Format = iota

	// JSON is the format of this package: all that a jar keeps, to the byte, one
	// cookie a line.
	FormatJSON

	// Netscape is cookies.txt as curl, wget and yt-dlp have it: a session cookie
	// expires at 0. It reads what all of them and browser extensions write.
	FormatNetscape

	// NetscapePython is cookies.txt as Python's http.cookiejar has it: a session
	// cookie has an empty expiry. For reading it is the same as Netscape.
	FormatNetscapePython

	// Playwright is the storageState of Playwright. For reading, all formats of
	// JSON but the first are the same, and take what browser extensions export as
	// well. Playwright refuses a file with a cookie that has no SameSite, so one
	// that has none is written as Lax; and it knows no later expiry than the last
	// second of 9999.
	FormatPlaywright

	// CDP is the result of Storage.getCookies in the Chrome DevTools Protocol.
	FormatCDP

	// Puppeteer is an array of cookies, as its Browser.cookies returns it and its
	// Browser.setCookie takes it.
	FormatPuppeteer

	// WebDriver is an array of cookies as W3C WebDriver has them, and so Selenium
	// and Cypress: they expire in whole seconds, and have no partition.
	FormatWebDriver

	// ToughCookie is the serialized jar of tough-cookie, the jar of Node.js
	// programs, or an array of its cookies. This format and those that follow are
	// read only; Write fails.
	FormatToughCookie

	// LWP is the format of libwww-perl and of Python's LWPCookieJar:
	// #LWP-Cookies-2.0, and a line Set-Cookie3 for each cookie.
	FormatLWP

	// GoCookies is an array of http.Cookie as encoding/json writes it. Cookies
	// without a Domain are skipped, since the file does not have their host.
	FormatGoCookies

	// PersistentCookiejar is the file of github.com/juju/persistent-cookiejar.
	FormatPersistentCookiejar

	formatCount
)

// writableCount is how many formats, with Auto, can be written.
const writableCount = FormatToughCookie

var formatNames = [formatCount]string{
	"auto", "json", "netscape", "python", "playwright", "cdp", "puppeteer", "webdriver",
	"tough-cookie", "lwp", "go", "persistent-cookiejar",
}

// String returns the name of the format: "auto", "json", "netscape", "python",
// "playwright", "cdp", "puppeteer", "webdriver", "tough-cookie", "lwp", "go" or
// "persistent-cookiejar".
func (f Format) String() string {
	if f < formatCount {
		return formatNames[f]
	}
	return fmt.Sprintf("format %d", f)
}

// check returns an error if f is not one of the constants.
func (f Format) check() error {
	if f < formatCount {
		return nil
	}
	return fmt.Errorf("unknown %v: use one of the constants of type cookiefile.Format", f)
}

// ParseFormat returns the format of a name that [Format.String] returns.
func ParseFormat(name string) (Format, error) {
	for f, s := range formatNames {
		if s == name {
			return Format(f), nil
		}
	}
	return FormatAuto, fmt.Errorf("unknown format %q: want one of %s", name, strings.Join(formatNames[:], ", "))
}

// FormatOf returns the format that suits a file's name: Netscape for .txt, else
// JSON.
func FormatOf(name string) Format {
	if strings.EqualFold(filepath.Ext(name), ".txt") {
		return FormatNetscape
	}
	return FormatJSON
}
