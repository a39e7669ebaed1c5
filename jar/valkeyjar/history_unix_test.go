//go:build unix

package valkeyjar_test

import (
	"bufio"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"testing"
	"time"

	"uacookie/jar"
	"uacookie/jar/backend"
	"uacookie/jar/valkeyjar"
)

// A worker is a process.
type worker struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Scanner
}

// A drama is four workers, their server, and what befalls them.
type drama struct {
	*testing.T
	s       *server
	r       *rand.Rand
	workers []*worker
	started int
	notes   string // a folder

	happened map[string]int // how often there was a fault
}

var skews = []string{"0s", "1h", "-1h", "8760h"}

func (d *drama) start(i int) {
	d.Helper()
	exe, err := os.Executable()
	if err != nil {
		d.Fatal(err)
	}
	w := &worker{cmd: exec.Command(exe)}
	d.started++
	w.cmd.Env = append(os.Environ(), workerEnv+"="+d.s.url(), fmt.Sprintf("%s_SEED=%d", workerEnv, d.r.Uint64()),
		workerEnv+"_SKEW="+skews[i], workerEnv+"_DEMAND="+[]string{"", "yes"}[i%2], fmt.Sprintf("%s_NOTES=%s", workerEnv, filepath.Join(d.notes, fmt.Sprint(d.started))))
	w.cmd.Stderr = os.Stderr
	out, err := w.cmd.StdoutPipe()
	if err != nil {
		d.Fatal(err)
	}
	if w.in, err = w.cmd.StdinPipe(); err != nil {
		d.Fatal(err)
	}
	if err := w.cmd.Start(); err != nil {
		d.Fatal(err)
	}
	w.out = bufio.NewScanner(out)
	d.workers[i] = w
	d.expect(w, "ready")
}

func (d *drama) kill(i int) {
	_ = d.workers[i].cmd.Process.Kill()
	_ = d.workers[i].cmd.Wait()
}

// ask sends a command to a worker and returns its answer.
func (d *drama) ask(w *worker, command string) string {
	d.Helper()
	if _, err := fmt.Fprintln(w.in, command); err != nil {
		d.Fatal(err)
	}
	return d.line(w)
}

func (d *drama) line(w *worker) string {
	d.Helper()
	if !w.out.Scan() {
		d.Fatalf("a worker has ended: %v", w.out.Err())
	}
	return w.out.Text()
}

func (d *drama) expect(w *worker, want string) {
	d.Helper()
	if got := d.line(w); got != want {
		d.Fatalf("a worker says %q, want %q", got, want)
	}
}

// Four processes with clocks that are off write the same twenty cookies. First nothing else
// happens; then workers and the server are killed, connections cut, messages lost and logs
// trimmed. Nobody opens a jar again, but those killed. No acknowledged write is lost to an older
// one, five seconds after the last fault all have the same view, and few reads are stale for
// long.
func TestProcesses(t *testing.T) {
	long := 3 * time.Second
	if soak() {
		long = 30 * time.Second
	}
	for _, tt := range []struct {
		name   string
		faults bool
		p99    time.Duration
	}{{"calm", false, 5 * time.Millisecond}, {"faults", true, 100 * time.Millisecond}} {
		t.Run(tt.name, func(t *testing.T) {
			seed := rand.Uint64()
			t.Logf("seed %d", seed)
			d := &drama{
				T: t, s: startServer(t, "--appendfsync", "always"), r: rand.New(rand.NewPCG(seed, 23)),
				workers: make([]*worker, len(skews)), notes: t.TempDir(), happened: map[string]int{},
			}
			for i := range d.workers {
				d.start(i)
			}
			defer func() {
				for i := range d.workers {
					d.kill(i)
				}
			}()
			for end := time.Now().Add(long); time.Now().Before(end); {
				d.ask(d.any(), "work 60") // so that there is something to disturb
				if tt.faults {
					d.disturb()
				}
			}
			for _, w := range d.workers {
				if got := d.ask(w, "stop"); got != "stopped" {
					t.Fatalf("a worker says %q", got)
				}
			}
			d.agree()
			h := readNotes(d.T, d.notes)
			d.check(h)
			stale, reads := h.staleness()
			p99 := stale[len(stale)*99/100]
			t.Logf("%d acknowledged writes and %d reads of %d workers; faults: %v", h.acks, reads, d.started, d.happened)
			t.Logf("stale reads: p99 %v, p99.9 %v, longest %v; %d cookies that were read were stale", p99, stale[len(stale)*999/1000], stale[len(stale)-1],
				len(stale)-sort.Search(len(stale), func(i int) bool { return stale[i] > 0 }))
			if soak() && p99 > tt.p99 {
				t.Errorf("the p99 of stale reads is %v, want at most %v", p99, tt.p99)
			}
		})
	}
}

