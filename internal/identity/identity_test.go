package identity

import (
	"runtime"
	"strings"
	"testing"
)

// A set contains strings by the address of their text, not by the text.
func TestSet(t *testing.T) {
	var set, other Set
	for _, s := range []string{"a", "ab", "a constant", strings.Repeat("long ", 1000)} {
		c := Clone(s, &set)
		same := c
		if c != s || !set.Has(c) || !set.Has(same) {
			t.Errorf("Clone(%.10q) = %.10q, in the set: %t, want the same text, in the set", s, c, set.Has(c))
		}
		for what, x := range map[string]string{
			"the original": s, "another copy": strings.Clone(s), "another clone": Clone(s, &other), "a part": c[:len(c)-1], "the end": c[1:],
		} {
			if set.Has(x) {
				t.Errorf("%s of %.10q is in the set", what, s)
			}
		}
		runtime.KeepAlive(c)
	}
	if both := Clone("a", &set, &other); !set.Has(both) || !other.Has(both) {
		t.Error("Clone for two sets: the copy is not in both")
	}
	if Clone("", &set) != "" || set.Has("") {
		t.Error("the empty string is in the set")
	}
}

// A set is bounded and contains the most recent strings.
func TestSetBound(t *testing.T) {
	var set Set
	var all []string
	for range 5*capacity + 7 {
		all = append(all, Clone("text of a line", &set))
	}
	for i, s := range all[len(all)-capacity:] {
		if !set.Has(s) {
			t.Fatalf("string %d of the last %d is not in the set", i, capacity)
		}
	}
	if n := len(set.young) + len(set.old); n > 2*capacity {
		t.Errorf("the set has %d strings, want %d at most", n, 2*capacity)
	}
}

// A string at the reused address of a collected string is not in the set. The set does not
// keep text in memory.
func TestSetForgets(t *testing.T) {
	var set Set
	for range 20 {
		for range 100 {
			Clone("text that nothing refers to", &set)
		}
		runtime.GC()
		for range 2000 {
			if s := strings.Clone("text that nothing refers to"); set.Has(s) {
				t.Fatal("a string that Clone did not return is in the set")
			}
		}
	}
}
