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
// wait for it: one goroutine writes what has changed, in batches. A batch has the
// last state of each changed cookie and is applied as a whole, so that the backend has
// at all times what each site had at some moment, unless more cookies of one site have
// changed than a batch has.
//
// Session cookies are kept like others. To begin a new session, call EndSession after
// Open. The time of a cookie's last access is kept as it was at the cookie's last change,
// and once more by Close.
//
// # Failure
//
// While the backend fails, the jar goes on in memory. What is not yet written stays
// pending, one state for each cookie that is in the jar or in the backend, however
// often it changes, and is tried again: after 100 ms, then after twice the time before,
// up to 30 s, and at once by Flush. A shared jar also tries when it has a connection again. A
// change that fails while others succeed is set aside and holds up no other. Each failure is
// reported to Options.Failed and by Flush. What is in the backend stays there.
//
// # Several jars
//
// [OpenShared] opens a jar that shares its cookies with other workers; package backend says
// what a worker sees. With Options.OnDemand it begins empty and loads sites when they are
// needed: make requests through [Transport], or call [Jar.Load] before each. Options.Hot
// bounds what it keeps.
package durable

import (
	"context"
	"errors"
	"fmt"
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

	// BatchCount and BatchTime say when a batch is written: when this number of cookies
	// has changed, or this long after the first change. Zero means 10,000 (for a shared
	// jar 1,000) and one second. While a batch is being written, the next one grows, to
	// ten times BatchCount at most; a shared jar's batches have at most BatchCount
	// changes.
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

	// OnDemand makes OpenShared load nothing: [Jar.Load] and [Transport] load the site
	// of a request. Only for OpenShared.
	OnDemand bool

	// Hot is how many cookies a jar with OnDemand keeps. Beyond that number it lets go of
	// the sites that were used least recently, except for those with changes that are
	// not yet written; they are loaded again when they are needed. Zero means 100,000;
	// less than zero means no bound.
	Hot int
}

const (
	defaultBatchCount = 10_000
	defaultBatchTime  = time.Second
	defaultHot        = 100_000
	soloMost          = 10 // a batch of a jar that is alone has at most this multiple of BatchCount
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

	w     *writer
	solo  *solo  // nil for a shared jar
	fleet *fleet // nil for a jar that is alone

	opened time.Time // by the jar's clock
	once   sync.Once
	closed error // what Close returns

	closeBackend func() error
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
	if o.OnDemand || o.Hot != 0 {
		return nil, errors.New("durable: open: Options.OnDemand and Options.Hot are for OpenShared")
	}
	w := newWriter(o)
	j := &Jar{w: w, solo: &solo{w: w, replaced: map[key]bool{}}, closeBackend: b.Close}
	w.change, w.most = j.solo.change, soloMost*w.count
	w.siteOf = func(domain string) string { return j.Sites().Site(domain) }
	w.apply = func(ctx context.Context, batches []backend.Batch) []error {
		errs := make([]error, len(batches))
		for i, batch := range batches {
			errs[i] = b.Apply(ctx, batch.Ops)
		}
		return errs
	}
	defer func() {
		if err != nil {
			w.cancel()
		}
	}()
	if err := j.make(o); err != nil {
		return nil, err
	}
	if err := j.load(ctx, b, o); err != nil {
		return nil, fmt.Errorf("durable: load: %w", err)
	}
	go w.run()
	return j, nil
}

// make makes the jar in memory.
func (j *Jar) make(o *Options) (err error) {
	if j.Jar, err = jar.New(o.Jar); err != nil {
		return fmt.Errorf("durable: open: %w", err)
	}
	j.persistent = persist.Of(j.Jar)
	j.persistent.Record(j.w.note)
	j.opened = j.now()
	return nil
}

// now returns the time by the jar's clock.
func (j *Jar) now() time.Time {
	if now := j.Options().Now; now != nil {
		return now()
	}
	return time.Now()
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
		return nil // a hook has changed it meanwhile
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

// closeTime is how long Close tries to write what is pending if its context has no
// deadline, or was done before.
const closeTime = 5 * time.Second

// Close writes what is pending and closes the backend. When it returns, no goroutine
// is left. It tries until ctx ends; without a deadline, for five seconds; and once if the
// error wraps [backend.ErrBroken]. If it fails, the error says how many changes are lost.
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
	if _, ok := ctx.Deadline(); !ok || ctx.Err() != nil {
		if ctx.Err() != nil {
			ctx = context.WithoutCancel(ctx)
		}
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, closeTime)
		defer cancel()
	}
	defer context.AfterFunc(ctx, j.w.cancel)()
	if f := j.fleet; f != nil {
		j.w.mu.Lock()
		f.cancel() // no call begins after this
		j.w.mu.Unlock()
		f.background.Wait()
	}
	err := j.noteAccess(ctx)
	j.w.stop()
	<-j.w.done
	for n := 0; ; n++ {
		failed := j.w.write(true)
		if failed == nil || errors.Is(failed, backend.ErrBroken) || !sleep(ctx, backoff(n)) {
			break
		}
	}
	j.w.cancel()
	return errors.Join(err, j.w.left(), j.closeBackend())
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
