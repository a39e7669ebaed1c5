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
	// maxDomain is how much of a domain is in a key, where bbolt has a bound. It is
	// more than a name can have.
	maxDomain = 255

	// hashLen is how much of the hash is. Who can make two identities collide can do
	// it for the cookies of one domain only.
	hashLen = 16
)

// appendKey appends the key of a record: the domain, so that what is set together is
// together, and a hash of the whole identity.
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

// where says of which record a key is.
func where(k []byte) string {
	domain, hash, _ := bytes.Cut(k, []byte{0})
	return fmt.Sprintf("%q %x", domain, hash)
}

// markerKey is the key of no cookie. Its value is a record without a cookie, in the
// version of the newest in the file. It comes first, so that a program that knows no
// such version stops at it.
var markerKey = []byte{0}

// checkMarker returns nil if this program knows the version of the file.
func checkMarker(value []byte) error {
	err := decodeRecord(markerKey, value, new(backend.Record))
	if errors.Is(err, backend.ErrMalformed) {
		return damaged("the record with its version is not whole")
	}
	if err != nil {
		return fmt.Errorf("%w of the file: a later version of this program has written it", err)
	}
	return nil
}

const (
	firstVersion = 1 // of the encoding: without a checksum
	checksumLen  = 4 // at the end of a record
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// sealRecord makes the checksum at the end of an encoded record cover its key, too. The same
// again undoes it.
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

// decodeRecord makes r the record with that key and value, and overwrites the value.
func decodeRecord(key, value []byte, r *backend.Record) error {
	first := len(value) > 0 && value[0] == firstVersion
	if !first && len(value) > checksumLen {
		sealRecord(key, value)
	}
	if err := r.UnmarshalBinary(value); err != nil {
		return err
	}
	if first && !bytes.Equal(key, appendKey(nil, r.Cookie.Key())) {
		return fmt.Errorf("%w: it is the record of another cookie", backend.ErrMalformed)
	}
	return nil
}

// lists are the public suffix lists by which the records were admitted. Their names
// are long, and there are few: a record has a number instead.
//
// Numbers of version 1 are digits, and what they stand for has no checksum. Those of now
// begin with a letter or what comes after, and their names with the CRC-32C of both.
type lists struct {
	names   map[string]string // by number
	numbers map[string]string // by name; those of now

	// locked is whether version 1 is locked out: the file is of this version.
	locked bool

	// added are the names numbered in a batch that is not yet in the file.
	added []string
}

// firstNumber is the first number of now.
const firstNumber = 'A'

// load reads the names from their bucket. It leaves a damaged name empty, so that the jar
// judges the cookies with that number again.
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

// number returns the number of a list. That of a new one goes into the bucket.
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

// settle keeps the new numbers, or forgets them if the batch is not in the file.
func (l *lists) settle(applied bool) {
	if !applied {
		for _, name := range l.added {
			delete(l.names, l.numbers[name])
			delete(l.numbers, name)
		}
	}
	l.added = nil
}
