package browser

import (
	"net/url"
	"slices"

	"uacookie/jar"
)

// Private returns the browser's private windows: a second browser for the same web, with no
// cookies, permissions or HSTS of the first, and a log of its own. It keeps what it gets until it
// is dropped. Third-party cookies are as in the first; but where that left them to Chromium, they
// are blocked, since Chromium blocks them in private windows as it ships.
func (b *Browser) Private() *Browser {
	p := newBrowser(b.test, b.agent, nil)
	p.ordinary = b.web()
	p.Now, p.ThirdParty = b.Now, b.ThirdParty
	b.mu.Lock()
	p.exceptions = append(p.exceptions, b.exceptions...)
	b.mu.Unlock()
	// From the specification only: recordings of Chromium set what becomes of third parties.
	if !b.isFirefox() && p.ThirdParty == jar.ThirdPartyDefault {
		p.ThirdParty = jar.ThirdPartyBlocked
	}
	p.logTo(b.test)
	return p
}

// web returns the browser that has the sites.
func (b *Browser) web() *Browser {
	if b.ordinary != nil {
		return b.ordinary
	}
	return b
}

// An exception is from what becomes of third-party cookies. A site that is "" is any.
type exception struct {
	embedded, top string
	third         jar.ThirdParty
}

// ExceptThirdParty makes an exception from [Browser.ThirdParty], as the user may for a site: what
// becomes of the third-party cookies of the site of the URL embedded, below the site of
// the URL top. Either may be "", for any site. The latest exception that applies counts, and
// jar.ThirdPartyDefault takes back what was excepted for the same two.
//
// Chromium has a list of sites that may use third-party cookies: these are tops, or
// embedded sites. Firefox has Enhanced Tracking Protection turned off for a top, and exceptions from
// the blocking of cookies for an embedded site.
func (b *Browser) ExceptThirdParty(embedded, top string, t jar.ThirdParty) {
	e := exception{third: t}
	for _, s := range []struct {
		url string
		key *string
	}{{embedded, &e.embedded}, {top, &e.top}} {
		if s.url == "" {
			continue
		}
		u, err := resolve(nil, s.url)
		if err != nil {
			b.failf("ExceptThirdParty: %w", err)
		}
		*s.key = b.siteOf(u).Name
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.exceptions = slices.DeleteFunc(slices.Clone(b.exceptions), func(old exception) bool {
		return old.embedded == e.embedded && old.top == e.top
	})
	if t != jar.ThirdPartyDefault {
		b.exceptions = append(b.exceptions, e)
	}
}

// thirdPartyOf returns what becomes of third-party cookies in a request for u, or a script's access
// there, below these documents.
func (b *Browser) thirdPartyOf(u *url.URL, documents []*url.URL) jar.ThirdParty {
	b.mu.Lock()
	exceptions := b.exceptions
	b.mu.Unlock()
	if len(exceptions) == 0 || len(documents) == 0 {
		return b.ThirdParty
	}
	embedded, top := b.siteOf(u).Name, ""
	if documents[0] != nil {
		top = b.siteOf(documents[0]).Name
	}
	for i := len(exceptions) - 1; i >= 0; i-- {
		if e := exceptions[i]; (e.embedded == "" || e.embedded == embedded) && (e.top == "" || e.top == top) {
			return e.third
		}
	}
	return b.ThirdParty
}
