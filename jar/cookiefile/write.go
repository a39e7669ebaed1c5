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

// WriteOptions configure [Write]. Nil and the zero WriteOptions write [FormatJSON].
type WriteOptions struct {
	// Name is the file's name. Errors contain it.
	Name string

	// Format is the file's format. FormatAuto, the zero value, means FormatJSON.
	// FormatToughCookie and the formats after it cannot be written.
	Format Format

	// Around, if not nil, is the file that is being replaced, in the same format. Write
	// copies everything around its cookies to the byte, such as the origins of Playwright.
	// If Around cannot be read to its end, Write returns an error. Around is not read for
	// FormatJSON, which contains only cookies, or for cookies.txt, whose comments are lost.
	Around io.Reader

	// Lost, if not nil, is called for everything that the format cannot express. If it is
	// nil, Write returns an error for each cookie that was left out; other losses are
	// silent.
	Lost func(*Loss)
}

// An encoder writes one format to a bufio.Writer, which keeps the first error.
type encoder interface {
	begin()
	cookie(c *jar.Cookie, lost func(what Lost, leftOut bool))
	end()
}

// Write writes cookies to w in order.
//
// What the format cannot express is lost: the cookie is written without it, or left out.
// Each loss is passed to o.Lost as a [*Loss]. If o.Lost is nil, the error joins the losses
// of the cookies that were left out; the other cookies were written. If w fails, or the
// format cannot be written, the error is an [*io/fs.PathError]; in the latter case nothing
// was written.
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
		var c jar.Cookie // one variable for all cookies, since it escapes to the heap
		lost := func(what Lost, leftOut bool) { report(&Loss{o.Name, format, what, c, leftOut}) }
		for c = range cookies {
			e.cookie(&c, lost)
			if _, err := b.Write(nil); err != nil { // an error of an earlier write
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

// around copies o.Around to w, and calls write in place of its cookies.
func around(w *bufio.Writer, o *WriteOptions, write func()) error {
	s := newSource(o.Around, &ReadOptions{Name: o.Name, MaxBytes: -1})
	s.skipMark()
	s.copyTo = w
	done := false
	err := s.document(func() (bool, error) {
		if done {
			return false, ErrMalformed // two arrays of cookies
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
