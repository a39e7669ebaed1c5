package boltjar

import (
	"bytes"
	"encoding/binary"
	"hash/fnv"
	"io"
	"os"
	"slices"
)

// bbolt maps the file into memory and trusts its contents: a flipped bit can make it read or
// allocate gigabytes, loop for ever, or overwrite pages that are in use, and a program cannot
// recover from all of that. So this file checks every page before bbolt uses it. The layout
// is in https://pkg.go.dev/go.etcd.io/bbolt/internal/common.

// native is the byte order of the file: the byte order of the machine.
var native = binary.NativeEndian

// The layout of bbolt's pages.
const (
	pageHeader  = 16 // id, flags, count, overflow
	elementSize = 16 // of branches and leaves
	metaSize    = 64
	metaSummed  = 56 // the bytes of a meta page's content that its checksum covers
	bucketSize  = 16 // root and sequence; an inline bucket is followed by its page

	boltMagic   = 0xED0CDAED
	boltVersion = 2

	branchPage   = 0x01
	leafPage     = 0x02
	freelistPage = 0x10
	bucketFlag   = 0x01 // of a leaf element whose value is a bucket

	noFreelist   = ^uint64(0)
	manyFree     = 0xFFFF // means that the count is in the first element
	minPageSize  = 1 << 10
	maxPageSize  = 16 << 20
	maxTreeDepth = 100 // each level has at least twice the pages of the one above
)

// A meta is one of the two meta pages, which refer to all others.
type meta struct {
	pageSize            int
	root, free, end, tx uint64 // root page, page of the free list, number of pages, transaction
}

// readMeta reads the meta page at an offset.
func readMeta(f io.ReaderAt, at int64) (m meta, err error) {
	var b [metaSize]byte
	if _, err := f.ReadAt(b[:], at+pageHeader); err == io.EOF {
		return m, damaged("the file is truncated within its meta pages")
	} else if err != nil {
		return m, err
	}
	if native.Uint32(b[:]) != boltMagic && at == 0 {
		return m, errForeign
	}
	sum := fnv.New64a()
	_, _ = sum.Write(b[:metaSummed])
	if sum.Sum64() != native.Uint64(b[metaSummed:]) || native.Uint32(b[:]) != boltMagic || native.Uint32(b[4:]) != boltVersion {
		return m, damaged("a meta page does not match its checksum; the command bbolt surgery revert-meta-page restores the state before the last batch")
	}
	m = meta{
		pageSize: int(native.Uint32(b[8:])),
		root:     native.Uint64(b[16:]), free: native.Uint64(b[32:]), end: native.Uint64(b[40:]), tx: native.Uint64(b[48:]),
	}
	if s := m.pageSize; s < minPageSize || s > maxPageSize || s&(s-1) != 0 {
		return m, damaged("the page size is %d", s)
	}
	return m, nil
}

// newestMeta returns the newer meta page, and checks that the file contains all its pages.
// The other meta page must be intact, too, since a damaged one could be the newer.
func newestMeta(f *os.File) (meta, error) {
	a, err := readMeta(f, 0)
	if err != nil {
		return meta{}, err
	}
	b, err := readMeta(f, int64(a.pageSize))
	if err != nil {
		return meta{}, err
	}
	if b.tx > a.tx {
		a, b = b, a
	}
	info, err := f.Stat()
	if err != nil {
		return meta{}, err
	}
	if most := info.Size() / int64(a.pageSize); a.end > uint64(most) || b.pageSize != a.pageSize {
		return meta{}, damaged("the file is truncated: it has %d bytes, want %d pages of %d bytes", info.Size(), a.end, a.pageSize)
	}
	return a, nil
}

// A pageReader reads the pages of a file. Each page may be referred to once: a second
// reference, which could close a cycle, means that the file is damaged.
type pageReader struct {
	meta
	file io.ReaderAt
	used []uint64 // a bit for each page
}

