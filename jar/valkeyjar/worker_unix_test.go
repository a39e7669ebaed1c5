//go:build unix

package valkeyjar_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
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

// A noted is an Op that a worker sent, or what it was answered.
type noted struct {
	Site, Name, Value string
	Stamp             backend.Stamp
	Delete, Drop      bool
	Expires           int64 // seconds since 1970 by the server's clock; zero for never
	Acked             bool
}

// A notebook is a Shared that writes down what it sends, before, and what was answered. It
// survives kill -9.
type notebook struct {
	*valkeyjar.Backend
	mu   sync.Mutex
	file *os.File
}

func (n *notebook) note(site string, o *backend.Op, acked bool) {
	if o.Touch {
		return
	}
	e := noted{Site: site, Name: o.Cookie.Name, Value: o.Cookie.Value, Stamp: o.Stamp, Delete: o.Delete, Drop: o.Drop, Acked: acked}
	if o.Cookie.Persistent() {
		e.Expires = o.Cookie.Expires.Unix()
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

// work is the program of a worker: it writes cookies at random until it reads "stop", and
// answers "view" with what it has.
func work(server string) error {
	seed, err := strconv.ParseUint(os.Getenv(workerEnv+"_SEED"), 10, 64)
	if err != nil {
		return err
	}
	skew, err := time.ParseDuration(os.Getenv(workerEnv + "_SKEW"))
	if err != nil {
		return err
	}
	ctx := context.Background()
	b, err := valkeyjar.Open(ctx, server, nil)
	if err != nil {
		return err
	}
	file, err := os.OpenFile(os.Getenv(workerEnv+"_NOTES"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	j, err := durable.OpenShared(ctx, &notebook{Backend: b, file: file}, &durable.Options{
		Jar:    &jar.Options{Now: func() time.Time { return time.Now().Add(skew) }},
		Failed: func(error) {}, // the server goes away
	})
	if err != nil {
		return err
	}
	fmt.Println("ready")
	var stopped sync.WaitGroup
	stop := make(chan struct{})
	stopped.Go(func() { scribble(ctx, j, rand.New(rand.NewPCG(seed, 23)), stop) })
	for in := bufio.NewScanner(os.Stdin); in.Scan(); {
		switch in.Text() {
		case "stop":
			close(stop)
			stopped.Wait()
			timed, cancel := context.WithTimeout(ctx, 20*time.Second)
			err := j.Flush(timed)
			cancel()
			if err != nil {
				return err
			}
			fmt.Println("stopped")
		case "view":
			var view []string
			for c := range j.All() {
				view = append(view, c.Domain+" "+c.Name+"="+c.Value)
			}
			slices.Sort(view)
			fmt.Println(strings.Join(view, ";"))
		}
	}
	return nil
}

// scribble sets and deletes cookies.
func scribble(ctx context.Context, j *durable.Jar, r *rand.Rand, stop chan struct{}) {
	for n := 0; ; n++ {
		select {
		case <-stop:
			return
		case <-time.After(time.Duration(r.IntN(10)) * time.Millisecond):
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
		if _, err := j.Receive(ctx, request, []string{line}); err != nil {
			continue
		}
		if r.IntN(3) == 0 {
			timed, cancel := context.WithTimeout(ctx, time.Second)
			_ = j.Flush(timed) // the server may be away
			cancel()
		}
	}
}
