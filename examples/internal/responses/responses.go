// Package responses reads files with HTTP responses that set cookies: what curl and
// wget write, and HARs. No error of it quotes a file, which may hold secrets.
package responses

import (
	"errors"
	"net/url"
	"time"

	"uacookie/jar"
)

// An Exchange is a response with its Set-Cookie lines.
type Exchange struct {
	URL     *url.URL
	Method  string       // "" for GET
	Context *jar.Context // nil if the file does not have it
	Lines   []string
	Dates   []string  // its Date fields
	Came    time.Time // when; zero if the file does not have it
}

// Fill gives r the context that the file has, where r.Context says nothing else.
func (e *Exchange) Fill(r *jar.Request) {
	c := r.Context
	if e.Context == nil || c.Script || len(c.Documents) > 0 {
		return
	}
	c.Documents = e.Context.Documents
	if c.Initiator == nil {
		c.Initiator = e.Context.Initiator
	}
}

// The errors tell nothing of what they are about.
var (
	ErrURL      = errors.New("want a URL with a scheme and a host, such as https://example.com/")
	ErrForeign  = errors.New("it is neither a HAR nor an HTTP response, as curl -i, curl -v or wget -S writes it")
	ErrNeedsURL = errors.New("a saved response needs its URL; only a HAR, and what wget -S writes, has it inside")
)

// URL returns a URL to which a request can be made.
func URL(s string) (*url.URL, error) {
	u, err := url.Parse(s)
	if err != nil || u.Scheme == "" || u.Host == "" {
		return nil, ErrURL
	}
	return u, nil
}
