package jar

import (
	"context"
	"strings"
	"time"

	"uacookie/jar/internal/rules"
	"uacookie/jar/store"
)

// NewRecorded is [New] for a package that keeps a jar's contents somewhere else, as
// durable does. record is called for each change just before o.Changed, on the same
// terms, and given what [Jar.SuffixList] was when the cookie came in; "" if the list
// has been replaced since the jar was made. A Clone of the jar is not recorded.
func NewRecorded(o *Options, record func(c Change, list string)) (*Jar, error) {
	j, err := New(o)
	if err != nil {
		return nil, err
	}
	// A change may be delivered after the list has been replaced. Each list that is
	// set has an address of its own: while the first one is there, no other was.
	sites, list := j.store.Sites(), j.SuffixList()
	changed := j.store.Changed
	j.store.Changed = func(c Change) {
		admitted := list
		if j.store.Sites() != sites {
			admitted = ""
		}
		record(c, admitted)
		if changed != nil {
			changed(c)
		}
	}
	return j, nil
}

// SuffixList says by which public suffix list, read by which user agent, the jar
// admits cookies. Equal texts are equal lists. It is empty if the list does not say
// which one it is.
func (j *Jar) SuffixList() string {
	list := j.store.Sites().String()
	if list == "" {
		return ""
	}
	return j.options.UserAgent.String() + " " + list
}

// Restore is [Jar.Accept] for a cookie that a jar has had before, and admitted when
// its SuffixList was list. If it is the same now, and not empty, the cookie's domain
// is not looked up in it again. If not, and the domain has become a public suffix, the
// cookie is refused.
func (j *Jar) Restore(c Cookie, list string) Verdict {
	return j.accept(func(p *rules.Policy, now time.Time) (Verdict, store.Conditions) {
		agent, name, _ := strings.Cut(list, " ")
		return p.Readmit(c, now, name != "" && agent == p.UserAgent.String() && name == p.Sites.String())
	})
}

// accept stores the cookie that judge accepts.
func (j *Jar) accept(judge func(*rules.Policy, time.Time) (Verdict, store.Conditions)) Verdict {
	now := j.clock.Now()
	for {
		var p rules.Policy
		j.rules(&p)
		v, g := judge(&p, now)
		if v.Reason != 0 || rules.Settle(&v, j.store.Put(&v.Cookie, &g, now)) {
			a := j.audit(Accepting, nil)
			a.received(&v)
			a.close(now, "")
			return v
		}
	}
}

// Remove removes the cookie that has the identity of c, if there is one. Only the
// fields of [store.Key] count. The change's cause is ExpiredOverwrite.
func (j *Jar) Remove(c Cookie) {
	now := j.clock.Now()
	k := c.Key()
	for {
		gone := Cookie{
			Partition: k.Partition, Name: k.Name, Domain: k.Domain, HostOnly: k.HostOnly, Path: k.Path,
			Expires: now.Add(-1), // not the zero Time, whatever now is
		}
		if j.store.Put(&gone, &store.Conditions{Sites: j.store.Sites()}, now) != store.Stale {
			return
		}
	}
}

// Settle waits until Options.Changed has returned for every change made by a call
// that returned before: another goroutine may be delivering them. It returns the
// error of ctx if that is done first. Options.Changed must not call it.
func (j *Jar) Settle(ctx context.Context) error { return j.store.Settle(ctx) }
