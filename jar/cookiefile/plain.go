package cookiefile

import (
	"bytes"
	"encoding/json"
)

// Most cookies are plain: no character in them needs an escape in JSON. These are
// written and read here without encoding/json, which is several times slower; it
// has all others.

// isPlain reports whether encoding/json writes b in a string as it is.
func isPlain(b byte) bool {
	return b >= 0x20 && b < 0x7F && b != '"' && b != '\\' && b != '<' && b != '>' && b != '&'
}

// appendString appends s, which is UTF-8, as a JSON string.
func appendString(b []byte, s string) []byte {
	for i := range len(s) {
		if !isPlain(s[i]) {
			return append(b, marshal(s)...)
		}
	}
	return append(append(append(b, '"'), s...), '"')
}

// marshal is for what cannot fail: strings, numbers and booleans.
func marshal(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic("cookiefile: " + err.Error())
	}
	return b
}

// scanObject reads a JSON object, which is UTF-8, of strings without escapes, true,
// false and plain numbers. It calls member with each, and what kind it is: '"', of
// which text is between the quotes, 't', 'f' or '0'. It returns false if there is
// anything else, or member returns false: then it is left to encoding/json.
func scanObject(raw []byte, member func(key, text []byte, kind byte) bool) bool {
	if len(raw) == 0 || raw[0] != '{' {
		return false
	}
	rest := trimSpace(raw[1:])
	for {
		key, after, ok := cutString(rest)
		if !ok {
			return false
		}
		rest = trimSpace(after)
		if len(rest) == 0 || rest[0] != ':' {
			return false
		}
		rest = trimSpace(rest[1:])
		text, kind := []byte(nil), byte(0)
		switch {
		case bytes.HasPrefix(rest, []byte("true")):
			text, rest, kind = rest[:4], rest[4:], 't'
		case bytes.HasPrefix(rest, []byte("false")):
			text, rest, kind = rest[:5], rest[5:], 'f'
		case len(rest) > 0 && rest[0] == '"':
			if text, rest, ok = cutString(rest); !ok {
				return false
			}
			kind = '"'
		default:
			n := numberLen(rest)
			if n == 0 {
				return false
			}
			text, rest, kind = rest[:n], rest[n:], '0'
		}
		if !member(key, text, kind) {
			return false
		}
		rest = trimSpace(rest)
		switch {
		case len(rest) == 0:
			return false
		case rest[0] == ',':
			rest = trimSpace(rest[1:])
		default:
			return rest[0] == '}' && len(trimSpace(rest[1:])) == 0
		}
	}
}

func trimSpace(b []byte) []byte {
	for len(b) > 0 && (b[0] == ' ' || b[0] == '\t' || b[0] == '\r' || b[0] == '\n') {
		b = b[1:]
	}
	return b
}

// cutString returns what is in the string that b begins with, if there is no escape
// in it, and what comes after it.
func cutString(b []byte) (text, after []byte, ok bool) {
	if len(b) == 0 || b[0] != '"' {
		return nil, nil, false
	}
	b = b[1:]
	for i, c := range b {
		switch {
		case c == '"':
			return b[:i], b[i+1:], true
		case c == '\\' || c < 0x20:
			return nil, nil, false
		}
	}
	return nil, nil, false
}

// numberLen returns how long the number is that b begins with: digits, with a sign
// and a fraction at most. It is 0 if there is none.
func numberLen(b []byte) int {
	digits := func(i int) int {
		for i < len(b) && '0' <= b[i] && b[i] <= '9' {
			i++
		}
		return i
	}
	start := 0
	if len(b) > 0 && b[0] == '-' {
		start = 1
	}
	n := digits(start)
	if n == start || b[start] == '0' && n > start+1 {
		return 0
	}
	if n < len(b) && b[n] == '.' {
		if m := digits(n + 1); m > n+1 {
			return m
		}
		return 0
	}
	return n // of an exponent, what comes after it is no comma
}
