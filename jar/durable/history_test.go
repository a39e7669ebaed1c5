package durable_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/url"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"uacookie/jar"
	"uacookie/jar/backend"
	"uacookie/jar/backend/backendtest"
	"uacookie/jar/durable"
)

// A write is something that a worker did to a cookie, and when by the server's clock.
type write struct {
	at      time.Time
	host    string
	name    string
	value   string // "" for a logout
	expires time.Time
	flushed bool
}

// Four workers write the same cookies while connections are cut, changes get lost,
// tombstones are trimmed and clocks are wrong. In the end all see the same cookies, and of
// each cookie the newest write that was flushed, or a newer one. No logout is undone.
//
// One step takes a second at least, so that the order of the writes is known to the test.
func TestHistory(t *testing.T) {
	for seed := range uint64(60) {
		t.Run(fmt.Sprint("seed=", seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { history(t, rand.New(rand.NewPCG(seed, 22)), seed == 0) })
		})
		if t.Failed() {
			return
		}
	}
}

// Clocks of the workers of a history.
var skews = []time.Duration{0, time.Hour, -time.Hour, 365 * 24 * time.Hour, -365 * 24 * time.Hour}

func history(t *testing.T, r *rand.Rand, long bool) {
	s := new(backendtest.Server)
	var workers []*worker
	for i := range 4 {
		skew := skews[r.IntN(len(skews))]
		o := &durable.Options{OnDemand: i%2 == 1, Jar: &jar.Options{Now: func() time.Time { return time.Now().Add(skew) }}}
		if i == 3 {
			o.Hot = 4
		}
		workers = append(workers, join(t, s, o))
	}
	hosts := []string{"one.example", "two.example", "www.two.example"}
	writes := map[string][]*write{}
	pending := map[*worker][]*write{}
	flush := func(w *worker) {
		if w.Flush(t.Context()) == nil {
			for _, p := range pending[w] {
				p.flushed = !w.superseded(p.host, p.name)
			}
			pending[w] = nil
		}
	}
	for range 150 {
		time.Sleep(time.Second + time.Duration(r.IntN(500))*time.Millisecond)
		w, host := workers[r.IntN(len(workers))], hosts[r.IntN(len(hosts))]
		switch n := r.IntN(20); {
		case n < 12:
			name := fmt.Sprint("c", r.IntN(3))
			p := &write{at: time.Now(), host: host, name: name}
			line := name + "=; Max-Age=0"
			switch r.IntN(4) {
			case 0:
			case 1:
				age := 5 + r.IntN(60)
				p.value, p.expires = fmt.Sprint(len(writes[host+name]), "short"), p.at.Add(time.Duration(age)*time.Second)
				line = fmt.Sprintf("%s=%s; Max-Age=%d", name, p.value, age)
			default:
				p.value = fmt.Sprint(len(writes[host+name]))
				p.expires = p.at.Add(300 * 24 * time.Hour)
				line = fmt.Sprintf("%s=%s; Max-Age=%d", name, p.value, 300*24*3600)
			}
			if w.Load(t.Context(), &url.URL{Host: host}) != nil {
				continue // the server is away: Receive would do nothing
			}
			had := hasCookie(w, host, name)
			verdicts, err := w.Receive(t.Context(), request(host), []string{line})
			if err != nil || !verdicts[0].OK() {
				t.Fatalf("Receive = %v, %v", verdicts, err)
			}
			if p.value == "" && !had {
				continue // there was nothing to delete: no write
			}
			writes[host+name] = append(writes[host+name], p)
			pending[w] = append(pending[w], p)
		case n < 15:
			flush(w)
		case n == 15:
			w.link.setDown(errDisk)
		case n == 16:
			w.link.setDown(nil)
		case n == 17:
			s.Hole(1 + r.IntN(3))
		case n == 18:
			if r.IntN(2) == 0 {
				s.Cut()
			} else {
				s.Restart()
			}
		case n == 19:
			s.Trim()
		}
	}
	if long {
		// One worker is cut off for longer than tombstones live. What it has not flushed
		// by then may be lost.
		for _, w := range workers {
			w.link.setDown(nil)
			flush(w)
		}
		workers[0].link.setDown(errDisk)
		workers[0].Jar.Jar.Receive(request(hosts[0]), []string{"away=1; Max-Age=31536000"})
		time.Sleep(backend.TombstoneLife + time.Hour)
	}
	s.Hole(0)
	for _, w := range workers {
		w.link.setDown(nil)
	}
	for range 2 {
		for _, w := range workers {
			flush(w)
		}
		for _, w := range workers {
			for _, host := range hosts {
				w.load(host)
			}
			w.sync()
		}
	}
	check(t, workers, hosts, writes)
	for _, w := range workers {
		mustClose(t, w.Jar)
	}
}

// superseded reports whether the worker was told that a cookie was deleted after it was
// set here.
func (w *worker) superseded(host, name string) bool {
	return slices.ContainsFunc(w.failed(), func(err error) bool {
		return errors.Is(err, durable.ErrSuperseded) && strings.Contains(err.Error(), fmt.Sprintf("%q for %s", name, host))
	})
}

func hasCookie(w *worker, host, name string) bool {
	for _, v := range w.Explain(request(host)) {
		if v.Cookie.Name == name && v.Cookie.Domain == host {
			return true
		}
	}
	return false
}

// check compares what the workers see with the writes.
func check(t *testing.T, workers []*worker, hosts []string, writes map[string][]*write) {
	for _, host := range hosts {
		view := view(workers[0], host)
		for i, w := range workers {
			w.load(host)
			if got := viewOf(w, host); !slices.Equal(got, view) {
				t.Errorf("worker %d sees %q of %s, worker 0 %q", i, got, host, view)
			}
		}
		for n := range 3 {
			name := fmt.Sprint("c", n)
			all := writes[host+name]
			newest := -1
			for i, p := range all {
				if p.flushed {
					newest = i
				}
			}
			if newest < 0 {
				continue
			}
			got := -1 // the write that is seen
			for i, p := range all {
				if p.value != "" && slices.Contains(view, name+"="+p.value) {
					got = i
				}
			}
			last := all[newest]
			gone := last.value == "" || !last.expires.After(time.Now())
			switch {
			case got < 0 && !gone && newest == len(all)-1:
				t.Errorf("%s of %s: write %d of %d, flushed, is lost", name, host, newest, len(all))
			case got >= 0 && got < newest:
				t.Errorf("%s of %s: all see write %d, although write %d of %d was flushed", name, host, got, newest, len(all))
			}
		}
	}
}

func view(w *worker, host string) []string {
	w.load(host)
	return viewOf(w, host)
}

// viewOf returns the cookies of a host that a worker has, sorted.
func viewOf(w *worker, host string) (all []string) {
	for c := range w.All() {
		if c.Domain == host {
			all = append(all, c.Name+"="+c.Value)
		}
	}
	slices.Sort(all)
	return all
}
