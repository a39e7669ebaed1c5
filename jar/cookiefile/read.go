package cookiefile

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"time"

	"uacookie/jar"
	"uacookie/jar/internal/filetime"
)

// ReadOptions configure [Read] and [Load]. Nil and the zero ReadOptions read any format.
type ReadOptions struct {
	// Name is the file's name. Errors contain it.
	Name string

	// Format is the file's format. FormatAuto, the zero value, means to detect it.
	Format Format

	// MaxLine is the maximum length in bytes of a line, or of one cookie in JSON. Longer
	// ones are skipped. Zero means 64 KiB.
	MaxLine int

	// MaxBytes is the maximum size of the file in bytes; past it, reading ends with
	// ErrTooLarge. Zero means 1 GiB, and a negative number means no limit.
	MaxBytes int64

	// Modified is when the file was last written. Load takes no cookie to be created
	// later than that, or than now if that is later: a creation time that a file makes
	// up extends no lifetime. If now is before Modified, the clock is behind, and Load
	// takes cookies that have no creation time to be created at Modified. The zero Time
	// means the modification time of the reader if it is a regular file, as an
	// [*os.File] may be; otherwise it is unknown, and creation times stay as they are.
	Modified time.Time

	// Skipped, if not nil, is called by Load for each line or cookie that it skips. If it
	// is nil, Load returns these errors.
	Skipped func(*LineError)

	// Noted, if not nil, is called for each cookie that is changed while reading, before it
	// is yielded or loaded. The error wraps LostSameSite for another program's SameSite=None
	// without Secure, which is read as not set; and, by Load alone, LostDomain for a cookie
	// for all hosts below a public suffix, such as curl writes for localhost, which is made
	// host-only. If Noted is nil, changes are not reported.
	Noted func(*LineError)
}

// Read yields the cookies in r without applying any rule to them. It yields a [*LineError]
// for each line that it skips, and continues. Any other error is an [*io/fs.PathError] and
// the last element.
//
// The iterator reads from r, so it can be used once.
func Read(r io.Reader, o *ReadOptions) iter.Seq2[jar.Cookie, error] {
	return func(yield func(jar.Cookie, error) bool) {
		stopped := false
		s := newSource(r, o)
		err := s.each(func(line int, c jar.Cookie, why Skip) bool {
			var err error
			if why != 0 {
				c, err = jar.Cookie{}, &LineError{s.name, line, why}
			}
			stopped = !yield(c, err)
			return !stopped
		})
		if err != nil && !stopped {
			yield(jar.Cookie{}, err)
		}
	}
}

// Load passes the cookies in r to [jar.Jar.Accept] and returns the number of cookies that j
// stored. An expired cookie is not counted; it removes the cookie with its identity from j.
//
// Load skips lines that cannot be read and cookies that j refuses. It passes a [*LineError]
// for each of them to o.Skipped or, if that is nil, joins them into its error. After an
// error, j contains the cookies that were read before it.
func Load(j *jar.Jar, r io.Reader, o *ReadOptions) (n int, err error) {
	var list errorList
	skipped := func(e *LineError) { list.add(e) }
	if o != nil && o.Skipped != nil {
		skipped = o.Skipped
	}
	s := newSource(r, o)
	now, modified := nowOf(j), modifiedOf(r, o)
	if j.Options().Now != nil {
		s.now = j.Options().Now
	}
	err = s.each(func(line int, c jar.Cookie, why Skip) bool {
		c.Created = filetime.Created(c.Created, modified, now)
		if why != 0 {
			skipped(&LineError{s.name, line, why})
			return true
		}
		v := j.Accept(c)
		if v.OK() && v.MadeHostOnly && o != nil && o.Noted != nil {
			o.Noted(&LineError{s.name, line, fmt.Errorf("%v: taken as %w, since its domain is a public suffix", v.Cookie, LostDomain)})
		}
		switch {
		case !v.OK():
			skipped(&LineError{s.name, line, v.Err()})
		case !v.Removed:
			n++
		}
		return true
	})
	if len(list.errs) == 0 {
		return n, err
	}
	return n, errors.Join(append(list.all(), err)...)
}

// modifiedOf returns when the file in r was last written; the zero Time if it is unknown.
func modifiedOf(r io.Reader, o *ReadOptions) time.Time {
	if o != nil && !o.Modified.IsZero() {
		return o.Modified
	}
	if f, ok := r.(interface{ Stat() (fs.FileInfo, error) }); ok {
		if info, err := f.Stat(); err == nil && info.Mode().IsRegular() {
			return info.ModTime()
		}
	}
	return time.Time{}
}

