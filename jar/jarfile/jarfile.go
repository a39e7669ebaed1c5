// Package jarfile keeps a cookie jar in a file that several processes can share.
//
//	f, err := jarfile.Open("cookies.json", nil)
//	...
//	client := &http.Client{Transport: &jar.Transport{Jar: f.Jar()}}
//	...
//	err = f.Save(ctx)
//
// # Saving
//
// [File.Save] takes a lock, reads the file again, and merges: cookies that this process
// set, changed or deleted since it last loaded or saved replace those in the file, and all
// other cookies stay as they are in the file. So a cookie that another process deleted does
// not come back, and a cookie that it added is not lost. Save does not add the cookies of
// other processes to the jar.
//
// A File remembers a digest of each cookie, 34 bytes, and Save merges while it reads the file
// and writes the new one. Only a file with two lines for one cookie, or in FormatJSON one that
// is not sorted by time of creation, is read into memory as a whole.
//
// Save writes a temporary file that only its owner can read, flushes it to disk, and
// renames it over the old file. If anything fails before the rename, the old file is
// intact. The lock is a file of the same name with .lock appended, which stays there. If
// another program deletes it, Save notices and merges again. Save also removes temporary
// files left by processes that were killed while saving.
//
// If the path is a symbolic link, the jar is kept in the file that it points to, which need
// not exist. Devices, named pipes and other files that are not regular are refused, because
// Save would replace them.
//
// # Formats
//
// A jar can be kept in every format that package cookiefile writes. For a file in another
// format, such as tough-cookie's, Open returns an error: convert the file first with
// cookiefile.Load and cookiefile.Write. What the format cannot express is lost when the file
// is loaded again. What a Playwright storageState contains besides cookies, such as
// localStorage, stays in the file to the byte. Comments in a cookies.txt are lost, as are
// members of a cookie that package cookiefile does not know. An export of a browser
// extension is rewritten in Puppeteer's format.
//
// Save never replaces a file unless it understood all of it. If a line or a cookie in the
// file cannot be read, or the format is unknown, Save returns an error and leaves the file
// as it is, even if Options.Skipped is set.
package jarfile

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"math"
	"sync"
	"time"

	"uacookie/internal/target"
	"uacookie/jar"
	"uacookie/jar/cookiefile"
)

// Options configure a [File]. Nil and the zero Options behave as a browser does.
type Options struct {
	// Jar are the options of the jar. Nil means the defaults of package jar.
	Jar *jar.Options

	// Format is the file's format. FormatAuto, the zero value, means the format of the
	// existing file or, for a new or empty file, the format that suits its name.
	Format cookiefile.Format

	// KeepSession keeps session cookies in the file. By default they end with the
	// process, as they do when a browser is closed.
	KeepSession bool

	// MaxBytes is the maximum size of the file in bytes. Zero means 1 GiB, and a negative
	// number means no limit.
	MaxBytes int64

	// Skipped, if not nil, is called for each line of the file that cannot be read, and
	// for each cookie that the jar refuses. If Skipped is nil, Open returns these errors.
	// A refused cookie stays in the file. While the file contains a line that cannot be
	// read, Save returns an error.
	Skipped func(*cookiefile.LineError)

	// Noted, if not nil, is called by Open for each cookie that is changed while reading:
	// see cookiefile.ReadOptions.
	Noted func(*cookiefile.LineError)

	// Lost, if not nil, is called for everything that the format cannot express, and again if
	// Save has to merge again. If it is nil, Save returns an error for each cookie that it left
	// out, after it saved the others.
	Lost func(*cookiefile.Loss)
}

// A File is a jar that is kept in a file. It is safe for concurrent use, also by several
// processes. It keeps no file open and needs no Close.
type File struct {
	path string
	o    Options
	jar  *jar.Jar
	disk disk

	mu   sync.Mutex // guards base and hash, and is held while saving
	base table      // the cookies last loaded or saved: the common ancestor of a merge
	hash hasher
}

// Open returns a jar with the cookies in the file at path. The file need not exist, but its
// folder must.
func Open(path string, o *Options) (*File, error) { return openOn(osDisk{}, path, o) }

