//go:build unix

package valkeyjar_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

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
		workerEnv+"_SKEW="+skews[i], fmt.Sprintf("%s_NOTES=%s", workerEnv, filepath.Join(d.notes, fmt.Sprint(d.started))))
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

// Four processes with clocks that are off write the same cookies, while workers and the
// server are killed, connections cut and logs trimmed. Nobody opens a jar again, but those
// killed. No acknowledged write is lost to an older one, and five seconds after the last
// fault all have the same view.
func TestProcesses(t *testing.T) {
	for_ := 5 * time.Second
	if os.Getenv("SOAK") != "" {
		for_ = 30 * time.Second
	}
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	d := &drama{
		T: t, s: startServer(t, "--appendfsync", "always"), r: rand.New(rand.NewPCG(seed, 23)),
		workers: make([]*worker, len(skews)), notes: t.TempDir(),
	}
	for i := range d.workers {
		d.start(i)
	}
	defer func() {
		for i := range d.workers {
			d.kill(i)
		}
	}()
	client := d.s.client()
	command := func(words ...string) {
		d.s.ready()
		_ = client.Do(t.Context(), client.B().Arbitrary(words...).Build()).Error() // its own connection is cut, too
	}
	for end := time.Now().Add(for_); time.Now().Before(end); {
		time.Sleep(time.Duration(100+d.r.IntN(400)) * time.Millisecond) // so that there is something to disturb
		switch d.r.IntN(5) {
		case 0:
			i := d.r.IntN(len(d.workers))
			d.kill(i)
			d.start(i)
		case 1:
			d.s.kill()
			time.Sleep(time.Duration(d.r.IntN(300)) * time.Millisecond)
			d.s.start()
		case 2:
			command("CLIENT", "KILL", "TYPE", "pubsub")
		case 3:
			command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
		case 4:
			for shard := range 256 {
				command("DEL", fmt.Sprintf("uacookie{%02x}log", shard))
			}
			command("CLIENT", "KILL", "TYPE", "pubsub")
		}
	}
	for _, w := range d.workers {
		if got := d.ask(w, "stop"); got != "stopped" {
			t.Fatalf("a worker says %q", got)
		}
	}
	d.agree()
	d.checkNotes()
}

// agree fails the test unless all workers have the same view within five seconds.
func (d *drama) agree() {
	d.Helper()
	for end := time.Now().Add(5 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		var views []string
		for _, w := range d.workers {
			views = append(views, d.ask(w, "view"))
		}
		if same := slices.Compact(slices.Clone(views)); len(same) == 1 {
			return
		}
		if time.Now().After(end) {
			d.Errorf("five seconds after the last fault, the views differ:\n%s", strings.Join(views, "\n"))
			return
		}
	}
}

// checkNotes checks that each cookie is in the state of its newest acknowledged write, or of a
// newer one that was not acknowledged.
func (d *drama) checkNotes() {
	type key struct{ site, name string }
	acked := map[key]noted{}
	tried := map[key][]noted{}
	files, err := filepath.Glob(filepath.Join(d.notes, "*"))
	if err != nil {
		d.Fatal(err)
	}
	writes := 0
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			d.Fatal(err)
		}
		for line := range strings.Lines(string(data)) {
			var n noted
			if json.Unmarshal([]byte(line), &n) != nil {
				continue // the worker was killed while it wrote that
			}
			k := key{n.Site, n.Name}
			tried[k] = append(tried[k], n)
			if n.Acked && !n.Drop {
				if writes++; n.Stamp.Compare(acked[k].Stamp) > 0 {
					acked[k] = n
				}
			}
		}
	}
	d.Logf("%d acknowledged writes of %d workers", writes, d.started)
	b := open(d.T, d.s.url(), valkeyjar.Options{})
	now, err := b.Now(d.Context())
	if err != nil {
		d.Fatal(err)
	}
	final := map[key]backend.Record{}
	for site := range historySites {
		s, err := b.LoadSite(d.Context(), historySite(site), 0)
		if err != nil || len(s.Broken) > 0 {
			d.Fatalf("LoadSite = %v, broken %v", err, s.Broken)
		}
		for _, r := range s.Records {
			final[key{s.Site, r.Cookie.Name}] = r
		}
	}
	for k, newest := range acked {
		r, there := final[k]
		switch {
		case there && r.Stamp.Compare(newest.Stamp) < 0:
			d.Errorf("%v has the Stamp %v, older than an acknowledged write, %v", k, r.Stamp, newest.Stamp)
		case there && r.Stamp == newest.Stamp && (newest.Delete || r.Cookie.Value != newest.Value):
			d.Errorf("%v has the value %q, the acknowledged write of its Stamp %q", k, r.Cookie.Value, newest.Value)
		case !there && !newest.Delete && (newest.Expires == 0 || newest.Expires > now.Unix()+1):
			// Somebody deleted it, or wrote one that has expired, without an answer.
			if !slices.ContainsFunc(tried[k], func(n noted) bool {
				return n.Stamp.Compare(newest.Stamp) > 0 || n.Drop && n.Stamp == newest.Stamp
			}) {
				d.Errorf("%v is not there, although the newest acknowledged write, %v, is a put", k, newest.Stamp)
			}
		}
	}
}
