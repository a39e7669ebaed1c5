//go:build unix

package valkeyjar_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"uacookie/jar"
	"uacookie/jar/backend"
	"uacookie/jar/durable"
	"uacookie/jar/valkeyjar"
)

// The test binary is also a worker of a history, if this is set to the server's URL.
const workerEnv = "VALKEYJAR_WORKER"

func TestMain(m *testing.M) {
	if server := os.Getenv(workerEnv); server != "" {
		if err := work(server); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

const (
	historySites   = 4
	historyCookies = 5 // of each site
)

func historySite(n int) string { return fmt.Sprintf("site%d.example", n) }

// A noted is an Op that a worker sent, or what it was answered, or a read.
type noted struct {
	Site, Name, Value string
	Stamp             backend.Stamp
	Delete, Drop      bool
	Expires           int64 // seconds since 1970 by the server's clock; zero for never
	Acked             bool
	At                int64 // when it was sent or answered, or the read began, in nanoseconds since 1970

	Read bool // what a worker has: Value is a Cookie header
	by   int  // the number of the worker
}

// A notebook is a Shared that writes down what it sends, before, and what was answered. It
// survives kill -9.
type notebook struct {
	*valkeyjar.Backend
	mu    sync.Mutex
	file  *os.File
	acked chan struct{} // a token for each write that was acknowledged, if there is room
}

func (n *notebook) write(e noted) {
	if e.At == 0 {
		e.At = time.Now().UnixNano()
	}
	line, err := json.Marshal(e)
	if err != nil {
		panic(err)
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if _, err := n.file.Write(append(line, '\n')); err != nil {
		panic(err)
	}
}

func (n *notebook) note(site string, o *backend.Op, acked bool) {
	if o.Touch {
		return
	}
	e := noted{Site: site, Name: o.Cookie.Name, Value: o.Cookie.Value, Stamp: o.Stamp, Delete: o.Delete, Drop: o.Drop, Acked: acked}
	if o.Cookie.Persistent() {
		e.Expires = o.Cookie.Expires.Unix()
	}
	n.write(e)
	if acked {
		select {
		case n.acked <- struct{}{}:
		default:
		}
	}
}

func (n *notebook) Apply(ctx context.Context, batches []backend.Batch) []backend.Answer {
	for i := range batches {
		for j := range batches[i].Ops {
			n.note(batches[i].Site, &batches[i].Ops[j], false)
		}
	}
	answers := n.Backend.Apply(ctx, batches)
	for i, a := range answers {
		if a.Err != nil {
			continue
		}
		for j := range batches[i].Ops {
			o := batches[i].Ops[j]
			lost := slices.IndexFunc(a.Newer, func(w backend.Op) bool { return w.Key() == o.Key() })
			if lost >= 0 {
				o = a.Newer[lost] // it lost, or its Stamp was cut
			}
			n.note(batches[i].Site, &o, true)
		}
	}
	return answers
}

// A hand is a worker of a history: the program of its process.
type hand struct {
	*durable.Jar
	notes   *notebook
	lossy   *lossy
	changed chan struct{} // says that the jar has changed; holds one
	failed  chan struct{} // says that the backend has failed; holds one
	now     func() time.Time
}

func hold(c chan struct{}) func() {
	return func() {
		select {
		case c <- struct{}{}:
		default:
		}
	}
}

func work(server string) error {
	seed, err := strconv.ParseUint(os.Getenv(workerEnv+"_SEED"), 10, 64)
	if err != nil {
		return err
	}
	skew, err := time.ParseDuration(os.Getenv(workerEnv + "_SKEW"))
	if err != nil {
		return err
	}
	h := &hand{changed: make(chan struct{}, 1), failed: make(chan struct{}, 1), now: func() time.Time { return time.Now().Add(skew) }}
	if h.lossy, err = newLossy(strings.TrimPrefix(server, "redis://")); err != nil {
		return err
	}
	ctx := context.Background()
	b, err := valkeyjar.Open(ctx, "redis://"+h.lossy.addr(), nil)
	if err != nil {
		return err
	}
	file, err := os.OpenFile(os.Getenv(workerEnv+"_NOTES"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	h.notes = &notebook{Backend: b, file: file, acked: make(chan struct{}, 1000)}
	changed, failed := hold(h.changed), hold(h.failed)
	o := &durable.Options{
		Jar:    &jar.Options{Now: h.now, Changed: func(jar.Change) { changed() }},
		Failed: func(error) { failed() }, // the server goes away
	}
	if os.Getenv(workerEnv+"_DEMAND") != "" {
		o.OnDemand, o.Hot = true, 10
	}
	if h.Jar, err = durable.OpenShared(ctx, h.notes, o); err != nil {
		return err
	}
	fmt.Println("ready")
	var busy sync.WaitGroup
	stop := make(chan struct{})
	busy.Go(func() { h.scribble(ctx, rand.New(rand.NewPCG(seed, 23)), stop) })
	busy.Go(func() { h.look(ctx, rand.New(rand.NewPCG(seed, 24)), stop) })
	for in := bufio.NewScanner(os.Stdin); in.Scan(); {
		command, rest, _ := strings.Cut(in.Text(), " ")
		n, _ := strconv.Atoi(rest)
		switch command {
		case "work": // until n more writes were acknowledged
			for len(h.notes.acked) > 0 {
				<-h.notes.acked
			}
			for range n {
				<-h.notes.acked
			}
			fmt.Println("worked")
		case "lose": // n messages
			h.lossy.lose.Store(int64(n))
			fmt.Println("losing")
		case "fail": // until the backend fails
			<-h.failed
			fmt.Println("failed")
		case "hope": // what failed before does not count
			select {
			case <-h.failed:
			default:
			}
			fmt.Println("hoping")
		case "stop":
			close(stop)
			busy.Wait()
			timed, cancel := context.WithTimeout(ctx, 20*time.Second)
			err := h.Flush(timed)
			cancel()
			if err != nil {
				return err
			}
			fmt.Println("stopped")
		case "await": // until the jar has this view, for five seconds
			fmt.Println(h.await(ctx, rest))
		}
	}
	return nil
}

// await waits for five seconds until the jar has a view, and returns "same", or what it has
// instead.
func (h *hand) await(ctx context.Context, want string) string {
	timed, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	for {
		view, err := h.view(timed)
		if err != nil {
			return err.Error()
		}
		if view == want {
			return "same"
		}
		select {
		case <-h.changed:
		case <-timed.Done():
			return view
		}
	}
}

// view returns what the jar has, site by site: on demand, it has more cookies than may be in
// memory at once.
func (h *hand) view(ctx context.Context) (string, error) {
	var views []string
	for n := range historySites {
		site := historySite(n)
		if err := h.Load(ctx, &url.URL{Host: site}); err != nil {
			return "", err
		}
		view := viewOf(func(yield func(jar.Cookie) bool) {
			for c := range h.All() {
				if c.Domain == site && !yield(c) {
					return
				}
			}
		}, h.now())
		if view != "" {
			views = append(views, view)
		}
	}
	return strings.Join(views, ";"), nil
}

// viewOf returns what cookies there are, except for those that expire within an hour.
func viewOf(all iter.Seq[jar.Cookie], now time.Time) string {
	var view []string
	for c := range all {
		if c.Expires.Sub(now) > time.Hour {
			view = append(view, c.Domain+" "+c.Name+"="+c.Value)
		}
	}
	slices.Sort(view)
	return strings.Join(view, ";")
}

// The rates at which each worker writes and reads.
const (
	writeEvery = 5 * time.Millisecond
	readEvery  = time.Millisecond
)

// scribble sets and deletes cookies.
func (h *hand) scribble(ctx context.Context, r *rand.Rand, stop chan struct{}) {
	rate := time.NewTicker(writeEvery)
	defer rate.Stop()
	for n := 0; ; n++ {
		select {
		case <-stop:
			return
		case <-rate.C:
		}
		host := historySite(r.IntN(historySites))
		line := fmt.Sprintf("c%d=%d-%d; Max-Age=", r.IntN(historyCookies), os.Getpid(), n)
		switch r.IntN(6) {
		case 0:
			line += "0"
		case 1:
			line += "2"
		default:
			line += "86400"
		}
		request := &jar.Request{URL: &url.URL{Scheme: "https", Host: host, Path: "/"}}
		timed, cancel := context.WithTimeout(ctx, time.Second) // the server may be away
		if _, err := h.Receive(timed, request, []string{line}); err == nil && r.IntN(3) == 0 {
			_ = h.Flush(timed)
		}
		cancel()
	}
}

// look reads, and notes what it has read.
func (h *hand) look(ctx context.Context, r *rand.Rand, stop chan struct{}) {
	rate := time.NewTicker(readEvery)
	defer rate.Stop()
	var header string
	transport := &durable.Transport{Jar: h.Jar, Base: tripper(func(r *http.Request) (*http.Response, error) {
		header = r.Header.Get("Cookie")
		return &http.Response{StatusCode: http.StatusNoContent, Header: http.Header{}, Body: http.NoBody, Request: r}, nil
	})}
	for {
		select {
		case <-stop:
			return
		case <-rate.C:
		}
		site := historySite(r.IntN(historySites))
		timed, cancel := context.WithTimeout(ctx, time.Second)
		request, err := http.NewRequestWithContext(timed, http.MethodGet, "https://"+site+"/", nil)
		if err != nil {
			panic(err)
		}
		began := time.Now()
		resp, err := transport.RoundTrip(request)
		cancel()
		if err != nil {
			continue // a read that fails is not stale
		}
		_ = resp.Body.Close()
		h.notes.write(noted{Site: site, Read: true, Value: header, At: began.UnixNano()})
	}
}

// A tripper is an http.RoundTripper.
type tripper func(*http.Request) (*http.Response, error)

func (f tripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
