package policy

// A Part is a piece of a Set-Cookie field value: the name, the value, or an attribute.
type Part struct {
	// Start and End are the byte offsets of the piece in the line, without the white space
	// around it. Value is the offset of what follows "=" in it, or End if there is no "=".
	Start, Value, End int

	// Name is "name" or "value" for the cookie's own name and value, the attribute's name
	// as the draft writes it, or "" for an attribute that the user agent does not know.
	Name string

	// Ignored is why the piece has no effect. Zero means that it has an effect.
	Ignored Ignored
}

// Ignored is why a [Part] has no effect.
type Ignored uint8

// The reasons for ignoring a Part. Zero means that the Part is not ignored.
const (
	_               Ignored = iota
	IgnoredUnknown          // the user agent does not know the attribute
	IgnoredRepeated         // the line has the attribute again, later
	IgnoredTooLong          // the attribute's value is longer than 1024 octets
	IgnoredInvalid          // the attribute does not allow this value
	IgnoredUnread           // the user agent stopped reading before it, or did not read the line
)

// String returns the stable text of i, such as "repeated", or "" if i is zero.
func (i Ignored) String() string {
	switch i {
	case IgnoredUnknown:
		return "unknown"
	case IgnoredRepeated:
		return "repeated"
	case IgnoredTooLong:
		return "too-long"
	case IgnoredInvalid:
		return "invalid"
	case IgnoredUnread:
		return "unread"
	}
	return ""
}
