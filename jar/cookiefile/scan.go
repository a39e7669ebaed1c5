package cookiefile

import (
	"bytes"
	"io"
	"unicode/utf8"
)

// chunk returns the buffered bytes, at least one, without consuming them. At the end of the
// file the error is io.ErrUnexpectedEOF.
func (s *source) chunk() ([]byte, error) {
	_, err := s.Peek(1)
	if n := s.Buffered(); n > 0 {
		return s.Peek(n)
	}
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return nil, err
}

// take consumes b, a prefix of what chunk returned.
func (s *source) take(b []byte) {
	if s.copyTo != nil {
		_, _ = s.copyTo.Write(b) // a bufio.Writer keeps its error
	}
	_, _ = s.Discard(len(b)) // it is in the buffer
}

// peek skips white space and returns the next byte without consuming it.
func (s *source) peek() (byte, error) {
	for {
		chunk, err := s.chunk()
		if err != nil {
			return 0, err
		}
		for i, b := range chunk {
			switch b {
			case '\n':
				s.line++
			case ' ', '\t', '\r':
			default:
				s.take(chunk[:i])
				return b, nil
			}
		}
		s.take(chunk)
	}
}

// takeByte consumes the byte that peek just returned.
func (s *source) takeByte() {
	b, _ := s.Peek(1)
	s.take(b)
}

// expect consumes the next byte, and returns ErrMalformed if it is not b.
func (s *source) expect(b byte) error {
	got, err := s.peek()
	if err != nil {
		return err
	}
	if got != b {
		return ErrMalformed
	}
	s.takeByte()
	return nil
}

// more consumes the byte after an element, and reports whether another element follows: a
// comma announces one, end does not.
func (s *source) more(end byte) (bool, error) {
	b, err := s.peek()
	if err != nil {
		return false, err
	}
	if b != ',' && b != end {
		return false, ErrMalformed
	}
	s.takeByte()
	return b == ',', nil
}

// value consumes the next JSON value and appends it to buf. The error is SkipTooLong if the
// value is longer than maxLine; the caller may go on. value only finds the end of the
// value, which may be malformed. If buf is nil, the value is skipped whatever its length.
func (s *source) value(buf []byte) ([]byte, error) {
	if _, err := s.peek(); err != nil {
		return buf, err
	}
	var (
		scan valueScanner
		long bool
	)
	for {
		chunk, err := s.chunk()
		if err != nil {
			return buf, err
		}
		n, done := scan.end(chunk)
		part := chunk[:n]
		s.line += bytes.Count(part, []byte("\n"))
		switch {
		case buf == nil || long:
		case len(buf)+len(part) > s.maxLine:
			long = true
		default:
			buf = append(buf, part...)
		}
		s.take(part)
		switch {
		case done && long:
			return buf, SkipTooLong
		case done:
			return buf, nil
		}
	}
}

// A valueScanner finds the end of a JSON value.
type valueScanner struct {
	depth           int
	quoted, escaped bool
}

// end returns the number of bytes of chunk that belong to the value, and whether the value
// ends there.
func (v *valueScanner) end(chunk []byte) (n int, done bool) {
	for i := 0; i < len(chunk); i++ {
		b := chunk[i]
		if v.quoted {
			switch {
			case v.escaped:
				v.escaped = false
			case b == '\\':
				v.escaped = true
			case b == '"':
				v.quoted = false
				if v.depth == 0 {
					return i + 1, true
				}
			}
			continue
		}
		switch b {
		case '"':
			v.quoted = true
		case '{', '[':
			v.depth++
		case '}', ']':
			if v.depth == 0 { // the end of a number or word
				return i, true
			}
			v.depth--
			if v.depth == 0 {
				return i + 1, true
			}
		case ',', ':':
			if v.depth == 0 {
				return i, true
			}
		}
	}
	return len(chunk), false
}

// isText reports whether a JSON value is UTF-8 and escapes no unpaired surrogate.
// encoding/json would silently replace either by U+FFFD.
func isText(raw []byte) bool {
	if !utf8.Valid(raw) {
		return false
	}
	if bytes.IndexByte(raw, '\\') < 0 {
		return true
	}
	high := false // the previous escape was a high surrogate
	for i := 0; i < len(raw); i++ {
		if raw[i] != '\\' {
			if high {
				return false
			}
			continue
		}
		i++
		if i+4 >= len(raw) || raw[i] != 'u' {
			if high {
				return false
			}
			continue
		}
		lead := raw[i+1] | 0x20
		low := lead == 'd' && raw[i+2]|0x20 >= 'c' && raw[i+2]|0x20 <= 'f'
		switch {
		case high != low:
			return false
		case low:
			high = false
		default:
			high = lead == 'd' && (raw[i+2] == '8' || raw[i+2] == '9' || raw[i+2]|0x20 == 'a' || raw[i+2]|0x20 == 'b')
		}
		i += 4
	}
	return !high
}
