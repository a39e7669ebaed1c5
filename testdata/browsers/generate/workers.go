package main

import "uacookie/testdata/browsers/scenario"

// workers are of what workers fetch, and of the requests for their scripts.
func workers(c *collection) {
	for _, kind := range []string{"dedicated", "shared", "service"} {
		for _, x := range []scenario.Ctx{
			{Top: bank}, {Top: www}, {Top: evil}, inside("", evil, bank+"f"), inside("", bank, evil), inside("", bank, evil, bank+"f"), inside("", bank, bank+"f"),
		} {
			x.Kind, x.Worker = scenario.Subresource, kind
			steps := []scenario.Step{}
			for _, m := range []struct{ mode, credentials, cors, method string }{
				{"", "", "", ""}, {"cors", "", scenario.CORSAllow, ""}, {"cors", "same-origin", scenario.CORSAllow, ""}, {"cors", "omit", scenario.CORSAllow, ""}, {"", "", "", "POST"}, {"cors", "", scenario.CORSAllow, "PUT"},
			} {
				x.Mode, x.Credentials, x.CORS, x.Method = m.mode, m.credentials, m.cors, m.method
				steps = append(steps, get(x, bank+"x"))
			}
			x.Mode, x.Credentials, x.CORS, x.Method = "", "", "", ""
			steps = append(steps, set(x, bank+"x", cookiesOf("worker")...), get(typed, bank))
			c.addBoth(steps...)
		}
	}
	for _, kind := range []string{"worker", "sharedworker", "serviceworker"} {
		for _, x := range []scenario.Ctx{{Top: bank}, inside("", bank, bank+"f"), inside("", evil, bank+"f"), inside("", bank, evil, bank+"f"), {Top: evil}} {
			x.Kind, x.Element = scenario.Subresource, kind
			c.addBoth(get(x, bank+"w.js"), set(x, bank+"w.js", cookiesOf("script")...), get(typed, bank))
		}
	}
}

// senders are of beacons, keepalive, event sources and prefetch.
func senders(c *collection) {
	for _, x := range []scenario.Ctx{
		{Element: "beacon"}, {Element: "prefetch"}, {Element: "eventsource"}, {Element: "eventsource", CORS: scenario.CORSAllow}, {Element: "eventsource", CORS: scenario.CORSAllow, CrossOrigin: new("use-credentials")},
		{Keepalive: true}, {Keepalive: true, Mode: "cors", CORS: scenario.CORSAllow}, {Keepalive: true, Method: "POST"},
	} {
		x.Kind = scenario.Subresource
		for _, place := range []scenario.Ctx{{Top: bank + "a"}, {Top: www + "a"}, {Top: evil + "a"}, inside("", evil, bank+"f"), inside("", bank, evil)} {
			x.Top, x.Frames = place.Top, place.Frames
			steps := []scenario.Step{get(x, bank+"x"), set(x, bank+"x", cookiesOf("sent")...), get(typed, bank), get(iframe(evil), bank)}
			if x.Element != "prefetch" && x.Element != "beacon" {
				y := x
				y.RedirectFrom = []string{evil + "hop"}
				steps = append(steps, get(y, bank+"z"))
			}
			c.addBoth(steps...)
		}
	}
}

// opaqueDocuments are of data: and blob: documents.
func opaqueDocuments(c *collection) {
	for _, kind := range []string{"data:", "blob:"} {
		for _, top := range []string{bank + "a", evil + "a"} {
			for _, frames := range [][]scenario.Frame{{{URL: kind}}, {{URL: bank + "f"}, {URL: kind}}, {{URL: kind}, {URL: bank + "f"}}, {{URL: kind, Sandbox: new("allow-scripts")}}} {
				x := scenario.Ctx{Top: top, Frames: frames}
				var steps []scenario.Step
				for _, how := range []scenario.Ctx{
					{Kind: scenario.Subresource}, {Kind: scenario.Subresource, Mode: "cors", CORS: scenario.CORSAllow}, {Kind: scenario.Subresource, Method: "POST"},
					{Kind: scenario.Subresource, Element: "img"}, {Kind: scenario.Iframe}, {Kind: scenario.WebSocket},
				} {
					how.Top, how.Frames = x.Top, x.Frames
					to := bank + "x"
					if how.Kind == scenario.WebSocket {
						to = "wss://bank.test/x"
					}
					steps = append(steps, get(how, to), get(how, map[bool]string{true: "wss://evil.test/x", false: evil + "x"}[how.Kind == scenario.WebSocket]))
				}
				s := x
				s.Kind = scenario.Script
				if frames[len(frames)-1].URL == kind {
					steps = append(steps, get(s, top))
				}
				y := x
				y.Kind, y.Target, y.User = scenario.Navigate, "_top", true
				if frames[0].Sandbox == nil { // or it may not
					steps = append(steps, get(y, bank))
				}
				steps = append(steps, set(scenario.Ctx{Kind: scenario.Subresource, Top: top, Frames: frames}, bank+"x", cookiesOf("frame")...), get(typed, bank), get(iframe(evil), bank))
				c.addBoth(steps...)
			}
		}
	}
}

