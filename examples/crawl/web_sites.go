package main

import (
	"crypto/rand"
	"net/http"
	"time"
)

// news is a newspaper: it shows the shop's badge, is full of trackers, and links to all
// sites, including the hostile neighbour.
func news() http.Handler {
	mux := http.NewServeMux()
	article := func(title string, parts ...string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			setCookies(w, "__Secure-reader="+rand.Text()+"; Path=/; Secure; SameSite=Lax; Max-Age=7776000",
				"paywall=2; Path=/; SameSite=Strict; Max-Age=604800")
			write(w, page(title, append(parts,
				image("https://www.shop.test/badge.png"), pixel(r.URL.Path),
				inner("https://tracker.test/frame?on="+r.URL.Path))...))
		}
	}
	mux.HandleFunc("/{$}", article("The news",
		anchors("/articles/boots", "/articles/privacy", "https://hostile.test/")))
	mux.HandleFunc("/articles/boots", article("Boots are back",
		anchors("https://www.shop.test/product/boots?from=news", "/subscribe")))
	mux.HandleFunc("/articles/privacy", article("Your privacy matters",
		anchors("https://tracker.test/", "/articles/boots")))

	mux.HandleFunc("/subscribe", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "https://sso.test/authorize?back=https://news.test/welcome", http.StatusSeeOther)
	})
	mux.HandleFunc("/welcome", func(w http.ResponseWriter, r *http.Request) {
		setCookies(w, "__Host-subscriber="+rand.Text()+"; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=31536000")
		write(w, page("Welcome", anchors("/articles/privacy?again"), pixel("welcome")))
	})
	return mux
}

// tracker follows people from site to site. Browsers still send it cookies with SameSite=None
// and Secure. Its Partitioned cookies differ for each site that embeds it.
func tracker() http.Handler {
	mux := http.NewServeMux()
	track := func(w http.ResponseWriter) {
		setCookies(w,
			"id="+rand.Text()+"; Domain=tracker.test; Path=/; Secure; SameSite=None; Max-Age=99999999",
			"chip="+rand.Text()+"; Path=/; Secure; SameSite=None; Partitioned; Max-Age=15552000",
			"old-id="+rand.Text()+"; Path=/; Max-Age=31536000",          // the way before 2020
			"lax-id="+rand.Text()+"; Path=/; SameSite=Lax; Secure",      // a mistake: Lax in a third party
			"none-id="+rand.Text()+"; Path=/; SameSite=None; Max-Age=1") // a mistake: None without Secure
	}
	mux.HandleFunc("/{$}", func(w http.ResponseWriter, r *http.Request) {
		track(w) // in a first-party context it may set them all
		setCookies(w, "visitor="+rand.Text()+"; Path=/; Max-Age=31536000",
			"optout=no; Path=/; SameSite=Lax; Max-Age=31536000")
		write(w, page("About our partners", anchors("https://news.test/articles/privacy?from=tracker")))
	})
	mux.HandleFunc("/pixel.gif", func(w http.ResponseWriter, r *http.Request) {
		track(w)
		asset("image/gif", gif)(w, r)
	})
	mux.HandleFunc("/frame", func(w http.ResponseWriter, r *http.Request) {
		track(w)
		write(w, page("", image("/pixel.gif?inside=frame")))
	})
	return mux
}

// oldDates are date formats that still occur. net/http reads two formats, and none of these.
var oldDates = []struct{ name, format string }{
	{"rfc850", "Monday, 02-Jan-06 15:04:05 GMT"},
	{"asctime", "Mon Jan _2 15:04:05 2006"},
	{"longhand", "Mon, 2 January 2006 15:4:5"},
	{"iso", "2006-Jan-02 15:04:05Z"},
	{"turned", "15:04:05 2 Jan 06"},
}

// museum is a site unchanged for decades: no https, dates in many formats, a cookie without a
// name.
func (w *web) museum() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/{$}", func(rw http.ResponseWriter, r *http.Request) {
		setCookies(rw, "guest", "leaflet=yes", "dinosaur=rex; Version=1; Path=/; Discard; Comment=hello")
		nextMonth := time.Now().UTC().AddDate(0, 0, 30)
		for _, d := range oldDates {
			setCookies(rw, d.name+"=yes; Path=/; Expires="+nextMonth.Format(d.format))
		}
		write(rw, page("The museum", pixel("museum"), anchors("/gallery")))
	})
	mux.HandleFunc("/gallery", func(rw http.ResponseWriter, r *http.Request) {
		setCookies(rw, "leaflet=; Expires=Thursday, 01-Jan-70 00:00:00 GMT")
		write(rw, page("The gallery", pixel("gallery"), anchors("/exit")))
	})
	mux.HandleFunc("/exit", func(rw http.ResponseWriter, r *http.Request) {
		w.ledger.leave(r)
		write(rw, page("Good bye"))
	})
	return mux
}
