package boltjar

import "io"

// aheadSize is how many bytes are read at once where one read follows another.
const aheadSize = 64 << 10

// An ahead reads ahead. Most pages of a bucket follow each other in the file, and a system
// call takes as long as decoding some cookies.
type ahead struct {
	file   io.ReaderAt
	end    int64  // of the last read
	window []byte // what was read ahead
	at     int64  // where it begins
}

// ReadAt implements io.ReaderAt.
func (a *ahead) ReadAt(p []byte, off int64) (n int, err error) {
	sequential := off == a.end
	a.end = off + int64(len(p))
	if off >= a.at && a.end <= a.at+int64(len(a.window)) {
		return copy(p, a.window[off-a.at:]), nil
	}
	if !sequential || len(p) >= aheadSize {
		return a.file.ReadAt(p, off)
	}
	if a.window == nil {
		a.window = make([]byte, aheadSize)
	}
	n, err = a.file.ReadAt(a.window[:cap(a.window)], off)
	a.window, a.at = a.window[:n], off
	if n = copy(p, a.window); n == len(p) {
		err = nil // of what follows
	}
	return n, err
}
