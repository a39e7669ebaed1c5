package durable_test

import (
	"context"
	"iter"
	"testing"
	"time"

	"uacookie/jar/backend"
	"uacookie/jar/backend/backendtest"
	"uacookie/jar/durable"
)

// A hooked is a link that does what its functions say instead. They get the link's own
// method, and are set before the jar is opened.
type hooked struct {
	*link
	join     func() error
	now      func(func() (time.Time, error)) (time.Time, error)
	apply    func(batches []backend.Batch, next func() []backend.Answer) []backend.Answer
	load     func(iter.Seq2[backend.Snapshot, error]) iter.Seq2[backend.Snapshot, error]
	loadSite func(site string, next func() (backend.Snapshot, error)) (backend.Snapshot, error)
	versions func() error
	watch    func() error
	closed   bool
}

func (h *hooked) Close() error {
	h.closed = true
	return h.link.Close()
}

func (h *hooked) Join(ctx context.Context, protocol int) error {
	if h.join != nil {
		return h.join()
	}
	return h.link.Join(ctx, protocol)
}

func (h *hooked) Now(ctx context.Context) (time.Time, error) {
	next := func() (time.Time, error) { return h.link.Now(ctx) }
	if h.now != nil {
		return h.now(next)
	}
	return next()
}

func (h *hooked) Apply(ctx context.Context, batches []backend.Batch) []backend.Answer {
	next := func() []backend.Answer { return h.link.Apply(ctx, batches) }
	if h.apply != nil {
		return h.apply(batches, next)
	}
	return next()
}

func (h *hooked) Load(ctx context.Context) iter.Seq2[backend.Snapshot, error] {
	all := h.link.Load(ctx)
	if h.load != nil {
		return h.load(all)
	}
	return all
}

func (h *hooked) LoadSite(ctx context.Context, site string, version uint64) (backend.Snapshot, error) {
	next := func() (backend.Snapshot, error) { return h.link.LoadSite(ctx, site, version) }
	if h.loadSite != nil {
		return h.loadSite(site, next)
	}
	return next()
}

func (h *hooked) Versions(ctx context.Context, sites []string) iter.Seq2[backend.Version, error] {
	if h.versions != nil {
		if err := h.versions(); err != nil {
			return func(yield func(backend.Version, error) bool) { yield(backend.Version{}, err) }
		}
	}
	return h.link.Versions(ctx, sites)
}

func (h *hooked) Watch(ctx context.Context) (iter.Seq2[backend.Event, error], error) {
	if h.watch != nil {
		if err := h.watch(); err != nil {
			return nil, err
		}
	}
	return h.link.Watch(ctx)
}

// joinHooked is join through a hooked link.
func joinHooked(t testing.TB, s *backendtest.Server, o *durable.Options, edit func(*hooked)) *worker {
	t.Helper()
	h := &hooked{link: newLink(s)}
	edit(h)
	return joinBy(t, h.link, h, o)
}
