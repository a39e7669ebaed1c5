package valkeyjar

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"uacookie/jar/backend"
	"uacookie/jar/store"
)

var testKeys = []Key{{ID: 7, Secret: bytes.Repeat([]byte{7}, secretLen)}}

func testBackend(t testing.TB, keys ...Key) *Backend {
	t.Helper()
	ring, err := newKeyring(keys)
	if err != nil {
		t.Fatal(err)
	}
	return &Backend{prefix: defaultPrefix, shards: maxShards, keys: ring}
}

func testRecord() backend.Record {
	at := time.Date(2026, 3, 4, 5, 6, 7, 8, time.UTC)
	return backend.Record{List: "embedded", Stamp: backend.Stamp{Time: 1 << 50, Counter: 3, Writer: 1<<63 + 1}, Cookie: store.Cookie{
		Name: "sid", Value: "secret", Domain: "www.example.com", Path: "/a", Secure: true, HttpOnly: true,
		Created: at, LastAccess: at.Add(time.Nanosecond), Expires: at.Add(time.Hour), Order: 9,
	}}
}

func encode(t testing.TB, b *Backend, site string, r backend.Record) (field, value string) {
	t.Helper()
	field = string(appendField(nil, site, r.Cookie.Key()))
	payload, err := b.appendPayload(nil, site, field, r)
	if err != nil {
		t.Fatal(err)
	}
	v := appendStamp([]byte{kindRecord}, r.Stamp)
	v = appendExpiry(appendAccess(v, r.Cookie.LastAccess), &r.Cookie)
	return field, string(append(v, payload...))
}

func TestFields(t *testing.T) {
	for _, k := range []store.Key{
		{Name: "a", Domain: "example.com", Path: "/"},
		{Domain: "example.com", HostOnly: true},
		{Name: "a", Domain: "www.example.com", Path: "/x"},
		{Name: "a", Domain: "other.test", Path: "/"},
		{Name: "a", Domain: ".example.com", Path: "/"},
		{Name: strings.Repeat("n", 300), Domain: "", Path: "\x00\xff"},
		{Name: "a", Domain: "example.com", Path: "/", Partition: store.Partition{TopLevelSite: "https://b.test"}},
		{Name: "a", Domain: "example.com", Path: "/", Partition: store.Partition{TopLevelSite: "https://b.test", CrossSiteAncestor: true}},
	} {
		field := appendField(nil, "example.com", k)
		if got, err := readField("example.com", string(field)); got != k || err != nil {
			t.Errorf("the field of %+v is read as %+v, %v", k, got, err)
		}
		for cut := range field {
			if got, err := readField("example.com", string(field[:cut])); err == nil {
				t.Errorf("%d bytes of the field of %+v are read as %+v", cut, k, got)
			}
		}
	}
}

// A record comes back, sealed or not, and one with a byte missing or changed is an error, or
// another last access or expiry, which no seal covers.
func TestValues(t *testing.T) {
	for _, keys := range [][]Key{nil, testKeys} {
		b, r := testBackend(t, keys...), testRecord()
		field, value := encode(t, b, "example.com", r)
		got, list, err := b.decode("example.com", field, value)
		if err != nil || list != listID(r.List) {
			t.Fatalf("decode = %v, %q, %v", got, list, err)
		}
		if got.List = r.List; got != r {
			t.Errorf("decode = %+v, want %+v", got.LogValue(), r.LogValue())
		}
		for i := range value {
			if _, _, err := b.decode("example.com", field, value[:i]); err == nil {
				t.Errorf("%d keys: %d bytes of a value are read", len(keys), i)
			}
			changed := []byte(value)
			changed[i] ^= 0x40
			got, _, err := b.decode("example.com", field, string(changed))
			inStamp := len(keys) == 0 && i <= stampLen
			outside := i > stampLen && i < headerLen
			if err == nil && !inStamp && !outside {
				t.Errorf("%d keys: a value with byte %d changed is read", len(keys), i)
			}
			if err == nil && got.Cookie.Value != r.Cookie.Value {
				t.Errorf("%d keys: with byte %d changed, the cookie has another value", len(keys), i)
			}
			if err != nil && strings.Contains(err.Error(), "secret") {
				t.Errorf("the error shows the value: %v", err)
			}
		}
	}
}

