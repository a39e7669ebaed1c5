package main

import (
	"strings"

	"uacookie/testdata/browsers/scenario"
)

const other = "https://other.test/"

// inside returns the context of what a document in a frame of a page asks for.
func inside(kind, top string, frames ...string) scenario.Ctx {
	c := scenario.Ctx{Kind: kind, Top: top}
	for _, f := range frames {
		c.Frames = append(c.Frames, scenario.Frame{URL: f})
	}
	return c
}

// accesses are of requestStorageAccess: what a document that has it, or has not, asks for.
func accesses(c *collection) {
	asking := func(c scenario.Ctx, permission string) scenario.Ctx {
		c.AsksAccess, c.StorageAccess = true, permission
		return c
	}
	frame := bank + "f"
	for _, permission := range []string{"granted", "denied"} {
		for _, at := range []struct {
			top    string
			frames []string
		}{
			{evil, []string{frame}}, {www, []string{frame}}, {evil, []string{other, frame}}, {bank, []string{evil, frame}},
		} {
			ask := func(kind string) scenario.Ctx { return asking(inside(kind, at.top, at.frames...), permission) }
			plainly := func(kind string) scenario.Ctx {
				x := inside(kind, at.top, at.frames...)
				x.StorageAccess = permission
				return x
			}
			redirected := ask(scenario.Subresource)
			redirected.RedirectFrom = []string{other + "hop"}
			back := ask(scenario.Iframe)
			back.RedirectFrom = []string{other + "hop"}
			self := ask(scenario.Iframe)
			self.Frames, self.Initiator = self.Frames[:len(self.Frames)-1], frame
			self.AsksAccess = true
			script := ask(scenario.Script)
			before := plainly(scenario.Script)
			image := ask(scenario.Subresource)
			image.Element = "img"
			cors := ask(scenario.Subresource)
			cors.Mode, cors.CORS = "cors", scenario.CORSAllow
			c.addBoth(
				set(iframe(at.top), bank, cookiesOf("third")...),
				get(plainly(scenario.Subresource), bank),
				get(ask(scenario.Subresource), bank),
				get(ask(scenario.Subresource), www),
				get(cors, www),
				get(ask(scenario.Subresource), evil),
				get(image, bank),
				get(redirected, bank),
				get(ask(scenario.Iframe), bank),
				get(back, bank),
				get(self, bank),
				get(ask(scenario.WebSocket), "wss://bank.test/"),
				get(before, frame),
				get(script, frame),
				set(script, frame, cookiesOf("script")...),
				set(ask(scenario.Subresource), bank, cookiesOf("fetched")...),
				get(script, frame),
				get(plainly(scenario.Iframe), bank),
				get(typed, bank),
				get(inside(scenario.Subresource, at.top), bank),
			)
		}
	}
}

// retries are of Activate-Storage-Access.
func retries(c *collection) {
	permitted := func(x scenario.Ctx, permission string) scenario.Ctx {
		x.StorageAccess = permission
		return x
	}
	for _, permission := range []string{"granted", "denied", ""} {
		for _, field := range []string{`retry; allowed-origin="https://evil.test"`, `retry; allowed-origin=*`, `retry; allowed-origin="https://other.test"`, `retry`, `load`} {
			field = "Activate-Storage-Access: " + field
			element := scenario.Ctx{Kind: scenario.Subresource, Top: evil, Element: "img"}
			cors := scenario.Ctx{Kind: scenario.Subresource, Top: evil, Mode: "cors", CORS: scenario.CORSAllow}
			omit := scenario.Ctx{Kind: scenario.Subresource, Top: evil, Credentials: "omit"}
			if strings.Contains(field, "other") || strings.HasSuffix(field, "retry") {
				element.Element = "" // whether a browser shows an image with the status 401 is another question
			}
			c.addBoth(
				with(get(permitted(inside(scenario.Subresource, evil), permission), bank), field),
				with(get(permitted(element, permission), bank), field),
				with(get(permitted(cors, permission), bank), field),
				with(get(permitted(omit, permission), bank), field),
				with(get(permitted(inside(scenario.Iframe, evil), permission), bank), field),
				with(get(permitted(inside(scenario.Iframe, evil, other), permission), bank), field),
				with(set(permitted(inside(scenario.Subresource, evil), permission), bank, cookiesOf("retried")...), field),
				get(typed, bank), get(inside(scenario.Iframe, evil), bank),
			)
		}
	}
}

// grants are of what Firefox permits of its own accord, after a popup or a redirect.
func grants(c *collection) {
	clicked := scenario.Ctx{Kind: scenario.Navigate, Initiator: bank + "a", User: true}
	embedded := []scenario.Step{get(iframe(evil), bank), get(inside(scenario.Subresource, evil), bank), get(inside(scenario.Subresource, evil, bank), bank)}
	after := func(steps ...scenario.Step) { c.add(append(steps, embedded...)...) }
	after()
	after(get(clicked, bank+"b"))
	after(get(clicked, bank+"b"), get(scenario.Ctx{Kind: scenario.Navigate, Initiator: evil, Target: "window", User: true}, bank+"x"))
	after(get(scenario.Ctx{Kind: scenario.Navigate, Initiator: evil, Target: "window", User: true}, bank+"x"))
	after(get(clicked, bank+"b"), get(scenario.Ctx{Kind: scenario.Navigate, Initiator: evil, Target: "_blank", Rel: "opener", User: true}, bank+"x"))
	after(get(clicked, bank+"b"), get(scenario.Ctx{Kind: scenario.Navigate, Initiator: evil, Target: "_blank", User: true}, bank+"x"))
	after(get(clicked, bank+"b"), get(scenario.Ctx{Kind: scenario.Navigate, Opener: evil, Initiator: bank + "p"}, bank+"x"))
	after(get(scenario.Ctx{Kind: scenario.Navigate, Opener: evil, Initiator: bank + "p"}, bank+"x"))
	after(get(clicked, bank+"b"), get(scenario.Ctx{Kind: scenario.Navigate, Opener: evil, Initiator: bank + "p"}, evil+"x"))
	after(get(clicked, bank+"b"), get(scenario.Ctx{Kind: scenario.Navigate, Initiator: bank + "a", User: true}, evil))
	after(get(clicked, bank+"b"), get(scenario.Ctx{Kind: scenario.Navigate, Initiator: evil, RedirectFrom: []string{bank + "hop"}, User: true}, evil+"y"))
}
