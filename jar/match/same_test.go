package match

import (
	"testing"

	"uacookie/internal/testkit"
)

type siteVector struct {
	ID, Why, Spec string
	A, B, Want    string // Want is the site of A
	Same          bool
}

func TestSite(t *testing.T) {
	var s Sites
	for _, v := range testkit.Vectors[siteVector](t, "testdata/site.json") {
		t.Run(v.ID, func(t *testing.T) {
			a, b := s.Of(testkit.URL(t, v.A)), s.Of(testkit.URL(t, v.B))
			if got := a.String(); got != v.Want {
				t.Errorf("Of(%q) = %s, want %s: %s", v.A, got, v.Want, v.Why)
			}
			if a.Same(b) != v.Same || b.Same(a) != v.Same {
				t.Errorf("%s and %s: Same = %t and %t, want %t: %s", a, b, a.Same(b), b.Same(a), v.Same, v.Why)
			}
		})
	}
	if got := s.Of(nil); got != (Site{}) {
		t.Errorf("Of(nil) = %s, want the opaque site", got)
	}
}
