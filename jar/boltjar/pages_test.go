package boltjar

import (
	"bytes"
	"errors"
	"hash/fnv"
	"io"
	"strings"
	"testing"
)

// A failingReader fails at every read.
type failingReader struct{ err error }

func (r failingReader) ReadAt([]byte, int64) (int, error) { return 0, r.err }

// onePage returns a reader of a file that has one page, with the number, flags and count.
func onePage(number byte, flags, count uint16) *pageReader {
	b := make([]byte, minPageSize)
	b[0] = number
	native.PutUint16(b[8:], flags)
	native.PutUint16(b[10:], count)
	return &pageReader{meta: meta{pageSize: minPageSize, end: 1}, file: bytes.NewReader(b), used: make([]uint64, 1)}
}

// Each way in which a page can be wrong is an error that says which.
func TestPagesAreChecked(t *testing.T) {
	broken := errors.New("the disk is broken")
	none := func([]byte, []byte, bool) error { return nil }
	visit := func(p *pageReader) *walk { return &walk{pageReader: p, visit: none} }
	for _, test := range []struct {
		name string
		err  error
		want string
	}{
		{"a bucket without a header", second(parseBucket(nil)), "a bucket is truncated"},
		{"an inline bucket without a page", second(parseBucket(make([]byte, bucketSize))), "a bucket is truncated"},
		{"a read past the end", readAt(strings.NewReader("x"), make([]byte, 2), 0), "the file is truncated"},
		{"a read that fails", readAt(failingReader{broken}, make([]byte, 2), 0), broken.Error()},
		{"a meta page past the end", second(readMeta(failingReader{io.EOF}, 0)), "truncated within its meta pages"},
		{"a meta page that cannot be read", second(readMeta(failingReader{broken}, 0)), broken.Error()},
		{"buckets in buckets without end", onePage(0, leafPage, 0).check(bucket{}, maxTreeDepth+1), "nested too deeply"},
		{"pages below pages without end", visit(onePage(0, branchPage, 1)).tree(0, nil, maxTreeDepth+1), "is too deep"},
		{"a page that cannot be read", visit(&pageReader{meta: meta{pageSize: minPageSize, end: 1}, file: failingReader{broken}, used: make([]uint64, 1)}).tree(0, nil, 0), broken.Error()},
		{"another page's number", visit(onePage(7, leafPage, 0)).tree(0, nil, 0), "page 0 has the number 7"},
		{"neither branch nor leaf", visit(onePage(0, freelistPage, 0)).tree(0, nil, 0), "neither branch nor leaf"},
		{"a branch without pages", visit(onePage(0, branchPage, 0)).tree(0, nil, 0), "is not a branch page"},
		{"a branch with an empty key", visit(onePage(0, branchPage, 1)).tree(0, nil, 0), "is not a branch page"},
		{"a leaf with more elements than fit", visit(onePage(0, leafPage, 1<<15)).tree(0, nil, 0), "is not a leaf page"},
		{"a page past the end", visit(onePage(0, leafPage, 0)).tree(5, nil, 0), "5"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if test.err == nil || !strings.Contains(test.err.Error(), test.want) {
				t.Errorf("error %v, want %q in it", test.err, test.want)
			}
		})
	}
}

// A meta page with a valid checksum, but with a page size that bbolt never writes.
func TestPageSize(t *testing.T) {
	for _, size := range []uint32{0, minPageSize / 2, minPageSize + 1, 2 * maxPageSize} {
		b := make([]byte, pageHeader+metaSize)
		m := b[pageHeader:]
		native.PutUint32(m, boltMagic)
		native.PutUint32(m[4:], boltVersion)
		native.PutUint32(m[8:], size)
		sum := fnv.New64a()
		_, _ = sum.Write(m[:metaSummed])
		native.PutUint64(m[metaSummed:], sum.Sum64())
		if _, err := readMeta(bytes.NewReader(b), 0); !errors.Is(err, ErrDamaged) {
			t.Errorf("a page size of %d: %v, want ErrDamaged", size, err)
		}
	}
}

func second[T any](_ T, err error) error { return err }

// A batch that was not applied leaves no number of a list behind.
func TestListsSettle(t *testing.T) {
	l := lists{names: map[string]string{"1": "old", "2": "new"}, numbers: map[string]string{"old": "1", "new": "2"}, added: []string{"new"}}
	l.settle(false)
	if len(l.names) != 1 || len(l.numbers) != 1 || l.added != nil {
		t.Errorf("names %v, numbers %v, added %v: want what there was before the batch", l.names, l.numbers, l.added)
	}
}
