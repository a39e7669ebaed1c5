package backendtest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"sync"

	"uacookie/jar"
	"uacookie/jar/backend"
	"uacookie/jar/durable"
	"uacookie/jar/internal/persist"
	"uacookie/jar/store"
)

// A worker is a jar on the backend of a test.
type worker struct {
	*durable.Jar
	p    *place
	name string

	mu      sync.Mutex
	arrived map[string]chan struct{} // by the value of a cookie: closed when it is in the jar
}

// worker opens a jar.
func (p *place) worker(name string, o durable.Options) *worker {
	p.Helper()
	w := &worker{p: p, name: name, arrived: map[string]chan struct{}{}}
	o.Jar = &jar.Options{Changed: w.changed}
	o.Failed = func(err error) { p.Errorf("%s: %v", name, err) }
	b, err := p.connect()
	if err != nil {
		p.Fatalf("open: %v", err)
	}
	if w.Jar, err = durable.Open(p.Context(), b, &o); err != nil {
		p.Fatalf("durable.Open = %v", err)
	}
	return w
}

// arrival returns a channel that is closed when a cookie of that value is in the jar.
func (w *worker) arrival(value string) chan struct{} {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.arrived[value] == nil {
		w.arrived[value] = make(chan struct{})
	}
	return w.arrived[value]
}

func (w *worker) changed(c jar.Change) {
	if c.Cause != jar.CauseStored {
		return
	}
	arrived := w.arrival(c.Cookie.Value)
	w.mu.Lock()
	defer w.mu.Unlock()
	select {
	case <-arrived:
	default:
		close(arrived)
	}
}

// set has the host set a cookie.
func (w *worker) set(host, line string) {
	w.p.Helper()
	r := &jar.Request{URL: &url.URL{Scheme: "https", Host: host, Path: "/"}}
	for _, v := range w.Receive(r, []string{line}) {
		if err := v.Err(); err != nil {
			w.p.Errorf("%s: %v", w.name, err)
		}
	}
}

// sends has the worker send this Cookie field value to the host.
func (w *worker) sends(host, want string) {
	w.p.Helper()
	if got := w.Header(&jar.Request{URL: &url.URL{Scheme: "https", Host: host, Path: "/"}}); got != want {
		w.p.Errorf("%s sends %q to %s, want %q", w.name, got, host, want)
	}
}

func (w *worker) flush() {
	w.p.Helper()
	if err := w.Flush(w.p.Context()); err != nil {
		w.p.Errorf("%s: Flush = %v", w.name, err)
	}
}

func (w *worker) close() {
	w.p.Helper()
	if err := w.Close(w.p.Context()); err != nil {
		w.p.Errorf("%s: Close = %v", w.name, err)
	}
}

// meet returns when each of the workers has heard what the others have done so far.
func (p *place) meet(round string, workers ...*worker) {
	p.Helper()
	for _, w := range workers {
		w.flush()
		value := round + "-" + w.name
		w.set("meet.example", "mark-"+w.name+"="+value)
		w.flush()
		for _, other := range workers {
			select {
			case <-other.arrival(value):
			case <-p.Context().Done():
				p.Fatalf("%s never hears of %s", other.name, value)
			}
			if err := persist.Of(other.Jar.Jar).Settle(p.Context()); err != nil {
				p.Errorf("Settle = %v", err)
			}
		}
	}
}

// What one jar has kept, the next one has; what it has deleted, it has not.
func testOneJar(p *place) {
	w := p.worker("first", durable.Options{})
	w.set("www.example.com", "a=1; Domain=example.com; Max-Age=86400")
	w.set("www.example.com", "b=2; Secure; HttpOnly; SameSite=Strict; Priority=High")
	w.set("www.example.com", "c=3")
	w.flush()
	w.set("www.example.com", "a=4; Domain=example.com; Max-Age=86400")
	w.set("www.example.com", "c=; Max-Age=0")
	before := contents(w)
	w.close()

	w = p.worker("second", durable.Options{})
	w.sends("www.example.com", "a=4; b=2")
	after := contents(w)
	for k, c := range before {
		if what := differ(backend.Record{Cookie: c}, backend.Record{Cookie: after[k]}); what != "" {
			p.Errorf("opened again, %v has another %s", c, what)
		}
	}
	if len(after) != len(before) {
		p.Errorf("opened again, the jar has %d cookies, want %d", len(after), len(before))
	}
	w.close()
}

