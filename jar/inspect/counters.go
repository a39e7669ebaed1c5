package inspect

import (
	"encoding/json"
	"expvar"
	"sync/atomic"

	"uacookie/jar"
	"uacookie/jar/policy"
)

// Counters count what jars decide. They are an [expvar.Var]. The zero Counters count
// nothing yet, must not be copied after first use, and are safe for concurrent use.
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

// Counts are what [Counters] have counted, and what is in the jar.
type Counts struct {
	Stored   int64            `json:"stored"`   // cookies that a response, a script or a file set
	Removed  int64            `json:"removed"`  // that had expired when they came
	Refused  map[string]int64 `json:"refused"`  // by reason
	Sent     int64            `json:"sent"`     // each time one was
	Withheld map[string]int64 `json:"withheld"` // by reason
	Evicted  int64            `json:"evicted"`  // for a limit

	// What is in the jar now, without what has expired. Bytes are those of names and
	// values.
	Cookies int64 `json:"cookies"`
	Sites   int64 `json:"sites"`
	Bytes   int64 `json:"bytes"`
}

// Watch begins to count what j decides, until stop is called. What is in the jar is
// told of the one that was last given to Watch.
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

// Changed is for [jar.Options], which alone tell of evictions.
func (c *Counters) Changed(change jar.Change) {
	if change.Cause == jar.CauseEvicted {
		c.evicted.Add(1)
	}
}

// Counts returns what was counted until now. It goes through the whole jar.
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
		return "null" // unreachable: there are only numbers and names of reasons
	}
	return string(data)
}
