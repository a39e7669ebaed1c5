package main

import (
	"fmt"
	"slices"

	"uacookie/testdata/browsers/scenario"
)

// chains returns all sequences of length documents. Each has its own URL, since no browser
// shows a document for long within itself.
func chains(length int, documents ...string) [][]string {
	if length == 0 {
		return [][]string{nil}
	}
	var all [][]string
	for _, outer := range chains(length-1, documents...) {
		for _, d := range documents {
			all = append(all, append(slices.Clone(outer), fmt.Sprintf("%sframe%d", d, length)))
		}
	}
	return all
}

// within returns a context of the kind, whose documents are those of the chain.
func within(kind string, chain ...string) scenario.Ctx {
	x := scenario.Ctx{Kind: kind, Top: chain[0]}
	for _, url := range chain[1:] {
		x.Frames = append(x.Frames, scenario.Frame{URL: url})
	}
	return x
}

// visit returns steps in which the last document of x, a context without a kind,
// does all that it can for cookies, and one that says what came of it.
func visit(x scenario.Ctx) []scenario.Step {
	as := func(kind string) scenario.Ctx { x.Kind = kind; return x }
	script := x
	script.Kind = scenario.Script
	script.Frames = append(slices.Clone(x.Frames), scenario.Frame{URL: bank})
	cors := as(scenario.Subresource)
	cors.Mode, cors.CORS = "cors", scenario.CORSAllow
	return []scenario.Step{
		set(as(scenario.Iframe), bank, cookiesOf("frame")...),
		set(as(scenario.Subresource), bank, cookiesOf("fetch")...),
		set(script, bank, cookiesOf("script")...),
		get(as(scenario.Iframe), bank),
		get(as(scenario.Subresource), bank),
		get(cors, bank),
		get(script, bank),
		get(as(scenario.WebSocket), "wss://bank.test/"),
		get(typed, bank),
	}
}

// nested are frames in frames.
func nested(c *collection) {
	for length := 1; length <= 3; length++ {
		for _, chain := range chains(length, bank, www, evil) {
			c.addBoth(visit(within("", chain...))...)
		}
	}
	for _, chain := range chains(2, plain, "http://evil.test/") {
		c.addBoth(visit(within("", chain[:1]...))...)
		c.addBoth(visit(within("", chain...))...)
	}
	for _, chain := range [][]string{{bank + "1", evil + "2", bank + "3", evil + "4"}, {bank + "1", www + "2", port + "3", www + "4"}} {
		c.addBoth(visit(within("", chain...))...)
	}
	// A document in a frame navigates it.
	for _, top := range []string{bank + "1", evil + "1"} {
		for _, from := range []string{bank + "2", www + "2", evil + "2"} {
			x := scenario.Ctx{Kind: scenario.Iframe, Top: top, Initiator: from}
			user, post := x, x
			user.User = true
			post.Method, post.User = "POST", true
			deep := post
			deep.Frames = []scenario.Frame{{URL: www + "3"}}
			form := user
			form.Method = "GET"
			c.addBoth(get(x, bank), get(user, bank), get(post, bank), get(deep, bank), get(form, bank+"?"), get(x, evil))
		}
	}
}

// inheriting are documents that have the origin of the one around them.
func inheriting(c *collection) {
	for _, about := range []string{"about:srcdoc", "about:blank"} {
		for _, chain := range [][]string{
			{bank + "a?b", about}, {evil + "a", about}, {www + "a", about}, {plain + "a", about},
			{bank + "1", evil + "2", about}, {evil + "1", bank + "2", about}, {bank + "1", about, evil + "2"},
			{evil + "1", about, bank + "2"}, {bank + "1", about, about},
		} {
			steps := visit(within("", chain...))
			own := within(scenario.Script, chain...) // its own cookies, not those of a frame in it
			at := ""
			for _, url := range chain {
				if url[:6] != "about:" {
					at = url
				}
			}
			c.addBoth(append(steps, set(own, at, "own=1; Secure; SameSite=None", "own-lax=1"), get(own, at))...)
			if chain[len(chain)-1] == about {
				x := scenario.Ctx{Kind: scenario.Iframe, Top: chain[0], Initiator: about}
				user, post := x, x
				user.User = true
				post.Method, post.User = "POST", true
				c.addBoth(get(x, bank), get(user, bank), get(post, bank))
			}
		}
	}
}

// sandboxes are documents of an opaque origin, and those that might be.
func sandboxes(c *collection) {
	token := func(tokens string) *string { return &tokens }
	opaque, transparent := token("allow-scripts allow-forms"), token("allow-scripts allow-forms allow-same-origin")
	for _, top := range []string{bank + "1", evil + "1"} {
		for _, inside := range []string{bank + "2", www + "2", evil + "2", "about:srcdoc", "about:blank"} {
			for _, sandbox := range []*string{opaque, transparent} {
				x := scenario.Ctx{Top: top, Frames: []scenario.Frame{{URL: inside, Sandbox: sandbox}}}
				own := x
				own.Kind = scenario.Script
				at := inside
				if inside[:6] == "about:" {
					at = top
				}
				c.addBoth(append(visit(x), get(own, at))...)

				leaves := scenario.Ctx{Kind: scenario.Iframe, Top: top, Initiator: inside, Sandbox: sandbox}
				post := leaves
				post.Method, post.User = "POST", true
				c.addBoth(get(leaves, bank), get(post, bank))
			}
		}
		// What is in a sandbox stays in it.
		for _, inner := range []scenario.Frame{{URL: bank + "3"}, {URL: bank + "3", Sandbox: transparent}, {URL: "about:srcdoc"}} {
			x := scenario.Ctx{Top: top, Frames: []scenario.Frame{{URL: bank + "2", Sandbox: opaque}, inner}}
			c.addBoth(visit(x)...)
		}
		c.add(get(scenario.Ctx{Kind: scenario.Iframe, Top: top, Sandbox: token("")}, bank))
	}
	// The server itself asks for a sandbox.
	for _, csp := range []string{"sandbox allow-scripts allow-forms", "default-src * 'unsafe-inline'; sandbox allow-scripts allow-forms allow-same-origin", "sandbox allow-scripts allow-forms, default-src * 'unsafe-inline'"} {
		x := scenario.Ctx{Top: bank + "1", CSP: csp}
		c.addBoth(visit(x)...)
		y := scenario.Ctx{Top: bank + "1", Frames: []scenario.Frame{{URL: bank + "2", CSP: csp}}}
		c.addBoth(visit(y)...)
		z := scenario.Ctx{Kind: scenario.Navigate, Initiator: bank + "1", CSP: csp}
		post := z
		post.Method, post.User = "POST", csp[0] == 's'
		c.add(get(z, bank), get(post, bank))
	}
}
