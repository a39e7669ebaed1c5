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

// ReadOptions say how a file is read. Nil and the zero ReadOptions read any format.
type ReadOptions struct {
	// Name is the file's name, for errors.
	Name string

	// Format is the file's. Auto, the zero value, means what the content says.
	Format Format

	// MaxLine is how many bytes a line may have, or one cookie in JSON. Longer
	// ones are skipped. Zero means 64 KiB.
	MaxLine int

	// MaxBytes is how many bytes the file may have; past them reading ends with
	// TooLarge. Zero means 1 GiB, and less than zero no bound.
	MaxBytes int64

	// Modified is when the file was last written. Load takes no cookie to be created
	// later than that, or than now if that is later: a creation time that a file makes
	// up extends no lifetime. If now is before Modified, the clock is behind, and Load
	// takes cookies that have no creation time to be created at Modified. The zero Time
	// means the modification time of the reader if it is a regular file, as an
	// [*os.File] may be; otherwise it is unknown, and creation times stay as they are.
	Modified time.Time

	// Skipped, if not nil, is called by Load for each line or cookie that it
	// skips, instead of having it in the error that Load returns.
	Skipped func(*LineError)

	// Noted, if not nil, is called before the cookie is yielded or loaded, for each cookie
	// that is not taken as the file has it. The error wraps a Reason: SameSite, where another
	// program's file has SameSite=None without Secure, which stands for a SameSite that is
	// not set; or, by Load alone, HostOnly, where the file has a cookie for all hosts below a
	// public suffix, as curl writes it for localhost. If Noted is nil this is not reported.
	Noted func(*LineError)
}

// Read returns the cookies in r, as the file has them: no rule is applied, no
// cookie has been judged. An error that is a [*LineError] stands for one line that
// was skipped. Any other error is the last thing that is yielded; it is an
// [*io/fs.PathError].
//
// The iterator reads from r, so it can be used once.
func Read(r io.Reader, o *ReadOptions) iter.Seq2[jar.Cookie, error] {
	return func(yield func(jar.Cookie, error) bool) {
		stopped := false
		s := newSource(r, o)
		err := s.each(func(line int, c jar.Cookie, why Reason) bool {
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

// Load puts the cookies in r into j by [jar.Jar.Accept], and returns how many there
// were to keep. A cookie that has expired is not among them; it removes one of its
// identity from j.
//
// Lines that cannot be read and cookies that j refuses are skipped: each is a
// [*LineError], given to o.Skipped or, without that, joined to the error. What could
// be read before an error is in j.
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
	err = s.each(func(line int, c jar.Cookie, why Reason) bool {
		c.Created = filetime.Created(c.Created, modified, now)
		if why != 0 {
			skipped(&LineError{s.name, line, why})
			return true
		}
		v := j.Accept(c)
		if v.OK() && v.MadeHostOnly && o != nil && o.Noted != nil {
			o.Noted(&LineError{s.name, line, fmt.Errorf("%v: taken as %w, since its domain is a public suffix", v.Cookie, HostOnly)})
		}
		switch {
		case !v.OK():
			skipped(&LineError{s.name, line, v.Refusal()})
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

// As long as a line, and as large as a file may be where ReadOptions does not say.
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
	line    int           // the one that was read last, or is being read
	copyTo  *bufio.Writer // if not nil, it gets what JSON is passed over
	noted   func(*LineError)
	now     func() time.Time // for lifetimes that do not say when they began
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

// A visit is called with each cookie, or the reason why there is none, and the
// line. It returns false to end the reading.
type visit func(line int, c jar.Cookie, why Reason) bool

// each reads the file.
func (s *source) each(v visit) error {
	head, failed := s.Peek(HeadLen) // an error is met again by all that reads on
	format, err := s.format, s.format.check()
	if format == Auto {
		format, err = Detect(head)
		if err != nil && failed != nil && failed != io.EOF {
			err = failed // there was too little to detect anything
		}
	}
	s.skipMark()
	if err == nil {
		switch format {
		case JSON:
			err = s.own(v)
		case Netscape, NetscapePython:
			err = s.netscape(v)
		case LWP:
			err = s.lwp(v)
		default:
			err = s.browser(v)
		}
	}
	return s.fail(err)
}

// skipMark passes over the byte order mark, if the file begins with one.
func (s *source) skipMark() {
	if head, _ := s.Peek(len(byteOrderMark)); string(head) == byteOrderMark {
		_, _ = s.Discard(len(head))
	}
}

// fail says in which file and line there was an error, if there was one.
func (s *source) fail(err error) error {
	if err == nil {
		return nil
	}
	if s.line > 0 {
		err = fmt.Errorf("line %d: %w", s.line, err)
	}
	return &fs.PathError{Op: "read", Path: s.name, Err: err}
}

// next returns the next line, without its end, until the next call. The error is
// TooLong for a line that is too long, after which there may be others.
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
		err = nil // a last line without an end
	case err != nil:
		return nil, err
	}
	if long || len(line) > s.maxLine {
		return nil, TooLong
	}
	return line, err
}

// A latch is a reader that has ended once r has: a bufio.Reader forgets an error that
// it has returned, and what the file has after a bad sector is no part of the cookie
// before it.
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

// A bounded reader fails with TooLarge when there are more than left bytes.
type bounded struct {
	r    io.Reader
	left int64
}

func (b *bounded) Read(p []byte) (int, error) {
	if b.left < 0 {
		return 0, TooLarge // again: a bufio.Reader forgets an error it has shown
	}
	if int64(len(p)) > b.left+1 {
		p = p[:b.left+1]
	}
	n, err := b.r.Read(p)
	if int64(n) > b.left {
		n, b.left = int(b.left), -1
		return n, TooLarge
	}
	b.left -= int64(n)
	return n, err
}
