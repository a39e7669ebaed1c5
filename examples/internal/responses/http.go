package responses

import (
	"fmt"
	"net/url"
	"regexp"
	"strconv"
	"strings"
)

// A head is the head of a response in a file.
type head struct {
	url    *url.URL // nil if the file does not have it
	method string
	lines  []string
}

// HTTP returns the responses in data: the heads that curl -i, curl -v or wget -S
// writes. They are of u, or of the URL in the file, and of the redirects that were
// followed from it. If u is nil and the file has no URL, the error is ErrNeedsURL.
func HTTP(data []byte, u *url.URL) ([]Exchange, error) {
	heads := split(string(data))
	if u == nil && (len(heads) == 0 || heads[0].url == nil) {
		return nil, ErrNeedsURL
	}
	var all []Exchange
	for i, h := range heads {
		if h.url != nil {
			u = h.url
		}
		e := Exchange{URL: u, Method: h.method}
		status, location, fields := "", "", 0
		var last *string // what a folded line goes on with
		for k, line := range h.lines {
			if k == 0 && strings.HasPrefix(line, "HTTP/") {
				status = line
				continue
			}
			if line[0] == ' ' || line[0] == '\t' {
				if last != nil {
					*last += line
				}
				continue
			}
			name, value, ok := strings.Cut(line, ":")
			if !ok || strings.ContainsAny(name, " \t") {
				return nil, fmt.Errorf("response %d: %w", i+1, ErrForeign)
			}
			fields++
			last = nil
			switch {
			case strings.EqualFold(name, "Set-Cookie"):
				e.Lines = append(e.Lines, value)
				last = &e.Lines[len(e.Lines)-1]
			case strings.EqualFold(name, "Date"):
				e.Dates = append(e.Dates, strings.TrimSpace(value))
			case strings.EqualFold(name, "Location"):
				location = strings.TrimSpace(value)
			}
		}
		if status == "" && fields == 0 {
			return nil, ErrForeign
		}
		all = append(all, e)
		if next, err := u.Parse(location); location != "" && err == nil {
			u = next
		}
	}
	if len(all) == 0 {
		return nil, ErrForeign
	}
	return all, nil
}

// split returns the heads in a file.
func split(text string) []head {
	text = strings.TrimPrefix(text, "\ufeff")
	for line := range strings.Lines(text) {
		switch line = afterProgress(line); {
		case strings.HasPrefix(line, "HTTP/"): // of curl -i, which has no other line before
			return splitPlain(text)
		case strings.HasPrefix(line, "< HTTP/"):
			return splitVerbose(text)
		case strings.HasPrefix(line, "  HTTP/"):
			return splitWget(text)
		}
	}
	return splitPlain(text)
}

// splitPlain is split for heads one after another, with or without a body after the
// last.
func splitPlain(rest string) (all []head) {
	for {
		var h head
		for rest != "" {
			line, after, _ := strings.Cut(rest, "\n")
			rest = after
			if line = strings.TrimSuffix(line, "\r"); line == "" {
				break
			}
			h.lines = append(h.lines, line)
		}
		all = append(all, h)
		if !strings.HasPrefix(rest, "HTTP/") || h.hasBody(rest) {
			return all
		}
	}
}

// hasBody reports whether the rest of a file is the body of the response, by its
// Content-Length. A body may begin like another response.
func (h *head) hasBody(rest string) bool {
	for _, line := range h.lines {
		if name, value, ok := strings.Cut(line, ":"); ok && strings.EqualFold(name, "Content-Length") {
			return strings.TrimSpace(value) == strconv.Itoa(len(rest))
		}
	}
	return false
}

// splitVerbose is split for curl -v: what curl sent is after ">", what it got after
// "<", and what it says after "*". A body is between them.
func splitVerbose(text string) (all []head) {
	method, open := "", false
	for line := range strings.Lines(text) {
		line = afterProgress(line)
		if sent, ok := strings.CutPrefix(line, "> "); ok {
			if word, rest, ok := strings.Cut(sent, " "); ok && strings.Contains(rest, " HTTP/") {
				method = word
			}
			continue
		}
		got, ok := strings.CutPrefix(line, "<")
		got = strings.TrimPrefix(got, " ")
		switch {
		case !ok:
		case !open && strings.HasPrefix(got, "HTTP/"):
			all = append(all, head{method: method, lines: []string{got}})
			open = true
		case got == "":
			open = false
		case open:
			h := &all[len(all)-1]
			h.lines = append(h.lines, got)
		}
	}
	return all
}

// afterProgress returns a line without its end, and without what curl's meter of
// progress has written before.
func afterProgress(line string) string {
	line = strings.TrimRight(line, "\r\n")
	return line[strings.LastIndexByte(line, '\r')+1:]
}

// wgetURL matches a line in which wget tells when it asks for which URL.
var wgetURL = regexp.MustCompile(`^--\d{4}-\d\d-\d\d \d\d:\d\d:\d\d--  (\S+)$`)

// splitWget is split for wget -S, which indents heads.
func splitWget(text string) (all []head) {
	var at *url.URL
	open := false
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		if m := wgetURL.FindStringSubmatch(line); m != nil {
			at, _ = URL(m[1])
		}
		field, ok := strings.CutPrefix(line, "  ")
		switch {
		case !ok || field == "":
			open = false
		case strings.HasPrefix(field, "HTTP/"):
			all = append(all, head{url: at, lines: []string{field}})
			at, open = nil, true // of a response that is not final, Location tells
		case open:
			h := &all[len(all)-1]
			h.lines = append(h.lines, field)
		}
	}
	return all
}
