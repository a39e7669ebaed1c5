package backendtest

import (
	"math/rand/v2"
	"sync"

	"uacookie/jar/backend"
	"uacookie/jar/store"
)

// A history is what several connections did and saw. Its checker knows nothing of how a
// server works: it replays the Events of each site in a map.
type history struct {
	f *fleet

	mu     sync.Mutex
	writes map[string][]historyWrite // by site
	loads  []historyLoad
	newest map[string]uint64 // the newest version that was answered, by site
}

type historyWrite struct {
	op     backend.Op
	answer backend.Answer
}

// A historyLoad is a Snapshot, and the newest version known before the call.
type historyLoad struct {
	backend.Snapshot
	since uint64
}

func newHistory(f *fleet) *history {
	return &history{f: f, writes: map[string][]historyWrite{}, newest: map[string]uint64{}}
}

func (h *history) write(b backend.Shared, site string, o backend.Op) {
	answers := b.Apply(h.f.Context(), []backend.Batch{{Site: site, Ops: []backend.Op{o}}})
	if len(answers) != 1 || answers[0].Err != nil {
		h.f.Errorf("Apply = %v, want one Answer without an error", answers)
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.writes[site] = append(h.writes[site], historyWrite{o, answers[0]})
	h.newest[site] = max(h.newest[site], answers[0].Version)
}

func (h *history) load(b backend.Shared, site string) uint64 {
	h.mu.Lock()
	since := h.newest[site]
	h.mu.Unlock()
	s, err := b.LoadSite(h.f.Context(), site, 0)
	if err != nil {
		h.f.Errorf("LoadSite = %v", err)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.loads = append(h.loads, historyLoad{s, since})
	h.newest[site] = max(h.newest[site], s.Version)
	return s.Version
}

// someDrop returns the Drop of a put that was made before, or o without one.
func (h *history) someDrop(site string, r *rand.Rand, o backend.Op) backend.Op {
	h.mu.Lock()
	defer h.mu.Unlock()
	if n := len(h.writes[site]); n > 0 {
		if w := h.writes[site][r.IntN(n)].op; !w.Delete && !w.Drop {
			return drop(w.Record)
		}
	}
	return o
}

// check replays the Events. last are the final versions of the sites.
func (h *history) check(events []backend.Event, last map[string]uint64) {
	type state = map[store.Key]backend.Record
	states := map[string]map[uint64]state{} // by site and version
	current, version := map[string]state{}, map[string]uint64{}
	seen := map[string]map[backend.Stamp]uint64{} // the versions that puts led to
	for _, e := range events {
		if e.Before != version[e.Site] || e.Version <= e.Before {
			h.f.Errorf("an Event of %s goes from version %d to %d; the last one was %d", e.Site, e.Before, e.Version, version[e.Site])
		}
		if len(e.Ops) == 0 {
			h.f.Errorf("an Event of %s has no Ops", e.Site)
		}
		next := state{}
		for k, r := range current[e.Site] {
			next[k] = r
		}
		for _, o := range e.Ops {
			was, there := next[o.Key()]
			switch {
			case o.Drop && (!there || was.Stamp != o.Stamp):
				h.f.Errorf("%v of %s was dropped with the Stamp %v; it had %v", o.Key(), e.Site, o.Stamp, was.Stamp)
			case there && !o.Drop && o.Stamp.Compare(was.Stamp) <= 0:
				h.f.Errorf("%v of %s changes from the Stamp %v to %v, which is no newer", o.Key(), e.Site, was.Stamp, o.Stamp)
			}
			if o.Delete || o.Drop {
				delete(next, o.Key())
			} else {
				next[o.Key()] = o.Record
				if seen[e.Site] == nil {
					seen[e.Site] = map[backend.Stamp]uint64{}
				}
				seen[e.Site][o.Stamp] = e.Version
			}
		}
		current[e.Site], version[e.Site] = next, e.Version
		if states[e.Site] == nil {
			states[e.Site] = map[uint64]state{}
		}
		states[e.Site][e.Version] = next
	}
	for _, l := range h.loads {
		if l.Version < l.since {
			h.f.Errorf("%s is loaded in version %d, after version %d was answered", l.Site, l.Version, l.since)
		}
		want := states[l.Site][l.Version]
		same := len(want) == len(l.Records)
		for _, r := range l.Records {
			w, ok := want[r.Cookie.Key()]
			same = same && ok && differ(w, r) == ""
		}
		if !same {
			h.f.Errorf("version %d of %s is loaded with %d records that are not those of the Events, %d", l.Version, l.Site, len(l.Records), len(want))
		}
	}
	for site, writes := range h.writes {
		for _, w := range writes {
			if o := w.op; !o.Delete && !o.Drop && len(w.answer.Newer) == 0 && seen[site][o.Stamp] != w.answer.Version {
				h.f.Errorf("a put to %s was answered with version %d, and no Event of that version has it", site, w.answer.Version)
			}
		}
	}
	for site, final := range last {
		if version[site] != final {
			h.f.Errorf("the last Event of %s has version %d, the site %d", site, version[site], final)
		}
		h.checkWinners(site, current[site])
	}
}

// checkWinners checks that a site ends with the newest write of each cookie.
func (h *history) checkWinners(site string, final map[store.Key]backend.Record) {
	newest := map[store.Key]backend.Op{}
	dropped := map[backend.Stamp]bool{}
	for _, w := range h.writes[site] {
		if w.op.Drop {
			dropped[w.op.Stamp] = true
			continue
		}
		if o, ok := newest[w.op.Key()]; !ok || w.op.Stamp.Compare(o.Stamp) > 0 {
			newest[w.op.Key()] = w.op
		}
		for _, n := range w.answer.Newer {
			if n.Stamp.Compare(w.op.Stamp) <= 0 {
				h.f.Errorf("a write of %v with the Stamp %v lost against %v, which is no newer", w.op.Key(), w.op.Stamp, n.Stamp)
			}
		}
	}
	for k, o := range newest {
		r, there := final[k]
		switch {
		case o.Delete && there:
			h.f.Errorf("%v of %s is there with the Stamp %v, although it was deleted with %v", k, site, r.Stamp, o.Stamp)
		case !o.Delete && !there && !dropped[o.Stamp]:
			h.f.Errorf("%v of %s is not there, although the newest write, %v, is a put", k, site, o.Stamp)
		case there && r.Stamp != o.Stamp:
			h.f.Errorf("%v of %s has the Stamp %v, want the newest, %v", k, site, r.Stamp, o.Stamp)
		}
	}
}
