package urls

import (
	"testing"

	"uacookie/internal/testkit"
)

type secureVector struct {
	ID, Why, Spec string
	Scheme, Host  string
	Want          bool
}

func TestSecure(t *testing.T) {
	for _, v := range testkit.Vectors[secureVector](t, "testdata/secure.json") {
		t.Run(v.ID, func(t *testing.T) {
			if got := Secure(v.Scheme, v.Host); got != v.Want {
				t.Errorf("Secure(%q, %q) = %t, want %t: %s", v.Scheme, v.Host, got, v.Want, v.Why)
			}
		})
	}
}
