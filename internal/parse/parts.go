package parse

import (
	"math/bits"
	"strings"
)

// A Part is a piece of a set-cookie-string: the name, the value, or an attribute.
type Part struct {
	// Start and End are where it is in the line, without the white space around it.
	// Value is where what follows its "=" starts: End for the name and for an
	// attribute without "=", Start for the value.
	Start, Value, End int

	Attr Attr // 0 for the name, the value, and an attribute nobody knows
	Fate Fate
}

// A Fate is what becomes of a Part.
type Fate uint8

// The fates.
const (
	Counts   Fate = iota
	Unknown       // there is no such attribute
	Repeated      // what comes of that attribute is up to a later one
	Long          // the attribute's value is longer than 1024 octets
	Invalid       // an Expires or Max-Age that does not parse
	Unread        // the line is refused before its attributes are read
)

// Parts returns what [SetCookie] makes of each piece of a line: the name, the value,
// and then each attribute that is not empty, in their order. A line that is not
// refused, put together again from the parts that count, says the same, but for
// [Line.HasPath], [Line.Tab] and [Line.Ignored].
//
// Unlike the rest of the package it allocates.
func Parts(line string, mode Mode) []Part {
	l := SetCookie(line, mode)

	pair, rest, more := cut(line, ';')
	name, _, found := cut(pair, '=')
	if !found && mode&BareNames == 0 {
		name = ""
	}
	parts := make([]Part, 2, 3+strings.Count(rest, ";"))
	n, v := &parts[0], &parts[1]
	n.Start, n.End = bounds(line, 0, len(name))
	n.Value = n.End
	from := len(name)
	if found {
		from += len("=")
	}
	v.Start, v.End = bounds(line, from, len(pair))
	v.Value = v.Start

	var latest [16]int // by the bit of an attribute: the part that counts so far
	for at := len(pair) + len(";"); more; {
		var av string
		av, rest, more = cut(rest, ';')
		name, value, found := cut(av, '=')

		var p Part
		p.Start, p.End = bounds(line, at, at+len(av))
		p.Value = p.End
		if found {
			p.Value, _ = bounds(line, at+len(name)+len("="), at+len(av))
			p.Value = min(p.Value, p.End) // of white space alone it has none
		}
		at += len(av) + len(";")
		if p.Start == p.End {
			continue
		}
		name, value = trim(name), trim(value)
		p.Attr = known(name)
		switch {
		case l.Control || l.TooLong:
			p.Fate = Unread
		case p.Attr == 0:
			p.Fate = Unknown
		case len(value) > MaxAttribute && isBounded(p.Attr, mode):
			p.Fate = Long
		default:
			var alone Line
			if alone.process(p.Attr, value, mode); alone.Has == 0 {
				p.Fate = Invalid
				if mode&LastWins == 0 {
					break
				}
			}
			earlier := &latest[bits.TrailingZeros16(uint16(p.Attr))]
			if *earlier != 0 && parts[*earlier].Fate == Counts {
				parts[*earlier].Fate = Repeated
			}
			*earlier = len(parts)
		}
		parts = append(parts, p)
	}
	return parts
}

// bounds returns where line[start:end] starts and ends without the white space
// around it.
func bounds(line string, start, end int) (int, int) {
	rest := strings.TrimLeft(line[start:end], " \t")
	start = end - len(rest)
	return start, start + len(trim(rest))
}
