package browser_test

import (
	"net/http"
	"testing"

	"uacookie/jar"
	"uacookie/jar/browser"
)

// One test runs over both engines in a loop. A session without SameSite goes with a cross-site
// fetch in Firefox, unless third parties are kept apart, and never in Chromium.
func TestEngines(t *testing.T) {
	for _, tt := range []struct {
		agent jar.UserAgent
		third jar.ThirdParty
		sent  bool
		lax   bool // with a cross-site form
	}{
		{jar.Chromium, jar.ThirdPartyDefault, false, true}, // Lax-allowing-unsafe: it is new
		{jar.Chromium, jar.ThirdPartyBlocked, false, true},
		{jar.Firefox, jar.ThirdPartyDefault, false, true},
		{jar.Firefox, jar.ThirdPartyAllowed, true, true},
		{jar.Firefox, jar.ThirdPartyBlocked, false, true},
	} {
		b := browser.New(tt.agent, browser.Sites{
			"https://bank.test": http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.Header().Set("Set-Cookie", "session=1; Secure") }),
			"https://evil.test": http.NotFoundHandler(),
		})
		b.ThirdParty = tt.third
		b.Open("https://bank.test/")
		evil := b.Open("https://evil.test/")
		if got := evil.Fetch("https://bank.test/", &browser.FetchOptions{Mode: browser.NoCORS, Credentials: browser.Include}); got.Sent("session") != tt.sent {
			t.Errorf("%s, third-party %s: a cross-site fetch carries the session: %t, want %t\n%v", tt.agent, tt.third, !tt.sent, tt.sent, b)
		}
		if got := evil.Submit("https://bank.test/", nil); got.Sent("session") != tt.lax {
			t.Errorf("%s, third-party %s: a cross-site form carries the session: %t, want %t\n%v", tt.agent, tt.third, !tt.lax, tt.lax, b)
		}
	}
}

func TestNewWantsABrowser(t *testing.T) {
	for _, agent := range []jar.UserAgent{jar.Standard, jar.Compat} {
		if panics(func() { browser.New(agent, nil) }) == nil {
			t.Errorf("New(%s) does not panic", agent)
		}
	}
}
