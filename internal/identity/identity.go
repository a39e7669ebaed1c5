// Package identity tells strings apart that have the same text, by where it is in memory.
package identity

import (
	"strings"
	"sync"
	"unsafe"
	"weak"
)

// capacity is the number of strings that a Set has at least.
const capacity = 4096

// A Set is a set of strings that [Clone] returned. It has the last ones: at least 4096, and
// at most twice that number. It does not keep their text in memory. The zero Set is
// empty. It is safe for concurrent use.
type Set struct {
	mu         sync.Mutex
	young, old map[uintptr]text // by address
}

// A text is the text of a string, for as long as something else refers to it. An address
// alone may be reused.
type text struct {
	start weak.Pointer[byte]
	n     int
}

// Clone returns a copy of s that is in all the sets. The empty string never is.
func Clone(s string, sets ...*Set) string {
	s = strings.Clone(s) // only what is on the heap can have a weak pointer
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

// Has reports whether s is in the set: a string that Clone returned, or a copy of such a
// variable, and not another string of the same text.
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
