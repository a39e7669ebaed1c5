// Package partition reads partition keys from the files of other programs.
package partition

import (
	"net/url"

	"uacookie/jar/internal/samesite"
	"uacookie/jar/match"
	"uacookie/jar/store"
)

// Of returns the partition of a cookie for host under the top-level site with the URL
// topLevel, such as "https://example.com". CrossSiteAncestor is set if host does not belong
// to that site. ok is false if topLevel is not the URL of a site.
func Of(topLevel, host string) (p store.Partition, ok bool) {
	var sites match.Sites
	u, err := url.Parse(topLevel)
	if err != nil {
		return p, false
	}
	site := samesite.Of(&sites, u)
	if site == (samesite.Site{}) {
		return p, false
	}
	return store.Partition{
		TopLevelSite:      site.String(),
		CrossSiteAncestor: sites.Site(host) != site.Name,
	}, true
}
