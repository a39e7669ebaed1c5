package main

import (
	"slices"
	"sync"

	"uacookie/jar"
	"uacookie/jar/match"
)

// A tally counts the events that the jar's hooks report. It is safe for concurrent use.
type tally struct {
	mu       sync.Mutex
	refusals map[rule]*example
	evicted  map[shelf]int
}

// A rule is a reason for refusing or withholding a cookie, at one host.
type rule struct {
	reason jar.Reason
	host   string
}

// An example is the number of times that a rule applied, and one cookie to which it applied:
// the first in alphabetical order, so that each run shows the same cookie.
type example struct {
	count int
	name  string
}

// A shelf is a place where the jar files cookies: a site, and a partition or none.
type shelf struct {
	site      string
	partition jar.Partition
}

func shelfOf(c *jar.Cookie) shelf {
	return shelf{match.Sites{}.Site(c.Domain), c.Partition}
}

func newTally() *tally {
	return &tally{refusals: make(map[rule]*example), evicted: make(map[shelf]int)}
}

// note is the hook for refused cookies and for withheld cookies. The reason distinguishes
// them.
func (t *tally) note(r *jar.Refusal) {
	t.mu.Lock()
	defer t.mu.Unlock()
	e := t.refusals[rule{r.Reason, r.Host}]
	if e == nil {
		e = &example{name: r.Name}
		t.refusals[rule{r.Reason, r.Host}] = e
	}
	e.count++
	if e.name == "" || r.Name != "" && r.Name < e.name {
		e.name = r.Name
	}
}

// change is the hook for changes of the jar's contents.
func (t *tally) change(c jar.Change) {
	if c.Cause != jar.CauseEvicted {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.evicted[shelfOf(&c.Cookie)]++
}

// A ruling is the contents of a tally for one reason.
type ruling struct {
	reason jar.Reason
	count  int
	hosts  []string // sorted
	name   string   // name of a cookie of the first host
}

// rulings returns a ruling for each reason for refusing, or for withholding, cookies, in the
// order of the draft's steps.
func (t *tally) rulings(withheld bool) []ruling {
	t.mu.Lock()
	defer t.mu.Unlock()
	byReason := make(map[jar.Reason]*ruling)
	for at, e := range t.refusals {
		if at.reason.Withholds() != withheld {
			continue
		}
		r := byReason[at.reason]
		if r == nil {
			r = &ruling{reason: at.reason}
			byReason[at.reason] = r
		}
		r.count += e.count
		r.hosts = append(r.hosts, at.host)
	}
	var all []ruling
	for _, r := range byReason {
		slices.Sort(r.hosts)
		r.name = t.refusals[rule{r.reason, r.hosts[0]}].name
		all = append(all, *r)
	}
	slices.SortFunc(all, func(a, b ruling) int { return int(a.reason) - int(b.reason) })
	return all
}

// refusedFrom returns the number of cookies from the hosts that a rule refused.
func (t *tally) refusedFrom(reason jar.Reason, hosts ...string) (n int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, h := range hosts {
		if e := t.refusals[rule{reason, h}]; e != nil {
			n += e.count
		}
	}
	return n
}

// evictedFrom returns the number of evicted unpartitioned cookies of a site.
func (t *tally) evictedFrom(site string) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.evicted[shelf{site: site}]
}
