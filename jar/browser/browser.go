package browser

import (
	"net/http"
	"sync"
	"time"

	"uacookie/jar"
	"uacookie/jar/internal/rules"
	"uacookie/jar/match"
)

// A Browser keeps cookies and opens tabs. Its fields may be changed before the first
// request, and ThirdParty between requests.
//
// A Browser is safe for concurrent use; a [Tab] with its frames is not.
type Browser struct {
	// Jar keeps the cookies. New makes one that keeps the rules of its agent, by
	// the clock of Now. One put in its place should keep the same, and has its own clock.
	Jar *jar.Jar

	// Now returns the current time. Nil means time.Now. Responses have it in their
	// Date field, unless a handler sets that: an Expires counts from the Date, so a
	// handler by another clock sets Date, too.
	Now func() time.Time

	// ThirdParty says what becomes of third-party cookies: in a document that is
	// cross-site to the top-level one, or has such a document above it. Zero is the
	// agent's own way.
	ThirdParty jar.ThirdParty

	agent jar.UserAgent

	servers   map[string]http.Handler // by origin
	sites     match.Sites
	transport *transport

	mu  sync.Mutex
	log Log
}

// New returns a browser without cookies, jar.Chromium or jar.Firefox, for a web that has
// these sites. It panics if the agent is another one, or the key of a site is not an origin.
func New(agent jar.UserAgent, sites Sites) *Browser {
	if agent != jar.Chromium && agent != jar.Firefox {
		panic("browser: no browser keeps the rules of " + agent.String() + ": want chromium or firefox")
	}
	b := &Browser{agent: agent, sites: rules.Sites(agent, nil)}
	b.Jar, _ = jar.New(&jar.Options{UserAgent: agent, Now: b.now})
	b.serve(sites)
	return b
}

func (b *Browser) isFirefox() bool { return b.agent == jar.Firefox }

// thirdParty returns what becomes of third-party cookies: never jar.ThirdPartyDefault.
func (b *Browser) thirdParty() jar.ThirdParty {
	if b.ThirdParty == jar.ThirdPartyDefault {
		return b.agent.ThirdParty()
	}
	return b.ThirdParty
}

func (b *Browser) now() time.Time {
	if b.Now != nil {
		return b.Now()
	}
	return time.Now()
}

// Open opens a tab at a URL that the user typed.
func (b *Browser) Open(url string) *Tab {
	t := new(Tab)
	t.browser = b
	t.Open(url)
	return t
}

// EndSession closes the browser, as far as cookies notice: session cookies are
// removed. It returns how many. Tabs stay open.
func (b *Browser) EndSession() int { return b.Jar.EndSession() }

// Log returns all requests so far, and the accesses of scripts to cookies.
func (b *Browser) Log() Log {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.log[:len(b.log):len(b.log)]
}

// String returns the log as text: see [Log.String].
func (b *Browser) String() string { return b.Log().String() }

func (b *Browser) record(x *Exchange) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.log = append(b.log, x)
}
