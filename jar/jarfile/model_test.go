package jarfile

import (
	"cmp"
	"iter"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"uacookie/jar"
	"uacookie/jar/store"
)

// modelMerge is the three-way merge with everything in memory: the reference for merge.
func modelMerge(base, ours map[store.Key]jar.Cookie, theirs []jar.Cookie, identity func(*jar.Cookie) store.Key, sorted bool, now time.Time) []jar.Cookie {
	at := map[store.Key]int{}
	for i, t := range theirs {
		at[t.Key()] = i
	}
	changed := func(key store.Key) bool {
		was, known := base[key]
		mine, have := ours[key]
		return have && (!known || !modelEqual(was, mine))
	}
	var merged, added []jar.Cookie
	seen := map[store.Key]bool{}
	for i, t := range theirs {
		if at[t.Key()] != i {
			continue // a later line is for the same cookie, and counts
		}
		key := identity(&t)
		again := seen[key]
		seen[key] = true
		was, known := base[key]
		mine, have := ours[key]
		switch {
		case changed(key) && again:
			continue
		case changed(key) && sorted:
			added = append(added, mine) // behind cookies of the same age
			continue
		case changed(key):
			t = mine
		case have:
			if mine.LastAccess.After(t.LastAccess) {
				t.LastAccess = mine.LastAccess
			}
		case known && !was.Expired(now): // deleted here
			continue
		}
		merged = append(merged, t)
	}
	for key, mine := range ours {
		if !seen[key] && changed(key) {
			added = append(added, mine)
		}
	}
	slices.SortFunc(added, func(a, b jar.Cookie) int { return cmp.Compare(a.Order, b.Order) })
	merged = append(merged, added...)
	merged = slices.DeleteFunc(merged, func(c jar.Cookie) bool { return c.Expired(now) })
	if sorted {
		slices.SortStableFunc(merged, func(a, b jar.Cookie) int {
			return cmp.Or(a.Created.Compare(b.Created), cmp.Compare(a.Order, b.Order))
		})
		for i := range merged {
			merged[i].Order = uint64(i + 1)
		}
	}
	return merged
}

// modelEqual reports whether a and b, which have the same identity, differ at most in
// LastAccess and Order.
func modelEqual(a, b jar.Cookie) bool {
	a.LastAccess, a.Order = b.LastAccess, b.Order
	return a == b
}

// A merge writes what the model writes, and remembers what the jar has.
func TestMergeIsTheModel(t *testing.T) {
	unordered := 0
	for seed := range uint64(3000) {
		r := rand.New(rand.NewPCG(19, seed))
		random := func(order int) jar.Cookie {
			c := cookie(string(rune('a'+r.IntN(6))), string(rune('0'+r.IntN(2))))
			c.Domain, c.HostOnly = []string{"example.com", "suffix"}[r.IntN(2)], r.IntN(2) == 0
			c.Expires = today.Add(time.Duration(r.IntN(4)-1) * time.Minute)
			c.Created = today.Add(time.Duration(order/3-r.IntN(2)*r.IntN(2)) * time.Second)
			c.LastAccess = today.Add(time.Duration(r.IntN(3)) * time.Minute)
			c.Order = uint64(order + 1)
			return c
		}
		identity := func(c *jar.Cookie) store.Key {
			key := c.Key()
			key.HostOnly = key.HostOnly || key.Domain == "suffix"
			return key
		}
		base, ours := map[store.Key]jar.Cookie{}, map[store.Key]jar.Cookie{}
		var theirs []jar.Cookie
		for i := range r.IntN(12) {
			c := random(i)
			c.HostOnly = c.HostOnly || c.Domain == "suffix"
			base[c.Key()] = c
			if r.IntN(4) > 0 {
				if c.LastAccess = c.LastAccess.Add(time.Minute); r.IntN(4) == 0 {
					c.Value = "mine"
				}
				ours[c.Key()] = c
			}
			if r.IntN(4) > 0 {
				if r.IntN(4) == 0 {
					c.Value, c.Expires = "theirs", c.Expires.Add(time.Minute)
				}
				theirs = append(theirs, c)
			}
		}
		for i := range r.IntN(4) {
			c := random(20 + i)
			c.HostOnly = true
			if !c.Expired(today) { // jar.All yields no other
				ours[c.Key()] = c
			}
			theirs = append(theirs, random(20+i))
		}
		for key, c := range ours {
			if c.Expired(today) {
				delete(ours, key)
			}
		}
		file := func(yield func(jar.Cookie, error) bool) {
			for _, c := range theirs {
				if !yield(c, nil) {
					return
				}
			}
		}
		for _, sorted := range []bool{false, true} {
			h := newHasher()
			digests := func(all map[store.Key]jar.Cookie) (list []digest) {
				for _, c := range all {
					list = append(list, h.digest(&c))
				}
				return list
			}
			var remembered table
			remembered.add(digests(base))
			m := newMerge(&remembered, &h, values(ours), len(ours))
			m.now, m.hostOnly, m.sorted = today, func(domain string) bool { return domain == "suffix" }, sorted
			var failed error
			got := slices.Collect(m.cookies(file, false, &failed))
			if failed == errUnordered {
				unordered++
				m.reset()
				again, err := m.ordered(file)
				if err != nil {
					t.Fatal(err)
				}
				failed = nil
				got = slices.Collect(m.cookies(again, true, &failed))
			}
			if failed != nil {
				t.Fatal(failed)
			}
			if want := modelMerge(base, ours, theirs, identity, sorted, today); !slices.Equal(got, want) {
				t.Fatalf("seed %d, sorted %t: the merge is\n%v, want\n%v", seed, sorted, got, want)
			}
			m.commit()
			for _, want := range digests(ours) {
				if i := remembered.find(want.id); i < 0 || remembered.all[i] != want {
					t.Fatalf("seed %d, sorted %t: a cookie of the jar is not remembered", seed, sorted)
				}
			}
			if len(remembered.all) != len(ours) {
				t.Fatalf("seed %d, sorted %t: %d cookies are remembered, want %d", seed, sorted, len(remembered.all), len(ours))
			}
		}
	}
	if unordered == 0 || unordered == 6000 {
		t.Errorf("%d of 6000 files were unordered, want some", unordered)
	}
}

