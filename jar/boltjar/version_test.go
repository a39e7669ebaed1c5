package boltjar_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"uacookie/jar"
	"uacookie/jar/backend"
	"uacookie/jar/boltjar"
	"uacookie/jar/store"
)

// firstVersion returns a file written by version 1.
func firstVersion(t *testing.T, name string) []byte {
	t.Helper()
	if binary.NativeEndian.Uint16([]byte{1, 0}) != 1 {
		t.Skip("NOT TESTED: the file is of a machine with another byte order")
	}
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// firstRecords returns the records in that file.
func firstRecords(n int) map[store.Key]backend.Record {
	all := map[store.Key]backend.Record{}
	at := time.Date(2026, 1, 2, 3, 4, 5, 6007008, time.UTC)
	for i := range n {
		r := backend.Record{Cookie: jar.Cookie{
			Name: fmt.Sprint("name", i), Value: strings.Repeat("v", i), Domain: fmt.Sprintf("www.h%d.example", i/3), HostOnly: i%2 == 0, Path: "/",
			Expires: at.AddDate(1, 0, i), Secure: i%3 == 0, HttpOnly: i%5 == 0,
			Created: at, LastAccess: at.Add(time.Duration(i) * time.Minute), Order: uint64(i + 1),
		}, List: fmt.Sprint("list ", i%2)}
		if i%7 == 3 {
			r.Cookie.Partition = jar.Partition{TopLevelSite: "https://top.example", CrossSiteAncestor: true}
		}
		all[r.Cookie.Key()] = r
	}
	return all
}

// Files of version 1 can be opened. Reading does not change them. The first batch converts
// them to this version, with all their cookies.
func TestFirstVersion(t *testing.T) {
	for name, n := range map[string]int{"version1.db": 60, "version1-small.db": 2} {
		t.Run(name, func(t *testing.T) {
			data, want := firstVersion(t, name), firstRecords(n)
			path := filepath.Join(t.TempDir(), name)
			if err := os.WriteFile(path, data, 0o600); err != nil {
				t.Fatal(err)
			}
			loads := func(b *boltjar.Backend) {
				t.Helper()
				got, err := records(b)
				if err != nil || len(got) != len(want) {
					t.Errorf("Load yields %d records, %v; want %d", len(got), err, len(want))
				}
				for k, r := range got {
					if !same(r, want[k]) || r.List != want[k].List {
						t.Errorf("Load yields %v with the list %q, which is not what was put", r, r.List)
					}
				}
				if n, err := b.Count(t.Context()); n != len(want) || err != nil {
					t.Errorf("Count = %d, %v; want %d", n, err, len(want))
				}
			}
			b := mustOpen(t, path)
			loads(b)
			mustClose(t, b)
			if now, err := os.ReadFile(path); err != nil || !bytes.Equal(now, data) {
				t.Errorf("reading has changed the file, %v", err)
			}

			b = mustOpen(t, path)
			for k, r := range want {
				r.Cookie.Value += "changed"
				want[k] = r
				if err := b.Apply(t.Context(), []backend.Op{{Record: r}}); err != nil {
					t.Fatalf("Apply = %v", err)
				}
				break
			}
			loads(b)
			mustClose(t, b)
			b = mustOpen(t, path)
			loads(b)
			mustClose(t, b)
			asFirstVersion(t, path)
		})
	}
}

// asFirstVersion checks that the program of version 1 refuses a file, by doing the same as
// that program. It loads the records and stops at the first record of another version. If it
// ignores that, it stores the number of its list before it puts a record.
func asFirstVersion(t *testing.T, path string) {
	t.Helper()
	db, err := bbolt.Open(path, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	err = db.Update(func(tx *bbolt.Tx) error {
		_, first := tx.Bucket([]byte("cookies")).Cursor().First()
		if len(first) == 0 || first[0] != 2 {
			t.Errorf("the first record is of version %x, want 2", first[:min(len(first), 1)])
		}
		lists := tx.Bucket([]byte("lists"))
		err := lists.ForEach(func(_, name []byte) error {
			if string(name) == "list 9" {
				t.Error("version 1 finds the list")
			}
			return nil
		})
		if err != nil {
			return err
		}
		n, err := lists.NextSequence()
		if err != nil {
			return err
		}
		return lists.Put(fmt.Append(nil, n), []byte("list 9"))
	})
	if err == nil {
		t.Error("version 1 can write to the file")
	}
}

func TestVersionOneIsLockedOut(t *testing.T) {
	for _, n := range []int{0, 1, 200} {
		path := filepath.Join(t.TempDir(), "cookies.db")
		fill(t, path, n)
		asFirstVersion(t, path)
	}
}

// Open refuses a file written by a later version, and does not change it.
func TestLaterVersion(t *testing.T) {
	path := filepath.Join(t.TempDir(), "cookies.db")
	fill(t, path, 3)
	edit(t, path, func(tx *bbolt.Tx) error {
		return tx.Bucket([]byte("cookies")).Put([]byte{0}, []byte("\x03whatever it has"))
	})
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := boltjar.Open(path); !errors.Is(err, backend.ErrVersion) || !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), "version 3") {
		t.Errorf("Open = %v, want ErrVersion, its number and the path", err)
	}
	if after, err := os.ReadFile(path); err != nil || !bytes.Equal(after, before) {
		t.Errorf("Open has changed the file, %v", err)
	}
}

