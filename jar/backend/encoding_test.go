package backend_test

import (
	"bytes"
	"encoding"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"uacookie/jar/backend"
	"uacookie/jar/store"
)

var (
	_ encoding.BinaryAppender    = (*backend.Record)(nil)
	_ encoding.BinaryUnmarshaler = (*backend.Record)(nil)
)

var now = time.Date(2026, 1, 2, 3, 4, 5, 6, time.UTC)

var records = []struct {
	name   string
	record backend.Record
}{
	{"zero", backend.Record{}},
	{"session", backend.Record{Cookie: store.Cookie{Name: "a", Value: "secret", Domain: "example.com", Path: "/"}}},
	{"all", backend.Record{
		Cookie: store.Cookie{
			Name: "__Host-a", Value: "\x00\xff=;", Domain: "www.example.com", HostOnly: true, Path: "/a/b",
			Expires: now, Secure: true, HttpOnly: true, SameSite: store.SameSiteStrict, Priority: store.PriorityHigh,
			Partition: store.Partition{TopLevelSite: "https://example.org", CrossSiteAncestor: true},
			Created:   now.Add(-time.Hour), LastAccess: now.Add(-time.Minute), Order: math.MaxUint64,
		},
		List: "standard list",
	}},
	{"early", backend.Record{Cookie: store.Cookie{Expires: time.Time{}.Add(1), Created: time.Unix(-1, 0).UTC()}}},
	{"late", backend.Record{Cookie: store.Cookie{Expires: time.Unix(1<<40, 999_999_999).UTC()}}},
	{"a partition without a site", backend.Record{Cookie: store.Cookie{Partition: store.Partition{CrossSiteAncestor: true}}}},
	{"stamped", backend.Record{Cookie: store.Cookie{Name: "a"}, Stamp: backend.Stamp{Time: 1_767_323_045_000_000, Counter: 7, Writer: math.MaxUint64}}},
	{"stamped by a counter", backend.Record{Stamp: backend.Stamp{Counter: math.MaxUint32}}},
	{"long", backend.Record{Cookie: store.Cookie{Value: strings.Repeat("v", 1<<16)}}},
}

func encode(t *testing.T, r backend.Record) []byte {
	t.Helper()
	b, err := r.AppendBinary(nil)
	if err != nil {
		t.Fatalf("AppendBinary: %v", err)
	}
	return b
}

// What was encoded is decoded to the nanosecond, and bytes that were cut off or
// that go on are no record.
func TestEncoding(t *testing.T) {
	for _, test := range records {
		t.Run(test.name, func(t *testing.T) {
			b := encode(t, test.record)
			var got backend.Record
			if err := got.UnmarshalBinary(b); err != nil {
				t.Fatalf("UnmarshalBinary: %v", err)
			}
			if diff := cmp.Diff(fields(test.record), fields(got)); diff != "" {
				t.Errorf("decoded (-want +got):\n%s", diff)
			}
			for i := range min(len(b), 200) {
				if err := got.UnmarshalBinary(b[:i]); !errors.Is(err, backend.ErrMalformed) {
					t.Errorf("UnmarshalBinary of the first %d of %d bytes = %v, want ErrMalformed", i, len(b), err)
				}
			}
			if err := got.UnmarshalBinary(append(b, 0)); !errors.Is(err, backend.ErrMalformed) {
				t.Errorf("UnmarshalBinary with a byte too many = %v, want ErrMalformed", err)
			}
		})
	}
}

// fields returns what of a record cmp would show as the cookie's one line.
func fields(r backend.Record) any {
	type plain store.Cookie
	return struct {
		Cookie plain
		List   string
		Stamp  backend.Stamp
	}{plain(r.Cookie), r.List, r.Stamp}
}

// A record of this version can be read for ever.
func TestEncodingStays(t *testing.T) {
	r := records[2].record
	r.Cookie.Order = 300
	r.Stamp = backend.Stamp{Time: 1, Counter: 2, Writer: 3}
	got := fmt.Sprintf("%x", encode(t, r))
	const want = "02ff37085f5f486f73742d610400ff3d3b0f7777772e6578616d706c652e636f6d042f612f62" +
		"0d7374616e64617264206c6973741368747470733a2f2f6578616d706c652e6f7267" +
		"cad6b9950d06aa9eb9950d06d2d5b9950d06ac02010203" + "d38729c3"
	if got != want {
		t.Errorf("the encoding of version 2 is\n%s, want\n%s", got, want)
	}
}