func (d *drama) any() *worker { return d.workers[d.r.IntN(len(d.workers))] }

// disturb does one thing that must do no harm.
func (d *drama) disturb() {
	d.Helper()
	client := d.s.client()
	command := func(words ...string) {
		_ = client.Do(d.Context(), client.B().Arbitrary(words...).Build()).Error() // its own connection is cut, too
	}
	what := []string{"a worker killed", "the server killed", "watching cut", "all cut", "logs trimmed", "messages lost"}[d.r.IntN(6)]
	d.happened[what]++
	switch what {
	case "a worker killed":
		i := d.r.IntN(len(d.workers))
		d.kill(i)
		d.start(i)
	case "the server killed":
		w := d.any()
		d.ask(w, "hope")
		d.s.kill()
		d.ask(w, "fail") // it has noticed
		d.s.start()
	case "watching cut":
		command("CLIENT", "KILL", "TYPE", "pubsub")
	case "all cut":
		command("CLIENT", "KILL", "TYPE", "pubsub")
		command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
	case "logs trimmed":
		for shard := range 256 {
			command("DEL", fmt.Sprintf("uacookie{%02x}log", shard))
		}
		command("CLIENT", "KILL", "TYPE", "pubsub")
	case "messages lost":
		d.ask(d.any(), fmt.Sprintf("lose %d", 1+d.r.IntN(5)))
	}
}

// agree fails the test unless within five seconds all workers have what the server has.
func (d *drama) agree() {
	d.Helper()
	b := open(d.T, d.s.url(), valkeyjar.Options{})
	now, err := b.Now(d.Context())
	if err != nil {
		d.Fatal(err)
	}
	want := viewOf(func(yield func(jar.Cookie) bool) {
		for site := range historySites {
			s, err := b.LoadSite(d.Context(), historySite(site), 0)
			if err != nil || len(s.Broken) > 0 {
				d.Fatalf("LoadSite = %v, broken %v", err, s.Broken)
			}
			for _, r := range s.Records {
				_ = yield(r.Cookie)
			}
		}
	}, now)
	if want == "" {
		d.Error("the server has no cookies")
	}
	for _, w := range d.workers {
		if _, err := fmt.Fprintln(w.in, "await "+want); err != nil {
			d.Fatal(err)
		}
	}
	for i, w := range d.workers {
		if got := d.line(w); got != "same" {
			d.Errorf("five seconds after the last fault, worker %d has\n%s\nwant\n%s", i, got, want)
		}
	}
}

type cookieKey struct{ site, name string }

// A record of what the workers did.
type history struct {
	acked map[cookieKey][]noted // puts and Deletes, by Stamp
	tried map[cookieKey][]noted // these, and Drops, when they were sent
	reads []noted
	acks  int
}

func readNotes(t *testing.T, dir string) *history {
	t.Helper()
	h := &history{acked: map[cookieKey][]noted{}, tried: map[cookieKey][]noted{}}
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	for by, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(data)) {
			var n noted
			if json.Unmarshal([]byte(line), &n) != nil {
				continue // the worker was killed while it wrote that
			}
			k := cookieKey{n.Site, n.Name}
			n.by = by
			switch {
			case n.Read:
				h.reads = append(h.reads, n)
				continue
			case n.Acked && !n.Drop:
				h.acks++
				h.acked[k] = append(h.acked[k], n)
			}
			h.tried[k] = append(h.tried[k], n)
		}
	}
	for _, all := range h.acked {
		slices.SortFunc(all, func(a, b noted) int {
			if c := a.Stamp.Compare(b.Stamp); c != 0 {
				return c
			}
			return cmp.Compare(a.At, b.At)
		})
	}
	return h
}