// newPageReader returns a pageReader that has read the list of free pages.
func newPageReader(f *os.File) (*pageReader, error) {
	m, err := newestMeta(f)
	if err != nil {
		return nil, err
	}
	p := &pageReader{meta: m, file: &ahead{file: f}, used: make([]uint64, m.end/64+1)}
	if err := p.claim(0, 2); err != nil {
		return nil, err
	}
	if m.free == noFreelist {
		return p, nil
	}
	page, err := p.read(m.free, nil)
	if err != nil {
		return nil, err
	}
	ids, count := page.data[pageHeader:], uint64(page.count)
	if count == manyFree {
		count, ids = native.Uint64(ids), ids[8:]
	}
	if page.flags != freelistPage || count > uint64(len(ids)/8) {
		return nil, damaged("page %d is not a list of free pages", m.free)
	}
	for i := range count {
		if err := p.claim(native.Uint64(ids[8*i:]), 1); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// claim records a reference to count pages from id on.
func (p *pageReader) claim(id, count uint64) error {
	if id >= p.end || count > p.end-id {
		return damaged("page %d is outside of the %d pages of the file", id, p.end)
	}
	for ; count > 0; id, count = id+1, count-1 {
		if p.used[id/64]&(1<<(id%64)) != 0 {
			return damaged("page %d is referred to twice", id)
		}
		p.used[id/64] |= 1 << (id % 64)
	}
	return nil
}

// A page is a page with its overflow pages.
type page struct {
	flags, count uint16
	data         []byte // with the header
}

// read claims a page and reads it into buf, which may be nil.
func (p *pageReader) read(id uint64, buf []byte) (page, error) {
	if err := p.claim(id, 1); err != nil {
		return page{}, err
	}
	at := int64(id) * int64(p.pageSize)
	buf = slices.Grow(buf[:0], p.pageSize)[:p.pageSize]
	if err := readAt(p.file, buf, at); err != nil {
		return page{}, err
	}
	if native.Uint64(buf) != id {
		return page{}, damaged("page %d has the number %d", id, native.Uint64(buf))
	}
	if more := uint64(native.Uint32(buf[12:])); more > 0 {
		if err := p.claim(id+1, more); err != nil {
			return page{}, err
		}
		size := (1 + int(more)) * p.pageSize
		buf = slices.Grow(buf, size-len(buf))[:size]
		if err := readAt(p.file, buf[p.pageSize:], at+int64(p.pageSize)); err != nil {
			return page{}, err
		}
	}
	return page{native.Uint16(buf[8:]), native.Uint16(buf[10:]), buf}, nil
}

func readAt(f io.ReaderAt, buf []byte, at int64) error {
	n, err := f.ReadAt(buf, at)
	if n == len(buf) {
		return nil
	}
	if err == io.EOF {
		return damaged("the file is truncated")
	}
	return err
}

// A visit is called with each element of a bucket, in order. The slices are valid until
// it returns.
type visit func(key, value []byte, isBucket bool) error

// A walk visits the elements of a bucket and checks that their keys ascend.
type walk struct {
	*pageReader
	visit visit
	last  []byte // the previous key
	leaf  []byte // buffer for the next leaf page
}

// tree visits the elements at and below a page. The first of them must have the key first,
// which is the key of the page in its branch; nil means any key. If the keys differed, bbolt
// would write the page twice.
func (w *walk) tree(id uint64, first []byte, depth int) error {
	if depth > maxTreeDepth {
		return damaged("page %d is too deep", id)
	}
	page, err := w.read(id, w.leaf)
	if err != nil {
		return err
	}
	w.leaf = page.data
	switch page.flags {
	case leafPage:
		return w.elements(id, page, first)
	case branchPage:
		w.leaf = nil // page still uses the buffer
		return w.branch(id, page, first, depth)
	}
	return damaged("page %d is neither branch nor leaf", id)
}

// element returns the header and the data of the i-th element of a page. The data must begin
// at off, since bbolt writes the data of the elements without gaps.
func (p *page) element(i, off int) (e, data []byte, ok bool) {
	at := pageHeader + elementSize*i
	e = p.data[at : at+elementSize]
	pos, size := native.Uint32(e), uint64(native.Uint32(e[4:]))
	if p.flags == leafPage {
		pos, size = native.Uint32(e[4:]), uint64(native.Uint32(e[8:]))+uint64(native.Uint32(e[12:]))
	}
	if uint64(at)+uint64(pos) != uint64(off) || size > uint64(len(p.data)-off) {
		return nil, nil, false
	}
	return e, p.data[off : off+int(size)], true
}

// start returns the offset of the data of the first element.
func (p *page) start() (int, bool) {
	off := pageHeader + elementSize*int(p.count)
	return off, off <= len(p.data)
}

func (w *walk) branch(id uint64, page page, first []byte, depth int) error {
	off, ok := page.start()
	if !ok || page.count == 0 {
		return damaged("page %d is not a branch page", id)
	}
	for i := range int(page.count) {
		e, key, ok := page.element(i, off)
		if !ok || len(key) == 0 {
			return damaged("page %d is not a branch page", id)
		}
		if i == 0 && first != nil && !bytes.Equal(key, first) {
			return damaged("page %d does not begin with its key in the branch page", id)
		}
		off += len(key)
		if err := w.tree(native.Uint64(e[8:]), key, depth+1); err != nil {
			return err
		}
	}
	return nil
}

// elements visits the elements of a leaf page.
func (w *walk) elements(id uint64, page page, first []byte) error {
	off, ok := page.start()
	if !ok || page.count == 0 && first != nil {
		return damaged("page %d is not a leaf page", id)
	}
	last := w.last
	for i := range int(page.count) {
		e, data, ok := page.element(i, off)
		if !ok {
			return damaged("page %d is not a leaf page", id)
		}
		off += len(data)
		size, flags := native.Uint32(e[8:]), native.Uint32(e)
		key, value := data[:size:size], data[size:]
		if size == 0 || flags&^bucketFlag != 0 || last != nil && bytes.Compare(key, last) <= 0 {
			return damaged("page %d has keys that are out of order", id)
		}
		if i == 0 && first != nil && !bytes.Equal(key, first) {
			return damaged("page %d does not begin with its key in the branch page", id)
		}
		last = key
		if err := w.visit(key, value, flags == bucketFlag); err != nil {
			return err
		}
	}
	w.last = append(w.last[:0], last...) // a copy, since the page's buffer is reused
	return nil
}

// A bucket is the value of an element that is a bucket.
type bucket struct {
	root, sequence uint64
	inline         []byte // the page of the bucket, if root is zero
}

func parseBucket(value []byte) (bucket, error) {
	if len(value) < bucketSize {
		return bucket{}, damaged("a bucket is truncated")
	}
	b := bucket{native.Uint64(value), native.Uint64(value[8:]), bytes.Clone(value[bucketSize:])}
	if b.root == 0 && (len(b.inline) < pageHeader || native.Uint16(b.inline[8:]) != leafPage) {
		return bucket{}, damaged("a bucket is truncated")
	}
	return b, nil
}

// each visits the elements of a bucket.
func (p *pageReader) each(b bucket, v visit) error {
	w := &walk{pageReader: p, visit: v}
	if b.root != 0 {
		return w.tree(b.root, nil, 0)
	}
	return w.elements(0, page{leafPage, native.Uint16(b.inline[10:]), b.inline}, nil)
}

// check checks the pages of a bucket and of the buckets in it.
func (p *pageReader) check(b bucket, depth int) error {
	if depth > maxTreeDepth {
		return damaged("buckets are nested too deeply")
	}
	var inner []bucket
	err := p.each(b, func(_, value []byte, isBucket bool) error {
		if !isBucket {
			return nil
		}
		in, err := parseBucket(value)
		inner = append(inner, in)
		return err
	})
	for _, in := range inner {
		if err == nil {
			err = p.check(in, depth+1)
		}
	}
	return err
}
