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

// maxPage is more pages than any jar has.
const maxPage = 1 << 24

// How many bytes of a filter and of a site's name are read. Each link on a page repeats
// them, and there are about a thousand: a filter of 100 kB made a page of 85 MB.
const (
	maxFilter = 256
	maxSite   = 256 // a host name has 253
)

// A query is what the page about cookies is asked to show: the query of its URL.
type query struct {
	Filter string // what to find
	Site   string // the only site to show; "" for all
	Sort   string // the name of a column, with a minus before it for the last first
	Page   int    // from 1
	Cookie string // id of the cookie to show in full
	Value  bool   // with its value

	Error string // what was too long, and was left out; not part of a link
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

// String returns the query of a link to q.
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

// AtSite returns q with another site; "" for all.
func (q query) AtSite(name string) query {
	q.Site, q.Page, q.Cookie, q.Value = name, 1, "", false
	return q
}

// AtPage returns q with another page.
func (q query) AtPage(n int) query {
	q.Page = n
	return q
}

// AtCookie returns q with another cookie shown in full; "" for none.
func (q query) AtCookie(id string) query {
	q.Cookie, q.Value = id, false
	return q
}

// WithValue returns q with the value of its cookie shown, or hidden.
func (q query) WithValue(show bool) query {
	q.Value = show
	return q
}

// SortedBy returns q sorted by a column, or the other way round if it is already.
func (q query) SortedBy(column string) query {
	if q.Sort == column || q.Sort == "" && column == defaultSort {
		column = "-" + column
	}
	q.Sort, q.Page = column, 1
	return q
}

// An id names a cookie in a URL. No part of a cookie's identity has a NUL in it.
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

// parseID returns the key that an id names.
func parseID(s string) (store.Key, error) {
	data, err := base64.RawURLEncoding.DecodeString(s)
	part := strings.Split(string(data), "\x00")
	if err != nil || len(part) != 6 {
		return store.Key{}, errors.New("no id of a cookie")
	}
	return store.Key{
		Name: part[0], Domain: part[1], HostOnly: part[2] == "1", Path: part[3],
		Partition: jar.Partition{TopLevelSite: part[4], CrossSiteAncestor: part[5] == "1"},
	}, nil
}