// Records of version 1, as they were written then, are read as they were meant.
func TestFirstVersion(t *testing.T) {
	data, err := os.ReadFile("testdata/version1.txt")
	if err != nil {
		t.Fatal(err)
	}
	encoded := map[string][]byte{}
	for line := range strings.Lines(string(data)) {
		name, digits, ok := strings.Cut(strings.TrimSpace(line), ": ")
		b, err := hex.DecodeString(digits)
		if !ok || err != nil || len(b) == 0 || b[0] != 1 {
			t.Fatalf("version1.txt: %.80q: want a name and the hex of a record of version 1", line)
		}
		encoded[name] = b
	}
	if len(encoded) != 6 {
		t.Errorf("%d records of version 1, want the 6 that were written", len(encoded))
	}
	for _, test := range records {
		b, ok := encoded[test.name]
		if !ok {
			if test.record.Stamp == (backend.Stamp{}) && test.name != "long" {
				t.Errorf("%s is not among the records of version 1", test.name)
			}
			continue
		}
		var got backend.Record
		if err := got.UnmarshalBinary(b); err != nil {
			t.Errorf("%s: UnmarshalBinary = %v", test.name, err)
		}
		if diff := cmp.Diff(fields(test.record), fields(got)); diff != "" {
			t.Errorf("%s: decoded (-want +got):\n%s", test.name, diff)
		}
		if again := encode(t, got); again[0] != 2 {
			t.Errorf("%s is written as version %d, want 2", test.name, again[0])
		}
	}
}

// A later version is an error of its own, and the program of version 1 takes this one
// for such.
func TestEncodingVersion(t *testing.T) {
	for _, version := range []byte{0, 3, 0xff} {
		b := encode(t, records[1].record)
		b[0] = version
		var r backend.Record
		err := r.UnmarshalBinary(b)
		if !errors.Is(err, backend.ErrVersion) || !strings.Contains(err.Error(), fmt.Sprint("version ", version)) {
			t.Errorf("UnmarshalBinary of version %d = %v, want ErrVersion and its number", version, err)
		}
	}
}

// No flipped bit goes unnoticed, nor do two.
func TestEncodingDamaged(t *testing.T) {
	for _, test := range records {
		b := encode(t, test.record)
		bits := 8 * min(len(b), 60)
		flip := func(i int) { b[i/8] ^= 1 << (i % 8) }
		var r backend.Record
		for i := range bits {
			flip(i)
			if err := r.UnmarshalBinary(b); err == nil {
				t.Errorf("%s, bit %d flipped: UnmarshalBinary = nil, want an error", test.name, i)
			}
			for j := range min(i, 100) {
				flip(j)
				// With the first byte gone to version 1 there is no checksum to look at.
				if err := r.UnmarshalBinary(b); err == nil && b[0] == 2 {
					t.Errorf("%s, bits %d and %d flipped: UnmarshalBinary = nil, want an error", test.name, i, j)
				}
				flip(j)
			}
			flip(i)
		}
	}
}

// The newest stamp is the one with the latest time, then the highest counter.
func TestStamp(t *testing.T) {
	ordered := []backend.Stamp{{}, {Writer: 1}, {Counter: 1}, {Counter: 2}, {Time: 1}, {Time: 1, Counter: 1, Writer: 9}, {Time: 2}}
	for i, s := range ordered {
		for j, u := range ordered {
			if got, want := s.Compare(u), min(max(i-j, -1), 1); got != want {
				t.Errorf("%+v.Compare(%+v) = %d, want %d", s, u, got, want)
			}
		}
	}
}

// A record has one encoding, so what can be decoded is encoded to the same bytes.
func FuzzRecord(f *testing.F) {
	for _, test := range records {
		b, _ := test.record.AppendBinary(nil)
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var r backend.Record
		if err := r.UnmarshalBinary(data); err != nil {
			if !errors.Is(err, backend.ErrMalformed) && !errors.Is(err, backend.ErrVersion) {
				t.Errorf("UnmarshalBinary: %v", err)
			}
			return
		}
		if got := encode(t, r); data[0] == got[0] && !bytes.Equal(got, data) {
			t.Errorf("decoded %x\nencoded %x", data, got)
		}
	})
}

// No way of printing shows a value.
func TestRecordSecret(t *testing.T) {
	r := records[1].record
	op := backend.Op{Record: r}
	for _, s := range []string{
		fmt.Sprint(r), fmt.Sprintf("%v %+v %#v %s", r, r, r, &r),
		fmt.Sprint(op), fmt.Sprintf("%v %+v %#v %s", op, op, op, &op),
	} {
		if strings.Contains(s, "secret") || !strings.Contains(s, "example.com") {
			t.Errorf("printed as %s, want the cookie without its value", s)
		}
	}
}
