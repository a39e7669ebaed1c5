package browser_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"

	"uacookie/jar"
	"uacookie/jar/browser"
)

// A test that a cross-site POST does not carry the session.
func Example_csrf() {
	bank := http.NewServeMux()
	bank.HandleFunc("POST /session", func(w http.ResponseWriter, r *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: "session", Value: "s3cret", Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode})
	})
	bank.HandleFunc("POST /transfer", func(w http.ResponseWriter, r *http.Request) {
		if _, err := r.Cookie("session"); err != nil {
			http.Error(w, "log in first", http.StatusForbidden)
		}
	})

	b := browser.New(jar.Chromium, browser.Sites{
		"https://bank.test": bank,
		"https://evil.test": http.NotFoundHandler(),
	})
	b.Open("https://bank.test/").Submit("/session", url.Values{"user": {"ann"}})

	r := b.Open("https://evil.test/").Submit("https://bank.test/transfer", url.Values{"to": {"eve"}})
	fmt.Println(r.StatusCode, r.Sent("session"), r.Withheld("session"))
	fmt.Print(r)
	// Output:
	// 403 false cookie withheld: samesite-lax-unsafe
	// POST  403  document   https://bank.test/transfer  from https://evil.test
	//                       withheld  session; Path=/; Secure; HttpOnly; SameSite=Lax  samesite-lax-unsafe (Section 5.8.3, step 3.5)
	//                                 A SameSite=Lax cookie is sent with a cross-site navigation only if its method is safe, as GET is.
}

// A login by single sign-on: the way back is a redirect from another site, which
// cookies with SameSite=Strict do not survive.
func Example_login() {
	shop := http.NewServeMux()
	shop.HandleFunc("GET /login", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Add("Set-Cookie", "state=1; Secure; HttpOnly; SameSite=Strict")
		http.Redirect(w, r, "https://sso.test/authorize?back=https://shop.test/callback", http.StatusFound)
	})
	shop.HandleFunc("GET /callback", func(w http.ResponseWriter, r *http.Request) {
		if _, err := r.Cookie("state"); err != nil {
			http.Error(w, "who are you?", http.StatusBadRequest)
		}
	})
	sso := http.NewServeMux()
	sso.HandleFunc("GET /authorize", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, "<form method=post action=/authorize>")
	})
	sso.HandleFunc("POST /authorize", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "https://shop.test/callback", http.StatusSeeOther)
	})

	b := browser.New(jar.Chromium, browser.Sites{"https://shop.test": shop, "https://sso.test": sso})
	tab := b.Open("https://shop.test/login")
	r := tab.Submit("/authorize", url.Values{"user": {"ann"}, "password": {"pass"}})
	fmt.Println(r.StatusCode, r.Last().URL, r.Last().Withheld("state"))
	fmt.Print(b)
	// Output:
	// 400 https://shop.test/callback cookie withheld: samesite-strict
	// GET   302  document   https://shop.test/login
	//                       stored    state; Path=/; Secure; HttpOnly; SameSite=Strict
	// GET   200  document   https://sso.test/authorize?back=https://shop.test/callback
	// POST  303  document   https://sso.test/authorize  from https://sso.test
	// GET   400  document   https://shop.test/callback  from https://sso.test
	//                       withheld  state; Path=/; Secure; HttpOnly; SameSite=Strict  samesite-strict (Section 5.8.3, step 3.5)
	//                                 A SameSite=Strict cookie is not sent with cross-site requests.
}

// A service that listens on this machine, as those of net/http/httptest do, is a site like
// any other. It sees the host of the site.
func Example_httptest() {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Set-Cookie", "__Host-session=1; Secure; Path=/")
		fmt.Fprint(w, r.Host)
	}))
	defer server.Close()

	b := browser.New(jar.Firefox, browser.Sites{"https://bank.test": browser.ForwardTo(server.URL, nil)})
	r := b.Open("https://bank.test/").Response()
	host, _ := io.ReadAll(r.Body)
	fmt.Println(string(host), r.Stored("__Host-session"))
	// Output: bank.test true
}
