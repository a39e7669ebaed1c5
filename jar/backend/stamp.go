package backend

import "cmp"

// A Stamp orders the writes of several jars to one cookie: the newest wins. The zero
// Stamp is the oldest, and is the stamp of every record that was written without one.
type Stamp struct {
	Time    uint64 // by the server's clock, in microseconds since 1970
	Counter uint32 // tells apart the writes of one microsecond
	Writer  uint64 // breaks ties between writers
}

// Compare returns -1 if s is older than t, +1 if it is newer, and 0 if they are the same.
func (s Stamp) Compare(t Stamp) int {
	return cmp.Or(cmp.Compare(s.Time, t.Time), cmp.Compare(s.Counter, t.Counter), cmp.Compare(s.Writer, t.Writer))
}
