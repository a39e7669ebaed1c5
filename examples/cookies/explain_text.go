package main

import (
	"cmp"
	"fmt"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/term"

	"uacookie/jar"
)

// layoutFor returns the width of text for f, and whether it may have colours.
func layoutFor(f *os.File) (width int, color bool) {
	is := term.IsTerminal(int(f.Fd()))
	width, err := strconv.Atoi(os.Getenv("COLUMNS"))
	if err != nil || width <= 0 {
		if width, _, err = term.GetSize(int(f.Fd())); err != nil {
			width = 80
		}
	}
	return min(max(width, 60), 120), is && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
}

// An explainText formats explanations as text.
type explainText struct {
	b      strings.Builder
	width  int
	color  bool
	values bool
	now    time.Time
	last   *jar.Request
}

// indent is the indentation of everything about one line.
const indent = 3

// The colours, as SGR parameters.
const (
	bold   = "1"
	dim    = "2"
	red    = "31"
	green  = "32"
	yellow = "33"
)

// paint returns s in a colour, if colours are on.
func (t *explainText) paint(color, s string) string {
	if !t.color || s == "" {
		return s
	}
	return "\x1b[" + color + "m" + s + "\x1b[0m"
}

func (t *explainText) printf(format string, args ...any) { fmt.Fprintf(&t.b, format, args...) }

func (t *explainText) all(all []explanation) {
	for i := range all {
		e := &all[i]
		t.now = e.now
		if e.request != t.last {
			if t.last = e.request; i > 0 {
				t.printf("\n")
			}
			t.printf("%s\n", t.paint(bold, describe(e.request)))
			if own := ownWay(e, e.request); own != "" {
				t.printf("%s\n", own)
			}
		}
		what := "Set-Cookie"
		if e.request.Context.Script {
			what = "assignment"
		}
		t.printf("\n%s\n", t.paint(bold, what+" "+strconv.Itoa(e.number)))
		t.same(e, func(t *explainText, j *judged) { t.pieces(e.line, j) })
		t.understood(e)
		t.steps(e, func(j *judged) *jar.Verdict { return &j.verdict })
		t.verdicts(e)
		if slices.ContainsFunc(e.agents, func(j judged) bool { return j.then != nil }) {
			t.printf("\n")
			t.wrap(indent, "then "+describe(e.agents[0].to), bold)
			if own := ownWay(e, e.agents[0].to); own != "" {
				t.wrap(indent, own, "")
			}
			t.steps(e, func(j *judged) *jar.Verdict { return j.then })
			t.thens(e)
		}
	}
}

// ownWay says what each agent does with third-party cookies, if there may be any in the
// request and the flags leave that to the agent.
func ownWay(e *explanation, r *jar.Request) string {
	if r.Context.ThirdParty != jar.ThirdPartyDefault || len(r.Context.Documents) == 0 {
		return ""
	}
	var each []string
	for _, j := range e.agents {
		each = append(each, j.agent.String()+" "+j.agent.ThirdParty().String())
	}
	return "third-party cookies: " + strings.Join(each, ", ")
}

// describe describes a request and its browser context.
func describe(r *jar.Request) string {
	c := r.Context
	what := cmp.Or(r.Method, "GET")
	if c.Script {
		what = "document.cookie at"
	}
	s := escape(what) + " " + place(r)
	switch {
	case len(c.Documents) > 0:
		var names []string
		for _, d := range c.Documents {
			names = append(names, place(&jar.Request{URL: d}))
		}
		s += ", inside " + strings.Join(names, ", ")
	case !c.Script:
		s += ", navigating the top level"
	}
	if c.Initiator != nil {
		s += ", started by " + place(&jar.Request{URL: c.Initiator})
	}
	if len(c.Redirects) > 0 {
		var names []string
		for _, u := range c.Redirects {
			names = append(names, place(&jar.Request{URL: u}))
		}
		s += ", redirected by " + strings.Join(names, ", ")
	}
	if c.CrossSiteReload {
		s += ", a cross-site reload"
	}
	switch c.ThirdParty {
	case jar.ThirdPartyAllowed:
		s += ", third-party cookies allowed"
	case jar.ThirdPartyPartitioned:
		s += ", third-party cookies partitioned"
	case jar.ThirdPartyBlocked:
		s += ", third-party cookies blocked"
	}
	return s
}

// place returns the URL of a request without user, query and fragment, which may be secret
// and do not matter to cookies.
func place(r *jar.Request) string {
	u := *r.URL
	u.User, u.RawQuery, u.ForceQuery, u.Fragment, u.RawFragment = nil, "", false, "", ""
	if u.Opaque != "" {
		return escape(u.Scheme) + ":..."
	}
	return escape(u.String())
}

