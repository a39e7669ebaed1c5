package boltjar_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"uacookie/jar/backend"
	"uacookie/jar/boltjar"
	"uacookie/jar/durable"
	"uacookie/jar/store"
)

// records returns the records of a file by key, and the error of Load.
func records(b *boltjar.Backend) (map[store.Key]backend.Record, error) {
	all := map[store.Key]backend.Record{}
	var errs error
	for r, err := range b.Load(context.Background()) {
		if err != nil {
			errs = errors.Join(errs, err)
			continue
		}
		all[r.Cookie.Key()] = r
	}
	return all, errs
}

// same reports whether a record is the one that was put. The list name may be missing, since
// Load drops damaged names.
func same(got, want backend.Record) bool {
	if got.List == "" {
		got.List = want.List
	}
	a, _ := got.AppendBinary(nil)
	b, _ := want.AppendBinary(nil)
	return bytes.Equal(a, b)
}

// A sample is a file to damage, with its records.
type sample struct {
	data []byte
	want map[store.Key]backend.Record
}

// newSample returns a file with n cookies. It is written twice, so that it has free pages.
func newSample(t *testing.T, n int) *sample {
	t.Helper()
	path := filepath.Join(t.TempDir(), "whole.db")
	fill(t, path, n)
	b := mustOpen(t, path)
	if err := b.Apply(t.Context(), batch(n)[:1]); err != nil {
		t.Fatal(err)
	}
	s := new(sample)
	var err error
	if s.want, err = records(b); err != nil || len(s.want) != n {
		t.Fatalf("%d records, %v; want %d", len(s.want), err, n)
	}
	mustClose(t, b)
	if s.data, err = os.ReadFile(path); err != nil {
		t.Fatal(err)
	}
	return s
}

// check opens, loads, writes and closes a damaged file. If none of these fails, the loaded
// records must be the ones that were put.
func (s *sample) check(t *testing.T, path string, data []byte) (noticed bool) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	unchanged := func(after string) {
		t.Helper()
		if now, err := os.ReadFile(path); err != nil || !bytes.Equal(now, data) {
			t.Errorf("%s has changed the damaged file", after)
		}
	}
	b, err := boltjar.Open(path)
	if err != nil {
		unchanged("Open")
		return true
	}
	got, loadErr := records(b)
	noticed = loadErr != nil
	for k, r := range got {
		if !same(r, s.want[k]) {
			t.Errorf("%v was loaded as another cookie", r)
		}
	}
	if len(got) != len(s.want) && loadErr == nil {
		t.Errorf("%d cookies were loaded, want %d or an error", len(got), len(s.want))
	}
	unchanged("Load")

	// Change one cookie and delete another.
	want := map[store.Key]backend.Record{}
	var ops []backend.Op
	for k, r := range got {
		want[k] = r
		switch len(ops) {
		case 0:
			r.Cookie.Value = "changed"
			want[k] = r
			ops = append(ops, backend.Op{Record: r})
		case 1:
			delete(want, k)
			ops = append(ops, backend.Op{Delete: true, Record: backend.Record{Cookie: store.Cookie{
				Name: k.Name, Domain: k.Domain, HostOnly: k.HostOnly, Path: k.Path, Partition: k.Partition}}})
		}
	}
	applyErr := b.Apply(context.Background(), ops)
	if errors.Is(loadErr, boltjar.ErrDamaged) && !errors.Is(applyErr, boltjar.ErrDamaged) {
		t.Errorf("Apply to a damaged file = %v, want ErrDamaged", applyErr)
	}
	closeErr := b.Close()
	if applyErr != nil || closeErr != nil {
		return true
	}
	b, err = boltjar.Open(path)
	if err != nil {
		t.Errorf("Open after Apply = %v, want nil", err)
		return true
	}
	defer mustClose(t, b)
	got, againErr := records(b)
	if (againErr == nil) != (loadErr == nil) || len(got) != len(want) {
		t.Errorf("after Apply, Load yields %d cookies and %v, want %d and %v", len(got), againErr, len(want), loadErr)
	}
	for k, r := range got {
		if !same(r, want[k]) {
			t.Errorf("after Apply, %v was loaded as another cookie", r)
		}
	}
	return noticed
}

