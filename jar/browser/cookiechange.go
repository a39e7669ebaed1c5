package browser

import (
	"fmt"
	"log/slog"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"uacookie/jar"
	"uacookie/jar/store"
)

// A CookieChange is an event: cookies that a script sees were set, or are gone.
type CookieChange struct {
	Changed []jar.Cookie
	Deleted []jar.Cookie // without values
}

// LogValue implements slog.LogValuer, without cookies' values.
func (c CookieChange) LogValue() slog.Value {
	var groups []slog.Attr
	for _, of := range []struct {
		key     string
		cookies []jar.Cookie
	}{{"changed", c.Changed}, {"deleted", c.Deleted}} {
		var cookies []slog.Attr
		for i, cookie := range of.cookies {
			cookies = append(cookies, slog.Any(strconv.Itoa(i), cookie))
		}
		groups = append(groups, slog.Attr{Key: of.key, Value: slog.GroupValue(cookies...)})
	}
	return slog.GroupValue(groups...)
}

// Changes returns the events change of the document since the last call, or the events cookiechange of
// the service worker, which wants a [CookieStore.Subscribe] first. Changes that other programs make
// in [Browser.Jar] count as well, unless it is not the one that New made.
func (s *CookieStore) Changes() []CookieChange {
	s.frame.browser.mu.Lock()
	defer s.frame.browser.mu.Unlock()
	changes := s.changes
	s.changes = nil
	return changes
}

// changed passes a change in a jar to the listeners.
func (b *Browser) changed(in *jar.Jar, c store.Change) {
	b.mu.Lock()
	listeners, replaced := b.listeners, b.replaced
	if b.isFirefox() {
		b.noteInserted(c)
	}
	if b.replaced = (jar.Cookie{}); c.Cause == store.CauseOverwritten {
		b.replaced = c.Cookie // what replaces it comes next
	}
	b.mu.Unlock()
	if len(listeners) == 0 || c.Cause == store.CauseOverwritten || c.Cause == store.CauseStored && same(c.Cookie, replaced) {
		return
	}
	gone := false
	for _, s := range listeners {
		switch {
		case s.worker == nil && s.frame.document != s.document:
			gone = true
		case s.hears(in, &c.Cookie):
			s.hear(c)
		}
	}
	if gone {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.listeners = slices.DeleteFunc(slices.Clone(b.listeners), func(s *CookieStore) bool {
			return s.worker == nil && s.frame.document != s.document
		})
	}
}

// noteInserted notes when a cookie was set last.
func (b *Browser) noteInserted(c store.Change) {
	key := c.Cookie.Key()
	if c.Cause == store.CauseStored {
		b.insertions++
		b.inserted[key] = b.insertions
	} else {
		delete(b.inserted, key)
	}
}

// same reports whether a cookie replaced one that scripts cannot tell from it.
func same(c, old jar.Cookie) bool {
	return c.Key() == old.Key() && c.Value == old.Value && c.Expires.Equal(old.Expires) && c.Secure == old.Secure &&
		c.HttpOnly == old.HttpOnly && c.SameSite == old.SameSite
}

// hears reports whether an event about the cookie, in a jar, is for s.
func (s *CookieStore) hears(in *jar.Jar, c *jar.Cookie) bool {
	if c.Partition != (jar.Partition{}) && s.frame.browser.isFirefox() { // whose events are of unpartitioned cookies
		return false
	}
	at := []*url.URL{s.url()}
	if s.worker != nil {
		at = nil
		for _, sub := range s.worker.subscriptions {
			if s.frame.browser.isFirefox() && sub.url.String() != s.worker.scope().String() {
				continue // Firefox dispatches no event for another URL than the scope
			}
			if sub.name == nil || *sub.name == c.Name {
				at = append(at, sub.url)
			}
		}
	}
	return slices.ContainsFunc(at, func(u *url.URL) bool {
		if s.frame.browser.isFirefox() { // whatever the path
			v := *u
			v.Opaque = "//" + v.Host + c.Path
			u = &v
		}
		x := s.access("read", u)
		if s.frame.browser.averse(s.document) || x.store(s.frame.browser) != in {
			return false
		}
		v := in.Judge(*c, x.cookieRequest())
		return v.OK()
	})
}

func (s *CookieStore) hear(c store.Change) {
	cookie := s.seen(c.Cookie)
	var e CookieChange
	if c.Cause == store.CauseStored {
		e.Changed = []jar.Cookie{cookie}
	} else {
		cookie.Value = ""
		e.Deleted = []jar.Cookie{cookie}
	}
	s.frame.browser.mu.Lock()
	defer s.frame.browser.mu.Unlock()
	s.changes = append(s.changes, e)
}

// Subscribe has a service worker hear of changes of cookies, at the URL of each query, which must
// be within the scope of the worker; "" stands for the scope.
func (s *CookieStore) Subscribe(queries ...CookieQuery) error {
	all, err := s.parse(queries)
	if err != nil {
		return err
	}
	for _, sub := range all {
		if !slices.ContainsFunc(s.worker.subscriptions, sub.equal) {
			s.worker.subscriptions = append(s.worker.subscriptions, sub)
		}
	}
	return nil
}

// Unsubscribe takes back what [CookieStore.Subscribe] did.
func (s *CookieStore) Unsubscribe(queries ...CookieQuery) error {
	all, err := s.parse(queries)
	if err != nil {
		return err
	}
	for _, sub := range all {
		s.worker.subscriptions = slices.DeleteFunc(s.worker.subscriptions, sub.equal)
	}
	return nil
}

// Subscriptions returns what the service worker hears of.
func (s *CookieStore) Subscriptions() ([]CookieQuery, error) {
	if _, err := s.parse(nil); err != nil {
		return nil, err
	}
	var all []CookieQuery
	for _, sub := range s.worker.subscriptions {
		all = append(all, CookieQuery{sub.name, sub.url.String()})
	}
	return all, nil
}

// parse returns the subscriptions that queries mean.
func (s *CookieStore) parse(queries []CookieQuery) ([]subscription, error) {
	switch err := s.unusable(); {
	case err != nil:
		return nil, err
	case s.worker == nil:
		s.frame.browser.failf("Subscribe wants the CookieStore of a service worker")
	}
	var all []subscription
	scope := s.worker.scope()
	for _, q := range queries {
		u, err := resolve(scope, q.URL)
		if err != nil {
			return nil, &Exception{"TypeError", fmt.Errorf("browser: %w", err)}
		}
		if !strings.HasPrefix(u.String(), scope.String()) {
			return nil, typeError("a subscription must be within the scope %s", scope)
		}
		sub := subscription{url: u}
		if q.Name != nil {
			name := *q.Name // as it is
			if sub.name = &name; name == "" && !s.frame.browser.isFirefox() {
				sub.name = nil
			}
		}
		all = append(all, sub)
	}
	return all, nil
}
