package boltjar

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"strconv"

	"go.etcd.io/bbolt"

	"uacookie/jar/backend"
	"uacookie/jar/store"
)

const (
	// maxDomain is the maximum length of a domain in a key, because bbolt limits keys. It
	// is more than the length of any host name.
	maxDomain = 255

	// hashLen is the length of the truncated hash in a key. Colliding identities are
	// possible only within one domain.
	hashLen = 16
)

// appendKey appends the key of a record: the domain, so that cookies that are set together
// are stored together, and a hash of the whole identity.
func appendKey(b []byte, k store.Key) []byte {
	id := make([]byte, 0, 256)
	for _, s := range []string{k.Domain, k.Path, k.Name, k.Partition.TopLevelSite} {
		id = append(binary.AppendUvarint(id, uint64(len(s))), s...)
	}
	id = strconv.AppendBool(id, k.HostOnly)
	id = strconv.AppendBool(id, k.Partition.CrossSiteAncestor)
	hash := sha256.Sum256(id)
	b = append(b, k.Domain[:min(len(k.Domain), maxDomain)]...)
	b = append(b, 0)
	return append(b, hash[:hashLen]...)
}

// where describes a record by its key.
func where(k []byte) string {
	domain, hash, _ := bytes.Cut(k, []byte{0})
	return fmt.Sprintf("%q %x", domain, hash)
}

// markerKey is the key of the marker: an empty record in the newest version in the file. It
// sorts before all cookies, so a program that does not know that version stops there.
var markerKey = []byte{0}

// checkMarker returns nil if this program knows the version of the file.
func checkMarker(value []byte) error {
	err := decodeRecord(markerKey, value, new(backend.Record))
	if errors.Is(err, backend.ErrMalformed) {
		return damaged("the version record is damaged")
	}
	if err != nil {
		return fmt.Errorf("%w of the file: a later version of this program wrote it", err)
	}
	return nil
}

const (
	firstVersion = 1 // of the encoding, without a checksum
	checksumLen  = 4 // length of the checksum at the end of a record
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// sealRecord extends the checksum at the end of an encoded record to its key. Calling it
// again undoes that.
func sealRecord(key, value []byte) {
	sum := value[len(value)-checksumLen:]
	binary.BigEndian.PutUint32(sum, binary.BigEndian.Uint32(sum)^crc32.Checksum(key, castagnoli))
}

// encodeRecord returns the value of a record.
func encodeRecord(key []byte, r *backend.Record) ([]byte, error) {
	value, err := r.AppendBinary(make([]byte, 0, 128+len(r.Cookie.Value)))
	if err == nil {
		sealRecord(key, value)
	}
	return value, err
}

// decodeRecord decodes a record into r. It overwrites value.
func decodeRecord(key, value []byte, r *backend.Record) error {
	first := len(value) > 0 && value[0] == firstVersion
	if !first && len(value) > checksumLen {
		sealRecord(key, value)
	}
	if err := r.UnmarshalBinary(value); err != nil {
		return err
	}
	if first && !bytes.Equal(key, appendKey(nil, r.Cookie.Key())) {
		return fmt.Errorf("%w: the record belongs to another cookie", backend.ErrMalformed)
	}
	return nil
}

// lists are the public suffix lists by which the records were admitted. There are few, and
// their names are long, so a record refers to a list by number.
//
// In version 1, a number consists of digits and its value is the name, without a checksum.
// In this version, a number begins with 'A' or a later byte, and its value is the CRC-32C of
// number and name, followed by the name.
type lists struct {
	names   map[string]string // by number
	numbers map[string]string // by name; only numbers of this version

	// locked reports whether version 1 is locked out, because the file is of this version.
	locked bool

	// added are the names that got a number in the current batch.
	added []string
}

// firstNumber is the first number of this version.
const firstNumber = 'A'

// load reads the names from their bucket. A damaged name becomes empty, so that the jar
// checks the cookies of that list again.
func (l *lists) load(p *pageReader, b bucket) error {
	l.names, l.numbers, l.locked = map[string]string{}, map[string]string{}, false
	return p.each(b, func(number, value []byte, isBucket bool) error {
		switch {
		case isBucket:
			l.locked = true
		case number[0] < firstNumber:
			l.names[string(number)] = string(value)
		case len(value) < checksumLen || binary.BigEndian.Uint32(value) != listSum(number, value[checksumLen:]):
			l.names[string(number)] = "" // the number is taken
		default:
			name := string(value[checksumLen:])
			l.names[string(number)], l.numbers[name] = name, string(number)
		}
		return nil
	})
}

func listSum(number, name []byte) uint32 {
	return crc32.Update(crc32.Checksum(number, castagnoli), castagnoli, name)
}

// number returns the number of a list. It stores the number of a new list in the bucket.
func (l *lists) number(bucket *bbolt.Bucket, name string) (string, error) {
	if number, ok := l.numbers[name]; ok || name == "" {
		return number, nil
	}
	var number []byte
	for n := uint64(firstNumber); ; n++ {
		number = binary.AppendUvarint(number[:0], n)
		if _, taken := l.names[string(number)]; !taken {
			break
		}
	}
	value := binary.BigEndian.AppendUint32(nil, listSum(number, []byte(name)))
	if err := bucket.Put(number, append(value, name...)); err != nil {
		return "", err
	}
	l.names[string(number)], l.numbers[name] = name, string(number)
	l.added = append(l.added, name)
	return string(number), nil
}

// settle ends a batch. It keeps the new numbers if the batch was applied, and drops them
// otherwise.
func (l *lists) settle(applied bool) {
	if !applied {
		for _, name := range l.added {
			delete(l.names, l.numbers[name])
			delete(l.numbers, name)
		}
	}
	l.added = nil
}
