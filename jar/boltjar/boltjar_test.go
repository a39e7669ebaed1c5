package boltjar_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"uacookie/jar"
	"uacookie/jar/backend"
	"uacookie/jar/backend/backendtest"
	"uacookie/jar/boltjar"
	"uacookie/jar/durable"
)

func TestBackend(t *testing.T) {
	backendtest.Run(t, func(t *testing.T) func() (backend.Backend, error) {
		path := filepath.Join(t.TempDir(), "cookies.db")
		return func() (backend.Backend, error) { return boltjar.Open(path) }
	})
}

func mustOpen(t testing.TB, path string) *boltjar.Backend {
	t.Helper()
	b, err := boltjar.Open(path)
	if err != nil {
		t.Fatalf("Open = %v", err)
	}
	return b
}

func mustClose(t testing.TB, b *boltjar.Backend) {
	t.Helper()
	if err := b.Close(); err != nil {
		t.Errorf("Close = %v", err)
	}
}

// batch returns Ops that put n cookies.
func batch(n int) (ops []backend.Op) {
	now := time.Now()
	for i := range n {
		ops = append(ops, backend.Op{Record: backend.Record{
			Cookie: jar.Cookie{
				Name: "sid", Value: strings.Repeat("secret", 10), Domain: fmt.Sprintf("www.h%d.example", i), HostOnly: true, Path: "/",
				Expires: now.Add(time.Hour), Created: now, LastAccess: now, Order: uint64(i + 1),
			},
			List: "a list with a long name",
		}})
	}
	return ops
}

// fill creates a file with n cookies.
func fill(t testing.TB, path string, n int) {
	t.Helper()
	b := mustOpen(t, path)
	if err := b.Apply(context.Background(), batch(n)); err != nil {
		t.Fatalf("Apply = %v", err)
	}
	mustClose(t, b)
}

// load returns the number of records, and the errors of Load.
func load(b *boltjar.Backend) (n int, err error) {
	for _, e := range b.Load(context.Background()) {
		if e == nil {
			n++
		}
		err = errors.Join(err, e)
	}
	return n, err
}

// Only its owner can read the file. It is complete when it appears, and no temporary file
// remains.
func TestFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "cookies.db")
	if err := os.WriteFile(path, nil, 0o600); err != nil { // as mktemp creates it
		t.Fatal(err)
	}
	fill(t, path, 1)
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 {
		t.Fatalf("the folder contains %v, %v; want only the file", entries, err)
	}
	info, err := entries[0].Info()
	if err != nil {
		t.Fatal(err)
	}
	if mode := info.Mode().Perm(); mode != 0o600 && runtime.GOOS != "windows" {
		t.Errorf("the file has mode %v, want 0600", mode)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if n := bytes.Count(data, []byte("a list with a long name")); n == 0 || n > 3 {
		t.Errorf("the name of the list is in the file %d times, want once in each copy of its page", n)
	}
}

// If Open fails, the error has the path, and the file is unchanged.
func TestOpenFails(t *testing.T) {
	dir := t.TempDir()
	file := func(name, content string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	locked := filepath.Join(dir, "locked.db")
	holder := mustOpen(t, locked)
	defer mustClose(t, holder)
	foreign := filepath.Join(dir, "foreign.db")
	edit(t, foreign, func(tx *bbolt.Tx) error {
		_, err := tx.CreateBucket([]byte("cars"))
		return err
	})
	cut := filepath.Join(dir, "cut.db")
	fill(t, cut, 1000)
	if err := os.Truncate(cut, 20<<10); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name, path string
		want       error
	}{
		{"locked", locked, boltjar.ErrLocked},
		{"text", file("text", strings.Repeat("not a database\n", 5000)), nil},
		{"zeros", file("zeros", strings.Repeat("\x00", 64<<10)), nil},
		{"short", file("short", "x"), nil},
		{"another database", foreign, nil},
		{"no folder", filepath.Join(dir, "none", "cookies.db"), os.ErrNotExist},
		{"a folder", dir, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			before, _ := os.ReadFile(test.path)
			b, err := boltjar.Open(test.path)
			if err == nil {
				mustClose(t, b)
				t.Fatal("Open = nil, want an error")
			}
			if test.want != nil && !errors.Is(err, test.want) || !strings.Contains(err.Error(), test.path) {
				t.Errorf("Open = %v, want %v and the path", err, test.want)
			}
			if after, _ := os.ReadFile(test.path); !bytes.Equal(before, after) {
				t.Error("Open has changed the file")
			}
		})
	}
	if b, err := boltjar.Open(cut); err == nil {
		if _, err := load(b); err == nil {
			t.Error("Load of a truncated file yields all cookies without an error")
		}
		_ = b.Close() // may fail: the file is damaged
	}
}

