package store

import (
	"slices"
	"testing"
	"time"

	"uacookie/internal/testkit"
	"uacookie/jar/internal/seam"
)

// Every field of a cookie that is put is found again, also those that are added later.
func TestEveryField(t *testing.T) {
	want := testkit.Filled[Cookie]()
	want.Domain, want.Path = "example.com", "/"
	want.Created, want.LastAccess, want.Expires = epoch, epoch.Add(time.Minute), epoch.Add(time.Hour)
	var s Store
	mustPut(t, &s, want, Conditions{Rules: seam.OwnTimes}, epoch)
	if got := slices.Collect(s.All(epoch)); len(got) != 1 || got[0] != want {
		t.Errorf("put %#v, found %#v", want, got)
	}
}
