package valkeyjar

import (
	"strconv"
	"testing"

	"github.com/alicebob/miniredis/v2"
)

// SiteKey returns the key of a site.
func SiteKey(prefix string, shards int, site string) string {
	b := &Backend{prefix: prefix, shards: shards}
	return b.siteKey(site)
}

// Mini starts a miniredis, which the test ends.
func Mini(t testing.TB) *miniredis.Miniredis {
	t.Helper()
	if strconv.IntSize == 32 {
		t.Skip("NOT TESTED: on miniredis: it reads the milliseconds of PEXPIREAT as an int, which has 32 bits here")
	}
	return miniredis.RunT(t)
}
