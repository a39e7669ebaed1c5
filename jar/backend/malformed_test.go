package backend_test

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
	"math"
	"testing"
	"time"

	"uacookie/jar/backend"
)

// withChecksum returns the encoding with its checksum made right, as a program that writes
// nonsense would.
func withChecksum(b []byte) []byte {
	end := len(b) - 4
	return binary.BigEndian.AppendUint32(b[:end:end], crc32.Checksum(b[:end], crc32.MakeTable(crc32.Castagnoli)))
}

// A record whose checksum is right and whose contents are not is malformed wherever it
// is cut, and whatever byte is wrong it is a record or malformed.
func TestMalformed(t *testing.T) {
	var all backend.Record
	for _, test := range records {
		if test.name == "all" {
			all = test.record
		}
	}
	all.Stamp = backend.Stamp{Time: 1, Counter: math.MaxUint32, Writer: 1}
	good := encode(t, all)
	for n := 1; n < len(good)-4; n++ {
		cut := withChecksum(append(good[:n:n], 0, 0, 0, 0))
		if err := new(backend.Record).UnmarshalBinary(cut); !errors.Is(err, backend.ErrMalformed) {
			t.Errorf("cut after %d bytes: %v, want ErrMalformed", n, err)
		}
	}
	malformed := 0
	for i := 1; i < len(good)-4; i++ {
		for _, c := range []byte{0, 0x7f, 0x80, 0xff} {
			wrong := append([]byte(nil), good...)
			wrong[i] = c
			switch err := new(backend.Record).UnmarshalBinary(withChecksum(wrong)); {
			case errors.Is(err, backend.ErrMalformed):
				malformed++
			case err != nil:
				t.Errorf("byte %d is %#x: %v, want ErrMalformed or none", i, c, err)
			}
		}
	}
	if malformed == 0 {
		t.Error("no wrong byte makes a record malformed")
	}
}

// A stamp of zero, and a second with a thousand million nanoseconds or more, are malformed.
func TestImpossibleFields(t *testing.T) {
	stamped := encode(t, backend.Record{Stamp: backend.Stamp{Writer: 1}})
	stamped[len(stamped)-5] = 0
	if err := new(backend.Record).UnmarshalBinary(withChecksum(stamped)); !errors.Is(err, backend.ErrMalformed) {
		t.Errorf("a stamp of zero: %v, want ErrMalformed", err)
	}
	late := backend.Record{}
	late.Cookie.Expires = time.Unix(0, 999_999_999).UTC()
	b, tried := encode(t, late), 0
	for i := range len(b) - 4 {
		wrong := append([]byte(nil), b...)
		if wrong[i] == 0x03 && i+1 < len(b)-4 { // the last byte of 999,999,999 as a varint
			wrong[i] = 0x7f
			tried++
			if err := new(backend.Record).UnmarshalBinary(withChecksum(wrong)); !errors.Is(err, backend.ErrMalformed) {
				t.Errorf("a second of too many nanoseconds: %v, want ErrMalformed", err)
			}
		}
	}
	if tried == 0 {
		t.Error("the nanoseconds are not where the test looks for them")
	}
}
