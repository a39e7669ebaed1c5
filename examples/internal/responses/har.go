package responses

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"uacookie/jar"
)

// The parts of an HTTP Archive that matter. Names with an underscore are of browsers.
type (
	har struct {
		Log struct {
			Pages   []harPage
			Entries []harEntry
		}
	}

	harPage struct{ ID, Title string } // the title is a URL in Chromium

	harEntry struct {
		StartedDateTime any
		PageRef         string
		ResourceType    string       `json:"_resourceType"`
		Initiator       harInitiator `json:"_initiator"`
		Request         struct {
			Method, URL string
			Headers     harHeaders
			Cookies     []struct{}
		}
		Response struct {
			Headers     harHeaders
			Cookies     []struct{}
			RedirectURL string
		}
	}

	harInitiator struct{ Type, URL string }

	// harHeaders are header fields: an array of names and values, or an object.
	harHeaders []harHeader

	harHeader struct {
		Name  string
		Value harValue
	}

	// A harValue is the values of fields of one name: a string, with new lines
	// between them in Chromium, or an array. Some programs write numbers as numbers.
	harValue []string
)

// UnmarshalJSON implements json.Unmarshaler.
func (v *harValue) UnmarshalJSON(raw []byte) error {
	if bytes.HasPrefix(raw, []byte("[")) {
		var each []harValue
		if err := json.Unmarshal(raw, &each); err != nil {
			return err
		}
		*v = slices.Concat(each...)
		return nil
	}
	var s any
	if err := json.Unmarshal(raw, &s); err != nil {
		return err
	}
	switch s := s.(type) {
	case nil:
		*v = nil
	case string:
		*v = strings.Split(s, "\n")
	case float64, bool:
		*v = harValue{string(raw)}
	default:
		return ErrForeign
	}
	return nil
}

// UnmarshalJSON implements json.Unmarshaler.
func (h *harHeaders) UnmarshalJSON(raw []byte) error {
	if !bytes.HasPrefix(raw, []byte("{")) {
		return json.Unmarshal(raw, (*[]harHeader)(h))
	}
	var fields map[string]harValue
	if err := json.Unmarshal(raw, &fields); err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(fields)) { // an object has no order
		*h = append(*h, harHeader{name, fields[name]})
	}
	return nil
}

// get returns the first value of a field.
func (h harHeaders) get(name string) string {
	for _, f := range h {
		if strings.EqualFold(f.Name, name) && len(f.Value) > 0 {
			return f.Value[0]
		}
	}
	return ""
}

// The reasons why a HAR has no Set-Cookie field.
var (
	errStripped = errors.New("no Set-Cookie field and no Cookie field: it was probably exported without cookies. In Chrome, allow HARs with sensitive data in the settings of DevTools, and export it with them")
	errNoFields = errors.New("its responses have cookies, but not the Set-Cookie fields that they came in: it was exported without them")
)

// HAR returns the exchanges in an HTTP Archive that set cookies, each with its context
// as far as the archive shows it.
func HAR(data []byte) ([]Exchange, error) {
	var h har
	if err := json.Unmarshal(bytes.TrimPrefix(data, []byte("\ufeff")), &h); err != nil || h.Log.Entries == nil {
		return nil, ErrForeign // the error of package json may quote the file
	}
	contexts := harContexts(&h)
	var all []Exchange
	var sent, listed bool
	for i, entry := range h.Log.Entries {
		e := Exchange{Method: entry.Request.Method, Context: contexts[i]}
		if s, ok := entry.StartedDateTime.(string); ok {
			e.Came = harTime(s)
		}
		for _, f := range entry.Response.Headers {
			if strings.EqualFold(f.Name, "Set-Cookie") {
				e.Lines = append(e.Lines, f.Value...)
			}
			if strings.EqualFold(f.Name, "Date") {
				e.Dates = append(e.Dates, f.Value...)
			}
		}
		sent = sent || len(entry.Request.Cookies) > 0 || entry.Request.Headers.get("Cookie") != ""
		listed = listed || len(entry.Response.Cookies) > 0
		if len(e.Lines) == 0 {
			continue
		}
		u, err := URL(entry.Request.URL)
		if err != nil {
			return nil, fmt.Errorf("entry %d: %w", i+1, err)
		}
		e.URL = u
		all = append(all, e)
	}
	switch {
	case len(all) > 0 || len(h.Log.Entries) == 0:
	case listed:
		return nil, errNoFields
	case !sent:
		return nil, errStripped
	}
	return all, nil
}

