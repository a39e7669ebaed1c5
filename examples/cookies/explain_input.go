package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"strings"

	"uacookie/examples/internal/responses"
)

// A target is the URL and method of a request.
type target struct {
	url    *url.URL
	method string // "" for GET
}

// documentURL returns the URL of a document, which may have no host.
func documentURL(s string) (*url.URL, error) {
	u, err := url.Parse(s)
	if err != nil || u.Scheme == "" {
		return nil, responses.ErrURL
	}
	return u, nil
}

// exchanges returns the responses to explain.
func (x *explainer) exchanges() ([]responses.Exchange, error) {
	switch {
	case x.from == "" && len(x.args) < 2, x.from != "" && len(x.args) > 1:
		return nil, errors.New("wrong number of arguments; see cookies explain -h")
	case x.from == "":
		u, err := responses.URL(x.args[0])
		if err != nil {
			return nil, err
		}
		lines := make([]string, len(x.args)-1)
		for i, line := range x.args[1:] {
			lines[i] = fieldValue(line)
		}
		return []responses.Exchange{{URL: u, Lines: lines}}, nil
	}
	data, name, err := x.command.read(x.from)
	if err != nil {
		return nil, err
	}
	var all []responses.Exchange
	if bytes.HasPrefix(bytes.TrimSpace(bytes.TrimPrefix(data, []byte("\ufeff"))), []byte("{")) {
		if len(x.args) > 0 {
			return nil, errors.New("a HAR contains its URLs: want no URL")
		}
		all, err = responses.HAR(data)
	} else {
		var u *url.URL
		if len(x.args) > 0 {
			u, err = responses.URL(x.args[0])
		}
		if err == nil {
			all, err = responses.HTTP(data, u)
		}
		if errors.Is(err, responses.ErrNeedsURL) {
			return nil, err
		}
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	for _, e := range all {
		if len(e.Lines) > 0 {
			return all, nil
		}
	}
	return nil, fmt.Errorf("%s: no Set-Cookie field", name)
}

// mostFrom is the maximum size of a file with responses. A HAR contains their bodies, too.
const mostFrom = 512 << 20

// read reads a file or, for "-", standard input. name is its name in messages.
func (c *command) read(path string) (data []byte, name string, err error) {
	in, name := c.stdin, "standard input"
	if path != "-" {
		f, err := os.Open(path)
		if err != nil {
			return nil, path, err
		}
		defer f.Close()
		in, name = f, path
	}
	data, err = io.ReadAll(io.LimitReader(in, mostFrom+1))
	if err == nil && len(data) > mostFrom {
		err = fmt.Errorf("%s: larger than %d MiB", name, mostFrom>>20)
	}
	return data, name, err
}

// fieldValue returns the value of a Set-Cookie field. s is the value or the whole field,
// which users often paste.
func fieldValue(s string) string {
	name, value, ok := strings.Cut(s, ":")
	if ok && strings.EqualFold(strings.TrimSpace(name), "Set-Cookie") {
		return value
	}
	return s
}
