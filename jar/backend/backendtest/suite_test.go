package backendtest

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"uacookie/jar/backend"
	"uacookie/jar/store"
)

// A recorder notes that a test of the suite fails, where a testing.T would fail.
type recorder struct {
	ctx     context.Context
	mu      sync.Mutex
	failed  []string
	skipped bool
}

func (r *recorder) Helper()                  {}
func (r *recorder) Context() context.Context { return r.ctx }

func (r *recorder) Errorf(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.failed = append(r.failed, fmt.Sprintf(format, args...))
}

func (r *recorder) Fatalf(format string, args ...any) {
	r.Errorf(format, args...)
	runtime.Goexit()
}

func (r *recorder) Skip(...any) {
	r.skipped = true
	runtime.Goexit()
}

type records = iter.Seq2[backend.Record, error]

// A broken Backend is a MemoryConn that does what its functions say instead.
type broken struct {
	*MemoryConn
	apply func(context.Context, []backend.Op) error
	load  func(records) records
	count func(int) (int, error)
	close func() error
}

func (b *broken) Apply(ctx context.Context, batch []backend.Op) error {
	if b.apply != nil {
		return b.apply(ctx, batch)
	}
	return b.MemoryConn.Apply(ctx, batch)
}

func (b *broken) Load(ctx context.Context) records {
	if b.load != nil {
		return b.load(b.MemoryConn.Load(ctx))
	}
	return b.MemoryConn.Load(ctx)
}

func (b *broken) Count(ctx context.Context) (int, error) {
	n, err := b.MemoryConn.Count(ctx)
	if b.count != nil {
		return b.count(n)
	}
	return n, err
}

func (b *broken) Close() error {
	if b.close != nil {
		return b.close()
	}
	return b.MemoryConn.Close()
}

// edit passes each record through f.
func edit(f func(*backend.Record)) func(records) records {
	return func(all records) records {
		return func(yield func(backend.Record, error) bool) {
			for r, err := range all {
				f(&r)
				if !yield(r, err) {
					return
				}
			}
		}
	}
}

var errBroken = errors.New("it is broken")

// The suite notices what a Backend does wrong: each of these fails the test named, and
// what the others make of it does not matter.
func TestSuite(t *testing.T) {
	for _, test := range []struct {
		name  string
		fails string
		why   string
		edit  func(b *broken)
	}{
		{"deletes nothing", "Batch", "should not be", func(b *broken) {
			b.apply = func(ctx context.Context, batch []backend.Op) error {
				return b.MemoryConn.Apply(ctx, slices.DeleteFunc(slices.Clone(batch), func(o backend.Op) bool { return o.Delete }))
			}
		}},
		{"deletes nothing from a full house", "Many", "should not be", func(b *broken) {
			b.apply = func(ctx context.Context, batch []backend.Op) error {
				return b.MemoryConn.Apply(ctx, slices.DeleteFunc(slices.Clone(batch), func(o backend.Op) bool { return o.Delete }))
			}
		}},
		{"drops the list", "Fields", "another list", func(b *broken) {
			b.load = edit(func(r *backend.Record) { r.List = "" })
		}},
		{"drops nanoseconds", "Fields", "another creation time", func(b *broken) {
			b.load = edit(func(r *backend.Record) { r.Cookie.Created = r.Cookie.Created.Truncate(time.Millisecond) })
		}},
		{"knows no partitions", "Identity", "is not there", func(b *broken) {
			b.apply = func(ctx context.Context, batch []backend.Op) error {
				batch = slices.Clone(batch)
				for i := range batch {
					batch[i].Cookie.Partition = store.Partition{}
				}
				return b.MemoryConn.Apply(ctx, batch)
			}
		}},
		{"loads twice", "Batch", "is loaded twice", func(b *broken) {
			b.load = func(all records) records {
				return func(yield func(backend.Record, error) bool) {
					for r, err := range all {
						for range 2 {
							if !yield(r, err) {
								return
							}
						}
					}
				}
			}
		}},
		{"does not load", "Empty", "loading = it is broken", func(b *broken) {
			b.load = func(records) records {
				return func(yield func(backend.Record, error) bool) { yield(backend.Record{}, errBroken) }
			}
		}},
		{"does not apply", "Empty", "Apply of 0 Ops = it is broken", func(b *broken) {
			b.apply = func(context.Context, []backend.Op) error { return errBroken }
		}},
		{"does not close", "Empty", "Close() = it is broken", func(b *broken) {
			b.close = func() error { return errBroken }
		}},
		{"miscounts", "Empty", "Count() = 1", func(b *broken) {
			b.count = func(n int) (int, error) { return n + 1, nil }
		}},
		{"keeps the slice of a batch", "Twice", "", func(b *broken) {
			var kept []backend.Op
			b.apply = func(ctx context.Context, batch []backend.Op) error {
				err := b.MemoryConn.Apply(ctx, kept)
				kept = batch
				return err
			}
		}},
		{"applies half a batch", "Cancelled", "should not be", func(b *broken) {
			b.apply = func(ctx context.Context, batch []backend.Op) error {
				if err := b.MemoryConn.Apply(context.WithoutCancel(ctx), batch[:1]); err != nil || ctx.Err() != nil {
					return errors.Join(err, ctx.Err())
				}
				return b.MemoryConn.Apply(ctx, batch)
			}
		}},
		{"has an error of its own for a context that is done", "Cancelled", "want nil or context.Canceled", func(b *broken) {
			b.apply = func(ctx context.Context, batch []backend.Op) error {
				if ctx.Err() != nil {
					return errBroken
				}
				return b.MemoryConn.Apply(ctx, batch)
			}
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := new(Memory)
				got := try(t, test.fails, func() (backend.Backend, error) {
					b := &broken{MemoryConn: server.Open()}
					test.edit(b)
					return b, nil
				})
				if !slices.ContainsFunc(got.failed, func(s string) bool { return strings.Contains(s, test.why) }) {
					t.Errorf("a backend that %s fails %s with\n%s\nwant %q", test.name, test.fails, strings.Join(got.failed, "\n"), test.why)
				}
			})
		})
	}
	t.Run("does not open", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			for _, test := range tests {
				got := try(t, test.name, func() (backend.Backend, error) { return nil, errBroken })
				if len(got.failed) != 1 || !strings.Contains(got.failed[0], "it is broken") {
					t.Errorf("a backend that cannot be opened fails %s with %q, want why", test.name, got.failed)
				}
			}
		})
	})
}

// try runs one test of the suite.
func try(t *testing.T, name string, open func() (backend.Backend, error)) *recorder {
	t.Helper()
	i := slices.IndexFunc(tests, func(test struct {
		name string
		run  func(*place)
	}) bool {
		return test.name == name
	})
	if i < 0 {
		t.Fatalf("there is no test %s in the suite", name)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	r := &recorder{ctx: ctx}
	var done sync.WaitGroup
	done.Go(func() { tests[i].run(&place{tb: r, connect: open}) })
	done.Wait()
	return r
}
