package boltjar

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
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

// lists are the public suffix lists by which the records were admitted. Their names
// are long, and there are few: a record has a number instead.
type lists struct {
	names   map[string]string // by number
	numbers map[string]string // by name

	// added are the names numbered in a batch that is not yet in the file.
	added []string
}

// load reads the names from their bucket.
func (l *lists) load(bucket *bbolt.Bucket) error {
	l.names, l.numbers = map[string]string{}, map[string]string{}
	return bucket.ForEach(func(number, name []byte) error {
		l.names[string(number)], l.numbers[string(name)] = string(name), string(number)
		return nil
	})
}

// encode returns the bytes of r, with a number for its list.
func (l *lists) encode(bucket *bbolt.Bucket, r backend.Record) ([]byte, error) {
	if r.List != "" {
		number, ok := l.numbers[r.List]
		if !ok {
			n, err := bucket.NextSequence()
			number = strconv.FormatUint(n, 10)
			if err = errors.Join(err, bucket.Put([]byte(number), []byte(r.List))); err != nil {
				return nil, err
			}
			l.names[number], l.numbers[r.List] = r.List, number
			l.added = append(l.added, r.List)
		}
		r.List = number
	}
	return r.AppendBinary(make([]byte, 0, 128+len(r.Cookie.Value)))
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

// decode is the inverse of encode. A number that stands for no list is as good as none.
func (l *lists) decode(data []byte) (r backend.Record, err error) {
	if err := r.UnmarshalBinary(data); err != nil {
		return backend.Record{}, err
	}
	r.List = l.names[r.List]
	return r, nil
}
