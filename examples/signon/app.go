// Package signon has a small application and the sites that it meets: a provider of single
// sign-on, and a widget that other sites embed. Its tests are a suite worth copying: they run
// everything as Chromium and as Firefox in one loop, without a browser.
//
//	go test -v ./signon
package signon

import (
	"fmt"
	"net/http"
	"net/url"
	"time"
)

// An App is a site where people log in by a provider. It knows them by a session cookie, and
// remembers in a second cookie that it sent the browser to the provider.
type App struct {
	Origin   string // its own, such as "https://shop.test"
	Provider string // the origin of the provider

	// FormPost has the provider post back, as OAuth's response_mode=form_post. The state cookie
	// is SameSite=None then: a cross-site POST carries no other.
	FormPost bool

	// SameSite is the attribute of the session cookie.
	SameSite http.SameSite

	Notes []string // what users have written
}

// Handler serves the application.
func (a *App) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) { fmt.Fprintf(w, "Hello, %s.", a.user(r)) })
	mux.HandleFunc("GET /login", a.login)
	mux.HandleFunc("/callback", a.callback)
	mux.HandleFunc("POST /note", a.note)
	mux.HandleFunc("POST /logout", a.logout)
	return mux
}

// Protected serves the application with net/http's protection against cross-origin requests, but
// where the provider posts back.
func (a *App) Protected() http.Handler {
	p := http.NewCrossOriginProtection()
	p.AddInsecureBypassPattern("/callback")
	return p.Handler(a.Handler())
}

// user returns the name of the user who is logged in, or "". A real application looks up a random
// session id instead of trusting a name.
func (a *App) user(r *http.Request) string {
	c, err := r.Cookie("__Host-session")
	if err != nil {
		return ""
	}
	return c.Value
}

// login sends the browser to the provider. The state cookie proves on the way back that it was
// this browser that asked.
func (a *App) login(w http.ResponseWriter, r *http.Request) {
	state := http.Cookie{Name: "__Host-state", Value: "random", Path: "/", Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode, MaxAge: 600}
	mode := "query"
	if a.FormPost {
		state.SameSite, mode = http.SameSiteNoneMode, "form_post"
	}
	http.SetCookie(w, &state)
	q := url.Values{"back": {a.Origin + "/callback"}, "state": {state.Value}, "mode": {mode}}
	http.Redirect(w, r, a.Provider+"/authorize?"+q.Encode(), http.StatusFound)
}

// callback is where the provider sends the browser back to, with the name of the user.
func (a *App) callback(w http.ResponseWriter, r *http.Request) {
	c, err := r.Cookie("__Host-state")
	if err != nil || c.Value != r.FormValue("state") {
		http.Error(w, "this browser has not asked to log in", http.StatusBadRequest)
		return
	}
	http.SetCookie(w, &http.Cookie{Name: c.Name, Path: "/", Secure: true, MaxAge: -1})
	http.SetCookie(w, &http.Cookie{
		Name: "__Host-session", Value: r.FormValue("user"), Path: "/",
		Secure: true, HttpOnly: true, SameSite: a.SameSite, Expires: time.Now().Add(time.Hour),
	})
	fmt.Fprint(w, "Welcome.")
}

func (a *App) note(w http.ResponseWriter, r *http.Request) {
	user := a.user(r)
	if user == "" {
		http.Error(w, "log in first", http.StatusUnauthorized)
		return
	}
	a.Notes = append(a.Notes, user+": "+r.PostFormValue("text"))
}

// logout has the browser forget all cookies, and not only those that the application remembers
// to name.
func (a *App) logout(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Clear-Site-Data", `"cookies"`)
	fmt.Fprint(w, "Bye.")
}

// Provider returns the handler of a provider of single sign-on. It asks for the password once.
func Provider() http.Handler {
	mux := http.NewServeMux()
	authorize := func(w http.ResponseWriter, r *http.Request, user string) {
		q := url.Values{"user": {user}, "state": {r.FormValue("state")}}
		if r.FormValue("mode") == "form_post" {
			fmt.Fprint(w, q.Encode()) // a real provider sends a form that submits itself
			return
		}
		http.Redirect(w, r, r.FormValue("back")+"?"+q.Encode(), http.StatusSeeOther)
	}
	mux.HandleFunc("GET /authorize", func(w http.ResponseWriter, r *http.Request) {
		c, err := r.Cookie("__Host-sso")
		if err != nil {
			http.Error(w, "who are you?", http.StatusUnauthorized)
			return
		}
		authorize(w, r, c.Value)
	})
	mux.HandleFunc("POST /authorize", func(w http.ResponseWriter, r *http.Request) {
		if r.PostFormValue("password") != "pass" {
			http.Error(w, "wrong password", http.StatusUnauthorized)
			return
		}
		user := r.PostFormValue("user")
		http.SetCookie(w, &http.Cookie{Name: "__Host-sso", Value: user, Path: "/", Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode})
		authorize(w, r, user)
	})
	return mux
}

// Widget returns the handler of a widget that other sites embed. It counts the visits of a
// browser to each site with a Partitioned cookie, and greets the members of its own site, whose
// cookie it has in the embed only with storage access.
func Widget() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /join", func(w http.ResponseWriter, r *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: "member", Value: "ann", Path: "/", Secure: true, HttpOnly: true, SameSite: http.SameSiteNoneMode})
	})
	mux.HandleFunc("GET /embed", func(w http.ResponseWriter, r *http.Request) {
		visits := "1"
		if c, err := r.Cookie("__Host-visits"); err == nil {
			visits = c.Value + "1"
		}
		http.SetCookie(w, &http.Cookie{Name: "__Host-visits", Value: visits, Path: "/", Secure: true, SameSite: http.SameSiteNoneMode, Partitioned: true})
		fmt.Fprint(w, visits)
	})
	mux.HandleFunc("GET /member", func(w http.ResponseWriter, r *http.Request) {
		c, err := r.Cookie("member")
		if err != nil {
			http.Error(w, "not a member", http.StatusForbidden)
			return
		}
		fmt.Fprint(w, c.Value)
	})
	return mux
}
