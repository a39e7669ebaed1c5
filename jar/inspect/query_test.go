package inspect

import (
	"net/url"
	"testing"

	"uacookie/jar"
	"uacookie/jar/store"
)

// What a link says is read as it was meant.
func TestQuery(t *testing.T) {
	q := query{Filter: "a b&c", Site: "<x>", Sort: "-size", Page: 3, Cookie: "id", Value: true}
	for _, test := range []struct{ got, want query }{
		{q, q},
		{q.AtSite("y"), query{Filter: "a b&c", Site: "y", Sort: "-size", Page: 1}},
		{q.AtPage(4), query{Filter: "a b&c", Site: "<x>", Sort: "-size", Page: 4, Cookie: "id", Value: true}},
		{q.AtCookie("z"), query{Filter: "a b&c", Site: "<x>", Sort: "-size", Page: 3, Cookie: "z"}},
		{q.WithValue(false), query{Filter: "a b&c", Site: "<x>", Sort: "-size", Page: 3, Cookie: "id"}},
		{q.SortedBy("size"), query{Filter: "a b&c", Site: "<x>", Sort: "size", Page: 1, Cookie: "id", Value: true}},
		{q.SortedBy("size").SortedBy("size"), query{Filter: "a b&c", Site: "<x>", Sort: "-size", Page: 1, Cookie: "id", Value: true}},
		{query{Page: 1}.SortedBy(defaultSort), query{Sort: "-domain", Page: 1}},
		{query{}, query{Page: 1}},
	} {
		v, err := url.ParseQuery(test.got.String())
		if got := parseQuery(v); err != nil || got != test.want {
			t.Errorf("%s is read as %+v, %v; want %+v", test.got, got, err, test.want)
		}
	}
	for page, want := range map[string]int{"-4": 1, "x": 1, "": 1, "9223372036854775807": maxPage, "99999999999999999999": maxPage} {
		if got := parseQuery(url.Values{"page": {page}}).Page; got != want {
			t.Errorf("page %q is read as %d, want %d", page, got, want)
		}
	}
}

func TestID(t *testing.T) {
	for _, k := range []store.Key{
		{Name: "a", Domain: "example.com", Path: "/"},
		{Name: "a", Domain: "example.com", Path: "/", HostOnly: true},
		{Domain: "[::1]", Path: "/\xff\"<>/%2F"},
		{Name: "a", Domain: "example.com", Path: "/", Partition: jar.Partition{TopLevelSite: "https://example.org"}},
		{Name: "a", Domain: "example.com", Path: "/", Partition: jar.Partition{TopLevelSite: "https://example.org", CrossSiteAncestor: true}},
	} {
		if got, err := parseID(id(k)); err != nil || got != k {
			t.Errorf("parseID(id(%+v)) = %+v, %v", k, got, err)
		}
	}
	for _, bad := range []string{"", "x", "!", "YQ", "AAAA"} {
		if _, err := parseID(bad); err == nil {
			t.Errorf("parseID(%q): no error", bad)
		}
	}
}
