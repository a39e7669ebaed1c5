package match

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

// A head begins each vector: its name, and the reason for what it wants. Spec
// may cite more closely than the file does.
type head struct{ ID, Why, Spec string }

func (h head) about() head { return h }

// vectors loads a file of testdata. An empty, unknown or unexplained vector is a
// failure: a suite that tests nothing must not pass.
func vectors[V interface{ about() head }](tb testing.TB, name string) []V {
	tb.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		tb.Fatal(err)
	}
	var file struct {
		Spec  string
		Tests []V
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&file); err != nil {
		tb.Fatalf("%s: %v", name, err)
	}
	if file.Spec == "" || len(file.Tests) == 0 {
		tb.Fatalf("%s: no specification or no vectors", name)
	}
	seen := map[string]bool{}
	for _, v := range file.Tests {
		h := v.about()
		if h.ID == "" || h.Why == "" || seen[h.ID] {
			tb.Fatalf("%s: vector %q: want a unique id and a reason", name, h.ID)
		}
		seen[h.ID] = true
	}
	return file.Tests
}
