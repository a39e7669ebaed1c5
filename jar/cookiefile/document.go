package cookiefile

import "io"

// This file reads the structure around the cookies, which all JSON formats except
// FormatJSON share.

// document reads an array of cookies, or an object with the array as its member "cookies".
// It calls array at the start of the array, and ends if array returns false.
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
		return ErrMalformed // trailing data
	default:
		return err
	}
}

// members reads the outermost object: it calls array for the member "cookies" and skips the
// others.
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
		if err != nil && err != SkipTooLong { // a long key is not "cookies"
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

// elements reads an array. It calls each at the start of an element, and each reads the
// element. If each returns false, elements ends and returns false.
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
