// Package jarfile keeps a cookie jar in a file, which several processes may share.
//
//	f, err := jarfile.Open("cookies.json", nil)
//	...
//	client := &http.Client{Transport: &jar.Transport{Jar: f.Jar()}}
//	...
//	err = f.Save(ctx)
//
// # Saving
//
// [File.Save] takes a lock, reads the file again, and merges: what this process has
// set, changed or deleted since it last loaded or saved wins, and all else stays as
// the file has it. So a cookie that another process has deleted does not come back,
// and one that it has added is not lost. What others saved does not enter the jar.
//
// The new file is written aside, readable by its owner only, flushed to disk and put
// in the place of the old one in one step. Whatever goes wrong before, the old
// file is whole. The lock is on a file beside it, whose name ends in .lock and which
// stays there; if something deletes it, Save notices and merges again. What a Save that
// was killed has left beside the file is removed by the next one.
//
// A path that is a symbolic link means the file at its end, which need not exist yet.
// What is no regular file, such as a device or a named pipe, is refused, as it would be
// replaced.
//
// # Formats
//
// A jar can be kept in all formats that package cookiefile writes. A file in another
// one, such as tough-cookie's, is an error of Open: convert it first, with
// cookiefile.Load and cookiefile.Write. What a format cannot express is lost when the file is loaded again. What Playwright's storageState has
// besides cookies, localStorage say, stays in the file to the byte; comments in a
// cookies.txt do not, nor what a cookie has that package cookiefile does not know.
// What a browser extension has exported becomes Puppeteer's.
//
// A file is never replaced unless all of it was understood. If a line or a cookie in it
// cannot be read, or the whole is in no known format, Save fails, whatever
// Options.Skipped does, and the file stays as it is.
package jarfile

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"sync"
	"time"

	"uacookie/internal/target"
	"uacookie/jar"
	"uacookie/jar/cookiefile"
	"uacookie/jar/store"
)

// Options say how a jar is kept in a file. Nil and the zero Options are a browser's.
type Options struct {
	// Jar are the options of the jar.
	Jar *jar.Options

	// Format is the file's. Auto, the zero value, means what the file's content says
	// or, where there is none, what suits its name.
	Format cookiefile.Format

	// KeepSession has session cookies loaded and saved like others. Without it
	// they end with the process, as they do in a browser when it is closed.
	KeepSession bool

	// MaxBytes is how large the file may be. Zero means 1 GiB, and less than zero no
	// bound.
	MaxBytes int64

	// Skipped, if not nil, is called for each line of the file that cannot be
	// read, and for each cookie that the jar refuses. If Skipped is nil, a line or
	// cookie like that is an error of Open. A cookie that was refused stays in the
	// file. While the file has a line that cannot be read, Save fails.
	Skipped func(*cookiefile.LineError)

	// Noted, if not nil, is called by Open for each cookie that is not taken as
	// the file has it: see cookiefile.ReadOptions.
	Noted func(*cookiefile.LineError)

	// Lost, if not nil, is called for what the format cannot express. If it is
	// nil, a cookie that has to be left out of the file is an error of Save, after
	// the others have been saved.
	Lost func(*cookiefile.Loss)
}

// A File is a jar that is kept in a file. It is safe for concurrent use, in several
// processes too. It holds nothing open, and needs no Close.
type File struct {
	path string
	o    Options
	jar  *jar.Jar
	disk disk

	mu   sync.Mutex // guards base, and is held while saving
	base cookies    // what is in the file as far as this process knows
}

// Open returns a jar with the cookies in the file at path. There need not be one, but
// the folder must exist.
func Open(path string, o *Options) (*File, error) { return openOn(osDisk{}, path, o) }

func openOn(d disk, path string, o *Options) (*File, error) {
	f := &File{path: path, disk: d}
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
	f.base = f.ours()
	return f, nil
}

// Jar returns the jar.
func (f *File) Jar() *jar.Jar { return f.jar }

// maxMerges is how often Save merges at most. Each time the file was replaced meanwhile
// by a process that did not wait for the lock.
const maxMerges = 100

// errOvertaken is the error for a file that another process has changed while this one
// was saving it.
var errOvertaken = errors.New("the file changes all the time, by programs that do not lock it")

