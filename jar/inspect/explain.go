package inspect

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"uacookie/jar"
	"uacookie/jar/policy"
)

// An explainPage is the page that explains a hypothetical request.
type explainPage struct {
	head
	URL, Method, Documents, Initiator string // as typed
	Redirects                         string // as typed
	AsksRedirects                     bool   // the jar's user agent judges by them
	Script, Reload                    bool
	Third                             string // what becomes of third-party cookies: see jar.ThirdParty
	Thirds                            []third
	Partitioned, Ancestor             bool // the request has a partition key; its cross-site ancestor bit
	Partition                         string
	Methods                           []string

	Error    string
	Asked    bool   // the request was valid and has been judged
	Nothing  string // why there are no verdicts
	Sent     int
	Withheld int
	Verdicts []explained
}

// A third is one choice of what becomes of third-party cookies.
type third struct{ Value, Text string }

// An explained is a verdict with the texts that the page shows.
type explained struct {
	Name, Scope, Partition string
	Outcome, Reason        string
	Explanation            string // of the reason
	Link                   string // to the cookie
	Steps                  []explainedStep
}

// An explainedStep is a rule that was checked.
type explainedStep struct {
	Reason, Rule string
	Broken       bool
}

// explain serves the page that explains a request. It calls [jar.Jar.Explain], which does
// not update the last access of cookies.
func (h *Handler) explain(w http.ResponseWriter, r *http.Request) {
	p := newExplainPage(r.URL.Query())
	p.head = h.head("explain")
	p.AsksRedirects = p.Redirects != "" || h.settings.UserAgent == jar.Firefox
	if p.URL != "" {
		if err := h.judge(p); err != nil {
			p.Error = err.Error()
		}
	}
	render(w, "explain.html", p)
}

// newExplainPage returns the page with the form filled in.
func newExplainPage(v url.Values) *explainPage {
	own := cmp.Or(v.Get("third"), jar.ThirdPartyDefault.String())
	if v.Get("block") == "on" { // as links had it before there were more choices
		own = jar.ThirdPartyBlocked.String()
	}
	return &explainPage{
		Third: own,
		Thirds: []third{
			{"agent", "as the jar's user agent has it"}, {"allow", "allowed"}, {"partition", "kept apart for each top-level site"}, {"block", "blocked"},
		},
		URL: v.Get("url"), Method: v.Get("method"), Documents: v.Get("documents"), Initiator: v.Get("initiator"), Redirects: v.Get("redirects"),
		Script: v.Get("script") == "on", Reload: v.Get("reload") == "on",
		Partitioned: v.Has("partition"), Partition: v.Get("partition"), Ancestor: v.Get("ancestor") == "on",
		Methods: []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"},
	}
}

// judge fills p with the verdicts on the request that p describes.
func (h *Handler) judge(p *explainPage) error {
	request, err := p.request()
	if err != nil {
		return err
	}
	p.Asked = true
	verdicts := h.jar.Explain(request)
	if len(verdicts) == 0 {
		p.Nothing = "The jar has no cookie whose domain matches this host."
		switch why := h.jar.Judge(jar.Cookie{}, request).Reason; why {
		case policy.ReasonScheme, policy.ReasonHost:
			p.Nothing = "Such a URL has no cookies: " + why.String() + " (" + rule(why) + "). " + why.Explanation()
		}
	}
	for _, v := range verdicts {
		outcome := outcome(jar.Sending, &v)
		if v.OK() {
			p.Sent++
		} else {
			p.Withheld++
		}
		e := explained{
			Name: visible(v.Cookie.Name), Scope: scope(&v.Cookie), Partition: visible(v.Cookie.Partition.String()),
			Outcome: outcome, Link: query{}.AtSite(h.jar.Sites().Site(v.Cookie.Domain)).AtCookie(id(v.Cookie.Key())).Link(),
		}
		if !v.OK() {
			e.Reason, e.Explanation = v.Reason.String(), v.Reason.Explanation()
		}
		for _, s := range v.Steps() {
			e.Steps = append(e.Steps, explainedStep{s.Rule.String(), rule(s.Rule), s.Broken})
		}
		p.Verdicts = append(p.Verdicts, e)
	}
	return nil
}

// request returns the request that was typed.
func (p *explainPage) request() (*jar.Request, error) {
	u, err := parseURL("the URL", p.URL)
	if err != nil {
		return nil, err
	}
	mode, err := jar.ParseThirdParty(p.Third)
	if err != nil {
		return nil, err
	}
	c := &jar.Context{Script: p.Script, CrossSiteReload: p.Reload, ThirdParty: mode}
	if p.Partitioned {
		c.Partition = &jar.Partition{TopLevelSite: p.Partition, CrossSiteAncestor: p.Ancestor}
	}
	if c.Documents, err = parseURLs("the documents", p.Documents); err != nil {
		return nil, err
	}
	if c.Redirects, err = parseURLs("the redirects", p.Redirects); err != nil {
		return nil, err
	}
	if p.Initiator != "" {
		if c.Initiator, err = parseURL("the initiator", p.Initiator); err != nil {
			return nil, err
		}
	}
	return &jar.Request{URL: u, Method: p.Method, Context: c}, nil
}

// parseURLs parses the URLs that the user typed into a field, one a line.
func parseURLs(which, lines string) (all []*url.URL, err error) {
	for i, line := range strings.Split(lines, "\n") {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		u, err := parseURL(fmt.Sprintf("line %d of %s", i+1, which), line)
		if err != nil {
			return nil, err
		}
		all = append(all, u)
	}
	return all, nil
}

// parseURL parses a URL that the user typed. The error names the field that it is in.
func parseURL(which, s string) (*url.URL, error) {
	u, err := url.Parse(strings.TrimSpace(s))
	if wrapped, ok := errors.AsType[*url.Error](err); ok {
		err = wrapped.Err // without the URL, which the page shows
	}
	switch {
	case err != nil:
		return nil, fmt.Errorf("%s is not valid: %w", which, err)
	case u.Scheme == "":
		return nil, fmt.Errorf("%s has no scheme: start it with https://", which)
	}
	return u, nil
}
