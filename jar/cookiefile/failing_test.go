package cookiefile

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"uacookie/jar"
)

// failingAt reads data, and fails once at the given offset, as a disk with a bad sector
// does; what follows can be read.
type failingAt struct {
	data   []byte
	at     int
	failed bool
}

func (f *failingAt) Read(p []byte) (int, error) {
	if f.at == 0 && !f.failed {
		f.failed = true
		return 0, syscall.EIO
	}
	if len(f.data) == 0 {
		return 0, io.EOF
	}
	n := len(f.data)
	if !f.failed {
		n = f.at
	}
	n = copy(p, f.data[:n])
	f.data, f.at = f.data[n:], f.at-n
	return n, nil
}

// Wherever the disk fails, that is the error, and neither that the file is malformed or
// cut off, nor that its cookies are all there.
func TestFailingDisk(t *testing.T) {
	cookies := []jar.Cookie{
		{Name: "a", Value: "1", Domain: "example.com", Path: "/", Expires: time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC)},
		{Name: "b", Value: "2", Domain: "example.org", Path: "/", HostOnly: true},
	}
	readOnly := map[Format]string{
		FormatToughCookie:         `{"version":"tough-cookie@6.1.0","cookies":[{"key":"a","value":"1","domain":"example.com","path":"/"}]}`,
		FormatLWP:                 "#LWP-Cookies-2.0\nSet-Cookie3: a=1; path=\"/\"; domain=\"example.com\"; version=0\n",
		FormatGoCookies:           `[{"Name":"a","Value":"1","Quoted":false,"Path":"/","Domain":"example.com"}]`,
		FormatPersistentCookiejar: `[{"Name":"a","Value":"1","Domain":"example.com","Path":"/","Persistent":true,"CanonicalHost":"example.com"}]`,
	}
	for f := FormatJSON; f < formatCount; f++ {
		t.Run(f.String(), func(t *testing.T) {
			var file bytes.Buffer
			if f < writableCount {
				if err := Write(&file, slices.Values(cookies), &WriteOptions{Format: f}); err != nil {
					t.Fatal(err)
				}
			} else if file.WriteString(readOnly[f]); file.Len() == 0 {
				t.Fatal("there is no sample of this format")
			}
			for at := range file.Len() + 1 {
				for _, format := range []Format{FormatAuto, f} {
					for _, max := range []int64{0, -1} {
						_, _, err := readFrom(&failingAt{data: file.Bytes(), at: at}, &ReadOptions{Name: "cookies", Format: format, MaxBytes: max})
						path, ok := errors.AsType[*fs.PathError](err)
						if !ok || path.Op != "read" || path.Path != "cookies" || !errors.Is(err, syscall.EIO) {
							t.Fatalf("as %v, failing after %d of %d bytes: Read = %v, want EIO, the operation and the file", format, at, file.Len(), err)
						}
					}
				}
			}
		})
	}
}

// A number that stands for no format is an error of Read, Load and Write, and nothing is
// written.
func TestUnknownFormat(t *testing.T) {
	for _, f := range []Format{formatCount, 99, 255} {
		var out bytes.Buffer
		err := Write(&out, slices.Values([]jar.Cookie{{Name: "a", Domain: "example.com", Path: "/"}}), &WriteOptions{Name: "out", Format: f})
		path, ok := errors.AsType[*fs.PathError](err)
		if !ok || path.Path != "out" || !strings.Contains(err.Error(), "unknown format") || out.Len() > 0 {
			t.Errorf("Write as %d = %v with %d bytes written, want an unknown format and none", f, err, out.Len())
		}
		if _, _, err := readFrom(strings.NewReader("[]"), &ReadOptions{Format: f}); err == nil || !strings.Contains(err.Error(), "unknown format") {
			t.Errorf("Read as %d = %v, want an unknown format", f, err)
		}
		j, _ := jar.New(nil)
		if _, err := Load(j, strings.NewReader("[]"), &ReadOptions{Format: f}); err == nil || !strings.Contains(err.Error(), "unknown format") {
			t.Errorf("Load as %d = %v, want an unknown format", f, err)
		}
	}
}
