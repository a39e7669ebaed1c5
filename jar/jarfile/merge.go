package jarfile

import (
	"cmp"
	"slices"
	"time"

	"uacookie/jar"
	"uacookie/jar/store"
)

// cookies are cookies by their identity.
type cookies map[store.Key]jar.Cookie

// merge returns the new content of the file, by a three-way merge: changes between base and
// ours win over theirs. The cookies of theirs keep their positions, and new cookies follow
// in order of creation. identity returns the identity that a cookie of theirs has in base and
// ours.
func merge(base, ours cookies, theirs []jar.Cookie, identity func(jar.Cookie) store.Key, now time.Time) []jar.Cookie {
	merged := make([]jar.Cookie, 0, max(len(ours), len(theirs)))
	at := make(map[store.Key]int, len(theirs))
	for i, t := range theirs {
		at[t.Key()] = i
	}
	seen := make(map[store.Key]bool, len(theirs))
	for i, t := range theirs {
		if at[t.Key()] != i {
			continue // a later line is for the same cookie, and counts
		}
		key := identity(t)
		again := seen[key]
		seen[key] = true
		was, known := base[key]
		mine, have := ours[key]
		switch {
		case have && (!known || !equal(was, mine)): // set or changed here
			if again {
				continue
			}
			t = mine
		case have:
			if mine.LastAccess.After(t.LastAccess) {
				t.LastAccess = mine.LastAccess
			}
		case known && !was.Expired(now): // deleted here; an expired cookie was not deleted
			continue
		}
		if !t.Expired(now) {
			merged = append(merged, t)
		}
	}
	added := len(merged)
	for key, mine := range ours {
		was, known := base[key]
		if !seen[key] && (!known || !equal(was, mine)) && !mine.Expired(now) {
			merged = append(merged, mine)
		}
	}
	slices.SortFunc(merged[added:], func(a, b jar.Cookie) int { return cmp.Compare(a.Order, b.Order) })
	return merged
}

// equal reports whether a and b, which have the same identity, differ at most in LastAccess
// and Order.
func equal(a, b jar.Cookie) bool {
	if !a.Expires.Equal(b.Expires) || !a.Created.Equal(b.Created) {
		return false
	}
	a.Expires, a.Created = b.Expires, b.Created
	a.LastAccess, a.Order = b.LastAccess, b.Order
	return a == b
}

// renumber sorts cookies by time of creation and numbers them. Several processes created
// them, each with its own numbers.
func renumber(all []jar.Cookie) {
	slices.SortStableFunc(all, func(a, b jar.Cookie) int {
		return cmp.Or(a.Created.Compare(b.Created), cmp.Compare(a.Order, b.Order))
	})
	for i := range all {
		all[i].Order = uint64(i + 1)
	}
}
