package csrf

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"uacookie/jar"
	"uacookie/jar/browser"
)

const transfer = "https://www.bank.test/transfer"

var toEve = url.Values{"to": {"eve"}, "amount": {"100"}}

// attacks are what other sites' pages can do while Ann is logged in.
var attacks = []struct {
	name string
	run  func(*browser.Browser) *browser.Response
}{
	{"form", func(b *browser.Browser) *browser.Response {
		return b.Open("https://evil.test/").Submit(transfer, toEve)
	}},
	{"form in a hidden frame", func(b *browser.Browser) *browser.Response {
		return b.Open("https://evil.test/").Embed("about:srcdoc").Post(transfer, toEve)
	}},
	{"fetch", func(b *browser.Browser) *browser.Response {
		return b.Open("https://evil.test/").Fetch(transfer, &browser.FetchOptions{
			Method: "POST", Mode: browser.NoCORS, Credentials: browser.Include,
			Header: http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}, Body: toEve.Encode(),
		})
	}},
	{"form of a sibling", func(b *browser.Browser) *browser.Response {
		return b.Open("https://blog.bank.test/").Submit(transfer, toEve)
	}},
}

// Each configuration of the bank stops some attacks. SameSite does not distinguish hosts of
// one site. Without the attribute, Chromium sends new cookies with a form.
func TestAttacks(t *testing.T) {
	for _, bank := range []struct {
		name     string
		sameSite http.SameSite
		handler  func(*Bank) http.Handler
		after    time.Duration // how long Ann has been logged in
		stolen   []bool        // whether each of the attacks succeeds
	}{
		{"weak", http.SameSiteNoneMode, (*Bank).Handler, time.Hour, []bool{true, true, true, true}},
		{"no SameSite, new", http.SameSiteDefaultMode, (*Bank).Handler, time.Minute, []bool{true, false, false, true}},
		{"no SameSite", http.SameSiteDefaultMode, (*Bank).Handler, time.Hour, []bool{false, false, false, true}},
		{"SameSite", http.SameSiteLaxMode, (*Bank).Handler, time.Hour, []bool{false, false, false, true}},
		{"CrossOriginProtection", http.SameSiteNoneMode, (*Bank).Protected, time.Hour, []bool{false, false, false, false}},
	} {
		for i, attack := range attacks {
			t.Run(bank.name+"/"+attack.name, func(t *testing.T) {
				ann := &Bank{SameSite: bank.sameSite}
				now := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
				b := browser.New(jar.Chromium, browser.Sites{
					"https://www.bank.test":  bank.handler(ann),
					"https://blog.bank.test": http.NotFoundHandler(),
					"https://evil.test":      http.NotFoundHandler(),
				})
				b.Now = func() time.Time { return now }
				tab := b.Open("https://www.bank.test/")
				tab.Submit("/login", nil)
				now = now.Add(bank.after)

				// What Ann does herself always works.
				if r := tab.Submit("/transfer", url.Values{"to": {"bob"}, "amount": {"1"}}); r.StatusCode != http.StatusOK || ann.Paid("bob") != 1 {
					t.Fatalf("Ann cannot pay Bob:\n%v", b)
				}
				r := attack.run(b)
				if got, want := ann.Paid("eve") > 0, bank.stolen[i]; got != want {
					t.Errorf("stolen: %t, want %t\n%v", got, want, b)
				}
				t.Logf("status %d, session sent: %t\n%v", r.StatusCode, r.Sent("__Host-session"), r)
			})
		}
	}
}
