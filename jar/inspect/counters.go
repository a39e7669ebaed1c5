package inspect

import (
	"encoding/json"
	"expvar"
	"sync/atomic"

	"uacookie/jar"
	"uacookie/jar/policy"
)

// Counters count the decisions of jars. They implement [expvar.Var]. The zero Counters are
// ready to use. Counters are safe for concurrent use, and must not be copied after first
// use.
//
//	var counters inspect.Counters
//	j, _ := jar.New(&jar.Options{Changed: counters.Changed})
//	counters.Watch(j)
//	expvar.Publish("cookies", &counters)
type Counters struct {
	stored, removed, sent, evicted atomic.Int64
	refused, withheld              [256]atomic.Int64 // by jar.Reason
	jar                            atomic.Pointer[jar.Jar]
}

var _ expvar.Var = (*Counters)(nil)

// Counts are the values of [Counters] and the size of the jar.
type Counts struct {
	Stored   int64            `json:"stored"`   // cookies that a response, a script or a file set
	Removed  int64            `json:"removed"`  // that had expired when they came
	Refused  map[string]int64 `json:"refused"`  // by reason
	Sent     int64            `json:"sent"`     // each time one was
	Withheld map[string]int64 `json:"withheld"` // by reason
	Evicted  int64            `json:"evicted"`  // for a limit

	// The contents of the jar now, without expired cookies. Bytes is the total length of
	// names and values.
	Cookies int64 `json:"cookies"`
	Sites   int64 `json:"sites"`
	Bytes   int64 `json:"bytes"`
}

// Watch counts the decisions of j until stop is called. [Counters.Counts] reports the
// contents of the jar that was last passed to Watch.
func (c *Counters) Watch(j *jar.Jar) (stop func()) {
	c.jar.Store(j)
	return j.Watch(c.event)
}

func (c *Counters) event(e jar.Event) {
	for i := range e.Verdicts {
		v := &e.Verdicts[i]
		switch {
		case e.Op == jar.Sending && v.OK():
			c.sent.Add(1)
		case e.Op == jar.Sending:
			c.withheld[v.Reason].Add(1)
		case !v.OK():
			c.refused[v.Reason].Add(1)
		case v.Removed:
			c.removed.Add(1)
		default:
			c.stored.Add(1)
		}
	}
}

// Changed counts evictions. Set it as Options.Changed of the jar.
func (c *Counters) Changed(change jar.Change) {
	if change.Cause == jar.CauseEvicted {
		c.evicted.Add(1)
	}
}

// Counts returns the current counts. It takes time in proportion to the size of the jar.
func (c *Counters) Counts() Counts {
	n := Counts{
		Stored: c.stored.Load(), Removed: c.removed.Load(), Sent: c.sent.Load(), Evicted: c.evicted.Load(),
		Refused: make(map[string]int64), Withheld: make(map[string]int64),
	}
	for _, r := range policy.Reasons() {
		if count := c.refused[r].Load(); count > 0 {
			n.Refused[r.String()] = count
		}
		if count := c.withheld[r].Load(); count > 0 {
			n.Withheld[r.String()] = count
		}
	}
	j := c.jar.Load()
	if j == nil {
		return n
	}
	rules, sites, last := j.Sites(), make(map[string]bool), ""
	for cookie := range j.All() {
		n.Cookies++
		n.Bytes += int64(len(cookie.Name) + len(cookie.Value))
		if cookie.Domain != last {
			sites[rules.Site(cookie.Domain)] = true
			last = cookie.Domain
		}
	}
	n.Sites = int64(len(sites))
	return n
}

// String implements [expvar.Var]: it returns the [Counts] as JSON.
func (c *Counters) String() string {
	data, err := json.Marshal(c.Counts())
	if err != nil {
		return "null" // unreachable: Counts contains only numbers and names of reasons
	}
	return string(data)
}
