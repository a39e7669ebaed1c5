package valkeyjar

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"
	"time"

	"github.com/valkey-io/valkey-go"

	"uacookie/jar/backend"
)

const (
	// beat is how often a watcher looks whether it has missed something.
	beat = 2 * time.Second

	// beatTimeout is how long the server may take to answer that.
	beatTimeout = 10 * time.Second

	// queued is how many messages wait for the jar. Behind them the server waits, and
	// ends the connection at its client-output-buffer-limit.
	queued = 1024

	// maxMissed is how many changes of a shard are read from its log.
	maxMissed = 100_000
)

var (
	// ErrMissed is the error of Watch if changes were missed that the log no longer has.
	ErrMissed = errors.New("valkeyjar: changes were missed, and the log does not have them")

	errWatchLost = errors.New("valkeyjar: the connection was lost")
)

// A head is the number and version of the last change of a shard.
type head struct{ number, version uint64 }

// A watcher is one Watch.
type watcher struct {
	b        *Backend
	conn     valkey.DedicatedClient
	messages chan string
	ended    <-chan error
	seen     []head
	yield    func(backend.Event, error) bool
}

var errEnough = errors.New("the caller has enough")

// Watch implements [backend.Shared].
func (b *Backend) Watch(ctx context.Context) (iter.Seq2[backend.Event, error], error) {
	inner, stop := context.WithCancel(ctx)
	w, err := b.watcher(inner)
	if err != nil {
		stop()
		return nil, fmt.Errorf("valkeyjar: watch: %w", err)
	}
	return func(yield func(backend.Event, error) bool) {
		defer stop()
		w.yield = yield
		if err := w.run(inner); err != errEnough {
			yield(backend.Event{}, fmt.Errorf("valkeyjar: watch: %w", err))
		}
	}, nil
}

// watcher returns a watcher that has started. Its connection is closed when ctx is done.
func (b *Backend) watcher(ctx context.Context) (*watcher, error) {
	b.forgetLists()
	conn, release := b.client.Dedicate()
	w := &watcher{b: b, conn: conn, messages: make(chan string, queued)}
	context.AfterFunc(ctx, func() {
		conn.Close()
		release()
	})
	return w, w.start(ctx)
}

// start subscribes, and then notes where the logs end.
func (w *watcher) start(ctx context.Context) error {
	subscribed := make(chan struct{}, 1)
	w.ended = w.conn.SetPubSubHooks(valkey.PubSubHooks{
		OnMessage: func(m valkey.PubSubMessage) {
			select {
			case w.messages <- m.Message:
			case <-ctx.Done():
			}
		},
		OnSubscription: func(valkey.PubSubSubscription) {
			select {
			case subscribed <- struct{}{}:
			default:
			}
		},
	})
	if err := w.conn.Do(ctx, w.b.client.B().Subscribe().Channel(w.b.channel()).Build()).Error(); err != nil {
		return err
	}
	select {
	case <-subscribed:
	case err := <-w.ended:
		return errors.Join(errWatchLost, err)
	case <-ctx.Done():
		return ctx.Err()
	}
	var err error
	w.seen, err = w.b.heads(ctx)
	return err
}

// heads returns the ends of all logs.
func (b *Backend) heads(ctx context.Context) ([]head, error) {
	results := b.do(ctx, func() []valkey.Completed {
		commands := make([]valkey.Completed, b.shards)
		for i := range commands {
			commands[i] = b.client.B().Get().Key(b.key(i, keyHead)).Build()
		}
		return commands
	})
	heads := make([]head, b.shards)
	for i, r := range results {
		var err error
		if heads[i], err = readHead(r); err != nil {
			return nil, err
		}
	}
	return heads, nil
}

func readHead(r valkey.ValkeyResult) (h head, err error) {
	text, err := r.ToString()
	if valkey.IsValkeyNil(err) {
		return head{}, nil
	}
	if err != nil {
		return head{}, err
	}
	if _, err := fmt.Sscanf(text, "%d %d", &h.number, &h.version); err != nil {
		return head{}, backend.ErrMalformed
	}
	return h, nil
}

func (w *watcher) run(ctx context.Context) error {
	ticker := time.NewTicker(beat)
	defer ticker.Stop()
	for {
		var err error
		select {
		case m := <-w.messages:
			err = w.heed(ctx, m)
		case <-ticker.C:
			err = w.beat(ctx)
		case err = <-w.ended:
			err = errors.Join(errWatchLost, err)
		case <-ctx.Done():
			err = ctx.Err()
		}
		if err != nil {
			if ctx.Err() != nil {
				err = ctx.Err()
			}
			return err
		}
	}
}

