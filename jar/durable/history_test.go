package durable_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"uacookie/internal/testkit"
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
// tombstones are trimmed and clocks are wrong, or are set. In the end all see the same
// cookies, and of each cookie the newest write that was flushed, or a newer one. No logout
// is undone, not even by a worker that was cut off for longer than tombstones live.
//
// One step takes a second at least, so that the order of the writes is known to the test.
func TestHistory(t *testing.T) {
	for seed := range uint64(60) {
		// Some seconds each: a worker has something to do each minute.
		long := seed == 0 || seed%20 == 0 && !testing.Short()
		t.Run(fmt.Sprint("seed=", seed), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) { history(t, rand.New(rand.NewPCG(seed, 22)), long && !testkit.Race) })
		})
	}
}

// Clocks of the workers of a history.
var skews = []time.Duration{0, time.Hour, -time.Hour, 365 * 24 * time.Hour, -365 * 24 * time.Hour}

// A chronicle is what the workers of a history did.
type chronicle struct {
	t       *testing.T
	r       *rand.Rand
	writes  map[string][]*write // by host and name
	pending map[*worker][]*write
}

// write has a host set or delete a cookie, unless the server is away.
func (c *chronicle) write(w *worker, host string) {
	name := fmt.Sprint("c", c.r.IntN(3))
	p := &write{at: time.Now(), host: host, name: name}
	line := name + "=; Max-Age=0"
	switch c.r.IntN(4) {
	case 0:
	case 1:
		age := 5 + c.r.IntN(60)
		p.value, p.expires = fmt.Sprint(len(c.writes[host+name]), "short"), p.at.Add(time.Duration(age)*time.Second)
		line = fmt.Sprintf("%s=%s; Max-Age=%d", name, p.value, age)
	default:
		p.value = fmt.Sprint(len(c.writes[host+name]))
		p.expires = p.at.Add(300 * 24 * time.Hour)
		line = fmt.Sprintf("%s=%s; Max-Age=%d", name, p.value, 300*24*3600)
	}
	if w.Load(c.t.Context(), &url.URL{Host: host}) != nil {
		return // the server is away: Receive would do nothing
	}
	had := hasCookie(w, host, name)
	verdicts, err := w.Receive(c.t.Context(), request(host), []string{line})
	if err != nil || !verdicts[0].OK() {
		c.t.Fatalf("Receive = %v, %v", verdicts, err)
	}
	if p.value == "" && !had {
		return // there was nothing to delete: no write
	}
	c.writes[host+name] = append(c.writes[host+name], p)
	c.pending[w] = append(c.pending[w], p)
}

func (c *chronicle) flush(w *worker) {
	if w.Flush(c.t.Context()) == nil {
		for _, p := range c.pending[w] {
			p.flushed = !w.superseded(p.host, p.name)
		}
		c.pending[w] = nil
	}
}

func history(t *testing.T, r *rand.Rand, long bool) {
	s := new(backendtest.Server)
	var workers []*worker
	var clocks []*atomic.Int64 // how far they are off
	for i := range 4 {
		skew := new(atomic.Int64)
		skew.Store(int64(skews[r.IntN(len(skews))]))
		o := &durable.Options{OnDemand: i%2 == 1, Jar: &jar.Options{
			Now: func() time.Time { return time.Now().Add(time.Duration(skew.Load())) },
		}}
		if i == 3 {
			o.Hot = 4
		}
		workers, clocks = append(workers, join(t, s, o)), append(clocks, skew)
	}
	hosts := []string{"one.example", "two.example", "www.two.example"}
	c := &chronicle{t, r, map[string][]*write{}, map[*worker][]*write{}}
	for range 150 {
		time.Sleep(time.Second + time.Duration(r.IntN(500))*time.Millisecond)
		i := r.IntN(len(workers))
		w, host := workers[i], hosts[r.IntN(len(hosts))]
		switch n := r.IntN(40); {
		case n < 24:
			c.write(w, host)
		case n < 30:
			c.flush(w)
		case n < 32:
			w.link.setDown(errDisk)
		case n < 34:
			w.link.setDown(nil)
		case n < 36:
			s.Hole(1 + r.IntN(3))
		case n == 36:
			s.Cut()
		case n == 37:
			s.Restart()
		case n == 38:
			s.Trim()
		case w.link.failure() == nil:
			clocks[i].Store(int64(skews[r.IntN(len(skews))]))
			time.Sleep(2 * time.Minute) // it is noticed
		}
	}
	if long {
		for _, w := range workers {
			w.link.setDown(nil)
			c.flush(w)
		}
		for _, host := range hosts {
			workers[1].load(host)
		}
		workers[0].link.setDown(errDisk)
		workers[1].link.setDown(errDisk)
		for range 40 {
			time.Sleep(time.Second)
			c.write(workers[r.IntN(len(workers))], hosts[r.IntN(len(hosts))])
			c.flush(workers[2])
			c.flush(workers[3])
		}
		s.Trim()
		time.Sleep(backend.TombstoneLife + time.Hour)
		s.Restart()
	}
	s.Hole(0)
	for _, w := range workers {
		w.link.setDown(nil)
	}
	for range 2 {
		for _, w := range workers {
			c.flush(w)
		}
		for _, w := range workers {
			for _, host := range hosts {
				w.load(host)
			}
			w.sync()
		}
	}
	check(t, workers, hosts, c.writes)
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
