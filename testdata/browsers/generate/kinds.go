package main

import (
	"fmt"
	"slices"
	"strings"

	"uacookie/testdata/browsers/scenario"
)

// The documents and targets of the scenarios made by kinds.
const (
	bank  = "https://bank.test/"
	port  = "https://bank.test:8443/" // same-site, another origin
	www   = "https://www.bank.test/"
	evil  = "https://evil.test/"
	plain = "http://bank.test/" // the same site but for the scheme
	local = "http://localhost/" // as good as https, or nearly
)

// Of each kind of cookie one, set at bank.
var kit = []string{
	"strict=1; SameSite=Strict; Secure", "lax=1; SameSite=Lax; Secure", "none=1; SameSite=None; Secure",
	"default=1; Secure", "http=1; SameSite=None; Secure; HttpOnly", "chips=1; SameSite=None; Secure; Partitioned",
}

// cookiesOf returns cookies that contexts differ about, with names that begin so.
func cookiesOf(prefix string) []string {
	return []string{
		prefix + "-lax=1; SameSite=Lax; Secure", prefix + "-none=1; SameSite=None; Secure",
		prefix + "-chips=1; SameSite=None; Secure; Partitioned",
	}
}

// A collection is the scenarios made so far.
type collection struct {
	topic string
	all   []*scenario.Scenario
	count map[string]int // by topic
}

// add adds a scenario that starts with the kit, set at bank.
func (c *collection) add(steps ...scenario.Step) {
	n := c.count[c.topic]
	c.count[c.topic]++
	s := &scenario.Scenario{ID: fmt.Sprintf("by-%s-%d", c.topic, n), Source: "kinds/" + c.topic}
	s.Steps = append([]scenario.Step{set(typed, bank, kit...)}, steps...)
	c.all = append(c.all, s)
}

// addBoth adds a scenario, and it again with third-party cookies blocked.
func (c *collection) addBoth(steps ...scenario.Step) {
	c.add(slices.Clone(steps)...)
	c.add(steps...)
	blocked := c.all[len(c.all)-1].Steps
	for i := range blocked {
		blocked[i].Ctx.BlockThirdParty = true
	}
}

// kinds returns a scenario for each kind of context that jar/browser models: not at
// random, but each in turn.
func kinds() []*scenario.Scenario {
	c := &collection{count: map[string]int{}}
	for _, topic := range []struct {
		name string
		add  func(*collection)
	}{
		{"navigation", navigations}, {"reload", reloads}, {"frames", nested}, {"inherit", inheriting},
		{"sandbox", sandboxes}, {"fetch", fetches}, {"credentials", credentials}, {"redirect", detours}, {"websocket", sockets},
	} {
		c.topic = topic.name
		topic.add(c)
	}
	return c.all
}

// navigations are navigations of the top level, by initiator, method and target.
func navigations(c *collection) {
	for _, from := range []string{"", bank + "a?b", www + "a?b", port + "a", evil + "a", plain + "a?b", local + "a"} {
		var steps []scenario.Step
		for _, to := range []string{bank, bank + "x?y", plain, evil, local} {
			for _, x := range []scenario.Ctx{{}, {User: true}, {Method: "POST"}, {Method: "POST", User: true}} {
				x.Kind, x.Initiator = scenario.Navigate, from
				if from == "" && (x.User || x.Method != "") || !runs(x, to) {
					continue // typed, or not at all
				}
				steps = append(steps, get(x, to))
			}
			if x := (scenario.Ctx{Kind: scenario.Navigate, Initiator: from, Method: "GET", User: true}); from != "" && runs(x, to) {
				steps = append(steps, get(x, strings.TrimSuffix(to, "x?y")+"?")) // a form without fields
			}
		}
		for part := range slices.Chunk(steps, 5) {
			c.add(part...)
		}
	}
}

// reloads are of what the user, or a page, navigated to.
func reloads(c *collection) {
	hops := [][]string{nil, {evil + "hop"}, {www + "hop"}, {evil + "hop", bank + "hop"}}
	for _, from := range []string{"", bank + "a", www + "a", port + "a", evil + "a", plain + "a"} {
		for i, via := range hops {
			x := scenario.Ctx{Kind: scenario.Navigate, Initiator: from, RedirectFrom: via, User: from != "" && i%2 == 0}
			again := x
			again.Reload = true
			steps := []scenario.Step{get(x, bank), get(again, bank), set(again, bank, cookiesOf("reload")...), get(typed, bank)}
			if from != "" {
				post := again
				post.Method, post.RedirectStatus = "POST", 307
				steps = append(steps, get(post, bank))
			}
			c.add(steps...)
		}
	}
}
