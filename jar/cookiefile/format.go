package cookiefile

import (
	"fmt"
	"path/filepath"
	"strings"
)

// A Format is a file format.
type Format uint8

// The formats.
const (
	// FormatAuto, the zero value, means the format that [Detect] finds when reading, and
	// FormatJSON when writing.
	FormatAuto Format = iota

	// FormatJSON is this package's own format: one cookie a line, with everything that a
	// jar keeps, to the byte.
	FormatJSON

	// FormatNetscape is the cookies.txt of curl, wget and yt-dlp, in which a session
	// cookie expires at 0. Reading accepts what these programs and browser extensions
	// write.
	FormatNetscape

	// FormatNetscapePython is the cookies.txt of Python's http.cookiejar, in which a
	// session cookie has an empty expiry. For reading it is the same as FormatNetscape.
	FormatNetscapePython

	// FormatPlaywright is the storageState of Playwright. For reading, all JSON formats
	// except FormatJSON are the same, and also accept what browser extensions export.
	// Playwright refuses a file with a cookie without SameSite, so a SameSite that is not
	// set is written as Lax. The latest expiry is the last second of 9999.
	FormatPlaywright

	// FormatCDP is the result of Storage.getCookies in the Chrome DevTools Protocol.
	FormatCDP

	// FormatPuppeteer is the array of cookies that Puppeteer's Browser.cookies returns and
	// its Browser.setCookie accepts.
	FormatPuppeteer

	// FormatWebDriver is an array of the cookies of W3C WebDriver, which Selenium and
	// Cypress use: they expire at whole seconds and have no partition.
	FormatWebDriver

	// FormatToughCookie is the serialized jar of tough-cookie, the jar of Node.js
	// programs, or an array of its cookies. This format and the following ones are read
	// only: Write returns an error.
	FormatToughCookie

	// FormatLWP is the format of libwww-perl and Python's LWPCookieJar: a first line
	// #LWP-Cookies-2.0, and a Set-Cookie3 line for each cookie.
	FormatLWP

	// FormatGoCookies is an array of http.Cookie as encoding/json writes it. Cookies
	// without a Domain are skipped, since the file does not contain their host.
	FormatGoCookies

	// FormatPersistentCookiejar is the file of github.com/juju/persistent-cookiejar.
	FormatPersistentCookiejar

	formatCount
)

// writableCount is the number of formats that can be written, including FormatAuto.
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

// ParseFormat returns the format whose String is name, or an error that lists the names.
func ParseFormat(name string) (Format, error) {
	for f, s := range formatNames {
		if s == name {
			return Format(f), nil
		}
	}
	return FormatAuto, fmt.Errorf("unknown format %q: want one of %s", name, strings.Join(formatNames[:], ", "))
}

// FormatOf returns the format for a new file of this name: FormatNetscape if the name ends
// in .txt, and FormatJSON otherwise.
func FormatOf(name string) Format {
	if strings.EqualFold(filepath.Ext(name), ".txt") {
		return FormatNetscape
	}
	return FormatJSON
}
