package policy

// A Part is a piece of a Set-Cookie field value: the name, the value, or an attribute.
type Part struct {
	// Start and End are where in the line it is, without the white space around it.
	// Value is where what follows its "=" starts, End if nothing does.
	Start, Value, End int

	// Name is "name" or "value" for those of the cookie, an attribute's name as the
	// draft writes it, and "" for what the user agent knows no name for.
	Name string

	// Ignored is why it has no effect; zero if it has one.
	Ignored Ignored
}

// Ignored is why a [Part] has no effect.
type Ignored uint8

// Why a Part is ignored. The zero value is that of a Part that is not.
const (
	_               Ignored = iota
	IgnoredUnknown          // there is no such attribute
	IgnoredRepeated         // a later attribute of that name is what matters
	IgnoredTooLong          // the attribute's value is longer than 1024 octets
	IgnoredInvalid          // the attribute's value is none of those it can have
	IgnoredUnread           // reading stopped, before it or for the whole line
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
