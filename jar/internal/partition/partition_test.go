package partition

import (
	"testing"

	"uacookie/jar/store"
)

func TestOf(t *testing.T) {
	for _, v := range []struct {
		name, topLevel, host string
		want                 store.Partition
		ok                   bool
	}{
		{"same site", "https://example.com", "www.example.com", store.Partition{TopLevelSite: "https://example.com"}, true},
		{"another site", "https://example.com", "cdn.test", store.Partition{TopLevelSite: "https://example.com", CrossSiteAncestor: true}, true},
		{"a host of the site", "https://www.example.com:8443/a", "example.com", store.Partition{TopLevelSite: "https://example.com"}, true},
		{"no scheme", "example.com", "example.com", store.Partition{}, false},
		{"no URL", "https://a b/%", "example.com", store.Partition{}, false},
		{"empty", "", "example.com", store.Partition{}, false},
	} {
		t.Run(v.name, func(t *testing.T) {
			if got, ok := Of(v.topLevel, v.host); got != v.want || ok != v.ok {
				t.Errorf("Of(%q, %q) = %v, %t, want %v, %t", v.topLevel, v.host, got, ok, v.want, v.ok)
			}
		})
	}
}
