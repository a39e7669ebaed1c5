package jar

import (
	"context"

	"uacookie/jar/internal/persist"
)

func init() {
	persist.Of = func(j any) persist.Jar { return persistent{j.(*Jar)} }
}

// A persistent is a Jar as the packages that keep its contents use it.
type persistent struct{ j *Jar }

// Record implements [persist.Jar].
func (p persistent) Record(record func(c Change, list string)) {
	// A change may be delivered after the list has been replaced. Each list that is
	// set has an address of its own: while the first one is there, no other was.
	sites, list := p.j.store.Sites(), p.SuffixList()
	changed := p.j.store.Changed
	p.j.store.Changed = func(c Change) {
		admitted := list
		if p.j.store.Sites() != sites {
			admitted = ""
		}
		record(c, admitted)
		if changed != nil {
			changed(c)
		}
	}
}

// SuffixList implements [persist.Jar].
func (p persistent) SuffixList() string {
	list := p.j.store.Sites().String()
	if list == "" {
		return ""
	}
	return p.j.options.UserAgent.String() + " " + list
}

// Restore implements [persist.Jar].
func (p persistent) Restore(c Cookie, list string) Verdict { return p.j.restore(c, list) }

// Settle implements [persist.Jar].
func (p persistent) Settle(ctx context.Context) error { return p.j.store.Settle(ctx) }
