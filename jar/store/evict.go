package store

import (
	"uacookie/jar/internal/seam"
	"uacookie/jar/store/internal/engine"
)

// evict removes from p, to which add was added, the cookies by which its site exceeds the
// limits of g, reports them, and returns the page to publish. None of p's cookies has expired.
func (s *Store) evict(p *engine.Page, add *engine.Insertion, g *Conditions) *engine.Page {
	partitioned, count := add.Flags&flagPartitioned != 0, p.Len()
	if g.Limits == nil || !g.over(partitioned, count, p.Size()) {
		return p
	}
	e := evictor{s, p, p.Ranking()}
	switch goal := g.excess(partitioned, count); {
	case goal == 0:
	case g.has(seam.SecureLast):
		e.evictSecureLast(goal, add)
	case partitioned:
		for ; goal > 0 && e.evictOne(engine.AllClasses); goal-- {
		}
	default:
		e.evictSite(goal)
	}
	if g.over(partitioned, 0, e.page.Size()) {
		for e.page.Size() > g.Limits.PartitionBytes && e.evictOne(engine.AllClasses) {
		}
	}
	if !g.few(partitioned, count) { // many insertions come before the next eviction
		e.ranking = nil
	}
	e.page.KeepRanking(e.ranking)
	return e.page
}

// rounds are the rounds in which Chromium purges a site, and how many cookies of
// the round's priority survive it. They refine RFC 6265bis, Section 5.7, removal,
// steps 2 and 3.
var rounds = [...]struct {
	priority Priority
	secure   bool // the round evicts Secure cookies, too
	keep     int
}{
	{PriorityLow, false, 30},
	{PriorityLow, true, 30},
	{PriorityMedium, false, 50},
	{PriorityHigh, false, 70},
	{PriorityMedium, true, 50},
	{PriorityHigh, true, 70},
}

// An evictor evicts cookies of one site.
type evictor struct {
	store   *Store
	page    *engine.Page // the cookies not yet evicted
	ranking *engine.Ranking
}

// evictSite evicts goal cookies in rounds. The limits may be smaller than the number of
// cookies that the rounds keep. Then the rounds run a second time and keep none.
func (e *evictor) evictSite(goal int) {
	for _, keeps := range [...]bool{true, false} {
		for _, round := range rounds {
			insecure, secure := classOf(round.priority, false), classOf(round.priority, true)
			n, kept := e.ranking.Count[insecure]+e.ranking.Count[secure], 0
			if keeps {
				kept = round.keep
			}
			may := engine.ClassesOf(insecure)
			if round.secure {
				may = engine.ClassesOf(insecure, secure)
			} else {
				kept = max(kept, e.ranking.Count[secure])
			}
			for left := min(n-kept, goal); left > 0 && e.evictOne(may); left-- {
				goal--
			}
		}
	}
}

// evictSecureLast evicts up to goal cookies, by the rule seam.SecureLast. The new cookie,
// being the last accessed, is the last of its kind to go.
func (e *evictor) evictSecureLast(goal int, add *engine.Insertion) {
	var insecure, secure engine.ClassSet
	n := 0 // of those not Secure
	for p := range Priority(twoBits + 1) {
		insecure |= engine.ClassesOf(classOf(p, false))
		secure |= engine.ClassesOf(classOf(p, true))
		n += e.ranking.Count[classOf(p, false)]
	}
	may, left := insecure, n
	switch {
	case n == 0:
		may, left = secure, e.page.Len()-1
	case !has(&add.Item, flagSecure):
		left = max(n-1, 1)
	}
	for left = min(left, goal); left > 0 && e.evictOne(may); left-- {
	}
}

// evictOne evicts the least recently accessed cookie of the classes in of. It reports
// whether it found one. See RFC 6265bis, Section 5.7, removal, step 4.
func (e *evictor) evictOne(of engine.ClassSet) bool {
	at := e.ranking.Oldest(of, e.page)
	if at.Item == nil {
		return false
	}
	e.store.report(CauseEvicted, at.Entry())
	e.page = e.page.Cut(&at)
	return true
}
