// Package csrf has a small bank that is open to cross-site request forgery, and two
// ways to close it. Its test tells which attacks move money:
//
//	go test -v ./csrf
package csrf

import (
	"fmt"
	"net/http"
	"strconv"
	"sync"
)

// A Bank has one customer, Ann. It pays from her account on each request with her session.
type Bank struct {
	// SameSite is the SameSite attribute of the session cookie. With
	// http.SameSiteDefaultMode the cookie has no such attribute.
	SameSite http.SameSite

	mu   sync.Mutex
	paid map[string]int // by payee
}

// Handler serves the bank. It is weak: it takes each POST with the session as Ann's own, and
// relies on SameSite to keep the session out of other sites' requests.
func (b *Bank) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", b.home)
	mux.HandleFunc("POST /login", b.login)
	mux.HandleFunc("POST /transfer", b.transfer)
	return mux
}

// Protected serves the bank with protection by net/http: a POST must come from the
// bank's own origin, even with the session.
func (b *Bank) Protected() http.Handler {
	return http.NewCrossOriginProtection().Handler(b.Handler())
}

// Paid returns the sum that the bank paid to a payee.
func (b *Bank) Paid(to string) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.paid[to]
}

func (b *Bank) home(w http.ResponseWriter, r *http.Request) {
	fmt.Fprintln(w, "Welcome to the bank.")
}

func (b *Bank) login(w http.ResponseWriter, r *http.Request) {
	http.SetCookie(w, &http.Cookie{
		Name: "__Host-session", Value: "ann", Path: "/",
		Secure: true, HttpOnly: true, SameSite: b.SameSite,
	})
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

func (b *Bank) transfer(w http.ResponseWriter, r *http.Request) {
	if c, err := r.Cookie("__Host-session"); err != nil || c.Value != "ann" {
		http.Error(w, "log in first", http.StatusUnauthorized)
		return
	}
	amount, err := strconv.Atoi(r.PostFormValue("amount"))
	if err != nil {
		http.Error(w, "how much?", http.StatusBadRequest)
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.paid == nil {
		b.paid = map[string]int{}
	}
	b.paid[r.PostFormValue("to")] += amount
}