// Load reports a record under the key of another cookie. Deleting that cookie by its own key
// would not delete the record.
func TestMovedRecord(t *testing.T) {
	path := filepath.Join(t.TempDir(), "cookies.db")
	fill(t, path, 2)
	edit(t, path, func(tx *bbolt.Tx) error {
		cookies := tx.Bucket([]byte("cookies"))
		c := cookies.Cursor()
		c.First()
		k, v := c.Next()
		moved := bytes.Clone(k)
		moved[0]++
		return cookies.Put(moved, bytes.Clone(v))
	})
	b := mustOpen(t, path)
	defer mustClose(t, b)
	got, err := records(b)
	if len(got) != 2 || !errors.Is(err, backend.ErrMalformed) {
		t.Errorf("Load yields %d records, %v; want 2 and ErrMalformed", len(got), err)
	}
}

// Load drops the damaged name of a list, so that the jar checks its cookies again.
func TestDamagedList(t *testing.T) {
	path := filepath.Join(t.TempDir(), "cookies.db")
	fill(t, path, 2)
	for _, value := range [][]byte{nil, {1, 2, 3}, binary.BigEndian.AppendUint32(nil, crc32.ChecksumIEEE([]byte("A"))), []byte("XXXXa list with a long name")} {
		edit(t, path, func(tx *bbolt.Tx) error { return tx.Bucket([]byte("lists")).Put([]byte("A"), value) })
		b := mustOpen(t, path)
		got, err := records(b)
		if len(got) != 2 || err != nil {
			t.Errorf("list %q: Load yields %d records, %v; want 2", value, len(got), err)
		}
		for _, r := range got {
			if r.List != "" {
				t.Errorf("list %q: a record has the list %q, want none", value, r.List)
			}
		}
		// Its number is not used again.
		op := batch(1)[0]
		op.List = "another list"
		op.Cookie.Name = "another"
		if err := b.Apply(t.Context(), []backend.Op{op}); err != nil {
			t.Fatal(err)
		}
		got, _ = records(b)
		if got[op.Key()].List != "another list" || got[batch(1)[0].Key()].List != "" {
			t.Errorf("list %q: the records have the lists %q and %q", value, got[op.Key()].List, got[batch(1)[0].Key()].List)
		}
		op.Delete = true
		if err := b.Apply(t.Context(), []backend.Op{op}); err != nil {
			t.Fatal(err)
		}
		mustClose(t, b)
	}
}
