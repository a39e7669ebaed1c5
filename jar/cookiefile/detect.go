package cookiefile

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"uacookie/internal/parse"
)

// byteOrderMark is what some editors put at the start of a file.
const byteOrderMark = "\uFEFF"

// HeadLen is the number of bytes at the start of a file that [Detect] looks at.
const HeadLen = 8 << 10

// Detect returns the format of a file that begins with head. It ignores bytes after the
// first HeadLen, and returns FormatNetscape for an empty head. The JSON formats are
// distinguished by the members of the first cookies.
//
// The error is ErrDatabase for an SQLite database. For any other file in an unknown format
// it wraps ErrForeign, names the format, if it is recognized, and says what to do. A nil
// error does not mean that the whole file can be read.
func Detect(head []byte) (Format, error) {
	head = head[:min(len(head), HeadLen)]
	if bytes.HasPrefix(head, []byte("SQLite format 3\x00")) {
		return FormatAuto, ErrDatabase
	}
	if what := binaryKind(head); what != "" {
		return FormatAuto, fmt.Errorf("%w: %s", ErrForeign, what)
	}
	head = bytes.TrimPrefix(head, []byte(byteOrderMark))
	head = bytes.TrimLeft(head, " \t\r\n")
	first, _, _ := bytes.Cut(head, []byte("\n"))
	var h header
	switch {
	case len(head) == 0:
		return FormatNetscape, nil
	case json.Unmarshal(first, &h) == nil && h.Format == ownFormat:
		return FormatJSON, nil
	case head[0] == '[' || head[0] == '{':
		return jsonKind(head)
	case bytes.HasPrefix(head, []byte(lwpMagic)):
		return FormatLWP, nil
	case isNetscape(head):
		return FormatNetscape, nil
	}
	return FormatAuto, fmt.Errorf("%w: %s", ErrForeign, textKind(head))
}

// binaryKind recognizes a binary file by its first bytes. It returns the name of its
// format and what to do, or "" for an unknown format.
func binaryKind(head []byte) string {
	has := func(prefixes ...string) bool {
		for _, p := range prefixes {
			if bytes.HasPrefix(head, []byte(p)) {
				return true
			}
		}
		return false
	}
	switch {
	case len(head) > 1 && head[0] == 0x80 && 1 < head[1] && head[1] < 10,
		has("]q\x00", "}q\x00", "(lp", "(dp", "ccopy_reg\n", "ccopyreg\n", "chttp", "crequests", "c__builtin__\n"):
		return "a Python pickle, which is not read because reading it runs code: load it in Python and save it with json.dump or http.cookiejar.MozillaCookieJar"
	case has("cook\x00"):
		return "Safari's Cookies.binarycookies: export it with yt-dlp --cookies-from-browser safari --cookies cookies.txt"
	case has("mozLz40\x00"):
		return "a Firefox session compressed with LZ4: read cookies.sqlite of the same profile instead"
	case has("\xff\xfe", "\xfe\xff"):
		return "text in UTF-16, as PowerShell writes it: save it as UTF-8"
	case has("\x1f\x8b"):
		return "compressed with gzip: decompress it first"
	case has("PK\x03\x04"):
		return "a zip archive: unpack it first"
	}
	return ""
}

// isNetscape reports whether head contains the header line of a cookies.txt or the line of
// a cookie. Browser extensions leave the header out.
func isNetscape(head []byte) bool {
	for line := range bytes.Lines(head) {
		line = bytes.TrimRight(line, "\r\n")
		text, httpOnly := bytes.CutPrefix(line, []byte(httpOnlyPrefix))
		if len(text) > 0 && text[0] == '#' && !httpOnly {
			if bytes.Contains(text, []byte("HTTP Cookie File")) {
				return true
			}
			continue
		}
		fields := bytes.SplitN(text, []byte("\t"), 6)
		if len(fields) < 5 { // fewer fields than any cookies.txt line
			continue
		}
		for _, f := range fields[1:4] {
			if isFlag(string(f)) {
				return true
			}
		}
	}
	return false
}

// textKind guesses the format of a text file that is not a cookie file. It returns the name
// of the format and what to do.
func textKind(head []byte) string {
	line, other := "", 0 // the first line with content, and the number of others
	for l := range bytes.Lines(head) {
		l = bytes.TrimSpace(l)
		switch {
		case len(l) == 0 || l[0] == '#':
		case line == "":
			line = string(l)
		default:
			other++
		}
	}
	name, value, colon := strings.Cut(line, ":")
	name = strings.TrimSpace(name)
	switch {
	case strings.HasPrefix(line, lwpPrefix):
		return "a file of libwww-perl without its first line: insert the line #LWP-Cookies-2.0"
	case strings.HasPrefix(line, "HTTP/") || colon && strings.EqualFold(name, "Set-Cookie"),
		strings.HasPrefix(line, "< HTTP/") || strings.HasPrefix(line, "* "):
		return "an HTTP response: its Set-Cookie fields need the URL that sent them, so pass both to jar.Jar.Receive, or run: cookies explain -from FILE URL"
	case colon && strings.EqualFold(name, "Cookie") || other == 0 && isPairs(line):
		return "a Cookie header field, which has names and values but no host: send it unchanged, as curl -b does, or convert it to cookies.txt"
	case strings.HasPrefix(line, "---"), strings.HasPrefix(line, "%YAML"), strings.HasPrefix(line, "- "),
		colon && (value == "" || value[0] == ' ') && isKey(name):
		return "probably YAML: convert it to JSON, or save it as cookies.txt (in Ruby: jar.save(file, :cookiestxt))"
	case strings.HasPrefix(line, "<"):
		return "HTML or XML: export the cookies as JSON or as cookies.txt"
	}
	return "want JSON, or cookies.txt with the first line # Netscape HTTP Cookie File; most tools can export one of them"
}

// isPairs reports whether a line consists of name=value pairs separated by semicolons.
func isPairs(line string) bool {
	line = strings.TrimRight(line, "; \t")
	for pair := range strings.SplitSeq(line, ";") {
		name, _, ok := strings.Cut(strings.TrimSpace(pair), "=")
		if !ok || name == "" || strings.ContainsAny(name, " \t\"<>(){}[],:/\\") || parse.HasControl(pair) {
			return false
		}
	}
	return line != ""
}

// isKey reports whether s looks like a YAML key.
func isKey(s string) bool {
	for _, r := range s {
		if r != '_' && r != '-' && r != '.' && (r|0x20 < 'a' || r|0x20 > 'z') && (r < '0' || r > '9') {
			return false
		}
	}
	return s != ""
}