func values(all map[store.Key]jar.Cookie) iter.Seq[jar.Cookie] {
	return func(yield func(jar.Cookie) bool) {
		for _, c := range all {
			if !yield(c) {
				return
			}
		}
	}
}

// Every field of a cookie counts, in the identity if it is part of the Key, and otherwise in
// the content. Only LastAccess and Order do not.
func TestDigestEveryField(t *testing.T) {
	h := newHasher()
	zero := h.digest(new(jar.Cookie))
	var check func(name string, v reflect.Value, c *jar.Cookie)
	check = func(name string, v reflect.Value, c *jar.Cookie) {
		before := v.Interface()
		switch {
		case v.Type() == reflect.TypeFor[time.Time]():
			v.Set(reflect.ValueOf(today))
		case v.Kind() == reflect.Struct:
			for i := range v.NumField() {
				check(name+"."+v.Type().Field(i).Name, v.Field(i), c)
			}
			return
		case v.Kind() == reflect.String:
			v.SetString("x")
		case v.Kind() == reflect.Bool:
			v.SetBool(true)
		case v.CanUint():
			v.SetUint(1)
		default:
			t.Fatalf("%s: a field of another kind", name)
		}
		d := h.digest(c)
		key := c.Key() != (store.Key{})
		none := strings.HasSuffix(name, "LastAccess") || strings.HasSuffix(name, "Order")
		if (d.id != zero.id) != key || (d.content != zero.content) != (!key && !none) {
			t.Errorf("%s: the identity changes: %t, the content: %t", name, d.id != zero.id, d.content != zero.content)
		}
		v.Set(reflect.ValueOf(before))
	}
	c := new(jar.Cookie)
	check("Cookie", reflect.ValueOf(c).Elem(), c)
	a, b := h.digest(&jar.Cookie{Name: "ab", Domain: "c"}), h.digest(&jar.Cookie{Name: "a", Domain: "bc"})
	if a.id == b.id {
		t.Error("the name ab and the domain c have the identity of a and bc")
	}
}

// A table finds what was added, and nothing else, however many digests it has.
func TestTableFinds(t *testing.T) {
	r := rand.New(rand.NewPCG(19, 1))
	var tab table
	all := map[identity]int64{}
	for n := range 60 {
		var more []digest
		for range n {
			d := digest{id: identity{r.Uint64() >> r.IntN(64), r.Uint64()}, expires: int64(len(all))}
			all[d.id] = d.expires
			more = append(more, d)
		}
		tab.add(more)
		for id, want := range all {
			if i := tab.find(id); i < 0 || tab.all[i].expires != want {
				t.Fatalf("of %d digests, one is not found", len(all))
			}
			if i := tab.find(identity{id.domain, ^id.rest}); i >= 0 {
				t.Fatalf("of %d digests, one is found that was not added", len(all))
			}
		}
	}
}
