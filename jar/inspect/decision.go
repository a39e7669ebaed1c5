package inspect

import (
	"net/url"
	"strings"

	"uacookie/jar"
)

// outcome says in a word what was decided about a cookie.
func outcome(op jar.Op, v *jar.Verdict) string {
	switch {
	case op == jar.Sending && v.OK():
		return "sent"
	case op == jar.Sending:
		return "withheld"
	case !v.OK():
		return "refused"
	case v.Removed:
		return "removed"
	}
	return "kept"
}

// A message is what the page is told of decisions.
type message struct {
	Missed    uint64  `json:"missed,omitempty"` // older ones that are no longer there
	Cookies   int     `json:"cookies"`          // in the jar
	Decisions []entry `json:"decisions"`
}

// An entry is a decision as the page's script wants it: text to be shown, with
// nothing in it that a screen does not show as itself.
type entry struct {
	Event   uint64 `json:"event"`
	Gap     bool   `json:"gap,omitempty"`
	Time    int64  `json:"time"` // in milliseconds since 1970
	Op      string `json:"op"`
	Request string `json:"request,omitempty"` // method and URL
	Explain string `json:"explain,omitempty"` // the query that explains the request
	Outcome string `json:"outcome"`
	Reason  string `json:"reason,omitempty"`
	Why     string `json:"why,omitempty"`  // the reason in plain language
	Rule    string `json:"rule,omitempty"` // where the reason is written
	Name    string `json:"name"`
	Scope   string `json:"scope"` // domain and path
	Note    string `json:"note,omitempty"`
	More    int    `json:"more,omitempty"` // decisions after it that are not kept
}

func newEntry(d *decision) entry {
	v := &d.verdict
	e := entry{
		Event:   d.event,
		Gap:     d.gap,
		Time:    d.time.UnixMilli(),
		Op:      d.op.String(),
		Outcome: outcome(d.op, v),
		Name:    visible(v.Cookie.Name),
		Scope:   scope(&v.Cookie),
		Note:    note(v),
		More:    d.more,
	}
	if v.Cookie.Domain == "" { // refused before it had one
		e.Scope = visible(v.Host)
	}
	if !v.OK() {
		e.Reason, e.Why, e.Rule = v.Reason.String(), v.Reason.Explanation(), rule(v.Reason)
	}
	if r := d.request; r != nil {
		e.Request = visible(r.method + " " + r.url)
		if r.script {
			e.Request = "document.cookie at " + visible(r.url)
		}
		e.Explain = r.query()
	}
	return e
}

// note returns what else there is to say about a verdict.
func note(v *jar.Verdict) string {
	var notes []string
	if v.Capped {
		notes = append(notes, "its lifetime was cut to the cap")
	}
	if v.MadeHostOnly {
		notes = append(notes, "it was made host-only, since its domain is a public suffix")
	}
	if p := v.Cookie.Partition; p != (jar.Partition{}) {
		notes = append(notes, "in the partition of "+visible(p.String()))
	}
	return strings.Join(notes, ", ")
}

// rule returns where a reason is written.
func rule(r jar.Reason) string {
	spec := r.Spec()
	if strings.HasPrefix(spec, "Section") {
		return "RFC 6265bis, " + spec
	}
	return spec
}

// query returns r as the form on the page about requests has it.
func (r *request) query() string {
	q := url.Values{"url": {r.url}, "method": {r.method}}
	if len(r.documents) > 0 {
		q.Set("documents", strings.Join(r.documents, "\n"))
	}
	if r.initiator != "" {
		q.Set("initiator", r.initiator)
	}
	for key, on := range map[string]bool{"script": r.script, "reload": r.reload} {
		if on {
			q.Set(key, "on")
		}
	}
	if r.third != jar.ThirdPartyDefault {
		q.Set("third", r.third.String())
	}
	if p := r.partition; p != nil {
		q.Set("partition", p.TopLevelSite)
		if p.CrossSiteAncestor {
			q.Set("ancestor", "on")
		}
	}
	return q.Encode()
}

// scope returns where a cookie is for: a domain, with a star if it is for the hosts
// below it too, and a path.
func scope(c *jar.Cookie) string {
	return domain(c) + visible(c.Path)
}

func domain(c *jar.Cookie) string {
	if c.HostOnly {
		return visible(c.Domain)
	}
	return "*." + visible(c.Domain)
}
