package main

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/term"

	"uacookie/examples/internal/terminal"
	"uacookie/jar"
)

// A report writes the results of a crawl.
type report struct {
	out   *bufio.Writer
	width int
	paint painter
}

// wide is the minimum width for words in place of abbreviations.
const wide = 96

func newReport(out io.Writer) *report {
	r := &report{out: bufio.NewWriter(out), width: 100, paint: plain}
	if f, ok := out.(*os.File); ok {
		r.width = min(max(widthOf(f), 60), 120)
		if term.IsTerminal(int(f.Fd())) && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb" {
			r.paint = painted
		}
	}
	return r
}

// all writes the whole report. It returns whether the sites of the demonstration web, if
// there is one, saw only what they should.
func (r *report) all(c *crawler, demo *web) (ok bool) {
	r.kept(c.jar)
	r.refused(c.tally)
	r.withheld(c.tally)
	r.evicted(c.tally)
	ok = demo == nil || r.findings(demo.findings(c.tally))
	r.totals(c)
	return ok
}

// flush writes the buffered output.
func (r *report) flush() error { return r.out.Flush() }

// title begins a part of the report.
func (r *report) title(title, note string) {
	note = terminal.Snip(note, r.width-utf8.RuneCountInString(title)-gap)
	line := r.paint(bold+";"+cyan, strings.ToUpper(title)) + strings.Repeat(" ", gap) + r.paint(dim, note)
	fmt.Fprintf(r.out, "\n%s\n", strings.TrimRight(line, " "))
}

// maxRows is the maximum number of cookies shown of a shelf, and maxShelves the maximum
// number of shelves shown.
const (
	maxRows    = 6
	maxShelves = 60
)

// kept lists the cookies in the jar, site by site. It shows the length of a value and never
// the value.
func (r *report) kept(j *jar.Jar) {
	shelves := make(map[shelf][]jar.Cookie)
	for c := range j.All() {
		shelves[shelfOf(&c)] = append(shelves[shelfOf(&c)], c)
	}
	order := slices.SortedFunc(maps.Keys(shelves), compareShelves)

	t := table{columns: []column{
		{title: "NAME", least: 10},
		{title: "HOST", least: 10},
		{title: "PATH", least: 4},
		{title: "FLAGS"},
		{title: "SAMESITE"},
		{title: "EXPIRES"},
		{title: "VALUE", right: true},
	}}
	now, total := time.Now(), 0
	for i, s := range order {
		total += len(shelves[s])
		if i >= maxShelves {
			continue
		}
		t.head(terminal.Quote(s.site)+inPartition(s.partition), plural(int64(len(shelves[s])), "cookie"))
		r.shelf(&t, shelves[s], now)
	}
	if more := len(order) - maxShelves; more > 0 {
		t.head(fmt.Sprintf("… and %d more sites", more), "")
	}
	if total == 0 {
		r.title("No cookies kept", "")
		return
	}
	r.title(plural(int64(total), "cookie")+" kept", r.legend())
	t.write(r.out, r.width, r.paint)
}

// shelf adds the cookies of one shelf to a table.
func (r *report) shelf(t *table, cookies []jar.Cookie, now time.Time) {
	slices.SortFunc(cookies, func(a, b jar.Cookie) int {
		return cmp.Or(cmp.Compare(a.Domain, b.Domain), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Path, b.Path))
	})
	for i, c := range cookies {
		if left := len(cookies) - i; i >= maxRows && left > 1 {
			t.head(fmt.Sprintf("  … and %d more", left), "")
			return
		}
		host := c.Domain
		if !c.HostOnly {
			host = "*." + host
		}
		t.add(nameOf(c.Name), terminal.Quote(host), terminal.Quote(c.Path), r.flags(&c),
			cmp.Or(c.SameSite.String(), "-"), until(c.Expires, now), bytes(int64(len(c.Value))))
	}
}

func compareShelves(a, b shelf) int {
	return cmp.Or(cmp.Compare(a.site, b.site), cmp.Compare(a.partition.TopLevelSite, b.partition.TopLevelSite),
		cmp.Compare(a.partition.String(), b.partition.String()))
}

func inPartition(p jar.Partition) string {
	if p == (jar.Partition{}) {
		return ""
	}
	return " inside " + p.String()
}

func nameOf(name string) string {
	if name == "" {
		return "(no name)"
	}
	return terminal.Quote(name)
}

// flags returns a cookie's flags, as letters if the report is too narrow for words.
func (r *report) flags(c *jar.Cookie) string {
	var all []string
	if c.Secure {
		all = append(all, "Secure")
	}
	if c.HttpOnly {
		all = append(all, "HttpOnly")
	}
	if len(all) == 0 {
		return "-"
	}
	if r.width < wide {
		for i := range all {
			all[i] = all[i][:1]
		}
	}
	return strings.Join(all, " ")
}

func (r *report) legend() string {
	if r.width < wide {
		return "*.host: and all below it; S: Secure; H: HttpOnly"
	}
	return "*.host: and all below it; of values only the size is shown"
}
