package scenario

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// Bytes are octets as they are on the wire. In JSON each is the char of its
// own number, U+0000 to U+00FF, so that a file shows ASCII as it is and any
// other octet without loss.
type Bytes string

// MarshalJSON writes each octet as one char.
func (b Bytes) MarshalJSON() ([]byte, error) {
	chars := make([]rune, len(b))
	for i := range len(b) {
		chars[i] = rune(b[i])
	}
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(string(chars)); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(buf.Bytes(), []byte("\n")), nil
}

// UnmarshalJSON reads each char as one octet and refuses one above U+00FF.
func (b *Bytes) UnmarshalJSON(data []byte) error {
	var chars string
	if err := json.Unmarshal(data, &chars); err != nil {
		return err
	}
	octets := make([]byte, 0, len(chars))
	for _, c := range chars {
		if c > 0xff {
			return fmt.Errorf("char %U in %.40q is not a byte", c, chars)
		}
		octets = append(octets, byte(c))
	}
	*b = Bytes(octets)
	return nil
}
