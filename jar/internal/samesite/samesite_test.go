package samesite

import (
	"testing"

	"uacookie/internal/testkit"
	"uacookie/jar/match"
)

type siteVector struct {
	ID, Why, Spec string
	A, B, Want    string // Want is the site of A
	Same          bool
}

func TestSite(t *testing.T) {
	var s match.Sites
	for _, v := range testkit.Vectors[siteVector](t, "testdata/site.json") {
		t.Run(v.ID, func(t *testing.T) {
			a, b := Of(&s, testkit.URL(t, v.A)), Of(&s, testkit.URL(t, v.B))
			if got := a.String(); got != v.Want {
				t.Errorf("Of(%q) = %s, want %s: %s", v.A, got, v.Want, v.Why)
			}
			if a.Same(b) != v.Same || b.Same(a) != v.Same {
				t.Errorf("%s and %s: Same = %t and %t, want %t: %s", a, b, a.Same(b), b.Same(a), v.Same, v.Why)
			}
		})
	}
}

// The site of no URL is opaque.
func TestSiteOfNil(t *testing.T) {
	if got := Of(new(match.Sites), nil); got != (Site{}) {
		t.Errorf("Of(nil) = %s, want the opaque site", got)
	}
}