// edit changes a file with bbolt.
func edit(t *testing.T, path string, f func(*bbolt.Tx) error) {
	t.Helper()
	db, err := bbolt.Open(path, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(db.Update(f), db.Close()); err != nil {
		t.Fatal(err)
	}
}

// A malformed record is reported without its value, and stays in the file. A record whose
// list is missing has no list.
func TestBrokenRecord(t *testing.T) {
	path := filepath.Join(t.TempDir(), "cookies.db")
	fill(t, path, 2)
	var key, value []byte
	edit(t, path, func(tx *bbolt.Tx) error {
		cookies := tx.Bucket([]byte("cookies"))
		cursor := cookies.Cursor()
		cursor.First() // the marker of the version
		k, v := cursor.Next()
		key, value = bytes.Clone(k), bytes.Clone(v[:len(v)-1])
		return errors.Join(cookies.Put(key, value), tx.Bucket([]byte("lists")).Delete([]byte("A")))
	})
	b := mustOpen(t, path)
	good := 0
	for r, err := range b.Load(t.Context()) {
		if err == nil {
			good++
			if r.List != "" {
				t.Errorf("%v has the list %q, want none", r, r.List)
			}
			continue
		}
		broken, ok := errors.AsType[*backend.RecordError](err)
		if !ok || !errors.Is(err, backend.ErrMalformed) || strings.Contains(err.Error(), "secret") {
			t.Fatalf("Load yields %v, want a *RecordError without the value", err)
		}
		if !strings.Contains(broken.Where, "www.h0.example") {
			t.Errorf("the malformed record is %q, want its domain", broken.Where)
		}
	}
	if good != 1 {
		t.Errorf("Load yields %d records, want the other one", good)
	}
	if err := b.Apply(t.Context(), batch(10)[5:]); err != nil {
		t.Errorf("Apply = %v", err)
	}
	mustClose(t, b)
	edit(t, path, func(tx *bbolt.Tx) error {
		if got := tx.Bucket([]byte("cookies")).Get(key); !bytes.Equal(got, value) {
			t.Error("the malformed record has changed")
		}
		return nil
	})
}

// Load stops when its context is done. All methods fail on a closed file.
func TestStop(t *testing.T) {
	path := filepath.Join(t.TempDir(), "cookies.db")
	fill(t, path, 10)
	b := mustOpen(t, path)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var got []error
	for _, err := range b.Load(ctx) {
		got = append(got, err)
		cancel()
	}
	if len(got) != 2 || got[0] != nil || !errors.Is(got[1], context.Canceled) {
		t.Errorf("Load, cancelled at the first record, yields %v; want it and context.Canceled", got)
	}
	mustClose(t, b)
	if _, err := load(b); err == nil {
		t.Error("Load after Close = nil, want an error")
	}
	if _, err := b.Count(t.Context()); err == nil {
		t.Error("Count after Close = nil, want an error")
	}
	if err := b.Apply(t.Context(), batch(1)); err == nil {
		t.Error("Apply after Close = nil, want an error")
	}
}

// A damaged page never crashes the process, for each page and each kind of damage: opening,
// loading or writing fails, or the page is unused.
func TestDamaged(t *testing.T) {
	const cookies = 500
	whole := filepath.Join(t.TempDir(), "whole.db")
	fill(t, whole, cookies)
	data, err := os.ReadFile(whole)
	if err != nil {
		t.Fatal(err)
	}
	page := os.Getpagesize()
	failed := 0
	for at := 0; at < len(data); at += page {
		for _, damage := range []string{"\x00", "\xff", "damaged!"} {
			path := filepath.Join(t.TempDir(), "damaged.db")
			damaged := slices.Clone(data)
			copy(damaged[at:at+page], strings.Repeat(damage, page))
			if err := os.WriteFile(path, damaged, 0o600); err != nil {
				t.Fatal(err)
			}
			b, err := boltjar.Open(path)
			if err != nil {
				failed++
				continue
			}
			n, err := load(b)
			if err == nil && n != cookies && at >= 2*page {
				t.Errorf("page %d, filled with %q: %d cookies are loaded without an error, want %d", at/page, damage, n, cookies)
			}
			if after, _ := os.ReadFile(path); !bytes.Equal(after, damaged) {
				t.Errorf("page %d, filled with %q: reading has changed the file", at/page, damage)
			}
			if err = errors.Join(err, b.Apply(t.Context(), batch(cookies))); err != nil {
				failed++
				if strings.Contains(err.Error(), "secret") {
					t.Errorf("page %d: the error shows a value: %v", at/page, err)
				}
			}
			_ = b.Close() // may fail: the file is damaged
		}
	}
	if pages := len(data) / page; failed < pages {
		t.Errorf("%d of %d damaged files are detected, want more: does the test damage them?", failed, 3*pages)
	}
}

// A jar works while its file cannot be written. Afterwards all changes are written to the
// file.
func TestWriteFails(t *testing.T) {
	if limitFiles == nil {
		t.Skip("this system has no limit on the size of files")
	}
	// The limit applies to the whole process, so the test needs one of its own.
	path := filepath.Join(t.TempDir(), "cookies.db")
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), fullPath+"="+path)
	if out, err := child.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	b := mustOpen(t, path)
	defer mustClose(t, b)
	if n, err := load(b); n != 5000 || err != nil {
		t.Errorf("opened again, the file has %d cookies, %v; want 5000", n, err)
	}
}

