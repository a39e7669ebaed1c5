package main

import (
	"math/rand/v2"
	"strings"

	"uacookie/testdata/browsers/scenario"
)

// A gen makes the random choices of one scenario.
type gen struct{ *rand.Rand }

func newGen(seed, number uint64) *gen { return &gen{rand.New(rand.NewPCG(seed, number))} }

// percent reports true so often.
func (g *gen) percent(n int) bool { return g.IntN(100) < n }

// pick returns one of choices.
func pick[T any](g *gen, choices ...T) T { return choices[g.IntN(len(choices))] }

// some returns from low to high of choices, each at most once, in random order.
func some[T any](g *gen, low, high int, choices ...T) []T {
	n := min(low+g.IntN(high-low+1), len(choices))
	var picked []T
	for _, i := range g.Perm(len(choices))[:n] {
		picked = append(picked, choices[i])
	}
	return picked
}

// mangleCase changes the case of s, often not at all.
func (g *gen) mangleCase(s string) string {
	switch g.IntN(6) {
	case 0:
		return strings.ToUpper(s)
	case 1:
		return strings.ToLower(s)
	case 2:
		b := []byte(s)
		for i, c := range b {
			if 'A' <= c && c <= 'Z' || 'a' <= c && c <= 'z' {
				b[i] = c ^ byte(g.IntN(2)<<5)
			}
		}
		return string(b)
	}
	return s
}

// scheme returns a scheme with "://", more often secure.
func (g *gen) scheme() string { return pick(g, "https://", "https://", "http://") }

// origin returns an origin at a host. It is insecure if the host ends in a
// dot: the recorder's TLS takes no such name.
func (g *gen) origin(host, port string) string {
	if strings.HasSuffix(host, ".") {
		return "http://" + host + port
	}
	return g.scheme() + host + port
}

// set returns a step in which url's response has lines, or a script writes them.
func set(c scenario.Ctx, url string, lines ...string) scenario.Step {
	s := scenario.Step{Op: scenario.Set, URL: url, Ctx: c}
	for _, line := range lines {
		s.Lines = append(s.Lines, scenario.Bytes(line))
	}
	return s
}

// get returns a step that asks for the cookies of url.
func get(c scenario.Ctx, url string) scenario.Step {
	return scenario.Step{Op: scenario.Get, URL: url, Ctx: c}
}

var (
	typed    = scenario.Ctx{Kind: scenario.Navigate}
	scripted = scenario.Ctx{Kind: scenario.Script}
)

// link, post, fetch and iframe return contexts that come from a page.
func link(page string) scenario.Ctx { return scenario.Ctx{Kind: scenario.Navigate, Initiator: page} }
func post(page string) scenario.Ctx {
	return scenario.Ctx{Kind: scenario.Navigate, Initiator: page, Method: "POST"}
}
func fetch(page string) scenario.Ctx  { return scenario.Ctx{Kind: scenario.Subresource, Top: page} }
func iframe(page string) scenario.Ctx { return scenario.Ctx{Kind: scenario.Iframe, Top: page} }

// context returns a context for a request to url that comes from one of pages,
// or from none. It is of any kind, but without redirects.
func (g *gen) context(url string, pages ...string) scenario.Ctx {
	for range 20 {
		page := pick(g, pages...)
		c := pick(g, typed, link(page), post(page), fetch(page), fetch(page), iframe(page))
		if c.Kind == scenario.Iframe && g.percent(40) {
			c.Initiator = pick(g, pages...)
		}
		if runs(c, url) {
			return c
		}
	}
	return typed
}

// runs reports whether a browser would run the request at all: not if it is
// mixed content.
func runs(c scenario.Ctx, url string) bool {
	if c.Kind == scenario.Navigate && c.Method == "" {
		return true // a link may lead anywhere
	}
	urls := append(append([]string{}, c.RedirectFrom...), url)
	if c.Kind == scenario.Navigate {
		urls = urls[:1] // a form may be redirected anywhere
	}
	secure := strings.HasPrefix(c.Top, "https:")
	if secure && strings.HasPrefix(c.Initiator, "http:") {
		return false
	}
	if secure = secure || strings.HasPrefix(c.Initiator, "https:"); !secure {
		return true
	}
	for _, u := range urls {
		if strings.HasPrefix(u, "http:") {
			return false
		}
	}
	return true
}