// A flipped bit never crashes the process or changes a cookie, for each bit of the file:
// opening, loading, writing or closing fails, or the cookies are unchanged.
func TestFlippedBits(t *testing.T) {
	for _, n := range []int{2, 150} { // on one page, and on several
		t.Run(fmt.Sprint(n, " cookies"), func(t *testing.T) {
			s := newSample(t, n)
			path := filepath.Join(t.TempDir(), "damaged.db")
			if !s.noticedNothing(t, path) {
				return
			}
			var bits []int
			for i, b := range s.data {
				// Most of the file is zeros between zeros.
				near := bytes.Trim(s.data[max(i-8, 0):min(i+9, len(s.data))], "\x00")
				if b != 0 || len(near) > 0 || os.Getenv("SOAK") != "" {
					for bit := range 8 {
						bits = append(bits, 8*i+bit)
					}
				}
			}
			if os.Getenv("SOAK") == "" { // make soak
				r := rand.New(rand.NewPCG(1, uint64(n)))
				r.Shuffle(len(bits), func(i, j int) { bits[i], bits[j] = bits[j], bits[i] })
				bits = bits[:400]
			}
			noticed := 0
			for _, bit := range bits {
				data := bytes.Clone(s.data)
				data[bit/8] ^= 1 << (bit % 8)
				if s.check(t, path, data) {
					noticed++
				}
				if t.Failed() {
					t.Fatalf("at bit %d of byte %d (page %d)", bit%8, bit/8, bit/8/os.Getpagesize())
				}
			}
			t.Logf("%d of %d flipped bits are noticed; the others change nothing", noticed, len(bits))
			if noticed < 100 { // few, since in the long form most bits are on unused pages
				t.Errorf("%d flipped bits were detected, want at least 100: does the test damage the file?", noticed)
			}
		})
	}
}

func (s *sample) noticedNothing(t *testing.T, path string) bool {
	t.Helper()
	if s.check(t, path, s.data) || t.Failed() {
		t.Error("the undamaged file has errors")
		return false
	}
	return true
}

// In a file of version 1, which has no checksums, a flipped bit may change a cookie, but does
// no other harm.
func TestFlippedBitsOfFirstVersion(t *testing.T) {
	data := firstVersion(t, "version1.db")
	path := filepath.Join(t.TempDir(), "damaged.db")
	r := rand.New(rand.NewPCG(1, 1))
	trials := 200
	if os.Getenv("SOAK") != "" { // make soak
		trials = 8 * len(data)
	}
	for i := range trials {
		bit := i
		if os.Getenv("SOAK") == "" {
			bit = r.IntN(8 * len(data))
		}
		damaged := bytes.Clone(data)
		damaged[bit/8] ^= 1 << (bit % 8)
		if err := os.WriteFile(path, damaged, 0o600); err != nil {
			t.Fatal(err)
		}
		b, err := boltjar.Open(path)
		if err != nil {
			continue
		}
		_, _ = records(b)
		_ = b.Apply(t.Context(), batch(3))
		_ = b.Close()
	}
}