// writeToFullDisk puts 5000 cookies into a file. At first the disk has no space for most of
// them.
func writeToFullDisk(path string) error {
	ctx := context.Background()
	b, err := boltjar.Open(path)
	if err != nil {
		return err
	}
	j, err := durable.Open(ctx, b, nil)
	if err != nil {
		return err
	}
	put := func(from, to int) {
		for _, o := range batch(to)[from:] {
			if v := j.Accept(o.Cookie); !v.OK() {
				err = errors.Join(err, v.Err())
			}
		}
	}
	put(0, 100)
	err = errors.Join(err, j.Flush(ctx))
	info, statErr := os.Stat(path)
	if err = errors.Join(err, statErr); err != nil {
		return err
	}
	restore, err := limitFiles(info.Size())
	if err != nil {
		return err
	}
	put(100, 5000)
	full := j.Flush(ctx)
	err = errors.Join(err, restore())
	if full == nil || !strings.Contains(full.Error(), path) || strings.Contains(full.Error(), "secret") {
		err = errors.Join(err, fmt.Errorf("Flush, with the disk full, = %v; want an error that names the file", full))
	}
	if n := j.Len(); n != 5000 {
		err = errors.Join(err, fmt.Errorf("with the disk full, the jar has %d cookies, want 5000", n))
	}
	return errors.Join(err, j.Flush(ctx), j.Close(ctx))
}

// A Backend that Open did not return has nothing to close, and says so.
func TestCloseUnopened(t *testing.T) {
	if err := new(boltjar.Backend).Close(); err == nil || !strings.Contains(err.Error(), "not open") {
		t.Errorf("Close = %v, want an error that says the database is not open", err)
	}
}