// Save merges what has changed in the jar into the file. It waits for other
// processes that are saving until ctx is done; without them it saves in any case.
func (f *File) Save(ctx context.Context) (err error) {
	// A link may lead elsewhere than when the file was opened.
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

// save is Save to the file at path, once.
func (f *File) save(ctx context.Context, path string) error {
	lock, err := lock(ctx, path+".lock")
	if err != nil {
		return f.fail("lock", err)
	}
	defer lock.Close() // which unlocks

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
	theirs, err := f.theirs(old, format)
	if err != nil {
		return f.fail("save", err)
	}
	ours := f.ours()
	merged := merge(f.base, ours, theirs, f.identity(), f.now())
	if format == cookiefile.JSON {
		renumber(merged)
	}

	var left error // what the format cannot hold; the rest is saved
	write := func(w io.Writer) error {
		o := &cookiefile.WriteOptions{Name: f.path, Format: format, Lost: f.o.Lost}
		if old != nil {
			defer old.Close() // Windows replaces no file that is open
			if _, err := old.Seek(0, io.SeekStart); err != nil {
				return err
			}
			o.Around = old
		}
		err := cookiefile.Write(w, slices.Values(merged), o)
		if _, failed := errors.AsType[*fs.PathError](err); !failed {
			left, err = err, nil
		}
		return err
	}
	err = replace(f.disk, path, write, func() error {
		if !holds(lock) || !seen.still(path) {
			return errOvertaken
		}
		return nil
	})
	if err != nil {
		return f.fail("save", err)
	}
	f.base = ours
	if left != nil {
		return f.fail("save", left)
	}
	return nil
}

// fail wraps an error. Some name the file already.
func (f *File) fail(op string, err error) error {
	if p, ok := errors.AsType[*fs.PathError](err); ok && p.Path == f.path {
		return fmt.Errorf("jarfile: %s: %w", op, err)
	}
	return fmt.Errorf("jarfile: %s %s: %w", op, f.path, err)
}

// open opens the file at path, if there is one that is not empty, and says in which
// format it is or will be. It is one that can be written.
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
	if f.o.Format != cookiefile.Auto && errors.Is(err, cookiefile.Foreign) {
		found, err = f.o.Format, nil // reading it as that tells what is wrong
	}
	if err == nil && n > 0 {
		format = cmp.Or(f.o.Format, found)
		err = writable(found)
	}
	if err == nil && n == 0 { // as mktemp leaves it
		r.Close()
		return nil, format, nil
	}
	if err != nil {
		r.Close()
		return nil, format, f.fail("open", err)
	}
	return r, format, nil
}

// writable returns an error if a file cannot be saved in a format.
func writable(format cookiefile.Format) error {
	none := func(func(jar.Cookie) bool) {}
	if err := cookiefile.Write(io.Discard, none, &cookiefile.WriteOptions{Format: format}); err != nil {
		return fmt.Errorf("format %v is read only: convert the file with cookiefile.Load and cookiefile.Write, and open the result", format)
	}
	return nil
}

// detect returns the format of a file, and how much of it was looked at.
func detect(r source) (cookiefile.Format, int, error) {
	var head [cookiefile.HeadLen]byte
	n, err := io.ReadFull(r, head[:])
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return cookiefile.Auto, n, err
	}
	if _, err := r.Seek(0, io.SeekStart); err != nil {
		return cookiefile.Auto, n, err
	}
	format, err := cookiefile.Detect(head[:n])
	return format, n, err
}

func (f *File) readOptions(format cookiefile.Format) *cookiefile.ReadOptions {
	return &cookiefile.ReadOptions{Name: f.path, Format: format, MaxBytes: f.o.MaxBytes, Skipped: f.o.Skipped}
}

// theirs returns what is in the file, if there is one, in its order. A line that cannot
// be read is an error: saving would lose it.
func (f *File) theirs(r source, format cookiefile.Format) (list []jar.Cookie, err error) {
	if r == nil {
		return nil, nil
	}
	for c, err := range cookiefile.Read(r, f.readOptions(format)) {
		if line, ok := errors.AsType[*cookiefile.LineError](err); ok {
			return nil, fmt.Errorf("the file is left as it is, since saving would lose what cannot be read: %w", line)
		}
		if err != nil {
			return nil, err
		}
		list = append(list, c)
	}
	return list, nil
}

// ours returns what of the jar belongs into the file.
func (f *File) ours() cookies {
	all := make(cookies, f.jar.Len())
	for c := range f.jar.All() {
		if f.o.KeepSession || c.Persistent() {
			all[c.Key()] = c
		}
	}
	return all
}

// identity returns a function that returns the identity in the jar of a cookie in the
// file. The jar has none for all hosts below a public suffix: it took it as host-only.
func (f *File) identity() func(jar.Cookie) store.Key {
	sites := f.jar.Sites()
	return func(c jar.Cookie) store.Key {
		c.HostOnly = c.HostOnly || sites.IsPublicSuffix(c.Domain)
		return c.Key()
	}
}

func (f *File) now() time.Time {
	if o := f.o.Jar; o != nil && o.Now != nil {
		return o.Now()
	}
	return time.Now()
}