// same calls f for each agent and writes identical texts once, with the names of the agents
// unless all texts are identical.
func (t *explainText) same(e *explanation, f func(t *explainText, j *judged)) {
	texts := make([]string, len(e.agents))
	for i := range e.agents {
		part := explainText{width: t.width, color: t.color, values: t.values, now: t.now}
		f(&part, &e.agents[i])
		texts[i] = part.b.String()
	}
	for i, text := range texts {
		if slices.Contains(texts[:i], text) || text == "" {
			continue
		}
		var names []string
		alike := true
		for k := range texts {
			if texts[k] == text {
				names = append(names, e.agents[k].agent.String())
			} else {
				alike = false
			}
		}
		if !alike {
			t.wrap(indent, strings.Join(names, ", ")+":", bold)
		}
		t.b.WriteString(text)
	}
}

// understood describes the cookie, as far as it was parsed.
func (t *explainText) understood(e *explanation) {
	if slices.ContainsFunc(e.agents, func(j judged) bool { return j.verdict.Cookie.Domain != "" }) {
		t.printf("\n")
	}
	t.same(e, func(t *explainText, j *judged) {
		c := &j.verdict.Cookie
		if c.Domain == "" {
			return
		}
		facts := []string{"without a name", "for " + escape(c.Domain) + " and its subdomains", "path " + escape(c.Path)}
		if c.Name != "" {
			facts[0] = snip(escape(c.Name), 40)
		}
		if c.HostOnly {
			facts[1] = "for " + escape(c.Domain) + " only"
		}
		switch {
		case !c.Persistent():
			facts = append(facts, "until the session ends")
		case c.Expired(t.now):
			facts = append(facts, "expired")
		default:
			facts = append(facts, "for "+span(c.Expires.Sub(t.now)))
			if j.verdict.Capped {
				facts[len(facts)-1] += " (the cap)"
			}
		}
		facts = append(facts, marks(c)...)
		t.wrap(indent, "read as "+strings.Join(facts, ", "), "")
		t.clock(e, j)
	})
}

// span formats a duration in the largest unit that it has at least two of.
func span(d time.Duration) string {
	unit, name := time.Second, "seconds"
	switch {
	case d == math.MaxInt64:
		return "centuries" // Duration overflowed
	case d >= 48*time.Hour:
		unit, name = 24*time.Hour, "days"
	case d >= 2*time.Hour:
		unit, name = time.Hour, "hours"
	case d >= 2*time.Minute:
		unit, name = time.Minute, "minutes"
	}
	return fmt.Sprintf("%.0f %s", float64(d)/float64(unit), name)
}

// verdicts shows whether the cookie was stored.
func (t *explainText) verdicts(e *explanation) {
	t.printf("\n")
	t.same(e, func(t *explainText, j *judged) {
		switch v := &j.verdict; {
		case !v.OK():
			t.reason("refused", v.Reason)
		case v.Removed:
			t.wrap(indent, "removed: the cookie has expired, so it only removes the cookie that it replaces", green)
		default:
			t.wrap(indent, "stored", green)
		}
	})
}

// thens shows whether the cookie is sent later.
func (t *explainText) thens(e *explanation) {
	t.printf("\n")
	t.same(e, func(t *explainText, j *judged) {
		switch {
		case j.then == nil:
		case j.then.OK():
			t.wrap(indent, "sent", green)
		default:
			t.reason("withheld", j.then.Reason)
		}
	})
}

// reason shows why a cookie was refused or withheld.
func (t *explainText) reason(what string, r jar.Reason) {
	t.wrap(indent, what+": "+r.String(), bold+";"+red)
	t.wrap(indent+2, r.Explanation(), "")
	if name := r.DevTools(); name != "" {
		t.wrap(indent+2, "Chromium's developer tools call it "+name+".", dim)
	}
}

// totals shows how many of the lines each user agent stored.
func (t *explainText) totals(all []explanation) {
	t.printf("\n")
	for i := range all[0].agents {
		stored, asked, sent := 0, false, 0
		for k := range all {
			j := &all[k].agents[i]
			if j.verdict.OK() {
				stored++
			}
			if j.then != nil {
				asked = true
				if j.then.OK() {
					sent++
				}
			}
		}
		s := fmt.Sprintf("%v: %d lines, %d stored, %d refused", all[0].agents[i].agent, len(all), stored, len(all)-stored)
		if asked {
			s += fmt.Sprintf(", %d sent", sent)
		}
		t.printf("%s\n", t.paint(bold, s))
	}
}

// wrap writes s in indented lines. It breaks lines at spaces, or within a word that does not
// fit.
func (t *explainText) wrap(indent int, s, color string) {
	room := t.width - indent
	for s = strings.TrimSpace(s); s != ""; {
		n := len(s)
		if n > room {
			if n = strings.LastIndexByte(s[:room+1], ' '); n <= 0 {
				n = room
			}
		}
		t.printf("%*s%s\n", indent, "", t.paint(color, strings.TrimSpace(s[:n])))
		s = strings.TrimSpace(s[n:])
	}
}