// A sealed record is that of one cookie in one site at one time.
func TestSeal(t *testing.T) {
	b, r := testBackend(t, testKeys...), testRecord()
	field, value := encode(t, b, "example.com", r)
	other := r
	other.Cookie.Name = "other"
	otherField, _ := encode(t, b, "example.com", other)
	replayed := string(appendStamp([]byte{kindRecord}, backend.Stamp{Time: 1<<50 + 1, Counter: 3, Writer: 1<<63 + 1})) + value[1+stampLen:]
	plain := testBackend(t)
	_, unsealed := encode(t, plain, "example.com", r)
	rotated := testBackend(t, Key{ID: 8, Secret: bytes.Repeat([]byte{8}, secretLen)}, testKeys[0])
	stranger := testBackend(t, Key{ID: 7, Secret: bytes.Repeat([]byte{9}, secretLen)})
	_, sealedLater := encode(t, rotated, "example.com", r)
	for _, tt := range []struct {
		what               string
		b                  *Backend
		site, field, value string
		ok                 bool
	}{
		{"the record", b, "example.com", field, value, true},
		{"with a newer key as well", rotated, "example.com", field, value, true},
		{"another cookie's", b, "example.com", otherField, value, false},
		{"another site's", b, "com", field, value, false},
		{"an old value with a newer stamp", b, "example.com", field, replayed, false},
		{"not sealed", b, "example.com", field, unsealed, false},
		{"sealed, for a worker without a key", plain, "example.com", field, value, false},
		{"another secret of the same ID", stranger, "example.com", field, value, false},
		{"a key that this worker does not have yet", b, "example.com", field, sealedLater, false},
	} {
		_, _, err := tt.b.decode(tt.site, tt.field, tt.value)
		if (err == nil) != tt.ok || err != nil && !errors.Is(err, ErrSeal) {
			t.Errorf("%s: decode = %v, want ErrSeal: %t", tt.what, err, !tt.ok)
		}
	}
	if strings.Contains(value, "secret") {
		t.Error("a sealed value shows the cookie's")
	}
}

func TestParseKeys(t *testing.T) {
	const secret = "n7V0W9d2l0tqXzJz2HkqO8bqXlR4ESmM4Y1o1eQ0p3U="
	keys, err := ParseKeys("# new\n8:" + secret + "\r\n\n7:" + secret)
	if err != nil || len(keys) != 2 || keys[0].ID != 8 || keys[1].ID != 7 {
		t.Fatalf("ParseKeys = %v, %v", keys, err)
	}
	for _, format := range []string{"%v", "%+v", "%#v", "%s", "%x", "%q"} {
		if text := fmt.Sprintf(format, keys); strings.Contains(text, "n7V0") || !strings.Contains(text, "key 8") {
			t.Errorf("a key is printed with %s as %s", format, text)
		}
	}
	if text := keys[0].LogValue().String() + keys[0].GoString(); text != "key 8key 8" {
		t.Errorf("a key is logged as %s", text)
	}
	if text, err := keys[0].MarshalText(); err == nil {
		t.Errorf("a key is marshaled as %s", text)
	}
	for _, text := range []string{
		"", "8", "8:", ":" + secret, "8:" + secret[:20], "8:" + secret + "\n8:" + secret, "-1:" + secret,
		"4294967296:" + secret, secret,
	} {
		if _, err := ParseKeys(text); err == nil || strings.Contains(err.Error(), "n7V0") {
			t.Errorf("ParseKeys(%q) = %v, want an error that does not show the text", text, err)
		}
	}
}

func FuzzDecode(f *testing.F) {
	b := testBackend(f)
	field, value := encode(f, b, "example.com", testRecord())
	f.Add(field, value)
	f.Fuzz(func(t *testing.T, field, value string) {
		r, _, err := b.decode("example.com", field, value)
		if err != nil {
			return
		}
		if again := string(appendField(nil, "example.com", r.Cookie.Key())); again != field {
			t.Errorf("the field %q is read as that of %q", field, again)
		}
	})
}

func FuzzEntry(f *testing.F) {
	b, err := Open(f.Context(), "redis://"+Mini(f).Addr(), nil)
	if err != nil {
		f.Fatal(err)
	}
	defer func() { _ = b.Close() }()
	field, value := encode(f, b, "example.com", testRecord())
	op := "p" + string([]byte{0, 0, byte(len(field))}) + field + string([]byte{0, 0, 0, byte(len(value))}) + value
	head := strings.Repeat("\x00\x00\x00\x00\x00\x00\x01", 4) + "\x00\x00\x0bexample.com"
	f.Add(head + op)
	f.Add(head + "d\x00\x00\x01")
	f.Fuzz(func(t *testing.T, text string) {
		e, ok := readEntry(text)
		if !ok {
			return
		}
		ops, ok := b.readOps(t.Context(), e.site, e.ops)
		if !ok && ops != nil {
			t.Errorf("an entry that cannot be read has the Ops %v", ops)
		}
	})
}
