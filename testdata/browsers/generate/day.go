package main

import (
	"fmt"

	"uacookie/testdata/browsers/scenario"
)

// day returns scenarios about what a service meets besides cookies.
func day() []*scenario.Scenario {
	c := &collection{count: map[string]int{}}
	for _, topic := range []struct {
		name string
		add  func(*collection)
	}{
		{"clear", clearings}, {"hsts", upgrades}, {"referrer", referrers}, {"mode", redirectModes}, {"element", elements},
		{"window", windows}, {"opener", openers}, {"history", histories}, {"refresh", refreshes},
		{"access", accesses}, {"retry", retries}, {"grant", grants},
	} {
		c.topic = topic.name
		topic.add(c)
	}
	for _, s := range c.all {
		s.ID, s.Source = "day"+s.ID[2:], "day"+s.Source[len("kinds"):]
	}
	return c.all
}

// with returns a step whose response has more header fields.
func with(s scenario.Step, fields ...string) scenario.Step {
	s.Fields = fields
	return s
}

// clearings are of Clear-Site-Data: by value, by where the response comes from, and by
// who asked for it.
func clearings(c *collection) {
	const field = "Clear-Site-Data: "
	under := func(top string) scenario.Ctx { return iframe(top) }
	all := func(logout scenario.Step) {
		c.addBoth(
			set(typed, www, "host=1; Secure; SameSite=None", "domain=1; Secure; SameSite=None; Domain=bank.test"),
			set(under(evil), bank, cookiesOf("evil")...),
			set(under("https://other.test/"), bank, cookiesOf("other")...),
			set(typed, evil, kit...),
			logout,
			get(typed, bank), get(typed, www), get(under(evil), bank), get(under("https://other.test/"), bank), get(typed, evil),
		)
	}
	again := "new=1; Secure; SameSite=None"
	for _, value := range []string{`"cookies"`, `"*"`, `"cache", "storage"`, `cookies`, `"storage","cookies"`, `"Cookies"`, `"cookies" , "x"`, `"cookies"; x`, `*`, ``, `"clientHints"`} {
		all(with(set(typed, bank+"logout", again), field+value))
	}
	all(with(set(typed, bank+"logout", again), field+`"storage"`, field+`"cookies"`))
	const cookies = field + `"cookies"`
	for _, x := range []struct {
		ctx scenario.Ctx
		url string
	}{
		{typed, www}, {typed, port}, {typed, plain}, {link(evil), bank}, {fetch(bank), bank}, {fetch(www), bank}, {fetch(evil), bank},
		{iframe(bank), bank}, {iframe(evil), bank}, {iframe(evil), www},
		{scenario.Ctx{Kind: scenario.Subresource, Top: bank, Credentials: "omit"}, bank},
		{scenario.Ctx{Kind: scenario.Subresource, Top: evil, Credentials: "omit"}, bank},
		{scenario.Ctx{Kind: scenario.Subresource, Top: www, Mode: "cors", CORS: scenario.CORSAllow, Credentials: "omit"}, bank},
		{scenario.Ctx{Kind: scenario.Subresource, Top: evil, Element: "img"}, bank},
		{scenario.Ctx{Kind: scenario.Subresource, Top: evil, Mode: "cors"}, bank},
		{scenario.Ctx{Kind: scenario.Subresource, Top: evil, Frames: []scenario.Frame{{URL: bank + "frame"}}}, bank},
		{scenario.Ctx{Kind: scenario.Navigate, RedirectFrom: []string{evil + "hop"}}, bank},
	} {
		all(with(set(x.ctx, x.url, again), cookies))
	}
}

