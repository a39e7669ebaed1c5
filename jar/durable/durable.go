// Package durable keeps a jar's cookies in a [backend.Backend] while the jar is in
// use, so that a process that is killed loses only what it has not flushed.
//
//	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
//	defer stop()
//	b, err := boltjar.Open("cookies.db")
//	...
//	j, err := durable.Open(ctx, b, nil)
//	...
//	client := &http.Client{Transport: &jar.Transport{Jar: j.Jar}}
//	...
//	err = j.Flush(ctx) // what was set so far is safe now
//	...
//	// A signal has ended ctx, and writing what is pending takes time of its own.
//	last, cancel := context.WithTimeout(context.Background(), 10*time.Second)
//	defer cancel()
//	err = j.Close(last)
//
// All cookies are in memory. Reading never touches the backend, and writing does not
// wait for it: one goroutine hands over what has changed, in batches. A batch has the
// last state of each changed cookie and is applied as a whole, so that the backend has
// at all times what each site had at some moment.
//
// Session cookies are kept like others. Whoever wants a new start to be a new session
// calls EndSession after Open. The time of a cookie's last access is kept as it was at
// the cookie's last change, and once more by Close.
//
// # Failure
//
// While the backend fails, the jar goes on in memory. What is not yet written stays
// pending, one state for each cookie that is in the jar or in the backend, however
// often it changes, and is tried again: after 100 ms, then after twice the time before,
// up to 30 s, and at once when somebody calls Flush. Each failure is reported to
// Options.Failed and to those who wait in Flush. What is in the backend stays there.
//
// # Several jars
//
// If the backend is a [backend.Watcher], the jar follows what other jars do to the
// same cookies; package backend says what one sees then. If it is a
// [backend.SiteLoader], the jar can begin empty and load sites when they are needed:
// see Options.OnDemand.
package durable

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"sync"
	"time"

	"uacookie/jar"
	"uacookie/jar/backend"
	"uacookie/jar/internal/persist"
)

// Options say how a jar is kept. Nil and the zero Options are a browser's jar.
type Options struct {
	// Jar are the options of the jar. A public suffix list that is set here, and
	// not later, need not be asked about each cookie when the jar is opened again.
	// Jar.Changed is called for what Open loads, too; it must not call Flush, Load
	// or Close, which wait for it.
	Jar *jar.Options

	// BatchCount and BatchTime say when a batch is written: when so many cookies
	// have changed, or so long after the first of them did. Zero means 10,000 and
	// one second. While a batch is being written, the next one grows.
	BatchCount int
	BatchTime  time.Duration

	// Progress, if not nil, is called now and then while Open loads, and at its end,
	// with the number of records loaded and how many there are in all; zero if the
	// backend does not know.
	Progress func(loaded, total int)

	// Failed, if not nil, is called for each failure of the backend, and for each
	// record that could not be loaded, a *[backend.RecordError], which stays where
	// it is. It is called by one goroutine at a time, must not call Flush or Close,
	// and holds up writing.
	//
	// If Failed is nil, a record that cannot be read is an error of Open and of
	// Load; one that the jar refuses is reported to Jar.Refused only.
	Failed func(error)

	// OnDemand has Open load nothing; [Jar.Load] loads a site. The backend must be
	// a [backend.SiteLoader].
	OnDemand bool
}

const (
	defaultBatchCount = 10_000
	defaultBatchTime  = time.Second
)

// ErrClosed is the error for what is done after Close.
var ErrClosed = errors.New("durable: the jar is closed: changes are no longer kept")

// A Jar is a jar whose contents are kept in a backend. It is safe for concurrent use.
//
// Only what is done by its methods, and by those of the jar.Jar in it, is kept. The
// Clone of that is a jar in memory.
type Jar struct {
	*jar.Jar
	persistent persist.Jar // the same jar
	w          *writer

	opened  time.Time       // by the jar's clock
	hear    context.Context // for Watch
	deafen  context.CancelFunc
	watched sync.WaitGroup
	sites   sites

	once   sync.Once
	closed error // what Close returns
}

// Open returns a jar with the cookies in b. It takes over b, which is closed by Close,
// or here if Open fails.
//
// Loading takes as long as it takes to read and decode the records. When ctx is done,
// Open gives up; afterwards ctx means nothing to the jar.
//
// Cookies that have expired meanwhile are deleted from b.
func Open(ctx context.Context, b backend.Backend, o *Options) (*Jar, error) {
	if o == nil {
		o = new(Options)
	}
	j, err := open(ctx, b, o)
	if err != nil {
		return nil, errors.Join(err, b.Close())
	}
	return j, nil
}

