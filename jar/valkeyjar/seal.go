package valkeyjar

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"strings"

	"uacookie/jar/backend"
)

// A Key seals values. All workers of a fleet have the same keys.
type Key struct {
	ID     uint32 // says with which key a value was sealed
	Secret []byte // random, of 32 bytes
}

// String returns the ID, without the secret.
func (k Key) String() string { return "key " + strconv.FormatUint(uint64(k.ID), 10) }

// GoString implements [fmt.GoStringer], without the secret.
func (k Key) GoString() string { return k.String() }

// Format implements [fmt.Formatter], without the secret.
func (k Key) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(k.String())) }

// LogValue implements [slog.LogValuer], without the secret.
func (k Key) LogValue() slog.Value { return slog.StringValue(k.String()) }

// MarshalText fails, so that no secret gets into JSON.
func (k Key) MarshalText() ([]byte, error) {
	return nil, errors.New("valkeyjar: a key is not marshaled")
}

const secretLen = 32

var errKeys = errors.New("valkeyjar: a line of keys must be an ID, a colon and 32 bytes in base64, and each ID must be there once")

// ParseKeys returns the keys in text, which comes from an environment variable or a file:
// one key a line, an ID, a colon and 32 random bytes in base64, such as
//
//	7:n7V0W9d2l0tqXzJz2HkqO8bqXlR4ESmM4Y1o1eQ0p3U=
//
// The first key seals; all open. The error shows nothing of the text.
func ParseKeys(text string) ([]Key, error) {
	var keys []Key
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		id, secret, _ := strings.Cut(line, ":")
		n, err := strconv.ParseUint(strings.TrimSpace(id), 10, 32)
		if err != nil {
			return nil, errKeys
		}
		b, err := base64.StdEncoding.DecodeString(strings.TrimSpace(secret))
		if err != nil {
			return nil, errKeys
		}
		keys = append(keys, Key{ID: uint32(n), Secret: b})
	}
	if _, err := newKeyring(keys); err != nil || len(keys) == 0 {
		return nil, errKeys
	}
	return keys, nil
}

// ErrSeal is the error, in a [backend.RecordError], for a record that was not sealed by a
// key of the fleet for this cookie and this time.
var ErrSeal = errors.New("valkeyjar: the record is not sealed by a key of this fleet")

// A keyring is the keys of a worker. A nil keyring seals nothing.
type keyring struct {
	first uint32
	byID  map[uint32][]byte
}

func newKeyring(keys []Key) (*keyring, error) {
	if len(keys) == 0 {
		return nil, nil
	}
	r := &keyring{first: keys[0].ID, byID: map[uint32][]byte{}}
	for _, k := range keys {
		if _, twice := r.byID[k.ID]; twice || len(k.Secret) != secretLen {
			return nil, errKeys
		}
		r.byID[k.ID] = append([]byte(nil), k.Secret...)
	}
	return r, nil
}

// The first byte of a payload. A record's encoding begins with a version, which is less.
const sealed = 's'

const (
	keyIDLen = 4
	nonceLen = 12
	tagLen   = 16
)

// aead returns the cipher of a site. Each site has a key of its own, so that the number of
// random nonces for one key stays small.
func (r *keyring) aead(id uint32, site string) (cipher.AEAD, error) {
	secret, ok := r.byID[id]
	if !ok {
		return nil, fmt.Errorf("%w: key %d is unknown", ErrSeal, id)
	}
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte("uacookie valkeyjar 1\x00"))
	mac.Write([]byte(site))
	block, err := aes.NewCipher(mac.Sum(nil))
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(block)
}

// about returns what a seal is bound to beside the site, which decides about the key.
func about(field string, s backend.Stamp) []byte {
	b := appendStamp(make([]byte, 0, stampLen+len(field)), s)
	return append(b, field...)
}

// seal appends the payload of a record.
func (r *keyring) seal(dst, plain []byte, site, field string, s backend.Stamp) ([]byte, error) {
	if r == nil {
		return append(dst, plain...), nil
	}
	aead, err := r.aead(r.first, site)
	if err != nil {
		return nil, err
	}
	dst = append(dst, sealed)
	dst = binary.BigEndian.AppendUint32(dst, r.first)
	return aead.Seal(dst, nil, plain, about(field, s)), nil
}

// open returns the encoding of the record that seal has sealed.
func (r *keyring) open(payload, site, field string, s backend.Stamp) ([]byte, error) {
	isSealed := payload != "" && payload[0] == sealed
	switch {
	case r == nil && isSealed:
		return nil, fmt.Errorf("%w: this worker has no key", ErrSeal)
	case r == nil:
		return []byte(payload), nil
	case !isSealed:
		return nil, fmt.Errorf("%w: it is not sealed", ErrSeal)
	case len(payload) < 1+keyIDLen+nonceLen+tagLen:
		return nil, fmt.Errorf("%w: it is too short", ErrSeal)
	}
	aead, err := r.aead(binary.BigEndian.Uint32([]byte(payload[1:1+keyIDLen])), site)
	if err != nil {
		return nil, err
	}
	plain, err := aead.Open(nil, nil, []byte(payload[1+keyIDLen:]), about(field, s))
	if err != nil {
		return nil, ErrSeal
	}
	return plain, nil
}
