package valkeyjar

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math"
	"strings"
	"time"

	"uacookie/jar/backend"
	"uacookie/jar/store"
)

// The lengths of the parts of a value, as the scripts know them.
const (
	stampLen  = 19
	accessLen = 9
	expiryLen = 5
	headerLen = 1 + stampLen + accessLen + expiryLen
)

// The kinds of values, and of the Ops in an entry of the log.
const (
	kindRecord    = 'r'
	kindTombstone = 't'

	opPut    = 'p'
	opDelete = 'd'
	opDrop   = 'x'
	opTouch  = 'a'

	// A put and a Delete whose Stamp was cut.
	opCutPut    = 'c'
	opCutDelete = 'e'
)

// maxTime is the latest Time of a Stamp that is written. The server cuts it.
const maxTime = 1<<53 - 1

func appendStamp(b []byte, s backend.Stamp) []byte {
	var at [8]byte
	binary.BigEndian.PutUint64(at[:], min(s.Time, maxTime))
	b = append(b, at[1:]...)
	b = binary.BigEndian.AppendUint32(b, s.Counter)
	return binary.BigEndian.AppendUint64(b, s.Writer)
}

// uint56 returns the number in the first seven bytes.
func uint56(b string) uint64 {
	var n uint64
	for i := range 7 {
		n = n<<8 | uint64(b[i])
	}
	return n
}

func uint64Of(b string) uint64 {
	var n uint64
	for i := range len(b) {
		n = n<<8 | uint64(b[i])
	}
	return n
}

// readStamp reads a Stamp from the front of b, which is long enough.
func readStamp(b string) backend.Stamp {
	return backend.Stamp{Time: uint56(b), Counter: uint32(uint64Of(b[7:11])), Writer: uint64Of(b[11:stampLen])}
}

// yearOne is the zero time in seconds since 1970.
var yearOne = time.Time{}.Unix()

// seconds returns the seconds since the year 1, within five bytes.
func seconds(t time.Time) uint64 { return uint64(min(max(t.Unix()-yearOne, 0), 1<<40-1)) }

func appendAccess(b []byte, t time.Time) []byte {
	sec := seconds(t)
	b = append(b, byte(sec>>32))
	b = binary.BigEndian.AppendUint32(b, uint32(sec))
	return binary.BigEndian.AppendUint32(b, uint32(t.Nanosecond()))
}

func readAccess(b string) (time.Time, error) {
	sec, nsec := uint64Of(b[:5]), uint64Of(b[5:accessLen])
	if nsec >= uint64(time.Second) {
		return time.Time{}, fmt.Errorf("%w: invalid last access", backend.ErrMalformed)
	}
	t := time.Unix(int64(sec)+yearOne, int64(nsec)).UTC()
	return t, nil
}

// appendExpiry appends the second after which the server may drop the record, and zero for
// a session cookie.
func appendExpiry(b []byte, c *store.Cookie) []byte {
	var sec uint64
	if c.Persistent() {
		sec = max(seconds(c.Expires)+1, 1)
	}
	b = append(b, byte(sec>>32))
	return binary.BigEndian.AppendUint32(b, uint32(sec))
}

// The first byte of a field. It is never the byte of stateField.
const (
	fieldHostOnly = 1 << iota
	fieldPartition
	fieldCrossSite
	fieldIsSite // the domain is the site
	fieldInSite // the domain is a subdomain of the site, which is left out
	fieldEnd
)

// stateField is the field with the state of the site.
const stateField = "."

// appendField appends the field of a cookie: its identity, readable.
func appendField(b []byte, site string, k store.Key) []byte {
	flags, domain := byte(0), k.Domain
	inside, ok := strings.CutSuffix(domain, "."+site)
	switch {
	case domain == site:
		flags, domain = fieldIsSite, ""
	case ok && inside != "":
		flags, domain = fieldInSite, inside
	}
	if k.HostOnly {
		flags |= fieldHostOnly
	}
	if k.Partition.TopLevelSite != "" {
		flags |= fieldPartition
	}
	if k.Partition.CrossSiteAncestor {
		flags |= fieldCrossSite
	}
	b = append(b, flags)
	b = appendString(b, k.Name)
	b = appendString(b, k.Path)
	if flags&fieldIsSite == 0 {
		b = appendString(b, domain)
	}
	if flags&fieldPartition != 0 {
		b = appendString(b, k.Partition.TopLevelSite)
	}
	return b
}

