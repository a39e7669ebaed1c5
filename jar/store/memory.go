package store

import (
	"math"
	"runtime"
	"unsafe"
)

// This file and internal/identity are the only unsafe code. A page, its items and its text are one piece
// of memory without a pointer: for the garbage collector it is one object that leads
// nowhere, and for a reader one place to go to. Strings share what is written of the
// text, which does not change any more.

const (
	headSize = unsafe.Sizeof(page{})
	itemSize = unsafe.Sizeof(item{})
)

// newPage returns a page with room for so many items, pageRoom at most, and for a text
// of so many octets at least.
func newPage(room, text int) *page {
	before := int(headSize) + room*int(itemSize)
	words := make([]uint64, (before+text+7)/8)
	p := (*page)(unsafe.Pointer(unsafe.SliceData(words)))
	p.room = uint8(room)
	p.textRoom = uint32(min(uint64(8*len(words)-before), math.MaxUint32))
	return p
}

// line is how many octets a processor fetches from memory at once, as a rule, and
// fetchMost how many it is asked for: values may be large.
const (
	line      = 64
	fetchMost = 2 << 10
)

// fetch has the processor fetch p from memory all at the same time. It would fetch one
// part after the other, since one tells where the next is. What is read may be being
// written, and does not count.
//
//go:norace
//go:noinline
func (p *page) fetch() {
	end := min(headSize+uintptr(p.room)*itemSize+uintptr(p.textRoom), fetchMost)
	sum := byte(0)
	for at := uintptr(line); at < end; at += line {
		sum |= *(*byte)(unsafe.Add(unsafe.Pointer(p), at))
	}
	runtime.KeepAlive(sum)
}

// item returns the i-th item of those that there is room for.
func (p *page) item(i int) *item {
	return (*item)(unsafe.Add(unsafe.Pointer(p), headSize+uintptr(i)*itemSize))
}

// text returns the text. Writers write behind what is written.
func (p *page) text() []byte { return unsafe.Slice(p.octet(0), p.textRoom) }

// octet returns where the octet is that is there in the text.
func (p *page) octet(at uint32) *byte {
	return (*byte)(unsafe.Add(unsafe.Pointer(p), headSize+uintptr(p.room)*itemSize+uintptr(at)))
}

// at returns n octets of the text, which must have been written. To slice the text for them
// would take more steps, which ten names and values notice.
func (p *page) at(from, n uint32) string {
	if uint64(from)+uint64(n) > uint64(p.textRoom) {
		panic("store: not in the text of the page")
	}
	return unsafe.String(p.octet(from), n)
}

// shared returns octets of a text, which must have been written.
func shared(written []byte) string {
	return unsafe.String(unsafe.SliceData(written), len(written))
}

// large returns what p is the head of, or nil if it is a page.
func (p *page) large() *large {
	if p.view().order.len() != ofLarge {
		return nil
	}
	return (*large)(unsafe.Pointer(p))
}
