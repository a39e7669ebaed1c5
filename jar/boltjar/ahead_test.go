package boltjar

import (
	"bytes"
	"io"
	"math/rand/v2"
	"testing"
)

// ReadAt returns the bytes of the file, for reads of any size in any order.
func TestAhead(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	data := make([]byte, 3*aheadSize+100)
	for i := range data {
		data[i] = byte(r.Uint32())
	}
	a, plain := &ahead{file: bytes.NewReader(data)}, bytes.NewReader(data)
	off := 0
	for range 5000 {
		if r.IntN(10) == 0 || off > len(data) {
			off = r.IntN(len(data) + 10)
		}
		size := r.IntN(5000)
		if r.IntN(20) == 0 {
			size = r.IntN(2 * aheadSize)
		}
		got, want := make([]byte, size), make([]byte, size)
		n, err := a.ReadAt(got, int64(off))
		m, wantErr := plain.ReadAt(want, int64(off))
		if n != m || !bytes.Equal(got, want) || err != wantErr && !(n == size && wantErr == io.EOF && err == nil) {
			t.Fatalf("ReadAt of %d bytes at %d = %d, %v, want %d, %v and the same bytes", size, off, n, err, m, wantErr)
		}
		off += size
	}
}
