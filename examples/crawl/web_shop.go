package main

import (
	"crypto/rand"
	"net/http"
	"net/url"
)

// preferences is a cookie value in JSON, as many web sites write today. With net/http's
// http.Cookie it would lose its quotes.
const preferences = `{"theme":"dark","currency":"EUR","sizes":[39,40]}`

// shop is a shop: a front page, a login with the single sign-on, and pages behind the login
// that need the session.
func (w *web) shop() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/{$}", func(rw http.ResponseWriter, r *http.Request) {
		setCookies(rw,
			"__Host-csrf="+rand.Text()+"; Path=/; Secure; SameSite=Strict",
			"prefs="+preferences+"; Domain=shop.test; Path=/; Secure; SameSite=Lax; Max-Age=2592000",
			"visits=1; Path=/; Max-Age=34560000")
		write(rw, page("The shop", text("Welcome."),
			style("https://shopcdn.test/style.css"), image("https://shopcdn.test/logo.png"), pixel("shop"),
			anchors("/login")))
	})

	// The shop redirects the visitor to the single sign-on, which redirects back with a
	// code. The session cookies are set on the way.
	mux.HandleFunc("/login", func(rw http.ResponseWriter, r *http.Request) {
		back := "https://www.shop.test/callback"
		http.Redirect(rw, r, "https://sso.test/authorize?back="+url.QueryEscape(back), http.StatusSeeOther)
	})
	mux.HandleFunc("/callback", func(rw http.ResponseWriter, r *http.Request) {
		setCookies(rw,
			"__Host-session="+w.ledger.newSession()+"; Path=/; Secure; HttpOnly; SameSite=Lax",
			"cart=empty; Domain=shop.test; Path=/; Secure; SameSite=Lax; Max-Age=259200")
		http.Redirect(rw, r, "/account", http.StatusSeeOther)
	})

	members := func(title string, parts ...string) http.HandlerFunc {
		return func(rw http.ResponseWriter, r *http.Request) {
			if !w.ledger.visit(r) {
				http.Error(rw, "Please log in.", http.StatusForbidden)
				return
			}
			write(rw, page(title, append(parts, text("You are logged in."),
				image("https://shopcdn.test"+r.URL.Path+".jpg"), pixel(r.URL.Path))...))
		}
	}
	mux.HandleFunc("/account", members("Your account", anchors("/cart", "/orders", "/product/boots", "/product/scarf")))
	mux.HandleFunc("/cart", members("Your cart", anchors("/account", "/product/boots")))
	mux.HandleFunc("/orders", members("Your orders"))
	mux.HandleFunc("/product/{name}", members("A product", anchors("/cart")))

	// A POST with a session transfers money.
	mux.HandleFunc("POST /transfer", func(rw http.ResponseWriter, r *http.Request) {
		if w.ledger.transfer(r) {
			write(rw, page("Thank you", text("The money is on its way.")))
			return
		}
		http.Error(rw, "Please log in.", http.StatusForbidden)
	})

	// A badge that other sites embed. Its cookies are for the shop's own pages.
	mux.HandleFunc("/badge.png", asset("image/png", "badge",
		"badge=seen; SameSite=Lax; Secure", "offer=seen; SameSite=Strict; Secure"))
	return mux
}

// cdn serves the shop's images from another site, so its cookies are third-party cookies.
func cdn() http.Handler {
	return asset("image/png", "picture",
		"edge=paris; Max-Age=3600",
		"__Secure-edge=paris; Secure; HttpOnly; SameSite=None; Partitioned; Path=/; Max-Age=3600")
}

// signOn is the single sign-on. It is sent no Strict cookie in a redirect chain that a page
// of another site has started.
func signOn() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/authorize", func(w http.ResponseWriter, r *http.Request) {
		back, err := url.Parse(r.FormValue("back"))
		if err != nil || back.Host != "www.shop.test" && back.Host != "news.test" {
			http.Error(w, "not a customer of ours", http.StatusBadRequest)
			return
		}
		if cookies(r)["__Host-sso"] == "" {
			http.Redirect(w, r, "/signin?"+r.URL.RawQuery, http.StatusSeeOther)
			return
		}
		back.RawQuery = "code=" + rand.Text()
		http.Redirect(w, r, back.String(), http.StatusSeeOther)
	})
	mux.HandleFunc("/signin", func(w http.ResponseWriter, r *http.Request) {
		setCookies(w,
			"__Host-sso="+rand.Text()+"; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=28800",
			"__Host-Http-confirm="+rand.Text()+"; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=600")
		http.Redirect(w, r, "/authorize?"+r.URL.RawQuery, http.StatusSeeOther)
	})
	return mux
}
