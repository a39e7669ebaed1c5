package jar_test

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"uacookie/jar"
	"uacookie/jar/match"
)

// tenantHost returns a random host of few labels, so that hosts are often subdomains of each
// other. Some have an empty label, or a dot at the end.
func tenantHost(rng *rand.Rand) string {
	labels := make([]string, 1+rng.IntN(5))
	for i := range labels {
		labels[i] = pick(rng, []string{"a", "b", "c"})
		if rng.IntN(40) == 0 && i < len(labels)-1 {
			labels[i] = ""
		}
	}
	h := strings.Join(labels, ".")
	if rng.IntN(12) == 0 {
		h += "."
	}
	return h
}

// tenantList returns a random list: of rules, the embedded list, or one with arbitrary answers,
// which may contradict each other or panic but never change.
func tenantList(t *testing.T, rng *rand.Rand) jar.PublicSuffixList {
	kind := rng.IntN(8)
	if kind == 0 {
		return nil
	}
	if kind < 5 {
		var rules strings.Builder
		for range 1 + rng.IntN(8) {
			domain := strings.Join(strings.FieldsFunc(tenantHost(rng), func(r rune) bool { return r == '.' }), ".")
			mark := pick(rng, []string{"", "", "*.", "!"})
			if mark == "!" && !strings.Contains(domain, ".") {
				mark = ""
			}
			rules.WriteString(mark + domain + "\n")
		}
		list, err := match.ParseList(strings.NewReader(rules.String()), fmt.Sprintf("%q", rules.String()))
		if err != nil {
			t.Fatal(err)
		}
		if kind == 4 { // one that cannot tell what is below
			return listFunc(list.PublicSuffix)
		}
		return list
	}
	seed := rng.Uint64()
	return listFunc(func(domain string) string {
		h := fnv.New64a()
		fmt.Fprint(h, seed, domain)
		switch n := h.Sum64(); {
		case kind == 7 && n%16 == 0:
			panic("list")
		case n%8 == 0:
			return pick(rand.New(rand.NewPCG(n, 0)), []string{"", ".", "org", strings.ToUpper(domain), "x" + domain, domain[len(domain)/2:]})
		default:
			labels := strings.Split(domain, ".")
			return strings.Join(labels[n>>8%uint64(len(labels)):], ".")
		}
	})
}

// calm calls f, and returns false if the list panics.
func calm(f func()) (ok bool) {
	defer func() {
		switch p := recover(); p {
		case nil:
		case "list":
			ok = false
		default:
			panic(p)
		}
	}()
	f()
	return true
}

// tenantsStory stores cookies of several hosts in every way and with lists of every kind, and
// checks the cookies that each host is sent.
func tenantsStory(t *testing.T, rng *rand.Rand, steps int) {
	o := &jar.Options{UserAgent: pick(rng, userAgents), PublicSuffixList: tenantList(t, rng), Limits: &jar.Limits{}}
	j := mustJar(t, o)
	setBy := map[string]string{} // the names of cookies to the hosts that set them, by the current list
	var log []string
	hosts := []string{"a.b.c"}
	for i := range steps {
		name := fmt.Sprint("n", i)
		h := tenantHost(rng)
		hosts = append(hosts, h)
		_, above, _ := strings.Cut(h, ".")
		_, higher, _ := strings.Cut(above, ".")
		domain := pick(rng, []string{h, above, above, higher, tenantHost(rng)})
		what := "list"
		switch n := rng.IntN(12); {
		case n < 6:
			w := pick(rng, waysIn)
			what = w.name
			if domain == "" && rng.IntN(2) == 0 {
				domain = h
			}
			setBy[name] = h
			calm(func() { w.put(t, j, h, name, domain) })
		case n < 8:
			what = "host-only"
			setBy[name] = h
			calm(func() { j.Receive(host(h), []string{name + "=1"}) })
		case n < 10 && domain != "":
			w := pick(rng, waysReady)
			what = w.name
			calm(func() { w.put(t, j, h, name, domain) })
		case n == 10:
			clear(setBy)
			before := j.Len()
			var gone []jar.Cookie
			if calm(func() { gone = j.SetPublicSuffixList(tenantList(t, rng)) }) && before != j.Len()+len(gone) {
				t.Fatalf("SetPublicSuffixList returned %d of %d cookies and left %d", len(gone), before, j.Len())
			}
		}
		log = append(log, fmt.Sprintf("%s: %s sets %s for %s", what, h, name, domain))
		for _, b := range hosts[max(0, len(hosts)-6):] {
			checkSent(t, j, b, setBy, func() string {
				return fmt.Sprintf("as %v by %s, after\n%s", o.UserAgent, j.Sites(), strings.Join(log, "\n"))
			})
		}
	}
}

// checkSent checks that a host is sent all cookies of its site, by the current list, and no
// others.
func checkSent(t *testing.T, j *jar.Jar, b string, setBy map[string]string, story func() string) {
	t.Helper()
	sites := j.Sites()
	var got, want []string
	sent := func() {
		for _, c := range sentBy(j, host(b)) {
			got = append(got, c.Name)
		}
		for _, c := range strings.Split(j.Header(host(b)), "; ") {
			if name, _, ok := strings.Cut(c, "="); ok && !slices.Contains(got, name) {
				t.Fatalf("Header(%s) has %s, Select has not %s", b, name, story())
			}
		}
	}
	if !calm(sent) {
		return
	}
	known := calm(func() {
		for c := range j.All() {
			if c.Domain == b || !c.HostOnly && match.Domain(b, c.Domain) && sites.Site(b) == sites.Site(c.Domain) {
				want = append(want, c.Name)
			}
		}
	})
	slices.Sort(got)
	slices.Sort(want)
	if known && !slices.Equal(got, want) {
		t.Fatalf("%s is sent %q, want the cookies of its site: %q %s", b, got, want, story())
	}
	for _, name := range got {
		a, ok := setBy[name]
		if ok && a != b && calm(func() { ok = sites.Site(a) == sites.Site(b) }) && !ok {
			t.Fatalf("%s is sent %s, which %s has set: the sites are %q and %q %s", b, name, a, sites.Site(b), sites.Site(a), story())
		}
	}
}

// A cookie that one host sets is never sent to a host of another site: for every user agent,
// way in and list, and after the list was replaced.
func TestTenantsOfAnyList(t *testing.T) {
	stories := uint64(2000)
	if testing.Short() {
		stories = 200
	}
	for seed := range stories {
		tenantsStory(t, rand.New(rand.NewPCG(seed, 3)), 24)
	}
}

// FuzzTenants is TestTenantsOfAnyList with the fuzzer's choices.
func FuzzTenants(f *testing.F) {
	for seed := range uint64(8) {
		f.Add(seed, uint8(20))
	}
	f.Fuzz(func(t *testing.T, seed uint64, steps uint8) {
		tenantsStory(t, rand.New(rand.NewPCG(seed, uint64(steps))), int(steps%64))
	})
}