// heed does what a message says.
func (w *watcher) heed(ctx context.Context, m string) error {
	e, ok := readEntry(m)
	if !ok {
		return nil // Join publishes nothing, and what a stranger publishes is not a change
	}
	shard := w.b.shardOf(e.site)
	if w.seen[shard].number >= e.number && w.seen[shard].version >= e.version {
		return nil // it is from before, or the log had it
	}
	if w.follows(shard, e) {
		return w.deliver(ctx, shard, e)
	}
	return w.fill(ctx, shard)
}

// follows reports whether an entry is the next one of its shard.
func (w *watcher) follows(shard int, e entry) bool {
	return e.number == w.seen[shard].number+1 && e.last == w.seen[shard].version
}

// beat finds out whether the connections work, and whether the last messages were lost.
func (w *watcher) beat(ctx context.Context) error {
	timed, cancel := context.WithTimeout(ctx, beatTimeout)
	defer cancel()
	heads, err := w.b.heads(timed)
	if err != nil {
		return err
	}
	// What has been published before is here before the answer to the ping.
	if err := w.conn.Do(timed, w.b.client.B().Ping().Build()).Error(); err != nil {
		return err
	}
	for len(w.messages) > 0 {
		if err := w.heed(ctx, <-w.messages); err != nil {
			return err
		}
	}
	for shard, h := range heads {
		switch seen := w.seen[shard]; {
		case h.number > seen.number:
			if err := w.fill(timed, shard); err != nil {
				return err
			}
		case h.number == seen.number && h.version != seen.version, h.number < seen.number && h.version == 0:
			return ErrMissed // the server was wiped, or a failover has lost changes
		}
	}
	return w.tell(backend.Event{})
}

func (w *watcher) tell(e backend.Event) error {
	if !w.yield(e, nil) {
		return errEnough
	}
	return nil
}

// fill reads from the log of a shard what was missed.
func (w *watcher) fill(ctx context.Context, shard int) error {
	results := w.b.do(ctx, func() []valkey.Completed {
		return []valkey.Completed{w.b.client.B().Get().Key(w.b.key(shard, keyHead)).Build()}
	})
	h, err := readHead(results[0])
	if err != nil {
		return err
	}
	missed := h.number - w.seen[shard].number
	if h.number <= w.seen[shard].number || missed > maxMissed {
		return ErrMissed
	}
	const meanwhile = 64
	entries, err := w.b.one(ctx, func() valkey.Completed {
		return w.b.client.B().Lrange().Key(w.b.key(shard, keyLog)).Start(-int64(missed) - meanwhile).Stop(-1).Build()
	}).AsStrSlice()
	if err != nil {
		return err
	}
	for _, text := range entries {
		e, ok := readEntry(text)
		switch {
		case !ok || w.b.shardOf(e.site) != shard:
			return ErrMissed
		case e.number <= w.seen[shard].number:
		case !w.follows(shard, e):
			return ErrMissed
		default:
			if err := w.deliver(ctx, shard, e); err != nil {
				return err
			}
		}
	}
	if w.seen[shard].number < h.number {
		return ErrMissed
	}
	return nil
}

// deliver yields an entry.
func (w *watcher) deliver(ctx context.Context, shard int, e entry) error {
	w.seen[shard] = head{e.number, e.version}
	event := backend.Event{Site: strings.Clone(e.site), Before: e.before, Version: e.version}
	ops, ok := w.b.readOps(ctx, event.Site, e.ops)
	if !ok || len(ops) == 0 {
		// No version comes before itself, so that the jar loads the site, and is told
		// what is wrong with it.
		event.Before = e.version
	}
	event.Ops = ops
	return w.tell(event)
}

// readOps decodes the Ops of an entry. It reports whether all could be read.
func (b *Backend) readOps(ctx context.Context, site, text string) (ops []backend.Op, ok bool) {
	for text != "" {
		var raw rawOp
		if raw, text, ok = nextOp(text); !ok {
			return nil, false
		}
		o, ok := b.readOp(ctx, site, strings.Clone(raw.field), raw)
		if !ok {
			return nil, false
		}
		ops = append(ops, o)
	}
	return ops, true
}

func (b *Backend) readOp(ctx context.Context, site, field string, raw rawOp) (o backend.Op, ok bool) {
	if raw.kind == opPut {
		r, list, err := b.decode(site, field, raw.value)
		if err != nil {
			return o, false
		}
		r.List = b.list(ctx, list)
		return backend.Op{Record: r}, true
	}
	k, err := readField(site, field)
	if err != nil || len(raw.value) < stampLen {
		return o, false
	}
	o = deletion(k, readStamp(raw.value))
	switch raw.kind {
	case opDelete:
	case opDrop:
		o.Delete, o.Drop = false, true
	case opTouch:
		o.Delete, o.Touch = false, true
		if len(raw.value) < stampLen+accessLen {
			return o, false
		}
		if o.Cookie.LastAccess, err = readAccess(raw.value[stampLen:]); err != nil {
			return o, false
		}
	default:
		return o, false
	}
	return o, true
}
