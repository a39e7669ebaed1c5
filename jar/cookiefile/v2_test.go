//go:build go1.27 && goexperiment.jsonv2

package cookiefile

import (
	"bufio"
	jsonv2 "encoding/json/v2"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"uacookie/jar"
)

// A v2Record has the fields of a record with the types of the standard library.
type v2Record struct {
	Name       string    `json:"name"`
	Value      string    `json:"value"`
	Domain     string    `json:"domain"`
	HostOnly   bool      `json:"hostOnly"`
	Path       string    `json:"path"`
	Expires    time.Time `json:"expires"`
	Secure     bool      `json:"secure"`
	HTTPOnly   bool      `json:"httpOnly"`
	SameSite   string    `json:"sameSite"`
	Priority   string    `json:"priority"`
	Created    time.Time `json:"created"`
	LastAccess time.Time `json:"lastAccess"`
	Order      uint64    `json:"order"`
}

// TestLoadBesideJSONv2 compares the loading of a file into a jar with what encoding/json/v2
// takes to decode its lines into structs:
//
//	GOTOOLCHAIN=go1.27.3 go test ./jar/cookiefile -run TestLoadBesideJSONv2 -table 1000000 -v
func TestLoadBesideJSONv2(t *testing.T) {
	n := *tableCookies
	if n == 0 {
		n = 100 // so that it works on the day when it is needed
	}
	path := filepath.Join(t.TempDir(), "jar.json")
	if err := toFile(path, func(w io.Writer) error { return Write(w, many(n), nil) }); err != nil {
		t.Fatal(err)
	}
	decode := func() error {
		return fromFile(path, func(r io.Reader) (n int, err error) {
			lines := bufio.NewScanner(r)
			for lines.Scan() {
				var c v2Record
				if err := jsonv2.Unmarshal(lines.Bytes(), &c); err != nil {
					return n, err
				}
				n++
			}
			return n - 2, lines.Err() // the first and the last
		}, n)
	}
	load := func() error {
		j, err := jar.New(&jar.Options{Limits: new(jar.Limits)})
		if err != nil {
			return err
		}
		return fromFile(path, func(r io.Reader) (int, error) { return Load(j, r, nil) }, n)
	}
	read := func() error {
		return fromFile(path, func(r io.Reader) (n int, err error) {
			for _, err := range Read(r, nil) {
				if err != nil {
					return n, err
				}
				n++
			}
			return n, nil
		}, n)
	}
	var a, b, c time.Duration
	for i := range 5 { // in turn, since the machine's speed changes
		x, y, z := best(t, 1, decode), best(t, 1, load), best(t, 1, read)
		if i == 0 {
			a, b, c = x, y, z
		}
		a, b, c = min(a, x), min(b, y), min(c, z)
	}
	if *tableCookies > 0 {
		each := func(d time.Duration) time.Duration { return d / time.Duration(n) }
		t.Logf("%d cookies, each: encoding/json/v2 decodes in %v, Read takes %v (%.2fx), Load %v (%.2fx)", n, each(a), each(c), c.Seconds()/a.Seconds(), each(b), b.Seconds()/a.Seconds())
	}
	_ = os.Remove(path)
}
