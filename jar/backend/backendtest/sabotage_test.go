package backendtest

import (
	"context"
	"iter"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"uacookie/jar/backend"
)

type events = iter.Seq2[backend.Event, error]

// A saboteur is a Conn that does what its functions say instead.
type saboteur struct {
	*Conn
	apply    func(context.Context, []backend.Batch) []backend.Answer
	loadSite func(ctx context.Context, site string, version uint64) (backend.Snapshot, error)
	watch    func(events) events
	join     func() error
}

func (b *saboteur) Apply(ctx context.Context, batches []backend.Batch) []backend.Answer {
	if b.apply != nil {
		return b.apply(ctx, batches)
	}
	return b.Conn.Apply(ctx, batches)
}

func (b *saboteur) LoadSite(ctx context.Context, site string, version uint64) (backend.Snapshot, error) {
	if b.loadSite != nil {
		return b.loadSite(ctx, site, version)
	}
	return b.Conn.LoadSite(ctx, site, version)
}

func (b *saboteur) Watch(ctx context.Context) (events, error) {
	all, err := b.Conn.Watch(ctx)
	if b.watch != nil && err == nil {
		all = b.watch(all)
	}
	return all, err
}

func (b *saboteur) Join(ctx context.Context, protocol int) error {
	if b.join != nil {
		return b.join()
	}
	return b.Conn.Join(ctx, protocol)
}

// editOps passes each Op through f before it is applied.
func (b *saboteur) editOps(f func(*backend.Op)) {
	b.apply = func(ctx context.Context, batches []backend.Batch) []backend.Answer {
		edited := slices.Clone(batches)
		for i := range edited {
			edited[i].Ops = slices.Clone(edited[i].Ops)
			for n := range edited[i].Ops {
				f(&edited[i].Ops[n])
			}
		}
		return b.Conn.Apply(ctx, edited)
	}
}

// editSites changes what the server has after each Apply.
func (b *saboteur) editSites(f func(*serverSite)) {
	b.apply = func(ctx context.Context, batches []backend.Batch) []backend.Answer {
		answers := b.Conn.Apply(ctx, batches)
		b.server.mu.Lock()
		defer b.server.mu.Unlock()
		for _, s := range b.server.sites {
			f(s)
		}
		return answers
	}
}

// editEvents passes each Event through f, which says whether it is yielded.
func (b *saboteur) editEvents(f func(n int, e *backend.Event) bool) {
	b.watch = func(all events) events {
		return func(yield func(backend.Event, error) bool) {
			n := 0
			for e, err := range all {
				if n++; (err != nil || f(n, &e)) && !yield(e, err) {
					return
				}
			}
		}
	}
}

