package backend_test

import (
	"bytes"
	"encoding"
	"errors"
	"fmt"
	"math"
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
	}{plain(r.Cookie), r.List}
}

// A record of this version can be read for ever.
func TestEncodingStays(t *testing.T) {
	r := records[2].record
	r.Cookie.Order = 300
	got := fmt.Sprintf("%x", encode(t, r))
	const want = "01ff17085f5f486f73742d610400ff3d3b0f7777772e6578616d706c652e636f6d042f612f62" +
		"0d7374616e64617264206c6973741368747470733a2f2f6578616d706c652e6f7267" +
		"cad6b9950d06aa9eb9950d06d2d5b9950d06ac02"
	if got != want {
		t.Errorf("the encoding of version 1 is\n%s, want\n%s", got, want)
	}
}

func TestEncodingVersion(t *testing.T) {
	b := encode(t, records[1].record)
	b[0]++
	var r backend.Record
	err := r.UnmarshalBinary(b)
	if !errors.Is(err, backend.ErrVersion) || !strings.Contains(err.Error(), "version 2") {
		t.Errorf("UnmarshalBinary of a later version = %v, want ErrVersion and its number", err)
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
		if got := encode(t, r); !bytes.Equal(got, data) {
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
