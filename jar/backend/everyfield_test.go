package backend_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"uacookie/internal/testkit"
	"uacookie/jar/backend"
)

// Every field of a record is in its encoding, also those that are added later.
func TestEveryField(t *testing.T) {
	want := testkit.Filled[backend.Record]()
	var got backend.Record
	if err := got.UnmarshalBinary(encode(t, want)); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("decoded (-want +got):\n%s", diff)
	}
}
