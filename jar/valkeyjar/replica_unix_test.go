//go:build unix

package valkeyjar_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"uacookie/jar"
	"uacookie/jar/backend"
	"uacookie/jar/durable"
	"uacookie/jar/store"
	"uacookie/jar/valkeyjar"
)

// A front is an address that leads to one server after another, as a virtual address or a proxy
// does for a master and its replicas.
type front struct {
	l      net.Listener
	server atomic.Pointer[string]
}

func newFront(t *testing.T, server string) *front {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	f := &front{l: l}
	f.server.Store(&server)
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			in, err := l.Accept()
			if err != nil {
				return
			}
			go f.serve(in)
		}
	}()
	return f
}

func (f *front) serve(in net.Conn) {
	defer in.Close()
	out, err := net.Dial("tcp", *f.server.Load())
	if err != nil {
		return
	}
	defer out.Close()
	go func() {
		_, _ = io.Copy(out, in)
		_ = out.Close()
	}()
	_, _ = io.Copy(in, out)
}

// A master without a cluster is cut off from its replica and killed, and the replica takes its
// address. With WAIT no acknowledged change is lost; without, some are. A worker goes on with
// the replica, and has what that has.
func TestReplica(t *testing.T) {
	master := startServer(t)
	host, port, _ := net.SplitHostPort(master.addr)
	replica := startServer(t, "--replicaof", host+" "+port, "--repl-diskless-sync-delay", "0")
	replica.await("MASTER <-> REPLICA sync: Finished with success")
	f := newFront(t, master.addr)
	server := "redis://" + f.l.Addr().String()
	changed := make(chan jar.Change, 10_000)
	worker := share(t, server, durable.Options{Failed: func(error) {}, Jar: &jar.Options{Changed: func(c jar.Change) { changed <- c }}})
	loses(t, server, func(prefix string) string { return prefix + ".test" }, master, replica, func() {
		client := replica.client()
		if err := client.Do(t.Context(), client.B().Arbitrary("REPLICAOF", "NO", "ONE").Build()).Error(); err != nil {
			t.Fatal(err)
		}
		f.server.Store(&replica.addr)
	})
	other := share(t, server, durable.Options{})
	request := &jar.Request{URL: &url.URL{Scheme: "https", Host: "example.com", Path: "/"}}
	if _, err := other.Receive(t.Context(), request, []string{"sid=1"}); err != nil {
		t.Fatal(err)
	}
	if err := other.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	if c := next(t, changed); c.Cookie.Name != "sid" {
		t.Errorf("the worker has %v", c.Cookie)
	}
	if got := worker.Header(request); got != "sid=1" {
		t.Errorf("the worker sends %q after the failover", got)
	}
}

// A writing is a connection, the site that it writes, and what was acknowledged.
type writing struct {
	b     *valkeyjar.Backend
	site  string
	acked map[string]bool
}

// load returns the site, once the new master answers.
func (w *writing) load(t *testing.T) backend.Snapshot {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	for {
		s, err := w.b.LoadSite(ctx, w.site, 0)
		if err == nil {
			return s
		}
		if ctx.Err() != nil {
			t.Fatalf("the new master does not answer: %v", err)
		}
	}
}

// loses writes through a worker that waits for a replica and through one that does not, cuts
// the replica off, writes more, and kills the master. takeOver returns when the replica is the
// master. Of what was acknowledged, the first worker loses nothing, and the second something.
func loses(t *testing.T, server string, site func(prefix string) string, master, replica *server, takeOver func()) {
	writes := 2000
	if testing.Short() {
		writes = 200
	}
	workers := []*writing{
		{open(t, server, valkeyjar.Options{Prefix: "waits", Replicas: 1, ReplicaTimeout: 50 * time.Millisecond}), site("waits"), map[string]bool{}},
		{open(t, server, valkeyjar.Options{Prefix: "careless"}), site("careless"), map[string]bool{}},
	}
	write := func(w *writing, name string) {
		timed, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		defer cancel()
		now, err := w.b.Now(timed)
		if err != nil {
			return
		}
		r := backend.Record{Stamp: backend.Stamp{Time: uint64(now.UnixMicro())}, Cookie: store.Cookie{
			Name: name, Domain: w.site, Path: "/", Created: now, LastAccess: now,
		}}
		if w.b.Apply(timed, []backend.Batch{{Site: w.site, Ops: []backend.Op{{Record: r}}}})[0].Err == nil {
			w.acked[name] = true
		}
	}
	var group sync.WaitGroup
	for _, w := range workers {
		group.Go(func() {
			for i := range writes {
				write(w, fmt.Sprint("n", i))
			}
		})
	}
	group.Wait()
	// The replica hears nothing any more. What is written now only the master has.
	replica.pause()
	client := master.client()
	if err := client.Do(t.Context(), client.B().Arbitrary("CLIENT", "KILL", "TYPE", "replica").Build()).Error(); err != nil {
		t.Fatal(err)
	}
	for i := range 20 {
		for _, w := range workers {
			write(w, fmt.Sprint("late", i))
		}
	}
	for _, w := range workers {
		if n := len(w.acked); n < writes*9/10 {
			t.Errorf("only %d of %d writes were acknowledged", n, writes)
		}
	}
	master.kill()
	replica.resume()
	takeOver()
	for i, name := range []string{"with WAIT", "without WAIT"} {
		w := workers[i]
		acked := len(w.acked)
		for _, r := range w.load(t).Records {
			delete(w.acked, r.Cookie.Name)
		}
		lost := len(w.acked)
		t.Logf("%s, of %d acknowledged changes %d are lost", name, acked, lost)
		if (lost > 0) != (i == 1) {
			t.Errorf("%s, of %d acknowledged changes %d are lost", name, acked, lost)
		}
	}
}
