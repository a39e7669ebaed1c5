package cookiefile

import (
	"io"
	"unicode/utf8"
)

// peek returns the next byte that is not white space, and leaves it there.
func (s *source) peek() (byte, error) {
	for {
		b, err := s.ReadByte()
		switch {
		case err == io.EOF:
			return 0, io.ErrUnexpectedEOF
		case err != nil:
			return 0, err
		case b == '\n':
			s.line++
		case b == ' ' || b == '\t' || b == '\r':
		default:
			return b, s.UnreadByte()
		}
	}
}

// expect takes the next byte, which is to be b.
func (s *source) expect(b byte) error {
	got, err := s.peek()
	if err != nil {
		return err
	}
	if got != b {
		return Malformed
	}
	_, err = s.Discard(1)
	return err
}

// more takes what comes after an element: a comma, after which there is another,
// or the end of the list.
func (s *source) more(end byte) (bool, error) {
	b, err := s.peek()
	if err != nil {
		return false, err
	}
	if b != ',' && b != end {
		return false, Malformed
	}
	_, err = s.Discard(1)
	return b == ',', err
}

// value takes the next JSON value and appends it to buf, if it is no longer than
// maxLine; else the error is TooLong, after which there may be others. It only looks
// for the end of the value, which may be malformed. If buf is nil the value is
// skipped, however long.
func (s *source) value(buf []byte) ([]byte, error) {
	if _, err := s.peek(); err != nil {
		return buf, err
	}
	var (
		depth           int
		quoted, escaped bool
		long            bool
	)
	for {
		b, err := s.ReadByte()
		if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		if err != nil {
			return buf, err
		}
		done := false
		switch {
		case b == '\n':
			s.line++
		case escaped:
			escaped = false
		case quoted:
			escaped = b == '\\'
			quoted = b != '"'
			done = !quoted && depth == 0
		case b == '"':
			quoted = true
		case b == '{' || b == '[':
			depth++
		case depth > 0:
			if b == '}' || b == ']' {
				depth--
				done = depth == 0
			}
		case b == ',' || b == '}' || b == ']' || b == ':': // a number or word ends before it
			if err := s.UnreadByte(); err != nil {
				return buf, err
			}
			if long {
				return buf, TooLong
			}
			return buf, nil
		}
		if buf != nil {
			if len(buf) < s.maxLine {
				buf = append(buf, b)
			} else {
				long = true
			}
		}
		switch {
		case done && long:
			return buf, TooLong
		case done:
			return buf, nil
		}
	}
}

// isText reports whether a JSON value is UTF-8 and escapes no half of a surrogate
// pair: encoding/json would put U+FFFD there without a word.
func isText(raw []byte) bool {
	if !utf8.Valid(raw) {
		return false
	}
	high := false // the escape before was the first half
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
