package inspect

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"uacookie/jar"
	"uacookie/jar/store"
)

// maxPage is larger than the number of pages of any jar.
const maxPage = 1 << 24

// The maximum lengths in bytes of a filter and of a site's name. Each of the about thousand
// links on a page repeats them: a filter of 100 kB made a page of 85 MB.
const (
	maxFilter = 256
	maxSite   = 256 // a host name has 253
)

// A query is the URL query of the page about cookies.
type query struct {
	Filter string // the filter that the user typed
	Site   string // the only site to show; "" for all
	Sort   string // the name of a column, with a minus before it for descending order
	Page   int    // from 1
	Cookie string // id of the cookie to show in full
	Value  bool   // whether to show the value of that cookie

	Error string // the field that was too long and dropped; not part of a link
}

func parseQuery(v url.Values) query {
	q := query{
		Filter: v.Get("q"),
		Site:   v.Get("site"),
		Sort:   v.Get("sort"),
		Cookie: v.Get("cookie"),
		Value:  v.Get("value") == "show",
	}
	if _, ok := columns[strings.TrimPrefix(q.Sort, "-")]; !ok {
		q.Sort = ""
	}
	if n := len(q.Site); n > maxSite {
		q.Error = fmt.Sprintf("The name of the site has %s bytes, and at most %d are read: choose one in the list", count(n), maxSite)
		q.Site = ""
	}
	if n := len(q.Filter); n > maxFilter {
		q.Error = fmt.Sprintf("The filter has %s bytes, and at most %d are read: shorten it", count(n), maxFilter)
		q.Filter = ""
	}
	q.Page, _ = strconv.Atoi(v.Get("page"))
	q.Page = min(max(q.Page, 1), maxPage)
	return q
}

// String returns q in the form of a URL query.
func (q query) String() string {
	v := make(url.Values)
	for key, value := range map[string]string{"q": q.Filter, "site": q.Site, "sort": q.Sort, "cookie": q.Cookie} {
		if value != "" {
			v.Set(key, value)
		}
	}
	if q.Page > 1 {
		v.Set("page", strconv.Itoa(q.Page))
	}
	if q.Value {
		v.Set("value", "show")
	}
	return v.Encode()
}

// Link returns a relative link to q.
func (q query) Link() string { return "./?" + q.String() }

// AtSite returns q for another site, or for all sites if name is "".
func (q query) AtSite(name string) query {
	q.Site, q.Page, q.Cookie, q.Value = name, 1, "", false
	return q
}

// AtPage returns q for page n.
func (q query) AtPage(n int) query {
	q.Page = n
	return q
}

// AtCookie returns q with the cookie id shown in full, or without one if id is "".
func (q query) AtCookie(id string) query {
	q.Cookie, q.Value = id, false
	return q
}

// WithValue returns q with the value of its cookie shown or hidden.
func (q query) WithValue(show bool) query {
	q.Value = show
	return q
}

// SortedBy returns q sorted by a column, or in descending order if q is already sorted by
// that column.
func (q query) SortedBy(column string) query {
	if q.Sort == column || q.Sort == "" && column == defaultSort {
		column = "-" + column
	}
	q.Sort, q.Page = column, 1
	return q
}

// id encodes a cookie's identity for a URL. No part of the identity contains NUL.
func id(k store.Key) string {
	hostOnly, ancestor := "", ""
	if k.HostOnly {
		hostOnly = "1"
	}
	if k.Partition.CrossSiteAncestor {
		ancestor = "1"
	}
	return base64.RawURLEncoding.EncodeToString([]byte(strings.Join([]string{
		k.Name, k.Domain, hostOnly, k.Path, k.Partition.TopLevelSite, ancestor,
	}, "\x00")))
}

// parseID decodes an id.
func parseID(s string) (store.Key, error) {
	data, err := base64.RawURLEncoding.DecodeString(s)
	part := strings.Split(string(data), "\x00")
	if err != nil || len(part) != 6 {
		return store.Key{}, errors.New("the id of the cookie is not valid")
	}
	return store.Key{
		Name: part[0], Domain: part[1], HostOnly: part[2] == "1", Path: part[3],
		Partition: jar.Partition{TopLevelSite: part[4], CrossSiteAncestor: part[5] == "1"},
	}, nil
}
