package browser

import (
	"fmt"
	"net/url"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"uacookie/jar"
	"uacookie/jar/internal/rules"
	"uacookie/jar/internal/samesite"
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
	// Date field, unless a handler sets that: an Expires counts from the Date. So a handler
	// by the same clock gets what it means, and a handler by another clock sets Date. The log
	// says where an Expires seems to be by another clock than it counts from.
	Now func() time.Time

	// ThirdParty is whether third-party cookies are allowed, partitioned or blocked: in a
	// document that is cross-site to the top-level one, or has such a document above it. Zero is
	// the agent's default: Firefox partitions them, the others allow them. Where they are
	// blocked, Chromium still takes cookies with the attribute Partitioned, and Firefox none.
	ThirdParty jar.ThirdParty

	// RestoreSession is the setting by which a browser opens what was open before. Its session
	// cookies then outlive [Browser.EndSession].
	RestoreSession bool

	ordinary  *Browser // of a private one, that it is a window of
	agent     jar.UserAgent
	test      testing.TB // nil outside of a test
	sites     match.Sites
	transport *transport

	mu      sync.Mutex
	servers map[string]site // by origin
	panics  map[string]error

	chips       map[jar.Key]bool     // cookies in partitions, to Firefox: whether they were set with Partitioned
	permissions map[[2]string]bool   // of storage access, by the sites of the embedded document and the top
	pledges     map[pledgeKey]pledge // of HSTS
	exceptions  []exception          // from ThirdParty
	listeners   []*CookieStore       // that hear of changes
	replaced    jar.Cookie           // by the change that comes next

	inserted   map[jar.Key]uint64 // cookies, to Firefox: in which order they were set last
	insertions uint64
	log        Log
}

// New returns a browser without cookies, jar.Chromium or jar.Firefox, for a web that has
// these sites. It panics if the agent is another one, or the key of a site is not an origin.
//
// What a test does wrong panics as well, in all methods of the package: it asks for the
// cookies of a request that no site served, or uses a frame that is gone. In a test, use
// [Test], whose browser ends the test instead.
func New(agent jar.UserAgent, sites Sites) *Browser { return newBrowser(nil, agent, sites) }

// Test is [New] for a test. Where New and the methods of its browser panic, the test ends, with
// a sentence and the line of the test. If the test fails, for whatever reason, the log of
// the browser is printed with it.
//
// Like t.Fatal, the methods then want the goroutine of the test.
func Test(t testing.TB, agent jar.UserAgent, sites Sites) *Browser {
	t.Helper()
	b := newBrowser(t, agent, sites)
	b.logTo(t)
	return b
}

// logTo has the log printed if the test fails.
func (b *Browser) logTo(t testing.TB) {
	if t == nil {
		return
	}
	private := ""
	if b.ordinary != nil {
		private = ", private windows"
	}
	t.Cleanup(func() {
		if log := b.Log(); t.Failed() && len(log) > 0 {
			t.Logf("the browser's log, %s%s:\n%v", b.agent, private, log)
		}
	})
}

func newBrowser(t testing.TB, agent jar.UserAgent, sites Sites) *Browser {
	b := &Browser{agent: agent, test: t, servers: map[string]site{}, panics: map[string]error{}, pledges: map[pledgeKey]pledge{}, permissions: map[[2]string]bool{}, chips: map[jar.Key]bool{}, inserted: map[jar.Key]uint64{}}
	if agent != jar.Chromium && agent != jar.Firefox {
		b.fail(fmt.Errorf("browser: no browser keeps the rules of %s: want jar.Chromium or jar.Firefox", agent))
	}
	b.sites = rules.Sites(agent, nil)
	b.Jar = b.newJar()
	b.transport = newTransport(b.server)
	for origin, h := range sites {
		if h == nil {
			b.failf("Sites[%q]: want a handler, and not nil", origin)
		}
		b.Serve(origin, h)
	}
	return b
}

// fail ends the test, or panics outside of a test: the caller made a mistake.
func (b *Browser) fail(err error) {
	if b == nil || b.test == nil {
		panic(err)
	}
	b.test.Helper()
	b.test.Fatalf("%s%v", caller(), err)
}

func (b *Browser) failf(format string, args ...any) { b.fail(fmt.Errorf("browser: "+format, args...)) }

// caller returns the line that called the package, which is what the test wants to know.
func caller() string {
	var pcs [32]uintptr
	frames := runtime.CallersFrames(pcs[:runtime.Callers(1, pcs[:])])
	for {
		frame, more := frames.Next()
		if !strings.HasPrefix(frame.Function, "uacookie/jar/browser.") {
			return fmt.Sprintf("%s:%d: ", filepath.Base(frame.File), frame.Line)
		}
		if !more {
			return ""
		}
	}
}

func (b *Browser) isFirefox() bool { return b.agent == jar.Firefox }

// thirdParty returns what becomes of third-party cookies: never jar.ThirdPartyDefault.
func (b *Browser) thirdParty() jar.ThirdParty {
	if b.ThirdParty == jar.ThirdPartyDefault {
		return b.agent.ThirdParty()
	}
	return b.ThirdParty
}

// siteOf returns the site of a URL.
func (b *Browser) siteOf(u *url.URL) samesite.Site { return samesite.Of(&b.sites, u) }

// Open opens a tab at a URL that the user typed.
func (b *Browser) Open(url string) *Tab {
	t := new(Tab)
	t.browser, t.tab = b, t
	t.Open(url)
	return t
}

// newJar returns an empty jar.
func (b *Browser) newJar() *jar.Jar {
	var j *jar.Jar
	j, _ = jar.New(&jar.Options{UserAgent: b.agent, Now: b.now, Changed: func(c jar.Change) { b.changed(j, c) }})
	return j
}

// EndSession closes the browser and starts it again with its profile, as far as cookies notice:
// session cookies are removed, unless RestoreSession is set. It returns how many. Tabs stay
// open.
func (b *Browser) EndSession() int {
	if b.RestoreSession {
		return 0
	}
	return b.Jar.EndSession()
}

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
