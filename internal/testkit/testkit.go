// Package testkit has what the tests of several packages need.
package testkit

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"strings"
	"testing"
)

// URL returns the URL that s says, and ends the test if s is not one.
func URL(tb testing.TB, s string) *url.URL {
	tb.Helper()
	u, err := url.Parse(s)
	if err != nil {
		tb.Fatal(err)
	}
	return u
}

// Vectors returns the vectors of the file name: the elements of its array "tests". It
// ends the test if the file has no vector, a field that V lacks, or a vector without an id
// of its own and a reason ("why"): a suite that tests nothing must not pass.
func Vectors[V any](tb testing.TB, name string) []V {
	tb.Helper()
	vectors, _ := VectorsUnder[V, struct{ Spec string }](tb, name)
	return vectors
}

// VectorsUnder is [Vectors] for a file that also has the fields of H, beside "tests".
func VectorsUnder[V, H any](tb testing.TB, name string) ([]V, H) {
	tb.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		tb.Fatal(err)
	}
	vectors, head, err := parse[V, H](data)
	if err != nil {
		tb.Fatalf("%s: %v", name, err)
	}
	return vectors, head
}

func parse[V, H any](data []byte) (vectors []V, head H, err error) {
	fields := map[string]json.RawMessage{}
	if err := json.Unmarshal(data, &fields); err != nil {
		return nil, head, err
	}
	var heads []struct{ ID, Why string }
	if err := json.Unmarshal(fields["tests"], &heads); err != nil {
		return nil, head, fmt.Errorf("tests: %w", err)
	}
	if len(heads) == 0 {
		return nil, head, fmt.Errorf("no vectors")
	}
	seen := map[string]bool{}
	for i, v := range heads {
		switch {
		case v.ID == "" || seen[v.ID]:
			return nil, head, fmt.Errorf("vector %d, %q: want an id of its own", i, v.ID)
		case strings.TrimSpace(v.Why) == "":
			return nil, head, fmt.Errorf("vector %q: want a reason", v.ID)
		}
		seen[v.ID] = true
	}
	if err := strict(fields["tests"], &vectors); err != nil {
		return nil, head, fmt.Errorf("tests: %w", err)
	}
	delete(fields, "tests")
	rest, err := json.Marshal(fields)
	if err != nil {
		return nil, head, err
	}
	return vectors, head, strict(rest, &head)
}

// strict decodes data into v, and fails on a field that v lacks.
func strict(data []byte, v any) error {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	return dec.Decode(v)
}
