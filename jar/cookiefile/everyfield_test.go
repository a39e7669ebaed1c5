package cookiefile

import (
	"bytes"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"uacookie/internal/testkit"
	"uacookie/jar"
)

// Our own format keeps every field of a cookie, also those that are added later.
func TestEveryField(t *testing.T) {
	want := testkit.Filled[jar.Cookie]()
	want.Domain, want.Path = "example.com", "/"
	want.Partition.TopLevelSite = "https://example.org"
	want.Created, want.LastAccess, want.Expires = today.Add(-2*time.Hour), today.Add(-time.Hour), today.Add(time.Hour)
	var b bytes.Buffer
	if err := Write(&b, slices.Values([]jar.Cookie{want}), nil); err != nil {
		t.Fatal(err)
	}
	var got []jar.Cookie
	for c, err := range Read(&b, &ReadOptions{Format: FormatJSON}) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, c)
	}
	if diff := cmp.Diff([]jar.Cookie{want}, got); diff != "" {
		t.Errorf("read back (-want +got):\n%s", diff)
	}
}
