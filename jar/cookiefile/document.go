package cookiefile

import "io"

// The shape that all JSON but our own has, whatever a cookie looks like.

// document reads an array of cookies, or an object that has it as "cookies". It
// calls array where the array begins; if that returns false, it ends.
func (s *source) document(array func() (more bool, err error)) error {
	s.line = 1
	b, err := s.peek()
	switch {
	case err != nil:
		return err
	case b == '[':
		if more, err := array(); err != nil || !more {
			return err
		}
	case b == '{':
		found, more, err := s.members(array)
		if err != nil || !more {
			return err
		}
		if !found {
			return ErrForeign
		}
	default:
		return ErrForeign
	}
	switch _, err := s.peek(); err {
	case io.ErrUnexpectedEOF:
		return nil
	case nil:
		return ErrMalformed // something follows
	default:
		return err
	}
}

// members reads the object of which "cookies" is a member, and skips the others.
func (s *source) members(array func() (bool, error)) (found, more bool, err error) {
	s.takeByte()
	if b, err := s.peek(); err != nil {
		return false, false, err
	} else if b == '}' {
		s.takeByte()
		return false, true, nil
	}
	for {
		key, err := s.value(make([]byte, 0, 16))
		if err != nil && err != SkipTooLong { // a long key is not ours
			return found, false, err
		}
		if err := s.expect(':'); err != nil {
			return found, false, err
		}
		b, err := s.peek()
		if err != nil {
			return found, false, err
		}
		if string(key) == `"cookies"` && b == '[' {
			found = true
			if more, err := array(); err != nil || !more {
				return found, more, err
			}
		} else if _, err := s.value(nil); err != nil {
			return found, false, err
		}
		if more, err := s.more('}'); err != nil || !more {
			return found, true, err
		}
	}
}

// elements takes an array. It calls each where an element begins, which takes it; if
// that returns false, it ends, and returns false.
func (s *source) elements(each func() (more bool, err error)) (more bool, err error) {
	s.takeByte()
	if b, err := s.peek(); err != nil {
		return false, err
	} else if b == ']' {
		s.takeByte()
		return true, nil
	}
	for {
		if _, err := s.peek(); err != nil {
			return false, err
		}
		if more, err := each(); err != nil || !more {
			return false, err
		}
		if more, err := s.more(']'); err != nil || !more {
			return true, err
		}
	}
}
