package cookiefile

import (
	"bytes"
	"encoding/json"
)

// This file is the fast path for plain cookies, which contain no character that JSON must
// escape. Most cookies are plain. encoding/json, which is several times slower, handles
// the others.

// isPlain reports whether encoding/json writes b in a string without an escape.
func isPlain(b byte) bool {
	return b >= 0x20 && b < 0x7F && b != '"' && b != '\\' && b != '<' && b != '>' && b != '&'
}

// appendString appends s as a JSON string. s must be UTF-8.
func appendString(b []byte, s string) []byte {
	for i := range len(s) {
		if !isPlain(s[i]) {
			return append(b, marshal(s)...)
		}
	}
	return append(append(append(b, '"'), s...), '"')
}

// marshal is json.Marshal for values that cannot fail: strings, numbers and booleans.
func marshal(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic("cookiefile: " + err.Error())
	}
	return b
}

// scanObject parses a JSON object whose members are strings without escapes, true, false
// and plain numbers. raw must be UTF-8. It calls member with each key, text and kind: '"'
// for a string, with text between the quotes, 't', 'f', or '0' for a number. It returns
// false if the object contains anything else or member returns false; the caller then uses
// encoding/json.
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

// cutString returns the content of the JSON string at the start of b and the bytes after
// it. ok is false if b does not begin with a string, or the string contains an escape.
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

// numberLen returns the length of the number at the start of b: digits, with an optional
// sign and fraction. It returns 0 if b does not begin with one.
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
	return n // the caller refuses an exponent, since neither comma nor brace follows
}
