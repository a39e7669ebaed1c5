package backend

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"math"
	"time"

	"uacookie/jar/store"
)

// The encoding of a Record, for backends that keep bytes: the version, the flags, the
// strings, the times, the order, the stamp and a checksum. A string is its length and its
// bytes, a number a varint, a time seconds since 1970 and nanoseconds. Equal records have
// equal encodings.
//
// The checksum is the CRC-32C of all that precedes it, in four bytes, the highest first. It
// detects each flipped bit; it does not protect against an attacker with write access.
//
// Version 1 has no stamp and no checksum. It is read and no longer written.
const (
	encodingVersion = 2
	firstVersion    = 1
	checksumLen     = 4
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// The flags. SameSite and Priority have two bits each.
const (
	flagHostOnly = 1 << iota
	flagSecure
	flagHTTPOnly
	flagPersistent
	flagPartition
	flagCrossSite
	flagCreated
	flagLastAccess
	flagSameSite = 8  // shifts
	flagPriority = 10 //
	flagStamp    = 1 << 12
	flagsEnd     = 13
)

// The errors of UnmarshalBinary.
var (
	// ErrVersion is the error for a record that a later version has written.
	ErrVersion = errors.New("backend: unknown version")

	// ErrMalformed is the error for bytes that are not a record.
	ErrMalformed = errors.New("backend: malformed record")
)

// AppendBinary appends the encoding of r to b. It implements
// [encoding.BinaryAppender]; the error is always nil.
func (r *Record) AppendBinary(b []byte) ([]byte, error) {
	c := &r.Cookie
	flags := uint64(c.SameSite&3)<<flagSameSite | uint64(c.Priority&3)<<flagPriority
	for _, f := range []struct {
		set bool
		bit uint64
	}{
		{c.HostOnly, flagHostOnly}, {c.Secure, flagSecure}, {c.HttpOnly, flagHTTPOnly},
		{c.Persistent(), flagPersistent}, {c.Partition != (store.Partition{}), flagPartition},
		{c.Partition.CrossSiteAncestor, flagCrossSite},
		{!c.Created.IsZero(), flagCreated}, {!c.LastAccess.IsZero(), flagLastAccess},
		{r.Stamp != Stamp{}, flagStamp},
	} {
		if f.set {
			flags |= f.bit
		}
	}
	start := len(b)
	b = append(b, encodingVersion)
	b = binary.AppendUvarint(b, flags)
	b = appendString(b, c.Name)
	b = appendString(b, c.Value)
	b = appendString(b, c.Domain)
	b = appendString(b, c.Path)
	b = appendString(b, r.List)
	if flags&flagPartition != 0 {
		b = appendString(b, c.Partition.TopLevelSite)
	}
	for _, t := range []time.Time{c.Expires, c.Created, c.LastAccess} {
		if !t.IsZero() {
			b = binary.AppendVarint(b, t.Unix())
			b = binary.AppendUvarint(b, uint64(t.Nanosecond()))
		}
	}
	b = binary.AppendUvarint(b, c.Order)
	if flags&flagStamp != 0 {
		b = binary.AppendUvarint(b, r.Stamp.Time)
		b = binary.AppendUvarint(b, uint64(r.Stamp.Counter))
		b = binary.AppendUvarint(b, r.Stamp.Writer)
	}
	return binary.BigEndian.AppendUint32(b, crc32.Checksum(b[start:], castagnoli)), nil
}

func appendString(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

// UnmarshalBinary makes r the record that data encodes, in this version or an earlier
// one. It implements [encoding.BinaryUnmarshaler]. The error is ErrVersion or
// ErrMalformed, wrapped, and shows nothing of the data.
func (r *Record) UnmarshalBinary(data []byte) error {
	if len(data) == 0 {
		return ErrMalformed
	}
	version := data[0]
	switch version {
	case firstVersion:
	case encodingVersion:
		end := len(data) - checksumLen
		if end < 1 || binary.BigEndian.Uint32(data[end:]) != crc32.Checksum(data[:end], castagnoli) {
			return fmt.Errorf("%w: the checksum does not match", ErrMalformed)
		}
		data = data[:end]
	default:
		return fmt.Errorf("%w %d", ErrVersion, version)
	}
	// All strings of a record are parts of one.
	d := decoder{data: string(data[1:])}
	flags := d.uvarint()
	if flags>>flagsEnd != 0 || version == firstVersion && flags&flagStamp != 0 {
		return ErrMalformed
	}
	has := func(bit uint64) bool { return flags&bit != 0 }
	var got Record
	c := &got.Cookie
	c.HostOnly, c.Secure, c.HttpOnly = has(flagHostOnly), has(flagSecure), has(flagHTTPOnly)
	c.SameSite = store.SameSite(flags >> flagSameSite & 3)
	c.Priority = store.Priority(flags >> flagPriority & 3)
	c.Name, c.Value, c.Domain, c.Path = d.string(), d.string(), d.string(), d.string()
	got.List = d.string()
	if has(flagPartition) {
		c.Partition = store.Partition{TopLevelSite: d.string(), CrossSiteAncestor: has(flagCrossSite)}
	}
	if has(flagPersistent) {
		c.Expires = d.time()
	}
	if has(flagCreated) {
		c.Created = d.time()
	}
	if has(flagLastAccess) {
		c.LastAccess = d.time()
	}
	c.Order = d.uvarint()
	if has(flagStamp) {
		got.Stamp = d.stamp()
	}
	// A partition is there or it is not, and only one that is has an ancestor.
	partitioned := c.Partition != (store.Partition{})
	if d.bad || d.data != "" || c.Priority > store.PriorityHigh ||
		has(flagPartition) != partitioned || has(flagCrossSite) && !partitioned {
		return ErrMalformed
	}
	*r = got
	return nil
}

// A decoder takes what it reads from the front of data. Once bad, it reads zeros.
type decoder struct {
	data string
	bad  bool
}

func (d *decoder) uvarint() (n uint64) {
	for i := range min(len(d.data), binary.MaxVarintLen64) {
		c := d.data[i]
		n |= uint64(c&0x7f) << (7 * i)
		if c < 0x80 {
			// The last byte is not zero but for zero itself, and the tenth has one bit.
			d.bad = d.bad || c == 0 && i > 0 || i == binary.MaxVarintLen64-1 && c > 1
			d.data = d.data[i+1:]
			return n
		}
	}
	return d.fail()
}

func (d *decoder) fail() uint64 {
	d.bad, d.data = true, ""
	return 0
}

func (d *decoder) string() string {
	n := d.uvarint()
	if n > uint64(len(d.data)) {
		d.fail()
		return ""
	}
	s := d.data[:n]
	d.data = d.data[n:]
	return s
}

// stamp reads a stamp, which is not zero.
func (d *decoder) stamp() Stamp {
	at, counter, writer := d.uvarint(), d.uvarint(), d.uvarint()
	s := Stamp{Time: at, Counter: uint32(counter), Writer: writer}
	if counter > math.MaxUint32 || s == (Stamp{}) {
		d.fail()
	}
	return s
}

func (d *decoder) time() time.Time {
	n := d.uvarint()
	sec := int64(n>>1) ^ -int64(n&1)
	nsec := d.uvarint()
	t := time.Unix(sec, int64(nsec)).UTC()
	if nsec >= uint64(time.Second) || t.IsZero() {
		d.fail()
		return time.Time{}
	}
	return t
}