func open(ctx context.Context, b backend.Backend, o *Options) (_ *Jar, err error) {
	j := &Jar{w: newWriter(b, o)}
	j.hear, j.deafen = context.WithCancel(j.w.ctx)
	defer func() {
		if err != nil {
			j.w.cancel()
		}
	}()
	if j.Jar, err = jar.New(o.Jar); err != nil {
		return nil, fmt.Errorf("durable: open: %w", err)
	}
	j.persistent = persist.Of(j.Jar)
	j.persistent.Record(j.w.note)
	j.opened = time.Now()
	if now := j.Options().Now; now != nil {
		j.opened = now()
	}
	if o.OnDemand {
		var ok bool
		if j.sites.loader, ok = b.(backend.SiteLoader); !ok {
			return nil, fmt.Errorf("durable: open: Options.OnDemand: a %T cannot load a site", b)
		}
		j.w.unloaded = true
	}
	var follow func()
	if shared, ok := b.(backend.Watcher); ok {
		// Before loading, so that no change is missed.
		changes, err := shared.Watch(j.hear)
		if err != nil {
			return nil, fmt.Errorf("durable: watch: %w", err)
		}
		j.w.unseen = map[key]backend.Op{}
		follow = func() { j.follow(changes) }
	}
	if !o.OnDemand {
		if err := j.load(ctx, b, o); err != nil {
			return nil, fmt.Errorf("durable: load: %w", err)
		}
	}
	go j.w.run()
	if follow != nil {
		j.watched.Go(follow)
	}
	return j, nil
}

// progressStep is how many records are loaded between two calls of Options.Progress.
const progressStep = 1 << 12

// load loads all of b.
func (j *Jar) load(ctx context.Context, b backend.Backend, o *Options) error {
	total, loaded := 0, 0
	if c, ok := b.(backend.Counter); ok {
		var err error
		if total, err = c.Count(ctx); err != nil {
			return err
		}
	}
	for r, err := range b.Load(ctx) {
		if err := j.restore(r, err, o.Failed); err != nil {
			return err
		}
		if loaded++; loaded%progressStep == 0 && o.Progress != nil {
			o.Progress(loaded, total)
		}
	}
	j.w.forget()
	if o.Progress != nil {
		o.Progress(loaded, total)
	}
	return ctx.Err()
}

// restore puts a record that was loaded into the jar, and returns an error if loading
// cannot go on.
func (j *Jar) restore(r backend.Record, err error, failed func(error)) error {
	if err != nil {
		if broken, ok := errors.AsType[*backend.RecordError](err); ok && failed != nil {
			failed(broken)
			return nil
		}
		return err
	}
	op := backend.Op{Record: r}
	if !j.w.expect(&op) {
		return nil // it has changed here meanwhile
	}
	switch v := j.persistent.Restore(r.Cookie, r.List); {
	case v.Removed:
		j.w.remove(op.Key())
	case !v.OK() && failed != nil:
		failed(&backend.RecordError{Where: r.String(), Err: v.Err()})
	}
	return nil
}

// Flush returns nil when the backend has all changes that were made by calls that
// returned before. An error says why it does not have them yet; the jar goes on trying.
// If ctx is done first, its error is returned.
func (j *Jar) Flush(ctx context.Context) error {
	if err := j.persistent.Settle(ctx); err != nil {
		return fmt.Errorf("durable: flush: %w", err)
	}
	return j.w.flush(ctx)
}

// Load has the cookies of the site of u loaded, if that has not been done: before
// the first request to each site, where Options.OnDemand is set. Without that it does
// nothing. An error leaves the site to be loaded anew by the next call.
func (j *Jar) Load(ctx context.Context, u *url.URL) error {
	if j.sites.loader == nil {
		return nil
	}
	if err := j.loadSite(ctx, u); err != nil {
		return fmt.Errorf("durable: load the site of %q: %w", u.Host, err)
	}
	return nil
}

const (
	// closeTries is how often Close tries to write what is pending.
	closeTries = 3

	// closeTime is how long Close tries if its context was done before.
	closeTime = 5 * time.Second
)

// Close writes what is pending and closes the backend. When it returns, no goroutine
// is left. If it fails, or ctx ends first, the error says how many changes are lost.
//
// If ctx is done before Close is called, as the context of a signal.NotifyContext is
// after the signal, Close takes up to five seconds of its own rather than lose what is
// pending.
//
// The jar goes on in memory. The first change made after Close is reported to
// Options.Failed as ErrClosed.
func (j *Jar) Close(ctx context.Context) error {
	j.once.Do(func() { j.closed = j.close(ctx) })
	return j.closed
}

func (j *Jar) close(ctx context.Context) error {
	if ctx.Err() != nil {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(context.WithoutCancel(ctx), closeTime)
		defer cancel()
	}
	defer context.AfterFunc(ctx, j.w.cancel)()
	j.deafen()
	j.watched.Wait()
	err := j.noteAccess(ctx)
	j.w.stop()
	<-j.w.done
	for n := range closeTries {
		if n > 0 && !sleep(ctx, retryFirst<<n) {
			break
		}
		if j.w.drain() {
			break
		}
	}
	j.w.cancel()
	return errors.Join(err, j.w.left(), j.w.backend.Close())
}

// sleep reports false if ctx is done before d has passed.
func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
