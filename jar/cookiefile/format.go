package cookiefile

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
)

// A Format is a kind of file.
type Format uint8

// The formats.
const (
	// Auto means, for reading, whatever the content says; for writing, JSON.
	Auto Format = iota

	// JSON is the format of this package: all that a jar keeps, to the byte, one
	// cookie a line.
	JSON

	// Netscape is cookies.txt as curl, wget and yt-dlp have it: a session cookie
	// expires at 0. It reads what all of them and browser extensions write.
	Netscape

	// NetscapePython is cookies.txt as Python's http.cookiejar has it: a session
	// cookie has an empty expiry. For reading it is the same as Netscape.
	NetscapePython

	// Playwright is the storageState of Playwright. For reading, this and the
	// next two are the same, and take what browser extensions export as well.
	Playwright

	// CDP is the result of Storage.getCookies in the Chrome DevTools Protocol.
	CDP

	// Puppeteer is an array of cookies, as its Browser.cookies returns it and its
	// Browser.setCookie takes it.
	Puppeteer

	formatCount
)

var formatNames = [formatCount]string{"auto", "json", "netscape", "python", "playwright", "cdp", "puppeteer"}

// String returns the name of the format: "auto", "json", "netscape", "python",
// "playwright", "cdp" or "puppeteer".
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
	return Auto, fmt.Errorf("unknown format %q: want one of %s", name, strings.Join(formatNames[:], ", "))
}

// FormatOf returns the format that suits a file's name: Netscape for .txt, else
// JSON.
func FormatOf(name string) Format {
	if strings.EqualFold(filepath.Ext(name), ".txt") {
		return Netscape
	}
	return JSON
}

// byteOrderMark may begin a file that has been through an editor.
const byteOrderMark = "\uFEFF"

// HeadLen is how much of a file Detect looks at.
const HeadLen = 8 << 10

// Detect returns the format of a file that begins with head, of which the first
// HeadLen bytes count; Netscape for an empty one. JSON that is not of this package is
// Puppeteer if it is an array, else CDP if a member "session" shows, else Playwright.
// The error is Database for an SQLite database; what else is no cookie file is found
// out by reading it.
func Detect(head []byte) (Format, error) {
	head = head[:min(len(head), HeadLen)]
	if bytes.HasPrefix(head, []byte("SQLite format 3\x00")) {
		return Auto, Database
	}
	head = bytes.TrimPrefix(head, []byte(byteOrderMark))
	head = bytes.TrimLeft(head, " \t\r\n")
	first, _, _ := bytes.Cut(head, []byte("\n"))
	var h header
	switch {
	case len(head) == 0:
		return Netscape, nil
	case json.Unmarshal(first, &h) == nil && h.Format == ownFormat:
		return JSON, nil
	case head[0] == '[':
		return Puppeteer, nil
	case head[0] == '{' && bytes.Contains(head, []byte(`"session":`)): // no string can have that in it
		return CDP, nil
	case head[0] == '{':
		return Playwright, nil
	}
	return Netscape, nil
}