// staleness returns how long ago the first write was acknowledged that a read does not show,
// for each read and each cookie, sorted, and the number of reads.
func (h *history) staleness() (all []time.Duration, reads int) {
	values := map[cookieKey]map[string]backend.Stamp{}
	for k, tried := range h.tried {
		values[k] = map[string]backend.Stamp{}
		for _, n := range tried {
			if s := values[k][n.Value]; !n.Delete && !n.Drop && n.Stamp.Compare(s) > 0 {
				values[k][n.Value] = n.Stamp
			}
		}
	}
	for _, r := range h.reads {
		has := map[string]string{}
		for pair := range strings.SplitSeq(r.Value, "; ") {
			name, value, _ := strings.Cut(pair, "=")
			has[name] = value
		}
		for i := range historyCookies {
			k := cookieKey{r.Site, fmt.Sprint("c", i)}
			value, there := has[k.name]
			stamp, written := values[k][value]
			var since int64
			switch {
			case there && !written: // the worker has not sent it yet: nothing is newer
			case there:
				since = h.newer(k, stamp, r.At)
			default:
				since = h.missing(k, &r)
			}
			stale := time.Duration(0)
			if since != 0 {
				stale = time.Duration(r.At - since)
			}
			all = append(all, stale)
		}
	}
	slices.Sort(all)
	return all, len(h.reads)
}

// newer returns when the first write newer than a Stamp was acknowledged, zero if none was
// before a time.
func (h *history) newer(k cookieKey, s backend.Stamp, at int64) (first int64) {
	acked := h.acked[k]
	from := sort.Search(len(acked), func(i int) bool { return acked[i].Stamp.Compare(s) > 0 })
	for _, n := range acked[from:] {
		if n.At < at && (first == 0 || n.At < first) {
			first = n.At
		}
	}
	return first
}

// missing returns since when a cookie should be there that a read does not have, and zero if
// it need not be: it was deleted or has expired, perhaps without an answer, or by a write of
// this worker that is not sent yet.
func (h *history) missing(k cookieKey, r *noted) (since int64) {
	gone := func(n *noted) bool { return n.Delete || n.Expires != 0 && n.Expires <= r.At/1e9+2 }
	for _, n := range slices.Backward(h.acked[k]) {
		if n.At >= r.At {
			continue
		}
		if gone(&n) {
			return since
		}
		for i := range h.tried[k] {
			o := &h.tried[k][i]
			if (o.At < r.At || o.by == r.by) && (gone(o) && o.Stamp.Compare(n.Stamp) > 0 || o.Drop && o.Stamp == n.Stamp) {
				return since
			}
		}
		if since == 0 || n.At < since {
			since = n.At
		}
	}
	return since
}

// check checks that each cookie is in the state of its newest acknowledged write, or of a
// newer one that was not acknowledged.
func (d *drama) check(h *history) {
	b := open(d.T, d.s.url(), valkeyjar.Options{})
	now, err := b.Now(d.Context())
	if err != nil {
		d.Fatal(err)
	}
	final := map[cookieKey]backend.Record{}
	for site := range historySites {
		s, err := b.LoadSite(d.Context(), historySite(site), 0)
		if err != nil || len(s.Broken) > 0 {
			d.Fatalf("LoadSite = %v, broken %v", err, s.Broken)
		}
		for _, r := range s.Records {
			final[cookieKey{s.Site, r.Cookie.Name}] = r
		}
	}
	for k, acked := range h.acked {
		newest := acked[len(acked)-1]
		r, there := final[k]
		switch {
		case there && r.Stamp.Compare(newest.Stamp) < 0:
			d.Errorf("%v has the Stamp %v, older than an acknowledged write, %v", k, r.Stamp, newest.Stamp)
		case there && r.Stamp == newest.Stamp && (newest.Delete || r.Cookie.Value != newest.Value):
			d.Errorf("%v has the value %q, the acknowledged write of its Stamp %q", k, r.Cookie.Value, newest.Value)
		case !there && !newest.Delete && (newest.Expires == 0 || newest.Expires > now.Unix()+1):
			// Somebody deleted it, or wrote one that has expired, without an answer.
			if !slices.ContainsFunc(h.tried[k], func(n noted) bool {
				return n.Stamp.Compare(newest.Stamp) > 0 || n.Drop && n.Stamp == newest.Stamp
			}) {
				d.Errorf("%v is not there, although the newest acknowledged write, %v, is a put", k, newest.Stamp)
			}
		}
	}
}
