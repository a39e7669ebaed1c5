package inspect

import (
	"net/url"
	"strings"

	"uacookie/jar"
)

// outcome returns the decision about a cookie in one word.
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
	return "stored"
}

// A message is a message to the page's script about new decisions.
type message struct {
	Missed    uint64  `json:"missed,omitempty"` // number of decisions that were overwritten before the page saw them
	Cookies   int     `json:"cookies"`          // in the jar
	Decisions []entry `json:"decisions"`

	Worker *workerState `json:"worker,omitempty"`
}

// An entry is a decision as text for the page's script. Characters that are not printable
// are escaped.
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
	Rule    string `json:"rule,omitempty"` // the section that the reason is from
	Name    string `json:"name"`
	Scope   string `json:"scope"` // domain and path
	Note    string `json:"note,omitempty"`
	More    int    `json:"more,omitempty"` // number of decisions after it that were not recorded
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

// note returns additional facts about a verdict.
func note(v *jar.Verdict) string {
	var notes []string
	if v.Capped {
		notes = append(notes, "its lifetime was reduced to the cap")
	}
	if v.MadeHostOnly {
		notes = append(notes, "it was made host-only, since its domain is a public suffix")
	}
	if p := v.Cookie.Partition; p != (jar.Partition{}) {
		notes = append(notes, "in the partition of "+visible(p.String()))
	}
	return strings.Join(notes, ", ")
}

// rule returns the section that a reason is from.
func rule(r jar.Reason) string {
	spec := r.Spec()
	if strings.HasPrefix(spec, "Section") {
		return "RFC 6265bis, " + spec
	}
	return spec
}

// query returns the URL query of the page that explains r.
func (r *request) query() string {
	q := url.Values{"url": {r.url}, "method": {r.method}}
	if len(r.documents) > 0 {
		q.Set("documents", strings.Join(r.documents, "\n"))
	}
	if r.initiator != "" {
		q.Set("initiator", r.initiator)
	}
	if len(r.redirects) > 0 {
		q.Set("redirects", strings.Join(r.redirects, "\n"))
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

// scope returns the domain and path of a cookie. The domain begins with a star if the cookie
// is also sent to subdomains.
func scope(c *jar.Cookie) string {
	return domain(c) + visible(c.Path)
}

func domain(c *jar.Cookie) string {
	if c.HostOnly {
		return visible(c.Domain)
	}
	return "*." + visible(c.Domain)
}
