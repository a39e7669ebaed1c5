package boltjar

import "io"

// aheadSize is the number of bytes in one read of sequential data.
const aheadSize = 64 << 10

// An ahead is a reader with read-ahead. Most pages of a bucket follow each other in the
// file, and a system call takes as long as decoding several cookies.
type ahead struct {
	file   io.ReaderAt
	end    int64  // offset of the end of the last read
	window []byte // data read ahead
	at     int64  // offset of window
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
		err = nil // the error is about bytes after p
	}
	return n, err
}
