package inspect

import (
	"net/url"
	"strings"
	"sync"
	"time"

	"uacookie/jar"
	"uacookie/jar/match"
)

// A recorder keeps the last decisions of a jar, for as long as anybody has it open.
type recorder struct {
	jar *jar.Jar

	mu      sync.Mutex
	users   int    // who have it open
	stop    func() // ends the watch; nil if nobody has it open
	ring    []decision
	size    int    // of the ring, at most
	next    uint64 // number of the decision to come, from 1
	events  uint64 // how many there were
	gap     bool   // there may have been decisions that were not recorded
	streams map[chan struct{}]bool
}

// A decision is what a [recorder] keeps of a verdict. It has no cookie's value.
type decision struct {
	number  uint64
	event   uint64 // the same for all cookies of a request or response
	gap     bool   // what came before it may not have been recorded
	more    int    // how many there were after it in the event, past maxPerEvent
	op      jar.Op
	time    time.Time
	request *request // nil for a cookie given to Jar.Accept
	verdict jar.Verdict
}

// A request is what a recorder keeps of a jar.Request: enough to explain it again.
type request struct {
	method    string
	url       string // without what may be secret: user, query, fragment
	documents []string
	initiator string
	script    bool
	reload    bool
	third     jar.ThirdParty
	partition *jar.Partition // nil if it follows from the documents
}

func newRecorder(j *jar.Jar, size int) *recorder {
	return &recorder{jar: j, size: size, next: 1, streams: make(map[chan struct{}]bool)}
}

// open begins to record, if nobody else has begun, until close is called as often.
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

// maxStreams is how many may look on at a time.
const maxStreams = 32

// stream opens the recorder for one who looks on, and returns a channel that receives
// when there are new decisions; nil if too many look on. leave ends it.
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

// maxPerEvent is how many decisions of one event are kept, so that one response cannot
// drive out all others.
const maxPerEvent = 100

// note records what a jar decided.
func (c *recorder) note(e jar.Event) {
	r := newRequest(e.Request)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.stop == nil {
		return // an event that was under way
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
		default: // it has been told already
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

// since returns the decisions after the one of a number, the oldest first, and how
// many of them are no longer kept.
func (c *recorder) since(number uint64) (kept []decision, missed uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if number >= c.next {
		number = 0 // of another program's run
	}
	first := c.next - uint64(len(c.ring))
	if number+1 < first {
		missed = first - number - 1
		number = first - 1
	}
	for n := number + 1; n < c.next; n++ {
		kept = append(kept, c.ring[(n-1)%uint64(c.size)])
	}
	return kept, missed
}

// withoutValue returns v without what is secret, and with no part of the line that
// the cookie came in.
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
				d = &url.URL{Scheme: "data"} // as cross-site as this one
			}
			own.documents = append(own.documents, address(d, ""))
		}
		own.initiator = address(c.Initiator, "")
		own.script, own.reload, own.third = c.Script, c.CrossSiteReload, c.ThirdParty
		if c.Partition != nil {
			own.partition = new(*c.Partition)
		}
	}
	return own
}

// address returns a URL without what may be secret and does not matter to cookies:
// user, query and fragment. Host, if not empty, is what counts instead of the URL's.
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
	return u.Scheme + "://" + host + match.RequestPath(u)
}
