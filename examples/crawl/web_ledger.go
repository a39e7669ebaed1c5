package main

import (
	"crypto/rand"
	"fmt"
	"net/http"
	"strings"
	"sync"

	"uacookie/jar"
	"uacookie/jar/policy"
)

// A ledger records what the sites of a web have seen: whether the expected cookies arrived,
// and no others.
type ledger struct {
	mu       sync.Mutex
	sessions map[string]bool

	visits, signedIn int                // of the shop's pages behind the login, by navigation
	exact            int                // those where the preferences came byte for byte
	embedded, leaked int                // of such pages as an image in another site, and with a session
	posts, robbed    int                // of transfers, and with a session
	forged           int                // requests with a cookie of the hostile neighbour
	tricks           map[jar.Reason]int // that it tried
	left, lost       int                // visitors of the museum who left, and cookies that were not right
}

// newSession returns the value of a new session cookie.
func (l *ledger) newSession() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.sessions == nil {
		l.sessions = make(map[string]bool)
	}
	id := rand.Text()
	l.sessions[id] = true
	return id
}

// inspect records a request to a site that is not hostile.
func (l *ledger) inspect(r *http.Request) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if strings.Contains(strings.Join(r.Header["Cookie"], "; "), forged) {
		l.forged++
	}
}

// visit records a request for a page behind the shop's login, and reports whether it had the
// session.
func (l *ledger) visit(r *http.Request) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	all := cookies(r)
	ok := l.sessions[all["__Host-session"]]
	if r.URL.Query().Has("embedded") {
		l.embedded++
		l.leaked += one(ok)
		return ok
	}
	l.visits++
	l.signedIn += one(ok)
	l.exact += one(all["prefs"] == preferences)
	return ok
}

// transfer records a forged transfer of money, and reports whether it worked.
func (l *ledger) transfer(r *http.Request) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	ok := l.sessions[cookies(r)["__Host-session"]]
	l.posts++
	l.robbed += one(ok)
	return ok
}

// attack records tricks of the hostile neighbour.
func (l *ledger) attack(tricks []trick) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.tricks == nil {
		l.tricks = make(map[jar.Reason]int)
	}
	for _, t := range tricks {
		l.tricks[t.rule]++
	}
}

// leave records the cookies of a visitor who leaves the museum.
func (l *ledger) leave(r *http.Request) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.left++
	all := cookies(r)
	for _, d := range oldDates {
		l.lost += one(all[d.name] == "")
	}
	l.lost += one(all[""] != "guest")
	l.lost += one(all["leaflet"] != "") // which the museum has deleted
}

func one(b bool) int {
	if b {
		return 1
	}
	return 0
}

// A finding is the result of the crawl as one site of the web saw it.
type finding struct {
	ok   bool
	who  string
	what string
}

// findings returns the findings of the sites of the web. It leaves out what a shallow crawl
// did not reach.
func (w *web) findings(t *tally) (all []finding) {
	l := &w.ledger
	l.mu.Lock()
	defer l.mu.Unlock()
	say := func(seen, ok bool, who, what string, args ...any) {
		if seen {
			all = append(all, finding{ok, who, fmt.Sprintf(what, args...)})
		}
	}

	say(l.visits > 0, l.signedIn == l.visits, "shop", "the session arrived on %d of %d visits, attacks or not", l.signedIn, l.visits)
	say(l.visits > 0, l.exact == l.visits, "shop", "the JSON cookie came back byte for byte on %d of %d", l.exact, l.visits)
	say(l.embedded > 0, l.leaked == 0, "shop", "embedded in a hostile page: %d of %d requests had the session", l.leaked, l.embedded)
	say(l.posts > 0, l.robbed == 0, "shop", "a hostile page posted a form: %d of %d had the session", l.robbed, l.posts)
	odd := len(oldDates) + 2 // two more: the cookie without a name, and the deleted one
	say(l.left > 0, l.lost == 0, "museum", "%d of %d odd cookies are as they should be", odd-l.lost, odd)

	refused, tried := 0, 0
	for reason, n := range l.tricks {
		tried += n
		refused += min(n, t.refusedFrom(reason, hostileHosts...))
	}
	say(tried > 0, refused == tried, "neighbour", "%d tricks tried, %d refused by the rule that should", tried, refused)
	if unread := t.refusedFrom(policy.ReasonTooMany, "hostile.co.uk"); unread > 0 {
		gone := t.evictedFrom("hostile.co.uk")
		kept := floods - unread - gone
		say(true, 0 < kept && kept <= 180, "neighbour", "of %s cookies %s were unread, %s evicted, %d kept",
			number(floods), number(int64(unread)), number(int64(gone)), kept)
	}
	say(tried > 0, l.forged == 0, "neighbour", "%s with one of its cookies reached another site", plural(int64(l.forged), "request"))
	return all
}
