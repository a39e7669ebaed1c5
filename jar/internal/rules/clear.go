package rules

import (
	"uacookie/jar/policy"
	"uacookie/jar/store"
)

// Clears returns what tells the cookies that Clear-Site-Data: "cookies" in the response to r
// removes, or nil if it removes none: the cookies of all hosts of the registrable domain. Of
// those in partitions only the cookies in the partition of r are removed, and if r is of a third
// party that does not reach unpartitioned cookies, none but these. Firefox removes the cookies
// with the Domain of the host, from one partition or from none.
func (p *Policy) Clears(r *policy.Request) func(store.Cookie) bool {
	a, sites := rowOf(p.UserAgent), p.sites()
	var s compiledRequest
	s.compile(a, r, sites, p.Trustworthy)
	if !s.ok || !s.secure || s.script {
		return nil
	}
	site, partition := sites.Site(s.host), a.partitionOf(r, sites)
	if a.ClearsHost {
		if !s.apart {
			partition = store.Partition{}
		}
		return func(c store.Cookie) bool { return c.Domain == s.host && c.Partition == partition }
	}
	return func(c store.Cookie) bool {
		switch {
		case sites.Site(c.Domain) != site:
			return false
		case c.Partition == store.Partition{}:
			return !s.blocked
		}
		return c.Partition == partition
	}
}
