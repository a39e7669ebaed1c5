package jar

import (
	"iter"

	"uacookie/jar/internal/rules"
	"uacookie/jar/match"
)

// Len returns the number of cookies, those included that have expired and were
// not yet removed.
func (j *Jar) Len() int { return j.store.Len() }

// All returns the cookies in the jar, site by site, those of one site in the order
// in which they are sent. The jar may be changed during the iteration.
func (j *Jar) All() iter.Seq[Cookie] { return j.store.All(j.clock.Now()) }

// Remove removes the cookie of that identity, and reports whether the jar had one that had
// not expired. [Cookie.Key] returns a cookie's identity.
func (j *Jar) Remove(k Key) bool { return j.store.Remove(k, j.clock.Now()) }

// Delete removes the cookies for which pred returns true, and returns their number. It also
// frees the memory of expired cookies, which pred does not see and the number does not
// include; later writes to the jar would free it gradually.
//
// Delete holds no lock while pred runs. It is atomic for each site and not for the whole
// jar; a cookie that is set or replaced while Delete runs may stay.
func (j *Jar) Delete(pred func(Cookie) bool) int { return j.store.Delete(j.clock.Now(), pred) }

// Clear removes all cookies, in one step for each site. A cookie that is set meanwhile
// may stay.
func (j *Jar) Clear() { j.Delete(func(Cookie) bool { return true }) }

// EndSession removes the session cookies, as a browser does when it is closed, and
// returns how many. See RFC 6265bis, Section 5.7.
func (j *Jar) EndSession() int {
	return j.Delete(func(c Cookie) bool { return !c.Persistent() })
}

// Clone returns a jar with the same cookies and the same Options, hooks included.
// Changed is not called for the cookies that are copied.
func (j *Jar) Clone() *Jar {
	clone := &Jar{options: j.options}
	j.store.CopyTo(&clone.store)
	clone.wire()
	return clone
}

// SetPublicSuffixList replaces the jar's list; nil means the embedded one. All
// cookies are filed anew. Those whose domain is now a public suffix are removed
// and returned. See RFC 6265bis, Section 5.8.3, step 3.1.3.
func (j *Jar) SetPublicSuffixList(list PublicSuffixList) []Cookie {
	return j.store.SetSites(rules.Sites(j.options.UserAgent, list))
}

// Options returns a copy of the options that the jar was made with.
func (j *Jar) Options() Options {
	o := j.options
	if o.Limits != nil {
		l := *o.Limits
		o.Limits = &l
	}
	return o
}

// Sites returns the sites that the jar's list makes of hosts, as the jar's user agent
// reads it. It is the list last set.
func (j *Jar) Sites() match.Sites { return *j.store.Sites() }
