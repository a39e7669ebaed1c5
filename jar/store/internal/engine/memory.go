package engine

import (
	"math"
	"runtime"
	"unsafe"
)

// This file and internal/identity are the only unsafe code. A page's header, items and text are one allocation
// without pointers: the garbage collector marks it and scans nothing, and a reader that has
// its address needs no other. Strings share the written part of the text, which never changes.

const (
	headerSize = unsafe.Sizeof(Page{})
	itemSize   = unsafe.Sizeof(Item{})
)

// newPage returns a page with capacity for items, at most maxPageItems, and for a text of
// at least text bytes.
func newPage(items, text int) *Page {
	before := int(headerSize) + items*int(itemSize)
	words := make([]uint64, (before+text+cacheLine-1)/cacheLine*(cacheLine/8)) // whole lines, which no other page shares
	p := (*Page)(unsafe.Pointer(unsafe.SliceData(words)))
	p.itemCap = uint8(items)
	p.textCap = uint32(min(uint64(8*len(words)-before), math.MaxUint32))
	return p
}

// prefetchMost is the number of bytes that prefetch asks for at most: values may be large.
const prefetchMost = 2 << 10

// prefetch loads a word of each cache line of p, so that the processor fetches the lines
// from memory at the same time. Otherwise it fetches the header, the items and the text one
// after the other, since each tells where the next is. A concurrent writer does no harm:
// what is loaded is thrown away.
//
//go:norace
//go:noinline
func (p *Page) prefetch() {
	end := min(headerSize+uintptr(p.itemCap)*itemSize+uintptr(p.textCap), prefetchMost)
	sum := byte(0)
	for at := uintptr(cacheLine); at < end; at += cacheLine {
		sum |= *(*byte)(unsafe.Add(unsafe.Pointer(p), at))
	}
	runtime.KeepAlive(sum)
}

// cacheLine is the number of bytes that most processors fetch from memory at once.
const cacheLine = 64

// Item returns item id, which must be below the page's capacity.
func (p *Page) Item(id int) *Item {
	return (*Item)(unsafe.Add(unsafe.Pointer(p), headerSize+uintptr(id)*itemSize))
}

// text returns the text. Writers write behind the bytes that are written.
func (p *Page) text() []byte { return unsafe.Slice(p.textByte(0), p.textCap) }

// Pairs returns the text, for [Item.PairRange].
func (p *Page) Pairs() []byte { return p.text() }

func (p *Page) textByte(at uint32) *byte {
	return (*byte)(unsafe.Add(unsafe.Pointer(p), headerSize+uintptr(p.itemCap)*itemSize+uintptr(at)))
}

// string returns n bytes of the text, which must have been written. Slicing the text
// instead takes more instructions, which shows in a read of ten names and values.
func (p *Page) string(from, n uint32) string {
	if uint64(from)+uint64(n) > uint64(p.textCap) {
		panic("store: byte offset past the text of the page")
	}
	return unsafe.String(p.textByte(from), n)
}

// sharedString returns bytes of a text, which must have been written, as a string.
func sharedString(written []byte) string {
	return unsafe.String(unsafe.SliceData(written), len(written))
}

// multiPage returns the multi-page site that p is embedded in, or nil if p is the only page
// of its site.
func (p *Page) multiPage() *MultiPage {
	if p.View().Order.Len() != multiPageMark {
		return nil
	}
	return (*MultiPage)(unsafe.Pointer(p))
}
