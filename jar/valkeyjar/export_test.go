package valkeyjar

// SiteKey returns the key of a site.
func SiteKey(prefix string, shards int, site string) string {
	b := &Backend{prefix: prefix, shards: shards}
	return b.siteKey(site)
}
