package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"uacookie/examples/internal/terminal"
)

// refused lists the cookies that the jar refused.
func (r *report) refused(t *tally) {
	rulings := t.rulings(false)
	if len(rulings) == 0 {
		r.title("No cookies refused", "")
		return
	}
	r.title(plural(sum(rulings), "cookie")+" refused", "on their way in")
	r.rules(red, "from", rulings)
}

// withheld lists the cookies in the jar that requests were not sent.
func (r *report) withheld(t *tally) {
	rulings := t.rulings(true)
	if len(rulings) == 0 {
		r.title("No cookies withheld", "")
		return
	}
	r.title("Cookies withheld "+plural(sum(rulings), "time"), "from a request whose host and path they match")
	r.rules(yellow, "to", rulings)
}

func sum(rulings []ruling) (n int64) {
	for _, x := range rulings {
		n += int64(x.count)
	}
	return n
}

func (r *report) rules(color, preposition string, rulings []ruling) {
	t := table{columns: []column{
		{title: "RULE", color: color},
		{title: "RFC 6265bis"},
		{title: "COUNT", right: true},
		{title: "FOR EXAMPLE", least: 20},
	}}
	for _, x := range rulings {
		spec := x.reason.Spec()
		if r.width < wide {
			spec = terminal.Snip(strings.TrimPrefix(spec, "Section "), 16)
		}
		example := nameOf(x.name) + " " + preposition + " " + terminal.Quote(x.hosts[0])
		if more := len(x.hosts) - 1; more > 0 {
			example += " +" + plural(int64(more), "host")
		}
		t.add(x.reason.String(), spec, number(int64(x.count)), example)
	}
	t.write(r.out, r.width, r.paint)
}

// evicted lists the sites that exceeded the limit on cookies. It writes nothing if there are
// none.
func (r *report) evicted(t *tally) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.evicted) == 0 {
		return
	}
	n := 0
	for _, more := range t.evicted {
		n += more
	}
	r.title(plural(int64(n), "cookie")+" evicted", "because their site had too many")
	rows := table{columns: []column{{title: "SITE", least: 20}, {title: "COUNT", right: true}}}
	for i, s := range slices.SortedFunc(maps.Keys(t.evicted), compareShelves) {
		if i >= maxRows {
			rows.head(fmt.Sprintf("  … and %d more sites", len(t.evicted)-i), "")
			break
		}
		rows.add(terminal.Quote(s.site)+inPartition(s.partition), number(int64(t.evicted[s])))
	}
	rows.write(r.out, r.width, r.paint)
}

// findings lists the findings of the demonstration web's sites, and reports whether all are
// good.
func (r *report) findings(all []finding) bool {
	r.title("What the sites saw", "")
	passed := true
	for _, f := range all {
		mark := r.paint(green, "ok  ")
		if !f.ok {
			mark, passed = r.paint(red, "FAIL"), false
		}
		fmt.Fprintf(r.out, "  %s  %-9s  %s\n", mark, f.who, f.what)
	}
	return passed
}

// totals writes the totals of the crawl.
func (r *report) totals(c *crawler) {
	r.title("In all", "")
	n := &c.count
	numbers := []string{
		plural(n.pages.Load(), "page"),
		plural(n.resources.Load(), "resource"),
		plural(n.requests.Load(), "request"),
		bytes(n.bytes.Load()),
		plural(n.failedPages.Load()+n.failedResources.Load(), "error"),
		c.took.Round(10 * time.Millisecond).String(),
	}
	fmt.Fprintln(r.out, "  "+strings.Join(numbers, " · "))
	if n := n.failedResources.Load(); n > 0 {
		fmt.Fprintf(r.out, "  %s could not be fetched\n", plural(n, "embedded resource"))
	}
	if n := n.unhappy.Load(); n > 0 {
		fmt.Fprintf(r.out, "  %s with a status of 400 or more\n", plural(n, "answer"))
	}
	if c.leftOut > 0 {
		fmt.Fprintf(r.out, "  %s left out: -max-pages %d\n", plural(int64(c.leftOut), "link"), c.limits.pages)
	}
}
