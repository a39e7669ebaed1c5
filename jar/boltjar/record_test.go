package boltjar

import (
	"bytes"
	"strings"
	"testing"

	"uacookie/jar/store"
)

// Different identities have different keys, and no key is too long for bbolt.
func FuzzKey(f *testing.F) {
	f.Add("example.com", "/", "a", "", byte(0), "example.com", "/a", "", "", byte(0))
	f.Add("a", "b", "", "", byte(1), "a", "", "b", "", byte(3))
	f.Add(strings.Repeat("long.", 100), "/", "a", "", byte(0), strings.Repeat("long.", 100)+"x", "/", "a", "", byte(2))
	f.Fuzz(func(t *testing.T, domain1, path1, name1, site1 string, flags1 byte, domain2, path2, name2, site2 string, flags2 byte) {
		a := store.Key{Domain: domain1, Path: path1, Name: name1, HostOnly: flags1&1 != 0,
			Partition: store.Partition{TopLevelSite: site1, CrossSiteAncestor: flags1&2 != 0}}
		b := store.Key{Domain: domain2, Path: path2, Name: name2, HostOnly: flags2&1 != 0,
			Partition: store.Partition{TopLevelSite: site2, CrossSiteAncestor: flags2&2 != 0}}
		ka, kb := appendKey(nil, a), appendKey(nil, b)
		if bytes.Equal(ka, kb) != (a == b) {
			t.Errorf("%+v and %+v have the keys %x and %x", a, b, ka, kb)
		}
		if most := maxDomain + 1 + hashLen; len(ka) > most {
			t.Errorf("the key of %+v has %d bytes, want at most %d", a, len(ka), most)
		}
	})
}
