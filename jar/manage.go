package jar

import (
	"iter"

	"uacookie/jar/internal/rules"
	"uacookie/jar/match"
)

// Len returns the number of cookies, including expired cookies that are not yet removed.
func (j *Jar) Len() int { return j.store.Len() }

// All returns the cookies in the jar that have not expired, site by site. Those of one site
// are in the order in which they are sent. The jar may change during the iteration.
func (j *Jar) All() iter.Seq[Cookie] { return j.store.All(j.clock.Now()) }

// Get returns the cookie of that identity, and reports whether the jar has one that has not
// expired. It does not change the last access. HostOnly is part of the identity: it is true for
// a cookie that was set without a Domain attribute. [Jar.Accept] sets a cookie.
func (j *Jar) Get(k Key) (Cookie, bool) { return j.store.Get(k, j.clock.Now()) }

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

// Clear removes all cookies. It is atomic for each site. A cookie that is set while Clear
// runs may stay.
func (j *Jar) Clear() { j.store.Clear() }

// EndSession removes the session cookies, as a browser does when it is closed, and returns
// their number. It is atomic for each site. See RFC 6265bis, Section 5.7.
func (j *Jar) EndSession() int { return j.store.EndSession() }

// Clone returns a jar with the cookies of j at one instant, and the same Options, hooks and
// public suffix list. It calls Options.Changed for no copied cookie. Functions that watch j
// do not watch the clone.
func (j *Jar) Clone() *Jar {
	clone := &Jar{options: j.options}
	j.store.CopyTo(&clone.store)
	clone.wire()
	return clone
}

// SetPublicSuffixList replaces the jar's list and sorts all cookies into sites again. Nil
// means the embedded list. It removes and returns the cookies whose domain is now a public
// suffix. See RFC 6265bis, Section 5.8.3, step 3.1.3.
func (j *Jar) SetPublicSuffixList(list PublicSuffixList) []Cookie {
	return j.store.SetSites(rules.Sites(j.options.UserAgent, list))
}

// Options returns a copy of the options that the jar was made with. Its PublicSuffixList is
// not the list that [Jar.SetPublicSuffixList] set later.
func (j *Jar) Options() Options {
	o := j.options
	if o.Limits != nil {
		l := *o.Limits
		o.Limits = &l
	}
	return o
}

// Sites returns the sites of hosts by the jar's current public suffix list, as the jar's
// user agent reads it.
func (j *Jar) Sites() match.Sites { return *j.store.Sites() }