// harTime returns the time that an archive has, or the zero Time. Some programs leave
// out the colon of the zone, or the zone.
func harTime(s string) time.Time {
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05Z0700", "2006-01-02T15:04:05"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t
		}
	}
	return time.Time{}
}

// A harReader finds out how the requests of an archive came about.
type harReader struct {
	top       map[string]*url.URL   // the top-level document of each page
	main      map[*harEntry]bool    // the requests that led to it
	documents map[string][]*url.URL // the documents around what a document requests, itself the last, by its URL
}

// deepest is how many documents around one another are told apart.
const deepest = 32

// opaque is a document that is cross-site to all others.
var opaque = &url.URL{Scheme: "data", Opaque: ","}

// harContexts returns the context of each entry; nil where nothing shows it.
func harContexts(h *har) []*jar.Context {
	r := &harReader{top: map[string]*url.URL{}, main: map[*harEntry]bool{}, documents: map[string][]*url.URL{}}
	next := map[string]string{} // what the main request of a page was redirected to
	for i := range h.Log.Entries {
		e := &h.Log.Entries[i]
		u, err := URL(e.Request.URL)
		if e.PageRef == "" || err != nil {
			continue
		}
		if to, seen := next[e.PageRef]; seen && (to == "" || to != u.String()) {
			continue
		}
		r.main[e], r.top[e.PageRef] = true, u
		next[e.PageRef] = ""
		if e.Response.RedirectURL != "" {
			if to, err := u.Parse(e.Response.RedirectURL); err == nil {
				next[e.PageRef] = to.String()
			}
		}
	}
	for _, p := range h.Log.Pages {
		if u, err := URL(p.Title); err == nil && r.top[p.ID] == nil {
			r.top[p.ID] = u
		}
	}
	all := make([]*jar.Context, len(h.Log.Entries))
	for i := range h.Log.Entries {
		all[i] = r.context(&h.Log.Entries[i])
	}
	return all
}

// context returns the context of one entry, after those before it.
func (r *harReader) context(e *harEntry) *jar.Context {
	dest := strings.ToLower(e.Request.Headers.get("Sec-Fetch-Dest"))
	site := strings.ToLower(e.Request.Headers.get("Sec-Fetch-Site"))
	isFrame := dest == "iframe" || dest == "frame" || dest == "embed" || dest == "object" ||
		dest == "" && e.ResourceType == "document" && !r.main[e]
	isTop := dest == "document" || dest == "" && r.main[e] && (e.ResourceType == "" || e.ResourceType == "document")
	if !isTop && !isFrame && dest == "" && e.ResourceType == "" && e.PageRef == "" {
		return nil
	}
	target, err := URL(e.Request.URL)
	if err != nil {
		return nil // told if it sets a cookie
	}
	from := r.from(e)
	c := new(jar.Context)
	if isTop {
		switch {
		case site == "none":
		case from != nil:
			c.Initiator = from
		case site == "cross-site":
			c.Initiator = opaque
		}
		return c
	}

	top := r.top[e.PageRef]
	switch {
	case from != nil && r.documents[key(from)] != nil:
		c.Documents = r.documents[key(from)]
	case top != nil:
		c.Documents = []*url.URL{top}
	case from != nil:
		c.Documents = []*url.URL{from}
	case site == "cross-site":
		c.Documents = []*url.URL{opaque}
	default:
		c.Documents = []*url.URL{target}
	}
	if site == "cross-site" && c.Documents[len(c.Documents)-1].Host == target.Host {
		c.Initiator = opaque // a frame that the archive does not show
	}
	if isFrame && len(c.Documents) < deepest {
		inside := append(c.Documents[:len(c.Documents):len(c.Documents)], target)
		r.documents[key(target)] = inside
		if origin := (&url.URL{Scheme: target.Scheme, Host: target.Host, Path: "/"}); top == nil || top.Host != target.Host {
			r.documents[key(origin)] = inside // all that a Referer to another site tells
		}
	}
	return c
}

// from returns the document that made a request, or nil.
func (r *harReader) from(e *harEntry) *url.URL {
	texts := []string{e.Request.Headers.get("Referer")}
	if e.Initiator.Type == "parser" || e.Initiator.Type == "" {
		texts = append(texts, e.Initiator.URL)
	}
	for _, s := range texts {
		if u, err := URL(s); err == nil {
			return u
		}
	}
	return nil
}

// key returns a URL without its fragment, which requests do not have.
func key(u *url.URL) string {
	without := *u
	without.Fragment, without.RawFragment = "", ""
	if without.Path == "" {
		without.Path = "/"
	}
	return without.String()
}