// If the file is truncated while it is open, all later calls fail at once, and Close releases
// the lock.
func TestTruncated(t *testing.T) {
	s := newSample(t, 150)
	page := int64(os.Getpagesize())
	for _, size := range []int64{0, 1, page, 2*page - 1, 2 * page, 3 * page, 5*page + 7} {
		for _, loaded := range []bool{false, true} {
			t.Run(fmt.Sprint(size, " bytes, loaded ", loaded), func(t *testing.T) {
				path := filepath.Join(t.TempDir(), "cookies.db")
				if err := os.WriteFile(path, s.data, 0o600); err != nil {
					t.Fatal(err)
				}
				b := mustOpen(t, path)
				if loaded {
					if _, err := records(b); err != nil {
						t.Fatal(err)
					}
				}
				if err := os.Truncate(path, size); err != nil {
					t.Fatal(err)
				}
				for range 2 {
					if err := b.Apply(t.Context(), batch(1)); !errors.Is(err, boltjar.ErrDamaged) {
						t.Errorf("Apply = %v, want ErrDamaged", err)
					}
				}
				if _, err := records(b); !errors.Is(err, boltjar.ErrDamaged) {
					t.Errorf("Load = %v, want ErrDamaged", err)
				}
				if err := b.Close(); !errors.Is(err, boltjar.ErrDamaged) {
					t.Errorf("Close = %v, want ErrDamaged", err)
				}
				if info, err := os.Stat(path); err != nil || info.Size() != size {
					t.Errorf("the file has %d bytes, %v; want it left as it is", info.Size(), err)
				}
				if size == 0 {
					return // an empty file counts as missing
				}
				if again, err := boltjar.Open(path); err == nil || errors.Is(err, boltjar.ErrLocked) {
					t.Errorf("Open = %v, %v, want an error other than ErrLocked", again, err)
				}
			})
		}
	}
	t.Run("Close alone", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "cookies.db")
		fill(t, path, 150)
		b := mustOpen(t, path)
		if err := os.Truncate(path, 3*page); err != nil {
			t.Fatal(err)
		}
		if err := b.Close(); !errors.Is(err, boltjar.ErrDamaged) {
			t.Errorf("Close = %v, want ErrDamaged", err)
		}
	})
	t.Run("durable", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "cookies.db")
		fill(t, path, 150)
		j := openDurable(t, path)
		if err := os.Truncate(path, 3*page); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if v := j.Accept(batch(1)[0].Cookie); !v.OK() {
			t.Fatal(v)
		}
		if err := j.Flush(ctx); !errors.Is(err, boltjar.ErrDamaged) {
			t.Errorf("Flush = %v, want ErrDamaged", err)
		}
		if err := j.Close(ctx); !errors.Is(err, boltjar.ErrDamaged) || ctx.Err() != nil {
			t.Errorf("Close = %v, want ErrDamaged, and soon", err)
		}
	})
}

func openDurable(t *testing.T, path string) *durable.Jar {
	t.Helper()
	j, err := durable.Open(t.Context(), mustOpen(t, path), nil)
	if err != nil {
		t.Fatal(err)
	}
	return j
}

// A program that ignores the lock may overwrite pages that bbolt is using. bbolt then panics
// with its locks held, and still all calls return.
func TestOverwrittenWhileOpen(t *testing.T) {
	s := newSample(t, 150)
	page := os.Getpagesize()
	failed := 0
	for at := 0; at < len(s.data); at += page {
		for _, damage := range []byte{0, 0xff} {
			path := filepath.Join(t.TempDir(), "cookies.db")
			if err := os.WriteFile(path, s.data, 0o600); err != nil {
				t.Fatal(err)
			}
			b := mustOpen(t, path)
			if _, err := records(b); err != nil {
				t.Fatal(err)
			}
			f, err := os.OpenFile(path, os.O_WRONLY, 0)
			if err != nil {
				t.Fatal(err)
			}
			_, err = f.WriteAt(bytes.Repeat([]byte{damage}, page), int64(at))
			if err = errors.Join(err, f.Close()); err != nil {
				t.Fatal(err)
			}
			for range 2 {
				err = errors.Join(err, b.Apply(t.Context(), batch(150)))
			}
			if err = errors.Join(err, b.Close()); err != nil {
				failed++
			}
			if again, err := boltjar.Open(path); errors.Is(err, boltjar.ErrLocked) {
				t.Errorf("page %d: Open = %v, want the file unlocked", at/page, err)
			} else if err == nil {
				_ = again.Close()
			}
		}
	}
	if failed == 0 {
		t.Error("no overwritten page made a call fail: does the test damage the file?")
	}
}