func openOn(d disk, path string, o *Options) (*File, error) {
	f := &File{path: path, disk: d, hash: newHasher()}
	if o != nil {
		f.o = *o
	}
	if _, err := cookiefile.ParseFormat(f.o.Format.String()); err != nil {
		return nil, f.fail("open", err)
	}
	path, err := target.Of(path)
	if err != nil {
		return nil, f.fail("open", err)
	}
	if f.jar, err = jar.New(f.o.Jar); err != nil {
		return nil, f.fail("open", err)
	}
	r, format, err := f.open(path)
	if err != nil {
		return nil, err
	}
	if r == nil {
		return f, nil
	}
	defer r.Close()
	ro := f.readOptions(format)
	ro.Noted = f.o.Noted
	if _, err := cookiefile.Load(f.jar, r, ro); err != nil {
		return nil, f.fail("open", err)
	}
	if !f.o.KeepSession {
		f.jar.EndSession()
	}
	all := make([]digest, 0, f.jar.Len())
	for c := range f.ours() {
		all = append(all, f.hash.digest(&c))
	}
	f.base.add(all)
	return f, nil
}

// Jar returns the jar.
func (f *File) Jar() *jar.Jar { return f.jar }

// maxMerges is the maximum number of merges in one Save. A merge is repeated if a process
// that did not wait for the lock replaced the file meanwhile.
const maxMerges = 100

// errOvertaken reports that another process changed the file during a save.
var errOvertaken = errors.New("other programs keep changing the file without locking it")

// Save merges the changes of the jar into the file. While another process is saving, Save
// waits until ctx is done. If the lock is free, it saves even if ctx is done already.
func (f *File) Save(ctx context.Context) (err error) {
	// A symbolic link may have changed since Open.
	path, err := target.Of(f.path)
	if err != nil {
		return f.fail("save", err)
	}
	for range maxMerges {
		if err = f.save(ctx, path); !errors.Is(err, errOvertaken) {
			break
		}
	}
	return err
}

// save merges into the file at path once. It returns errOvertaken if another process changed
// the file meanwhile.
func (f *File) save(ctx context.Context, path string) error {
	lock, err := lock(ctx, path+".lock")
	if err != nil {
		return f.fail("lock", err)
	}
	defer lock.Close() // unlocks

	f.mu.Lock()
	defer f.mu.Unlock()
	old, format, err := f.open(path)
	if err != nil {
		return err
	}
	if old != nil {
		defer old.Close()
	}
	seen, err := stateOf(old)
	if err != nil {
		return f.fail("save", err)
	}
	m := newMerge(&f.base, &f.hash, f.ours(), f.jar.Len())
	m.now, m.hostOnly, m.sorted = f.now(), f.jar.Sites().IsPublicSuffix, format == cookiefile.FormatJSON

	var left error // the cookies that the format cannot express
	for _, ordered := range []bool{false, true} {
		err = replace(f.disk, path, func(w io.Writer) (err error) {
			left, err = f.write(w, m, old, format, ordered)
			return err
		}, func() error {
			if old != nil {
				old.Close() // Windows does not replace an open file
			}
			if !holds(lock) || !seen.still(path) {
				return errOvertaken
			}
			return nil
		})
		if !errors.Is(err, errUnordered) {
			break
		}
		m.reset()
	}
	if err != nil {
		return f.fail("save", err)
	}
	m.commit()
	if left != nil {
		return f.fail("save", left)
	}
	return nil
}

// write merges into old, which is nil if there is no file, and writes the result to w. left
// is an error for each cookie that the format cannot express. Unless ordered is true, err may
// be errUnordered. If it is true, the cookies of old are sorted in memory first.
func (f *File) write(w io.Writer, m *merge, old source, format cookiefile.Format, ordered bool) (left, err error) {
	o := &cookiefile.WriteOptions{Name: f.path, Format: format, Lost: f.o.Lost}
	theirs := f.theirs(old, format)
	if old != nil {
		o.Around = io.NewSectionReader(old, 0, math.MaxInt64) // it is read at the same time
	}
	if ordered {
		if old != nil {
			if _, err := old.Seek(0, io.SeekStart); err != nil {
				return nil, err
			}
		}
		if theirs, err = m.ordered(theirs); err != nil {
			return nil, err
		}
	}
	var failed error
	left = cookiefile.Write(w, m.cookies(theirs, ordered, &failed), o)
	if failed != nil {
		return nil, failed
	}
	if _, ok := errors.AsType[*fs.PathError](left); ok {
		return nil, left
	}
	return left, nil
}