// contents returns what is in a jar.
func contents(w *worker) map[store.Key]store.Cookie {
	all := map[store.Key]store.Cookie{}
	for c := range w.All() {
		all[c.Key()] = c
	}
	return all
}

func sameCookie(a, b store.Cookie) bool {
	return differ(backend.Record{Cookie: a}, backend.Record{Cookie: b}) == ""
}

// shared skips a test if the backend cannot be shared.
func (p *place) shared() {
	p.Helper()
	b := p.open()
	defer p.close(b)
	if _, ok := b.(backend.Watcher); !ok {
		p.Skip("the backend is no Watcher")
	}
}

// Of two jars on one backend, each hears what the other sets, changes and deletes.
func testTwoJars(p *place) {
	p.shared()
	a := p.worker("a", durable.Options{})
	defer a.close()
	a.set("www.example.com", "sid=1")
	a.flush()
	b := p.worker("b", durable.Options{})
	defer b.close()
	b.sends("www.example.com", "sid=1")

	b.set("www.example.com", "sid=2")
	b.sends("www.example.com", "sid=2") // its own change at once
	p.meet("changed", a, b)
	a.sends("www.example.com", "sid=2")

	a.set("www.example.com", "sid=; Max-Age=0")
	a.set("shop.example", "cart=3; Secure")
	p.meet("deleted", a, b)
	b.sends("www.example.com", "")
	b.sends("shop.example", "cart=3")
}

// A jar that loads on demand has a site's cookies after its first request there,
// made through a RoundTripper, and hears of later changes.
func testOnDemand(p *place) {
	b := p.open()
	_, loads := b.(backend.SiteLoader)
	p.close(b)
	if !loads {
		p.Skip("the backend is no SiteLoader")
	}
	a := p.worker("a", durable.Options{})
	a.set("www.example.com", "sid=1; Domain=example.com")
	a.set("shop.example", "cart=1")
	a.close()

	w := p.worker("b", durable.Options{OnDemand: true})
	defer w.close()
	if n := w.Len(); n != 0 {
		p.Errorf("a jar on demand begins with %d cookies, want none", n)
	}
	sent := ""
	client := &http.Client{Transport: onDemand{w.Jar, &jar.Transport{
		Jar: w.Jar.Jar,
		Base: roundTripper(func(r *http.Request) (*http.Response, error) {
			sent = r.Header.Get("Cookie")
			return &http.Response{StatusCode: 200, Header: http.Header{}, Body: http.NoBody, Request: r}, nil
		}),
	}}}
	resp, err := client.Get("https://api.example.com/")
	if err != nil {
		p.Fatalf("Get = %v", err)
	}
	resp.Body.Close()
	if sent != "sid=1" {
		p.Errorf("the first request to a site carries %q, want sid=1", sent)
	}
	if n := w.Len(); n != 1 {
		p.Errorf("after a request to one site, the jar has %d cookies, want 1: no other site was asked for", n)
	}
	if err := w.Load(p.Context(), &url.URL{Host: "www.example.com"}); err != nil {
		p.Errorf("Load of a site that is loaded = %v", err)
	}
}

// onDemand loads a request's site before it is made: that of each hop of a redirect.
type onDemand struct {
	jar  *durable.Jar
	next http.RoundTripper
}