// credentialless are of iframes with that attribute.
func credentialless(c *collection) {
	for _, top := range []string{bank + "a", evil + "a", www + "a"} {
		for _, frames := range [][]scenario.Frame{{{URL: bank + "f", Credentialless: true}}, {{URL: bank + "f", Credentialless: true}, {URL: bank + "g"}}, {{URL: "about:srcdoc", Credentialless: true}}, {{URL: evil, Credentialless: true}}} {
			x := scenario.Ctx{Top: top, Frames: frames}
			var steps []scenario.Step
			for _, how := range []scenario.Ctx{{Kind: scenario.Subresource}, {Kind: scenario.Subresource, Mode: "cors", CORS: scenario.CORSAllow}, {Kind: scenario.Subresource, Element: "img"}, {Kind: scenario.Iframe}} {
				how.Top, how.Frames = x.Top, x.Frames
				steps = append(steps, get(how, bank+"x"), set(how, bank+"x", cookiesOf("less")...), get(how, bank+"x"))
			}
			if frames[len(frames)-1].URL != "about:srcdoc" {
				y := x
				y.Kind = scenario.Script
				steps = append(steps, get(y, frames[len(frames)-1].URL))
			}
			steps = append(steps, get(typed, bank), get(iframe(evil), bank))
			c.addBoth(steps...)
		}
		x := scenario.Ctx{Kind: scenario.Iframe, Top: top, Credentialless: true}
		c.addBoth(get(x, bank+"x"), set(x, bank+"x", cookiesOf("less")...), get(x, bank+"x"), get(typed, bank))
	}
}

// embedders are of Cross-Origin-Embedder-Policy and Cross-Origin-Resource-Policy.
func embedders(c *collection) {
	for _, policy := range []string{"require-corp", "credentialless", ""} {
		for _, top := range []string{bank + "a", www + "a", evil + "a"} {
			for _, corp := range []string{"", "same-origin", "same-site", "cross-origin"} {
				var steps []scenario.Step
				for _, how := range []scenario.Ctx{
					{Kind: scenario.Subresource}, {Kind: scenario.Subresource, Method: "POST"}, {Kind: scenario.Subresource, Mode: "cors", CORS: scenario.CORSAllow}, {Kind: scenario.Subresource, Element: "img"},
					{Kind: scenario.Subresource, Element: "script"}, {Kind: scenario.Subresource, Element: "img", CrossOrigin: new("use-credentials"), CORS: scenario.CORSAllow}, {Kind: scenario.Iframe},
				} {
					how.Top = top
					if policy != "" {
						how.PageFields = []string{"Cross-Origin-Embedder-Policy: " + policy}
					}
					s := get(how, bank+"x")
					if corp != "" {
						s = with(s, "Cross-Origin-Resource-Policy: "+corp)
					}
					steps = append(steps, s)
					if corp == "" && how.Kind == scenario.Subresource && how.Mode == "" && how.CrossOrigin == nil {
						how.RedirectFrom = []string{evil + "hop"}
						steps = append(steps, get(how, bank+"y"), get(how, top+"z"))
					}
				}
				if corp == "" {
					how := scenario.Ctx{Kind: scenario.Subresource, Top: top}
					if policy != "" {
						how.PageFields = []string{"Cross-Origin-Embedder-Policy: " + policy}
					}
					steps = append(steps, set(how, bank+"x", cookiesOf("embedded")...), get(typed, bank))
				}
				c.add(steps...)
			}
		}
	}
}

// The sites that the recorder excepts from the blocking of third-party cookies: what trusting.test
// embeds, and what is embedded of trusted.test.
const (
	trusting = "https://trusting.test/"
	trusted  = "https://trusted.test/"
)

// exceptions are of sites for which third-party cookies are allowed.
func exceptions(c *collection) {
	for _, pair := range [][2]string{{trusting, bank}, {"https://www.trusting.test/", bank}, {evil, trusted}, {evil, "https://www.trusted.test/"}, {trusted, bank}, {bank, trusting}, {trusting, trusted}, {"http://trusting.test/", bank}} {
		top, embedded := pair[0], pair[1]
		c.addBoth(
			set(typed, embedded, kit...), get(iframe(top), embedded), get(fetch(top), embedded), get(inside(scenario.Subresource, top, embedded), embedded),
			get(inside(scenario.Subresource, top, other, embedded), embedded), get(inside(scenario.Subresource, other, top), embedded),
			get(inside(scenario.Script, top, embedded), embedded), set(iframe(top), embedded, cookiesOf("excepted")...),
			get(typed, embedded), get(iframe(top), embedded), get(iframe(other), embedded),
		)
	}
}
