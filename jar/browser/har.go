package browser

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"uacookie/jar"
)

// WriteOptions say how a [Log] is written. Nil and the zero WriteOptions leave out what is
// secret.
type WriteOptions struct {
	// Values has the values of cookies written, and those of the header fields Authorization and
	// Proxy-Authorization. URLs are written whole in any case, but for passwords.
	Values bool
}

func (o *WriteOptions) values() bool { return o != nil && o.Values }

// WriteHAR writes the log in the format HAR 1.2, which browsers' developer tools open. Bodies and
// the accesses of scripts to cookies are left out. The comment of an entry is what
// [Log.String] says of it.
func (l Log) WriteHAR(w io.Writer, o *WriteOptions) error {
	entries := []harEntry{}
	for _, x := range l {
		if x.Kind != Script {
			entries = append(entries, x.har(o.values()))
		}
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	return enc.Encode(map[string]any{"log": map[string]any{
		"version": "1.2",
		"creator": harCreator{"uacookie", "1"},
		"pages":   []any{},
		"entries": entries,
	}})
}

// The types have the names of the format.
type (
	harCreator struct {
		Name    string `json:"name"`
		Version string `json:"version"`
	}
	harEntry struct {
		Started      string      `json:"startedDateTime"`
		Time         int         `json:"time"`
		Request      harRequest  `json:"request"`
		Response     harResponse `json:"response"`
		Cache        struct{}    `json:"cache"`
		Timings      harTimings  `json:"timings"`
		Comment      string      `json:"comment"`
		ResourceType string      `json:"_resourceType"`
	}
	harTimings struct {
		Send    int `json:"send"`
		Wait    int `json:"wait"`
		Receive int `json:"receive"`
	}
	harRequest struct {
		Method      string      `json:"method"`
		URL         string      `json:"url"`
		HTTPVersion string      `json:"httpVersion"`
		Cookies     []harCookie `json:"cookies"`
		Headers     []harField  `json:"headers"`
		QueryString []harField  `json:"queryString"`
		HeadersSize int         `json:"headersSize"`
		BodySize    int         `json:"bodySize"`
	}
	harResponse struct {
		Status      int         `json:"status"`
		StatusText  string      `json:"statusText"`
		HTTPVersion string      `json:"httpVersion"`
		Cookies     []harCookie `json:"cookies"`
		Headers     []harField  `json:"headers"`
		Content     harContent  `json:"content"`
		RedirectURL string      `json:"redirectURL"`
		HeadersSize int         `json:"headersSize"`
		BodySize    int         `json:"bodySize"`
		Error       string      `json:"_error,omitempty"`
	}
	harContent struct {
		Size     int64  `json:"size"`
		MimeType string `json:"mimeType"`
	}
	harField struct {
		Name  string `json:"name"`
		Value string `json:"value"`
	}
	harCookie struct {
		Name     string `json:"name"`
		Value    string `json:"value"`
		Path     string `json:"path,omitempty"`
		Domain   string `json:"domain,omitempty"`
		Expires  string `json:"expires,omitempty"`
		HTTPOnly bool   `json:"httpOnly"`
		Secure   bool   `json:"secure"`
		SameSite string `json:"sameSite,omitempty"`
	}
)

// har returns the exchange as an entry.
func (x *Exchange) har(values bool) harEntry {
	e := harEntry{
		Started: x.Time.Format(time.RFC3339Nano),
		Request: harRequest{
			Method: x.Method, URL: x.URL.Redacted(), HTTPVersion: "HTTP/1.1",
			Cookies: harCookies(x.Cookies, values), Headers: harFields(x.Header, values),
			QueryString: harQuery(x.URL.RawQuery), HeadersSize: -1, BodySize: -1,
		},
		Response: harResponse{
			HTTPVersion: "HTTP/1.1", Cookies: harCookies(x.SetCookies, values), Headers: []harField{},
			Content: harContent{MimeType: "x-unknown"}, HeadersSize: -1, BodySize: -1,
		},
		Comment:      x.String(),
		ResourceType: string(x.Kind),
	}
	if r := x.Response; r != nil {
		e.Response.Status, e.Response.StatusText = r.StatusCode, http.StatusText(r.StatusCode)
		e.Response.Headers = harFields(r.Header, values)
		e.Response.Content = harContent{max(0, r.ContentLength), r.Header.Get("Content-Type")}
		e.Response.RedirectURL = r.Header.Get("Location")
	}
	if x.Err != nil {
		e.Response.Error = x.Err.Error()
	}
	return e
}

// harQuery returns the members of a query, in order.
func harQuery(query string) []harField {
	all := []harField{}
	for pair := range strings.SplitSeq(query, "&") {
		if pair == "" {
			continue
		}
		name, value, _ := strings.Cut(pair, "=")
		for _, s := range []*string{&name, &value} {
			if text, err := url.QueryUnescape(*s); err == nil {
				*s = text
			}
		}
		all = append(all, harField{name, value})
	}
	return all
}

// harCookies returns the cookies that were sent or stored.
func harCookies(verdicts []jar.Verdict, values bool) []harCookie {
	all := []harCookie{}
	for i := range verdicts {
		v := &verdicts[i]
		if !v.OK() {
			continue
		}
		c := harCookie{
			Name: v.Cookie.Name, Path: v.Cookie.Path, Domain: v.Cookie.Domain,
			HTTPOnly: v.Cookie.HttpOnly, Secure: v.Cookie.Secure, SameSite: v.Cookie.SameSite.String(),
		}
		if values {
			c.Value = v.Cookie.Value
		}
		if v.Cookie.Persistent() {
			c.Expires = v.Cookie.Expires.Format(time.RFC3339Nano)
		}
		all = append(all, c)
	}
	return all
}

// harFields returns header fields by their names.
func harFields(h http.Header, values bool) []harField {
	all := []harField{}
	for name, field := range h {
		for _, value := range field {
			if !values {
				value = redact(name, value)
			}
			all = append(all, harField{name, value})
		}
	}
	slices.SortStableFunc(all, func(a, b harField) int { return strings.Compare(a.Name, b.Name) })
	return all
}

// hidden is written in the place of a value that is secret.
const hidden = "[not written]"

// redact returns the value of a header field without what is secret.
func redact(name, value string) string {
	switch name {
	case "Authorization", "Proxy-Authorization":
		return hidden
	case "Set-Cookie":
		pair, attributes, has := strings.Cut(value, ";")
		if pair = redactPair(pair); has {
			return pair + ";" + attributes
		}
		return pair
	case "Cookie":
		pairs := strings.Split(value, "; ")
		for i, p := range pairs {
			pairs[i] = redactPair(p)
		}
		return strings.Join(pairs, "; ")
	}
	return value
}

// redactPair returns a cookie pair without its value. A pair without a name is a value.
func redactPair(pair string) string {
	name, _, ok := strings.Cut(pair, "=")
	if !ok {
		return hidden
	}
	return name + "=" + hidden
}