// The suite notices what a Shared does wrong: each of these fails the test named.
func TestSharedSuite(t *testing.T) {
	for _, test := range []struct {
		name  string
		fails string
		why   string
		edit  func(b *saboteur)
	}{
		{"lets any protocol in", "Join", "want ErrProtocol", func(b *saboteur) {
			b.join = func() error { return nil }
		}},
		{"goes by the order of arrival", "Order", "", func(b *saboteur) {
			b.editOps(func(o *backend.Op) {
				b.server.mu.Lock()
				defer b.server.mu.Unlock()
				b.server.highest++
				o.Stamp.Time = uint64(time.Now().UnixMicro()) + b.server.highest
			})
		}},
		{"tells no loser", "Order", "has Newer [], want", func(b *saboteur) {
			b.apply = func(ctx context.Context, batches []backend.Batch) []backend.Answer {
				answers := b.Conn.Apply(ctx, batches)
				for i := range answers {
					answers[i].Newer = nil
				}
				return answers
			}
		}},
		{"loses its tombstones", "Order", "should not be", func(b *saboteur) {
			b.editSites(func(s *serverSite) { clear(s.tombstones) })
		}},
		{"loses its tombstones beyond the bound", "Bounds", "is answered", func(b *saboteur) {
			b.editSites(func(s *serverSite) { s.floor = backend.Stamp{} })
		}},
		{"gives up records in silence", "Bounds", "by its Events", func(b *saboteur) {
			b.editEvents(func(_ int, e *backend.Event) bool {
				e.Ops = slices.DeleteFunc(e.Ops, func(o backend.Op) bool { return o.Drop })
				return true
			})
		}},
		{"ignores the writer of a Stamp", "Order", "after a tie", func(b *saboteur) {
			b.editOps(func(o *backend.Op) { o.Stamp.Writer = 7 })
		}},
		{"ignores the condition of a Drop", "Drop", "is not there", func(b *saboteur) {
			b.editOps(func(o *backend.Op) {
				if o.Drop {
					o.Drop, o.Delete = false, true
					o.Stamp.Time = uint64(time.Now().Add(backend.MaxAhead).UnixMicro())
				}
			})
		}},
		{"leaves no tombstone after a Drop", "Drop", "older", func(b *saboteur) {
			b.editSites(func(s *serverSite) { clear(s.tombstones) })
		}},
		{"ignores a Touch", "Touch", "another last access", func(b *saboteur) {
			b.editOps(func(o *backend.Op) {
				if o.Touch {
					o.Stamp = backend.Stamp{}
				}
			})
		}},
		{"believes in the future", "Ahead", "is answered", func(b *saboteur) {
			b.server.Clock = func() time.Time { return time.Now().Add(-time.Hour) }
			b.editOps(func(o *backend.Op) {
				b.server.Clock = func() time.Time { return time.UnixMicro(int64(o.Stamp.Time)) }
			})
		}},
		{"cuts a Stamp below what is there", "SetBack", "is answered", func(b *saboteur) {
			b.editSites(func(s *serverSite) { s.newest = 0 })
		}},
		{"has no horizon", "Old", "want a newer Delete", func(b *saboteur) {
			b.editOps(func(o *backend.Op) { o.Stamp.Time += uint64(time.Hour.Microseconds()) })
		}},
		{"changes the version for nothing", "Again", "want no change", func(b *saboteur) {
			b.editSites(func(s *serverSite) { s.version++ })
		}},
		{"mixes up sites", "Sites", "should not be", func(b *saboteur) {
			b.loadSite = func(ctx context.Context, site string, version uint64) (backend.Snapshot, error) {
				s, err := b.Conn.LoadSite(ctx, site, version)
				for other, e := range b.Conn.Load(ctx) {
					if e == nil && strings.HasSuffix(other.Site, "."+site) {
						s.Records = append(s.Records, other.Records...)
					}
				}
				return s, err
			}
		}},
		{"loads what has not changed", "Versions", "nothing has changed", func(b *saboteur) {
			b.loadSite = func(ctx context.Context, site string, _ uint64) (backend.Snapshot, error) {
				return b.Conn.LoadSite(ctx, site, 0)
			}
		}},
		{"applies half a batch", "Cancelled", "there are 1 records", func(b *saboteur) {
			b.apply = func(ctx context.Context, batches []backend.Batch) []backend.Answer {
				half := slices.Clone(batches)
				half[0].Ops = half[0].Ops[:1]
				answers := b.Conn.Apply(context.WithoutCancel(ctx), half)
				answers[0].Err = ctx.Err()
				return answers
			}
		}},
		{"skips a batch in silence", "Events", "never yields", func(b *saboteur) {
			b.editEvents(func(n int, _ *backend.Event) bool { return n != 3 })
		}},
		{"skips a batch in the middle", "Events", "Watch yields 2 Events", func(b *saboteur) {
			b.editEvents(func(n int, _ *backend.Event) bool { return n != 2 })
		}},
		{"hides that it skipped a batch", "History", "no Event of that version|not those of the Events", func(b *saboteur) {
			before := map[string]uint64{}
			b.editEvents(func(n int, e *backend.Event) bool {
				if 20 <= n && n < 25 {
					return false
				}
				e.Before, before[e.Site] = before[e.Site], e.Version
				return true
			})
		}},
		{"reorders a site", "History", "the last one was", func(b *saboteur) {
			var held *backend.Event
			b.watch = func(all events) events {
				return func(yield func(backend.Event, error) bool) {
					n := 0
					for e, err := range all {
						if n++; n == 20 {
							held = &e
							continue
						}
						if !yield(e, err) {
							return
						}
						if held != nil && err == nil && e.Site == held.Site {
							again := *held
							if held = nil; !yield(again, nil) {
								return
							}
						}
					}
				}
			}
		}},
		{"loads an old copy", "History", "was answered", func(b *saboteur) {
			var once sync.Once
			var old backend.Snapshot
			b.loadSite = func(ctx context.Context, site string, version uint64) (backend.Snapshot, error) {
				s, err := b.Conn.LoadSite(ctx, site, version)
				once.Do(func() { old = s })
				if site == old.Site {
					s = old
				}
				return s, err
			}
		}},
		{"ignores the condition in a history", "History", "is not there, although", func(b *saboteur) {
			b.editOps(func(o *backend.Op) {
				if o.Drop {
					o.Drop, o.Delete = false, true
					o.Stamp.Time = uint64(time.Now().Add(900 * time.Millisecond).UnixMicro())
				}
			})
		}},
		{"does not notice that it is cut", "Cut", "does not end", func(b *saboteur) {
			b.watch = func(all events) events {
				return func(yield func(backend.Event, error) bool) {
					for e, err := range all {
						if err != nil {
							select {}
						}
						if !yield(e, err) {
							return
						}
					}
				}
			}
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			if test.name == "does not notice that it is cut" {
				trySharedOutside(t, test.fails, test.why, test.edit)
				return
			}
			synctest.Test(t, func(t *testing.T) { tryShared(t, test.fails, test.why, test.edit) })
		})
	}
}

func trySharedOutside(t *testing.T, name, why string, edit func(*saboteur)) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	runShared(t, ctx, name, why, edit)
}

func tryShared(t *testing.T, name, why string, edit func(*saboteur)) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	runShared(t, ctx, name, why, edit)
}

// runShared runs one test of the suite on a sabotaged Shared, which must fail.
func runShared(t *testing.T, ctx context.Context, name, why string, edit func(*saboteur)) {
	t.Helper()
	i := slices.IndexFunc(sharedTests, func(test struct {
		name string
		run  func(*fleet)
	}) bool {
		return test.name == name
	})
	if i < 0 {
		t.Fatalf("there is no test %s in the suite", name)
	}
	server, r := new(Server), &recorder{ctx: ctx}
	shared := SharedServer{Cut: server.Cut, Restart: server.Restart, Trim: func(string) { server.Trim() }, Open: func() (backend.Shared, error) {
		b := &saboteur{Conn: server.Open()}
		edit(b)
		return b, nil
	}}
	var done sync.WaitGroup
	done.Go(func() { sharedTests[i].run(&fleet{tb: r, SharedServer: shared}) })
	done.Wait()
	// What shows first in a History depends on how its workers are scheduled.
	says := func(s string) bool {
		return slices.ContainsFunc(strings.Split(why, "|"), func(w string) bool { return strings.Contains(s, w) })
	}
	if !slices.ContainsFunc(r.failed, says) {
		t.Errorf("the test %s fails with\n%s\nwant %q", name, strings.Join(r.failed, "\n"), why)
	}
}
