package inspect

import (
	"net/url"
	"strings"
	"sync"
	"time"

	"uacookie/jar"
	"uacookie/jar/internal/urls"
)

// A recorder records the latest decisions of a jar in a ring buffer while it is open.
type recorder struct {
	jar *jar.Jar

	mu      sync.Mutex
	users   int    // number of calls of open without close
	stop    func() // ends the watch; nil while the recorder is closed
	ring    []decision
	size    int    // maximum length of ring
	next    uint64 // number of the next decision, from 1
	events  uint64 // number of events so far
	gap     bool   // decisions before the next one may not have been recorded
	streams map[chan struct{}]bool
}

// A decision is a recorded verdict, without the cookie's value.
type decision struct {
	number  uint64
	event   uint64 // the same for all cookies of a request or response
	gap     bool   // decisions before it may not have been recorded
	more    int    // number of further decisions in the event, past maxPerEvent
	op      jar.Op
	time    time.Time
	request *request // nil for a cookie passed to Jar.Accept
	verdict jar.Verdict
}

// A request is a recorded jar.Request: enough to explain it again.
type request struct {
	method    string
	url       string // without user, query and fragment, which may be secret
	documents []string
	initiator string
	redirects []string
	script    bool
	reload    bool
	third     jar.ThirdParty
	partition *jar.Partition // nil if it follows from the documents
}

func newRecorder(j *jar.Jar, size int) *recorder {
	return &recorder{jar: j, size: size, next: 1, streams: make(map[chan struct{}]bool)}
}

// open starts recording, unless the recorder is open already. Recording ends when close has
// been called as often as open.
func (c *recorder) open() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.users++; c.users == 1 {
		c.gap = c.next > 1
		c.stop = c.jar.Watch(c.note)
	}
}

func (c *recorder) close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.users--; c.users == 0 {
		c.stop()
		c.stop = nil
	}
}

// maxStreams is the maximum number of streams at a time.
const maxStreams = 32

// stream opens the recorder for a page. It returns a channel that receives a value when
// there are new decisions, or nil if there are too many streams. leave ends the stream.
func (c *recorder) stream() chan struct{} {
	c.mu.Lock()
	if len(c.streams) >= maxStreams {
		c.mu.Unlock()
		return nil
	}
	wake := make(chan struct{}, 1)
	c.streams[wake] = true
	c.mu.Unlock()
	c.open()
	return wake
}

func (c *recorder) leave(wake chan struct{}) {
	c.mu.Lock()
	delete(c.streams, wake)
	c.mu.Unlock()
	c.close()
}

// maxPerEvent is the maximum number of recorded decisions of one event, so that one
// response cannot overwrite all others.
const maxPerEvent = 100

// note records the decisions of an event.
func (c *recorder) note(e jar.Event) {
	r := newRequest(e.Request)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.stop == nil {
		return // an event that was in progress during close
	}
	c.events++
	for i, v := range e.Verdicts[:min(len(e.Verdicts), maxPerEvent)] {
		d := decision{
			number: c.next, event: c.events, gap: c.gap,
			op: e.Op, time: e.Time, request: r, verdict: withoutValue(v),
		}
		if i == maxPerEvent-1 {
			d.more = len(e.Verdicts) - maxPerEvent
		}
		c.add(d)
		c.gap = false
		c.next++
	}
	for wake := range c.streams {
		select {
		case wake <- struct{}{}:
		default: // a wake-up is pending
		}
	}
}

func (c *recorder) add(d decision) {
	if len(c.ring) < c.size {
		c.ring = append(c.ring, d)
		return
	}
	c.ring[(d.number-1)%uint64(c.size)] = d
}

// since returns the decisions after number, oldest first, and how many of them were
// overwritten.
func (c *recorder) since(number uint64) (recorded []decision, missed uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if number >= c.next {
		number = 0 // the number is from an earlier run of the program
	}
	first := c.next - uint64(len(c.ring))
	if number+1 < first {
		missed = first - number - 1
		number = first - 1
	}
	for n := number + 1; n < c.next; n++ {
		recorded = append(recorded, c.ring[(n-1)%uint64(c.size)])
	}
	return recorded, missed
}

// withoutValue returns v without the cookie's value. It clones the other strings, which
// would keep the Set-Cookie line in memory.
func withoutValue(v jar.Verdict) jar.Verdict {
	v.Cookie.Value = ""
	v.Cookie.Name = strings.Clone(v.Cookie.Name)
	v.Cookie.Domain = strings.Clone(v.Cookie.Domain)
	v.Cookie.Path = strings.Clone(v.Cookie.Path)
	return v
}

func newRequest(r *jar.Request) *request {
	if r == nil {
		return nil
	}
	own := &request{method: r.Method, url: address(r.URL, r.Host)}
	if own.method == "" {
		own.method = "GET"
	}
	if c := r.Context; c != nil {
		for _, d := range c.Documents {
			if d == nil || d.Scheme == "" {
				d = &url.URL{Scheme: "data"} // also an opaque origin
			}
			own.documents = append(own.documents, address(d, ""))
		}
		own.initiator = address(c.Initiator, "")
		for _, u := range c.Redirects {
			if u != nil {
				own.redirects = append(own.redirects, address(u, ""))
			}
		}
		own.script, own.reload, own.third = c.Script, c.CrossSiteReload, c.ThirdParty
		if c.Partition != nil {
			own.partition = new(*c.Partition)
		}
	}
	return own
}

// address returns a URL without user, query and fragment, which may be secret and do not
// matter to cookies. If host is not empty, it replaces the host of the URL.
func address(u *url.URL, host string) string {
	if u == nil {
		return ""
	}
	if u.Host == "" && host == "" { // about:srcdoc, data:
		return u.Scheme + ":"
	}
	if host == "" {
		host = u.Host
	}
	return u.Scheme + "://" + host + urls.RequestPath(u)
}
