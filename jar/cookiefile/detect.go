package cookiefile

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
)

// byteOrderMark may begin a file that has been through an editor.
const byteOrderMark = "\uFEFF"

// HeadLen is how much of a file Detect looks at.
const HeadLen = 8 << 10

// Detect returns the format of a file that begins with head; bytes after the first
// HeadLen do not count. It is Netscape for an empty head. JSON is told apart by the
// members of its first cookies.
//
// The error is Database for an SQLite database. It is Foreign for a file that is in
// no format of this package, and names what it is in, and what to do about that, if
// that is known. A nil error does not mean that the whole file can be read.
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

// binaryKind names a kind of file by its first bytes, and says what to do. It is
// empty for a kind that is unknown.
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
		return "a Python pickle, which is not read because reading one runs code: load it in Python and save it with json.dump, or with http.cookiejar.MozillaCookieJar"
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

// isNetscape reports whether head has the first line of a cookies.txt, or a line of a
// cookie. Browser extensions leave the first line out.
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
		if len(fields) < 5 { // all that this package has ever read, or said what is wrong with
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

// textKind names what a text that is no cookie file may be, and says what to do.
func textKind(head []byte) string {
	line, other := "", 0 // the first line that says something, and how many follow
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
		return "a file of libwww-perl without its first line, #LWP-Cookies-2.0: put that there"
	case strings.HasPrefix(line, "HTTP/") || colon && strings.EqualFold(name, "Set-Cookie"),
		strings.HasPrefix(line, "< HTTP/") || strings.HasPrefix(line, "* "):
		return "an HTTP response: its Set-Cookie fields need the URL that sent them, so give both to jar.Jar.Receive, or to cookies explain -from FILE URL"
	case colon && strings.EqualFold(name, "Cookie") || other == 0 && isPairs(line):
		return "a Cookie header field, which has names and values without the host that they are for: send it as it is, as curl -b does, or make a cookies.txt of it"
	case strings.HasPrefix(line, "---"), strings.HasPrefix(line, "%YAML"), strings.HasPrefix(line, "- "),
		colon && (value == "" || value[0] == ' ') && isKey(name):
		return "YAML, perhaps: convert it to JSON, or save it as cookies.txt (in Ruby, with jar.save(file, :cookiestxt))"
	case strings.HasPrefix(line, "<"):
		return "HTML or XML: export the cookies as JSON or as cookies.txt"
	}
	return "want cookies.txt, which begins with # Netscape HTTP Cookie File, or JSON; another tool can export either"
}

// isPairs reports whether a line is name=value, or several with semicolons between.
func isPairs(line string) bool {
	line = strings.TrimRight(line, "; \t")
	for pair := range strings.SplitSeq(line, ";") {
		name, _, ok := strings.Cut(strings.TrimSpace(pair), "=")
		if !ok || name == "" || strings.ContainsAny(name, " \t\"<>(){}[],:/\\") || hasControl(pair) {
			return false
		}
	}
	return line != ""
}

// isKey reports whether s is a word as keys in YAML are.
func isKey(s string) bool {
	for _, r := range s {
		if r != '_' && r != '-' && r != '.' && (r|0x20 < 'a' || r|0x20 > 'z') && (r < '0' || r > '9') {
			return false
		}
	}
	return s != ""
}