func appendString(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

// readField returns the identity that appendField has written.
func readField(site, field string) (k store.Key, err error) {
	rest, bad := field, field == "" || field[0] >= fieldEnd
	next := func() (s string) {
		n, size := binary.Uvarint([]byte(rest[:min(len(rest), binary.MaxVarintLen64)]))
		if size <= 0 || n > uint64(len(rest)-size) {
			bad, rest = true, ""
			return ""
		}
		s, rest = rest[size:size+int(n)], rest[size+int(n):]
		return s
	}
	if bad {
		return k, fmt.Errorf("%w: invalid identity", backend.ErrMalformed)
	}
	flags := rest[0]
	rest = rest[1:]
	k.Name, k.Path = next(), next()
	switch {
	case flags&fieldIsSite != 0:
		k.Domain = site
	case flags&fieldInSite != 0:
		k.Domain = next() + "." + site
	default:
		k.Domain = next()
	}
	if flags&fieldPartition != 0 {
		k.Partition.TopLevelSite = next()
	}
	k.HostOnly, k.Partition.CrossSiteAncestor = flags&fieldHostOnly != 0, flags&fieldCrossSite != 0
	// One cookie has one field.
	if bad || string(appendField(nil, site, k)) != field {
		return store.Key{}, fmt.Errorf("%w: invalid identity", backend.ErrMalformed)
	}
	return k, nil
}

// appendPayload appends what a value has of a record beyond its identity, Stamp and last
// access. A long name of a list is replaced by its hash, under which lists has it.
func (b *Backend) appendPayload(dst []byte, site, field string, r backend.Record) ([]byte, error) {
	c := &r.Cookie
	stamp := r.Stamp
	c.Name, c.Domain, c.Path, c.Partition, c.HostOnly = "", "", "", store.Partition{}, false
	c.LastAccess, r.Stamp = time.Time{}, backend.Stamp{}
	r.List = b.lists.id(r.List)
	plain, err := r.AppendBinary(nil)
	if err != nil {
		return nil, err
	}
	return b.keys.seal(dst, plain, site, field, stamp)
}

// decode returns the record of a field and a value. Strings of it are the caller's.
func (b *Backend) decode(site, field, value string) (r backend.Record, list string, err error) {
	k, err := readField(site, field)
	if err != nil {
		return backend.Record{}, "", err
	}
	if len(value) < headerLen || value[0] != kindRecord {
		return backend.Record{}, "", fmt.Errorf("%w: invalid header", backend.ErrMalformed)
	}
	stamp := readStamp(value[1:])
	access, err := readAccess(value[1+stampLen:])
	if err != nil {
		return backend.Record{}, "", err
	}
	plain, err := b.keys.open(value[headerLen:], site, field, stamp)
	if err != nil {
		return backend.Record{}, "", err
	}
	if err := r.UnmarshalBinary(plain); err != nil {
		return backend.Record{}, "", err
	}
	c := &r.Cookie
	if c.Name != "" || c.Domain != "" || c.Path != "" || c.Partition != (store.Partition{}) || c.HostOnly ||
		!c.LastAccess.IsZero() || r.Stamp != (backend.Stamp{}) {
		return backend.Record{}, "", fmt.Errorf("%w: the payload repeats the identity", backend.ErrMalformed)
	}
	c.Name, c.Domain, c.Path, c.Partition, c.HostOnly = k.Name, k.Domain, k.Path, k.Partition, k.HostOnly
	c.LastAccess, r.Stamp = access, stamp
	list, r.List = r.List, ""
	return r, list, nil
}

// where describes a record that cannot be read, without its value.
func where(site, field string) string {
	k, err := readField(site, field)
	if err != nil {
		return fmt.Sprintf("of %q", site)
	}
	return fmt.Sprintf("%q for %q", k.Name, k.Domain)
}

// listID returns how a payload refers to a list: by the name itself if that is short, and
// otherwise by a cryptographic hash of it, so that no other name can take its place.
func listID(name string) string {
	if len(name) < 8 {
		return name
	}
	sum := sha256.Sum256([]byte(name))
	return string(sum[:8])
}

// deletion returns the Op that deletes the cookie of a Key.
func deletion(k store.Key, s backend.Stamp) backend.Op {
	return backend.Op{Delete: true, Record: backend.Record{Stamp: s, Cookie: store.Cookie{
		Partition: k.Partition, Name: k.Name, Domain: k.Domain, HostOnly: k.HostOnly, Path: k.Path,
	}}}
}

// An entry is a change in the log of a shard.
type entry struct {
	number, version uint64 // of the change, in the shard
	last            uint64 // the version of the change before it in the shard
	before          uint64 // the version of the site before it
	site            string
	ops             string // empty if they were too large
}

func readEntry(s string) (e entry, ok bool) {
	const fixed = 4*7 + 3
	if len(s) < fixed {
		return e, false
	}
	e.number, e.version, e.last, e.before = uint56(s), uint56(s[7:]), uint56(s[14:]), uint56(s[21:])
	n := uint64Of(s[28:fixed])
	if n > uint64(len(s)-fixed) || e.number == 0 || e.version > math.MaxInt64 {
		return e, false
	}
	e.site, e.ops = s[fixed:fixed+n], s[fixed+n:]
	return e, true
}

// rawOp is an Op of an entry, not decoded.
type rawOp struct {
	kind         byte
	field, value string
}

// nextOp cuts the first Op off ops.
func nextOp(ops string) (o rawOp, rest string, ok bool) {
	if len(ops) < 4 {
		return o, "", false
	}
	n := uint64Of(ops[1:4])
	o.kind, rest = ops[0], ops[4:]
	if n+4 > uint64(len(rest)) {
		return o, "", false
	}
	o.field, rest = rest[:n], rest[n:]
	n = uint64Of(rest[:4])
	rest = rest[4:]
	if n > uint64(len(rest)) {
		return o, "", false
	}
	o.value, rest = rest[:n], rest[n:]
	return o, rest, true
}
