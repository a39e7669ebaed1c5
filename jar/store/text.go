package store

import "unsafe"

// A text is room for octets that are written once. Those that have been written do not
// change any more, and whoever knows where they are may read them while others are
// written behind them. This file is the only one that is unsafe: a string that shares
// written octets needs no copy, and so neither do names and values.
type text []byte

// newText returns a text with room for n octets, and as many more as come with them.
func newText(n int) text {
	b := append([]byte(nil), make([]byte, n)...)
	return b[:cap(b)]
}

// at returns the n octets from from on. They must have been written.
func (t text) at(from, n uint32) string {
	b := t[from:][:n]
	return unsafe.String(unsafe.SliceData(b), len(b))
}
