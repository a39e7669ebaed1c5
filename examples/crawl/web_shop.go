package main

import (
	"crypto/rand"
	"net/http"
	"net/url"
)

// preferences is a cookie value as web sites write them today: JSON. By way of
// net/http's own cookies it would lose its quotes.
const preferences = `{"theme":"dark","currency":"EUR","sizes":[39,40]}`

// shop is a shop: a front page, a login by way of the single sign-on, and pages
// behind it that work only if the session arrives.
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

	// There and back: we send the visitor to the single sign-on, which sends her
	// back here with a code. The cookies that count are set on the way.
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

	// Whoever posts this with a session gives money away.
	mux.HandleFunc("POST /transfer", func(rw http.ResponseWriter, r *http.Request) {
		if w.ledger.transfer(r) {
			write(rw, page("Thank you", text("The money is on its way.")))
			return
		}
		http.Error(rw, "Please log in.", http.StatusForbidden)
	})

	// A badge for other sites to show. Its cookies are for the shop's own pages.
	mux.HandleFunc("/badge.png", asset("image/png", "badge",
		"badge=seen; SameSite=Lax; Secure", "offer=seen; SameSite=Strict; Secure"))
	return mux
}

// cdn is where the shop keeps its pictures: another site, so that its cookies are
// third-party ones.
func cdn() http.Handler {
	return asset("image/png", "picture",
		"edge=paris; Max-Age=3600",
		"__Secure-edge=paris; Secure; HttpOnly; SameSite=None; Partitioned; Path=/; Max-Age=3600")
}

// signOn is the single sign-on. A redirect that a page of another site has begun
// brings no Strict cookie, not even here.
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
