package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"strings"
	"time"
)

// A target is what a request is for.
type target struct {
	url    *url.URL
	method string // "" for GET
}

// An exchange is a response with its Set-Cookie lines.
type exchange struct {
	target
	lines []string
	dates []string  // its Date fields
	came  time.Time // when; zero if that is not known
}

// The errors tell nothing of what they are about: it may hold a secret.
var (
	errURL = errors.New("want a URL with a scheme and a host, such as https://example.com/")
	errHAR = errors.New("it is neither a HAR nor an HTTP response")
)

// targetURL returns a URL to which a request can be made.
func targetURL(s string) (*url.URL, error) {
	u, err := url.Parse(s)
	if err != nil || u.Scheme == "" || u.Host == "" {
		return nil, errURL
	}
	return u, nil
}

// documentURL returns the URL of a document, which may have no host.
func documentURL(s string) (*url.URL, error) {
	u, err := url.Parse(s)
	if err != nil || u.Scheme == "" {
		return nil, errURL
	}
	return u, nil
}

// exchanges returns what is to be explained.
func (x *explainer) exchanges() ([]exchange, error) {
	switch {
	case x.from == "" && len(x.args) < 2, x.from != "" && len(x.args) > 1:
		return nil, errors.New("wrong number of arguments; see cookies explain -h")
	case x.from == "":
		u, err := targetURL(x.args[0])
		if err != nil {
			return nil, err
		}
		lines := make([]string, len(x.args)-1)
		for i, line := range x.args[1:] {
			lines[i] = fieldValue(line)
		}
		return []exchange{{target: target{url: u}, lines: lines}}, nil
	}
	data, name, err := x.command.read(x.from)
	if err != nil {
		return nil, err
	}
	var all []exchange
	if bytes.HasPrefix(bytes.TrimSpace(bytes.TrimPrefix(data, []byte("\ufeff"))), []byte("{")) {
		if len(x.args) > 0 {
			return nil, errors.New("a HAR has its own URLs")
		}
		all, err = readHAR(data)
	} else {
		if len(x.args) == 0 {
			return nil, errors.New("a saved response needs its URL, and only a HAR has it inside")
		}
		var u *url.URL
		if u, err = targetURL(x.args[0]); err == nil {
			all, err = readResponses(data, u)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	for _, e := range all {
		if len(e.lines) > 0 {
			return all, nil
		}
	}
	return nil, fmt.Errorf("%s: no Set-Cookie field", name)
}

// read reads a file, or standard input, and returns what to call it.
func (c *command) read(path string) (data []byte, name string, err error) {
	if path == "-" {
		data, err = io.ReadAll(c.stdin)
		return data, "standard input", err
	}
	data, err = os.ReadFile(path)
	return data, path, err
}

// fieldValue returns the value of a Set-Cookie field, given alone or as the whole
// field, which is what is often at hand.
func fieldValue(s string) string {
	name, value, ok := strings.Cut(s, ":")
	if ok && strings.EqualFold(strings.TrimSpace(name), "Set-Cookie") {
		return value
	}
	return s
}

// readHAR returns the exchanges in an HTTP Archive.
func readHAR(data []byte) ([]exchange, error) {
	type header struct{ Name, Value string }
	var har struct {
		Log struct {
			Entries []struct {
				StartedDateTime any
				Request         struct {
					Method string
					URL    string
				}
				Response struct{ Headers []header }
			}
		}
	}
	if err := json.Unmarshal(bytes.TrimPrefix(data, []byte("\ufeff")), &har); err != nil || har.Log.Entries == nil {
		return nil, errHAR // the error of package json may quote the file
	}
	var all []exchange
	for i, entry := range har.Log.Entries {
		e := exchange{target: target{method: entry.Request.Method}}
		if s, ok := entry.StartedDateTime.(string); ok {
			e.came, _ = time.Parse(time.RFC3339, s)
		}
		for _, h := range entry.Response.Headers {
			if strings.EqualFold(h.Name, "Set-Cookie") {
				e.lines = append(e.lines, strings.Split(h.Value, "\n")...) // Chromium joins fields
			}
			if strings.EqualFold(h.Name, "Date") {
				e.dates = append(e.dates, strings.Split(h.Value, "\n")...)
			}
		}
		if len(e.lines) == 0 {
			continue
		}
		u, err := targetURL(entry.Request.URL)
		if err != nil {
			return nil, fmt.Errorf("entry %d: %w", i+1, err)
		}
		e.url = u
		all = append(all, e)
	}
	return all, nil
}

// readResponses returns the responses in data, heads with or without a body after the
// last: that of u and those of the redirects that were followed from it.
func readResponses(data []byte, u *url.URL) ([]exchange, error) {
	var all []exchange
	rest := string(data)
	for at := u; ; {
		e := exchange{target: target{url: at}}
		status, location, fields := "", "", 0
		var last *string // what a folded line goes on with
		for first := true; rest != ""; first = false {
			line, after, _ := strings.Cut(rest, "\n")
			rest = after
			line = strings.TrimSuffix(line, "\r")
			if line == "" {
				break
			}
			if first && strings.HasPrefix(line, "HTTP/") {
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
				return nil, fmt.Errorf("response %d: %w", len(all)+1, errHAR)
			}
			fields++
			last = nil
			switch {
			case strings.EqualFold(name, "Set-Cookie"):
				e.lines = append(e.lines, value)
				last = &e.lines[len(e.lines)-1]
			case strings.EqualFold(name, "Date"):
				e.dates = append(e.dates, strings.TrimSpace(value))
			case strings.EqualFold(name, "Location"):
				location = strings.TrimSpace(value)
			}
		}
		if status == "" && fields == 0 {
			return nil, errHAR
		}
		all = append(all, e)
		if !strings.HasPrefix(rest, "HTTP/") {
			return all, nil
		}
		if next, err := at.Parse(location); location != "" && err == nil {
			at = next
		}
	}
}
