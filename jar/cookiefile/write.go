package cookiefile

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"strings"

	"uacookie/jar"
)

// WriteOptions say how a file is written. Nil and the zero WriteOptions write JSON.
type WriteOptions struct {
	// Name is the file's name, for errors.
	Name string

	// Format is the file's, ToughCookie and those after it cannot
	// be written. Auto, the zero value, means JSON.
	Format Format

	// Around, if not nil, is the file that is being replaced, in the same format.
	// What it has around its cookies, such as the origins of Playwright, is
	// copied to the byte. If it cannot be read to its end, Write fails. It is not
	// read for JSON, which has cookies only, and cookies.txt, whose comments are
	// not copied.
	Around io.Reader

	// Lost, if not nil, is called for all that the format cannot express. If it
	// is nil, the cookies that were left out are in the error that Write
	// returns, and other losses are those that the package comment lists.
	Lost func(*Loss)
}

// An encoder writes one format to a bufio.Writer, which keeps the first error.
type encoder interface {
	begin()
	cookie(c *jar.Cookie, lost func(what Lost, leftOut bool))
	end()
}

// Write writes cookies to w in their order.
//
// A cookie that the format cannot express is left out, or written without what
// cannot be expressed, and reported as a [*Loss] to o.Lost. Without that, the
// error joins those of cookies that were left out; the rest has been written. If w
// fails, or the format cannot be written, the error is an [*io/fs.PathError]; in the
// second case nothing has been written.
func Write(w io.Writer, cookies iter.Seq[jar.Cookie], o *WriteOptions) error {
	if o == nil {
		o = new(WriteOptions)
	}
	if err := o.Format.check(); err != nil {
		return &fs.PathError{Op: "write", Path: o.Name, Err: err}
	}
	if o.Format >= writableCount {
		return &fs.PathError{Op: "write", Path: o.Name, Err: fmt.Errorf("%v cannot be written: want one of %s", o.Format, strings.Join(formatNames[1:writableCount], ", "))}
	}
	b := bufio.NewWriterSize(w, 64<<10)
	e, format := newEncoder(b, o.Format), o.Format
	if format == FormatAuto {
		format = FormatJSON
	}
	var list errorList
	report := o.Lost
	if report == nil {
		report = func(l *Loss) {
			if l.LeftOut {
				list.add(l)
			}
		}
	}

	all := func() {
		var c jar.Cookie // one for all, since it goes to the heap
		lost := func(what Lost, leftOut bool) { report(&Loss{o.Name, format, what, c, leftOut}) }
		for c = range cookies {
			e.cookie(&c, lost)
			if _, err := b.Write(nil); err != nil { // the error it has kept
				break
			}
		}
	}
	if _, browser := e.(*browserWriter); browser && o.Around != nil {
		if err := around(b, o, all); err != nil {
			return err
		}
	} else {
		e.begin()
		all()
		e.end()
	}
	if err := b.Flush(); err != nil {
		return &fs.PathError{Op: "write", Path: o.Name, Err: err}
	}
	return errors.Join(list.all()...)
}

// around copies o.Around to w, with what write writes in the place of its cookies.
func around(w *bufio.Writer, o *WriteOptions, write func()) error {
	s := newSource(o.Around, &ReadOptions{Name: o.Name, MaxBytes: -1})
	s.skipMark()
	s.copyTo = w
	done := false
	err := s.document(func() (bool, error) {
		if done {
			return false, ErrMalformed // which ones are the cookies?
		}
		done = true
		s.copyTo = nil
		if more, err := s.elements(func() (bool, error) {
			_, err := s.value(nil)
			return true, err
		}); err != nil || !more {
			return false, err
		}
		_ = w.WriteByte('[')
		write()
		_, _ = w.WriteString("\n]")
		s.copyTo = w
		return true, nil
	})
	return s.fail(err)
}

func newEncoder(w *bufio.Writer, f Format) encoder {
	switch f {
	case FormatNetscape, FormatNetscapePython:
		return &netscapeWriter{w: w, python: f == FormatNetscapePython}
	case FormatPlaywright, FormatCDP, FormatPuppeteer, FormatWebDriver:
		return &browserWriter{w: w, format: f}
	}
	return &ownWriter{w: w}
}
