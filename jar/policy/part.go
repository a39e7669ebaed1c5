package policy

// A Part is a piece of a Set-Cookie field value: the name, the value, or an attribute.
type Part struct {
	// Start and End are the byte offsets of the piece in the line, without the white space
	// around it. Value is the offset of what follows "=" in it, or End if there is no "=".
	Start, Value, End int

	// Name is "name" or "value" for the cookie's own name and value, the attribute's name
	// as the draft writes it, or "" for an attribute that the user agent does not know.
	Name string

	// Ignored says why the piece has no effect, or "" if it has one: "unknown" if there is no such
	// attribute, "repeated" if a later attribute of the same name counts, "too-long" if its
	// value is longer than 1024 bytes, "invalid" if the attribute cannot have the value,
	// "unread" if the line was refused before it was read.
	Ignored string
}