// upgrades are of HSTS, each at a host of its own, as browsers remember it; and of images
// in secure documents.
func upgrades(c *collection) {
	n := 0
	host := func() string { n++; return fmt.Sprintf("hsts%d.test", n) }
	const field = "Strict-Transport-Security: "
	told := func(value string, steps func(https, http string) []scenario.Step) {
		h := host()
		first := with(set(typed, "https://"+h+"/", "secure=1; Secure; SameSite=None", "lax=1; SameSite=Lax"), field+value)
		c.add(append([]scenario.Step{first}, steps("https://"+h, "http://"+h)...)...)
	}
	one := func(x scenario.Ctx, path string) func(_, http string) []scenario.Step {
		return func(_, http string) []scenario.Step { return []scenario.Step{get(x, http+path)} }
	}
	for _, value := range []string{"max-age=600", "max-age=600; includeSubDomains", "max-age=0", "includeSubDomains", "Max-Age=\"600\"", "max-age=600; max-age=0", "max-age=x", "max-age=600; preload", "max-age=600, max-age=0"} {
		told(value, func(https, http string) []scenario.Step {
			return []scenario.Step{get(typed, http+"/"), get(typed, "http://www."+http[len("http://"):]+"/")}
		})
	}
	for _, path := range []string{":8080/x", "/a?b"} {
		told("max-age=600", one(typed, path))
	}
	for _, x := range []scenario.Ctx{
		link(evil), link("http://evil.test/"), {Kind: scenario.Navigate, Initiator: evil, User: true},
		post("http://evil.test/"), {Kind: scenario.Navigate, Initiator: "http://evil.test/a", Method: "POST", User: true},
		fetch("http://evil.test/"), fetch(evil), iframe("http://evil.test/"),
		{Kind: scenario.Subresource, Top: "http://evil.test/", Element: "img"}, {Kind: scenario.Subresource, Top: evil, Element: "img"},
		{Kind: scenario.Subresource, Top: "http://evil.test/", Element: "script"}, {Kind: scenario.Subresource, Top: evil, Element: "script"},
		{Kind: scenario.Subresource, Top: "http://evil.test/", Mode: "cors", CORS: scenario.CORSAllow},
		{Kind: scenario.Navigate, RedirectFrom: []string{evil + "hop"}}, {Kind: scenario.Navigate, RedirectFrom: []string{"http://evil.test/hop"}},
		{Kind: scenario.Navigate, Initiator: evil, RedirectFrom: []string{evil + "hop"}},
	} {
		told("max-age=600", one(x, "/"))
	}
	told("max-age=600", func(_, http string) []scenario.Step {
		return []scenario.Step{get(link(http+"/"), http+"/a"), get(scenario.Ctx{Kind: scenario.Script}, http+"/")}
	})
	told("max-age=600", func(https, http string) []scenario.Step {
		return []scenario.Step{get(fetch(https+"/"), http+"/a"), get(link(https+"/"), http+"/b")}
	})
	told("max-age=600", func(https, http string) []scenario.Step {
		return []scenario.Step{with(set(typed, https+"/bye"), field+"max-age=0"), get(typed, http+"/")}
	})
	told("max-age=0", func(https, http string) []scenario.Step {
		return []scenario.Step{with(set(fetch(evil), https+"/x"), field+"max-age=600"), get(typed, http+"/")}
	})
	told("max-age=0", func(https, http string) []scenario.Step {
		return []scenario.Step{with(set(typed, http+"/x"), field+"max-age=600"), get(typed, http+"/y")}
	})
	for _, e := range []string{"img", "script", "style"} {
		c.add(get(scenario.Ctx{Kind: scenario.Subresource, Top: bank, Element: e}, "http://mixed.test/x"))
		c.add(get(scenario.Ctx{Kind: scenario.Subresource, Top: bank, Element: e, CrossOrigin: new("anonymous"), CORS: scenario.CORSAllow}, "http://mixed.test/x"))
	}
}

// policies are the values of Referrer-Policy.
var policies = []string{
	"no-referrer", "no-referrer-when-downgrade", "origin", "origin-when-cross-origin", "same-origin",
	"strict-origin", "strict-origin-when-cross-origin", "unsafe-url",
}

