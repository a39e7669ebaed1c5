package main

import "uacookie/testdata/browsers/scenario"

// credentialsModes are those of fetch.
var credentialsModes = []string{"omit", "same-origin", "include"}

// fetches are those of a script, by where it is and what it asks for.
func fetches(c *collection) {
	for _, from := range []string{bank + "a?b", www + "a?b", port + "a", evil + "a", plain + "a"} {
		for _, mode := range credentialsModes {
			x := scenario.Ctx{Kind: scenario.Subresource, Top: from, Credentials: mode}
			with := func(mode, cors, method string, header map[string]string) scenario.Step {
				y := x
				y.Mode, y.CORS, y.Method, y.Header = mode, cors, method, header
				return get(y, bank)
			}
			json := map[string]string{"Content-Type": "application/json", "X-A": "1"}
			for _, cors := range []string{"", scenario.CORSAllow, scenario.CORSStar} {
				c.add(with("cors", cors, "", nil), with("cors", cors, "POST", nil), with("cors", cors, "PUT", nil),
					with("cors", cors, "POST", json), with("cors", cors, "", map[string]string{"X-A": "1"}))
			}
			c.add(with("", "", "", nil), with("no-cors", "", "POST", nil), with("same-origin", "", "", nil), with("no-cors", "", "PUT", nil))
		}
	}
	c.add(get(fetch(bank), plain), get(fetch(bank), local), get(fetch(plain), plain), get(fetch(local), plain)) // mixed content, or not
}

// credentials are responses that set cookies to who asked without, or with.
func credentials(c *collection) {
	for _, from := range []string{bank + "a", www + "a", evil + "a"} {
		for _, mode := range credentialsModes {
			x := scenario.Ctx{Kind: scenario.Subresource, Top: from, Credentials: mode, Mode: "cors", CORS: scenario.CORSAllow}
			shut := x
			shut.CORS = ""
			c.addBoth(set(x, bank, cookiesOf("open")...), get(typed, bank), set(shut, bank, cookiesOf("shut")...), get(typed, bank), get(x, bank))
		}
	}
}

// detours are redirects by way of other sites.
func detours(c *collection) {
	for _, from := range []string{bank + "a", www + "a", evil + "a"} {
		for _, via := range [][]string{{bank + "hop"}, {www + "hop"}, {evil + "hop"}, {bank + "hop", evil + "hop"}, {evil + "hop", bank + "hop"}, {www + "hop", evil + "hop", www + "hop2"}} {
			with := func(x scenario.Ctx) scenario.Step { x.RedirectFrom = via; return get(x, bank) }
			fetching := func(mode, credentials, method string, status int) scenario.Step {
				return with(scenario.Ctx{Kind: scenario.Subresource, Top: from, Mode: mode, Credentials: credentials, CORS: scenario.CORSAllow, Method: method, RedirectStatus: status})
			}
			navigating := func(method string, status int) scenario.Step {
				return with(scenario.Ctx{Kind: scenario.Navigate, Initiator: from, Method: method, RedirectStatus: status, User: true})
			}
			c.add(navigating("", 0), navigating("POST", 0), navigating("POST", 303), navigating("POST", 307), with(typed))
			c.addBoth(with(iframe(from)), fetching("no-cors", "include", "", 0), fetching("no-cors", "same-origin", "", 0),
				fetching("no-cors", "include", "POST", 0), fetching("no-cors", "include", "POST", 307))
			c.add(fetching("cors", "include", "", 0), fetching("cors", "same-origin", "", 301), fetching("cors", "include", "POST", 0),
				fetching("cors", "include", "POST", 308), fetching("cors", "same-origin", "PUT", 307))
		}
	}
}

// sockets are WebSockets.
func sockets(c *collection) {
	for _, from := range []string{bank + "a", www + "a", port + "a", evil + "a", plain + "a", local + "a"} {
		x := scenario.Ctx{Kind: scenario.WebSocket, Top: from}
		c.addBoth(get(x, "wss://bank.test/"), get(x, "wss://bank.test:8443/"), get(x, "ws://bank.test/"), get(x, "ws://localhost/"),
			set(x, "wss://bank.test/", cookiesOf("socket")...), get(typed, bank), get(x, "wss://bank.test/"))
	}
}
