// Package identity distinguishes strings with equal text by the address of the text.
package identity

import (
	"strings"
	"sync"
	"unsafe"
	"weak"
)

// capacity is the minimum number of recent strings in a Set.
const capacity = 4096

// A Set is a set of strings that [Clone] returned. It contains the most recent ones: at
// least 4096, and at most twice that number. It does not keep their text in memory. The
// zero Set is empty. A Set is safe for concurrent use.
type Set struct {
	mu         sync.Mutex
	young, old map[uintptr]text // by address
}

// A text is a weak reference to the text of a string. An address alone is not enough, since
// it may be reused.
type text struct {
	start weak.Pointer[byte]
	n     int
}

// Clone returns a copy of s, and adds the copy to the sets. The empty string is never added.
func Clone(s string, sets ...*Set) string {
	s = strings.Clone(s) // a weak pointer needs a heap object
	for _, set := range sets {
		set.add(s)
	}
	return s
}

func (set *Set) add(s string) {
	if s == "" {
		return
	}
	start := unsafe.StringData(s)
	set.mu.Lock()
	defer set.mu.Unlock()
	if len(set.young) >= capacity {
		set.young, set.old = nil, set.young
	}
	if set.young == nil {
		set.young = make(map[uintptr]text)
	}
	set.young[address(start)] = text{weak.Make(start), len(s)}
}

// Has reports whether s is in the set: the result of Clone, or an assignment of it to
// another variable. It returns false for another string with the same text.
func (set *Set) Has(s string) bool {
	if s == "" {
		return false
	}
	start := unsafe.StringData(s)
	set.mu.Lock()
	defer set.mu.Unlock()
	for _, m := range []map[uintptr]text{set.young, set.old} {
		if t, ok := m[address(start)]; ok && t.start.Value() == start && t.n == len(s) {
			return true
		}
	}
	return false
}

func address(p *byte) uintptr { return uintptr(unsafe.Pointer(p)) }