// fail adds op and, unless the error contains it, the path of the file.
func (f *File) fail(op string, err error) error {
	if p, ok := errors.AsType[*fs.PathError](err); ok && p.Path == f.path {
		return fmt.Errorf("jarfile: %s: %w", op, err)
	}
	return fmt.Errorf("jarfile: %s %s: %w", op, f.path, err)
}

// open opens the file at path and returns its format, which is one that can be written. For
// a missing or empty file, it returns a nil source and the format that a new file will have.
func (f *File) open(path string) (source, cookiefile.Format, error) {
	format := cmp.Or(f.o.Format, cookiefile.FormatOf(path))
	if err := writable(format); err != nil {
		return nil, format, f.fail("open", err)
	}
	r, err := f.disk.open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, format, nil
	}
	if err != nil {
		return nil, format, f.fail("open", err)
	}
	found, n, err := detect(r)
	if f.o.Format != cookiefile.FormatAuto && errors.Is(err, cookiefile.ErrForeign) {
		found, err = f.o.Format, nil // reading it in that format gives a better error
	}
	if err == nil && n > 0 {
		format = cmp.Or(f.o.Format, found)
		err = writable(found)
	}
	if err == nil && n == 0 { // an empty file, as mktemp creates
		r.Close()
		return nil, format, nil
	}
	if err != nil {
		r.Close()
		return nil, format, f.fail("open", err)
	}
	return r, format, nil
}

// writable returns an error if package cookiefile cannot write the format.
func writable(format cookiefile.Format) error {
	none := func(func(jar.Cookie) bool) {}
	if err := cookiefile.Write(io.Discard, none, &cookiefile.WriteOptions{Format: format}); err != nil {
		return fmt.Errorf("format %v is read only: convert the file with cookiefile.Load and cookiefile.Write, then open the result", format)
	}
	return nil
}

// detect returns the format of a file, and the number of bytes that it read to find it.
func detect(r source) (cookiefile.Format, int, error) {
	var head [cookiefile.HeadLen]byte
	n, err := io.ReadFull(r, head[:])
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return cookiefile.FormatAuto, n, err
	}
	if _, err := r.Seek(0, io.SeekStart); err != nil {
		return cookiefile.FormatAuto, n, err
	}
	format, err := cookiefile.Detect(head[:n])
	return format, n, err
}

func (f *File) readOptions(format cookiefile.Format) *cookiefile.ReadOptions {
	return &cookiefile.ReadOptions{Name: f.path, Format: format, MaxBytes: f.o.MaxBytes, Skipped: f.o.Skipped}
}

// theirs yields the cookies of the file in order, and none if r is nil. A line that cannot be
// read is an error, because saving would lose it. An error is the last element.
func (f *File) theirs(r source, format cookiefile.Format) iter.Seq2[jar.Cookie, error] {
	return func(yield func(jar.Cookie, error) bool) {
		if r == nil {
			return
		}
		for c, err := range cookiefile.Read(r, f.readOptions(format)) {
			if line, ok := errors.AsType[*cookiefile.LineError](err); ok {
				err = fmt.Errorf("the file was not changed, because saving would lose a line that cannot be read: %w", line)
			}
			if !yield(c, err) || err != nil {
				return
			}
		}
	}
}

// ours yields the cookies of the jar that the file keeps.
func (f *File) ours() iter.Seq[jar.Cookie] {
	return func(yield func(jar.Cookie) bool) {
		for c := range f.jar.All() {
			if (f.o.KeepSession || c.Persistent()) && !yield(c) {
				return
			}
		}
	}
}

func (f *File) now() time.Time {
	if o := f.o.Jar; o != nil && o.Now != nil {
		return o.Now()
	}
	return time.Now()
}