// referrers are of Referrer-Policy, of the document and of what is asked for.
func referrers(c *collection) {
	asks := func(from string, edit func(*scenario.Ctx)) {
		var steps []scenario.Step
		for _, to := range []string{bank + "x", www, evil, plain} {
			for _, x := range []scenario.Ctx{
				{Kind: scenario.Navigate, Initiator: from, User: true}, {Kind: scenario.Navigate, Initiator: from},
				{Kind: scenario.Navigate, Initiator: from, Method: "POST"},
				{Kind: scenario.Subresource, Top: from}, {Kind: scenario.Subresource, Top: from, Method: "POST"},
				{Kind: scenario.Subresource, Top: from, Mode: "cors", CORS: scenario.CORSAllow},
				{Kind: scenario.Iframe, Top: from}, {Kind: scenario.Subresource, Top: from, Element: "img"},
			} {
				if edit(&x); runs(x, to) {
					steps = append(steps, get(x, to))
				}
			}
		}
		c.add(steps...)
	}
	const from = bank + "a?b"
	for _, p := range append(policies, "", "no-referrer, x-unknown", "x-unknown", "origin, same-origin") {
		asks(from, func(x *scenario.Ctx) { x.PageFields = []string{"Referrer-Policy: " + p} })
	}
	asks(from, func(x *scenario.Ctx) {
		x.PageFields = []string{"Referrer-Policy: origin", "Referrer-Policy: no-referrer"}
	})
	for _, p := range []string{"no-referrer", "unsafe-url", "same-origin"} {
		asks(plain+"a?b", func(x *scenario.Ctx) { x.PageFields = []string{"Referrer-Policy: " + p} })
	}
	for _, p := range policies {
		asks(from, func(x *scenario.Ctx) {
			switch {
			case x.Kind == scenario.Subresource, x.Kind == scenario.Navigate && x.User && x.Method == "":
				x.ReferrerPolicy = p
			}
		})
	}
	for _, p := range []string{"no-referrer", "unsafe-url"} {
		c.add(
			get(scenario.Ctx{Kind: scenario.Subresource, Top: from, Frames: []scenario.Frame{{URL: "about:srcdoc"}}, PageFields: []string{"Referrer-Policy: " + p}}, evil),
			get(scenario.Ctx{Kind: scenario.Subresource, Top: from, Frames: []scenario.Frame{{URL: "about:blank"}}, PageFields: []string{"Referrer-Policy: " + p}}, evil),
			get(scenario.Ctx{Kind: scenario.Navigate, Initiator: from, PageFields: []string{"Referrer-Policy: " + p}, RedirectFrom: []string{evil + "hop"}}, bank),
			get(scenario.Ctx{Kind: scenario.Subresource, Top: from, PageFields: []string{"Referrer-Policy: " + p}, RedirectFrom: []string{bank + "hop"}}, evil),
		)
	}
}

// redirectModes are fetches that are redirected and may not be.
func redirectModes(c *collection) {
	for _, mode := range []string{"", "cors"} {
		for _, redirect := range []string{"error", "manual", "follow"} {
			var steps []scenario.Step
			for _, x := range []struct{ top, hop, to string }{
				{bank, bank + "hop", bank}, {bank, bank + "hop", evil}, {evil, bank + "hop", bank}, {evil, bank + "hop", evil}, {evil, evil + "hop", bank},
			} {
				ctx := scenario.Ctx{Kind: scenario.Subresource, Top: x.top, Mode: mode, CORS: scenario.CORSAllow, Redirect: redirect, RedirectFrom: []string{x.hop}}
				steps = append(steps, get(ctx, x.to))
				ctx.RedirectFrom = nil
				steps = append(steps, get(ctx, x.to))
			}
			c.add(steps...)
		}
	}
}

// elements are images, scripts and style sheets.
func elements(c *collection) {
	for _, e := range []string{"img", "script", "style"} {
		for _, cross := range []*string{nil, new(""), new("anonymous"), new("use-credentials")} {
			for _, cors := range []string{"", scenario.CORSAllow, scenario.CORSStar} {
				if cross == nil && cors != "" {
					continue
				}
				var steps []scenario.Step
				for _, from := range []string{bank + "a", www + "a", evil + "a"} {
					x := scenario.Ctx{Kind: scenario.Subresource, Top: from, Element: e, CrossOrigin: cross, CORS: cors}
					steps = append(steps, get(x, bank+"x"))
					x.RedirectFrom = []string{evil + "hop"}
					steps = append(steps, get(x, bank+"y"))
				}
				x := scenario.Ctx{Kind: scenario.Subresource, Top: bank, Frames: []scenario.Frame{{URL: bank + "f", Sandbox: new("allow-scripts")}}, Element: e, CrossOrigin: cross, CORS: cors}
				steps = append(steps, get(x, bank+"z"))
				x.Frames = []scenario.Frame{{URL: evil}}
				steps = append(steps, get(x, bank+"v"))
				c.addBoth(steps...)
			}
		}
	}
}