func (o onDemand) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := o.jar.Load(r.Context(), r.URL); err != nil {
		return nil, err
	}
	return o.next.RoundTrip(r)
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// Jars that write the same cookies at the same time come to hold the same ones.
func testWriters(p *place) {
	p.shared()
	loads := true
	if b := p.open(); true {
		_, loads = b.(backend.SiteLoader)
		p.close(b)
	}
	workers := []*worker{
		p.worker("a", durable.Options{BatchCount: 7}),
		p.worker("b", durable.Options{BatchCount: 3}),
		p.worker("c", durable.Options{BatchCount: 5, OnDemand: loads}),
	}
	hosts := []string{"www.example.com", "example.com", "shop.example"}
	for _, host := range append(hosts, "meet.example") {
		for _, w := range workers {
			if err := w.Load(p.Context(), &url.URL{Host: host}); err != nil {
				p.Fatalf("Load = %v", err)
			}
		}
	}
	var all sync.WaitGroup
	for n, w := range workers {
		all.Go(func() {
			for i := range 300 {
				host, name := hosts[i%len(hosts)], fmt.Sprint("n", i%4)
				if (i+n)%5 == 0 {
					w.set(host, name+"=; Max-Age=0")
				} else {
					w.set(host, fmt.Sprintf("%s=%s%d", name, w.name, i))
				}
				if i%50 == n {
					w.flush()
				}
			}
			w.flush()
		})
	}
	all.Wait()
	// A jar that hears of a change while it makes one of its own may tell the backend
	// again; the others hear of that in the second round.
	p.meet("end", workers...)
	p.meet("quiet", workers...)

	fresh := p.worker("fresh", durable.Options{})
	want := contents(fresh)
	for _, w := range workers {
		if got := contents(w); !maps.EqualFunc(got, want, sameState) {
			p.Errorf("%s has\n%v\nthe backend\n%v", w.name, summary(got), summary(want))
		}
		w.close()
	}
	fresh.close()
}

// sameState is sameCookie but for what each jar counts and measures for itself.
func sameState(a, b store.Cookie) bool {
	a.LastAccess, a.Order = b.LastAccess, b.Order
	return sameCookie(a, b)
}

// summary lists the cookies of a test, which are no secrets.
func summary(all map[store.Key]store.Cookie) (list []string) {
	for _, c := range all {
		list = append(list, c.Domain+" "+c.Name+"="+c.Value)
	}
	slices.SortFunc(list, cmp.Compare[string])
	return list
}

func (p *place) sameBatch(got, want []backend.Op) {
	p.Helper()
	if len(got) != len(want) {
		p.Errorf("Watch yields a batch of %v, want %v", got, want)
		return
	}
	for _, w := range want {
		i := slices.IndexFunc(got, func(g backend.Op) bool { return g.Key() == w.Key() })
		if i < 0 || got[i].Delete != w.Delete || !w.Delete && differ(got[i].Record, w.Record) != "" {
			p.Errorf("Watch yields a batch of %v, want %v", got, want)
		}
	}
}

// Watch yields what is applied by anyone, in order, once it has returned.
func testWatch(p *place) {
	b := p.open()
	defer p.close(b)
	watcher, ok := b.(backend.Watcher)
	if !ok {
		p.Skip("the backend is no Watcher")
	}
	other := p.open()
	defer p.close(other)
	p.apply(other, put(record("example.com", "before", "1")))

	ctx, cancel := context.WithCancel(p.Context())
	defer cancel()
	changes, err := watcher.Watch(ctx)
	if err != nil {
		p.Fatalf("Watch = %v", err)
	}
	mine, theirs := record("example.com", "mine", "1"), record("example.org", "theirs", "2")
	p.apply(other, put(theirs))
	p.apply(b, put(mine), del(theirs))
	p.apply(other, del(mine))

	want := [][]backend.Op{{put(theirs)}, {put(mine), del(theirs)}, {del(mine)}}
	n := 0
	for got, err := range changes {
		if n == len(want) {
			if !errors.Is(err, context.Canceled) {
				p.Errorf("Watch, cancelled, yields %v, %v; want context.Canceled", got, err)
			}
			break
		}
		if err != nil {
			p.Fatalf("Watch yields the error %v", err)
		}
		p.sameBatch(got, want[n])
		if n++; n == len(want) {
			cancel()
		}
	}
	if n != len(want) {
		p.Errorf("Watch yields %d batches, want %d", n, len(want))
	}
}