// nowOf returns the time by j's clock.
func nowOf(j *jar.Jar) time.Time {
	if now := j.Options().Now; now != nil {
		return now()
	}
	return time.Now()
}

// The limits that ReadOptions replaces zero with.
const (
	defaultMaxLine  = 64 << 10
	defaultMaxBytes = 1 << 30 // some millions of cookies
)

// A source is a file being read.
type source struct {
	*bufio.Reader
	name    string
	format  Format
	maxLine int
	line    int           // number of the current line, from 1
	copyTo  *bufio.Writer // if not nil, it receives the JSON that is passed over
	noted   func(*LineError)
	now     func() time.Time // start of a lifetime without a recorded start
}

func newSource(r io.Reader, o *ReadOptions) *source {
	if o == nil {
		o = new(ReadOptions)
	}
	r = &latch{r: r}
	if o.MaxBytes >= 0 {
		r = &bounded{r, cmp.Or(o.MaxBytes, defaultMaxBytes)}
	}
	s := &source{name: o.Name, format: o.Format, maxLine: o.MaxLine, noted: o.Noted, now: time.Now}
	if s.maxLine <= 0 {
		s.maxLine = defaultMaxLine
	}
	s.Reader = bufio.NewReaderSize(r, max(s.maxLine+len("\r\n"), HeadLen))
	return s
}

// A visit is called for each line with its cookie or, if the line is skipped, with the
// reason. It returns false to end the reading.
type visit func(line int, c jar.Cookie, why Skip) bool

// each detects the format and calls v for each cookie of the file.
func (s *source) each(v visit) error {
	head, failed := s.Peek(HeadLen) // the latch returns an error again to later reads
	format, err := s.format, s.format.check()
	if format == FormatAuto {
		format, err = Detect(head)
		if err != nil && failed != nil && failed != io.EOF {
			err = failed // the read failed before enough of the file was seen
		}
	}
	s.skipMark()
	if err == nil {
		switch format {
		case FormatJSON:
			err = s.own(v)
		case FormatNetscape, FormatNetscapePython:
			err = s.netscape(v)
		case FormatLWP:
			err = s.lwp(v)
		default:
			err = s.browser(v)
		}
	}
	return s.fail(err)
}

// skipMark skips a byte order mark at the start of the file.
func (s *source) skipMark() {
	if head, _ := s.Peek(len(byteOrderMark)); string(head) == byteOrderMark {
		_, _ = s.Discard(len(head))
	}
}

// fail adds the file and the line to an error. It returns nil for nil.
func (s *source) fail(err error) error {
	if err == nil {
		return nil
	}
	if s.line > 0 {
		err = fmt.Errorf("line %d: %w", s.line, err)
	}
	return &fs.PathError{Op: "read", Path: s.name, Err: err}
}

// next returns the next line without its line ending. The line is valid until the next
// call. The error is SkipTooLong for a line that is too long; the caller may go on.
func (s *source) next() ([]byte, error) {
	s.line++
	line, err := s.ReadSlice('\n')
	long := err == bufio.ErrBufferFull
	for err == bufio.ErrBufferFull {
		_, err = s.ReadSlice('\n')
	}
	if n := len(line); n > 0 && line[n-1] == '\n' {
		line = line[:n-1]
	}
	if n := len(line); n > 0 && line[n-1] == '\r' {
		line = line[:n-1]
	}
	switch {
	case err == io.EOF && (len(line) > 0 || long):
		err = nil // a last line without a line ending
	case err != nil:
		return nil, err
	}
	if long || len(line) > s.maxLine {
		return nil, SkipTooLong
	}
	return line, err
}

// A latch is a reader that repeats the first error of r. A bufio.Reader forgets an error
// once it has returned it, and would join the bytes after a bad sector to those before.
type latch struct {
	r   io.Reader
	err error
}

func (l *latch) Read(p []byte) (n int, err error) {
	if l.err != nil {
		return 0, l.err
	}
	n, l.err = l.r.Read(p)
	return n, l.err
}

// A bounded reader returns ErrTooLarge if r has more than left bytes.
type bounded struct {
	r    io.Reader
	left int64
}

func (b *bounded) Read(p []byte) (int, error) {
	if b.left < 0 {
		return 0, ErrTooLarge // again, since a bufio.Reader forgets an error that it returned
	}
	if int64(len(p)) > b.left+1 {
		p = p[:b.left+1]
	}
	n, err := b.r.Read(p)
	if int64(n) > b.left {
		n, b.left = int(b.left), -1
		return n, ErrTooLarge
	}
	b.left -= int64(n)
	return n, err
}