// windows are navigations of other windows and frames.
func windows(c *collection) {
	for _, from := range []string{bank + "a", www + "a", evil + "a"} {
		var steps []scenario.Step
		for _, rel := range []string{"", "noopener", "opener", "noreferrer"} {
			steps = append(steps, get(scenario.Ctx{Kind: scenario.Navigate, Initiator: from, Target: "_blank", Rel: rel, User: true}, bank+"x"))
			if rel != "opener" {
				steps = append(steps, get(scenario.Ctx{Kind: scenario.Navigate, Initiator: from, Target: "window", Rel: rel, User: true}, bank+"x"))
			}
			if rel != "noreferrer" {
				steps = append(steps, get(scenario.Ctx{Kind: scenario.Navigate, Initiator: from, Target: "_blank", Rel: rel, Method: "POST", User: true}, bank+"x"))
			}
		}
		c.add(steps...)
		steps = []scenario.Step{set(scenario.Ctx{Kind: scenario.Navigate, Initiator: from, Target: "window", User: true}, bank, cookiesOf("window")...), get(typed, bank)}
		c.add(steps...)
	}
	for _, f := range []struct {
		top    string
		frames []scenario.Frame
	}{
		{evil, []scenario.Frame{{URL: bank}}}, {bank, []scenario.Frame{{URL: evil}}}, {bank, []scenario.Frame{{URL: www}}},
		{bank, []scenario.Frame{{URL: evil}, {URL: bank + "f"}}}, {evil, []scenario.Frame{{URL: bank}, {URL: evil + "f"}}},
		{bank, []scenario.Frame{{URL: "about:srcdoc"}}}, {bank, []scenario.Frame{{URL: bank + "f", Sandbox: new("allow-scripts allow-top-navigation allow-forms")}}},
	} {
		var steps []scenario.Step
		for _, to := range []string{bank, evil} {
			steps = append(steps,
				get(scenario.Ctx{Kind: scenario.Navigate, Top: f.top, Frames: f.frames, Target: "_top", User: true}, to),
				get(scenario.Ctx{Kind: scenario.Navigate, Top: f.top, Frames: f.frames, Target: "_top", Method: "POST", User: true}, to))
			if len(f.frames) > 1 {
				steps = append(steps,
					get(scenario.Ctx{Kind: scenario.Iframe, Top: f.top, Frames: f.frames, Target: "_parent", User: true}, to),
					get(scenario.Ctx{Kind: scenario.Iframe, Top: f.top, Frames: f.frames, Target: "_parent", Method: "POST", User: true}, to))
			}
		}
		c.addBoth(steps...)
	}
}

// openers are popups that go on, and post back, as for single sign-on.
func openers(c *collection) {
	for _, opener := range []string{bank, evil} {
		for _, in := range []string{bank + "p", evil + "p", www + "p"} {
			c.addBoth(
				get(scenario.Ctx{Kind: scenario.Navigate, Opener: opener, Initiator: in}, bank+"x"),
				get(scenario.Ctx{Kind: scenario.Navigate, Opener: opener, Initiator: in, Method: "POST"}, bank+"x"),
				set(scenario.Ctx{Kind: scenario.Navigate, Opener: opener, Initiator: in, Method: "POST"}, bank+"x", cookiesOf("back")...),
				get(typed, bank),
			)
		}
	}
}

// histories are back and forward to what was navigated to.
func histories(c *collection) {
	for _, by := range []string{"back", "forward"} {
		for _, from := range []string{"", bank + "a", www + "a", evil + "a"} {
			for i, via := range [][]string{nil, {evil + "hop"}} {
				x := scenario.Ctx{Kind: scenario.Navigate, Initiator: from, RedirectFrom: via, User: from != "" && i%2 == 0, History: by}
				steps := []scenario.Step{get(x, bank+"x")}
				if from != "" {
					x.User = !x.User
					steps = append(steps, get(x, bank+"x"))
				}
				c.add(steps...)
			}
		}
	}
}

// refreshes are of the header field Refresh.
func refreshes(c *collection) {
	for _, from := range []string{bank + "a?b", www + "a", evil + "a", plain + "a"} {
		x := scenario.Ctx{Kind: scenario.Navigate, Initiator: from, Refresh: true}
		steps := []scenario.Step{get(x, bank+"x"), get(x, evil+"x"), set(x, bank+"x", cookiesOf("refresh")...), get(typed, bank)}
		for _, p := range []string{"no-referrer", "unsafe-url"} {
			x.PageFields = []string{"Referrer-Policy: " + p}
			steps = append(steps, get(x, bank+"x"))
		}
		c.add(steps...)
	}
}
